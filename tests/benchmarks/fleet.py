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
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from farm.scheduler.loop import Scheduler
from farm.scheduler.pace import Pace
from farm.scheduler.run import Run
from farm.store import Store, migrate, open_store
from pipeline.profiles import profile
from pipeline.storage.folder import MediaFolder
from tests.benchmarks.filling import analyze, fill
from tests.benchmarks.played_fleet import (
    DRAFT,
    DRAFT_SECONDS,
    FULL,
    LOAD_SECONDS,
    SPREAD,
    TAKE_SECONDS,
    Case,
    PlayedFleet,
)
from tests.conftest import postgresql_server

WORKERS = tuple(int(each) for each in os.environ.get("FARM_BENCH_WORKERS", "1000,10000").split(","))
SECONDS = float(os.environ.get("FARM_BENCH_SECONDS", "240"))
DATABASES = ("sqlite", "postgresql")
BARS = {
    "filled_s": 10.0,
    "busy": 0.99,
    "idle": 0.01,
    "tick_p99_s": 1.0,
    "core": 0.3,
}
SHOWS_PROGRESS = True


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
            case = Case(max(1, round(workers * part)), profiles, SECONDS * part, part)
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
