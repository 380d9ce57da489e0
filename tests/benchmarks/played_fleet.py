"""Workers that take the time that real ones would, and nothing else: what `fleet` deals takes out to."""

import heapq
import random
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from farm.cluster.outcome import Made
from farm.cluster.protocol import Models, Progress, Report
from farm.domain.fleet_size import Headcount
from farm.domain.model_changes import Queue, for_a_new_worker
from pipeline.recipe import TakeOrder
from tests.conftest import a_result

TAKE_SECONDS, SPREAD, STEPS = 100.0, 0.2, 40
DRAFT_SECONDS, LOAD_SECONDS = 12.0, 60.0
FULL, DRAFT = "toy", "toy-draft"


@dataclass(frozen=True, slots=True)
class Case:
    """What is played: so many workers, for one profile or for two."""

    workers: int
    profiles: tuple[str, ...]
    seconds: float
    part: float = 1.0
    """All takes and loads last so many times as long as in earnest."""

    def lasts(self, profile: str) -> float:
        """Seconds that a take of the profile usually keeps a worker."""
        return self.part * (DRAFT_SECONDS if profile == DRAFT else TAKE_SECONDS)

    @property
    def title(self) -> str:
        several = ", two profiles" if len(self.profiles) > 1 else ""
        return f"{self.workers} workers{several}"


class PlayedFleet:
    """Workers that need no machine: takes and loads end by the clock. Implements `farm.cluster.Cluster`."""

    def __init__(self, case: Case) -> None:
        self.filled: float | None = None
        """When every worker had its first take."""
        self.made = Counter[str]()
        """Takes by profile."""
        self.changes = 0
        self.waited = 0.0
        """Seconds that `collect` waited for answers, in all."""
        self._case = case
        names = [f"w{number:05d}" for number in range(case.workers)]
        self._nodes = {name: f"node{number // 8:04d}" for number, name in enumerate(names)}
        self._holds = self._dealt_out(names)
        self._free = dict.fromkeys(names)
        self._busy: dict[str, tuple[str, TakeOrder, float, float]] = {}
        """Worker, order, begin and end by key."""
        self._ends: list[tuple[float, str]] = []
        self._loads: list[tuple[float, str]] = []
        """Workers that load, with when they are done."""
        self._since: dict[str, tuple[float, str]] = {}
        """Workers that have no take since all had one: since when, and why."""
        self._spent = {"idle": 0.0, "loads": 0.0}
        """Seconds of workers that had none, by why."""
        self._chance = random.Random(7)

    def _dealt_out(self, names: Sequence[str]) -> dict[str, str]:
        """Which model each worker loads before the run begins, as a cluster chooses while much waits."""
        queue = Queue(waiting=2 * len(names), take_seconds=TAKE_SECONDS, load_seconds=LOAD_SECONDS)
        queues, held = dict.fromkeys(self._case.profiles, queue), Counter[str]()
        holds: dict[str, str] = {}
        for name in names:
            holds[name] = for_a_new_worker(queues, held)
            held[holds[name]] += 1
        return holds

    def shares(self) -> tuple[float, float]:
        """Of the workers' time since all had a take: what they rendered, and what they loaded."""
        now = time.monotonic()
        if self.filled is None:
            return 0.0, 0.0
        spent = dict(self._spent)
        for since, why in self._since.values():
            spent[why] += now - since
        whole = len(self._nodes) * (now - self.filled)
        return 1 - sum(spent.values()) / whole, spent["loads"] / whole

    def _without_take(self, worker: str, why: str, now: float) -> None:
        """From now on a worker has no take; or it goes on to have none, for another reason."""
        self._with_take(worker, now)
        if self.filled is not None:
            self._since[worker] = now, why

    def _with_take(self, worker: str, now: float) -> None:
        if worker in self._since:
            since, why = self._since.pop(worker)
            self._spent[why] += now - since

    def free(self) -> Sequence[str]:
        return list(self._free)

    def size(self) -> int:
        return len(self._nodes)

    def headcount(self) -> Headcount:
        return Headcount(len(self._nodes))

    def most_demand(self) -> int:
        return len(self._nodes)

    def demand(self, waiting: int) -> None: ...

    def trouble(self) -> Sequence[str]:
        return ()

    def nodes(self) -> Mapping[str, str]:
        return self._nodes

    def models(self) -> Models:
        return Models(
            holds=self._holds,
            loading=frozenset(worker for _, worker in self._loads),
            load_seconds=dict.fromkeys(self._case.profiles, LOAD_SECONDS * self._case.part),
        )

    def change(self, worker: str, profile: str) -> None:
        now = time.monotonic()
        del self._free[worker]
        self._holds[worker] = profile
        heapq.heappush(self._loads, (now + LOAD_SECONDS * self._case.part, worker))
        self._without_take(worker, "loads", now)
        self.changes += 1

    def expect(self, queues: Mapping[str, Queue]) -> None: ...

    def leaving(self) -> Mapping[str, str]:
        return {}

    def avoid(self, nodes: Collection[str]) -> None: ...

    def send(self, worker: str, key: str, order: TakeOrder, lease_seconds: float) -> None:
        now = time.monotonic()
        del self._free[worker]
        usual = self._case.lasts(order.recipe.profile)
        ends = now + usual * self._chance.uniform(1 - SPREAD, 1 + SPREAD)
        self._busy[key] = worker, order, now, ends
        heapq.heappush(self._ends, (ends, key))
        self._with_take(worker, now)
        if self.filled is None and not self._free:
            self.filled = now

    def collect(self, timeout: float) -> Sequence[Report]:
        begun = time.monotonic()
        first = min((queue[0][0] for queue in (self._ends, self._loads) if queue), default=None)
        wait = timeout if first is None else min(first - begun, timeout)
        if wait > 0:
            time.sleep(wait)
        now = time.monotonic()
        self.waited += now - begun
        while self._loads and self._loads[0][0] <= now:
            end, worker = heapq.heappop(self._loads)
            self._free[worker] = None
            self._without_take(worker, "idle", end)
        reports: list[Report] = []
        while self._ends and self._ends[0][0] <= now:
            end, key = heapq.heappop(self._ends)
            worker, order, since, _ = self._busy.pop(key)
            self._free[worker] = None
            self._without_take(worker, "idle", end)
            self.made[order.recipe.profile] += 1
            made = a_result(order.clip, seconds={"denoise": end - since})
            reports.append(Report(worker, key, Made(made)))
        return reports

    def progress(self) -> Mapping[str, Progress]:
        now = time.monotonic()
        return {
            key: Progress(
                worker,
                key,
                order.title,
                "denoise",
                int(STEPS * (now - begun) / (end - begun)),
                STEPS,
            )
            for key, (worker, order, begun, end) in self._busy.items()
        }

    def extend(self, keys: Sequence[str], lease_seconds: float) -> None: ...

    def stop(self, key: str) -> None: ...

    def replace(self, key: str) -> None: ...

    def retire(self, worker: str) -> None: ...

    def restore(self, worker: str) -> None: ...

    def close(self, grace: float) -> None: ...

    def dashboard(self) -> str | None:
        return None
