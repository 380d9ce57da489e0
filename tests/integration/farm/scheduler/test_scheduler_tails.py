"""A worker holds two leases, a render's and a tail's; the scheduler minds both, each for itself."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farm.cluster.outcome import Faulted
from farm.domain.lifecycle import ShotState, TakeStatus
from farm.scheduler.stalls import StallLimits
from farm.store import workers
from farm.store.queries import overview, shot_story
from pipeline.errors import Cause
from pipeline.stages import WAITING
from tests.audit import Auditor
from tests.integration.farm.scheduler.test_scheduler_workers import Played


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Any]:
    played: list[Played] = []

    def make(*names: str, **pace: Any) -> Played:
        played.append(Played(tmp_path, *names, **pace))
        return played[-1]

    yield make
    for each in played:
        assert Auditor(each.store.engine).audit() == []
        each.store.close()


def with_both(farm: Played) -> tuple[str, str]:
    """`w1` has sh010 in its tail and sh020 in its denoise; their keys."""
    farm.submit("sh010", "sh020")
    farm.ticks()
    tail = farm.cluster.frames_made("w1")
    farm.ticks()
    render, _ = farm.cluster.busy["w1"]
    return tail, render


def states(farm: Played) -> list[ShotState]:
    return [shot.state for shot in overview.shots(farm.store, "ads")]


def test_a_worker_gets_its_next_take_while_a_tail_runs_and_both_leases_are_kept(play: Any) -> None:
    farm: Played = play("w1")
    tail, render = with_both(farm)
    farm.cluster.extended.clear()
    farm.ticks(4)
    assert {tail, render} <= set(farm.cluster.extended)
    with farm.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT status, step FROM takes ORDER BY id").all()
    assert [tuple(row) for row in rows] == [(TakeStatus.RUNNING, 8), (TakeStatus.RUNNING, 3)]

    farm.cluster.finish(tail)
    farm.ticks()

    assert states(farm) == [ShotState.ACCEPTED, ShotState.RENDERING]
    assert list(farm.cluster.busy) == ["w1"], "the render ended with the tail"


def test_a_run_that_ends_when_idle_waits_for_the_last_tail(play: Any) -> None:
    farm: Played = play("w1", until_idle=True)
    farm.submit("sh010")
    farm.ticks()
    tail = farm.cluster.frames_made("w1")
    farm.ticks(4)
    assert not farm.scheduler.idle()

    farm.cluster.finish(tail)
    farm.ticks()

    assert farm.scheduler.idle()


def test_a_run_that_is_stopped_ends_its_tails_too_and_returns_them(play: Any) -> None:
    farm: Played = play("w1")
    tail, render = with_both(farm)
    stop = threading.Event()
    stop.set()
    farm.scheduler.run(stop)
    assert farm.cluster.stopped == [tail, render]
    assert states(farm) == [ShotState.WAITING, ShotState.WAITING]
    told = [shot_story.tell(farm.store, "ads", code).takes[-1] for code in ("sh010", "sh020")]
    assert {take.attempts[-1]["reason"] for take in told} == {"asked to stop"}


def test_a_take_that_waits_for_its_tail_has_not_stalled(play: Any) -> None:
    farm: Played = play("w1", stalls=StallLimits(least=20.0))
    tail, _ = with_both(farm)
    farm.cluster.positions[tail] = (WAITING, 8)
    for step in range(100):
        farm.cluster.positions["w1"] = ("denoise", step)
        farm.clock.now += 15.0
        farm.ticks(1)
    assert farm.cluster.replaced == []


def test_a_tail_that_hangs_is_given_up_and_the_render_beside_it_costs_nothing(play: Any) -> None:
    farm: Played = play("w1", "w2", stalls=StallLimits(factor=10.0, least=20.0))
    farm.submit("sh010", "sh020", "sh030")
    farm.ticks()
    tail = farm.cluster.frames_made("w1")
    farm.ticks()
    render, _ = farm.cluster.busy["w1"]
    for step in range(120):
        farm.cluster.positions["w1"] = farm.cluster.positions["w2"] = ("denoise", step)
        farm.clock.now += 6.0
        farm.ticks(1)
        if farm.cluster.replaced:
            break
    assert farm.cluster.replaced == [tail]
    farm.ticks()

    stuck = farm.take("sh010").attempts[0]
    assert "nothing has moved for" in stuck["reason"]
    assert "at the stage score" in stuck["reason"]
    beside = farm.take("sh030").attempts[0]
    assert (beside["outcome"], beside["reason"]) == ("taken_back", "w1 was replaced")
    with farm.store.read() as connection:
        faults = connection.exec_driver_sql("SELECT faults FROM takes ORDER BY id").scalars().all()
    assert faults == [1, 0, 0]
    assert render not in farm.cluster.replaced


def test_a_tail_outlasts_its_workers_being_taken_out_and_its_machine_being_drained(
    play: Any,
) -> None:
    farm: Played = play("w1", "w2", sick_after=1)
    farm.submit("sh010", "sh020", "sh030")
    farm.ticks()
    tails = [farm.cluster.frames_made("w1"), farm.cluster.frames_made("w2")]
    workers.drain(farm.store, "node-w2", "anna")
    farm.ticks()
    farm.cluster.answer("w1", Faulted(Cause.CAPACITY, "the memory of cuda ran out"))
    farm.ticks()
    assert farm.cluster.retired == ["w1"]

    for tail in tails:
        farm.cluster.finish(tail)
    farm.ticks()

    assert states(farm)[:2] == [ShotState.ACCEPTED, ShotState.ACCEPTED]
