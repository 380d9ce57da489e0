"""Finds cuts with PySceneDetect, frame by frame and without a file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pipeline import terminal
from pipeline.clips.motion import change
from pipeline.clips.small_clip import SmallClip
from pipeline.clips.tones import LUMA
from pipeline.misses import Miss, MissKind

if TYPE_CHECKING:
    from pipeline.storage.files import Frames

RATE = 24.0
"""Frames a second; the detector wants one, the changes that it tells do not depend on it."""
STANDS_OUT = 3.0
"""A cut changes this much more than frames of the clip usually do; a fast pan changes them all."""
JOLT = 10.0
"""A view that jumps changes at least so much,"""
SUDDENLY = 6.0
"""so many times more than is usual,"""
AROUND = 4.0
"""and so many times more than the frames around it."""
ALIKE = 0.95
"""The correlation of light above which two frames show the same from the same place."""
BLANK = 2.0
"""Levels of contrast below which a frame shows nothing."""
STAYS = 0.5
"""Share of the change that is there two frames around it too; a flash of light is shorter."""


def cuts(clip: SmallClip, strays: Sequence[int], most: float) -> dict[int, float]:
    """The frames, counted from 0, at which the scene jumps, and by how much (0..255).

    A cut changes by more than `most`, more than is usual, for good. A view that jumps changes by less, and
    is told from a motion by how suddenly it does. Where the picture stays and only its light or its
    colours change, nothing is cut.
    """
    frames = clip.frames
    if len(frames) < 3:
        return {}
    changes = content_changes(frames)
    return {
        number: float(changes[number])
        for number in range(1, len(frames))
        if (changes[number] > most or _jolts(changes, number))
        and not {number - 1, number} & set(strays)
        and _is_cut(frames, changes, number)
        and not _same_place(clip, number)
    }


def scene_jump(clip: SmallClip, found: Mapping[int, float], most: float) -> Iterator[Miss]:
    """What the cuts are told as; the value is the largest."""
    if found:
        which = ", ".join(str(number + 1) for number in found)
        value = max(found.values())
        limit = most if value > most else JOLT
        message = (
            f"the scene jumps at frame {which} of {len(clip.frames)}: {value:.0f}, above {limit:g}"
        )
        yield Miss(kind=MissKind.SCENE_JUMP, value=value, threshold=limit, message=message)


def content_changes(frames: "Frames") -> "np.ndarray":
    """By how much each frame's hue, saturation and light differ from the frame before: (frames,)."""
    with terminal.kept_from_children():  # it starts ffmpeg when it is imported
        from scenedetect import ContentDetector, FrameTimecode, StatsManager

    detector = ContentDetector()
    detector.stats_manager = stats = StatsManager()
    step = max(1, min(frames.shape[1:3]) // 128)
    key = ContentDetector.FRAME_SCORE_KEY
    changes = np.zeros(len(frames))
    for number, frame in enumerate(frames[:, ::step, ::step, ::-1]):
        at = FrameTimecode(number, RATE)
        detector.process_frame(at, np.ascontiguousarray(frame))
        if number:
            changes[number] = stats.get_metrics(at, [key])[0]
    return changes


def _jolts(changes: "np.ndarray", number: int) -> bool:
    """Whether a frame changes by far more than those around it and than is usual."""
    change_here = changes[number]
    around = changes[
        [n for n in range(number - 2, number + 3) if 0 < n < len(changes) and n != number]
    ]
    usual = max(float(np.median(changes[1:])), 0.0)
    return bool(
        change_here > JOLT
        and change_here > SUDDENLY * usual
        and change_here > AROUND * around.max(initial=0)
    )


def _same_place(clip: SmallClip, number: int) -> bool:
    """Whether light and dark still lie where they were, or nothing is left that could lie anywhere."""
    before, after = (clip.small[n] @ np.asarray(LUMA, np.float32) for n in (number - 1, number))
    if min(before.std(), after.std()) < BLANK:
        return True
    return float(np.corrcoef(before.ravel(), after.ravel())[0, 1]) > ALIKE


def _is_cut(frames: "Frames", changes: "np.ndarray", number: int) -> bool:
    if changes[number] < STANDS_OUT * np.median(changes[1:]):
        return False
    last = len(frames) - 1
    before, after = frames[number - 1], frames[number]
    stays = (
        change(before, frames[min(number + 2, last)]),
        change(frames[max(number - 2, 0)], after),
    )
    return min(stays) >= STAYS * change(before, after)
