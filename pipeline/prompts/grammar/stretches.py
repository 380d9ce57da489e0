"""Divides a prompt into stretches without punctuation, and each stretch into its clauses."""

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

Known = dict[str, tuple[Clause, ...]]
"""The clauses of stretches that were read, by their words; places are counted from a stretch's start."""


def clauses_of(text: str, known: Known) -> list[Clause]:
    """The clauses of a text in order.

    What `known` says of a stretch is not read again; each new one is put there.
    """
    clauses: list[Clause] = []
    for start, end in _whole_noun_phrases(text):
        words = text[start:end]
        read = known.get(words)
        if read is None:
            read = known[words] = _read(words)
        clauses += (shifted(clause, start) for clause in read)
    return _with_listed_limits(text, clauses)


def _read(words: str) -> tuple[Clause, ...]:
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
