"""Cuts spans out of a text so that the rest reads well: one separator between pieces, no loose ends."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pipeline.prompts.grammar.clauses import HAN, Clause, Span
from pipeline.prompts.grammar.prompt import ParsedPrompt

_ENDS_SENTENCE = re.compile(r"[.!?。！？\n]")
_DIVIDES = re.compile(r"[,;:，；：、…—–]")
_BRACKETS = re.compile(r"[()（）\[\]{}]")
_TERMINAL = re.compile(r"[.!?。！？]+\s*$")
_PAIRS = {")": "(", "）": "（", "]": "[", "}": "{"}
_JOINING = r"and then|and|then|but|or|so|while|as|with|before|after|until|followed by"
_JOINING_HAN = "然后|接着|随后|并且"
_TIDY = (
    re.compile(r"\(\s*\)|（\s*）|\[\s*\]|\{\s*\}"),
    re.compile(
        rf"^[\s,;:.，；：、。…—–-]+|^(?:(?:and|then|but)\b|{_JOINING_HAN})[\s,，]*", re.IGNORECASE
    ),
    re.compile(
        rf"(?:[\s,;:，；：、…—–-]+(?:\b(?:{_JOINING}))?|(?:{_JOINING_HAN}))(?=[.!?。！？]*$)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<=\s)\s+|\s+(?=[,;:.!?，。；：！？、)）\]}])|(?<=[(（\[{])\s+"),
    re.compile(r"[,;:，；：、]\s*(?=[,;:.!?，。；：！？、])|(?<=[.!?。！？])\s*[,;:，；：、。.]"),
)


def gaps(prompt: ParsedPrompt, kept: Sequence[Span], close: Iterable[int] = ()) -> list[Span]:
    """What to cut so that only `kept` stays, with one fitting separator between each two.

    `close` holds the starts of pieces that follow the one before them with no punctuation.
    """
    if not kept:
        return []
    text, clauses = prompt.text, prompt.clauses
    close = set(close)
    cuts = []
    if any(clause.start < kept[0][0] for clause in clauses):
        cuts.append((0, kept[0][0]))
    for (_, end), (start, _) in pairwise(kept):
        if start in close or any(end < c.end and c.start < start for c in clauses):
            cuts += _gap(text, clauses, end, start, start in close)
    if any(clause.end > kept[-1][1] for clause in clauses):
        last = _TERMINAL.search(text, kept[-1][1])
        cuts.append((kept[-1][1], last.start() if last else len(text)))
    return [cut for cut in cuts if cut[0] < cut[1]]


def has_divider(prompt: ParsedPrompt, span: Span) -> bool:
    """Whether punctuation divides clauses there."""
    return any(_strength(prompt.text[a:b]) for a, b in _outside(prompt.clauses, *span))


def _gap(text: str, clauses: Sequence[Clause], start: int, end: int, close: bool) -> list[Span]:
    if close:
        return _sparing_one_space(text, start, end)
    runs = [run for stretch in _outside(clauses, start, end) for run in _unbracketed(text, stretch)]
    best = max(runs, key=lambda run: _strength(text[slice(*run)]), default=None)
    if best is None or not _strength(text[slice(*best)]):
        return _sparing_one_space(text, start, end)
    return [(start, best[0]), (best[1], end)]


def _sparing_one_space(text: str, start: int, end: int) -> list[Span]:
    if start < end and text[end - 1].isspace():
        return [(start, end - 1)]
    if start < end and text[start].isspace():
        return [(start + 1, end)]
    return [(start, end)]


def _outside(clauses: Sequence[Clause], start: int, end: int) -> list[Span]:
    """The parts between two places that belong to no clause: punctuation and space."""
    inside = [(c.start, c.end) for c in clauses if c.end > start and c.start < end]
    edges = [start, *(edge for span in inside for edge in span), end]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def _unbracketed(text: str, span: Span) -> list[Span]:
    edges = [span[0], *(e for m in _BRACKETS.finditer(text, *span) for e in m.span()), span[1]]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def _strength(separator: str) -> int:
    return 2 if _ENDS_SENTENCE.search(separator) else int(bool(_DIVIDES.search(separator)))


def untidy(text: str) -> Iterator[list[Span]]:
    """What a cut left behind: empty brackets, joining words at the ends, doubled spaces and commas."""
    for pattern in _TIDY:
        yield [match.span() for match in pattern.finditer(text)]
    if _BRACKETS.search(text):
        yield _unmatched(text)


def _unmatched(text: str) -> list[Span]:
    opened: list[int] = []
    lost = []
    for at, char in enumerate(text):
        if char in _PAIRS.values():
            opened.append(at)
        elif char in _PAIRS:
            if opened and text[opened[-1]] == _PAIRS[char]:
                opened.pop()
            else:
                lost.append(at)
    return [(at, at + 1) for at in sorted(opened + lost)]


def fitted(text: str, span: Span) -> Span | None:
    """The span made smaller where cutting it would join two words; None where it would break one."""
    start, end = span
    if any(0 < at < len(text) and _spaced(text[at - 1]) and _spaced(text[at]) for at in span):
        return None
    if end < len(text) and _is_mark(text[end]):
        return None
    if not (start and end < len(text) and _spaced(text[start - 1]) and _spaced(text[end])):
        return span
    return (start + 1, end) if start + 1 < end else None


def _spaced(char: str) -> bool:
    """Whether it belongs to a writing that puts spaces between words."""
    return (_is_word(char) and not re.match(rf"[{HAN}]", char)) or _is_mark(char)


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_" or _is_mark(char)


def _is_mark(char: str) -> bool:
    """A combining mark or joiner: part of the character before it."""
    return unicodedata.category(char)[0] == "M" or char in "\u200d\u200c"
