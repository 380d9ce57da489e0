"""From CIELAB, as printers store pictures, to sRGB."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.stills.formats import icc

_ROWS = 256
"""Converted at a time, so that a large picture needs no large memory in floating point."""


def to_srgb(
    stored: NDArray[np.integer], zero: tuple[float, float, float], unit: tuple[float, float, float]
) -> Image.Image:
    """Numbers (height, width, 3) as RGB; L* and so on are (stored - zero) / unit, before white D50."""
    made = np.empty(stored.shape, np.uint8)
    for top in range(0, len(stored), _ROWS):
        rows = stored[top : top + _ROWS].astype(np.float32)
        made[top : top + _ROWS] = _rows(
            (rows - np.array(zero, np.float32)) / np.array(unit, np.float32)
        )
    return Image.fromarray(made)


def _rows(lab: NDArray[np.floating]) -> NDArray[np.uint8]:
    level = (lab[..., 0] + 16) / 116
    thirds = np.stack([level + lab[..., 1] / 500, level, level - lab[..., 2] / 200], axis=-1)
    light = np.where(thirds > 6 / 29, thirds**3, (thirds - 4 / 29) * 3 * (6 / 29) ** 2) * icc.D50
    linear = np.clip(light @ np.linalg.inv(icc.to_d50(icc.SRGB)).T, 0, 1)
    shown = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return (shown * 255 + 0.5).astype(np.uint8)
