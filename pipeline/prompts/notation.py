"""Finds notation of other tools in a prompt: which characters carry it, and which words it is about."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from pipeline.prompts import words_notation as words
from pipeline.prompts.clauses import Span, quoted

_OPENS = {"(": ")", "（": "）", "[": "]", "{": "}"}
_CLOSES = {")": "(（", "）": "（(", "]": "[", "}": "{"}
_DASH = re.compile("[-–—~～至到]")
_BESIDE_A_JOINT = re.compile(r"(?:^|[,;.:\n，；。|])\s*$")
_AFTER_A_JOINT = re.compile(r"\s*(?:$|[,;.:\n，；。|])")


class Way(StrEnum):
    """What a notation is for; each has a remedy of its own (`advice`)."""

    WEIGHT = "weight"
    """`(red dress:1.2)`, `((red dress))`, `[red dress]`, `red::2`."""
    CHOICE = "choice"
    """`{red|blue}`, `[red:blue:0.5]`: the first stands for all."""
    GAP = "gap"
    """`__color__`, `${color}`: something is to be put there."""
    TAG = "tag"
    """`<lora:drift:0.8>`, `embedding:easy`, `score_9`."""
    OPTION = "option"
    """`--stylize 250`."""
    COLUMN = "column"
    """`--ar 16:9`: what a column of the list says."""
    JOINT = "joint"
    """`BREAK`, `AND`."""
    TIME = "time"
    """`[0-3s]`."""
    REFERENCE = "reference"
    """`@image1`."""
    DOCUMENT = "document"
    """A whole prompt in JSON."""


@dataclass(frozen=True, slots=True)
class Notation:
    """One piece of it; all numbers are character positions."""

    span: Span
    way: Way
    cuts: tuple[Span, ...]
    """What goes so that the words alone are left."""
    unwanted: Span | None = None
    """The words of `--no text`."""
    column: str = ""
    """The column of a shot list that says it."""


@dataclass(slots=True)
class _Pair:
    """Two brackets that belong together, and those between them."""

    opens: int
    closes: int = -1
    inner: "list[_Pair]" = field(default_factory=list)


@lru_cache(maxsize=512)
def find(text: str) -> tuple[Notation, ...]:
    """Every notation in the order of the text; what is lettering in the picture is none."""
    if not words.ANY.search(text):
        return ()
    if words.JSON.match(text):
        return (Notation((0, len(text)), Way.DOCUMENT, ()),)
    signs = [span for span in quoted(text) if span[1] - span[0] < 0.8 * len(text.strip())]
    found = [*_marks(text), *_brackets(text)]
    outside = (n for n in found if not any(a < n.span[0] and n.span[1] < b for a, b in signs))
    return tuple(_apart(sorted(outside, key=lambda each: (each.span[0], -each.span[1]))))


def is_document(text: str) -> bool:
    """Whether the whole of it is no sentence but JSON."""
    return any(each.way is Way.DOCUMENT for each in find(text))


def blanked(text: str) -> str:
    """The text with a blank for each character of notation: every place in it stays what it was.

    What parts two stretches, as BREAK does, is read as a comma.
    """
    letters = list(text)
    for each in find(text):
        for start, end in each.cuts:
            letters[start:end] = " " * (end - start)
        if each.way is Way.JOINT and each.cuts and text[: each.span[0]].strip():
            letters[each.span[0]] = ","
    return "".join(letters)


def _apart(found: list[Notation]) -> Iterator[Notation]:
    """One for those that lie in each other, with the cuts of all."""
    last: Notation | None = None
    for each in found:
        if last is None or each.span[0] >= last.span[1]:
            if last:
                yield last
            last = each
        else:
            end = max(last.span[1], each.span[1])
            last = replace(last, span=(last.span[0], end), cuts=(*last.cuts, *each.cuts))
    if last:
        yield last


_WHOLE: tuple[tuple[re.Pattern[str], Way], ...] = (
    (words.EMBEDDING, Way.TAG),
    (words.SCORE, Way.TAG),
    (words.WILDCARD, Way.GAP),
    (words.VARIABLE, Way.GAP),
    (words.BARE_WEIGHT, Way.WEIGHT),
    (words.PLUSES, Way.WEIGHT),
    (words.ESCAPE, Way.WEIGHT),
    (words.REFERENCE, Way.REFERENCE),
    (words.PARAMETERS, Way.OPTION),
)


def _marks(text: str) -> Iterator[Notation]:
    """All of it that is not made of brackets."""
    for pattern, way in _WHOLE:
        yield from (Notation(m.span(), way, (m.span(),)) for m in pattern.finditer(text))
    command = words.COMMAND.match(text)
    if command:
        yield Notation(command.span(), Way.OPTION, (command.span(),))
    stars = [match.span() for match in words.BOLD.finditer(text)]
    for first, last in zip(stars[::2], stars[1::2], strict=False):
        yield Notation((first[0], last[1]), Way.WEIGHT, (first, last))
    for match in words.TIMED.finditer(text):
        yield _time(text, match.span())
    for reader in (_tags, _joints, _parts, _options, _negatives):
        yield from reader(text)


def _time(text: str, span: Span) -> Notation:
    """`walks [3-5s] she turns`: its dash stays where nothing else parts the two."""
    start, end = span
    dash = _DASH.search(text, start, end)
    parted = _BESIDE_A_JOINT.search(text[:start]) or _AFTER_A_JOINT.match(text, end)
    if parted or dash is None:
        return Notation(span, Way.TIME, (span,))
    return Notation(span, Way.TIME, ((start, dash.start()), (dash.end(), end)))


def _parts(text: str) -> Iterator[Notation]:
    """`red::2 car::1`: one colon stays between two parts; `1.2::red::` is one part and loses all."""
    opened = False
    for match in words.PARTS.finditer(text):
        start, end = match.span()
        opens = match.group()[0] != ":"
        last = opens or opened or not text[end:].strip() or not text[:start].strip()
        opened = opens
        yield Notation((start, end), Way.WEIGHT, ((start if last else start + 1, end),))


def _tags(text: str) -> Iterator[Notation]:
    for match in words.TAG.finditer(text):
        start, end = match.span()
        if words.ONE_THING.fullmatch(match.group()):
            yield Notation((start, end), Way.TAG, ((start, end),))
        else:
            yield Notation((start, end), Way.WEIGHT, ((start, start + 1), (end - 1, end)))


def _joints(text: str) -> Iterator[Notation]:
    """BREAK goes; AND only beside punctuation: between two words it is read as the word it is."""
    for match in words.JOINT.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if _shouts(before.split()[-1:]) or _shouts(after.split()[:1]):
            continue
        apart = _BESIDE_A_JOINT.search(before) or _AFTER_A_JOINT.match(after)
        is_word = match.group() == "AND" and not apart
        yield Notation(match.span(), Way.JOINT, () if is_word else (match.span(),))


def _shouts(neighbours: list[str]) -> bool:
    """Whether a neighbour is all capitals, too: STOP AND GO."""
    return any(len(word) > 1 and word.strip(".,:;!?").isupper() for word in neighbours) and not any(
        words.JOINT.fullmatch(word.strip(".,")) for word in neighbours
    )


def _options(text: str) -> Iterator[Notation]:
    for match in words.OPTION.finditer(text):
        named = next(filter(None, match.group("flag", "no", "named", "number", "other", "short", "shortno")))
        column = words.COLUMNS.get(re.split("[-_]", named.lower())[0], "")
        group = "words" if match["no"] else "shortwords"
        unwanted = match.span(group) if match[group] else None
        way = Way.COLUMN if column else Way.OPTION
        yield Notation(match.span(), way, (match.span(),), unwanted, column)


def _negatives(text: str) -> Iterator[Notation]:
    for match in words.NEGATIVE.finditer(text):
        yield Notation(match.span(), Way.COLUMN, (match.span(),), match.span("words"), "negative")


def _brackets(text: str) -> list[Notation]:
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


def _read(text: str, pair: _Pair, dialect: bool) -> Iterator[Notation]:
    """What a pair is, with all that it holds; where it is ordinary, what it holds alone."""
    whole = (pair.opens, pair.closes + 1)
    inner = [each for held in pair.inner for each in _read(text, held, dialect)]
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
        return Way.TIME, [*_time(text, (pair.opens, pair.closes + 1)).cuts]
    weight = words.WEIGHTED.search(inside)
    if weight and _is_weighted(text, pair):
        tail = (pair.opens + 1 + weight.start(), pair.closes + 1)
        return Way.WEIGHT, [(pair.opens, pair.opens + 1), tail]
    return (Way.WEIGHT, _bare(pair)) if dialect else None


def _square(text: str, pair: _Pair, _: bool) -> _Reading:
    inside = text[pair.opens + 1 : pair.closes]
    if words.SAYS.search(text, max(0, pair.opens - 30), pair.opens) or inside.strip().isdigit():
        return None
    if words.TIMES.fullmatch(inside):
        return Way.TIME, [*_time(text, (pair.opens, pair.closes + 1)).cuts]
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
    before = _BESIDE_A_JOINT.search(text[: pair.opens])
    return bool(before and _AFTER_A_JOINT.match(text, pair.closes + 1))


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
    for before, after in zip(edges, edges[1:], strict=False):
        start = words.PICK.match(text, before + 1, after)
        begins = start.end() if start else before + 1
        if text[begins:after].strip():
            return [(pair.opens, begins), (after, pair.closes + 1)]
    return [(pair.opens, pair.closes + 1)]
