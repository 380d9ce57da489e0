"""Finds notation of other tools that is made of brackets: weights, choices, moments."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from pipeline.prompts.grammar.clauses import Span
from pipeline.prompts.grammar.foreign import Notation, Way, parted_after, parted_before, time
from pipeline.prompts.words import notation as words

_OPENS = {"(": ")", "（": "）", "[": "]", "{": "}"}
_CLOSES = {")": "(（", "）": "（(", "]": "[", "}": "{"}


@dataclass(slots=True)
class _Pair:
    """Two brackets that belong together, and those between them."""

    opens: int
    closes: int = -1
    inner: "list[_Pair]" = field(default_factory=list)


def brackets(text: str) -> list[Notation]:
    pairs = _pairs(text)
    dialect = any(_is_weighted(text, pair) for pair in _all(pairs))
    return [each for pair in pairs for each in _read(text, pair, dialect)]


def _pairs(text: str) -> list[_Pair]:
    """The outermost pairs; brackets without a partner, or after a backslash, are none."""
    top = _Pair(-1)
    stack = [top]
    for at, char in enumerate(text):
        if at and text[at - 1] == "\\":
            continue
        if char in _OPENS:
            stack.append(_Pair(at))
        elif char in _CLOSES and any(text[p.opens] in _CLOSES[char] for p in stack[1:]):
            while text[stack[-1].opens] not in _CLOSES[char]:
                stack[-2].inner += stack.pop().inner
            pair = stack.pop()
            pair.closes = at
            stack[-1].inner.append(pair)
    while len(stack) > 1:
        stack[-2].inner += stack.pop().inner
    return top.inner


def _all(pairs: list[_Pair]) -> Iterator[_Pair]:
    waiting = [*pairs]
    while waiting:
        pair = waiting.pop()
        yield pair
        waiting += pair.inner


def _is_weighted(text: str, pair: _Pair) -> bool:
    if text[pair.opens] not in "(（":
        return False
    inside = text[pair.opens + 1 : pair.closes]
    if words.WEIGHTED.search(inside) and not words.NUMBERED.search(inside):
        return bool(words.NESTED.search(inside))
    if words.AFTER_BRACKET.match(text, pair.closes + 1):
        return True
    return _doubled(text, pair)


def _doubled(text: str, pair: _Pair) -> bool:
    """`((red dress))`: a pair that holds another and nothing beside it."""
    if len(pair.inner) != 1:
        return False
    only = pair.inner[0]
    beside = text[pair.opens + 1 : only.opens] + text[only.closes + 1 : pair.closes]
    return not beside.strip() and bool(words.NESTED.search(text, only.opens, only.closes))


def _read(text: str, pair: _Pair, dialect: bool) -> list[Notation]:
    """What a pair is and what it holds, from the inside out: no prompt nests too deeply to be read."""
    found: dict[int, list[Notation]] = {}
    for one in reversed([*_all([pair])]):
        inner = [each for held in one.inner for each in found.pop(held.opens)]
        found[one.opens] = [*_read_one(text, one, dialect, inner)]
    return found[pair.opens]


def _read_one(text: str, pair: _Pair, dialect: bool, inner: list[Notation]) -> Iterator[Notation]:
    """What a pair is, with all that it holds; where it is ordinary, what it holds alone."""
    whole = (pair.opens, pair.closes + 1)
    inside = text[pair.opens + 1 : pair.closes]
    read = _READERS[text[pair.opens]](text, pair, dialect) if words.NESTED.search(inside) else None
    if read is None:
        yield from inner
        return
    end = whole[1]
    behind = words.AFTER_BRACKET.match(text, end) if text[pair.opens] in "(（" else None
    way, cuts = read
    held = [cut for each in inner for cut in each.cuts]
    tail = [behind.span()] if behind else []
    yield Notation((whole[0], tail[0][1] if tail else end), way, (*cuts, *held, *tail))


_Reading = tuple[Way, list[Span]] | None


def _bare(pair: _Pair) -> list[Span]:
    return [(pair.opens, pair.opens + 1), (pair.closes, pair.closes + 1)]


def _round(text: str, pair: _Pair, dialect: bool) -> _Reading:
    inside = text[pair.opens + 1 : pair.closes]
    if words.TIMES.fullmatch(inside) and re.search(r"[s秒]|\d\D+\d", inside, re.IGNORECASE):
        return Way.TIME, [*time(text, (pair.opens, pair.closes + 1)).cuts]
    weight = words.WEIGHTED.search(inside)
    if weight and _is_weighted(text, pair):
        tail = (pair.opens + 1 + weight.start(), pair.closes + 1)
        return Way.WEIGHT, [(pair.opens, pair.opens + 1), tail]
    waits = words.OPEN_BEFORE.search(text, max(0, pair.opens - 10), pair.opens)
    return (Way.WEIGHT, _bare(pair)) if dialect or waits else None


def _square(text: str, pair: _Pair, _: bool) -> _Reading:
    inside = text[pair.opens + 1 : pair.closes]
    if words.SAYS.search(text, max(0, pair.opens - 30), pair.opens) or inside.strip().isdigit():
        return None
    if words.TIMES.fullmatch(inside):
        return Way.TIME, [*time(text, (pair.opens, pair.closes + 1)).cuts]
    bars = _top_level(text, pair, "|")
    if bars:
        return Way.CHOICE, _first_of(text, pair, bars)
    colons = _top_level(text, pair, ":")
    if colons and re.fullmatch(r"\s*\d*\.?\d+\s*", text[colons[-1] + 1 : pair.closes]):
        return Way.CHOICE, _first_of(text, pair, colons)
    if words.CAMERA_MOVE.match(inside) and not _is_parted(text, pair):
        return Way.WEIGHT, []
    return Way.WEIGHT, _bare(pair)


def _is_parted(text: str, pair: _Pair) -> bool:
    """Whether something else than the brackets parts it from the words on both sides."""
    return parted_before(text, pair.opens) and parted_after(text, pair.closes + 1)


def _curly(text: str, pair: _Pair, _: bool) -> _Reading:
    bars = _top_level(text, pair, "|")
    return (Way.CHOICE, _first_of(text, pair, bars)) if bars else (Way.WEIGHT, _bare(pair))


_READERS: dict[str, Callable[[str, _Pair, bool], _Reading]] = {
    "(": _round,
    "（": _round,
    "[": _square,
    "{": _curly,
}


def _top_level(text: str, pair: _Pair, char: str) -> list[int]:
    """Where it stands between the brackets and in no inner ones."""
    held = [(each.opens, each.closes) for each in pair.inner]
    places = range(pair.opens + 1, pair.closes)
    marked = [at for at in places if text[at] == char and "::" not in text[at - 1 : at + 2]]
    return [at for at in marked if not any(a < at < b for a, b in held)]


def _first_of(text: str, pair: _Pair, dividers: list[int]) -> list[Span]:
    """All but the first of several that says something."""
    edges = [pair.opens, *dividers, pair.closes]
    for before, after in pairwise(edges):
        start = words.PICK.match(text, before + 1, after)
        begins = start.end() if start else before + 1
        if text[begins:after].strip():
            return [(pair.opens, begins), (after, pair.closes + 1)]
    return [(pair.opens, pair.closes + 1)]
