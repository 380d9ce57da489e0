"""How many workers a run should have now: by the room that there is, or by the takes that wait. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many workers a run has and wants."""

    workers: int
    """Those that hold a place on a machine: ready, busy and loading."""
    pending: int = 0
    """Those that wait for a place."""
    released: int = 0
    """Those that gave their place back since the run began, as nothing waited for them."""

    @property
    def wanted(self) -> int:
        """How many there should be now."""
        return self.workers + self.pending

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return {
            "workers": self.workers,
            "wanted": self.wanted,
            "pending": self.pending,
            "released": self.released,
        }

    def in_words(self) -> str:
        """What there is to say beyond how many there are; empty where there is nothing."""
        told = [f"{self.wanted} wanted, {self.pending} wait for a place"] if self.pending else []
        told += [f"{self.released} let go, as nothing waited"] if self.released else []
        return "; ".join(told)


class Standing(StrEnum):
    """How a worker of a run stands."""

    PENDING = "pending"
    """It holds nothing of the cluster yet: it waits for room, or is tried again later."""
    LOADING = "loading"
    IDLE = "idle"
    BUSY = "busy"
    OUT = "out"
    """It was taken out, and may come back."""
    GONE = "gone"
    """Its machine has left, and nothing waits for it any more."""


@dataclass(frozen=True, slots=True)
class Member:
    """One worker of a run."""

    name: str
    standing: Standing
    idle_for: float = 0.0
    """Seconds, of one that is idle."""


@dataclass(frozen=True, slots=True)
class ByRoom:
    """There is a worker wherever there is room for one."""

    room: int


@dataclass(frozen=True, slots=True)
class ByDemand:
    """There are workers for the takes that wait; one that is idle stays for a while."""

    most: int
    """More there never are."""
    waiting: int
    """Takes that wait for a worker."""
    wave: int = 1
    """Takes that one worker has at once."""
    idle_release: float = math.inf
    """Seconds that a worker may be idle before it is let go."""


@dataclass(frozen=True, slots=True)
class Change:
    """What makes of the workers that there are those that there should be."""

    more: int = 0
    """So many new ones."""
    gone: tuple[str, ...] = ()
    """The names of those that are let go: none of them has a take."""


def change(members: Sequence[Member], by: ByRoom | ByDemand) -> Change:
    """How the workers of a run, the oldest first, become as many as they should be.

    A busy one is never let go, and one that loads a model neither: only what holds nothing, what has been
    idle for long enough while nothing waits for it, and what left with its machine.
    """
    left = tuple(each.name for each in members if each.standing is Standing.GONE)
    staying = [each for each in members if each.standing is not Standing.GONE]
    pending = [each.name for each in staying if each.standing is Standing.PENDING]
    if isinstance(by, ByRoom):
        surplus = len(staying) - by.room
        return Change(max(0, -surplus), left + _newest(pending, surplus))
    ready = (Standing.PENDING, Standing.LOADING, Standing.IDLE)
    surplus = sum(each.standing in ready for each in staying) - math.ceil(by.waiting / by.wave)
    if surplus <= 0:
        return Change(max(0, min(-surplus, by.most - len(staying))), left)
    unwanted = _newest(pending, surplus)
    tired = [
        each
        for each in staying
        if each.standing is Standing.IDLE and each.idle_for >= by.idle_release
    ]
    tired.sort(key=lambda each: -each.idle_for)
    released = tuple(each.name for each in tired[: surplus - len(unwanted)])
    return Change(0, left + unwanted + released)


def _newest(names: Sequence[str], count: int) -> tuple[str, ...]:
    return tuple(reversed(names[-count:])) if count > 0 else ()
