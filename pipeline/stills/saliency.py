"""Finds what stands out in a picture without any weights: what the edges of the picture are not made of.

Regions of one colour that hold little of the picture's edge for their size are unlike a background
(Zhu et al. 2014, "Saliency Optimization from Robust Background Detection"); GrabCut draws the outline.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_CELLS = 12
"""Regions along the longer side before they move to where the colours are."""
_ROUNDS = 6
_NEAR = 0.45
"""How much a pixel's place counts beside its colour when it joins a region."""
_ALIKE = 8.0
"""Colours (Lab) nearer than this are one surface."""
_REACH = 0.35
"""How far regions weigh on each other, as a share of the longer side."""
_BACKGROUND = 1.0
"""How much edge for its size makes a region a background."""

Numbers = NDArray[np.float64]

cv2.setNumThreads(1)  # pictures are small here: threads would cost more than they save


@dataclass(frozen=True, slots=True)
class _Regions:
    labels: NDArray[np.int32]
    """(height, width)."""
    colours: Numbers
    """(regions, 3), Lab."""
    places: Numbers
    """(regions, 2), x and y as shares of the longer side."""
    sizes: Numbers
    """Pixels."""
    edges: Numbers
    """Pixels on the edge of the picture."""
    touching: NDArray[np.bool_]
    """(regions, regions)."""


def saliency(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How much each pixel stands out: (height, width), 0..1, of (height, width, 3) sRGB.

    Meant for small pictures, about 100 pixels wide: larger ones take long and show no more.
    """
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    regions = _regions(np.asarray(lab, np.float32))
    background = _background(regions)
    return _settled(regions, background, _contrast(regions, background))[regions.labels]


def _regions(lab: NDArray[np.float32]) -> _Regions:
    """Pixels grouped by colour and place, from a grid of cells outwards: always the same groups."""
    height, width = lab.shape[:2]
    longest = max(height, width)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    step = longest / _CELLS
    samples = np.dstack([lab, x * (_NEAR * 20 / step), y * (_NEAR * 20 / step)]).reshape(-1, 5)
    columns = max(1, round(width / step))
    start = (y // (height / max(1, round(height / step)))) * columns + x // (width / columns)
    count = int(start.max()) + 1
    labels = start.astype(np.int32).reshape(-1, 1).copy()
    rounds = (cv2.TERM_CRITERIA_MAX_ITER, _ROUNDS, 0.0)
    cv2.kmeans(samples, count, labels, rounds, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    return _described(labels.reshape(height, width), lab, count, longest)


def _described(
    labels: NDArray[np.int32], lab: NDArray[np.float32], count: int, longest: int
) -> _Regions:
    y, x = np.mgrid[: labels.shape[0], : labels.shape[1]]
    flat = labels.ravel()
    sizes = np.bincount(flat, minlength=count).astype(float)
    used = np.maximum(sizes, 1)
    mean = lambda values: np.bincount(flat, values.ravel(), count) / used  # noqa: E731
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    touching = np.zeros((count, count), bool)
    for a, b in ((labels[:, 1:], labels[:, :-1]), (labels[1:], labels[:-1])):
        touching[a.ravel(), b.ravel()] = touching[b.ravel(), a.ravel()] = True
    on_rim = np.bincount(rim, minlength=count).astype(float)
    outer = np.flatnonzero(on_rim)
    touching[np.ix_(outer, outer)] = True
    return _Regions(
        labels,
        np.stack([mean(lab[..., channel]) for channel in range(3)], 1),
        np.stack([mean(x), mean(y)], 1) / longest,
        sizes,
        on_rim,
        touching,
    )


def _apart(points: Numbers) -> Numbers:
    return np.linalg.norm(points[:, None] - points[None], axis=2)


def _background(regions: _Regions) -> Numbers:
    """How sure it is that each region is background, 0..1: by how much edge its surface holds."""
    colours = _apart(regions.colours)
    steps = np.where(regions.touching, colours, np.inf)
    nearest = np.where(np.eye(len(steps), dtype=bool), np.inf, steps).min(1)
    usual = float(np.mean(nearest[np.isfinite(nearest)])) if len(steps) > 1 else 0.0
    steps = np.maximum(steps - usual, 0)
    np.fill_diagonal(steps, 0)
    for through in range(len(steps)):
        np.minimum(steps, steps[:, through, None] + steps[None, through], out=steps)
    alike = np.exp(-(steps**2) / (2 * _ALIKE**2))
    edge, area = alike @ regions.edges, alike @ regions.sizes
    return 1 - np.exp(-((edge / np.sqrt(np.maximum(area, 1))) ** 2) / (2 * _BACKGROUND**2))


def _contrast(regions: _Regions, background: Numbers) -> Numbers:
    """How unlike the background around it each region is, 0..1."""
    near = np.exp(-(_apart(regions.places) ** 2) / (2 * _REACH**2))
    weights = near * (background * regions.sizes)[None]
    unlike = (weights * _apart(regions.colours)).sum(1) / np.maximum(weights.sum(1), 1e-9)
    return unlike / max(unlike.max(), 1e-9)


def _settled(regions: _Regions, background: Numbers, contrast: Numbers) -> NDArray[np.float32]:
    """The values that suit background, contrast and neighbours best, by least squares."""
    ties = np.exp(-(_apart(regions.colours) ** 2) / (2 * _ALIKE**2)) * regions.touching + 0.1 * (
        regions.touching
    )
    np.fill_diagonal(ties, 0)
    system = np.diag(ties.sum(1) + background + contrast + 1e-6) - ties
    values = np.linalg.solve(system, contrast)
    low, high = values.min(), values.max()
    return ((values - low) / max(high - low, 1e-9)).astype(np.float32)
