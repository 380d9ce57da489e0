"""Finds a piece of a picture again in another: where it went, and whether it still looks the same."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
Quad = NDArray[np.float32]
"""Corners, (4, 2) as x and y in pixels: clockwise from the top left."""

HEIGHT = 24
"""Pixels to which a cut piece is brought."""
_SOUGHT = 12
"""Pixels of the piece's height at which it is sought in the whole picture."""
_SCALES = (1.0, 0.85, 1.18, 0.72, 1.39)
"""It may have come nearer or gone farther."""
_WORTH = 0.03
"""So much more alike must another size be to be believed."""
_SHIFT = 5
"""Pixels of the cut piece by which a first guess may be off."""
_WINDOW = 20
"""Pixels of the cut piece: about a letter."""
_FLAT = 6.0
"""Levels: a window with less contrast shows no letter."""
_WRITTEN = 0.5
"""Nor does one with less than this share of the piece's own contrast."""
_FADED = 0.55
"""A letter that has less than this share of its contrast is as unlike as it is pale: it may be a blur."""
_FINE = 2
"""A piece is cut out so many times larger, then made small: letters keep their strokes."""
_ROUNDS = 25
"""Of the search for the best fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A piece of a picture, cut out flat: what is sought, and how it looked."""

    box: Quad
    cut: Luma
    """(HEIGHT, width)."""


def luma(picture: NDArray[np.uint8]) -> Luma:
    """The light of an RGB picture (height, width, 3)."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def cut_out(picture: Luma, box: Quad) -> Piece:
    """The piece in this box."""
    return Piece(box, _flat(picture, box, _width(box), 0))


def seek(piece: Piece, source: Luma, picture: Luma) -> tuple[Quad, float]:
    """Where in `picture` the piece of `source` most likely is, and how alike it looks there, -1..1."""
    scale = min(1.0, _SOUGHT / max(_height(piece.box), 1.0))
    left, top = np.floor(piece.box.min(0)).astype(int)
    right, bottom = np.ceil(piece.box.max(0)).astype(int)
    known = source[max(top, 0) : bottom, max(left, 0) : right]
    if not known.size:
        return piece.box, -1.0
    whole = _resized(picture, scale)
    best, where = -1.0, piece.box
    middle = piece.box.mean(0)
    for nearer in _SCALES:
        template = _resized(known, scale * nearer)
        if template.shape[0] > whole.shape[0] or template.shape[1] > whole.shape[1]:
            continue
        scores = cv2.matchTemplate(whole, template, cv2.TM_CCOEFF_NORMED)
        _, value, _, (x, y) = cv2.minMaxLoc(scores)
        if value > best + _WORTH:
            found = (np.array([x, y]) + np.array(template.shape[::-1]) / 2) / scale
            best, where = value, ((piece.box - middle) * nearer + found).astype(np.float32)
    return where, float(best)


def settle(piece: Piece, picture: Luma, near: Quad) -> tuple[Quad, float]:
    """The place near a first guess where the piece fits best, and the likeness of its least like letter.

    The likeness is a correlation, -1..1: what is lit a little otherwise is alike, another letter is not.
    """
    high, wide = piece.cut.shape
    around = _flat(picture, near, wide, _SHIFT)
    scores = cv2.matchTemplate(around, piece.cut, cv2.TM_CCOEFF_NORMED)
    _, _, _, (x, y) = cv2.minMaxLoc(scores)
    fit = _fitted(piece.cut, around, np.array([[1, 0, x], [0, 1, y]], np.float32))
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(around, fit, (wide, high), flags=how, borderMode=cv2.BORDER_REPLICATE)
    corners = np.array([[0, 0, 1], [wide, 0, 1], [wide, high, 1], [0, high, 1]], np.float32)
    across, down = (near[1] - near[0]) / wide, (near[3] - near[0]) / high
    placed = (corners @ fit.T - _SHIFT) @ np.stack([across, down]) + near[0]
    return placed.astype(np.float32), likeness(piece.cut, np.asarray(seen, np.uint8))


def _fitted(cut: Luma, around: Luma, first: NDArray[np.float32]) -> NDArray[np.float32]:
    """The affine map that lays the cut piece on what is around, or the first where none fits."""
    until = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ROUNDS, 1e-3)
    try:
        _, fit = cv2.findTransformECC(cut, around, first.copy(), cv2.MOTION_AFFINE, until)
    except cv2.error:  # it goes nowhere: nothing there looks like the piece
        return first
    return np.asarray(fit, np.float32)


def likeness(one: Luma, other: Luma) -> float:
    """The correlation of two cut pieces in that letter in which they are least alike, -1..1."""
    first, second = one.astype(np.float32), other.astype(np.float32)
    window = (_WINDOW, one.shape[0])

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        blurred = cv2.blur(values, window, borderType=cv2.BORDER_REFLECT)
        return np.asarray(blurred, np.float32)[one.shape[0] // 2]

    means = mean(first), mean(second)
    spread = [
        mean(each * each) - middle**2 for each, middle in zip((first, second), means, strict=True)
    ]
    together = mean(first * second) - means[0] * means[1]
    written = spread[0] > max(_FLAT**2, _WRITTEN**2 * spread[0].max())
    if not written.any():
        return 0.0
    seen = np.maximum(spread[1], _FADED**2 * spread[0])
    alike = together / np.sqrt(np.maximum(spread[0] * seen, 1e-3))
    return float(alike[written].min())


def _flat(picture: Luma, box: Quad, width: int, margin: int) -> Luma:
    """The box as an upright piece (HEIGHT, width), with so many pixels around it."""
    corners = np.array([[0, 0], [width, 0], [width, HEIGHT], [0, HEIGHT]], np.float32) + margin
    matrix = cv2.getPerspectiveTransform(np.asarray(box, np.float32), corners * _FINE)
    size = width + 2 * margin, HEIGHT + 2 * margin
    fine = size[0] * _FINE, size[1] * _FINE
    cut = cv2.warpPerspective(
        picture, matrix, fine, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.uint8)


def _height(box: Quad) -> float:
    return float(np.linalg.norm(box[3] - box[0]))


def _width(box: Quad) -> int:
    ratio = float(np.linalg.norm(box[1] - box[0])) / max(_height(box), 1.0)
    return max(round(HEIGHT * ratio), HEIGHT)


def _resized(picture: Luma, scale: float) -> Luma:
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
