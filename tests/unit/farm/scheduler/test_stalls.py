"""A render is stuck when it has not moved for many times as long as it usually takes."""

import inspect
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.scheduler.stalls import (
    DENOISE,
    FIRST_LIMITS,
    Movement,
    StallLimits,
    UsualTimes,
    moves,
    why_stalled,
)
from pipeline import segments, take
from pipeline.stages import LOADING, WAITING

LIMITS = StallLimits(factor=20.0, least=60.0, total=1000.0)
KIND = ("toy", 64, 64, 17)


def at_step(step: int, moved: float = 0.0, stage: str = "denoise") -> Movement:
    return Movement(started=0.0, moved=moved, stage=stage, step=step, steps=40)


def test_a_render_that_moves_is_not_stuck_however_slow_it_is() -> None:
    movement = Movement(started=0.0, moved=0.0)
    for step in range(1, 9):
        movement.seen("denoise", step, 8, now=100.0 * step)
        assert why_stalled(movement, 100.0 * step + 99, 10.0, LIMITS) is None


def test_a_step_that_takes_too_many_times_the_usual_is_stuck_in_a_sentence() -> None:
    assert why_stalled(at_step(12), 199.0, 10.0, LIMITS) is None
    assert why_stalled(at_step(12), 201.0, 10.0, LIMITS) == (
        "it is stuck: nothing has moved for 201 s at step 12 of 40, where a step takes 10 s"
    )


def test_quick_steps_still_have_the_least_time() -> None:
    assert why_stalled(at_step(1), 59.0, 0.01, LIMITS) is None
    assert why_stalled(at_step(1), 61.0, 0.01, LIMITS) is not None


def test_a_stage_without_steps_is_measured_as_a_whole() -> None:
    assert why_stalled(at_step(0, stage="decode"), 201.0, 10.0, LIMITS) == (
        "it is stuck: nothing has moved for 201 s at the stage decode, which takes 10 s"
    )


def test_a_take_that_has_run_too_long_says_so() -> None:
    assert why_stalled(at_step(1), 999.0, None, LIMITS) is None
    assert why_stalled(at_step(1), 1001.0, None, LIMITS) == (
        "it has run for 1001 s; a take may last 1000 s"
    )


@pytest.mark.parametrize("stage", [name for name in FIRST_LIMITS if name not in (DENOISE, LOADING)])
def test_a_stage_of_which_nothing_is_known_has_some_minutes(stage: str) -> None:
    limit = FIRST_LIMITS[stage]
    assert 60 < limit <= 600
    assert why_stalled(at_step(0, stage=stage), limit - 1, None, LIMITS) is None
    assert why_stalled(at_step(0, stage=stage), limit + 1, None, LIMITS) == (
        f"it is stuck: nothing has moved for {limit + 1:.0f} s at the stage {stage}, "
        f"which may take {limit:.0f} s at first"
    )


def test_a_stage_that_nobody_foresaw_has_a_first_limit_too() -> None:
    assert why_stalled(at_step(0, stage="upscale"), 299.0, None, LIMITS) is None
    assert why_stalled(at_step(0, stage="upscale"), 301.0, None, LIMITS) is not None


def test_a_first_step_that_never_ends_is_stuck_long_before_the_take_is() -> None:
    limits = StallLimits(factor=20.0, least=60.0, total=21_600.0)
    assert why_stalled(at_step(0), 1799.0, None, limits) is None
    assert why_stalled(at_step(0), 1801.0, None, limits) is not None


def test_who_gives_everything_more_time_gives_it_to_the_first_too() -> None:
    limits = StallLimits(factor=20.0, least=900.0, total=21_600.0)
    assert why_stalled(at_step(0, stage="score"), 899.0, None, limits) is None


def test_every_stage_of_a_take_has_a_first_limit() -> None:
    source = inspect.getsource(take) + inspect.getsource(segments)
    assert set(re.findall(r'clock\.stage\("(\w+)"\)', source)) | {LOADING} == set(FIRST_LIMITS)


def test_the_total_limit_counts_for_a_render_that_moves_too() -> None:
    assert why_stalled(at_step(39, moved=1000.5), 1001.0, 10.0, LIMITS) is not None


def test_the_usual_is_the_median_of_takes_of_the_same_kind() -> None:
    usual = UsualTimes()
    for seconds in (40.0, 80.0, 4000.0):
        usual.learn(KIND, {"denoise": seconds, "decode": 3.0}, steps=40)

    assert usual.seconds(KIND, at_step(1)) == 2.0
    assert usual.seconds(KIND, at_step(0, stage="decode")) == 3.0
    assert usual.seconds(("toy", 128, 128, 17), at_step(1)) is None


def test_a_render_of_a_new_kind_is_measured_by_its_own_steps() -> None:
    movement = Movement(started=0.0, moved=0.0)
    for step in range(5):
        movement.seen("denoise", step, 40, now=3.0 * (step + 1))

    assert UsualTimes().seconds(KIND, movement) == pytest.approx(3.0)


def test_steps_that_passed_between_two_looks_are_counted_each() -> None:
    movement = at_step(2)
    movement.seen("denoise", 6, 40, now=8.0)

    assert movement.own == [2.0]


def test_only_the_latest_takes_are_remembered() -> None:
    usual = UsualTimes()
    for _ in range(60):
        usual.learn(KIND, {"denoise": 400.0}, steps=40)
    for _ in range(30):
        usual.learn(KIND, {"denoise": 40.0}, steps=40)

    assert usual.seconds(KIND, at_step(1)) == 1.0


def test_a_take_that_waits_for_another_moves_as_long_as_its_worker_says_so() -> None:
    movement = Movement(started=0.0, moved=0.0, stage="decode")
    for now in range(0, 5000, 100):
        movement.seen(WAITING, 8, 8, float(now))
        assert why_stalled(movement, float(now), None, StallLimits(least=1.0)) is None
    assert why_stalled(movement, 5400.0, None, StallLimits(least=1.0)), "nobody says so any more"


def test_a_server_that_reads_an_expert_may_be_silent_for_longer_than_its_steps_are() -> None:
    usual = UsualTimes()
    usual.learn(KIND, {"denoise": 8.0}, steps=8)
    movement = Movement(started=0.0, moved=0.0)
    movement.seen(LOADING, 3, 8, 10.0)
    loading = usual.seconds(KIND, movement)
    limits = StallLimits(least=1.0)
    assert why_stalled(movement, 10.0 + FIRST_LIMITS[LOADING], loading, limits) is None
    assert why_stalled(movement, 11.0 + FIRST_LIMITS[LOADING], loading, limits)


def test_what_was_waited_for_counts_for_no_stage() -> None:
    movement = Movement(started=0.0, moved=0.0, stage="decode")
    movement.seen(WAITING, 8, 8, 10.0)
    movement.seen(WAITING, 8, 8, 500.0)
    movement.seen("check", 8, 8, 501.0)
    assert (movement.moved, movement.own) == (501.0, [])


def test_a_take_that_waited_for_others_of_its_wave_has_not_run_too_long() -> None:
    movement = Movement(started=0.0, moved=0.0)
    for now in range(0, 5000, 100):
        movement.seen(WAITING, 0, 4, float(now))
    movement.seen("denoise", 1, 4, 5000.0)
    limits = StallLimits(least=1e6, total=1000.0)
    assert why_stalled(movement, 5999.0, None, limits) is None
    told = why_stalled(movement, 6001.0, None, limits)
    assert told is not None
    assert "it has run for 1001 s" in told


QUARTERS = st.integers(0, 8000).map(lambda each: each / 4)
"""Seconds, of which the difference to 2000 is exact."""


@given(
    QUARTERS,
    QUARTERS,
    st.none() | st.floats(0, 100),
    st.sampled_from([*FIRST_LIMITS]),
)
def test_of_a_render_that_has_moved_lately_there_is_nothing_to_say(
    still: float, running: float, usual: float | None, stage: str
) -> None:
    movement = Movement(started=2000 - max(running, still), moved=2000 - still, stage=stage)
    if moves(movement, 2000.0, LIMITS):
        assert why_stalled(movement, 2000.0, usual, LIMITS) is None
    assert moves(movement, 2000.0, LIMITS) == (still <= 60 and max(running, still) <= 1000)
