"""Which lines of a still have the must-keep words of a shot, or are a part of one. Pure."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from pipeline.models.text_reader import Line, Quad
from pipeline.stills import spelling


def kept_in(lines: Sequence[Line], must_keep: Sequence[str]) -> list[str]:
    """Of each line the must-keep word that it has, or that it and its neighbours make up; or none."""
    words = {own: word for word in must_keep if (own := spelling.folded(word))}
    kept = {
        id(line): next((words[own] for own in words if has(spelling.folded(line.text), own)), "")
        for line in lines
    }
    order = _in_reading_order(lines)
    for own, word in words.items():
        for line in _made_of(order, own):
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


def _in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Row by row from above, and each row from the left."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda each: float(each.box[:, 1].mean())):
        first = rows[-1][0].box if rows else None
        if first is not None and line.box[:, 1].mean() - first[:, 1].mean() < height(first) / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [
        line for row in rows for line in sorted(row, key=lambda each: float(each.box[:, 0].min()))
    ]
