"""Workers of two ranks on one Ray cluster: bits of one rank, one fate, and a place that is given back."""

import hashlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted, Made, Stopped
from farm.cluster.protocol import Report
from farm.cluster.ray.cluster import RayCluster
from farm.cluster.ray.connect import connect
from farm.cluster.ray.session import Session
from farm.cluster.worker import Worker
from pipeline.engines.protocol import Watcher
from pipeline.errors import Cause
from pipeline.profiles.profile import load
from pipeline.recipe import TakeOrder
from pipeline.result import TakeResult
from tests import rank_process
from tests.conftest import a_result, an_order

pytestmark = [
    pytest.mark.filterwarnings("default"),  # Ray's own code warns
    pytest.mark.timeout(900),  # processes that load torch, one group after the other
]

TOY = load("toy")
LONG = 4_000
"""Steps of a render that no test waits for."""


def make(order: TakeOrder, tools: Any, watcher: Watcher) -> TakeResult:
    """The frames themselves, by their checksum: no clip is written."""
    engine, recipe = tools.engine, order.recipe
    watcher.stage("denoise")
    text = engine.encode_text(recipe.prompt, recipe.negative)
    frames = engine.decode(
        engine.denoise(rank_process.a_picture(), text, recipe, watcher.step, None)
    )
    return a_result(f"{hashlib.sha256(frames.tobytes()).hexdigest()} {type(engine).__name__}")


def worker(settings: WorkerSettings) -> Worker:
    return Worker(settings, make=make)


def of_ranks(count: int, folder: Path) -> WorkerSettings:
    section = TOY.worker.model_copy(update={"ranks": count})
    return WorkerSettings(profile=TOY.model_copy(update={"worker": section}), media=str(folder))


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    found = connect(None, dashboard=False, cpus=2)
    from ray import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    cloudpickle.register_pickle_by_value(rank_process)
    yield found
    found.close()


Start = Callable[..., RayCluster]


@pytest.fixture
def start(session: Session, tmp_path: Path) -> Iterator[Start]:
    clusters: list[RayCluster] = []

    def started(ranks: int) -> RayCluster:
        made = RayCluster(of_ranks(ranks, tmp_path), workers=1, worker=worker)
        clusters.append(made)
        return made

    yield started
    for each in clusters:
        each.close(grace=0)
    wait_for(lambda: not held_places())


def held_places() -> list[str]:
    """States of placement groups that are not given back."""
    from ray.util import placement_group_table

    states = [each["state"] for each in placement_group_table().values()]
    return [each for each in states if each != "REMOVED"]


def wait_for(happens: Callable[[], Any], seconds: float = 200) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := happens():
            return value
        time.sleep(0.02)
    raise AssertionError("it never happened")


def a_free_one(cluster: RayCluster) -> str:
    return wait_for(cluster.free)[0]


def answer(cluster: RayCluster) -> Report:
    return wait_for(lambda: cluster.collect(0.2))[0]


def frames_of(cluster: RayCluster, key: str) -> tuple[str, str]:
    """Checksum of the frames, and the kind of the engine that made them."""
    order = an_order(**{
        name: getattr(rank_process.RECIPE, name)
        for name in ("prompt", "negative", "seed", "steps", "cfg_high", "cfg_low", "frames")
    })  # fmt: skip
    cluster.send(a_free_one(cluster), key, order, 600)
    outcome = answer(cluster).outcome
    assert isinstance(outcome, Made), outcome
    checksum, engine = outcome.result.clip.path.split()
    return checksum, engine


def in_a_step(cluster: RayCluster, key: str) -> None:
    wait_for(lambda: (at := cluster.progress().get(key)) and at.step)


def follower() -> int:
    """The process of rank 1, below this one."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            called = (folder / "cmdline").read_bytes()
            if called.startswith(b"ray::Follower") and _is_below_this(int(folder.name)):
                return int(folder.name)
        except OSError:
            continue
    return 0


def _is_below_this(process: int) -> bool:
    while process > 1 and process != os.getpid():
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return process == os.getpid()


def test_two_ranks_make_the_frames_of_one(start: Start) -> None:
    alone = start(1)
    checksum, engine = frames_of(alone, "1.1")
    assert engine == "WanEngine"
    alone.close(grace=0)

    cluster = start(2)
    assert frames_of(cluster, "2.1") == (checksum, "RankedEngine")
    assert held_places()
    cluster.close(grace=0)
    wait_for(lambda: not held_places())


def test_a_rank_that_dies_takes_its_worker_along_and_its_place_is_given_back(start: Start) -> None:
    cluster = start(2)
    cluster.send(a_free_one(cluster), "1.1", an_order(steps=LONG), 600)
    in_a_step(cluster, "1.1")
    os.kill(wait_for(follower), signal.SIGKILL)
    outcome = answer(cluster).outcome
    assert isinstance(outcome, Faulted)
    assert outcome.cause is Cause.MACHINE
    wait_for(lambda: not held_places())

    cluster.send(a_free_one(cluster), "1.2", an_order(steps=LONG), 600)  # on ranks that are new
    in_a_step(cluster, "1.2")
    cluster.stop("1.2")
    assert isinstance(answer(cluster).outcome, Stopped)
    idle = a_free_one(cluster)
    os.kill(wait_for(follower), signal.SIGKILL)
    wait_for(lambda: idle not in cluster.free())
    assert cluster.collect(0.0) == [], "it cost nobody an attempt"
    assert a_free_one(cluster) == idle
