"""How many takes per second are claimed and settled, and whether a long queue slows the claim.

Each claimer is a process that claims one take, settles it as accepted, and so on: two transactions a
take, written durably. A farm needs a handful per second; the rest is room. For the long queue one
process claims by turns from 10,000 waiting takes, and from 1,000,000 beside as many finished ones and
100,000 that back off; the ratio is the median of the rounds'.
"""

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from statistics import median
from typing import Any

from farm.domain.decision import Decision, History
from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.domain.placement import Seat
from farm.store import Store, migrate, open_store
from farm.store.queries import overview
from farm.store.queue import claims, settle
from farm.store.shots import intake
from tests.benchmarks.filling import analyze, back_off, fill
from tests.conftest import Server, a_new_shot, a_result, postgresql_server

WAITING = 10_000
SECONDS = 3.0
CLAIMERS = (1, 8)
LONG = 1_000_000
NOT_DUE = 100_000
LAP_SECONDS = 1.0
ROUNDS = 5


def run() -> dict[str, Any]:
    """Takes claimed and settled per second with the claimers' own CPU, and claims by length of queue."""
    with tempfile.TemporaryDirectory() as folder, postgresql_server() as server:
        return {
            "waiting": WAITING,
            "sqlite": _all_of(f"sqlite:///{folder}", server),
            "postgresql": _all_of("postgresql", server),
        }


def _all_of(kind: str, server: Server) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for count in CLAIMERS:
        with _database(kind, server, f"claimers_{count}") as url:
            figures[f"claimers_{count}"] = _measure(url, count)
    return {**figures, "long_queue": _long_queue(kind, server)}


@contextmanager
def _database(kind: str, server: Server, name: str) -> Iterator[str]:
    """The URL of a new database with the farm's tables: a file in a folder, or one of the server's."""
    if kind.startswith("sqlite"):
        url = f"{kind}/{name}.db"
        migrate(url)
        yield url
        return
    with server.database() as url:
        migrate(url)
        yield url


def _long_queue(kind: str, server: Server) -> dict[str, Any]:
    with ExitStack() as stack:
        short, long = (
            stack.enter_context(closing(open_store(url)))
            for url in [
                stack.enter_context(_database(kind, server, name)) for name in ("short", "long")
            ]
        )
        fill(short, "waiting", WAITING)
        fill(long, "waiting", LONG)
        fill(long, "finished", LONG // 10, takes=10, finished=True)
        fill(long, "backing-off", NOT_DUE)
        back_off(long, "backing-off")
        for store in (short, long):
            analyze(store)
            _claims_per_second(store)
        rounds = [(_claims_per_second(short), _claims_per_second(long)) for _ in range(ROUNDS)]
    ratios = [long / short for short, long in rounds]
    return {
        "finished": LONG,
        "backing_off": NOT_DUE,
        f"claims_per_second_of_{WAITING}": round(median(short for short, _ in rounds), 1),
        f"claims_per_second_of_{LONG}": round(median(long for _, long in rounds), 1),
        "ratio": round(median(ratios), 2),
        "ratio_range": [round(min(ratios), 2), round(max(ratios), 2)],
    }


def _claims_per_second(store: Store) -> float:
    worker, claimed = [Seat("bench/w1")], 0
    start = time.perf_counter()
    while time.perf_counter() - start < LAP_SECONDS:
        claimed += len(claims.claim(store, "bench", "toy", worker, 600.0)[0])
    return claimed / (time.perf_counter() - start)


def _measure(url: str, claimers: int) -> dict[str, float]:
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
    (standing,) = overview.productions(store)
    assert standing.states[ShotState.ACCEPTED] == settled, "a take was settled twice or lost"
    assert settled < WAITING, "the queue ran dry: the figure is too low"
