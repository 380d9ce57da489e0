"""Which take goes to which free worker: one that failed somewhere goes somewhere else. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seat:
    """A place where one take at a time is rendered: a worker and the machine it is on."""

    worker: str
    node: str = ""

    def __str__(self) -> str:
        return f"{self.worker} @ {self.node}" if self.node else self.worker


@dataclass(frozen=True, slots=True)
class Guest:
    """A take that wants a seat, and the seats on which it failed before."""

    take: int
    failed_on: frozenset[Seat] = frozenset()


def seat(
    guests: Sequence[Guest], free: Sequence[Seat], everyone: Collection[Seat]
) -> list[tuple[int, Seat]]:
    """Takes with their seats, in the order of the guests; those that failed most choose first.

    A take waits rather than sit where it failed, while any of `everyone` (free and busy) is left that
    it has not tried; after that any seat will do. Other machines are preferred to those it failed on.
    """
    left = list(free)
    chosen: dict[int, Seat] = {}
    burnt = [guest for guest in guests if guest.failed_on]
    for guest in sorted(burnt, key=lambda each: -len(each.failed_on)):
        choice = _choose(guest, left, everyone)
        if choice is not None:
            left.remove(choice)
            chosen[guest.take] = choice
    # All others sit anywhere, one after the other: there may be thousands.
    others = (guest.take for guest in guests if not guest.failed_on)
    chosen.update(zip(others, left, strict=False))
    return [(guest.take, chosen[guest.take]) for guest in guests if guest.take in chosen]


def _choose(guest: Guest, free: Sequence[Seat], everyone: Collection[Seat]) -> Seat | None:
    untried = [each for each in free if each not in guest.failed_on]
    if not untried and any(each not in guest.failed_on for each in everyone):
        return None
    bad_nodes = {each.node for each in guest.failed_on}
    return min(untried or free, key=lambda each: each.node in bad_nodes, default=None)
