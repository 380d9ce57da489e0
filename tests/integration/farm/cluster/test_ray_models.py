"""Workers of a Ray cluster change the models they hold: in place, by a fresh actor, or not at all."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Made
from farm.cluster.protocol import Report
from farm.cluster.ray import actor
from farm.cluster.ray.cluster import RayCluster
from farm.cluster.ray.connect import connect
from farm.cluster.ray.refs import finished
from farm.cluster.ray.session import Session
from farm.cluster.worker import Worker
from farm.domain.model_changes import Queue
from pipeline.engines.protocol import Watcher
from pipeline.errors import Cause, RenderFault
from pipeline.profiles.profile import Profile, load
from pipeline.recipe import TakeOrder
from pipeline.result import TakeResult
from pipeline.scoring.protocol import Scorer
from tests.conftest import a_result, an_order

pytestmark = pytest.mark.filterwarnings("default")  # Ray's own code warns

TOY, DRAFT = load("toy"), load("toy-draft")
LEASE = 900
"""Seconds, longer than any test lasts."""


def wants(profile: Profile, **changes: Any) -> WorkerSettings:
    return WorkerSettings(profile=profile, media="/media", **changes)


def tells_who(settings: WorkerSettings) -> Worker:
    """Its takes name the process and the model that made them."""
    tools: Any = None

    def make(order: TakeOrder, _tools: object, watcher: Watcher) -> TakeResult:
        watcher.stage("denoise")
        return a_result(f"{settings.profile.name} {os.getpid()}")

    return Worker(settings, load=lambda _: tools, make=make)


def loads_drafts_by(gate: Path) -> Callable[[WorkerSettings], Worker]:
    """The same; it has the model of the drafts once the gate is there."""

    def loaded(settings: WorkerSettings) -> Worker:
        while settings.profile.name == "toy-draft" and not gate.exists():
            time.sleep(0.02)
        return tells_who(settings)

    return loaded


def renders_by(gate: Path) -> Callable[[WorkerSettings], Worker]:
    """The same; its takes are made once the gate is there."""
    tools: Any = None

    def worker(settings: WorkerSettings) -> Worker:
        def make(order: TakeOrder, _tools: object, watcher: Watcher) -> TakeResult:
            while not gate.exists():
                time.sleep(0.02)
            return a_result(f"{settings.profile.name} {os.getpid()}")

        return Worker(settings, load=lambda _: tools, make=make)

    return worker


def has_no_drafts(settings: WorkerSettings) -> Worker:
    if settings.profile.name == "toy-draft":
        raise RenderFault(Cause.FATAL, "the weights of the drafts are not here")
    return tells_who(settings)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    found = connect(None, dashboard=False, cpus=2)
    from ray import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    yield found
    found.close()


@pytest.fixture
def start(session: Session) -> Iterator[Callable[..., RayCluster]]:
    clusters: list[RayCluster] = []

    def started(*profiles: WorkerSettings, workers: int = 1, **options: Any) -> RayCluster:
        first, *also = profiles or (wants(TOY), wants(DRAFT))
        made = RayCluster(first, also=also, workers=workers, **{"worker": tells_who, **options})
        clusters.append(made)
        return made

    yield started
    for each in clusters:
        each.close(grace=0)


Start = Callable[..., RayCluster]


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


def made_by(cluster: RayCluster, worker: str, key: str) -> tuple[str, str]:
    """The model and the process that made a take."""
    cluster.send(worker, key, an_order(), LEASE)
    outcome = answer(cluster).outcome
    assert isinstance(outcome, Made), outcome
    model, process = outcome.result.clip.path.split()
    return model, process


def test_a_worker_changes_its_model_in_its_process(start: Start, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    cluster = start(worker=loads_drafts_by(gate))
    worker = a_free_one(cluster)
    first = made_by(cluster, worker, "1.1")
    cluster.change(worker, "toy-draft")
    assert (list(cluster.free()), cluster.models().loading) == ([], {worker})
    gate.touch()
    assert a_free_one(cluster) == worker
    second = made_by(cluster, worker, "2.1")
    assert (first[0], second[0]) == ("toy", "toy-draft")
    assert first[1] == second[1]
    assert cluster.models().holds == {worker: "toy-draft"}
    assert set(cluster.models().load_seconds) == {"toy", "toy-draft"}


def test_a_worker_that_is_told_to_change_while_it_renders_finishes_first(
    start: Start, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    cluster = start(worker=renders_by(gate))
    worker = a_free_one(cluster)
    cluster.send(worker, "1.1", an_order(), LEASE)
    cluster.change(worker, "toy-draft")
    assert list(cluster.free()) == []
    gate.touch()
    outcome = answer(cluster).outcome
    assert isinstance(outcome, Made)
    assert outcome.result.clip.path.startswith("toy ")
    assert made_by(cluster, a_free_one(cluster), "2.1")[0] == "toy-draft"


def test_a_model_that_does_not_leave_the_memory_is_left_with_its_process(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Any, settings: WorkerSettings) -> actor.StillFull:
        return actor.StillFull()

    from farm.cluster.ray import renderers

    monkeypatch.setattr(actor.Renderer, "change", full)
    renderers._renderer.cache_clear()
    from ray import cloudpickle

    cloudpickle.register_pickle_by_value(actor)
    try:
        cluster = start()
        worker = a_free_one(cluster)
        first = made_by(cluster, worker, "1.1")
        cluster.change(worker, "toy-draft")
        second = made_by(cluster, a_free_one(cluster), "2.1")
    finally:
        cloudpickle.unregister_pickle_by_value(actor)
        renderers._renderer.cache_clear()
    assert (first[0], second[0]) == ("toy", "toy-draft")
    assert first[1] != second[1]
    assert cluster.trouble() == []


def test_a_worker_that_cannot_load_another_model_goes_back_to_its_own(start: Start) -> None:
    cluster = start(worker=has_no_drafts)
    worker = a_free_one(cluster)
    cluster.change(worker, "toy-draft")
    told = wait_for(lambda: cluster.models().given_up or (cluster.free() and None))
    assert told == {
        "toy-draft": "toy-draft cannot be loaded: the weights of the drafts are not here"
    }
    assert cluster.trouble() == list(told.values())
    assert made_by(cluster, a_free_one(cluster), "1.1")[0] == "toy"
    assert cluster.models().holds == {worker: "toy"}


def test_a_new_worker_whose_model_cannot_be_loaded_takes_another(start: Start) -> None:
    cluster = start(wants(DRAFT), wants(TOY), worker=has_no_drafts)
    assert made_by(cluster, a_free_one(cluster), "1.1")[0] == "toy"
    assert set(cluster.models().given_up) == {"toy-draft"}


def test_one_broken_machine_takes_no_model_from_the_others(start: Start, tmp_path: Path) -> None:
    flag = tmp_path / "broken"

    def first_is_broken(settings: WorkerSettings) -> Worker:
        try:
            flag.touch(exist_ok=False)
        except FileExistsError:
            return tells_who(settings)
        raise RenderFault(Cause.FATAL, "the weights are not on this machine")

    cluster = start(workers=2, worker=first_is_broken)
    wait_for(lambda: "the weights are not on this machine" in " ".join(cluster.trouble()))
    worker = a_free_one(cluster)
    assert cluster.models().given_up == {}
    assert made_by(cluster, worker, "1.1")[0] == "toy"


def test_a_machine_that_is_too_small_for_one_model_keeps_the_other(start: Start) -> None:
    cluster = start(wants(TOY), wants(DRAFT, gpu_memory_gb=80))
    worker = a_free_one(cluster)
    cluster.change(worker, "toy-draft")
    unfit = wait_for(lambda: cluster.models().unfit or (cluster.free() and None))
    assert unfit == {"toy-draft": frozenset({os.uname().nodename})}
    assert made_by(cluster, a_free_one(cluster), "1.1")[0] == "toy"


def test_two_workers_that_hear_at_once_that_a_model_does_not_fit_take_another(
    start: Start,
) -> None:
    """The first one's answer gives the model up for both."""
    cluster = start(wants(DRAFT, gpu_memory_gb=80), wants(TOY), workers=2)
    finished([slot.loading for slot in cluster._slots.values()], timeout=90)
    wait_for(lambda: len(cluster.free()) == 2)
    assert set(cluster.models().holds.values()) == {"toy"}
    assert set(cluster.models().given_up) == {"toy-draft"}


def test_new_workers_load_what_waits(start: Start) -> None:
    queue = Queue(waiting=10, take_seconds=10, load_seconds=10)
    cluster = start(workers=2, waiting={"toy": queue, "toy-draft": queue})
    assert sorted(cluster.models().holds.values()) in (["toy", "toy-draft"], [], ["toy"])
    wait_for(lambda: len(cluster.free()) == 2)
    assert sorted(cluster.models().holds.values()) == ["toy", "toy-draft"]


def test_a_worker_that_dies_keeps_the_model_that_it_changed_to(start: Start) -> None:
    cluster = start()
    worker = a_free_one(cluster)
    cluster.change(worker, "toy-draft")
    _, process = made_by(cluster, a_free_one(cluster), "1.1")
    os.kill(int(process), 9)
    wait_for(lambda: not cluster.free())
    model, other = made_by(cluster, a_free_one(cluster), "2.1")
    assert (model, other != process) == ("toy-draft", True)


class Named:
    """A scorer that is called as its profile wants."""

    def __init__(self, name: str) -> None:
        self.name = name


def its_judge(settings: WorkerSettings) -> Worker:
    """Its takes name the scorer that judges for its model."""
    assert settings.judge is not None
    scorer, tools = settings.judge(), None
    name = scorer.name

    def make(order: TakeOrder, _tools: object, watcher: Watcher) -> TakeResult:
        return a_result(f"{name} {os.getpid()}")

    given: Any = tools
    return Worker(settings, load=lambda _: given, make=make)


def test_each_profile_has_the_judge_of_its_own_match(start: Start) -> None:
    def own(profile: Profile, threshold: float) -> WorkerSettings:
        match = profile.match.model_copy(update={"where": "own", "threshold": threshold})
        return wants(profile.model_copy(update={"match": match}))

    def scorer(settings: WorkerSettings) -> Scorer:
        judge: Any = Named(f"at-{settings.profile.match.threshold:g}")
        return judge

    cluster = start(own(TOY, 0.5), own(DRAFT, 0.7), worker=its_judge, scorer=scorer)
    worker = a_free_one(cluster)
    assert made_by(cluster, worker, "1.1")[0] == "at-0.5"
    cluster.change(worker, "toy-draft")
    assert made_by(cluster, a_free_one(cluster), "2.1")[0] == "at-0.7"
