"""Shares, means, ratios and AUCs, each with its 95 % interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from sklearn.metrics import roc_auc_score

SAMPLES = 1000
"""Of a bootstrap."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, its interval, and how many cases it rests on."""

    value: float
    low: float
    high: float
    cases: int
    digits: int = 3

    def __str__(self) -> str:
        value, low, high = (
            f"{number:.{self.digits}f}" for number in (self.value, self.low, self.high)
        )
        return f"{value} ({low} to {high}), n = {self.cases}"


def share(hits: Sequence[bool]) -> Figure:
    """How often something is so."""
    good, cases = sum(map(bool, hits)), len(hits)
    interval = stats.binomtest(good, cases).proportion_ci(method="wilson")
    return Figure(good / cases, interval.low, interval.high, cases)


def mean(values: Sequence[float], digits: int = 1) -> Figure:
    """NaN is left out."""
    known = np.asarray([value for value in values if value == value])
    return _sampled((known,), np.mean, len(known), digits)


def auc(right: Sequence[float], wrong: Sequence[float]) -> Figure:
    """How often a right one stands above a wrong one."""

    def area(right: Any, wrong: Any) -> float:
        labels = [1] * len(right) + [0] * len(wrong)
        return float(roc_auc_score(labels, [*right, *wrong]))

    return _sampled((right, wrong), area, len(right) + len(wrong), 3)


def ratio(above: Sequence[float], below: Sequence[float]) -> Figure:
    """The sum of one over the sum of the other, case by case."""

    def over(above: Any, below: Any) -> float:
        return float(np.sum(above) / np.sum(below))

    return _sampled((above, below), over, len(above), 3, paired=True)


def _sampled(data: Any, figure: Any, cases: int, digits: int, paired: bool = False) -> Figure:
    found = stats.bootstrap(
        data, figure, n_resamples=SAMPLES, vectorized=False, paired=paired,
        method="percentile", rng=np.random.default_rng(1),
    )  # fmt: skip
    interval = found.confidence_interval
    return Figure(float(figure(*data)), interval.low, interval.high, cases, digits)
