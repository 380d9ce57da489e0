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
    """The clocks of all productions, by key, as one scheduler has served them, and who wants more."""

    def __init__(self) -> None:
        self._claimants: dict[int, Claimant] = {}
        """Those that had more to claim when they were last served; stale after a moment."""
        self._clocks: dict[int, float] = {}
        self._now = 0.0

    @property
    def anybody_wants(self) -> bool:
        """Whether any production is known to have more to claim."""
        return bool(self._claimants)

    def learn(self, claimants: Mapping[int, Claimant]) -> None:
        """These productions, and no others, have takes waiting now."""
        self._claimants = dict(claimants)

    def forget(self) -> None:
        """Who has takes waiting is asked anew: others may have come, or be more urgent now."""
        self._claimants = {}

    def deal(self, turns: int) -> Counter[int]:
        """How many of `turns` each production gets; all of them, where anybody wants them."""
        dealt: Counter[int] = Counter()
        for key in self._claimants:
            self._clocks[key] = max(self._clocks.get(key, 0.0), self._now)
        for _ in range(turns if self._claimants else 0):
            key = min(self._claimants, key=self._standing)
            self._now = self._clocks[key]
            self._clocks[key] += 1 / self._claimants[key].weight
            dealt[key] += 1
        return dealt

    def give_back(self, key: int, turns: int) -> None:
        """The production had no use for that many of its turns."""
        self._clocks[key] -= turns / self._claimants[key].weight

    def has_no_more(self, key: int) -> None:
        """Nothing of the production waits any more."""
        del self._claimants[key]

    def _standing(self, key: int) -> tuple[float, int, int]:
        """The least goes first: the clock that is furthest behind, then the more urgent."""
        return self._clocks[key], self._claimants[key].rank, key
