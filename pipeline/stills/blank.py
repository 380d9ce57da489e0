"""Whether a picture shows anything at all."""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Emptiness = Literal["", "one_colour", "black", "white", "clear", "ground"]
"""Why nothing is to be seen: one colour, black or white all over, clear all over, or what is not clear
is as its ground; empty where something is."""

SIDE = 832
"""Pixels of the longer side that are enough to see whether there is anything; half of them are, too."""
_BLACK, _WHITE = 16, 250
"""Levels up to which nobody sees anything in the dark, and from which nobody does in the light."""
_SMALLEST = 0.0002
"""Share of the picture that something to be seen covers: a dozen stars; hot pixels cover less."""
_SHARP, _SOFT = (1.0, 6.0, _SMALLEST), (3.0, 3.0, 0.001)
"""Blur in pixels, levels and share: what is small must stand out more than the noise that such a blur
leaves, what is large, as fog or a soft shadow, may be faint."""


def emptiness(pixels: NDArray[np.uint8], visible: float = 1.0) -> Emptiness:
    """Of a picture (height, width, 3), RGB, of at most `SIDE` pixels; `visible` is the share not clear."""
    if visible < _SMALLEST:
        return "clear"
    found = _colour(pixels)
    return "ground" if found and visible < 0.99 else found


def _colour(pixels: NDArray[np.uint8]) -> Emptiness:
    seen = _blurred(pixels, _SHARP[0])
    if _outside(seen, (0, 0, 0), (_BLACK,) * 3) < _SMALLEST:
        return "black"
    if _outside(seen, (_WHITE,) * 3, (255, 255, 255)) < _SMALLEST:
        return "white"
    return "" if any(_stands_out(pixels, *each) for each in (_SHARP, _SOFT)) else "one_colour"


def _stands_out(pixels: NDArray[np.uint8], blur: float, levels: float, share: float) -> bool:
    """Whether that share differs so much from the commonest colour."""
    seen = _blurred(pixels, blur)
    commonest = np.median(seen[::4, ::4].reshape(-1, 3), axis=0)
    return _outside(seen, commonest - levels, commonest + levels) >= share


def _blurred(pixels: NDArray[np.uint8], blur: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), blur), np.uint8)


def _outside(pixels: NDArray[np.uint8], low: ArrayLike, high: ArrayLike) -> float:
    """The share of the pixels that leave a range of colours."""
    inside = cv2.inRange(pixels, np.asarray(low, np.float64), np.asarray(high, np.float64))
    return 1 - cv2.countNonZero(inside) / (pixels.shape[0] * pixels.shape[1])
