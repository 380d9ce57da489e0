"""How like two films are, frame by frame: PSNR and SSIM. For people to read; neither says which is better.

SSIM is that of Z. Wang et al., Image quality assessment: from error visibility to structural similarity,
IEEE Transactions on Image Processing 13 (2004), 600-612, over squares of seven pixels of the luma.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.clips.tones import LUMA

if TYPE_CHECKING:
    from pipeline.storage.files import Frames

_LEVELS = 255.0
_SIDE = 7
"""Pixels of the squares that are compared."""
_C1, _C2 = (0.01 * _LEVELS) ** 2, (0.03 * _LEVELS) ** 2


def psnr(film: "Frames", other: "Frames") -> float | None:
    """The peak signal-to-noise ratio of two films of one shape, in dB; None where they are the same.

    Raises `ValueError` for films of different shapes.
    """
    _check(film, other)
    error = float(np.mean([_error(one, two) for one, two in zip(film, other, strict=True)]))
    return _decibels(error) if error else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """In what one film differs from another of as many frames."""

    frames: int
    differing: int
    """Frames that are not the same, bit for bit."""
    first: int | None
    """The first of them, counted from 0; None where all are the same."""
    psnr: float | None
    """dB, over all frames; None where all are the same."""


def difference(
    film: "Iterable[NDArray[np.uint8]]", other: "Iterable[NDArray[np.uint8]]"
) -> Difference:
    """Holds two films against each other, frame by frame (height, width, 3), as they come.

    Raises `ValueError` for films of different lengths or shapes.
    """
    errors: list[float] = []
    for one, two in zip(film, other, strict=True):
        if one.shape != two.shape:
            raise ValueError(f"frames of {one.shape} and {two.shape} are not compared")
        errors.append(_error(one, two))
    differing = [number for number, error in enumerate(errors) if error]
    return Difference(
        frames=len(errors),
        differing=len(differing),
        first=differing[0] if differing else None,
        psnr=_decibels(float(np.mean(errors))) if differing else None,
    )


def ssim(film: "Frames", other: "Frames") -> float:
    """The mean structural similarity of the frames of two films of one shape: 1 where they are the same.

    Raises `ValueError` for films of different shapes, and of frames of less than seven pixels a side.
    """
    _check(film, other)
    if min(film.shape[1:3]) < _SIDE:
        raise ValueError(
            f"frames of {film.shape[2]} x {film.shape[1]} pixels are too small for SSIM"
        )
    return float(np.mean([_ssim(one, two) for one, two in zip(film, other, strict=True)]))


def _error(one: "NDArray[np.uint8]", two: "NDArray[np.uint8]") -> float:
    """The mean squared error of two frames, in levels squared."""
    return float(np.mean((one.astype(np.float32) - two) ** 2, dtype=np.float64))


def _decibels(error: float) -> float:
    return 10 * math.log10(_LEVELS**2 / error)


def _check(film: "Frames", other: "Frames") -> None:
    if film.shape != other.shape:
        raise ValueError(f"films of {film.shape} and {other.shape} are not compared")


def _ssim(one: "NDArray[np.uint8]", two: "NDArray[np.uint8]") -> float:
    from scipy.ndimage import uniform_filter

    x, y = _luma(one), _luma(two)
    of_x, of_y = uniform_filter(x, _SIDE), uniform_filter(y, _SIDE)
    sample = _SIDE**2 / (_SIDE**2 - 1)
    var_x = sample * (uniform_filter(x * x, _SIDE) - of_x * of_x)
    var_y = sample * (uniform_filter(y * y, _SIDE) - of_y * of_y)
    covariance = sample * (uniform_filter(x * y, _SIDE) - of_x * of_y)
    alike = (2 * of_x * of_y + _C1) * (2 * covariance + _C2)
    whole = (of_x * of_x + of_y * of_y + _C1) * (var_x + var_y + _C2)
    edge = _SIDE // 2  # beyond it the squares would hold what is not in the picture
    return float(np.mean((alike / whole)[edge:-edge, edge:-edge]))


def _luma(frame: "NDArray[np.uint8]") -> "NDArray[np.float64]":
    return frame.astype(np.float64) @ np.asarray(LUMA)
