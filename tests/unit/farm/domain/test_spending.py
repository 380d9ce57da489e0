"""Seconds of workers are shared among what they had at once: together they are what a worker was held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.domain.spending import Stay, Use, held, use_of

WORKER = ("farm-a", "w1")


def a_stay(attempt: int, began: float, ended: float, worker: tuple[str, ...] = WORKER) -> Stay:
    return Stay(attempt=attempt, worker=worker, began=began, ended=ended)


def test_one_after_the_other_hold_their_worker_as_long_as_they_last() -> None:
    assert held([a_stay(1, 0, 100), a_stay(2, 100, 130)]) == {1: 100, 2: 30}


def test_a_tail_beside_the_next_render_counts_once() -> None:
    assert held([a_stay(1, 0, 110), a_stay(2, 100, 210), a_stay(3, 200, 300)]) == {
        1: 105,
        2: 100,
        3: 95,
    }


def test_a_wave_shares_its_worker_evenly() -> None:
    assert held([a_stay(1, 0, 60), a_stay(2, 0, 60), a_stay(3, 0, 60)]) == {1: 20, 2: 20, 3: 20}


def test_workers_do_not_share_though_they_are_called_alike() -> None:
    other = ("farm-b", "w1")
    assert held([a_stay(1, 0, 10), a_stay(2, 0, 10, other)]) == {1: 10, 2: 10}


def test_what_ended_before_it_began_holds_nothing() -> None:
    assert held([a_stay(1, 5, 5), a_stay(2, 9, 8), a_stay(3, 0, 10)]) == {1: 0, 2: 0, 3: 10}


SPANS = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), max_size=12)


@given(SPANS)
def test_together_they_are_what_the_worker_was_held(spans: list[tuple[int, int]]) -> None:
    stays = [a_stay(number, at, at + long) for number, (at, long) in enumerate(spans)]
    busy = {second for at, long in spans for second in range(at, at + long)}

    seconds = held(stays)

    assert sum(seconds.values()) == pytest.approx(len(busy))
    for stay in stays:
        assert -1e-9 <= seconds[stay.attempt] <= stay.ended - stay.began + 1e-9


@pytest.mark.parametrize(
    ("outcome", "declined", "draft", "stands", "use"),
    [
        ("succeeded", False, False, True, Use.STANDS),
        ("succeeded", False, False, False, Use.RETAKEN),
        ("succeeded", False, True, True, Use.DRAFTED),
        ("succeeded", False, True, False, Use.DRAFTED),
        ("failed", True, True, False, Use.DECLINED),
        ("failed", False, False, False, Use.LOST),
        ("taken_back", False, True, False, Use.LOST),
        ("returned", False, False, True, Use.LOST),
    ],
)
def test_what_an_attempt_was_for(
    outcome: str, declined: bool, draft: bool, stands: bool, use: Use
) -> None:
    found = use_of(outcome, declined=declined, ended=False, draft=draft, stands=stands)
    assert found is use


@pytest.mark.parametrize("draft", [True, False])
def test_what_was_ended_early_was_neither_declined_nor_lost(draft: bool) -> None:
    """In the database both have failed of their content."""
    assert use_of("failed", declined=True, ended=True, draft=draft, stands=False) is Use.ENDED
