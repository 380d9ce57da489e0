"""How far apart two shares of the same pairs are, with a 95 % interval: Tango's score interval. Pure.

T. Tango, Equivalence test and confidence interval for the difference in proportions for the paired-sample
design, Statistics in Medicine 17 (1998), 891-908. It holds what it promises for few pairs, and where all
pairs agree it does not say that nothing can differ.

Pairs of one shot tell less than those of different shots, so counts are divided by their design effect
first: J. N. K. Rao and A. J. Scott, A simple method for the analysis of clustered binary data, Biometrics
48 (1992), 577-585.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
_HALVINGS = 60
MOST_TIMES = 100
"""Times as many pairs as there are, beyond which nobody would render them."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Pairs of a first and a second, each of which passes or does not."""

    pairs: float
    only_first: float
    """Pairs whose first alone passes."""
    only_second: float

    def times(self, factor: float) -> "Counts":
        """As if so many times as many pairs had come out alike."""
        return Counts(self.pairs * factor, self.only_first * factor, self.only_second * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A difference of shares, second minus first, -1 … 1, with its 95 % interval."""

    difference: float
    low: float
    high: float

    def in_points(self) -> str:
        """As people read it: `-2.5 points (-9.1 … +4.0)`."""
        value, low, high = (each * 100 for each in (self.difference, self.low, self.high))
        return f"{value:+.1f} points ({low:+.1f} … {high:+.1f})"


def interval(counts: Counts) -> Interval:
    """The difference of the two shares and its interval. Raises `ValueError` without a pair."""
    if counts.pairs <= 0:
        raise ValueError("without a pair nothing can be said of a difference")
    difference = (counts.only_second - counts.only_first) / counts.pairs
    return Interval(
        difference=difference,
        low=_bound(counts, difference, -1.0),
        high=_bound(counts, difference, 1.0),
    )


def design_effect(by_shot: Mapping[str, Sequence[int]]) -> float:
    """How many pairs tell as much as one would, were all of different shots: 1 … pairs of a shot.

    `by_shot` holds, for each shot, second minus first of its pairs: -1, 0 or 1. Pairs that all agree do
    not tell how they hang together: each shot then counts once.
    """
    pairs = [each for of_shot in by_shot.values() for each in of_shot]
    shots, most = len(by_shot), max(map(len, by_shot.values()), default=1)
    if most <= 1 or shots < 2:
        return float(most)
    mean = sum(pairs) / len(pairs)
    alone = sum((each - mean) ** 2 for each in pairs)
    if not any(pairs) or not alone:
        return float(most)
    together = sum(sum(each - mean for each in of_shot) ** 2 for of_shot in by_shot.values())
    found = together * shots / (shots - 1) / (alone * len(pairs) / (len(pairs) - 1))
    return min(max(found, 1.0), float(most))


def times_needed(counts: Counts, margin: float) -> float | None:
    """How many times as many pairs would decide on a loss of `margin`, came they out alike.

    1 where these decide already; None where `MOST_TIMES` as many would not.
    """
    if _decides(counts, margin):
        return 1.0
    if not _decides(counts.times(MOST_TIMES), margin):
        return None
    most = 2.0
    while most < MOST_TIMES and not _decides(counts.times(most), margin):
        most *= 2
    least, most = most / 2, min(most, MOST_TIMES)
    while most - least > 0.01 * least:
        middle = (least + most) / 2
        least, most = (least, middle) if _decides(counts.times(middle), margin) else (middle, most)
    return most


def _decides(counts: Counts, margin: float) -> bool:
    found = interval(counts)
    return found.low > -margin or found.high < -margin


def _bound(counts: Counts, difference: float, end: float) -> float:
    """The difference between the estimate and `end` (-1 or 1) that these counts just do not exclude."""
    inside, outside = difference, end
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if abs(_score(counts, middle)) <= _Z:
            inside = middle
        else:
            outside = middle
    return inside


def _score(counts: Counts, difference: float) -> float:
    """Standard deviations by which these counts lie off a difference: Tango's equations 24 to 26."""
    n, first, second = counts.pairs, counts.only_first, counts.only_second
    off = second - first - n * difference
    half = -first - second + (2 * n - second + first) * difference
    root = math.sqrt(max(half**2 + 8 * n * first * difference * (1 - difference), 0.0))
    only_first = max((root - half) / (4 * n), 0.0)
    variance = n * (2 * only_first + difference * (1 - difference))
    if variance <= 0:
        return 0.0 if abs(off) < 1e-12 * n else math.copysign(math.inf, off)
    return off / math.sqrt(variance)
