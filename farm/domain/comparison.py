"""What pairs of takes say of a stand-in: how many more or fewer it has accepted, and what follows. Pure.

A pair is the same shot by both profiles with the same seed. Both of its takes are judged by the lines of
the exact profile, and only acceptance decides; pictures and seconds are for people to read.
"""

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from farm.domain.paired_difference import Counts, Interval, design_effect, interval, times_needed
from pipeline.result import Verdict, Zones
from pipeline.stages import STAGES

MARGIN = 0.03
"""The share of takes that a stand-in may have accepted fewer."""


class Conclusion(StrEnum):
    """What the interval of the difference says."""

    MAY_STAND = "may_stand"
    """It excludes a loss of more than the margin."""
    MAY_NOT = "may_not"
    """It excludes any smaller loss."""
    UNDECIDED = "undecided"
    """Neither: there are too few pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTake:
    """One take of a pair."""

    verdict: Verdict
    match: float | None
    findings: tuple[str, ...]
    """Codes of what its clip was found to have, each once."""
    clip: str
    """Relative to the media root."""
    seconds: Mapping[str, float]
    """Wall seconds by stage."""
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two takes of one shot with one seed."""

    shot: str
    number: int
    """Of its seed among those of the shot, from 1."""
    seed: int
    exact: JudgedTake
    stand_in: JudgedTake
    psnr: float | None
    """Of the two films, in dB; None where they are the same."""
    ssim: float

    @property
    def more_accepted(self) -> int:
        """1 where the stand-in's take alone is accepted, -1 where the exact one's is, else 0."""
        return _passes(self.stand_in) - _passes(self.exact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What the takes of one profile came to."""

    profile: str
    revision: str
    verdicts: Mapping[Verdict, int]
    seconds: Mapping[str, float]
    """The median by stage. With several seeds those of the first do not count: of them a worker's first
    take warms up, and exact ones encode the texts and stills that all others find kept."""
    take_seconds: float
    """The median of whole takes, of the same."""
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A number of every pair: how it lies."""

    median: float
    lowest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What `farm gate` found, whole; the record that a stand-in needs."""

    stand_in: Side
    exact: Side
    scorer: str
    rules: str
    """`farm.domain.stand_in.judged_by` of both profiles."""
    zones: Zones
    """The lines that both sides were judged by."""
    at: str
    """When, as ISO 8601 writes it, in UTC."""
    pairs: tuple[Pair, ...]
    only_exact: int
    """Pairs of which the exact take alone is accepted."""
    only_stand_in: int
    shots: int
    design_effect: float
    """Pairs of these that tell as much as one would, were all of different shots."""
    acceptance: Interval
    """Stand-in minus exact, as shares of the takes."""
    margin: float
    conclusion: Conclusion
    pairs_needed: int | None
    """About so many would decide, came they out alike; None where nobody would render so many."""
    match: float | None
    """The mean of the stand-in's match minus the exact one's; None where no pair has both."""
    findings: Mapping[str, tuple[int, int]]
    """By code: pairs of which the exact, or the stand-in's, clip alone has it."""
    psnr: Spread | None
    """In dB; None where half of the films or more are the same."""
    ssim: Spread
    cheaper: float | None
    """How many takes of the stand-in last as long as an exact one; None where the devices differ."""
    left_out: tuple[str, ...] = ()
    """A sentence for each take that could not be made; its pair does not count."""


def compare(
    stand_in: tuple[str, str],
    exact: tuple[str, str],
    pairs: Sequence[Pair],
    *,
    scorer: str,
    rules: str,
    zones: Zones,
    at: str,
    left_out: Iterable[str] = (),
    margin: float = MARGIN,
) -> Comparison:
    """What these pairs say of two profiles, each named with its revision. Raises `ValueError` without
    a pair."""
    by_shot: dict[str, list[int]] = {}
    for pair in pairs:
        by_shot.setdefault(pair.shot, []).append(pair.more_accepted)
    only_exact = sum(pair.more_accepted < 0 for pair in pairs)
    only_stand_in = sum(pair.more_accepted > 0 for pair in pairs)
    effect = design_effect(by_shot)
    counts = Counts(len(pairs), only_exact, only_stand_in).times(1 / effect)
    found = interval(counts)
    conclusion, needed = conclude(found, margin), None
    if conclusion is Conclusion.UNDECIDED and (times := times_needed(counts, margin)):
        needed = math.ceil(times * len(pairs))
    sides = (
        _side(*exact, pairs, lambda pair: pair.exact),
        _side(*stand_in, pairs, lambda pair: pair.stand_in),
    )
    return Comparison(
        stand_in=sides[1],
        exact=sides[0],
        scorer=scorer,
        rules=rules,
        zones=zones,
        at=at,
        pairs=tuple(pairs),
        only_exact=only_exact,
        only_stand_in=only_stand_in,
        shots=len(by_shot),
        design_effect=effect,
        acceptance=found,
        margin=margin,
        conclusion=conclusion,
        pairs_needed=needed,
        match=_match(pairs),
        findings=_findings(pairs),
        psnr=_psnr(pairs),
        ssim=_spread([pair.ssim for pair in pairs]),
        cheaper=_cheaper(*sides),
        left_out=tuple(left_out),
    )


def conclude(found: Interval, margin: float) -> Conclusion:
    """What an interval of the difference says, where a loss of `margin` may be borne."""
    if found.low > -margin:
        return Conclusion.MAY_STAND
    return Conclusion.MAY_NOT if found.high < -margin else Conclusion.UNDECIDED


def _passes(take: JudgedTake) -> bool:
    return take.verdict is Verdict.ACCEPTED


def _side(
    profile: str, revision: str, pairs: Sequence[Pair], take_of: Callable[[Pair], JudgedTake]
) -> Side:
    takes = [take_of(pair) for pair in pairs]
    timed = [take_of(pair) for pair in pairs if pair.number > 1] or takes
    counted = Counter(take.verdict for take in takes)
    return Side(
        profile=profile,
        revision=revision,
        verdicts={verdict: counted[verdict] for verdict in Verdict},
        seconds={name: _median(take.seconds.get(name, 0.0) for take in timed) for name in STAGES},
        take_seconds=_median(sum(take.seconds.values()) for take in timed),
        devices=tuple(sorted({take.device for take in takes})),
    )


def _median(numbers: Iterable[float]) -> float:
    return statistics.median(numbers)


def _cheaper(exact: Side, stand_in: Side) -> float | None:
    if len({*exact.devices, *stand_in.devices}) > 1 or not stand_in.take_seconds:
        return None
    return exact.take_seconds / stand_in.take_seconds


def _match(pairs: Sequence[Pair]) -> float | None:
    both = [
        pair.stand_in.match - pair.exact.match
        for pair in pairs
        if pair.stand_in.match is not None and pair.exact.match is not None
    ]
    return statistics.mean(both) if both else None


def _findings(pairs: Sequence[Pair]) -> dict[str, tuple[int, int]]:
    one = _alone(pairs, lambda pair: (pair.exact, pair.stand_in))
    other = _alone(pairs, lambda pair: (pair.stand_in, pair.exact))
    return {code: (one[code], other[code]) for code in sorted({*one, *other})}


def _alone(
    pairs: Sequence[Pair], sides: Callable[[Pair], tuple[JudgedTake, JudgedTake]]
) -> Counter[str]:
    """How many pairs have a finding on the first of the sides alone, by code."""
    both = [sides(pair) for pair in pairs]
    return Counter(code for one, other in both for code in {*one.findings} - {*other.findings})


def _psnr(pairs: Sequence[Pair]) -> Spread | None:
    found = _spread([math.inf if pair.psnr is None else pair.psnr for pair in pairs])
    return found if math.isfinite(found.median) else None


def _spread(numbers: Sequence[float]) -> Spread:
    return Spread(median=statistics.median(numbers), lowest=min(numbers))
