"""Brier, ECE and AUROC against values worked out by hand and by scikit-learn, and their intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from pipeline.scoring.accuracy import Figure, auroc, brier, ece, measure

ONES = np.ones(4)
CHANCES = np.asarray([0.1, 0.4, 0.35, 0.8])
GOOD = np.asarray([False, False, True, True])


def test_brier_is_the_mean_squared_distance_of_chance_and_outcome() -> None:
    assert brier(CHANCES, GOOD, ONES) == pytest.approx((0.01 + 0.16 + 0.4225 + 0.04) / 4)


def test_ece_weighs_the_gap_of_each_tenth_by_its_size() -> None:
    chances = np.asarray([0.31, 0.39, 0.95, 1.0])
    good = np.asarray([False, True, True, True])

    # Two in [0.3, 0.4): chances add to 0.7, one is good. Two in [0.9, 1]: 1.95, both are good.
    assert ece(chances, good, ONES) == pytest.approx((abs(0.7 - 1) + abs(1.95 - 2)) / 4)


def test_auroc_counts_the_pairs_in_order_and_ties_by_half() -> None:
    assert auroc(CHANCES, GOOD, ONES) == pytest.approx(3 / 4)
    assert auroc(np.asarray([0.5, 0.2, 0.5, 0.9]), GOOD, ONES) == pytest.approx(3.5 / 4)


def test_a_weight_counts_a_label_as_often() -> None:
    twice = np.asarray([1.0, 2.0, 1.0, 3.0])
    many = np.repeat(np.arange(4), twice.astype(int))
    for figure in (brier, ece, auroc):
        assert figure(CHANCES, GOOD, twice) == pytest.approx(
            figure(CHANCES[many], GOOD[many], np.ones(len(many)))
        )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=40))
def test_the_figures_are_those_of_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    chances = np.asarray([place / 20 for place, _ in rows])
    good = np.asarray([each for _, each in rows])
    weights = np.ones(len(rows))

    assert brier(chances, good, weights) == pytest.approx(
        brier_score_loss(good, chances, labels=[False, True])
    )
    if 0 < good.sum() < len(good):
        assert auroc(chances, good, weights) == pytest.approx(roc_auc_score(good, chances))


def test_nothing_is_said_of_labels_that_are_all_alike() -> None:
    for good in (True, False):
        assert measure([0.2, 0.9], [0.2, 0.9], [good, good], ["a", "b"]) is None


def test_intervals_hold_the_value_and_do_not_change_from_call_to_call() -> None:
    scores, good, shots = drawn(200)

    told = measure(scores, scores, good, shots)

    assert told is not None
    assert told == measure(scores, scores, good, shots)
    assert (told.labels, told.good, told.shots) == (200, good.sum(), 200)
    for figure in (told.brier, told.ece, told.auroc):
        assert 0 <= figure.low <= figure.value <= figure.high <= 1
        assert figure.low < figure.high


def test_intervals_of_auroc_hold_the_truth_about_as_often_as_they_say() -> None:
    everyone = drawn(20_000, seed=99)
    truth = auroc(everyone[0], everyone[1], np.ones(20_000))

    held = 0
    for seed in range(40):
        scores, good, shots = drawn(120, seed)
        told = measure(scores, scores, good, shots)
        assert told is not None
        held += told.auroc.low <= truth <= told.auroc.high

    assert held >= 34


def test_labels_of_one_shot_count_as_one_draw() -> None:
    scores, good, shots = drawn(60)
    alone = measure(scores, scores, good, shots)
    copied = measure(np.tile(scores, 5), np.tile(scores, 5), np.tile(good, 5), shots * 5)
    apart = measure(
        np.tile(scores, 5), np.tile(scores, 5), np.tile(good, 5), [str(n) for n in range(300)]
    )

    assert alone is not None
    assert copied is not None
    assert apart is not None
    assert width(copied.auroc) == pytest.approx(width(alone.auroc), rel=0.05)
    assert width(apart.auroc) < 0.7 * width(alone.auroc)


def width(figure: Figure) -> float:
    return figure.high - figure.low


def drawn(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Scores, and outcomes whose chance is the score; a shot each."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0, 1, count)
    return scores, rng.uniform(0, 1, count) < scores, [f"sh{number}" for number in range(count)]
