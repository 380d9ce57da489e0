"""The cluster in this process with waves of takes: who gets one, and what ends with what."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from farm.cluster.inline import InlineCluster
from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted, Lost, Made, Outcome, Stopped
from farm.cluster.protocol import Report
from farm.cluster.worker import BESIDE, Worker
from pipeline import take
from pipeline.engines.protocol import Watcher
from pipeline.errors import Cause, RenderFault
from pipeline.recipe import TakeOrder
from tests.conftest import an_order
from tests.played_tools import in_waves
from tests.unit.farm.cluster.test_inline_tails import (
    PATIENCE,
    RESULT,
    Parts,
    in_stage,
    reports,
    wait_for,
)


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Parts:
    played = Parts()
    monkeypatch.setattr(take, "render", played.render)
    monkeypatch.setattr(take, "finish", played.finish)
    return played


@contextmanager
def a_cluster(
    workers: int = 1, wave: int = 2, load: Callable[[], None] = lambda: None
) -> Iterator[InlineCluster]:
    """`load` is called for each worker that loads."""
    settings, tools = WorkerSettings(profile=in_waves(wave), media="/media"), None

    def worker(settings: WorkerSettings) -> Worker:
        load()
        nothing: Any = tools
        return Worker(settings, load=lambda _: nothing)

    cluster = InlineCluster(settings, workers, worker)
    try:
        wait_for(lambda: len(cluster.free()) == workers)
        yield cluster
    finally:
        cluster.close(grace=PATIENCE)


def send(cluster: InlineCluster, name: str, lease_seconds: float = 60) -> str:
    """To the worker that is named first, which is told."""
    worker = wait_for(cluster.free)[0]
    cluster.send(worker, name, an_order(name), lease_seconds)
    return worker


def begin(cluster: InlineCluster, parts: Parts, *names: str) -> list[threading.Event]:
    """All are in their denoise, and go on when what this gives is set."""
    gates = [parts.hold("render", name) for name in names]
    for name in names:
        send(cluster, name)
    for name in names:
        in_stage(cluster, name, "denoise")
    return gates


def outcomes(cluster: InlineCluster, number: int) -> dict[str, Outcome]:
    told = reports(cluster, number)
    assert len(told) == number, "an attempt was told of twice"
    return {report.key: report.outcome for report in told}


def test_a_worker_is_given_as_many_takes_as_a_wave_has_and_no_more(parts: Parts) -> None:
    with a_cluster(wave=3) as cluster:
        gates = begin(cluster, parts, "one", "two", "three")
        assert cluster.free() == []
        assert {at.worker for at in cluster.progress().values()} == {"inline-1"}
        gates[1].set()
        assert reports(cluster) == [Report("inline-1", "two", Made(RESULT))]
        assert cluster.free() == ["inline-1"]


def test_no_worker_gets_a_second_take_while_another_has_none(parts: Parts) -> None:
    names = ["one", "two", "three", "four", "five", "six"]
    for name in names:
        parts.hold("render", name)
    with a_cluster(workers=3) as cluster:
        got = [send(cluster, name) for name in names]
        assert len(set(got[:3])) == 3
        assert got[3:] == got[:3]
        assert cluster.free() == []


def test_a_stop_and_a_lease_are_each_takes_own(parts: Parts) -> None:
    with a_cluster(wave=3) as cluster:
        _, _, gate = begin(cluster, parts, "one", "two", "three")
        cluster.stop("one")
        cluster.extend(["two"], -1)
        told = outcomes(cluster, 2)
        assert told["one"] == Stopped("asked to stop")
        assert told["two"] == Stopped("its lease was not extended in time")
        gate.set()
        assert outcomes(cluster, 1) == {"three": Made(RESULT)}


def test_the_worker_that_failed_is_loaded_anew_when_the_rest_of_its_wave_has_ended(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads, ends = threading.Semaphore(0), threading.Event()
    fault = parts.fault["one"] = RenderFault(Cause.MACHINE, "CUDA error")

    def render(order: TakeOrder, tools: object, watcher: Watcher) -> take.Rendered:
        if order.title == "two":
            watcher.stage("denoise")
            assert ends.wait(PATIENCE)
            watcher.step(1, 8)
        return parts.render(order, tools, watcher)

    monkeypatch.setattr(take, "render", render)
    with a_cluster(load=loads.release) as cluster:
        assert loads.acquire(timeout=PATIENCE)
        gate = parts.hold("render", "one")
        send(cluster, "one")
        send(cluster, "two")
        in_stage(cluster, "two", "denoise")
        gate.set()
        assert outcomes(cluster, 1) == {"one": Faulted(fault.cause, fault.sentence)}
        assert not loads.acquire(timeout=0.2), "two models were loaded at once"
        ends.set()
        assert outcomes(cluster, 1) == {"two": Stopped(BESIDE)}
        send(cluster, "three")
        assert outcomes(cluster, 1) == {"three": Made(RESULT)}
        assert loads.acquire(timeout=PATIENCE)


def test_a_worker_that_is_given_up_for_one_take_loses_the_others_and_says_so(parts: Parts) -> None:
    with a_cluster(wave=3) as cluster:
        gates = begin(cluster, parts, "one", "two", "three")
        cluster.replace("two")
        lost = Lost("inline-1 was replaced: another take was stuck on it")
        assert outcomes(cluster, 2) == dict.fromkeys(("one", "three"), lost)
        for gate in gates:
            gate.set()
        send(cluster, "four")
        assert outcomes(cluster, 1) == {"four": Made(RESULT)}


def test_a_retired_worker_and_one_on_a_drained_machine_finish_their_wave(parts: Parts) -> None:
    with a_cluster() as cluster:
        gates = begin(cluster, parts, "one", "two")
        cluster.avoid(cluster.nodes().values())
        cluster.retire("inline-1")
        for gate in gates:
            gate.set()
        assert outcomes(cluster, 2) == dict.fromkeys(("one", "two"), Made(RESULT))
        assert cluster.free() == []


def test_a_cluster_that_closes_stops_all_takes_of_a_wave(parts: Parts) -> None:
    with a_cluster() as cluster:
        begin(cluster, parts, "one", "two")
        cluster.close(grace=PATIENCE)
        assert outcomes(cluster, 2) == dict.fromkeys(("one", "two"), Stopped("asked to stop"))
