"""How well scores tell good takes from bad: Brier, ECE and AUROC, each with an interval. Pure.

Intervals are of 95 % and come from resampling shots with all their labels, since two labels of one
shot tell less than two of different shots. The same labels give the same intervals.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
BINS = 10
"""ECE sorts chances into so many bins of equal width."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How far scores can be trusted, and what that rests on."""

    labels: int
    good: int
    shots: int
    """Shots that the labels are of."""
    brier: Figure
    """Mean squared distance of chance and outcome: 0 is perfect, always saying a half gives 0.25."""
    ece: Figure
    """Mean distance of chance and share of good ones, over bins weighted by size: 0 is perfect."""
    auroc: Figure
    """Share of pairs of a good and a bad one that the score puts in order: 0.5 is blind."""


def measure(
    scores: Sequence[float] | Numbers,
    chances: Sequence[float] | Numbers,
    good: Sequence[bool] | NDArray[np.bool_],
    shots: Sequence[str],
    seed: int = 0,
) -> Accuracy | None:
    """The figures of labelled takes, of which `shots` names the shots; all four of one length.

    `chances` (0..1) are held against the outcomes, `scores` are only ranked. None where all are good
    or all bad: nothing can be told apart then.
    """
    truth = np.asarray(good, bool)
    if truth.all() or not truth.any():
        return None
    score, chance = np.asarray(scores, float), np.asarray(chances, float)
    draws = _resampled(shots, seed)
    return Accuracy(
        labels=len(truth),
        good=int(truth.sum()),
        shots=len(set(shots)),
        brier=_figure(lambda weights: brier(chance, truth, weights), draws),
        ece=_figure(lambda weights: ece(chance, truth, weights), draws),
        auroc=_figure(lambda weights: auroc(score, truth, weights), draws),
    )


def brier(chance: Numbers, good: NDArray[np.bool_], weights: Numbers) -> Numbers:
    """The mean squared distance of chance and outcome, per row of weights (rows, labels)."""
    return weights @ (chance - good) ** 2 / weights.sum(-1)


def ece(chance: Numbers, good: NDArray[np.bool_], weights: Numbers) -> Numbers:
    """The expected calibration error over `BINS` bins of equal width, per row of weights; a chance of
    1 is in the last bin."""
    bins = np.minimum((chance * BINS).astype(int), BINS - 1)
    gaps = weights @ ((chance - good)[:, None] * (bins[:, None] == np.arange(BINS)))
    return np.abs(gaps).sum(-1) / weights.sum(-1)


def auroc(score: Numbers, good: NDArray[np.bool_], weights: Numbers) -> Numbers:
    """The area under the ROC curve, ties counted by half, per row of weights; NaN where one kind has
    no weight."""
    order = np.argsort(score)
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) > 0])
    ranked, truth = weights[..., order], good[order]
    right = np.add.reduceat(ranked * truth, starts, axis=-1)
    wrong = np.add.reduceat(ranked * ~truth, starts, axis=-1)
    below = np.cumsum(wrong, axis=-1) - wrong / 2
    pairs = right.sum(-1) * wrong.sum(-1)
    return (right * below).sum(-1) / np.where(pairs > 0, pairs, np.nan)


def _resampled(shots: Sequence[str], seed: int) -> NDArray[Any]:
    """How often each label counts: once each in row 0, then by shots drawn with replacement."""
    names, member = np.unique(np.asarray(shots), return_inverse=True)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)
    return np.vstack([np.ones(len(names), int), times])[:, member]


def _figure(of: Callable[[Numbers], Numbers], draws: NDArray[Any]) -> Figure:
    """The interval is widened to the value where resampling moves it off, as it does with ECE."""
    parts = np.array_split(draws, 20)  # all at once would take gigabytes for many labels
    value, *others = np.concatenate([of(part.astype(float)) for part in parts]).tolist()
    low, high = np.nanpercentile(others, [2.5, 97.5])
    return Figure(value, min(float(low), value), max(float(high), value))
