"""Workers in this process change the models they hold."""

import concurrent.futures as futures
import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from farm.cluster.inline import InlineCluster
from farm.cluster.inline_slot import Job
from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import FramesMade, Made, Outcome
from farm.cluster.worker import Worker
from farm.domain.model_changes import Queue
from pipeline.errors import Cause, RenderFault
from pipeline.profiles.profile import load
from pipeline.recipe import TakeOrder
from pipeline.result import TakeResult
from tests.conftest import a_result, an_order
from tests.unit.farm.cluster.test_inline_cluster import PATIENCE, wait_for

TOY, DRAFT = (WorkerSettings(profile=load(each), media="/media") for each in ("toy", "toy-draft"))


class Model:
    """What is to leave the memory."""


class Loads:
    """Makes workers whose takes name the model that they hold, and knows which models are still there."""

    def __init__(self) -> None:
        self.fails = False
        self.there: list[tuple[str, weakref.ref[Model]]] = []

    def __call__(self, settings: WorkerSettings) -> Worker:
        name = settings.profile.name
        if self.fails and name == "toy-draft":
            raise RenderFault(Cause.FATAL, "the weights of the drafts are not here")
        gc.collect()
        self.at_load = [each for each, model in self.there if model() is not None]
        model: Any = Model()
        self.there.append((name, weakref.ref(model)))

        def make(order: TakeOrder, _tools: object, _watcher: object) -> TakeResult:
            return a_result(name)

        return Worker(settings, load=lambda _: model, make=make)


@pytest.fixture
def loads() -> Loads:
    return Loads()


@pytest.fixture
def cluster(loads: Loads) -> Iterator[InlineCluster]:
    made = InlineCluster(TOY, 1, loads, also=[DRAFT])
    yield made
    made.close(grace=PATIENCE)


def made_by(cluster: InlineCluster, key: str) -> str:
    wait_for(cluster.free)
    cluster.send("inline-1", key, an_order(), 60)
    (report,) = wait_for(lambda: cluster.collect(0.2))
    assert isinstance(report.outcome, Made)
    return report.outcome.result.clip.path


def test_a_worker_changes_its_model_and_the_old_one_leaves_the_memory_first(
    cluster: InlineCluster, loads: Loads
) -> None:
    assert made_by(cluster, "1.1") == "toy"
    cluster.change("inline-1", "toy-draft")
    assert made_by(cluster, "2.1") == "toy-draft"
    assert loads.at_load == [], "both at once may be more than the memory holds"
    assert cluster.models().holds == {"inline-1": "toy-draft"}
    assert set(cluster.models().load_seconds) == {"toy", "toy-draft"}


def test_a_profile_whose_model_cannot_be_loaded_is_given_up(
    cluster: InlineCluster, loads: Loads
) -> None:
    assert made_by(cluster, "1.1") == "toy"
    loads.fails = True
    cluster.change("inline-1", "toy-draft")
    assert made_by(cluster, "2.1") == "toy"
    told = "toy-draft cannot be loaded: the weights of the drafts are not here"
    assert cluster.models().given_up == {"toy-draft": told}
    assert cluster.trouble() == [told]


def test_a_model_that_cannot_be_loaded_ends_no_run_whoever_hears_of_it_first(
    cluster: InlineCluster, loads: Loads
) -> None:
    assert made_by(cluster, "1.1") == "toy"
    loads.fails = True
    cluster.change("inline-1", "toy-draft")
    wait_for(lambda: cluster._slots[0].worker.done())
    assert cluster.trouble() == [
        "toy-draft cannot be loaded: the weights of the drafts are not here"
    ]
    assert made_by(cluster, "2.1") == "toy"


def test_no_model_is_loaded_beside_frames_whose_tail_has_not_begun(loads: Loads) -> None:
    cluster = InlineCluster(TOY, 2, loads, also=[DRAFT])
    try:
        wait_for(lambda: len(cluster.free()) == 2)
        made: futures.Future[Outcome | FramesMade] = futures.Future()
        made.set_result(FramesMade())
        slot = cluster._slots[0]
        job = Job("1.1", slot.worker.result(), made)
        slot.attempts.render(job)
        cluster.change("inline-2", "toy-draft")
        assert not futures.wait([cluster._slots[1].worker], timeout=0.5).done
        slot.attempts.end(job)
        wait_for(lambda: len(cluster.free()) == 2)
    finally:
        cluster.close(grace=PATIENCE)


def test_workers_load_at_first_what_waits(loads: Loads) -> None:
    queue = Queue(waiting=10, take_seconds=10, load_seconds=10)
    waiting = {"toy": queue, "toy-draft": queue}
    cluster = InlineCluster(TOY, 2, loads, also=[DRAFT], waiting=waiting)
    try:
        assert sorted(cluster.models().holds.values()) == ["toy", "toy-draft"]
    finally:
        cluster.close(grace=PATIENCE)
