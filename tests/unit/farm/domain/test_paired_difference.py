"""The interval of a paired difference: published values, and what it promises for few pairs."""

import itertools
import math
from statistics import NormalDist

import pytest

from farm.domain.paired_difference import (
    Counts,
    design_effect,
    interval,
    times_needed,
)

PUBLISHED = [
    # Fagerland, Lydersen and Laake, Statistics in Medicine 33 (2014): airway hyper-responsiveness
    ((21, 7, 1), (-0.517, -0.026), 3),
    # The same authors' Statistical Analysis of Contingency Tables (2017), chapter 8: complete response
    ((161, 16, 6), (-0.1240, -0.0054), 4),
    # R's PropCIs::scoreci.mp, after Tango's paper
    ((1000, 20, 60), (0.0231, 0.0584), 4),
    ((1000, 60, 20), (-0.0584, -0.0231), 4),
    # Newcombe, Statistics in Medicine 17 (1998) 2635, table III: without a pair that differs, and all of
    # them passing, his method 10 is this one
    ((54, 0, 0), (-0.0664, 0.0664), 4),
]


@pytest.mark.parametrize(("counts", "bounds", "digits"), PUBLISHED)
def test_published_intervals_come_out(
    counts: tuple[int, int, int], bounds: tuple[float, float], digits: int
) -> None:
    found = interval(Counts(*counts))
    assert (round(found.low, digits), round(found.high, digits)) == bounds
    assert found.difference == pytest.approx((counts[2] - counts[1]) / counts[0])


@pytest.mark.parametrize("pairs", [1, 6, 40, 1000])
def test_pairs_that_all_agree_do_not_say_that_nothing_can_differ(pairs: int) -> None:
    found = interval(Counts(pairs, 0, 0))
    z = NormalDist().inv_cdf(0.975)
    half = z * z / (pairs + z * z)
    assert (found.low, found.high) == pytest.approx((-half, half))


def test_sides_that_change_places_turn_the_interval_round() -> None:
    for pairs, first in itertools.product((5, 20), range(6)):
        for second in range(6 - first):
            one, other = (
                interval(Counts(pairs, *each)) for each in ((first, second), (second, first))
            )
            assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
            assert -1 <= one.low <= one.difference <= one.high <= 1


@pytest.mark.parametrize(
    ("only_first", "only_second"),
    [(0.05, 0.02), (0.1, 0.07), (0.13, 0.1), (0.23, 0.2), (0.04, 0.01)],
)
def test_a_loss_at_the_margin_is_rarely_taken_for_a_smaller_one(
    only_first: float, only_second: float
) -> None:
    """The chance, counted out, that 60 pairs of a profile which loses 3 points exclude that."""
    pairs, wrong = 60, 0.0
    for first in range(pairs + 1):
        for second in range(pairs + 1 - first):
            rest = pairs - first - second
            chance = (
                math.comb(pairs, first)
                * math.comb(pairs - first, second)
                * only_first**first
                * only_second**second
                * (1 - only_first - only_second) ** rest
            )
            if chance > 1e-9 and interval(Counts(pairs, first, second)).low > -0.03:
                wrong += chance
    assert wrong <= 0.035


def test_without_a_pair_nothing_is_said() -> None:
    with pytest.raises(ValueError, match="without a pair"):
        interval(Counts(0, 0, 0))


def test_an_interval_reads_in_points() -> None:
    assert interval(Counts(54, 0, 0)).in_points() == "+0.0 points (-6.6 … +6.6)"


# Pairs of one shot.


def test_shots_of_one_pair_each_count_as_they_are() -> None:
    assert design_effect({str(number): [number % 3 - 1] for number in range(12)}) == 1.0


def test_seeds_that_always_agree_count_once() -> None:
    alike = {str(number): [-1, -1] if number % 4 == 0 else [0, 0] for number in range(20)}
    assert design_effect(alike) == 2.0


def test_seeds_that_have_nothing_to_do_with_each_other_count_each() -> None:
    apart = {str(number): [-1, 0] if number % 2 else [0, 0] for number in range(20)}
    assert design_effect(apart) == 1.0


@pytest.mark.parametrize("by_shot", [{"a": [0, 0], "b": [0, 0]}, {"a": [-1, -1], "b": [-1, -1]}])
def test_where_nothing_tells_how_seeds_hang_together_a_shot_counts_once(
    by_shot: dict[str, list[int]],
) -> None:
    assert design_effect(by_shot) == 2.0


def test_seeds_of_a_single_shot_are_one_pair() -> None:
    assert design_effect({"a": [-1, 0, 1, 0]}) == 4.0


# How many would decide.


def test_pairs_that_all_agree_decide_once_there_are_about_125() -> None:
    times = times_needed(Counts(40, 0, 0), 0.03)
    assert times is not None
    assert 124 <= 40 * times <= 127


@pytest.mark.parametrize("counts", [Counts(40, 2, 1), Counts(20, 1, 0), Counts(60, 6, 2)])
def test_so_many_decide_and_fewer_do_not(counts: Counts) -> None:
    times = times_needed(counts, 0.03)
    if times is None:
        found = interval(counts.times(100))
        assert found.low <= -0.03 <= found.high
        return
    enough, less = (interval(counts.times(each)) for each in (times, times * 0.97))
    assert enough.low > -0.03 or enough.high < -0.03
    assert less.low <= -0.03 <= less.high


def test_what_decides_already_needs_no_more() -> None:
    assert times_needed(Counts(40, 20, 0), 0.03) == 1.0


def test_a_loss_of_just_the_margin_is_decided_by_no_number_of_pairs() -> None:
    assert times_needed(Counts(100, 3, 0), 0.03) is None


@pytest.mark.parametrize("counts", [Counts(20, 2, 1), Counts(20, 3, 3)])
def test_what_a_hundred_times_as_many_would_decide_is_told(counts: Counts) -> None:
    times = times_needed(counts, 0.03)
    assert times is not None
    assert 64 < times <= 100
