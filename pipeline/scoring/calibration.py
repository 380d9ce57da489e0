"""Calibration: labelled takes → the chance that a take is good by its score, and the gate's zones. Pure.

With few labels the chance follows Platt's curve, with many it follows the labels, rising only
(isotonic). A calibration is of one scorer and one profile: scores of others say nothing about it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.result import Zones
from pipeline.scoring import accuracy
from pipeline.scoring.accuracy import Accuracy, Figure, Numbers

MANY = 500
"""From so many labels on the curve is isotonic."""
LEAST_REJECTED = 10
"""Rejections that a calibration needs, or it has not seen what bad scores look like."""
CONFIDENCE = 0.95
"""Of the bound on the bad among the accepted."""
LEAST_SHOTS = 10
"""Shots that swapping prompts needs."""
EVEN = 0.5
"""Below this chance of being good another render is a better bet than a person's time."""
FOLDS = 5
STEPS = np.linspace(0, 1, 1001)
"""The places where a line may lie that no label gives."""


class NotEnough(ValueError):
    """Nothing can be calibrated; the message says what is missing, as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Label:
    """A person's word on one take."""

    score: float
    """The match that the gate looked at, 0..1."""
    good: bool
    shot: str
    """The shot by any name: labels of one shot hang together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platt:
    """The logistic curve; never falling."""

    slope: float
    intercept: float
    method: Literal["platt"] = "platt"

    def chances(self, scores: Numbers) -> Numbers:
        """The chance of being good, 0..1, of each score."""
        from scipy.special import expit

        return expit(self.slope * scores + self.intercept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Isotonic:
    """Straight lines between knots, level before the first and after the last; never falling."""

    scores: tuple[float, ...]
    at: tuple[float, ...]
    """The chance at each knot."""
    method: Literal["isotonic"] = "isotonic"

    def chances(self, scores: Numbers) -> Numbers:
        """The chance of being good, 0..1, of each score."""
        return np.interp(scores, self.scores, self.at)


Curve = Platt | Isotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Where the gate draws its lines for one scorer and profile, and what that rests on."""

    profile: str
    scorer: str
    source: Literal["labels", "swapped prompts"]
    zones: Zones
    limit: float
    """The share of bad ones (or of swapped prompts) that may be accepted at most."""
    good: int
    """Approvals (or takes with their own prompt)."""
    bad: int
    """Rejections (or takes held against another shot's prompt)."""
    curve: Platt | Isotonic | None = None
    """None where it was made from swapped prompts: those tell nothing about chances."""
    accuracy: Accuracy | None = None
    """Of chances that each label had no part in."""


def calibrate(profile: str, scorer: str, labels: Sequence[Label], limit: float) -> Calibration:
    """The curve and the zones of these labels. Raises `NotEnough`, and `ValueError` for no score."""
    good = sum(label.good for label in labels)
    bad = len(labels) - good
    check_enough(good, bad, limit)
    curve = fit(labels)
    return Calibration(
        profile=profile,
        scorer=scorer,
        source="labels",
        zones=zones(labels, curve, limit),
        limit=limit,
        good=good,
        bad=bad,
        curve=curve,
        accuracy=figures(labels),
    )


def check_enough(good: int, bad: int, limit: float) -> None:
    """Raises `NotEnough` for fewer approvals or rejections than a calibration needs."""
    needed = approvals_needed(limit)
    if good < needed or bad < LEAST_REJECTED:
        raise NotEnough(
            f"there are {good} approvals and {bad} rejections; it takes at least {needed} approvals "
            f"(fewer cannot show that at most {limit:.0%} are bad) and {LEAST_REJECTED} rejections"
        )


def from_swapped(
    profile: str, scorer: str, takes: Sequence[Label], limit: float, threshold: float
) -> Calibration:
    """Zones for the time before there are labels: `good` are takes held against their own prompt, the
    others against another shot's. Accepted from where at most `limit` of those come, made again
    below the middle of them.

    No line falls below the profile's `threshold`: another shot's prompt is easier to tell from the
    right one than a take that nearly does what it should. Raises `NotEnough`.
    """
    swapped = np.asarray([take.score for take in takes if not take.good])
    shots = len({take.shot for take in takes})
    if shots < LEAST_SHOTS or not len(swapped):
        raise NotEnough(
            f"there are finished clips of {shots} shots with a prompt of their own; it takes at "
            f"least {LEAST_SHOTS}"
        )
    accept = first(lambda place: bool(np.mean(swapped >= place) <= limit))
    retake = first(lambda place: bool(np.mean(swapped >= place) <= EVEN))
    if accept is None or retake is None:
        raise NotEnough(
            f"{np.mean(swapped >= 1):.0%} of the clips match another shot's prompt in full: this "
            "scorer cannot tell prompts apart"
        )
    return Calibration(
        profile=profile,
        scorer=scorer,
        source="swapped prompts",
        zones=Zones(retake=max(retake, threshold), accept=max(accept, threshold)),
        limit=limit,
        good=len(takes) - len(swapped),
        bad=len(swapped),
    )


def approvals_needed(limit: float) -> int:
    """So many good ones without a bad one bring the upper bound of the bad down to `limit`."""
    return math.ceil(math.log(1 - CONFIDENCE) / math.log(1 - limit))


def fit(labels: Sequence[Label]) -> Curve:
    """The chance of being good by score. Raises `ValueError` where a score is not within 0 … 1."""
    return _curve(*_columns(labels), isotonic=len(labels) >= MANY)


def figures(labels: Sequence[Label], seed: int = 0) -> Accuracy | None:
    """Brier, ECE and AUROC of labels, by chances that their own shots had no part in.

    None where they are all alike or of one shot.
    """
    if len({label.shot for label in labels}) < 2:
        return None
    scores, good = _columns(labels)
    shots = [label.shot for label in labels]
    return accuracy.measure(scores, _unseen(scores, good, shots, seed), good > 0, shots, seed)


def told_apart(labels: Sequence[Label], seed: int = 0) -> Figure | None:
    """How well the score alone puts good above bad (AUROC); None where all are alike."""
    scores, good = _columns(labels)
    told = accuracy.measure(scores, scores, good > 0, [label.shot for label in labels], seed)
    return told.auroc if told else None


def zones(labels: Sequence[Label], curve: Curve, limit: float) -> Zones:
    """Accepted from where the bad are few, made again where bad is likelier than good.

    The bound is one of 95 % on the line that is chosen. Raises `NotEnough` where no line keeps the bad
    below `limit`.
    """
    accept = _accept_line(labels, limit)
    retake = first(lambda place: bool(curve.chances(np.asarray([place]))[0] >= EVEN))
    return Zones(retake=min(accept, 1.0 if retake is None else retake), accept=accept)


def upper_bound(bad: NDArray[Any] | int, of: NDArray[Any] | int) -> Numbers:
    """How many of the accepted may be bad, as a share, when `bad` of `of` were (Clopper-Pearson)."""
    from scipy.special import betaincinv

    left = np.asarray(of) - bad
    bound = betaincinv(np.asarray(bad) + 1, np.maximum(left, 1), CONFIDENCE)
    return np.where(left > 0, bound, 1.0)


def first(holds: Callable[[float], bool]) -> float | None:
    """The lowest of `STEPS` where `holds` is true; it must stay true above."""
    low, high = 0, len(STEPS)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(float(STEPS[middle])) else (middle + 1, high)
    return float(STEPS[low]) if low < len(STEPS) else None


def _accept_line(labels: Sequence[Label], limit: float) -> float:
    """The lowest score such that of the labels at or above it at most `limit` are bad, bounded above."""
    scores, good = _columns(labels)
    places, member = np.unique(scores, return_inverse=True)
    of = np.cumsum(np.bincount(member)[::-1])[::-1]
    bad = np.cumsum(np.bincount(member, 1 - good)[::-1])[::-1]
    bounds = upper_bound(bad, of)
    if (bounds > limit).all():
        best = int(bounds.argmin())
        raise NotEnough(
            f"no line keeps the bad among the accepted below {limit:.0%}: at best {bad[best]:.0f} of "
            f"{of[best]} are bad, which may mean {bounds[best]:.1%}; label more takes of high match, "
            "or allow more with --limit"
        )
    return float(places[np.argmax(bounds <= limit)])


def _curve(scores: Numbers, good: Numbers, *, isotonic: bool) -> Curve:
    return _isotonic(scores, good) if isotonic else _platt(scores, good)


def _platt(scores: Numbers, good: Numbers) -> Platt:
    """The likeliest logistic curve that does not fall, towards Platt's targets: short of 0 and of 1."""
    from scipy.optimize import minimize
    from scipy.special import expit

    many, few = good.sum(), len(good) - good.sum()
    targets = np.where(good > 0, (many + 1) / (many + 2), 1 / (few + 2))

    def loss(curve: Numbers) -> tuple[float, Numbers]:
        raised = curve[0] * scores + curve[1]
        off = expit(raised) - targets
        return float((np.logaddexp(0, raised) - targets * raised).sum()), np.asarray(
            [(off * scores).sum(), off.sum()]
        )

    found = minimize(
        loss, [1.0, 0.0], jac=True, method="L-BFGS-B", bounds=[(0, None), (None, None)],
        options={"ftol": 1e-15, "gtol": 1e-9},
    )  # fmt: skip
    return Platt(slope=float(found.x[0]), intercept=float(found.x[1]))


def _isotonic(scores: Numbers, good: Numbers) -> Isotonic:
    from scipy.optimize import isotonic_regression

    places, member, counts = np.unique(scores, return_inverse=True, return_counts=True)
    shares = np.bincount(member, good) / counts
    chances = isotonic_regression(shares, weights=counts).x
    level = np.r_[False, (chances[1:-1] == chances[:-2]) & (chances[1:-1] == chances[2:]), False]
    kept = ~level[: len(places)]
    return Isotonic(scores=tuple(places[kept].tolist()), at=tuple(chances[kept].tolist()))


def _unseen(scores: Numbers, good: Numbers, shots: Sequence[str], seed: int) -> Numbers:
    """The chance of each label by a curve of the other folds' labels; a shot lies in one fold."""
    names, member = np.unique(np.asarray(shots), return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    fold = (order % min(FOLDS, len(names)))[member]
    chances = np.empty(len(scores))
    for number in np.unique(fold):
        inside, outside = fold == number, fold != number
        curve = _curve(scores[outside], good[outside], isotonic=len(scores) >= MANY)
        chances[inside] = curve.chances(scores[inside])
    return chances


def _columns(labels: Sequence[Label]) -> tuple[Numbers, Numbers]:
    """Scores, and 1 for good and 0 for bad."""
    for label in labels:
        if not 0 <= label.score <= 1:
            raise ValueError(f"the score {label.score:g} of {label.shot} is not within 0 … 1")
    return (
        np.asarray([label.score for label in labels], float),
        np.asarray([label.good for label in labels], float),
    )
