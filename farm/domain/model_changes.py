"""Which worker changes its model for another profile's takes: only where that pays, and so that none waits
for good. Pure.

A change costs the seconds of a load, in which a worker makes nothing. So a worker that has nothing to do
changes where the other profile's takes would outlast its load; one that has takes of its own model changes
where the other's holders are busy for longer, by more than a load, and all are done sooner so; and where
nobody at all holds the model of a take that waits, somebody changes as soon as a load there and one back
are a small share of what the workers did since the last such change. Of several such profiles that comes
first for which it has been so for longest; until then those that load sooner go before it. Those are all
the changes there are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf

WORTH = 9.0
"""So many times as long as they load for a profile that nobody holds do the workers render between."""


LEAST_COUNTED, MOST_COUNTED = 1000, 100_000
"""Takes of a profile that are counted at least, and at most: a count must not hold the loop up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits of one profile."""

    waiting: int
    """Takes that a worker could begin now."""
    take_seconds: float
    """How long one usually keeps a worker."""
    load_seconds: float
    """How long a worker loads the model."""
    unheld: float = 0.0
    """Seconds that they have waited while nobody held the model."""

    @property
    def work(self) -> float:
        """Seconds of one worker that all of it takes."""
        return self.waiting * self.take_seconds


@dataclass(frozen=True, slots=True)
class Holder:
    """A worker, and the profile whose model it holds or loads."""

    worker: str
    profile: str
    free: bool = False
    """Whether it may be given a take now."""
    loading: bool = False
    """Whether it will be free soon, as its model loads."""
    cannot: frozenset[str] = frozenset()
    """Profiles whose models do not fit where it is."""


@dataclass(frozen=True, slots=True)
class Change:
    """A worker lets its model go and loads another."""

    worker: str
    before: str
    after: str
    broke_in: bool = False
    """Takes of its own model wait, and it changes as nobody held the other."""


def worth_counting(workers: int, take_seconds: float, load_seconds: float) -> int:
    """Up to how many waiting takes of a profile make a difference to who changes: so many keep all workers
    busy for longer than a load, twice over. Of fewer an idle worker would hold that they are soon done."""
    each = max(1.0, load_seconds / take_seconds) if take_seconds > 0 else MOST_COUNTED
    return max(LEAST_COUNTED, ceil(min(2 * workers * each, MOST_COUNTED)))


def changes(
    queues: Mapping[str, Queue], holders: Sequence[Holder], since: float = inf
) -> list[Change]:
    """Which of the free holders change, and for what. `since` is how many seconds ago one last broke in."""
    return list(_Crew(queues, holders, since).changes())


def for_a_new_worker(queues: Mapping[str, Queue], held: Mapping[str, int]) -> str:
    """The profile whose model a worker loads that comes new; `held` is how many hold or load each."""

    def need(profile: str) -> tuple[bool, float, float]:
        queue, count = queues[profile], held.get(profile, 0)
        waits = queue.waiting > 0
        return waits, queue.work / count if count else inf if waits else 0.0, queue.work

    return max(queues, key=need)  # the first of those that are alike


class _Crew:
    """The workers of a run while it is decided who of them changes."""

    def __init__(
        self, queues: Mapping[str, Queue], holders: Sequence[Holder], since: float
    ) -> None:
        self._queues = queues
        self._held = Counter(each.profile for each in holders)
        self._ready = Counter(each.profile for each in holders if each.free or each.loading)
        """How many take the next takes of each profile without anybody's change."""
        self._free: dict[str, list[Holder]] = {}
        for each in holders:
            if each.free:
                self._free.setdefault(each.profile, []).append(each)
        self._all = holders
        self._done = since * max(len(holders), 1)
        """Seconds of all workers since one last broke in."""

    def changes(self) -> Iterator[Change]:
        while (change := self._next()) is not None:
            self._held[change.before] -= 1
            self._ready[change.before] -= 1
            self._held[change.after] += 1
            self._ready[change.after] += 1
            yield change

    def _next(self) -> Change | None:
        overdue: list[str] = []
        for wanted in sorted(self._short(), key=self._urgency, reverse=True):
            done = self._done
            if (donor := self._donor(wanted, overdue)) is not None:
                self._leaves(donor)
                return Change(donor.worker, donor.profile, wanted, self._done < done)
            if self._overdue(wanted):
                overdue.append(wanted)
        return None

    def _short(self) -> list[str]:
        """Profiles of which more takes wait than workers are ready for."""
        return [name for name, queue in self._queues.items() if queue.waiting > self._ready[name]]

    def _urgency(self, profile: str) -> tuple[bool, float, float]:
        queue = self._queues[profile]
        nobody = not self._held[profile]
        return nobody, queue.unheld if nobody else self._drain(profile), queue.work

    def _able(self, wanted: str, overdue: Sequence[str] = ()) -> dict[str, Holder]:
        """A free worker of each other profile that may hold `wanted`, and none of `overdue`."""
        return {
            name: found
            for name, free in self._free.items()
            if name != wanted and (found := _last_able(free, wanted, overdue)) is not None
        }

    def _donor(self, wanted: str, overdue: Sequence[str]) -> Holder | None:
        """A free worker that had better hold the model of `wanted`, the least needed where it is.

        Nobody breaks in on a worker that could serve those that are `overdue`.
        """
        able = self._able(wanted)
        for name in sorted(able, key=self._drain):
            if self._idles(name) and self._outlasts_its_load(wanted):
                return able[name]
        if not self._held[wanted]:
            return self._broken_in_on(wanted, self._able(wanted, overdue))
        for name in sorted(able, key=self._drain):
            if self._evens_out(name, wanted):
                return able[name]
        return None

    def _broken_in_on(self, wanted: str, able: Mapping[str, Holder]) -> Holder | None:
        for name in sorted(able, key=self._drain):
            if self._may_break_in(name, wanted):
                self._done = 0.0
                return able[name]
        return None

    def _idles(self, profile: str) -> bool:
        """Whether more of its workers are free than takes wait for them."""
        queue = self._queues.get(profile)
        return len(self._free[profile]) > (queue.waiting if queue else 0)

    def _outlasts_its_load(self, wanted: str) -> bool:
        """Whether those who hold it are still busy with what waits once another has loaded it."""
        return self._drain(wanted) > self._queues[wanted].load_seconds

    def _evens_out(self, donor: str, wanted: str) -> bool:
        """Whether what waits is spread so unevenly that a load is worth it: those who hold `wanted` are
        busy for longer by more than one, and a change spares all of both together more than it costs."""
        there, here = self._held[wanted], self._held[donor]
        load, before = self._queues[wanted].load_seconds, self._drain(wanted)
        if here < 2 or before - self._drain(donor) <= load:
            return False
        after = max(
            (self._queues[wanted].work + load) / (there + 1),
            self._queues[donor].work / (here - 1),
        )
        return (before - after) * (there + here) > load

    def _may_break_in(self, donor: str, wanted: str) -> bool:
        """Whether a load there and one back are little beside what was done since the last one.

        Others may break in again and again where `wanted` does not fit: after a turn for each of them its
        own wait counts. The last that holds a model stays, while another could change of which there are
        more.
        """
        worth = self._worth(donor, wanted)
        if self._done < worth and self._waited(wanted) < len(self._queues) * worth:
            return False
        return self._held[donor] > 1 or not any(
            self._held[each.profile] > 1 and wanted not in each.cannot for each in self._all
        )

    def _worth(self, donor: str, wanted: str) -> float:
        """Seconds of all workers that are worth a load there and one back."""
        return WORTH * (self._queues[wanted].load_seconds + self._queues[donor].load_seconds)

    def _overdue(self, wanted: str) -> bool:
        """Whether nobody holds it, and somebody would by now, had no other profile broken in since.

        Those that wait for less long then let it the workers that could hold it, free or not: where loads
        take less for them, it would wait for good.
        """
        if self._held[wanted]:
            return False
        able = {each.profile for each in self._all if wanted not in each.cannot}
        waited = self._waited(wanted)
        return any(waited >= self._worth(name, wanted) for name in able)

    def _waited(self, wanted: str) -> float:
        """Seconds of all workers while nobody held it."""
        return self._queues[wanted].unheld * len(self._all)

    def _leaves(self, donor: Holder) -> None:
        free = self._free[donor.profile]  # it stands near the end: there may be thousands
        del free[
            len(free) - 1 - next(at for at, each in enumerate(reversed(free)) if each is donor)
        ]

    def _drain(self, profile: str) -> float:
        """Seconds until its holders have done all that waits."""
        queue = self._queues.get(profile)
        if queue is None or not queue.waiting:
            return 0.0
        held = self._held[profile]
        return queue.work / held if held else inf


def _last_able(free: Sequence[Holder], wanted: str, overdue: Sequence[str]) -> Holder | None:
    return next(
        (
            each
            for each in reversed(free)
            if wanted not in each.cannot and each.cannot.issuperset(overdue)
        ),
        None,
    )
