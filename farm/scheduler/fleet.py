"""The workers of a run: whose render has stalled, who is sick, whose machine is drained."""

import statistics
from collections import deque
from collections.abc import Hashable, Mapping

from farm.cluster.protocol import Cluster, Progress
from farm.domain.events import Event
from farm.domain.lease import Lease
from farm.domain.placement import Seat
from farm.scheduler.pace import Pace
from farm.scheduler.stalls import KEPT, Movement, UsualTimes, moves, why_stalled
from farm.scheduler.worker_health import WorkerHealth
from farm.store import Store, workers
from farm.store.queries import overview
from pipeline.recipe import Recipe
from pipeline.result import TakeResult


class Fleet:
    """Watches over the workers of one cluster. Times are seconds of the scheduler's clock."""

    def __init__(self, cluster: Cluster, owner: str, pace: Pace) -> None:
        self._cluster = cluster
        self._owner = owner
        self._stall_limits = pace.stalls
        self._sick_seconds = pace.sick_seconds
        self._health = WorkerHealth(pace.sick_after)
        self._usual = UsualTimes()
        self._takes: dict[str, deque[float]] = {}
        """Seconds of the last takes of each profile."""
        self._movements: dict[str, Movement] = {}
        self._sick: dict[str, tuple[Seat, str, float]] = {}
        """Workers that were taken out: on which machine, why, and until when."""
        self._untold: list[str] = []
        """Sick workers that the database does not know of yet."""
        self._closed: dict[str, str] = {}
        """Machines that get no takes, each with a sentence."""

    def learn(self, store: Store, profile: str) -> None:
        """Reads from the database how long takes of the profile have lasted."""
        for recipe, seconds in reversed(overview.latest_stages(store, profile)):
            self._learn(recipe, seconds)

    def take_seconds(self, profile: str) -> float | None:
        """How long a take of the profile lasts; None where none was made."""
        takes = self._takes.get(profile)
        return statistics.median(takes) if takes else None

    def _learn(self, recipe: Recipe, seconds: Mapping[str, float]) -> None:
        self._usual.learn(_kind(recipe), seconds, recipe.all_steps)
        takes = self._takes.setdefault(recipe.profile, deque(maxlen=KEPT))
        takes.append(sum(seconds.values()))

    def everyone(self) -> list[Seat]:
        """All workers that can take a take, now or when they are done with another."""
        nodes = self._cluster.nodes()
        return [Seat(name, node) for name, node in nodes.items() if node not in self._closed]

    def free(self) -> list[Seat]:
        """Those of `everyone` that are free now."""
        free = self._cluster.free()
        nodes = (
            self._cluster.nodes()
        )  # after: a worker that has loaded just now has its machine only here
        return [
            Seat(name, nodes.get(name, "")) for name in free if nodes.get(name) not in self._closed
        ]

    # Renders that have stalled.

    def stalled(
        self, running: Mapping[str, Lease], positions: Mapping[str, Progress], now: float
    ) -> dict[str, str]:
        """Notes where the renders are; those of `running` that have stalled, each with a sentence."""
        for key in self._movements.keys() - running.keys():
            del self._movements[key]
        stalled: dict[str, str] = {}
        for key, lease in running.items():
            movement = self._movements.setdefault(key, Movement(started=now, moved=now))
            if at := positions.get(key):
                movement.seen(at.stage, at.step, at.steps, now)
            if moves(movement, now, self._stall_limits):  # as nearly all of thousands do
                continue
            usual = self._usual.seconds(_kind(lease.recipe), movement)
            if why := why_stalled(movement, now, usual, self._stall_limits):
                stalled[key] = why
        return stalled

    # Sick workers.

    def made(self, lease: Lease, result: TakeResult) -> None:
        """A worker made a take."""
        self._health.made(lease.worker, lease.take_id)
        self._learn(lease.recipe, result.seconds)

    def worked(self, lease: Lease) -> None:
        """A worker rendered and judged, if not to the end."""
        self._health.made(lease.worker, lease.take_id)

    def failed(self, lease: Lease, reason: str, now: float) -> bool:
        """A worker failed a take; whether that was one too many, and it is taken out."""
        why = self._health.failed(lease.worker, lease.take_id, reason)
        if why is None:
            return False
        sentence = f"{why}; it is taken out for {self._sick_seconds / 60:.0f} min"
        self._cluster.retire(lease.worker)
        self._sick[lease.worker] = (lease.seat, sentence, now + self._sick_seconds)
        self._untold.append(lease.worker)
        return True

    # What is told, and what others say.

    def report(self, store: Store, now: float, seconds: float) -> list[Event]:
        """Tells the database of the workers, hears which machines are drained, tries the sick again."""
        events: list[Event] = []
        while self._untold:
            seat, why, _ = self._sick[self._untold[0]]
            events += workers.fall_sick(store, self._owner, seat, why, seconds)
            del self._untold[0]
        for worker, (seat, _, until) in list(self._sick.items()):
            if now >= until:
                events += workers.recover(store, self._owner, seat)
                self._cluster.restore(worker)
                del self._sick[worker]
        nodes, headcount = self._cluster.nodes(), self._cluster.headcount()
        holds = self._cluster.models().holds
        workers.report(store, self._owner, nodes, seconds, headcount, holds)
        self._closed = {
            each.node: f"{each.node} is drained by {each.who}"
            + (f": {each.why}" if each.why else "")
            for each in workers.drained(store)
        }
        for node, why in self._cluster.leaving().items():
            self._closed.setdefault(node, f"{node} gets no more takes: {why}")
        self._cluster.avoid(self._closed)
        return events

    def trouble(self) -> list[str]:
        """Sentences on workers that are out and machines that are closed."""
        return [sentence for _, sentence, _ in self._sick.values()] + list(self._closed.values())

    def nobody_is_left(self) -> str | None:
        """Why there is nobody left to work, where all workers are sick."""
        if not self._sick or self._cluster.size():
            return None
        return "every worker was taken out: " + "; ".join(why for _, why, _ in self._sick.values())


def _kind(recipe: Recipe) -> Hashable:
    """Takes of one kind last about as long as each other."""
    return recipe.profile, recipe.width, recipe.height, recipe.frames
