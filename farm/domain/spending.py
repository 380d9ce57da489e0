"""What workers' time went into: seconds that each attempt held its worker, and what came of them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

SUCCEEDED = "succeeded"


class Use(StrEnum):
    """What came of an attempt."""

    STANDS = "stands"
    """Its clip stands for an accepted or approved shot."""
    DRAFTED = "drafted"
    """It made a draft, whatever became of that."""
    RETAKEN = "retaken"
    """Its clip stands for no such shot: it missed, or a person wanted another."""
    DECLINED = "declined"
    """The still could not serve the prompt: nothing was rendered."""
    ENDED = "ended"
    """It was ended in the middle, since it would not have been accepted."""
    LOST = "lost"
    """It ended without a clip: failed, returned, taken back, cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One attempt on its worker, in seconds of any one clock."""

    attempt: int
    worker: tuple[str, ...]
    """The run, and the worker's name in it."""
    began: float
    ended: float


def use_of(outcome: str, *, declined: bool, ended: bool, draft: bool, stands: bool) -> Use:
    """What an attempt that ended with `outcome` was for."""
    if ended:
        return Use.ENDED
    if declined:
        return Use.DECLINED
    if outcome != SUCCEEDED:
        return Use.LOST
    if draft:
        return Use.DRAFTED
    return Use.STANDS if stands else Use.RETAKEN


def held(stays: Iterable[Stay]) -> dict[int, float]:
    """Seconds that each attempt held its worker, by attempt.

    A worker has several at once: the tail of one beside the render of the next, or a wave by turns. Such
    time is shared among them in equal parts, so that all together come to what the worker was held.
    """
    by_worker: dict[tuple[str, ...], list[Stay]] = {}
    for stay in stays:
        by_worker.setdefault(stay.worker, []).append(stay)
    found: dict[int, float] = {}
    for of_one in by_worker.values():
        found |= _shared(of_one)
    return found


def _shared(stays: Sequence[Stay]) -> Mapping[int, float]:
    """Of one worker, by going from each beginning or end to the next."""
    seconds = dict.fromkeys((stay.attempt for stay in stays), 0.0)
    turns = [(stay.began, 1, stay.attempt) for stay in stays if stay.ended > stay.began]
    turns += [(stay.ended, 0, stay.attempt) for stay in stays if stay.ended > stay.began]
    there: set[int] = set()
    before = 0.0
    for at, begins, attempt in sorted(turns):
        for each in there:
            seconds[each] += (at - before) / len(there)
        (there.add if begins else there.discard)(attempt)
        before = at
    return seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How often finals were accepted whose drafts were approved."""

    drafts: int
    """Drafts with a clip."""
    finals: int
    """First finals of approved drafts that were judged."""
    accepted: int
    """Those of them that the gate passed, or that stand for their shot."""
