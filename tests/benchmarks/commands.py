"""What the commands cost that people type most: `farm --help`, and `farm status`.

The status is that of 10,000 shots, and of 1,000,000 in two productions: one all waiting, one all done.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from statistics import median
from typing import Any

from farm.store import open_store
from farm.store.shots import intake
from tests.benchmarks.filling import analyze, fill
from tests.conftest import a_new_shot

SHOTS = 10_000
MANY = 1_000_000
ROUNDS = 5


def run() -> dict[str, Any]:
    """CPU and wall seconds, medians of five runs each."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/farm.db"
        submit_seconds = _build(database)
        help_cpu, help_wall = _cost(database, "--help")
        status_cpu, status_wall = _cost(database, "status", "demo", "--json")
        _check(database)
        many = f"sqlite:///{folder}/many.db"
        _build_many(many)
        many_cpu, many_wall = _cost(many, "status", "--json")
    return {
        "help": {"cpu_seconds": help_cpu, "wall_seconds": help_wall},
        "submit": {"shots": SHOTS, "wall_seconds": submit_seconds},
        "status": {"shots": SHOTS, "cpu_seconds": status_cpu, "wall_seconds": status_wall},
        "long_status": {"takes": MANY, "cpu_seconds": many_cpu, "wall_seconds": many_wall},
    }


def _build(database: str) -> float:
    store = open_store(database)
    shots = [a_new_shot(f"sh{number:05d}") for number in range(SHOTS)]
    start = time.perf_counter()
    intake.submit(store, "demo", shots, who="bench")
    store.close()
    return round(time.perf_counter() - start, 3)


def _build_many(database: str) -> None:
    store = open_store(database)
    fill(store, "waiting", MANY // 2)
    fill(store, "finished", MANY // 2, finished=True)
    analyze(store)
    store.close()


def _cost(database: str, *arguments: str) -> tuple[float, float]:
    rounds = [_once(database, *arguments) for _ in range(ROUNDS)]
    return round(median(cpu for cpu, _ in rounds), 3), round(median(wall for _, wall in rounds), 3)


def _once(database: str, *arguments: str) -> tuple[float, float]:
    before, start = _children(), time.perf_counter()
    _farm(database, *arguments)
    return _children() - before, time.perf_counter() - start


def _children() -> float:
    """CPU seconds of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _farm(database: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "farm", *arguments],
        env=os.environ | {"FARM_DATABASE": database},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def _check(database: str) -> None:
    (standing,) = json.loads(_farm(database, "status", "demo", "--json"))["productions"]
    assert standing["shots"] == standing["states"]["waiting"] == SHOTS
