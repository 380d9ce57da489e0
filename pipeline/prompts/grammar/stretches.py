"""Divides a prompt into stretches without punctuation, and each stretch into its clauses."""

from dataclasses import dataclass
from functools import cached_property

from pipeline.prompts.grammar import chinese, chinese_praise, chinese_verbs, english, english_praise
from pipeline.prompts.grammar.clauses import Clause, Kind, Span, is_han, segments, shifted
from pipeline.prompts.grammar.tokens import Token, tokens, within


@dataclass(frozen=True)
class Stretch:
    """Words between two punctuation marks; what is read of them is kept with them."""

    text: str

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Their places are counted from the start of the stretch."""
        if not is_han(self.text):
            return tuple(self._english(span) for span in english.split(self.text, self._tokens))
        whole = chinese_verbs.Stretch(self.text)
        return tuple(
            self._chinese(whole, span) if is_han(self.text[slice(*span)]) else self._english(span)
            for span in chinese.split(whole)
        )

    @cached_property
    def is_open(self) -> bool:
        """Whether it is a noun phrase that still waits for its noun."""
        opens = english.begins_a_noun_phrase(self.text)
        return opens and english.is_open_noun_phrase(self._tokens)

    @cached_property
    def _tokens(self) -> list[Token]:
        return tokens(self.text)

    def _english(self, span: Span) -> Clause:
        clause = english.read(self.text, self._tokens, span)
        said = within(self._tokens, (clause.body, clause.end))
        return clause._replace(praise=tuple(english_praise.praise_inside(self.text, said)))

    def _chinese(self, whole: chinese_verbs.Stretch, span: Span) -> Clause:
        clause = chinese.read(whole, span)
        praise = chinese_praise.praise_inside(self.text, (clause.body, clause.end))
        return clause._replace(praise=tuple(praise))


def clauses_of(text: str, known: dict[str, Stretch]) -> list[Clause]:
    """The clauses of a text in order.

    A stretch of the same words that was read before is taken from `known`; each new one is put there.
    """
    clauses = [
        shifted(clause, start)
        for start, end in _whole_noun_phrases(text, known)
        for clause in _read(text[start:end], known).clauses
    ]
    return _with_listed_limits(text, clauses)


def _read(words: str, known: dict[str, Stretch]) -> Stretch:
    stretch = known.get(words)
    if stretch is None:
        stretch = known[words] = Stretch(words)
    return stretch


def _whole_noun_phrases(text: str, known: dict[str, Stretch]) -> list[Span]:
    """The stretches, `a soft, warm light` and `a dove, which flies` joined: neither half is a clause."""
    whole: list[Span] = []
    open_end = False
    for start, end in segments(text, 0, len(text)):
        leans = open_end and whole and english.goes_on(text, whole[-1][1], start)
        if leans or (whole and english.is_relative(text, start)):
            start = whole.pop()[0]
        whole.append((start, end))
        open_end = _read(text[start:end], known).is_open
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
        if listed and follows and not english.names_one(named):
            clause = read.pop()._replace(end=clause.end)
        read.append(clause)
    return read
