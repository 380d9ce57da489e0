"""Measures of a picture's pixels: how much of its edges a blur would still take, and JPEG's blocks."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.stills.subject import Mask

_TILE = 1024
"""Blocks are looked for in at most so many pixels each way: a photograph has them everywhere or nowhere."""
_STRONGEST = 0.05
"""Share of the pixels, those with the steepest edges, that sharpness is measured on."""
_BLOCK = 8
"""JPEG codes squares of 8 x 8 pixels."""


def sharpness(luma: NDArray[np.uint8], mask: Mask) -> float | None:
    """How much of its steepest edges a blur of 1 pixel takes: about 0.1 where they are soft already,
    0.5 where they are crisp. Inside the mask alone; both (height, width).

    None where there is no edge to measure. Contrast and brightness do not matter.
    """
    values = luma.astype(np.float32)
    before, after = (
        _steepness(values),
        _steepness(np.asarray(cv2.GaussianBlur(values, (0, 0), 1.0), np.float32)),
    )
    inside = before[mask]
    if inside.size < 64:
        return None
    limit = max(float(np.quantile(inside, 1 - _STRONGEST)), 8.0)
    steep = mask & (before >= limit)
    if steep.sum() < 16:
        return None
    return float(1 - after[steep].mean() / before[steep].mean())


def blockiness(luma: NDArray[np.uint8]) -> float:
    """How much higher the steps at every eighth pixel are than those between: 0 without a grid.

    (height, width), in the pixels of the file. A grid may begin anywhere, so cropped JPEGs are found;
    one that was scaled since is not.
    """
    tile = _middle(luma).astype(np.float32)
    if min(tile.shape) < 4 * _BLOCK:
        return 0.0
    return min(_grid(tile), _grid(tile.T))


def _steepness(values: NDArray[np.float32]) -> NDArray[np.float32]:
    across, down = cv2.Sobel(values, cv2.CV_32F, 1, 0), cv2.Sobel(values, cv2.CV_32F, 0, 1)
    return (np.hypot(across, down) / 4).astype(np.float32)


def _middle(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    top, left = (max(0, (side - _TILE) // 2) for side in luma.shape)
    return luma[top : top + _TILE, left : left + _TILE]


def _grid(tile: NDArray[np.float32]) -> float:
    """For steps between columns: the phase that stands out, against the seven others."""
    steps = np.abs(np.diff(tile, axis=1))
    # A step that its neighbours share is an edge of the picture, not of a block.
    lone = np.maximum(steps[:, 1:-1] - np.maximum(steps[:, :-2], steps[:, 2:]), 0)
    lone = np.minimum(lone, 12.0).mean(0)
    phases = np.array([lone[phase::_BLOCK].mean() for phase in range(_BLOCK)])
    highest = int(phases.argmax())
    others = np.delete(phases, highest)
    return float((phases[highest] - others.max()) / (np.median(others) + 0.25))
