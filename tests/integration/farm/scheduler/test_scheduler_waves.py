"""Workers that are given waves of takes: who has none comes first, and each lease is minded for itself."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farm.cluster.inline import InlineCluster
from farm.cluster.loading import WorkerSettings
from farm.cluster.worker import Worker
from farm.domain.lifecycle import ShotState
from farm.store.queries import overview
from pipeline.engines.protocol import Watcher
from pipeline.recipe import TakeOrder
from pipeline.result import TakeResult
from tests.audit import Auditor
from tests.conftest import a_result
from tests.integration.farm.scheduler.test_scheduler_workers import Played
from tests.played_tools import in_waves


class Farm(Played):
    """A scheduler over two workers that are given two takes each, and render until they are let go."""

    def __init__(self, folder: Path) -> None:
        nothing: Any = None
        settings = WorkerSettings(profile=in_waves(2), media=str(folder))
        self.go_on = threading.Event()
        cluster: Any = InlineCluster(
            settings, 2, lambda each: Worker(each, load=lambda _: nothing, make=self._make)
        )
        super().__init__(folder, cluster=cluster)
        self.until(lambda: len(cluster.free()) == 2)

    def _make(self, order: TakeOrder, _tools: object, watcher: Watcher) -> TakeResult:
        watcher.stage("denoise")
        while not self.go_on.wait(0.01):
            watcher.step(1, 8)
        return a_result(order.clip)

    def until(self, happens: Any) -> None:
        end = time.monotonic() + 200
        while time.monotonic() < end:
            if happens():
                return
            self.scheduler.tick()
            time.sleep(0.005)
        raise AssertionError("it never happened")

    def worker_of(self, code: str) -> str:
        self.until(lambda: self.workers_of(code))
        (worker,) = self.workers_of(code)
        return worker


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    made = Farm(tmp_path)
    yield made
    made.go_on.set()
    made.cluster.close(grace=200)
    assert Auditor(made.store.engine).audit() == []
    made.store.close()


def test_an_idle_worker_gets_the_next_take_before_one_that_has_room_beside_another(
    farm: Farm,
) -> None:
    first = []
    for code in ("sh010", "sh020"):
        farm.submit(code)
        first.append(farm.worker_of(code))
    assert len(set(first)) == 2


def test_workers_are_given_whole_waves_and_no_more_as_far_as_the_queue_goes(farm: Farm) -> None:
    codes = ["sh010", "sh020", "sh030", "sh040", "sh050"]
    farm.submit(*codes)
    places = [farm.worker_of(code) for code in codes[:4]]
    assert len(set(places[:2])) == len(set(places[2:])) == 2
    farm.ticks(4)
    assert farm.workers_of("sh050") == []

    farm.go_on.set()
    farm.until(
        lambda: {shot.state for shot in overview.shots(farm.store, "ads")} == {ShotState.ACCEPTED}
    )
    assert all(len(farm.workers_of(code)) == 1 for code in codes)
