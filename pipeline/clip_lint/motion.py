"""Motion that no shot wants: none at all, or one that swings back to where it began."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from pipeline.misses import Miss, MissKind
from pipeline.prompts.clauses import Kind
from pipeline.prompts.reading import read_prompt

if TYPE_CHECKING:
    from pipeline.media import Frames

SMALLEST_WAY = 0.5
"""Levels (0..255) that a clip must leave its first frame by before it can come back."""
FARTHEST = 0.8
"""The quantile of all frames that counts as the way out; one flash of light is none."""
_RETURNS = re.compile(
    r"\b(?:back|again|returns?|returning|around|to and fro|up and down|loops?|repeat\w*|bounc\w+|swing\w*"
    r"|sway\w*|wav(?:es?|ing)|nods?|nodding|shak\w+|spin\w*|rotat\w+|oscillat\w+|blink\w*|puls\w+|flutter\w*"
    r"|breath\w*|flicker\w*)\b"
    r"|回|往返|来回|反复|循环|摆|摇|晃|挥|招手|点头|弹|旋转|转动|眨|呼吸|飘|闪",
    re.IGNORECASE,
)
"""Words of motions that come back by themselves."""


def frozen(frames: "Frames", smallest: float) -> Iterator[Miss]:
    """A clip whose mean change from frame to frame is below `smallest` (0..255), its value."""
    if len(frames) < 2:  # one frame cannot stand still
        return
    step = float(np.mean([change(frames[i], frames[i + 1]) for i in range(len(frames) - 1)]))
    if step < smallest:
        message = f"the clip stands still: frames change by {step:.2f} of 255, below {smallest:g}"
        yield Miss(kind=MissKind.FROZEN, value=step, threshold=smallest, message=message)


def rebound(frames: "Frames", most: float) -> Iterator[Miss]:
    """A clip that ends as it began, though it was elsewhere meanwhile.

    The value is the share of the way out that it has gone back at its end: 1 is all of it.
    """
    away = [change(frames[0], frame) for frame in frames]
    farthest = float(np.quantile(away, FARTHEST))
    if farthest < SMALLEST_WAY:
        return
    value = 1 - away[-1] / farthest
    if value > most:
        message = (
            f"the motion swings back to its first frame: {value:.0%} of the way, above {most:.0%}"
        )
        yield Miss(kind=MissKind.REBOUND, value=value, threshold=most, message=message)


def may_return(prompt: str) -> bool:
    """Whether the prompt asks for a motion that comes back, or for more than one."""
    read = read_prompt(prompt)
    if _RETURNS.search(read.text):
        return True
    return sum(each.kind is Kind.ACTION and each.main for each in read.clauses) > 1


def change(before: "Frames", after: "Frames") -> float:
    """Mean absolute difference, 0..255; larger minus smaller stays in uint8 and so stays cheap."""
    difference = np.maximum(before, after) - np.minimum(before, after)
    return float(difference.sum(dtype=np.uint64) / difference.size)
