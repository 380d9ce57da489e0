"""The English words of a text, each with its place."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.prompts.grammar.clauses import HAN, Span

_LETTER = rf"[^\W_{HAN}]"
_TOKEN = re.compile(rf"{_LETTER}+(?:['’\-]{_LETTER}+)*")
_WHOLE = re.compile(rf"(?<!{_LETTER})(?<!{_LETTER}['’\-]){_TOKEN.pattern}")
"""Not the rest of a longer one."""


class Token(NamedTuple):
    text: str
    """In lower case."""
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """All of them, in order."""
    return [Token(m.group().lower(), m.start(), m.end()) for m in _TOKEN.finditer(text)]


def tokens_within(text: str, span: Span) -> list[Token]:
    """Those that stand whole between two places of a text."""
    found: list[Token] = []
    for match in _WHOLE.finditer(text, span[0]):
        if match.end() > span[1]:
            break
        found.append(Token(match.group().lower(), *match.span()))
    return found


def within(line: list[Token], span: Span) -> list[Token]:
    """The same of a line of tokens."""
    start, end = span
    if not line or (start <= line[0].start and line[-1].end <= end):
        return line[:]
    return [token for token in line if start <= token.start and token.end <= end]


def words(text: str, at: int = 0) -> Iterator[str]:
    """The words from a place on, in lower case, as far as they are asked for."""
    for match in _TOKEN.finditer(text, at):
        yield match.group().lower()
