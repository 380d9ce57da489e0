"""Which lines of a still have the must-keep words of a shot, or are a part of one. Pure."""

from collections.abc import Sequence
from functools import cache
from itertools import accumulate

import numpy as np

from pipeline.models.text_reader import Line, Quad
from pipeline.stills import spelling

SURE_BEGINNING = 3
"""Letters at the end of a line that may begin a word which goes on below; less are there by chance."""


def kept_in(lines: Sequence[Line], must_keep: Sequence[str]) -> list[str]:
    """Of each line the must-keep word that it has, or that it and its neighbours make up; or none."""
    words = {own: word for word in must_keep if (own := spelling.folded(word))}
    kept = {
        id(line): next((words[own] for own in words if has(spelling.folded(line.text), own)), "")
        for line in lines
    }
    order = _in_reading_order(lines)
    for own, word in words.items():
        for line in (*_made_of(order, own), *_one_below_the_other(order, own)):
            kept[id(line)] = kept[id(line)] or word
    return [kept[id(line)] for line in lines]


def has(read: str, word: str) -> bool:
    """Whether a line has a word, or a good part of it: one that is broken over two lines."""
    broken = len(read) * 2 >= len(word) and (word.startswith(read) or word.endswith(read))
    return word in read or (len(read) > 2 and broken)


def height(box: Quad) -> float:
    """Of a line, in pixels."""
    return float(np.linalg.norm(box[3] - box[0]))


def _made_of(order: Sequence[Line], own: str) -> list[Line]:
    """The lines that a folded word is written in, one after the other: it begins or ends with one of them,
    for the end of one and the beginning of another may be a word by chance."""
    read = [spelling.folded(line.text) for line in order]
    ends = [*accumulate(map(len, read))]
    begins = [0, *ends]
    begin = "".join(read).find(own)
    end = begin + len(own)
    if begin < 0 or (begin not in begins and end not in ends):
        return []
    return [
        line
        for line, first, last in zip(order, begins, ends, strict=False)
        if first < end and begin < last
    ]


def _one_below_the_other(order: Sequence[Line], own: str) -> list[Line]:
    """The lines that a folded word is written in, each of them below the one before or right of it: of a
    label with another beside it, or a badge. As above the word begins or ends with one of them."""
    read = [spelling.folded(line.text) for line in order]

    @cache
    def rest(at: int, done: int, *, to_the_end: bool) -> frozenset[int]:
        """The lines from one on that have what is left of the word; none where they do not."""
        left = own[done:]
        if read[at] == left or (read[at].startswith(left) and not to_the_end):
            return frozenset((at,))
        if not read[at] or not left.startswith(read[at]):
            return frozenset()
        after = done + len(read[at])
        return _with(at, [rest(on, after, to_the_end=to_the_end) for on in following(at)])

    @cache
    def following(at: int) -> list[int]:
        return [on for on in range(at + 1, len(order)) if _follows(order[at].box, order[on].box)]

    found = frozenset[int]()
    for at, text in enumerate(read):
        found |= rest(at, 0, to_the_end=False)
        for begun in range(SURE_BEGINNING, min(len(own), len(text))):
            if text.endswith(own[:begun]):
                found |= _with(at, [rest(on, begun, to_the_end=True) for on in following(at)])
    return [order[at] for at in sorted(found)]


def _with(at: int, ways: Sequence[frozenset[int]]) -> frozenset[int]:
    """All ways on from a line, with it; none where there are none."""
    found = frozenset[int]().union(*ways)
    return found | {at} if found else found


def _follows(box: Quad, other: Quad) -> bool:
    """Whether a line stands below another, or right of it in its row."""
    (left, _), (right, _) = box.min(0), box.max(0)
    (begin, _), (end, _) = other.min(0), other.max(0)
    if _in_row(box, other):
        return bool(begin > left)
    shared = min(right, end) - max(left, begin)
    return bool(
        other[:, 1].mean() > box[:, 1].mean() and 2 * shared >= min(right - left, end - begin)
    )


def _in_row(box: Quad, other: Quad) -> bool:
    return bool(abs(other[:, 1].mean() - box[:, 1].mean()) < height(box) / 2)


def _in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Row by row from above, and each row from the left."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda each: float(each.box[:, 1].mean())):
        first = rows[-1][0].box if rows else None
        if first is not None and _in_row(first, line.box):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [
        line for row in rows for line in sorted(row, key=lambda each: float(each.box[:, 0].min()))
    ]
