"""The worker: whatever happens to a take, it answers; and it ends by itself when its lease does."""

from collections.abc import Callable
from typing import Any

import pytest

from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted, Made, Position, Rejected, Stopped
from farm.cluster.worker import Worker
from pipeline.engines.protocol import Watcher
from pipeline.errors import Cause, RenderFault, ShotRejected
from pipeline.profiles.profile import load
from pipeline.recipe import TakeOrder
from pipeline.result import Clip, Match, TakeResult, Verdict
from tests.conftest import an_order

SETTINGS = WorkerSettings(profile=load("toy"), media="/media")


class Clock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


RESULT = TakeResult(
    verdict=Verdict.ACCEPTED,
    match=Match(scorer="none"),
    clip=Clip(path="clips/a.mp4", sha256="b" * 64, size=1, frames=17, fps=8, width=64, height=64),
)


def a_worker(make: Callable[..., TakeResult], clock: Clock | None = None) -> Worker:
    tools: Any = None
    return Worker(SETTINGS, load=lambda _: tools, make=make, clock=clock or Clock())


def raising(error: Exception) -> Callable[..., TakeResult]:
    def make(*_: object) -> TakeResult:
        raise error

    return make


def test_a_finished_take_is_answered_with_its_result() -> None:
    assert a_worker(lambda *_: RESULT).render("k", an_order(), 60) == Made(RESULT)


def test_the_order_and_the_tools_reach_the_pipeline() -> None:
    seen: list[object] = []

    def make(order: TakeOrder, tools: object, _: Watcher) -> TakeResult:
        seen.extend([order, tools])
        return RESULT

    tools: Any = object()
    Worker(SETTINGS, load=lambda _: tools, make=make).render("k", an_order(), 60)
    assert seen == [an_order(), tools]


def test_a_shot_that_must_change_is_answered_with_code_and_sentence() -> None:
    worker = a_worker(raising(ShotRejected("still.missing", "the still is gone; submit it again")))
    assert worker.render("k", an_order(), 60) == Rejected(
        "still.missing", "the still is gone; submit it again"
    )


def test_a_machine_fault_is_answered_with_its_cause() -> None:
    worker = a_worker(raising(RenderFault(Cause.CAPACITY, "no GPU memory is free")))
    assert worker.render("k", an_order(), 60) == Faulted(Cause.CAPACITY, "no GPU memory is free")


def test_a_defect_is_answered_as_a_machine_fault_and_the_model_stays() -> None:
    answers = iter([raising(KeyError("expert")), lambda *_: RESULT])
    worker = a_worker(lambda *args: next(answers)(*args))
    assert worker.render("k1", an_order(), 60) == Faulted(Cause.MACHINE, "KeyError: 'expert'")
    assert worker.render("k2", an_order(), 60) == Made(RESULT)


def test_a_render_ends_by_itself_when_its_lease_is_not_extended() -> None:
    clock = Clock()
    steps: list[int] = []

    def make(_order: object, _tools: object, watcher: Watcher) -> TakeResult:
        for step in range(1, 9):
            clock.now += 10
            watcher.step(step, 8)
            steps.append(step)
        return RESULT

    answer = a_worker(make, clock).render("k", an_order(), lease_seconds=35)
    assert answer == Stopped("its lease was not extended in time")
    assert steps == [1, 2, 3]


def test_an_extended_lease_lets_the_render_go_on_from_now() -> None:
    clock = Clock()

    def make(_order: object, _tools: object, watcher: Watcher) -> TakeResult:
        for step in range(1, 9):
            clock.now += 10
            worker.extend("k", 15)
            watcher.step(step, 8)
        return RESULT

    worker = a_worker(make, clock)
    assert worker.render("k", an_order(), lease_seconds=15) == Made(RESULT)


def test_extending_another_attempt_does_not_help_this_one() -> None:
    clock = Clock()

    def make(_order: object, _tools: object, watcher: Watcher) -> TakeResult:
        clock.now += 20
        worker.extend("an earlier attempt", 100)
        watcher.stage("denoise")
        return RESULT

    worker = a_worker(make, clock)
    assert isinstance(worker.render("k", an_order(), lease_seconds=15), Stopped)


def test_a_stop_ends_the_render_at_its_next_step() -> None:
    def make(_order: object, _tools: object, watcher: Watcher) -> TakeResult:
        watcher.step(1, 8)
        worker.stop("k")
        watcher.step(2, 8)
        raise AssertionError("it went on")

    worker = a_worker(make)
    assert worker.render("k", an_order(), 60) == Stopped("asked to stop")


def test_a_stop_for_another_attempt_changes_nothing() -> None:
    def make(_order: object, _tools: object, watcher: Watcher) -> TakeResult:
        worker.stop("an earlier attempt")
        watcher.step(1, 8)
        return RESULT

    worker = a_worker(make)
    assert worker.render("k", an_order(), 60) == Made(RESULT)


def test_a_late_stop_does_not_reach_the_next_take() -> None:
    worker = a_worker(lambda *_: RESULT)
    worker.render("k1", an_order(), 60)
    worker.stop("k1")
    assert worker.render("k1", an_order(), 60) == Made(RESULT)


def test_the_position_names_the_take_its_stage_and_its_step() -> None:
    seen: list[Position] = []

    def make(_order: object, _tools: object, watcher: Watcher) -> TakeResult:
        watcher.stage("denoise")
        watcher.step(3, 8)
        seen.extend(worker.positions())
        return RESULT

    worker = a_worker(make)
    worker.render("k", an_order(), 60)
    assert seen == [Position("k", "nike_ss27/sh010 take 1", "denoise", 3, 8)]


def test_between_takes_there_is_no_position() -> None:
    worker = a_worker(lambda *_: RESULT)
    assert worker.positions() == ()
    worker.render("k", an_order(), 60)
    assert worker.positions() == ()


def test_a_model_that_cannot_be_loaded_says_so_at_once() -> None:
    def cannot(_: WorkerSettings) -> Any:
        raise RenderFault(Cause.FATAL, "/weights holds no model_index.json; download it again")

    with pytest.raises(RenderFault, match="download it again"):
        Worker(SETTINGS, load=cannot)
