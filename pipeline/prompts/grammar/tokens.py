"""The English words of a text, each with its place."""

import re
from typing import NamedTuple

from pipeline.prompts.grammar.clauses import HAN, Span

_TOKEN = re.compile(rf"[^\W_{HAN}]+(?:['’\-][^\W_{HAN}]+)*")


class Token(NamedTuple):
    text: str
    """In lower case."""
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """All of them, in order."""
    return [Token(m.group().lower(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def within(line: list[Token], span: Span) -> list[Token]:
    """Those that stand whole between two places."""
    start, end = span
    if not line or (start <= line[0].start and line[-1].end <= end):
        return line[:]
    return [token for token in line if start <= token.start and token.end <= end]


def next_word(text: str, at: int) -> str:
    """The first word from a place on, in lower case; empty where none follows."""
    found = _TOKEN.search(text, at)
    return found.group().lower() if found else ""
