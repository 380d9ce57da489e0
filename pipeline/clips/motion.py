"""Motion that no shot wants: none at all, or one that swings back to where it began."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from pipeline.clips.small_clip import SmallClip
from pipeline.misses import Miss, MissKind

if TYPE_CHECKING:
    from pipeline.storage.files import Frames

SMALLEST_WAY = 0.5
"""Levels (0..255) that a clip must leave its first frame by before it can come back."""
PART = 2.0
"""Levels that the busiest part of a clip changes by from frame to frame where anything moves at all."""
ROUNDED = 0.5
"""Levels that small frames may change by where the large ones do not."""
FARTHEST = 0.8
"""The quantile of all frames that counts as the way out; one flash of light is none."""


def frozen(clip: SmallClip, smallest: float) -> Iterator[Miss]:
    """A clip whose mean change from frame to frame is below `smallest` (0..255), its value.

    One of which a small part moves is not frozen.
    """
    frames = clip.frames
    if len(frames) < 2 or clip.steps.mean() > smallest + ROUNDED:
        return
    step = float(np.mean([change(frames[i], frames[i + 1]) for i in range(len(frames) - 1)]))
    if step < smallest and clip.busiest.mean() < PART:
        message = f"the clip stands still: frames change by {step:.2f} of 255, below {smallest:g}"
        yield Miss(kind=MissKind.FROZEN, value=step, threshold=smallest, message=message)


def rebound(clip: SmallClip, most: float) -> Iterator[Miss]:
    """A clip that ends as it began, though it was elsewhere meanwhile.

    The value is the share of the way out that it has gone back at its end: 1 is all of it.
    """
    away = np.abs(clip.small - clip.small[0]).mean((1, 2, 3))
    farthest = float(np.quantile(away, FARTHEST))
    if farthest < SMALLEST_WAY:
        return
    value = float(1 - away[-1] / farthest)
    if value > most:
        message = (
            f"the motion swings back to its first frame: {value:.0%} of the way, above {most:.0%}"
        )
        yield Miss(kind=MissKind.REBOUND, value=value, threshold=most, message=message)


def change(before: "Frames", after: "Frames") -> float:
    """Mean absolute difference, 0..255; larger minus smaller stays in uint8 and so stays cheap."""
    difference = np.maximum(before, after) - np.minimum(before, after)
    return float(difference.sum(dtype=np.uint64) / difference.size)
