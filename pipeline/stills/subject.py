"""The subject of a picture: a box, an outline and how sure it is; none where nobody could tell."""

from dataclasses import dataclass
from typing import Literal, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.stills.saliency import saliency

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
Mask = NDArray[np.bool_]

REGION_SIDE, OUTLINE_SIDE = 96, 160
"""Pixels of the longer side on which the subject is looked for, and on which its outline is drawn."""
_LEAST_CONTRAST = 12.0
"""Colour difference (Lab) of subject and rest below which a texture is taken for a subject."""
_SHARES = (0.002, 0.92)
"""Smaller is a speck, larger is a background."""
_BIG_PART = 0.15
"""A part of the outline counts when it has this share of the largest part's area."""


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What a picture shows, in pixels of the upright picture."""

    box: Box
    mask: Mask
    """Of the whole picture, in a small copy of it: (height, width)."""
    confidence: float
    """0..1."""
    by: Literal["saliency", "detector"]


class Finder(Protocol):
    """Whatever can tell what a picture shows."""

    def find(self, image: Image.Image) -> Subject | None:
        """The subject of an upright RGB picture; None where it cannot tell."""
        ...


@dataclass(frozen=True, slots=True)
class Salient:
    """Takes what stands out for the subject; needs no weights."""

    sure: float = 0.5
    """Below this confidence there is no answer rather than a wrong one."""

    def find(self, image: Image.Image) -> Subject | None:
        small = _small(image, OUTLINE_SIDE)
        stands_out = _enlarged(saliency(np.asarray(_small(image, REGION_SIDE))), small.size)
        pixels = np.asarray(small)
        rough = stands_out >= _limit(stands_out)
        outline = _outlined(pixels, stands_out, rough)
        mask, whole = _main_parts(outline | rough)
        confidence = _agreement(rough, outline) * whole * _trust(mask)
        if confidence < self.sure or not _is_plausible(pixels, mask):
            return None
        return Subject(box_of(mask, image.size), mask, confidence, "saliency")


def box_of(mask: Mask, size: tuple[int, int]) -> Box:
    """The box around a mask that is not empty, in pixels of a picture of this size."""
    across, down = size[0] / mask.shape[1], size[1] / mask.shape[0]
    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    return (
        float(columns[0] * across),
        float(rows[0] * down),
        float((columns[-1] + 1) * across),
        float((rows[-1] + 1) * down),
    )


def _small(image: Image.Image, side: int) -> Image.Image:
    scale = min(1.0, side / max(image.size))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.BOX)


def _enlarged(values: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _limit(stands_out: NDArray[np.float32]) -> float:
    """Otsu's value, but never in the faint halo around a thing on an even ground."""
    levels = (stands_out * 255).astype(np.uint8)
    found, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return max(found / 255, 0.35)


def _outlined(pixels: NDArray[np.uint8], stands_out: NDArray[np.float32], rough: Mask) -> Mask:
    """GrabCut from what stands out; the same every time, since its seed is set."""
    marks = np.where(rough, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    marks[stands_out < 0.12] = cv2.GC_BGD
    marks[stands_out >= 0.9] = cv2.GC_FGD
    if min(rough.sum(), (~rough).sum()) < 20:
        return rough
    cv2.setRNGSeed(0)
    colours = np.ascontiguousarray(pixels[..., ::-1])
    models = np.zeros((1, 65)), np.zeros((1, 65))
    whole = (0, 0, colours.shape[1], colours.shape[0])  # not used where there are marks
    cv2.grabCut(colours, marks, whole, *models, 3, cv2.GC_INIT_WITH_MASK)
    return np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD))


def _main_parts(mask: Mask) -> tuple[Mask, float]:
    """The large parts of a mask, and how much of it the largest part is."""
    kernel = np.ones((3, 3), np.uint8)
    smooth = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    smooth = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(smooth)
    if count < 2:
        return np.zeros_like(mask), 0.0
    areas = stats[1:, cv2.CC_STAT_AREA]
    large = 1 + np.flatnonzero(areas >= _BIG_PART * areas.max())
    return np.isin(labels, large), float(areas.max() / areas.sum())


def _agreement(rough: Mask, outline: Mask) -> float:
    """How much two answers have in common: intersection over union."""
    return float((rough & outline).sum() / max((rough | outline).sum(), 1))


def _trust(mask: Mask) -> float:
    """What reaches over two edges and more may be a part of the background as well."""
    edges = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    return 0.75 if sum(bool(edge.any()) for edge in edges) > 1 else 1.0


def _is_plausible(pixels: NDArray[np.uint8], mask: Mask) -> bool:
    if not _SHARES[0] <= mask.mean() <= _SHARES[1]:
        return False
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    inside, outside = lab[mask].mean(0), lab[~mask].mean(0)
    return bool(np.linalg.norm(inside - outside) >= _LEAST_CONTRAST)
