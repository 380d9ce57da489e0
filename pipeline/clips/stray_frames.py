"""Frames that do not belong: white, grey, noise, broken blocks, another picture, for a moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.clips.small_clip import SmallClip
from pipeline.clips.spans import spans
from pipeline.misses import Miss, MissKind
from pipeline.stills.shrinking import reached

if TYPE_CHECKING:
    from pipeline.storage.files import Frames

Numbers = NDArray[np.floating]

LONGEST = 3
"""Frames in a row that a moment has at most."""
NEAR = 2
"""Pixels of a small frame from which what moves may have come, a thirtieth of its height."""
OFF = 8.0
"""Levels beyond everything that lies nearby before and after."""
STANDS_OUT = 4.0
"""So many times more than is usual in the clip."""
AT_ONCE = 1.5
"""So many times its usual change a clip must change by, there and back; a camera that turns does not."""
BACK = -0.8
"""The cosine between two changes of light below which the second undoes the first."""
REST = 0.35
"""Share of such a change that may be left when it is over."""
LEAST_TONE = 4.0
"""Levels that light or colour must leave by, there and back."""
GRAIN = (1.6, 5.0)
"""A frame of noise has so many times the grain of the frames beside it, and so many levels more."""
KEPT = 0.5
"""Share of a picture's contrast that a flash of light leaves; less is a blank frame."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Some frames in a row, the first of them counted from 0, and how much of the picture is off."""

    first: int
    count: int
    share: float
    lit: bool
    """Whether it may be a flash of light: the picture is still there."""

    @property
    def numbers(self) -> range:
        return range(self.first, self.first + self.count)


def moments(clip: SmallClip, most: float) -> list[Moment]:
    """All moments in which more than `most` (0..1) of the picture is off, or all of its light or grain."""
    found: dict[int, Moment] = {}
    nearby, grain = reached(clip.small, NEAR), _grain(clip.frames)
    for count in range(min(LONGEST, len(clip.small) - 2), 0, -1):
        off = _off(clip.small, nearby, count)
        rough = _rough(grain, count)
        for moment in _of_length(clip, off, rough, count, most):
            if not any(number in found for number in moment.numbers):
                found |= dict.fromkeys(moment.numbers, moment)
    return sorted(set(found.values()), key=lambda moment: moment.first)


def stray_frames(
    clip: SmallClip, found: list[Moment], most: float, *, flash: bool
) -> Iterator[Miss]:
    """What the moments are told as; a flash of light that was asked for (`flash`) is none.

    The value is the largest share of the picture that looks otherwise than before and after.
    """
    wrong = [moment for moment in found if not (flash and moment.lit)]
    if wrong:
        which = spans([number for moment in wrong for number in moment.numbers])
        value = max(moment.share for moment in wrong)
        message = (
            f"frames that do not belong, counted from 1: {which} of {len(clip.small)}; {value:.0%} of "
            f"the picture is another for a moment, above {most:.0%}"
        )
        yield Miss(kind=MissKind.STRAY_FRAME, value=value, threshold=most, message=message)


def _of_length(
    clip: SmallClip, off: Numbers, rough: NDArray[np.bool_], count: int, most: float
) -> Iterator[Moment]:
    change = np.minimum(clip.steps[: len(off)], clip.steps[count:])
    seen = (off > most) & (off > STANDS_OUT * np.median(off))
    seen &= change > AT_ONCE * np.median(clip.steps)
    for at in np.flatnonzero(seen | rough | _light_leaves(clip, count)):
        first = int(at) + 1
        # Where light or grain alone gives it away, all of the picture is off.
        share = float(off[at]) if seen[at] else 1.0
        yield Moment(first, count, share, _lit(clip, first, count))


def _off(
    small: NDArray[np.float32], nearby: tuple[NDArray[np.float32], NDArray[np.float32]], count: int
) -> Numbers:
    """Share of the picture that is off in each run of `count` frames: (frames - count - 1,).

    Off is what lies beyond all that is `nearby` in the frame before and the frame after.
    """
    least, most = nearby
    last = len(small) - count - 1
    low = np.minimum(least[:last], least[count + 1 :]) - OFF
    high = np.maximum(most[:last], most[count + 1 :]) + OFF
    runs = [small[n : n + last] for n in range(1, count + 1)]
    shares = [((run > high) | (run < low)).any(-1).mean((1, 2)) for run in runs]
    return np.min(shares, axis=0)


def _light_leaves(clip: SmallClip, count: int) -> NDArray[np.bool_]:
    """Whether light or colour goes away with each run of frames and comes back after it."""
    parts, size = clip.tones.parts, clip.tones.size
    there, back = parts[: len(parts) - count], parts[count:]
    large = np.minimum(size[: len(size) - count], size[count:])
    lengths = np.linalg.norm(there, axis=1) * np.linalg.norm(back, axis=1)
    undone = (there * back).sum(1) < BACK * np.maximum(lengths, 1e-9)
    left = np.linalg.norm(there + back, axis=1) < REST * large
    return undone & left & (large > LEAST_TONE) & (large > STANDS_OUT * np.median(size))


def _grain(frames: "Frames") -> Numbers:
    """How much neighbours in a row differ from a straight line, levels: (frames,)."""
    green = frames[:, ::6, :, 1].astype(np.int16)
    bends = np.abs(green[:, :, 2:] - 2 * green[:, :, 1:-1] + green[:, :, :-2])
    return bends.mean((1, 2)) if bends.size else np.zeros(len(green))


def _rough(grain: Numbers, count: int) -> NDArray[np.bool_]:
    """Whether each run of frames has far more grain than the frames on either side of it."""
    beside = np.maximum(grain[: -count - 1], grain[count + 1 :])
    runs = np.stack([grain[n : n + len(beside)] for n in range(1, count + 1)]).min(0)
    return (runs > GRAIN[0] * beside) & (runs > beside + GRAIN[1])


def _lit(clip: SmallClip, first: int, count: int) -> bool:
    """Whether the picture is still there in these frames, only lit otherwise."""
    contrast = clip.contrast
    inside = contrast[first : first + count].min()
    return bool(inside > KEPT * min(contrast[first - 1], contrast[first + count]))
