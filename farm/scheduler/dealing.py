"""Gives free workers their next takes, each of the profile whose model it holds, and another model where
that pays."""

import statistics
from collections.abc import Mapping, Sequence
from math import inf

from farm.cluster.protocol import Cluster, Models
from farm.domain.events import Event
from farm.domain.fair_share import FairShare
from farm.domain.lease import Lease
from farm.domain.model_changes import Change, Holder, Queue, changes, worth_counting
from farm.domain.placement import Seat
from farm.errors import FarmError, StoreError
from farm.scheduler.fleet import Fleet
from farm.scheduler.pace import COUNT_EVERY, Timer
from farm.scheduler.run import Run
from farm.store import Store, workers
from farm.store.queries import queued
from farm.store.queue import claims
from farm.store.queue.claimable import Claimable

TAKE_SECONDS = 60.0
LOAD_SECONDS = 60.0
"""How long a take lasts, and the load of a model, while nobody knows."""


class Dealing:
    """Deals one run's workers out among the profiles that it serves. Times are seconds of the scheduler's
    clock."""

    def __init__(self, run: Run, cluster: Cluster, fleet: Fleet) -> None:
        self._run = run
        self._cluster = cluster
        self._fleet = fleet
        self._queues = {each.name: Claimable(each.name, run.productions) for each in run.profiles}
        self._shares = {name: FairShare() for name in self._queues}
        self._waiting = dict.fromkeys(self._queues, 0)
        self._unheld: dict[str, float] = {}
        """Since when takes wait of profiles whose models nobody holds."""
        self._counts = Timer(COUNT_EVERY)
        self._broke_in = -inf

    @property
    def several(self) -> bool:
        """Whether the run serves more than one profile."""
        return len(self._queues) > 1

    def forget(self) -> None:
        """The queues are looked at anew."""
        for share in self._shares.values():
            share.forget()

    def count(self, store: Store, most: int) -> int:
        """How many takes wait of all profiles, each counted up to `most`; new workers load by that."""
        counts = {name: queue.count(store, most) for name, queue in self._queues.items()}
        if self.several:
            self._cluster.expect(self._queues_of(counts, self._cluster.models(), 0.0))
        return sum(counts.values())

    def claim(
        self, store: Store, free: Sequence[Seat], now: float
    ) -> tuple[list[Lease], list[Event]]:
        """A take for each free worker that does not change its model instead; the events of both."""
        if not self.several:
            (profile,) = self._queues
            return self._claim(store, profile, free, self._fleet.everyone())
        models = self._cluster.models()
        changed, events = self._change(store, models, free, now)
        everyone = self._fleet.everyone()
        leases: list[Lease] = []
        for profile in self._queues:
            staying = [
                seat
                for seat in free
                if models.holds.get(seat.worker) == profile and seat.worker not in changed
            ]
            others = [seat for seat in everyone if models.holds.get(seat.worker) == profile]
            try:
                found, told = self._claim(store, profile, staying, others)
            except StoreError:
                if not leases:
                    raise
                break  # what is leased has to be sent; the next question finds the database away
            leases += found
            events += told
        return leases, events

    def _claim(
        self, store: Store, profile: str, free: Sequence[Seat], everyone: Sequence[Seat]
    ) -> tuple[list[Lease], list[Event]]:
        leases, events = claims.claim(
            store,
            self._run.owner,
            profile,
            free,
            self._run.pace.lease_seconds,
            everyone=everyone,
            share=self._shares[profile],
            among=self._run.productions,
        )
        self._waiting[profile] = max(0, self._waiting[profile] - len(leases))
        return leases, events

    def _change(
        self, store: Store, models: Models, free: Sequence[Seat], now: float
    ) -> tuple[set[str], list[Event]]:
        """Has workers change where that pays; who they are."""
        self._count(store, models, now)
        queues = self._queues_of(self._waiting, models, now)
        self._cluster.expect(queues)
        seats = {seat.worker: seat for seat in free}
        unfit = {
            name: frozenset(profile for profile, on in models.unfit.items() if node in on)
            for name, node in self._cluster.nodes().items()
        }
        holders = [
            Holder(
                name,
                profile,
                name in seats,
                name in models.loading,
                unfit.get(name, frozenset()) | (models.given_up.keys() - {profile}),
            )
            for name, profile in models.holds.items()
        ]
        found = changes(queues, holders, now - self._broke_in)
        events = [
            event for each in found for event in self._begin(store, each, seats[each.worker], now)
        ]
        return {each.worker for each in found}, events

    def _begin(self, store: Store, change: Change, seat: Seat, now: float) -> list[Event]:
        if change.broke_in:
            self._broke_in = now
        waiting = self._waiting[change.after]
        told = (change.before, change.after, waiting)
        events = workers.changed(store, self._run.owner, seat, *told)
        self._cluster.change(change.worker, change.after)
        return events

    def _count(self, store: Store, models: Models, now: float) -> None:
        if not self._counts.due(now):
            return
        self._counts.restart(now)
        held = set(models.holds.values())
        for name, (take, load) in self._seconds(models).items():
            most = worth_counting(len(models.holds), take, load)
            self._waiting[name] = self._queues[name].count(store, most)
            if self._waiting[name] and name not in held:
                self._unheld.setdefault(name, now)
            else:
                self._unheld.pop(name, None)

    def _queues_of(
        self, waiting: Mapping[str, int], models: Models, now: float
    ) -> dict[str, Queue]:
        """What waits of the profiles whose models can be loaded, or are held still."""
        return {
            name: Queue(
                waiting=waiting[name],
                take_seconds=take,
                load_seconds=load,
                unheld=now - self._unheld.get(name, now),
            )
            for name, (take, load) in self._seconds(models).items()
            if name not in models.given_up or name in models.holds.values()
        }

    def _seconds(self, models: Models) -> dict[str, tuple[float, float]]:
        """How long a take and a load of each profile last; where nobody knows, as those of the others."""
        takes = {name: self._fleet.take_seconds(name) for name in self._queues}
        a_take = statistics.mean([each for each in takes.values() if each] or [TAKE_SECONDS])
        a_load = statistics.mean(models.load_seconds.values() or [LOAD_SECONDS])
        return {
            name: (take or a_take, models.load_seconds.get(name, a_load))
            for name, take in takes.items()
        }

    def unfinished(self, store: Store) -> bool:
        """Whether anything that the run serves waits or runs, whoever runs it.

        Raises `FarmError` where all that is left is of profiles whose models cannot be loaded.
        """
        left = [
            name for name in self._queues if queued.unfinished(store, name, self._run.productions)
        ]
        models = self._cluster.models()
        lost = {*models.given_up} - {*models.holds.values()}
        if left and lost.issuperset(left):
            raise FarmError("; ".join(models.given_up[name] for name in left))
        return bool(left)
