"""The cluster in this process: what every cluster promises, with threads instead of actors."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from farm.cluster.inline import InlineCluster, threads_each
from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted, Made, Stopped
from farm.cluster.protocol import Cluster, Progress, Report
from farm.cluster.worker import Worker
from farm.errors import ClusterError
from pipeline.engines.protocol import Watcher
from pipeline.errors import Cause, RenderFault
from pipeline.profiles.profile import load
from pipeline.recipe import TakeOrder
from pipeline.result import Clip, Match, TakeResult, Verdict
from tests.conftest import an_order

SETTINGS = WorkerSettings(profile=load("toy"), media="/media")
RESULT = TakeResult(
    verdict=Verdict.ACCEPTED,
    match=Match(scorer="none"),
    clip=Clip(path="clips/a.mp4", sha256="b" * 64, size=1, frames=17, fps=8, width=64, height=64),
)
FAULTY = replace(an_order(), title="faulty")
Make = Callable[[TakeOrder, object, Watcher], TakeResult]
PATIENCE = 120
"""Seconds to wait for what comes."""


def making(make: Make) -> Callable[[WorkerSettings], Worker]:
    tools: Any = None
    return lambda settings: Worker(settings, load=lambda _: tools, make=make)


def at_once(*_: object) -> TakeResult:
    return RESULT


def for_ever(_order: TakeOrder, _tools: object, watcher: Watcher) -> TakeResult:
    watcher.stage("denoise")
    for step in range(1, 100_000):
        time.sleep(0.005)
        watcher.step(step, 8)
    raise AssertionError("nobody stopped it")


@contextmanager
def cluster_of(
    worker: Callable[[WorkerSettings], Worker], workers: int = 1
) -> Iterator[InlineCluster]:
    cluster = InlineCluster(SETTINGS, workers, worker)
    try:
        yield cluster
    finally:
        cluster.close(grace=PATIENCE)


def test_a_worker_computes_with_the_threads_of_its_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    seen: list[str] = []

    def load(settings: WorkerSettings) -> Worker:
        seen.append(os.environ["OMP_NUM_THREADS"])
        return making(at_once)(settings)

    with cluster_of(load) as cluster:
        wait_for(cluster.free)
    assert seen == ["1"]


def test_who_sets_the_threads_himself_is_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    with cluster_of(making(at_once)):
        assert os.environ["OMP_NUM_THREADS"] == "3"


def test_workers_share_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    wan = WorkerSettings(profile=load("wan2.2-i2v-a14b"), media="/media")
    assert [threads_each(wan, workers) for workers in (1, 2, 4, 16)] == [4, 4, 2, 1]


def wait_for(happens: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := happens():
            return value
        time.sleep(0.005)
    raise AssertionError("it never happened")


def all_free(cluster: InlineCluster) -> Sequence[str]:
    wait_for(lambda: len(cluster.free()) == cluster.size())
    return cluster.free()


def test_it_is_a_cluster() -> None:
    with cluster_of(making(at_once)) as inline:
        cluster: Cluster = inline
        assert cluster.dashboard() is None


def test_workers_are_named_and_answer_with_the_key_they_were_given() -> None:
    with cluster_of(making(at_once), workers=2) as cluster:
        assert all_free(cluster) == ["inline-1", "inline-2"]
        cluster.send("inline-2", "k7", an_order(), 60)
        assert cluster.collect(timeout=PATIENCE) == [Report("inline-2", "k7", Made(RESULT))]


def test_two_workers_render_at_the_same_time() -> None:
    together = threading.Barrier(2, timeout=PATIENCE)

    def make(*_: object) -> TakeResult:
        together.wait()
        return RESULT

    with cluster_of(making(make), workers=2) as cluster:
        for number, name in enumerate(all_free(cluster)):
            cluster.send(name, f"k{number}", an_order(), 60)
        reports: list[Report] = []
        while len(reports) < 2:
            reports += cluster.collect(timeout=PATIENCE)
        assert [report.outcome for report in reports] == [Made(RESULT)] * 2


def test_a_worker_is_free_only_once_its_model_is_loaded() -> None:
    loaded = threading.Event()

    def slow(settings: WorkerSettings) -> Worker:
        assert loaded.wait(PATIENCE)
        return making(at_once)(settings)

    with cluster_of(slow) as cluster:
        assert (cluster.free(), cluster.size()) == ([], 1)
        loaded.set()
        assert all_free(cluster) == ["inline-1"]


def test_models_are_loaded_one_after_the_other() -> None:
    loading: list[str] = []
    most: list[int] = []

    def slowly(settings: WorkerSettings) -> Worker:
        loading.append(threading.current_thread().name)
        most.append(len(loading))
        time.sleep(0.05)
        loading.pop()
        return making(at_once)(settings)

    with cluster_of(slowly, workers=3) as cluster:
        while len(cluster.free()) < 3:
            time.sleep(0.005)
    assert most == [1, 1, 1]


def test_nobody_renders_while_another_worker_reads_its_model() -> None:
    second = threading.Event()
    begun: list[WorkerSettings] = []

    def slowly(settings: WorkerSettings) -> Worker:
        begun.append(settings)
        if len(begun) == 2:
            assert second.wait(PATIENCE)
        return making(at_once)(settings)

    with cluster_of(slowly, workers=2) as cluster:
        wait_for(lambda: len(cluster.nodes()) == 1 and len(begun) == 2)
        assert cluster.free() == []
        second.set()
        assert len(all_free(cluster)) == 2


def test_a_model_is_read_anew_once_nobody_renders() -> None:
    ends, anew = threading.Event(), threading.Event()
    begun: list[WorkerSettings] = []

    def load(settings: WorkerSettings) -> Worker:
        begun.append(settings)
        if len(begun) == 3:
            anew.set()
        return making(make)(settings)

    def make(order: TakeOrder, _tools: object, _watcher: Watcher) -> TakeResult:
        if order.title == FAULTY.title:
            raise RenderFault(Cause.MACHINE, "the card fell off")
        assert ends.wait(PATIENCE)
        return RESULT

    with cluster_of(load, workers=2) as cluster:
        first, second = all_free(cluster)
        cluster.send(first, "k1", an_order(), 60)
        cluster.send(second, "k2", FAULTY, 60)
        assert [report.key for report in cluster.collect(timeout=PATIENCE)] == ["k2"]
        assert not anew.wait(0.3)
        ends.set()
        assert wait_for(lambda: [report.key for report in cluster.collect(timeout=1)]) == ["k1"]
        assert len(all_free(cluster)) == 2
    assert len(begun) == 3


def test_a_worker_is_busy_until_its_answer_is_collected() -> None:
    with cluster_of(making(at_once)) as cluster:
        cluster.send(all_free(cluster)[0], "k", an_order(), 60)
        assert cluster.free() == []
        cluster.collect(timeout=PATIENCE)
        assert cluster.free() == ["inline-1"]


def test_an_idle_cluster_waits_out_the_time_it_was_given() -> None:
    with cluster_of(making(at_once)) as cluster:
        all_free(cluster)
        start = time.monotonic()
        assert cluster.collect(timeout=0.1) == []
        assert time.monotonic() - start >= 0.1


def test_progress_tells_where_the_busy_workers_are() -> None:
    with cluster_of(making(for_ever), workers=2) as cluster:
        all_free(cluster)
        cluster.send("inline-1", "k", an_order("nike_ss27/sh020 take 3"), 60)
        found = wait_for(lambda: (at := cluster.progress().get("k")) and at.step and at)
        assert found == Progress(
            "inline-1", "k", "nike_ss27/sh020 take 3", "denoise", found.step, 8
        )


def test_a_stop_ends_one_render_and_leaves_the_other() -> None:
    with cluster_of(making(for_ever), workers=2) as cluster:
        all_free(cluster)
        cluster.send("inline-1", "k1", an_order(), 60)
        cluster.send("inline-2", "k2", an_order(), 60)
        wait_for(lambda: len(cluster.progress()) == 2)
        cluster.stop("k2")
        assert cluster.collect(timeout=PATIENCE) == [
            Report("inline-2", "k2", Stopped("asked to stop"))
        ]
        assert list(cluster.progress()) == ["k1"]


def test_a_render_lives_as_long_as_its_lease_is_extended() -> None:
    now, tools = 0.0, None
    nothing: Any = tools

    def worker(settings: WorkerSettings) -> Worker:
        return Worker(settings, load=lambda _: nothing, make=for_ever, clock=lambda: now)

    with cluster_of(worker) as cluster:
        cluster.send(all_free(cluster)[0], "k", an_order(), lease_seconds=10)
        wait_for(lambda: (at := cluster.progress().get("k")) and at.step)
        for _ in range(3):
            cluster.extend(["k"], 10)
            now += 9
            before = cluster.progress()["k"].step
            wait_for(lambda before=before: cluster.progress()["k"].step > before + 1)
        assert cluster.collect(timeout=0) == []
        now += 9
        (report,) = cluster.collect(timeout=PATIENCE)
        assert report.outcome == Stopped("its lease was not extended in time")


def cannot_load(_: WorkerSettings) -> Worker:
    raise RenderFault(Cause.FATAL, "/weights holds no model_index.json; download it again")


@pytest.mark.parametrize("ask", [InlineCluster.free, InlineCluster.trouble])
def test_a_model_that_cannot_be_loaded_is_told_in_its_sentence(
    ask: Callable[[InlineCluster], Sequence[str]],
) -> None:
    with (
        cluster_of(cannot_load, workers=2) as cluster,
        pytest.raises(
            ClusterError, match=r"no worker can start: /weights holds no model_index\.json"
        ),
    ):
        wait_for(lambda: ask(cluster) and None)


def test_one_worker_that_cannot_load_does_not_keep_the_other_from_working() -> None:
    first = iter([cannot_load])

    with cluster_of(lambda s: next(first, making(at_once))(s), workers=2) as cluster:
        (name,) = wait_for(cluster.free)
        (sentence,) = wait_for(cluster.trouble)
        assert "download it again" in sentence
        assert name not in sentence


def test_after_a_machine_fault_the_worker_is_loaded_anew() -> None:
    loads: list[WorkerSettings] = []

    def broken(*_: object) -> TakeResult:
        raise RenderFault(Cause.MACHINE, "CUDA error: an illegal memory access")

    def worker(settings: WorkerSettings) -> Worker:
        loads.append(settings)
        return making(broken if len(loads) == 1 else at_once)(settings)

    with cluster_of(worker) as cluster:
        cluster.send(all_free(cluster)[0], "k1", an_order(), 60)
        (report,) = cluster.collect(timeout=PATIENCE)
        assert report.outcome == Faulted(Cause.MACHINE, "CUDA error: an illegal memory access")
        cluster.send(all_free(cluster)[0], "k2", an_order(), 60)
        assert cluster.collect(timeout=PATIENCE) == [Report("inline-1", "k2", Made(RESULT))]
        assert len(loads) == 2


def test_closing_ends_what_still_renders() -> None:
    with cluster_of(making(for_ever)) as cluster:
        cluster.send(all_free(cluster)[0], "k", an_order(), 60)
        wait_for(cluster.progress)
        cluster.close(grace=PATIENCE)  # the render would outlast it
        (report,) = cluster.collect(timeout=0)
        assert isinstance(report.outcome, Stopped)


def test_a_render_that_hangs_is_left_behind_and_a_fresh_worker_goes_on() -> None:
    hangs, goes_on = threading.Event(), threading.Event()

    def hanging(order: TakeOrder, *_: object) -> TakeResult:
        if order.title == "stuck":
            hangs.set()
            assert goes_on.wait(PATIENCE)
        return RESULT

    with cluster_of(making(hanging)) as cluster:
        cluster.send(all_free(cluster)[0], "stuck", an_order("stuck"), 60)
        assert hangs.wait(PATIENCE)

        cluster.replace("stuck")

        cluster.send(all_free(cluster)[0], "next", an_order(), 60)
        assert cluster.collect(timeout=PATIENCE) == [Report("inline-1", "next", Made(RESULT))]
        goes_on.set()
        assert cluster.collect(timeout=0.1) == [], "the given-up render was heard after all"


def test_a_retired_worker_is_gone_until_it_is_restored() -> None:
    with cluster_of(making(at_once), workers=2) as cluster:
        all_free(cluster)
        cluster.retire("inline-1")
        assert (cluster.free(), cluster.size()) == (["inline-2"], 1)
        assert list(cluster.nodes()) == ["inline-2"]

        cluster.restore("inline-1")

        assert len(all_free(cluster)) == 2


def test_a_drained_machine_gets_nothing_until_it_is_no_longer_drained() -> None:
    with cluster_of(making(at_once)) as cluster:
        all_free(cluster)
        (here,) = cluster.nodes().values()
        cluster.avoid([here])
        assert cluster.free() == []
        cluster.avoid(["another"])
        assert cluster.free() == ["inline-1"]
        assert cluster.leaving() == {}
