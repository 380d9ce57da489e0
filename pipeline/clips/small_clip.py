"""A clip made small, and how much each frame differs from the next: what several checks look at."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.clips import tones
from pipeline.clips.tones import LUMA, Tones
from pipeline.stills.shrinking import shrunk

if TYPE_CHECKING:
    from pipeline.storage.files import Frames

Numbers = NDArray[np.floating]

Skipped = NDArray[np.bool_]
"""Of each step whether it is left out, since it leads to another picture: (frames - 1,)."""
_POOL = 4
"""Pixels of a small frame across and down whose change is averaged: a sixteenth of its height."""


@dataclass(frozen=True, eq=False)
class SmallClip:
    """A clip as the checks see it."""

    frames: "Frames"
    """As they were decoded: (frames, height, width, 3)."""

    @cached_property
    def small(self) -> NDArray[np.float32]:
        """The same with about 64 pixels along the shorter side, 0..255."""
        return shrunk(self.frames)

    @cached_property
    def luma(self) -> Numbers:
        """Mean light of each frame, 0..255."""
        return self.small.mean((1, 2)) @ np.asarray(LUMA)

    @cached_property
    def tones(self) -> Tones:
        """How light and colour change from step to step."""
        return tones.measure(self.small)

    @cached_property
    def steps(self) -> Numbers:
        """Mean change from each frame to the next, levels: (frames - 1,)."""
        return self._differences.mean((1, 2))

    @cached_property
    def busiest(self) -> Numbers:
        """The same, in that part of the picture that changes most."""
        changes = self._differences
        count, height, width = changes.shape
        down, across = min(_POOL, height), min(_POOL, width)
        cut = changes[:, : height // down * down, : width // across * across]
        pooled = cut.reshape(count, height // down, down, width // across, across)
        return pooled.mean((2, 4)).max((1, 2))

    def steps_at(self, strays: Iterable[int], cuts: Iterable[int]) -> Skipped:
        """The steps into and out of stray frames, and those to the frame after a cut."""
        found = np.zeros(len(self.frames) - 1, bool)
        for number in strays:
            found[max(number - 1, 0) : number + 1] = True
        found[[number - 1 for number in cuts]] = True
        return found

    @cached_property
    def contrast(self) -> Numbers:
        """Standard deviation of the colours of each frame, levels."""
        return self.small.std((1, 2)).mean(-1)

    @cached_property
    def _differences(self) -> Numbers:
        return np.abs(np.diff(self.small, axis=0)).mean(-1)
