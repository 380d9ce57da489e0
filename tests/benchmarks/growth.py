"""What a run's process keeps of each take: its memory over 2,000 light takes on Ray.

Each take lasts a moment, so that the loop asks where it is, and is told like any other. The first 500
fill what is filled once; MiB per take are those between there and the end, of resident memory.
"""

import tempfile
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil

from farm.cluster.loading import WorkerSettings
from farm.cluster.ray.cluster import RayCluster
from farm.domain.events import Event, EventKind
from farm.scheduler.loop import Scheduler
from farm.scheduler.pace import Pace
from farm.scheduler.run import Listeners, Run
from farm.store import migrate, open_store
from farm.store.shots import intake
from pipeline.profiles import profile
from pipeline.storage.folder import MediaFolder
from tests.benchmarks.no_op import light
from tests.conftest import a_new_shot

TAKES = 2_000
WARM = 500
WORKERS = 4


def run() -> dict[str, Any]:
    """Resident MiB after the first takes and at the end, and what each take in between added."""
    toy = profile.load("toy")
    memory = _Memory()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/farm.db"
        migrate(url)
        with closing(open_store(url)) as store:
            shots = [a_new_shot(f"sh{number:05d}") for number in range(TAKES)]
            intake.submit(store, "bench", shots, who="bench")
            settings = WorkerSettings(profile=toy, media="/nowhere")
            cluster = RayCluster(settings, workers=WORKERS, worker=light)
            try:
                serves = Run(
                    owner="bench:1:abc",
                    profiles=(toy,),
                    media=MediaFolder(Path(folder)),
                    pace=Pace(until_idle=True),
                )
                scheduler = Scheduler(serves, store, cluster, Listeners(events=[memory]))
                scheduler.run(threading.Event())
            finally:
                cluster.close(0.0)
    warm, end = memory.at[WARM], memory.at[TAKES]
    return {
        "takes": TAKES,
        "mib_after_500": round(warm, 1),
        "mib_at_the_end": round(end, 1),
        "mib_per_take": round((end - warm) / (TAKES - WARM), 5),
    }


class _Memory:
    """Resident MiB of this process by the number of takes made so far."""

    def __init__(self) -> None:
        self.at: dict[int, float] = {}
        self._process = psutil.Process()

    def __call__(self, event: Event) -> None:
        if event.kind is EventKind.TAKE_SUCCEEDED:
            self.at[len(self.at) + 1] = self._process.memory_info().rss / 2**20
