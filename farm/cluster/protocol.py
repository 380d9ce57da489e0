"""What the scheduler asks of a cluster, whatever it is made of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from farm.cluster.outcome import Outcome
from farm.domain.fleet_size import Headcount
from farm.domain.model_changes import Queue
from pipeline.recipe import TakeOrder


@dataclass(frozen=True, slots=True)
class Report:
    """One answer: `worker` is done with the attempt that `token` stands for."""

    worker: str
    key: str
    """The `key` that was given to `send`."""
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a take is. `step` of `steps`; `stage` is one of `pipeline.stages.STAGES`, or `WAITING`."""

    worker: str
    key: str
    title: str
    stage: str
    step: int
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Which models the workers of a cluster hold."""

    holds: Mapping[str, str]
    """By worker the profile whose model it holds or loads, or will once it has nothing to do; none that is
    retired, and none that waits for a place."""
    loading: frozenset[str] = frozenset()
    """Those of them that will be free once they have loaded."""
    load_seconds: Mapping[str, float] = field(default_factory=dict[str, float])
    """How long the model of a profile took to load last, by profile, where one did."""
    unfit: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """Machines that are too small, by profile."""
    given_up: Mapping[str, str] = field(default_factory=dict[str, str])
    """Why the model of a profile is loaded nowhere any more, by profile."""


class Cluster(Protocol):
    """Workers that render one take at a time, or the profile's `worker.wave` of them, each beside the tail
    of the one before: a worker may be busy with several attempts, and `collect` tells the end of each."""

    def free(self) -> Sequence[str]:
        """The names of workers that may be given a take: that are ready and have room for one more render.

        Each is named once, those that render the fewest first: a take goes to whoever has none. Nobody who
        is named is let go before the next `collect`.
        """
        ...

    def size(self) -> int:
        """How many workers there are or may be: ready, busy, still loading, or made once takes wait; none
        that is retired."""
        ...

    def headcount(self) -> Headcount:
        """How many workers there are now, how many more are wanted, how many were let go."""
        ...

    def most_demand(self) -> int:
        """Up to how many waiting takes make a difference to how many workers there are; 0 where none do."""
        ...

    def demand(self, waiting: int) -> None:
        """So many takes wait for a worker now, counted up to `most_demand`."""
        ...

    def trouble(self) -> Sequence[str]:
        """Sentences on workers that could not start; empty when all is well.

        Raises `farm.errors.ClusterError` when no worker can ever start (a bad checkpoint).
        """
        ...

    def nodes(self) -> Mapping[str, str]:
        """The machine that each worker is on, by worker; workers without a loaded model are left out."""
        ...

    def models(self) -> Models:
        """Which models its workers hold."""
        ...

    def change(self, worker: str, profile: str) -> None:
        """Has a free worker let its model go, once it has nothing to do, and load that of another profile;
        it is free again then. One that cannot load it goes back to its own."""
        ...

    def expect(self, queues: Mapping[str, Queue]) -> None:
        """What waits now, by profile: workers that are made from now on load what is needed most."""
        ...

    def leaving(self) -> Mapping[str, str]:
        """Machines that the cluster is about to lose (drained, or a spot's notice), each with why."""
        ...

    def avoid(self, nodes: Collection[str]) -> None:
        """From now on these machines alone get no takes; their idle workers move elsewhere."""
        ...

    def send(self, worker: str, key: str, order: TakeOrder, lease_seconds: float) -> None:
        """Gives a free worker an order; it ends by itself unless `extend` is called in time."""
        ...

    def collect(self, timeout: float) -> Sequence[Report]:
        """Answers that have come in; waits up to `timeout` seconds for the first."""
        ...

    def progress(self) -> Mapping[str, Progress]:
        """How far each take is, by key. Those of a worker that does not answer are left out."""
        ...

    def extend(self, keys: Sequence[str], lease_seconds: float) -> None:
        """The leases of these attempts were prolonged: their workers may go on."""
        ...

    def stop(self, key: str) -> None:
        """Asks the worker with this attempt to end it; the answer comes through `collect`."""
        ...

    def replace(self, key: str) -> None:
        """Ends the worker with this attempt at once; no answer comes, a fresh worker takes its place.

        What else the worker was busy with is told of by `collect`, as lost where it had no answer.
        """
        ...

    def retire(self, worker: str) -> None:
        """Gives a worker no more takes, ends it once it is idle, and makes no fresh one until `restore`.

        Of one that is gone already, neither says anything."""
        ...

    def restore(self, worker: str) -> None:
        """Makes a fresh worker in the place of one that was retired."""
        ...

    def close(self, grace: float) -> None:
        """Ends all workers, waiting up to `grace` seconds for those that are in a step."""
        ...

    def dashboard(self) -> str | None:
        """Where people can watch the cluster, if anywhere."""
        ...
