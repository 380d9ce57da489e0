"""How many takes per second are claimed and settled, by one and by eight claimers at once.

Each claimer is a process that claims one take, settles it as accepted, and so on: two transactions a
take, written durably. A farm needs a handful per second; the rest is room.
"""

import multiprocessing
import tempfile
import time
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

from farm.lifecycle import ReviewStatus, ShotState
from farm.seating import Seat
from farm.store import Store, claims, intake, migrate, open_store, settle, views
from farm.store.settle import Decision, History
from tests.conftest import a_new_shot, a_result, postgresql_server

WAITING = 10_000
SECONDS = 3.0
CLAIMERS = (1, 8)


def run() -> dict[str, Any]:
    """Takes claimed and settled per second, and the claimers' own CPU, by database and claimers."""
    return {
        "waiting": WAITING,
        "sqlite": {f"claimers_{count}": _on_sqlite(count) for count in CLAIMERS},
        "postgresql": {f"claimers_{count}": _on_postgresql(count) for count in CLAIMERS},
    }


def _on_sqlite(claimers: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        return _measure(f"sqlite:///{folder}/farm.db", claimers)


def _on_postgresql(claimers: int) -> dict[str, float]:
    with postgresql_server() as server, server.database() as url:
        return _measure(url, claimers)


def _measure(url: str, claimers: int) -> dict[str, float]:
    migrate(url)
    store = open_store(url)
    shots = [a_new_shot(f"sh{number:05d}", priority=number % 10) for number in range(WAITING)]
    intake.submit(store, "bench", shots, who="bench")
    spawn = multiprocessing.get_context("spawn")
    together, queue = spawn.Barrier(claimers), spawn.Queue()
    processes = [
        spawn.Process(target=_work, args=(url, number, together, queue))
        for number in range(claimers)
    ]
    for each in processes:
        each.start()
    answers = [queue.get() for _ in processes]
    for each in processes:
        each.join()
    settled = sum(count for count, _ in answers)
    _check(store, settled)
    store.close()
    return {
        "takes_per_second": round(settled / SECONDS, 1),
        "cpu_ms_per_take": round(1000 * sum(cpu for _, cpu in answers) / settled, 2),
    }


def _work(url: str, number: int, together: Barrier, answers: "Queue[tuple[int, float]]") -> None:
    store = open_store(url)
    worker = [Seat(f"bench-{number}/w1")]
    settled = 0
    together.wait()
    end, cpu = time.monotonic() + SECONDS, time.process_time()
    while time.monotonic() < end:
        for lease in claims.claim(store, f"bench-{number}", "toy", worker, 60.0)[0]:
            settled += settle.made(store, lease, a_result(lease.clip), _accept)[0]
    answers.put((settled, time.process_time() - cpu))
    store.close()


def _accept(history: History) -> Decision:
    latest = history.takes[-1].number
    return Decision(review=ReviewStatus.ACCEPTED, why="benchmark", selected=latest)


def _check(store: Store, settled: int) -> None:
    """A fast wrong answer would be worth nothing."""
    (standing,) = views.productions(store)
    assert standing.states[ShotState.ACCEPTED] == settled, "a take was settled twice or lost"
    assert settled < WAITING, "the queue ran dry: the figure is too low"
