"""Divides a prompt into stretches without punctuation, and each stretch into its clauses."""

from functools import lru_cache

from pipeline.prompts.grammar import (
    chinese,
    chinese_praise,
    chinese_verbs,
    english,
    english_praise,
    noun_phrases,
)
from pipeline.prompts.grammar.clauses import Clause, Kind, Span, is_han, segments, shifted
from pipeline.prompts.grammar.tokens import Token, tokens, within

STRETCHES = 4096
"""Stretches that are remembered."""


def clauses_of(text: str) -> list[Clause]:
    """The clauses of a text in order."""
    clauses: list[Clause] = []
    for start, end in _whole_noun_phrases(text):
        clauses += (shifted(clause, start) for clause in _read(text[start:end]))
    return _with_listed_limits(text, clauses)


@lru_cache(STRETCHES)
def _read(words: str) -> tuple[Clause, ...]:
    """The clauses of one stretch; places are counted from its start.

    Remembered, since simpler drafts of a prompt are made of its own stretches, and the prompts of one list
    of each other's.
    """
    line = tokens(words)
    if not is_han(words):
        return tuple(_english(words, line, span) for span in english.split(words, line))
    stretch = chinese_verbs.Stretch(words)
    return tuple(
        _chinese(stretch, span) if is_han(words[slice(*span)]) else _english(words, line, span)
        for span in chinese.split(stretch)
    )


def _english(words: str, line: list[Token], span: Span) -> Clause:
    clause = english.read(words, line, span)
    said = within(line, (clause.body, clause.end))
    return clause._replace(praise=tuple(english_praise.praise_inside(words, said)))


def _chinese(stretch: chinese_verbs.Stretch, span: Span) -> Clause:
    clause = chinese.read(stretch, span)
    praise = chinese_praise.praise_inside(stretch.text, (clause.body, clause.end))
    return clause._replace(praise=tuple(praise))


def _whole_noun_phrases(text: str) -> list[Span]:
    """The stretches, `a soft, warm light` and `a dove, which flies` joined: neither half is a clause."""
    whole: list[Span] = []
    open_end = False
    for start, end in segments(text, 0, len(text)):
        leans = open_end and whole and noun_phrases.goes_on(text, whole[-1][1], start)
        if leans or (whole and noun_phrases.is_relative(text, start)):
            start = whole.pop()[0]
        whole.append((start, end))
        open_end = noun_phrases.is_open_noun_phrase(text[start:end])
    return whole


def _with_listed_limits(text: str, clauses: list[Clause]) -> list[Clause]:
    """`no text, watermarks or logos`: what is listed after a negation is not wanted either."""
    read: list[Clause] = []
    for clause in clauses:
        named = text[clause.start : clause.end]
        listed = clause.kind is Kind.PHRASE and len(named.split()) < 4 and not is_han(named)
        follows = (
            bool(read) and read[-1].kind is Kind.LIMIT and "," in text[read[-1].end : clause.start]
        )
        if listed and follows and not noun_phrases.names_one(named):
            clause = read.pop()._replace(end=clause.end)
        read.append(clause)
    return read
