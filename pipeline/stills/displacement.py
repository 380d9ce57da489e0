"""Where each pixel of one picture is in another, close to it in time."""

import cv2
import numpy as np
from numpy.typing import NDArray

Flow = NDArray[np.float32]
"""(height, width, 2): pixels to the right and down."""
_SMALLEST = 12
"""Pixels: OpenCV refuses what is smaller."""


def displacement(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> Flow:
    """How far what stands at each place of `first` has moved in `second`; both (height, width), grey.

    None of what has less than 12 pixels across or down. By dense inverse search (Kroeger et al., "Fast
    Optical Flow using Dense Inverse Search", 2016).
    """
    if min(first.shape) < _SMALLEST:
        return np.zeros((*first.shape, 2), np.float32)
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow = np.zeros((*first.shape, 2), np.float32)
    return np.asarray(finder.calc(first, second, flow), np.float32)
