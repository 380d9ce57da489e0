"""Whether a clip ends with the subject that it began with, as a picture model sees it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from pipeline.misses import Miss, MissKind
from pipeline.profiles.clip_section import ClipSection

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.models.image_features import Eye
    from pipeline.storage.files import Frames

CHANGED = 12
"""Levels (0..255) that a pixel must differ by somewhen, for anything to move there."""
MARGIN = 0.05
"""Share of the picture that is kept around what moves, so that it is seen whole."""
SMALLEST = 8
"""Pixels; less than this is not worth a look."""


def lint_subject(frames: "Frames", section: ClipSection, eye: "Eye") -> tuple[Miss, ...]:
    """What has become of the subject by the end: another one, or not quite itself, or neither.

    The value is the lower cosine of the first frame's look with two of the last fifth.
    """
    return tuple(_misses(likeness(frames, section, eye), section))


def likeness(frames: "Frames", section: ClipSection, eye: "Eye") -> float:
    """How much the subject at the end looks like that of the first frame, a cosine."""
    last = len(frames) - 1
    ends = sorted({last - len(frames) // 5, last} - {0})
    box = moving(frames) if section.subject_view == "moving" else None
    first, *later = eye.see([_cropped(frames[number], box) for number in (0, *ends)])
    return min((float(first @ look) for look in later), default=1.0)


def moving(frames: "Frames") -> tuple[int, int, int, int] | None:
    """The box (left, top, right, bottom) in which anything moves; none where nothing does."""
    spread = (frames.max(0) - frames.min(0)).max(-1) > CHANGED
    rows, columns = np.flatnonzero(spread.any(1)), np.flatnonzero(spread.any(0))
    if not rows.size:
        return None
    height, width = spread.shape
    down, across = round(MARGIN * height), round(MARGIN * width)
    box = (
        max(int(columns[0]) - across, 0),
        max(int(rows[0]) - down, 0),
        min(int(columns[-1]) + 1 + across, width),
        min(int(rows[-1]) + 1 + down, height),
    )
    return box if min(box[2] - box[0], box[3] - box[1]) >= SMALLEST else None


def _cropped(frame: "Frames", box: tuple[int, int, int, int] | None) -> "Image":
    from PIL import Image

    picture = Image.fromarray(frame)
    return picture.crop(box) if box else picture


def _misses(alike: float, section: ClipSection) -> Iterator[Miss]:
    for kind, least, what in (
        (MissKind.SUBJECT_REPLACED, section.subject_replaced, "another subject than it began with"),
        (
            MissKind.SUBJECT_DRIFT,
            section.subject_drift,
            "a subject that is not quite itself any more",
        ),
    ):
        if alike < least:
            message = f"the clip ends with {what}: likeness {alike:.2f}, below {least:g}"
            yield Miss(kind=kind, value=alike, threshold=least, message=message)
            return
