"""A run of very many workers, played in real time: how busy they are kept, and what that costs.

The store and the scheduler are the real ones; workers are played: each take keeps one for 80 to 120 seconds
and makes its steps meanwhile. `filled` is when every worker had its first take, `busy` the share of the
workers' time after that in which they had one, `tick` how long the loop took for a turn without its waiting
for answers, `core` the run's seconds of CPU over those that went by (PostgreSQL's own are not in it).
`--only fleet` takes some 20 minutes; FARM_BENCH_WORKERS and FARM_BENCH_SECONDS make it others.
"""

import heapq
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from farm.cluster.outcome import Made
from farm.cluster.protocol import Models, Progress, Report
from farm.domain.fleet_size import Headcount
from farm.domain.model_changes import Queue
from farm.scheduler.loop import Scheduler
from farm.scheduler.pace import Pace
from farm.scheduler.run import Run
from farm.store import migrate, open_store
from pipeline.profiles import profile
from pipeline.recipe import TakeOrder
from pipeline.storage.folder import MediaFolder
from tests.benchmarks.filling import analyze, fill
from tests.conftest import a_result, postgresql_server

WORKERS = tuple(int(each) for each in os.environ.get("FARM_BENCH_WORKERS", "1000,10000").split(","))
SECONDS = float(os.environ.get("FARM_BENCH_SECONDS", "240"))
TAKE_SECONDS, SPREAD, STEPS = 100.0, 0.2, 40
BARS = {
    "filled_s": 10.0,
    "busy": 0.99,
    "tick_p99_s": 1.0,
    "core": 0.3,
}
SHOWS_PROGRESS = True


def run() -> dict[str, Any]:
    """The figures by database and number of workers."""
    found: dict[str, Any] = {"seconds": SECONDS, "take_seconds": TAKE_SECONDS, "wished": BARS}
    for workers in WORKERS:
        for database in ("sqlite", "postgresql"):
            sys.stderr.write(f"{workers} workers on {database}: {SECONDS:.0f} s …\n")
            with _database(database) as url:
                found[f"{database}, {workers} workers"] = _measure(url, workers)
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


def _measure(url: str, workers: int) -> dict[str, Any]:
    migrate(url)
    rounds = SECONDS / (TAKE_SECONDS * (1 - SPREAD)) + 2
    with closing(open_store(url)) as store, tempfile.TemporaryDirectory() as media:
        fill(store, "ads", int(workers * rounds))
        analyze(store)
        played = PlayedFleet(workers)
        serves = Run(
            owner="bench:1:abc",
            profiles=(profile.load("toy"),),
            media=MediaFolder(Path(media)),
            pace=Pace(),
        )
        scheduler = _Timed(serves, store, played)
        stop = threading.Event()
        ended = threading.Timer(SECONDS, stop.set)
        begun, cpu = time.monotonic(), time.process_time()
        ended.start()
        try:
            while not stop.is_set():
                scheduler.tick()
        finally:
            ended.cancel()
        wall, cpu = time.monotonic() - begun, time.process_time() - cpu
        ticks = sorted(scheduler.ticks)
        return {
            "filled_s": round(played.filled - begun, 1) if played.filled else None,
            "busy": round(played.busy_share(), 4),
            "tick_median_s": round(ticks[len(ticks) // 2], 3),
            "tick_p99_s": round(ticks[int(0.99 * (len(ticks) - 1))], 3),
            "tick_worst_s": round(ticks[-1], 3),
            "core": round(cpu / wall, 3),
            "takes": played.made,
        }


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
    """Workers that need no machine: each take ends by the clock. Implements `farm.cluster.Cluster`."""

    def __init__(self, workers: int) -> None:
        self.filled: float | None = None
        """When every worker had its first take."""
        self.made = 0
        self.waited = 0.0
        """Seconds that `collect` waited for answers, in all."""
        self._nodes = {f"w{number:05d}": f"node{number // 8:04d}" for number in range(workers)}
        self._holds = dict.fromkeys(self._nodes, "toy")
        self._free = dict.fromkeys(self._nodes)
        self._busy: dict[str, tuple[str, TakeOrder, float, float]] = {}
        """Worker, order, begin and end by key."""
        self._ends: list[tuple[float, str]] = []
        self._idle_since: dict[str, float] = {}
        self._idle = 0.0
        self._chance = random.Random(7)

    def busy_share(self) -> float:
        """Of the workers' time since all had a take."""
        now = time.monotonic()
        if self.filled is None:
            return 0.0
        idle = self._idle + sum(now - since for since in self._idle_since.values())
        return 1 - idle / (len(self._nodes) * (now - self.filled))

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
        return Models(holds=self._holds)

    def change(self, worker: str, profile: str) -> None: ...

    def expect(self, queues: Mapping[str, Queue]) -> None: ...

    def leaving(self) -> Mapping[str, str]:
        return {}

    def avoid(self, nodes: Collection[str]) -> None: ...

    def send(self, worker: str, key: str, order: TakeOrder, lease_seconds: float) -> None:
        now = time.monotonic()
        del self._free[worker]
        lasts = TAKE_SECONDS * self._chance.uniform(1 - SPREAD, 1 + SPREAD)
        self._busy[key] = worker, order, now, now + lasts
        heapq.heappush(self._ends, (now + lasts, key))
        if since := self._idle_since.pop(worker, None):
            self._idle += now - since
        if self.filled is None and not self._free:
            self.filled = now

    def collect(self, timeout: float) -> Sequence[Report]:
        begun = time.monotonic()
        if self._ends and (left := self._ends[0][0] - begun) > 0:
            time.sleep(min(left, timeout))
        elif not self._ends:
            time.sleep(timeout)
        now = time.monotonic()
        self.waited += now - begun
        reports: list[Report] = []
        while self._ends and self._ends[0][0] <= now:
            end, key = heapq.heappop(self._ends)
            worker, order, _, _ = self._busy.pop(key)
            self._free[worker] = None
            if self.filled is not None:
                self._idle_since[worker] = end
            self.made += 1
            reports.append(Report(worker, key, Made(a_result(order.clip))))
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
