"""Whether a picture shows anything at all."""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Emptiness = Literal["", "one_colour", "black", "white", "clear", "ground"]
"""Why nothing is to be seen: one colour, black or white all over, clear all over, or what is not clear
is as its ground; empty where something is."""

_BLACK, _WHITE = 16, 250
"""Levels up to which nobody sees anything in the dark, and from which nobody does in the light."""
_SMALLEST = 0.0002
"""Share of the picture that something to be seen covers: a dozen stars; hot pixels cover less."""
_SHARP, _SOFT = (1.0, 6.0, _SMALLEST), (3.0, 3.0, 0.001)
"""Blur in pixels, levels and share: what is small must stand out more than the noise that such a blur
leaves, what is large, as fog or a soft shadow, may be faint."""


def emptiness(pixels: NDArray[np.uint8], visible: float = 1.0) -> Emptiness:
    """Of a picture (height, width, 3) in the size of its still, RGB; `visible` is the share that is not clear."""
    if visible < _SMALLEST:
        return "clear"
    found = _colour(pixels.astype(np.float32))
    return "ground" if found and visible < 0.99 else found


def _colour(pixels: NDArray[np.float32]) -> Emptiness:
    seen = cv2.GaussianBlur(pixels, (0, 0), _SHARP[0])
    if (seen.max(-1) > _BLACK).mean() < _SMALLEST:
        return "black"
    if (seen.min(-1) < _WHITE).mean() < _SMALLEST:
        return "white"
    return "" if any(_stands_out(pixels, *each) for each in (_SHARP, _SOFT)) else "one_colour"


def _stands_out(pixels: NDArray[np.float32], blur: float, levels: float, share: float) -> bool:
    """Whether that share differs so much from the commonest colour."""
    seen = cv2.GaussianBlur(pixels, (0, 0), blur)
    commonest = np.median(seen[::2, ::2].reshape(-1, 3), axis=0)
    return bool((np.abs(seen - commonest) > levels).any(-1).mean() >= share)
