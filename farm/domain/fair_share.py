"""Whose turn it is: workers are shared between productions by weight, in virtual time. Pure.

Each production has a clock that runs more slowly the more it weighs; the next turn goes to the clock
that is furthest behind. One that had nothing to render saves up no turns meanwhile, and so a job
of two shots comes in at once beside a batch of thousands, and the batch goes on beside it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claimant:
    """A production that has takes waiting."""

    weight: float
    rank: int
    """Of its most urgent take, the lower the more urgent: decides between clocks that are level."""


class FairShare:
    """The clocks of all productions, by key, as one scheduler has served them."""

    def __init__(self) -> None:
        self.claimants: dict[int, Claimant] = {}
        """Those that had more to claim when they were last served; stale after a moment."""
        self._clocks: dict[int, float] = {}
        self._now = 0.0

    def deal(self, claimants: Mapping[int, Claimant], turns: int) -> Counter[int]:
        """How many of `turns` each production gets; all of them, where anybody wants them."""
        dealt: Counter[int] = Counter()
        for key in claimants:
            self._clocks[key] = max(self._clocks.get(key, 0.0), self._now)
        for _ in range(turns if claimants else 0):
            key = min(claimants, key=lambda each: (self._clocks[each], claimants[each].rank, each))
            self._now = self._clocks[key]
            self._clocks[key] += 1 / claimants[key].weight
            dealt[key] += 1
        return dealt

    def give_back(self, key: int, claimant: Claimant, turns: int) -> None:
        """The production had no use for that many of its turns."""
        self._clocks[key] -= turns / claimant.weight
