"""Frames that are shown again: a motion that stands for a while, and one that stutters."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from pipeline.clips.motion import change
from pipeline.clips.small_clip import Skipped, SmallClip
from pipeline.clips.spans import spans
from pipeline.misses import Miss, MissKind

Numbers = NDArray[np.floating]

MOVES = 1.0
"""Levels (0..255) that the busiest part must usually change by; of less nobody sees that it stops."""
STANDS = 2.0
"""Levels below which the busiest part may be standing: softness and compression shimmer as much."""
SHARE = 0.15
"""And a share of its usual change."""
FAINT = (0.5, 0.4)
"""Or levels and a share of it that are enough where it changes by little anyway."""
SAME = 0.1
"""Levels below which two frames are the same."""
ABRUPT = 0.4
"""Share of its usual change that a motion has right before it is stopped; what brakes has less."""
AS_CALM = 2.0
"""A stop that changes by less than so many times what the clip did at its beginning is none."""
BLANK = 3.0
"""Levels of contrast below which there is nothing that could move."""
LONGEST = 3
"""Frames in a row that a stutter shows again; more is a stop."""
STEADY = 0.15
"""Share of all frames that must be nearly repeated where none is repeated exactly."""
OF_A_PIXEL = 0.35
"""Share of a change that is left where a shift by one pixel explains it."""


def stalled(clip: SmallClip, skipped: Skipped, longest: int) -> Iterator[Miss]:
    """A motion that stops from one frame to the next and stands for more than `longest` frames.

    The value is for how many, in the longest such stop.
    """
    usual = _usual(clip, skipped)
    runs = _runs(clip, skipped)
    # What moved as little before anything else happened only goes on as it began.
    calm = max((_level(clip, run) for run in runs if run[0] == 0), default=SAME)
    stops = [
        run
        for run in runs
        if len(run) > longest
        and _abrupt(clip, run, usual)
        and not SAME <= _level(clip, run) < AS_CALM * calm
    ]
    if stops and not _by_pixels(clip, skipped):
        run = max(stops, key=len)
        which = f"{run[0] + 1} to {run[-1] + 2}"
        message = (
            f"it stands still from frame {which} of {len(clip.small)}, {len(run)} frames, more than "
            f"{longest}, though it moves before"
        )
        value = float(len(run))
        yield Miss(kind=MissKind.STALLED, value=value, threshold=float(longest), message=message)


def doubled(clip: SmallClip, skipped: Skipped, most: int) -> Iterator[Miss]:
    """More than `most` frames that show the one before once more while it moves; the value is how many."""
    usual = _usual(clip, skipped)
    runs = [run for run in _runs(clip, skipped) if len(run) <= LONGEST]
    again = [step for run in runs if _between(clip, run, usual) for step in run]
    exact = [step for step in again if clip.busiest[step] < SAME]
    least = most if len(exact) > most else max(most, STEADY * len(clip.busiest))
    if len(again) > least and not _by_pixels(clip, skipped):
        which = spans(step + 1 for step in again)
        message = (
            f"{len(again)} of {len(clip.small)} frames repeat the one before, counted from 1: {which}; "
            f"more than {most}"
        )
        value = float(len(again))
        yield Miss(kind=MissKind.DOUBLED, value=value, threshold=float(most), message=message)


def _runs(clip: SmallClip, skipped: Skipped) -> list[list[int]]:
    """Steps in a row (counted from 0) in which nothing moves, though it usually does."""
    usual = _usual(clip, skipped)
    if usual < MOVES:
        return []
    still = (clip.busiest < _standing(usual)) & (clip.contrast[1:] > BLANK)
    numbers = [int(number) for number in np.flatnonzero(still)]
    runs = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    return [[number for _, number in run] for _, run in runs]


def _usual(clip: SmallClip, skipped: Skipped) -> float:
    """How much the busiest part changes while anything moves."""
    steps = np.sort(clip.busiest[~skipped])
    if not steps.size:
        return 0.0
    # The two largest may be jumps, or all that moved before it stopped.
    large = steps[max(len(steps) - 3, 0)]
    large = large if large > MOVES else steps[-1]
    return float(np.median(steps[steps >= _standing(large)]))


def _standing(usual: float) -> float:
    """Levels below which the busiest part stands, where it usually changes by `usual`."""
    return min(STANDS, max(SHARE * usual, min(FAINT[0], FAINT[1] * usual)))


def _level(clip: SmallClip, run: list[int]) -> float:
    return float(np.median(clip.busiest[run]))


def _abrupt(clip: SmallClip, run: list[int], usual: float) -> bool:
    """Whether the motion was under way right before it stopped."""
    before = clip.busiest[max(run[0] - 3, 0) : run[0]]
    return run[0] > 0 and bool(np.median(before) > ABRUPT * usual)


def _between(clip: SmallClip, run: list[int], usual: float) -> bool:
    """Whether it moves before and after."""
    least = ABRUPT * usual
    before, after = run[0] - 1, run[-1] + 1
    steps = clip.busiest
    return (before < 0 or steps[before] > least) and (after == len(steps) or steps[after] > least)


def _by_pixels(clip: SmallClip, skipped: Skipped) -> bool:
    """Whether a slow motion was drawn pixel by pixel: it stands in between, and nobody sees it."""
    runs = _runs(clip, skipped)
    moving = np.setdiff1d(np.flatnonzero(~skipped), np.concatenate([*runs, []]))
    if len(runs) < 3 or not moving.size:
        return False
    some = moving[np.linspace(0, len(moving) - 1, min(len(moving), 5)).astype(int)]
    return all(_is_a_pixel(clip.frames[at], clip.frames[at + 1]) for at in some)


def _is_a_pixel(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> bool:
    whole = change(before, after)
    inner = before[1:-1, 1:-1]
    height, width = before.shape[:2]
    shifts = [(down, across) for down in (0, 1, 2) for across in (0, 1, 2)]
    left = (
        change(inner, after[down : height - 2 + down, across : width - 2 + across])
        for down, across in shifts
    )
    return min(left) < OF_A_PIXEL * whole
