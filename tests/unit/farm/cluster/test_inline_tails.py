"""The cluster in this process with takes in two parts: whose turn it is, and what ends with what."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from farm.cluster.inline import InlineCluster
from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted, Lost, Made, Stopped
from farm.cluster.protocol import Report
from farm.cluster.worker import BESIDE, Worker
from pipeline import take
from pipeline.engines.protocol import Watcher
from pipeline.errors import Cause, RenderFault
from pipeline.profiles.profile import load
from pipeline.recipe import TakeOrder
from pipeline.result import TakeResult
from tests.conftest import a_result, an_order

SETTINGS = WorkerSettings(profile=load("toy"), media="/media")
RESULT = a_result("clips/a.mp4")
PATIENCE = 120


class Parts:
    """Takes in two parts that go on when a test lets them, told apart by their titles."""

    def __init__(self) -> None:
        self.begun: list[tuple[str, str]] = []
        """Part and title, in their order."""
        self.fault: dict[str, RenderFault] = {}
        """What a render fails of, by title."""
        self._gates: dict[tuple[str, str], threading.Event] = {}

    def hold(self, part: str, title: str) -> threading.Event:
        """That part of that take goes on when this is set."""
        return self._gates.setdefault((part, title), threading.Event())

    def render(self, order: TakeOrder, _tools: object, watcher: Watcher) -> take.Rendered:
        watcher.stage("denoise")
        self._pass("render", order.title, watcher)
        if fault := self.fault.get(order.title):
            raise fault
        nothing: Any = None
        return take.Rendered(order, nothing, nothing, nothing, (), "", {})

    def finish(self, rendered: take.Rendered, _tools: object, watcher: Watcher) -> TakeResult:
        watcher.stage("score")
        self._pass("tail", rendered.order.title, watcher)
        watcher.stage("encode")
        return RESULT

    def _pass(self, part: str, title: str, watcher: Watcher) -> None:
        self.begun.append((part, title))
        gate = self._gates.get((part, title))
        deadline = time.monotonic() + PATIENCE
        while gate is not None and not gate.wait(0.01):
            assert time.monotonic() < deadline
            if part == "render":
                watcher.step(1, 8)


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Parts:
    played = Parts()
    monkeypatch.setattr(take, "render", played.render)
    monkeypatch.setattr(take, "finish", played.finish)
    return played


@contextmanager
def a_cluster(clock: Callable[[], float] = time.monotonic) -> Iterator[InlineCluster]:
    tools: Any = None
    cluster = InlineCluster(
        SETTINGS, 1, lambda settings: Worker(settings, load=lambda _: tools, clock=clock)
    )
    try:
        wait_for(cluster.free)
        yield cluster
    finally:
        cluster.close(grace=PATIENCE)


def wait_for(happens: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := happens():
            return value
        time.sleep(0.005)
    raise AssertionError("it never happened")


def reports(cluster: InlineCluster, number: int = 1) -> Sequence[Report]:
    told: list[Report] = []
    wait_for(lambda: told.extend(cluster.collect(0.05)) or len(told) >= number)
    return told


def in_stage(cluster: InlineCluster, key: str, stage: str) -> None:
    """Waits until the take is there; what the workers answer meanwhile must be nothing to tell."""

    def there() -> bool:
        assert cluster.collect(0.0) == []
        return key in (at := cluster.progress()) and at[key].stage == stage

    wait_for(there)


def send(cluster: InlineCluster, name: str, lease_seconds: float = 60) -> None:
    (worker,) = wait_for(cluster.free)
    cluster.send(worker, name, an_order(name), lease_seconds)


def test_a_worker_is_free_while_the_tail_of_its_take_runs(parts: Parts) -> None:
    tail = parts.hold("tail", "one")
    with a_cluster() as cluster:
        send(cluster, "one")
        in_stage(cluster, "one", "score")
        parts.hold("render", "two")
        send(cluster, "two")
        in_stage(cluster, "two", "denoise")
        assert [(at.key, at.worker) for at in cluster.progress().values()] == [
            ("one", "inline-1"),
            ("two", "inline-1"),
        ]
        assert cluster.free() == []
        tail.set()
        assert reports(cluster) == [Report("inline-1", "one", Made(RESULT))]
        assert cluster.free() == [], "the render was forgotten"


def test_with_two_takes_that_wait_for_their_clips_a_worker_gets_no_third(parts: Parts) -> None:
    tail = parts.hold("tail", "one")
    with a_cluster() as cluster:
        send(cluster, "one")
        in_stage(cluster, "one", "score")
        send(cluster, "two")
        in_stage(cluster, "two", "waiting")
        assert cluster.free() == []
        tail.set()
        assert [each.key for each in reports(cluster, 2)] == ["one", "two"]
        assert cluster.free() == ["inline-1"]
    order = [("render", "one"), ("tail", "one"), ("render", "two"), ("tail", "two")]
    assert parts.begun == order


def test_a_stop_ends_the_tail_and_leaves_the_render(parts: Parts) -> None:
    tail = parts.hold("tail", "one")
    with a_cluster() as cluster:
        send(cluster, "one")
        in_stage(cluster, "one", "score")
        parts.hold("render", "two")
        send(cluster, "two")
        in_stage(cluster, "two", "denoise")
        cluster.stop("one")
        tail.set()
        assert reports(cluster) == [Report("inline-1", "one", Stopped("asked to stop"))]
        assert list(cluster.progress()) == ["two"]


def test_a_tail_lives_as_long_as_its_lease_is_extended(parts: Parts) -> None:
    tail, now = parts.hold("tail", "one"), 0.0
    with a_cluster(clock=lambda: now) as cluster:
        send(cluster, "one", lease_seconds=10)
        in_stage(cluster, "one", "score")
        for _ in range(3):
            now += 9
            cluster.extend(["one"], 10)
        tail.set()
        assert reports(cluster) == [Report("inline-1", "one", Made(RESULT))]


def test_after_a_machine_fault_both_takes_are_told_of_and_the_worker_is_loaded_anew(
    parts: Parts,
) -> None:
    tail, render = parts.hold("tail", "one"), parts.hold("render", "two")
    fault = parts.fault["two"] = RenderFault(Cause.MACHINE, "CUDA error")
    with a_cluster() as cluster:
        send(cluster, "one")
        in_stage(cluster, "one", "score")
        send(cluster, "two")
        in_stage(cluster, "two", "denoise")
        render.set()
        assert reports(cluster) == [Report("inline-1", "two", Faulted(fault.cause, fault.sentence))]
        tail.set()
        assert reports(cluster) == [Report("inline-1", "one", Stopped(BESIDE))]
        send(cluster, "three")
        assert reports(cluster) == [Report("inline-1", "three", Made(RESULT))]


def test_a_worker_that_is_given_up_for_one_take_loses_the_other_and_says_so(parts: Parts) -> None:
    tail = parts.hold("tail", "one")
    with a_cluster() as cluster:
        send(cluster, "one")
        in_stage(cluster, "one", "score")
        parts.hold("render", "two")
        send(cluster, "two")
        in_stage(cluster, "two", "denoise")
        cluster.replace("two")
        lost = Lost("inline-1 was replaced: another take was stuck on it")
        assert reports(cluster) == [Report("inline-1", "one", lost)]
        tail.set()
        send(cluster, "three")
        assert reports(cluster) == [Report("inline-1", "three", Made(RESULT))]


def test_a_retired_worker_finishes_what_it_has(parts: Parts) -> None:
    tail = parts.hold("tail", "one")
    with a_cluster() as cluster:
        send(cluster, "one")
        in_stage(cluster, "one", "score")
        cluster.retire("inline-1")
        assert cluster.free() == []
        tail.set()
        assert reports(cluster) == [Report("inline-1", "one", Made(RESULT))]


def test_frames_that_are_made_while_the_cluster_closes_are_told_as_lost(parts: Parts) -> None:
    render = parts.hold("render", "one")
    with a_cluster() as cluster:
        send(cluster, "one")
        in_stage(cluster, "one", "denoise")
        render.set()
        wait_for(lambda: cluster.progress()["one"].stage == "waiting")
        cluster.close(grace=PATIENCE)
        lost = Lost("inline-1 was ended before the clip was sealed")
        assert cluster.collect(PATIENCE) == [Report("inline-1", "one", lost)]
