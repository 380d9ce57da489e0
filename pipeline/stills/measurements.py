"""What is measured of a picture before any rule looks at it."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.models.text_reader import TextReader
from pipeline.stills import blank, crop, quality, spelling
from pipeline.stills.blank import Emptiness
from pipeline.stills.fitting import Fitting
from pipeline.stills.subject import Box, Subject


@dataclass(frozen=True, slots=True)
class Seen:
    """The subject as the frame will show it."""

    box: Box
    """As shares of the frame's width and height."""
    box_share: float
    """Of the frame."""
    mask_share: float
    """Of the frame."""
    confidence: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a still before it is rendered."""

    fitting: Fitting
    seen: Seen | None
    overlay: tuple[Box, ...]
    """Lettering outside the subject, or all of it where no subject is known; as shares of the frame."""
    label: tuple[Box, ...]
    """Lettering on the subject: the product's own, to be left alone."""
    sharpness: float | None
    """Inside the subject; of the whole frame where no subject is known."""
    blockiness: float
    empty: Emptiness = ""
    """Why the kept part shows nothing; empty where it shows something."""
    unread: bool = False
    """Whether lettering was to be looked for, and nobody could read."""


READ_SIDE = 800
"""Pixels of the longer side of a picture in which lettering is read."""
SURE = 0.6
"""The reader's confidence below which a line is none: what looks like letters reads as less."""


def measure(
    source: Image.Image, fitting: Fitting, reader: TextReader | None = None, *, read: bool = True
) -> Facts:
    """The facts of the part of an upright picture that is kept.

    Where it is to be `read` and there is no reader, they say so.
    """
    left, top, right, bottom = (round(edge) for edge in fitting.window)
    kept = source.convert("L").crop((left, top, right, bottom))
    seen = seen_in(fitting)
    rows = _lettering(source.crop((left, top, right, bottom)), reader) if reader and read else []
    label = [row for row in rows if seen and _stands_in(row, seen.box)]
    return Facts(
        fitting,
        seen,
        tuple(row for row in rows if row not in label),
        tuple(label),
        _sharpness(kept, fitting),
        quality.blockiness(np.asarray(source.convert("L"))),
        _emptiness(source, fitting),
        unread=read and reader is None,
    )


def seen_in(fitting: Fitting) -> Seen | None:
    """The subject as the kept part shows it; None where nobody knows it."""
    subject = fitting.subject
    if subject is None:
        return None
    box = crop.inside(subject.box, fitting.window)
    mask = _kept_mask(subject, fitting)
    return Seen(box, crop.area(box), float(mask.mean()), subject.confidence)


def _emptiness(source: Image.Image, fitting: Fitting) -> Emptiness:
    """Of the kept part in its own size or less: a model's small frame may lose what people see."""
    left, top, right, bottom = (round(edge) for edge in fitting.window)
    times = math.ceil(max(right - left, bottom - top) / blank.SIDE)
    small = source.reduce(times, box=(left, top, right, bottom))
    return blank.emptiness(np.asarray(small), fitting.visible)


def _kept_mask(subject: Subject, fitting: Fitting) -> NDArray[np.bool_]:
    height, width = subject.mask.shape
    across, down = width / fitting.before[0], height / fitting.before[1]
    left, top, right, bottom = fitting.window
    rows = slice(round(top * down), max(round(bottom * down), round(top * down) + 1))
    columns = slice(round(left * across), max(round(right * across), round(left * across) + 1))
    return subject.mask[rows, columns]


def _lettering(kept: Image.Image, reader: TextReader) -> list[Box]:
    """Where lines of words stand, as shares of the frame."""
    scale = min(1.0, READ_SIDE / max(kept.size))
    size = max(1, round(kept.width * scale)), max(1, round(kept.height * scale))
    small = np.asarray(kept.convert("RGB").resize(size, Image.Resampling.BOX))
    lines = reader.read(small, reader.find(small))
    words = [each for each in lines if each.confidence >= SURE and spelling.is_word(each.text)]
    corners = [(*each.box.min(0).tolist(), *each.box.max(0).tolist()) for each in words]
    boxes = [crop.inside(each, (0, 0, *size)) for each in corners]
    return sorted(boxes, key=crop.area, reverse=True)


def _stands_in(row: Box, box: Box) -> bool:
    x, y = (row[0] + row[2]) / 2, (row[1] + row[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _sharpness(kept: Image.Image, fitting: Fitting) -> float | None:
    """At the size it is rendered at, or its own where that is smaller: enlarging is told otherwise."""
    scale = min(1.0, fitting.scale)
    size = max(1, round(kept.width * scale)), max(1, round(kept.height * scale))
    luma = np.asarray(kept.resize(size, Image.Resampling.LANCZOS))
    mask = np.ones(luma.shape, bool)
    if fitting.subject is not None:
        inside = _kept_mask(fitting.subject, fitting).astype(np.uint8)
        mask = cv2.resize(inside, size, interpolation=cv2.INTER_NEAREST) > 0
        mask = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return quality.sharpness(luma, mask)
