"""No-op takes per second, end to end: the farm beside a bare Ray ActorPool and beside Procrastinate.

All have four workers that answer at once: what is measured is what everything around a render costs.
The farm is the real store, scheduler and Ray cluster; each take is claimed, sent, made, published and
judged by the gate, with every move in the database before the next (SQLite with synchronous FULL,
PostgreSQL with its defaults). The pool drives the same actors with the same orders and remembers
nothing. Procrastinate works through no-op jobs in the same PostgreSQL, in one process with four at
once, as coroutines: no job of it leaves the process. Submitting and starting up are left out for all
three. They take turns, round by round; a ratio is the median of the rounds' ratios.
"""

import asyncio
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from farm.cluster.loading import WorkerSettings
from farm.cluster.ray.cluster import RayCluster
from farm.cluster.ray.connect import connect
from farm.domain.lifecycle import ShotState
from farm.scheduler.loop import Scheduler
from farm.scheduler.pace import Pace
from farm.scheduler.run import Run
from farm.store import Store, migrate, open_store
from farm.store.queries import overview
from farm.store.shots import intake
from pipeline.profiles import profile
from pipeline.recipe import TakeOrder
from pipeline.storage.folder import MediaFolder
from tests.benchmarks.no_op import no_op
from tests.conftest import Server, a_new_shot, a_recipe, postgresql_server

TAKES = 2_000
WORKERS = 4
ROUNDS = 5
BARS = {"sqlite over pool": 0.5, "postgresql over pool": 0.35, "postgresql over procrastinate": 3.0}
RATIOS = (*BARS, "pool over procrastinate")
"""The last one says what could be reached at all: the pool does nothing but call actors."""

Lap = Callable[[], float]
"""One round of one contestant; what it did per second."""


def run() -> dict[str, Any]:
    """Takes per second of each contestant, and their ratios beside what was wished for."""
    with ExitStack() as stack:
        laps = _contestants(stack)
        for lap in laps.values():
            lap()  # the first one finds everything cold
        rounds = [{name: lap() for name, lap in laps.items()} for _ in range(ROUNDS)]
    return {
        "takes": TAKES,
        "workers": WORKERS,
        "rounds": ROUNDS,
        "per_second": {name: _of([each[name] for each in rounds], 1) for name in laps},
        "ratio": {name: _ratio(name, rounds) for name in RATIOS},
        "wished": BARS,
    }


def _contestants(stack: ExitStack) -> dict[str, Lap]:
    server = stack.enter_context(postgresql_server())
    session = connect(None, dashboard=False, cpus=None)
    stack.callback(session.close)
    settings = WorkerSettings(profile=profile.load("toy"), media="/nowhere")
    cluster = RayCluster(settings, workers=WORKERS, worker=no_op)
    stack.callback(cluster.close, 0.0)
    return {
        "pool": partial(_pool, _pool_of(settings)),
        "sqlite": partial(_on_sqlite, cluster),
        "postgresql": partial(_on_postgresql, cluster, server),
        "procrastinate": partial(_procrastinate, server),
    }


# The farm.


def _on_sqlite(cluster: RayCluster) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return _farm(cluster, f"sqlite:///{folder}/farm.db")


def _on_postgresql(cluster: RayCluster, server: Server) -> float:
    with server.database() as url:
        return _farm(cluster, url)


def _farm(cluster: RayCluster, url: str) -> float:
    migrate(url)
    with closing(open_store(url)) as store, tempfile.TemporaryDirectory() as media:
        shots = [a_new_shot(f"sh{number:05d}") for number in range(TAKES)]
        intake.submit(store, "bench", shots, who="bench")
        while len(cluster.free()) < WORKERS:
            time.sleep(0.05)
        start = time.perf_counter()
        _schedule(store, cluster, Path(media))
        seconds = time.perf_counter() - start
        _check(store)
    return TAKES / seconds


def _schedule(store: Store, cluster: RayCluster, media: Path) -> None:
    toy, pace = profile.load("toy"), Pace(until_idle=True)
    run = Run(owner="bench:1:abc", profiles=(toy,), media=MediaFolder(media), pace=pace)
    Scheduler(run, store, cluster).run(threading.Event())


def _check(store: Store) -> None:
    (standing,) = overview.productions(store)
    assert standing.states[ShotState.ACCEPTED] == TAKES, "a take was settled twice or lost"
    assert standing.takes == TAKES


# The pool.


def _pool_of(settings: WorkerSettings) -> Any:
    """Four of the farm's own actors under Ray's own pool."""
    import ray
    from ray.util import ActorPool

    from farm.cluster.ray.actor import GROUPS, Renderer

    remote: Any = ray.remote
    make = remote(concurrency_groups=GROUPS)(Renderer).options(num_cpus=0)
    actors = [make.remote(no_op, settings, 1) for _ in range(WORKERS)]
    ray.get([actor.load.remote() for actor in actors])
    return ActorPool(actors)


def _pool(pool: Any) -> float:
    recipe = a_recipe()
    orders = [
        (
            f"{number}.1",
            TakeOrder(recipe=recipe, clip=f"clips/{number}.mp4", title=f"take {number}"),
        )
        for number in range(TAKES)
    ]
    start = time.perf_counter()
    done = sum(1 for _ in pool.map_unordered(_sent, orders))
    assert done == TAKES
    return TAKES / (time.perf_counter() - start)


def _sent(actor: Any, order: tuple[str, TakeOrder]) -> Any:
    return actor.render.remote(*order, 60.0)


# Procrastinate.


def _procrastinate(server: Server) -> float:
    with server.database() as url:
        return asyncio.run(_jobs(url))


async def _jobs(url: str) -> float:
    import procrastinate

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    @app.task(name="no_op")
    async def nothing(number: int) -> int:
        return number

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        jobs: list[dict[str, Any]] = [{"number": number} for number in range(TAKES)]
        await nothing.batch_defer_async(*jobs)
        start = time.perf_counter()
        await app.run_worker_async(
            concurrency=WORKERS, wait=False, listen_notify=False, install_signal_handlers=False
        )
        seconds = time.perf_counter() - start
        done = await app.job_manager.list_jobs_async(status="succeeded")
    assert len(list(done)) == TAKES
    return TAKES / seconds


def _of(figures: list[float], digits: int) -> dict[str, float]:
    return {
        "median": round(median(figures), digits),
        "least": round(min(figures), digits),
        "most": round(max(figures), digits),
    }


def _ratio(name: str, rounds: list[dict[str, float]]) -> dict[str, float]:
    above, below = name.split(" over ")
    return _of([each[above] / each[below] for each in rounds], 2)
