"""Makes frames small, every pixel counted: what is left of grain, softness and compression is little."""

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 64
"""Pixels of the shorter side of what comes out."""


def shrunk(frames: NDArray[np.uint8], side: int = SIDE) -> NDArray[np.float32]:
    """Frames (frames, height, width, 3) with a shorter side of `side`; small ones stay as they are."""
    height, width = frames.shape[1:3]
    share = min(1.0, side / min(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    # Whole numbers until the last: OpenCV is six times faster there, and half a level is lost.
    small = [cv2.resize(frame, size, interpolation=cv2.INTER_AREA) for frame in frames]
    return np.stack(small).astype(np.float32)


def blurred(planes: NDArray[np.floating], sigma: float) -> NDArray[np.float32]:
    """Planes (frames, height, width), each blurred by so many pixels."""
    return np.stack(
        [np.asarray(cv2.GaussianBlur(each, (0, 0), sigma), np.float32) for each in planes]
    )


def reached(
    planes: NDArray[np.float32], pixels: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The least and the most that lies within so many pixels of each, by channel; of the same shape."""
    near = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    least = np.stack([np.asarray(cv2.erode(frame, near), np.float32) for frame in planes])
    return least, np.stack([np.asarray(cv2.dilate(frame, near), np.float32) for frame in planes])
