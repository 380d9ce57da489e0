"""Finds lettering: thin strokes of one height and one thickness that stand in a row.

It reads nothing and knows no alphabet, so Latin and Chinese are alike to it. Single letters, round
seals, handwriting and letters of many colours escape it; a row of windows may look like a word.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.stills.crop import area, overlap
from pipeline.stills.subject import Box

SIDE = 800
"""Pixels of the longer side of a picture that lettering is looked for in."""
_SCALES = (1.0, 0.4)
"""Large letters are found in a smaller copy."""
_STROKE = 13
"""Pixels: thicker strokes are found at another scale."""
_CONTRAST = 36
"""Grey levels between a stroke and what is beside it."""
_HEIGHTS = (7, 64)
_FEWEST = 4
"""Letters in a row."""
_MOST_PARTS = 1500
"""More candidates than that are a texture: the tallest are looked at."""

Luma = NDArray[np.uint8]
Rows = NDArray[np.float64]
"""One candidate a row: left, top, width, height, stroke."""


def find(luma: Luma) -> tuple[Box, ...]:
    """A box around each row of letters, in pixels of the picture (height, width)."""
    found: list[Box] = []
    for scale in _SCALES:
        small = cv2.resize(luma, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for method in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT):
            for row in _lines(_letters(np.asarray(small, np.uint8), method)):
                found.append(_box(row, scale))
    return tuple(_apart(found))


def _letters(luma: Luma, method: int) -> Rows:
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (_STROKE, _STROKE))
    strokes = cv2.morphologyEx(luma, method, kernel) >= _CONTRAST
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes.astype(np.uint8))
    if count < _FEWEST + 1:
        return np.empty((0, 5))
    depth = cv2.distanceTransform(strokes.astype(np.uint8), cv2.DIST_L2, 3)
    width, height, pixels = (
        stats[:, column].astype(float)
        for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA)
    )
    stroke = 2 * np.bincount(labels.ravel(), depth.ravel(), count) / np.maximum(pixels, 1)
    filled = pixels / (width * height)
    good = (
        (height >= _HEIGHTS[0]) & (height <= _HEIGHTS[1]) & (width <= 2.2 * height)
        & (width >= 0.08 * height) & (filled >= 0.12) & (filled <= 0.95) & (stroke < 0.45 * height)
    )  # fmt: skip
    good[0] = False
    chosen = np.flatnonzero(good)
    if len(chosen) > _MOST_PARTS:
        chosen = chosen[np.argsort(-height[chosen], kind="stable")[:_MOST_PARTS]]
    return np.stack(
        [*(stats[chosen, column].astype(float) for column in range(4)), stroke[chosen]], 1
    )


def _lines(letters: Rows) -> list[Rows]:
    """Letters that follow one another: alike in height and stroke, on one line, near each other."""
    if len(letters) < _FEWEST:
        return []
    letters = letters[np.argsort(letters[:, 0], kind="stable")]
    left, top, width, height, stroke = letters.T
    tall = np.maximum(height[:, None], height[None])
    gap = left[None] - (left + width)[:, None]
    follows = (
        (gap > -0.25 * tall) & (gap < 0.9 * tall)
        & (left[None] > left[:, None])
        & (np.minimum(height[:, None], height[None]) > 0.55 * tall)
        & (abs((top + height)[:, None] - (top + height)[None]) < 0.28 * tall)
        & (abs(stroke[:, None] - stroke[None]) < 0.45 * np.maximum(stroke[:, None], stroke[None]))
    )  # fmt: skip
    groups = _joined(follows)
    return [letters[group] for group in groups if _is_word(letters[group])]


def _joined(follows: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """The numbers of those that are linked, group by group; each links to the next one only."""
    group = np.arange(len(follows))
    for one in range(len(follows)):
        after = np.flatnonzero(follows[one])
        if after.size:
            group[group == group[after[0]]] = group[one]
    return [np.flatnonzero(group == name) for name in np.unique(group)]


def _is_word(letters: Rows) -> bool:
    """Even strokes and sizes in a long row. Leaves and gravel come in rows, too, but not in even ones."""
    if len(letters) < _FEWEST:
        return False
    height, stroke = letters[:, 3], letters[:, 4]
    bottoms = letters[:, 1] + height
    long = letters[:, 0].max() + letters[-1, 2] - letters[:, 0].min()
    return bool(
        height.std() < 0.22 * height.mean()
        and stroke.std() < 0.25 * stroke.mean()
        and bottoms.std() < 0.12 * height.mean()
        and long > 2.2 * height.mean()
    )


def _box(letters: Rows, scale: float) -> Box:
    left, top = letters[:, 0].min(), letters[:, 1].min()
    right = (letters[:, 0] + letters[:, 2]).max()
    bottom = (letters[:, 1] + letters[:, 3]).max()
    return float(left / scale), float(top / scale), float(right / scale), float(bottom / scale)


def _apart(boxes: Sequence[Box]) -> list[Box]:
    """Largest first, without those that were found already at another scale."""
    kept: list[Box] = []
    for box in sorted(boxes, key=area, reverse=True):
        if all(overlap(box, other) < 0.2 and not _covers(other, box) for other in kept):
            kept.append(box)
    return kept


def _covers(outer: Box, inner: Box) -> bool:
    return (
        outer[0] <= inner[0] + 2
        and outer[1] <= inner[1] + 2
        and inner[2] <= outer[2] + 2
        and inner[3] <= outer[3] + 2
    )
