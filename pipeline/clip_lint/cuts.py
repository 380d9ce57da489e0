"""Finds cuts with PySceneDetect, frame by frame and without a file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from pipeline import terminal
from pipeline.clip_lint.motion import change
from pipeline.misses import Miss, MissKind

if TYPE_CHECKING:
    from pipeline.media import Frames

RATE = 24.0
"""Frames a second; the detector wants one, the changes that it tells do not depend on it."""
STANDS_OUT = 3.0
"""A cut changes this much more than frames of the clip usually do; a fast pan changes them all."""
STAYS = 0.5
"""Share of the change that is there two frames around it too; a flash of light is shorter."""


def scene_jump(frames: "Frames", most: float) -> Iterator[Miss]:
    """Cuts: one frame to the next changes by more than `most` (0..255), more than is usual, for good."""
    if len(frames) < 3:
        return
    changes = content_changes(frames)
    jumps = [n for n in range(1, len(frames)) if changes[n] > most and _is_cut(frames, changes, n)]
    if jumps:
        which = ", ".join(str(number + 1) for number in jumps)
        value = float(max(changes[jumps]))
        message = f"the scene jumps at frame {which} of {len(frames)}: {value:.0f}, above {most:g}"
        yield Miss(kind=MissKind.SCENE_JUMP, value=value, threshold=most, message=message)


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
