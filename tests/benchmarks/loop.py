"""What the scheduler's own loop costs for a take: statements and CPU time, with no Ray and no render.

Four played workers answer in the moment that they are asked. Both figures hardly change with what else
the machine does: the statements are counted, and the CPU time is that of this process alone.
"""

import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import event

from farm.cluster.outcome import Made
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
from tests.conftest import a_new_shot, a_result, postgresql_server
from tests.played_cluster import PlayedCluster

TAKES = 400


def run() -> dict[str, Any]:
    """Statements and milliseconds of CPU for each take, by database."""
    with tempfile.TemporaryDirectory() as folder:
        on_sqlite = measure(f"sqlite:///{folder}/farm.db")
    with postgresql_server() as server, server.database() as url:
        return {"takes": TAKES, "sqlite": on_sqlite, "postgresql": measure(url)}


def measure(url: str) -> dict[str, float]:
    """Of a database that is still empty."""
    migrate(url)
    sent: list[str] = []
    with closing(open_store(url)) as store, tempfile.TemporaryDirectory() as media:
        shots = [a_new_shot(f"sh{number:05d}") for number in range(TAKES)]
        intake.submit(store, "bench", shots, who="bench")
        event.listen(store.engine, "before_cursor_execute", lambda *told: sent.append(str(told[2])))
        start = time.process_time()
        _schedule(store, Path(media))
        cpu = time.process_time() - start
        (standing,) = overview.productions(store)
    assert standing.states[ShotState.ACCEPTED] == TAKES
    return {
        "statements_per_take": round(len(sent) / TAKES, 2),
        "cpu_ms_per_take": round(1000 * cpu / TAKES, 2),
    }


def _schedule(store: Store, media: Path) -> None:
    cluster = _Quick("w1", "w2", "w3", "w4")
    toy, pace = profile.load("toy"), Pace(until_idle=True)
    run = Run(owner="bench:1:abc", profiles=(toy,), media=MediaFolder(media), pace=pace)
    Scheduler(run, store, cluster).run(threading.Event())


class _Quick(PlayedCluster):
    """Every take is made as soon as it is sent."""

    def send(self, worker: str, key: str, order: TakeOrder, lease_seconds: float) -> None:
        super().send(worker, key, order, lease_seconds)
        self.answer(worker, Made(a_result(order.clip)))
