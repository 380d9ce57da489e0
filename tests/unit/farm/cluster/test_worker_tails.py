"""A worker with the frames of a take: it finishes them under their lease while the next one is rendered."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Declined, Faulted, FramesMade, Lost, Made, Outcome, Stopped
from farm.cluster.worker import BESIDE, Worker
from pipeline import take
from pipeline.engines.protocol import Watcher
from pipeline.errors import Cause, RenderFault, ShotRejected
from pipeline.profiles.profile import load
from pipeline.recipe import TakeOrder
from pipeline.result import TakeResult
from pipeline.stages import WAITING
from tests.conftest import a_refusal, a_result, an_order
from tests.played_tools import in_waves

SETTINGS = WorkerSettings(profile=load("toy"), media="/media")
RESULT = a_result("clips/a.mp4")
Finish = Callable[[Any, Any, Watcher], TakeResult]


class Clock:
    """A clock that only moves when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def frames(order: TakeOrder) -> take.Rendered:
    nothing: Any = None
    return take.Rendered(order, nothing, nothing, nothing, (), "", {})


def render(order: TakeOrder, _tools: object, watcher: Watcher) -> take.Rendered:
    watcher.stage("denoise")
    watcher.step(8, 8)
    return frames(order)


def finish(_rendered: object, _tools: object, watcher: Watcher) -> TakeResult:
    watcher.stage("check")
    return RESULT


Make = Callable[..., Worker]


@pytest.fixture
def a_worker(monkeypatch: pytest.MonkeyPatch) -> Make:
    """A worker whose takes have two parts, each as a test plays it."""

    def made(
        render: Callable[..., Any] = render,
        finish: Callable[..., Any] = finish,
        clock: Clock | None = None,
    ) -> Worker:
        tools: Any = None
        monkeypatch.setattr(take, "render", render)
        monkeypatch.setattr(take, "finish", finish)
        return Worker(SETTINGS, load=lambda _: tools, clock=clock or Clock())

    return made


def raising(error: Exception) -> Callable[..., Any]:
    def fails(*_: object) -> Any:
        raise error

    return fails


def test_frames_are_no_outcome_and_the_tail_gives_one(a_worker: Make) -> None:
    worker = a_worker()
    assert worker.render("k", an_order(), 60) == FramesMade()
    assert worker.finish("k") == Made(RESULT)
    assert worker.positions() == ()


def test_a_take_that_is_declined_has_no_tail(a_worker: Make) -> None:
    refusal = a_refusal()
    worker = a_worker(render=lambda *_: refusal)
    assert worker.render("k", an_order(), 60) == Declined(refusal)
    assert worker.finish("k") == Lost("the worker holds no frames of attempt k")


def test_the_tail_gets_the_frames_of_its_own_take(a_worker: Make) -> None:
    seen: list[TakeOrder] = []

    def finish(rendered: take.Rendered, _tools: object, _watcher: Watcher) -> TakeResult:
        seen.append(rendered.order)
        return RESULT

    worker = a_worker(finish=finish)
    orders = [an_order("ads/sh010 take 1"), an_order("ads/sh020 take 1")]
    for number, order in enumerate(orders):
        worker.render(f"k{number}", order, 60)
    assert worker.finish("k1") == worker.finish("k0") == Made(RESULT)
    assert seen == orders[::-1]


def test_a_take_whose_tail_has_not_begun_waits_and_is_told_before_the_next(a_worker: Make) -> None:
    worker = a_worker()
    worker.render("k1", an_order("ads/sh010 take 1"), 60)
    worker.render("k2", an_order("ads/sh020 take 1"), 60)
    told = [(at.key, at.title, at.stage, at.step, at.steps) for at in worker.positions()]
    assert told == [
        ("k1", "ads/sh010 take 1", WAITING, 8, 8),
        ("k2", "ads/sh020 take 1", WAITING, 8, 8),
    ]


def test_both_takes_of_a_worker_are_told_with_their_own_stages(a_worker: Make) -> None:
    seen: list[tuple[str, str]] = []

    def finish(_rendered: object, _tools: object, watcher: Watcher) -> TakeResult:
        watcher.stage("encode")
        worker.render("k2", an_order(), 60)
        return RESULT

    def render(order: TakeOrder, _tools: object, watcher: Watcher) -> take.Rendered:
        watcher.stage("denoise")
        seen.extend((at.key, at.stage) for at in worker.positions())
        return frames(order)

    worker = a_worker(render, finish)
    worker.render("k1", an_order(), 60)
    seen.clear()
    worker.finish("k1")
    assert seen == [("k1", "encode"), ("k2", "denoise")]


def test_a_stop_between_both_parts_ends_the_tail_before_it_begins(a_worker: Make) -> None:
    worker = a_worker()
    worker.render("k", an_order(), 60)
    worker.stop("k")
    assert worker.finish("k") == Stopped("asked to stop")


def test_a_stop_ends_the_tail_at_its_next_stage(a_worker: Make) -> None:
    def finish(_rendered: object, _tools: object, watcher: Watcher) -> TakeResult:
        watcher.stage("check")
        worker.stop("k")
        watcher.stage("score")
        raise AssertionError("it went on")

    worker = a_worker(finish=finish)
    worker.render("k", an_order(), 60)
    assert worker.finish("k") == Stopped("asked to stop")


def test_a_tail_ends_by_itself_when_its_lease_is_not_extended(a_worker: Make) -> None:
    clock = Clock()
    worker = a_worker(clock=clock)
    worker.render("k", an_order(), lease_seconds=15)
    clock.now = 20
    assert worker.finish("k") == Stopped("its lease was not extended in time")


def test_both_leases_of_a_worker_are_extended_each_for_itself(a_worker: Make) -> None:
    clock = Clock()

    def render(order: TakeOrder, _tools: object, watcher: Watcher) -> take.Rendered:
        if order.title == "two":
            clock.now += 10
            worker.extend("k1", 15)
            worker.extend("k2", 15)
            clock.now += 10
        watcher.step(1, 8)
        return frames(order)

    worker = a_worker(render, clock=clock)
    worker.render("k1", an_order("one"), lease_seconds=15)
    assert worker.render("k2", an_order("two"), lease_seconds=15) == FramesMade()
    assert worker.finish("k1") == Made(RESULT)
    clock.now += 10
    assert worker.finish("k2") == Stopped("its lease was not extended in time")


def test_a_stop_of_a_take_that_has_not_begun_is_heard_beside_a_tail(a_worker: Make) -> None:
    worker = a_worker()
    worker.render("k1", an_order(), 60)
    worker.stop("k2")
    worker.stop("an earlier attempt")
    assert worker.render("k2", an_order(), 60) == Stopped("asked to stop")
    assert worker.finish("k1") == Made(RESULT)


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (RenderFault(Cause.CAPACITY, "no room"), Faulted(Cause.CAPACITY, "no room")),
        (ValueError("a defect"), Faulted(Cause.MACHINE, "ValueError: a defect")),
    ],
)
def test_a_tail_that_fails_is_answered_as_a_render_is(
    a_worker: Make, error: Exception, answer: Outcome
) -> None:
    worker = a_worker(finish=raising(error))
    worker.render("k", an_order(), 60)
    assert worker.finish("k") == answer
    assert worker.positions() == ()


def test_after_a_machine_fault_of_the_render_the_tail_beside_it_seals_nothing(
    a_worker: Make,
) -> None:
    """Its scorer would fail of the same machine, and the take would pass as one that nobody could score."""
    scores, failed = threading.Event(), threading.Event()

    def finish(_rendered: object, _tools: object, watcher: Watcher) -> TakeResult:
        watcher.stage("score")
        scores.set()
        assert failed.wait(120)
        watcher.stage("encode")
        raise AssertionError("it went on")

    def render(order: TakeOrder, _tools: object, watcher: Watcher) -> take.Rendered:
        if order.title == "broken":
            assert scores.wait(120)
            raise RenderFault(Cause.MACHINE, "CUDA error")
        return frames(order)

    worker = a_worker(render, finish)
    worker.render("k1", an_order(), 60)
    answers: list[Outcome] = []
    tail = threading.Thread(target=lambda: answers.append(worker.finish("k1")))
    tail.start()
    assert worker.render("k2", an_order("broken"), 60) == Faulted(Cause.MACHINE, "CUDA error")
    failed.set()
    tail.join(120)
    assert answers == [Stopped(BESIDE)]


def test_what_is_no_fault_of_the_machine_leaves_the_other_take_alone(a_worker: Make) -> None:
    def render(order: TakeOrder, _tools: object, _watcher: Watcher) -> take.Rendered:
        if order.title == "altered":
            raise ShotRejected("still.altered", "the still was altered")
        return frames(order)

    worker = a_worker(render)
    worker.render("k1", an_order(), 60)
    worker.render("k2", an_order("altered"), 60)
    assert worker.finish("k1") == Made(RESULT)


def test_a_take_that_is_made_in_one_piece_has_no_tail() -> None:
    tools: Any = None
    worker = Worker(SETTINGS, load=lambda _: tools, make=lambda *_: RESULT)
    assert worker.render("k", an_order(), 60) == Made(RESULT)


def test_a_stop_of_a_take_that_has_not_begun_is_heard_beside_a_render_of_its_wave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its call may come later than the one that stops it, which has a thread of its own."""
    answers: list[Outcome | FramesMade] = []

    def render(order: TakeOrder, _tools: object, watcher: Watcher) -> take.Rendered:
        if order.title == "first":
            worker.stop("k2")
            worker.stop("k3")
            answers.extend(worker.render(key, an_order(), 60) for key in ("k2", "k3"))
        watcher.stage("denoise")
        return frames(order)

    monkeypatch.setattr(take, "render", render)
    tools: Any = None
    settings = WorkerSettings(profile=in_waves(3), media="/media")
    worker = Worker(settings, load=lambda _: tools, clock=Clock())
    assert worker.render("k1", an_order("first"), 60) == FramesMade()
    assert answers == [Stopped("asked to stop")] * 2
