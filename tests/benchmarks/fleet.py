"""A run of very many workers, played in real time: how busy they are kept, and what that costs.

The store and the scheduler are the real ones; workers are played: each take keeps one for 80 to 120 seconds
and makes its steps meanwhile. `filled` is when every worker had its first take, `busy` the share of the
workers' time after that in which they had one, `tick` how long the loop took for a turn without its waiting
for answers, `core` the run's seconds of CPU over those that went by (PostgreSQL's own are not in it).

With two profiles the run makes drafts too, of 10 to 14 seconds: two for each worker are there when it
begins, and one more for each is handed in half-way; finals wait all the while. A change of models keeps a
worker for 60 seconds, `loading` is the share of that, and `idle` what is neither.

`--only fleet` takes some 35 minutes; FARM_BENCH_WORKERS and FARM_BENCH_SECONDS make it others.
`python -m tests.benchmarks.fleet --part 0.1 --database sqlite` is a quick look: a tenth of the workers,
and everything ten times as fast.
"""

import argparse
import heapq
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farm.cluster.outcome import Made
from farm.cluster.protocol import Models, Progress, Report
from farm.domain.fleet_size import Headcount
from farm.domain.model_changes import Queue, for_a_new_worker
from farm.scheduler.loop import Scheduler
from farm.scheduler.pace import Pace
from farm.scheduler.run import Run
from farm.store import Store, migrate, open_store
from pipeline.profiles import profile
from pipeline.recipe import TakeOrder
from pipeline.storage.folder import MediaFolder
from tests.benchmarks.filling import analyze, fill
from tests.conftest import a_result, postgresql_server

WORKERS = tuple(int(each) for each in os.environ.get("FARM_BENCH_WORKERS", "1000,10000").split(","))
SECONDS = float(os.environ.get("FARM_BENCH_SECONDS", "240"))
TAKE_SECONDS, SPREAD, STEPS = 100.0, 0.2, 40
DRAFT_SECONDS, LOAD_SECONDS = 12.0, 60.0
FULL, DRAFT = "toy", "toy-draft"
DATABASES = ("sqlite", "postgresql")
BARS = {
    "filled_s": 10.0,
    "busy": 0.99,
    "idle": 0.01,
    "tick_p99_s": 1.0,
    "core": 0.3,
}
SHOWS_PROGRESS = True


@dataclass(frozen=True, slots=True)
class Case:
    """What is played: so many workers, for one profile or for two."""

    workers: int
    profiles: tuple[str, ...]
    faster: float = 1.0
    """Everything lasts so many times as long as in earnest; at most 1."""

    @property
    def seconds(self) -> float:
        return SECONDS * self.faster

    def lasts(self, profile: str) -> float:
        """Seconds that a take of the profile usually keeps a worker."""
        return self.faster * (DRAFT_SECONDS if profile == DRAFT else TAKE_SECONDS)

    @property
    def title(self) -> str:
        several = ", two profiles" if len(self.profiles) > 1 else ""
        return f"{self.workers} workers{several}"


def run(
    part: float = 1.0,
    databases: Sequence[str] = DATABASES,
    settings: Sequence[tuple[str, ...]] = ((FULL,), (FULL, DRAFT)),
) -> dict[str, Any]:
    """The figures by database, number of workers and of profiles; `part` makes both fewer and faster."""
    found: dict[str, Any] = {
        "seconds": SECONDS * part,
        "take_seconds": TAKE_SECONDS * part,
        "draft_seconds": DRAFT_SECONDS * part,
        "load_seconds": LOAD_SECONDS * part,
        "wished": BARS,
    }
    for workers in WORKERS:
        for profiles in settings:
            case = Case(max(1, round(workers * part)), profiles, part)
            for database in databases:
                sys.stderr.write(f"{case.title} on {database}: {case.seconds:.0f} s …\n")
                with _database(database) as url:
                    found[f"{database}, {case.title}"] = _measure(url, case)
    return found


@contextmanager
def _database(kind: str) -> Iterator[str]:
    with ExitStack() as stack:
        if kind == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            yield f"sqlite:///{folder}/farm.db"
        else:
            server = stack.enter_context(postgresql_server())
            yield stack.enter_context(server.database())


def _measure(url: str, case: Case) -> dict[str, Any]:
    migrate(url)
    rounds = SECONDS / (TAKE_SECONDS * (1 - SPREAD)) + 2
    several = len(case.profiles) > 1
    with closing(open_store(url)) as store, tempfile.TemporaryDirectory() as media:
        fill(store, "ads", int(case.workers * rounds))
        if several:
            _hand_in_drafts(store, "drafts", 2 * case.workers)
        analyze(store)
        played = PlayedFleet(case)
        serves = Run(
            owner="bench:1:abc",
            profiles=tuple(profile.load(each) for each in case.profiles),
            media=MediaFolder(Path(media)),
            pace=Pace(),
        )
        scheduler = _Timed(serves, store, played)
        stop, more = threading.Event(), threading.Event()
        timers = [threading.Timer(case.seconds, stop.set)]
        timers += [threading.Timer(case.seconds / 2, more.set)] if several else []
        begun, cpu = time.monotonic(), time.process_time()
        for each in timers:
            each.start()
        try:
            while not stop.is_set():
                scheduler.tick()
                if more.is_set():
                    more.clear()
                    _hand_in_drafts(store, "more-drafts", case.workers)
        finally:
            for each in timers:
                each.cancel()
        wall, cpu = time.monotonic() - begun, time.process_time() - cpu
        ticks = sorted(scheduler.ticks)
        busy, loading = played.shares()
        changed = {
            "loading": round(loading, 4),
            "idle": round(1 - busy - loading, 4),
            "changes": played.changes,
            "drafts": played.made[DRAFT],
        }
        return {
            "filled_s": round(played.filled - begun, 1) if played.filled else None,
            "busy": round(busy, 4),
            **(changed if several else {}),
            "tick_median_s": round(ticks[len(ticks) // 2], 3),
            "tick_p99_s": round(ticks[int(0.99 * (len(ticks) - 1))], 3),
            "tick_worst_s": round(ticks[-1], 3),
            "core": round(cpu / wall, 3),
            "takes": played.made.total(),
        }


def _hand_in_drafts(store: Store, production: str, count: int) -> None:
    fill(store, production, count, profile=DRAFT, draft_for=FULL)


class _Timed(Scheduler):
    """Notes how long each turn takes, but for its waiting."""

    def __init__(self, run: Run, store: Any, cluster: "PlayedFleet") -> None:
        super().__init__(run, store, cluster)
        self.ticks: list[float] = []
        self._played = cluster

    def tick(self) -> None:
        waited, begun = self._played.waited, time.monotonic()
        super().tick()
        self.ticks.append(time.monotonic() - begun - (self._played.waited - waited))


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
            load_seconds=dict.fromkeys(self._case.profiles, LOAD_SECONDS * self._case.faster),
        )

    def change(self, worker: str, profile: str) -> None:
        now = time.monotonic()
        del self._free[worker]
        self._holds[worker] = profile
        heapq.heappush(self._loads, (now + LOAD_SECONDS * self._case.faster, worker))
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


def main() -> None:
    """A part of it, or one setting alone."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.fleet", description=__doc__)
    parser.add_argument("--part", type=float, default=1.0, help="of the workers and of all seconds")
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--profiles", type=int, choices=(1, 2), help="one setting alone")
    asked = parser.parse_args()
    settings = [(FULL,), (FULL, DRAFT)]
    chosen = [each for each in settings if asked.profiles in (None, len(each))]
    found = run(asked.part, asked.database or DATABASES, chosen)
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
