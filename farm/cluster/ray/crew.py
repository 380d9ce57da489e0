"""The places of a run's workers: as many as the rule says, each under a name that no other ever has."""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from farm.cluster.ray.slot import Slot
from farm.domain.fleet_size import ByDemand, ByRoom, Change, Headcount, Member, Standing, change

FIT_EVERY = 1.0
"""Seconds between two looks at how many there should be."""
_log = logging.getLogger(__name__)


class Crew:
    """Makes slots and lets them go; whoever calls `fit` may let go workers that are idle."""

    def __init__(self, slot: Callable[[str], Slot], by: ByRoom | ByDemand) -> None:
        """`slot` makes one of a name."""
        self.slots: Mapping[str, Slot] = {}
        """By name, the oldest first. Replaced, never changed: another thread extends leases meanwhile."""
        self._slot = slot
        self._by = by
        self._made = 0
        self._released = 0
        self._next_fit = 0.0
        self._counted = False
        """Whether the room is counted again and again."""

    # What it goes by.

    @property
    def most_demand(self) -> int:
        """Takes that make a difference; 0 where none do."""
        return self._by.most * self._by.wave if isinstance(self._by, ByDemand) else 0

    def demand(self, waiting: int) -> None:
        """So many takes wait for a worker."""
        if isinstance(self._by, ByDemand):
            self._go_by(replace(self._by, waiting=waiting))

    def sent(self) -> None:
        """A take that waited has its worker."""
        if isinstance(self._by, ByDemand):
            self._by = replace(self._by, waiting=max(0, self._by.waiting - 1))

    def there_is(self, room: int, machines: Collection[str]) -> None:
        """The cluster has room for so many workers, on machines of these ids."""
        for slot in self.slots.values():
            last = slot.last_node_id
            if last and last not in machines and slot.standing in (Standing.PENDING, Standing.OUT):
                slot.leave()
        self._counted = True
        if isinstance(self._by, ByRoom):
            self._go_by(ByRoom(room))

    def start_anew(self) -> None:
        """Those that wait for a place may have it elsewhere now: an actor keeps what it was made with."""
        for slot in self.slots.values():
            if slot.standing is Standing.PENDING:
                slot.leave()

    def _go_by(self, by: ByRoom | ByDemand) -> None:
        if by != self._by:
            self._by = by
            self._next_fit = 0.0

    # How many there are.

    def size(self) -> int:
        """How many there are or may be, without those that were taken out."""
        out = sum(slot.retired and not slot.machine_left for slot in self.slots.values())
        most = self._by.most if isinstance(self._by, ByDemand) else 0
        return max(most, len(self.slots)) - out

    def headcount(self) -> Headcount:
        """How many there are, are wanted and were let go."""
        standing = [slot.standing for slot in self.slots.values()]
        pending = standing.count(Standing.PENDING)
        none = standing.count(Standing.OUT) + standing.count(Standing.GONE)
        return Headcount(len(standing) - pending - none, pending, self._released)

    # The change.

    def fit(self) -> None:
        """Makes those that are missing and lets go those that are too many, where that is due."""
        now = time.monotonic()
        left = sum(slot.standing is Standing.GONE for slot in self.slots.values())
        if now < self._next_fit and not left:
            return
        if self._counted and isinstance(self._by, ByRoom):
            self._by = ByRoom(
                self._by.room - left
            )  # it took its room along, as the next count will say
        self._next_fit = now + FIT_EVERY
        members = [Member(slot.name, slot.standing, slot.idle_for) for slot in self.slots.values()]
        found = change(members, self._by)
        if found == Change():
            return
        standing = {each.name: each for each in members}
        gone = {name: self.slots[name] for name in found.gone}
        for slot in gone.values():
            slot.leave()
        names = [f"renderer-{self._made + each:02d}" for each in range(1, found.more + 1)]
        first = not self._made
        self._made += found.more
        self._released += sum(standing[name].standing is Standing.IDLE for name in gone)
        kept = {name: slot for name, slot in self.slots.items() if name not in gone}
        self.slots = kept
        for name in names:  # what each loads depends on what the others do
            self.slots = {**self.slots, name: self._slot(name)}
        if gone:
            why = ", ".join(f"{name} ({_why(standing[name])})" for name in gone)
            _log.info("the fleet shrinks to %d workers: without %s", len(kept), why)
        if names and not (first and isinstance(self._by, ByRoom)):
            told = ", ".join(names)
            _log.info("the fleet grows to %d workers: with %s", len(self.slots), told)


def _why(member: Member) -> str:
    match member.standing:
        case Standing.IDLE:
            return f"idle for {member.idle_for:.0f} s"
        case Standing.PENDING:
            return "not wanted any more"
        case _:
            return "its machine has left or gets no takes"
