"""A cluster that grows by demand hears how many takes wait, and of none that may not begin."""

import shutil
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farm.cluster.outcome import Faulted
from farm.domain.retry import RetryPolicy
from farm.scheduler.loop import Scheduler
from farm.scheduler.pace import Pace
from farm.scheduler.run import Run
from farm.store import Store, open_store
from farm.store.shots import holds, intake
from pipeline.errors import Cause
from pipeline.profiles import profile
from pipeline.storage.folder import MediaFolder
from tests.audit import Auditor
from tests.conftest import a_new_shot, sqlite_database
from tests.integration.farm.store.conftest import end_back_offs
from tests.played_cluster import Clock, PlayedCluster


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(sqlite_database(tmp_path / "farm.db"))
    yield opened
    assert Auditor(opened.engine).audit() == []
    opened.close()


def scheduler(store: Store, cluster: PlayedCluster, folder: Path) -> Scheduler:
    serves = Run(
        owner="farm-a",
        profiles=(profile.load("toy"),),
        media=MediaFolder(folder),
        pace=Pace(policy=RetryPolicy(backoff=60.0)),
        least_free=1,
    )
    return Scheduler(serves, store, cluster, clock=Clock(step=2.0))


def submit(store: Store, count: int) -> None:
    shots = [a_new_shot(f"sh{number:03d}") for number in range(count)]
    intake.submit(store, "ads", shots, who="anna")


def test_it_is_told_what_is_left_after_the_claims_and_no_more_than_it_asked_for(
    store: Store, tmp_path: Path
) -> None:
    cluster = PlayedCluster("w1", "w2")
    cluster.most = 4
    loop = scheduler(store, cluster, tmp_path)
    submit(store, 5)
    loop.tick()
    assert cluster.demands == [3]

    intake.submit(store, "ads", [a_new_shot(f"x{each}") for each in range(9)], who="anna")
    loop.tick()

    assert cluster.demands == [3, 4]


def test_one_whose_workers_are_what_they_are_is_not_counted_for(
    store: Store, tmp_path: Path
) -> None:
    cluster = PlayedCluster("w1")
    loop = scheduler(store, cluster, tmp_path)
    submit(store, 3)
    loop.tick()
    assert cluster.demands == []


def test_a_take_that_backed_off_asks_for_a_worker_though_there_is_none(
    store: Store, tmp_path: Path
) -> None:
    cluster = PlayedCluster("w1")
    cluster.most = 4
    loop = scheduler(store, cluster, tmp_path)
    submit(store, 1)
    loop.tick()
    cluster.answer("w1", Faulted(Cause.MACHINE, "CUDA error"))
    loop.tick()
    cluster.workers.remove("w1")
    loop.tick()
    assert cluster.demands[-1] == 0, "it backs off"

    end_back_offs(store)
    loop.tick()

    assert cluster.demands[-1] == 1


def test_what_is_held_or_finds_no_room_on_the_disk_asks_for_nobody(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = PlayedCluster()
    cluster.most = 4
    loop = scheduler(store, cluster, tmp_path)
    submit(store, 2)
    loop.tick()
    holds.hold(store, "ads", "sh000", who="anna")
    loop.tick()
    assert cluster.demands == [2, 1]

    usage: Any = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 0))
    for _ in range(20):
        loop.tick()

    assert cluster.demands[-1] == 0
