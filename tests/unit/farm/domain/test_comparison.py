"""What pairs say of a stand-in: who had more accepted, and what follows from how many there are."""

from dataclasses import replace
from typing import Any

import pytest

from farm.domain.comparison import (
    Comparison,
    Conclusion,
    JudgedTake,
    Pair,
    compare,
    conclude,
)
from farm.domain.paired_difference import Interval
from pipeline.result import Verdict, Zones
from pipeline.stages import STAGES

GOOD, LOW = Verdict.ACCEPTED, Verdict.LOW_MATCH


def a_take(verdict: Verdict = GOOD, match: float | None = 0.8, **changes: Any) -> JudgedTake:
    take = JudgedTake(
        verdict=verdict,
        match=match,
        findings=(),
        clip="gates/a.mp4",
        seconds={"denoise": 10.0, "decode": 2.0},
        device="cpu",
    )
    return replace(take, **changes)


def a_pair(
    exact: JudgedTake | None = None, stand_in: JudgedTake | None = None, **changes: Any
) -> Pair:
    pair = Pair(
        shot="sh010",
        number=1,
        seed=7,
        exact=exact or a_take(),
        stand_in=stand_in or a_take(),
        psnr=32.0,
        ssim=0.9,
    )
    return replace(pair, **changes)


def compared(*pairs: Pair, **changes: Any) -> Comparison:
    options: dict[str, Any] = {
        "scorer": "toy-clip",
        "rules": "01234567",
        "zones": Zones.at(0.5),
        "at": "2026-11-29T08:00:00+00:00",
    }
    return compare(("toy-fast", "a" * 12), ("toy", "b" * 12), pairs, **options | changes)


def of_shots(agree: int, lost: int = 0, won: int = 0) -> list[Pair]:
    """So many pairs, each of a shot of its own."""
    kinds = (
        [a_pair()] * agree
        + [a_pair(stand_in=a_take(LOW, 0.3))] * lost
        + [a_pair(exact=a_take(LOW, 0.3))] * won
    )
    return [replace(each, shot=f"sh{number}") for number, each in enumerate(kinds)]


def test_both_sides_are_counted_and_only_acceptance_differs() -> None:
    found = compared(
        *of_shots(6, lost=2, won=1),
        a_pair(a_take(LOW), a_take(Verdict.BAD_CLIP), shot="x"),
        a_pair(a_take(Verdict.UNSCORED, None), a_take(LOW), shot="y"),
    )
    assert found.exact.verdicts == {
        GOOD: 8,
        Verdict.PARTLY: 0,
        LOW: 2,
        Verdict.BAD_CLIP: 0,
        Verdict.UNSCORED: 1,
    }
    assert found.stand_in.verdicts == {
        GOOD: 7,
        Verdict.PARTLY: 0,
        LOW: 3,
        Verdict.BAD_CLIP: 1,
        Verdict.UNSCORED: 0,
    }
    assert (found.only_exact, found.only_stand_in) == (2, 1)
    assert found.acceptance.difference == pytest.approx(-1 / 11)
    assert found.match == pytest.approx((2 * (0.3 - 0.8) + (0.8 - 0.3)) / 10)


def test_enough_pairs_that_agree_let_it_stand() -> None:
    found = compared(*of_shots(130))
    assert (found.conclusion, found.pairs_needed) == (Conclusion.MAY_STAND, None)


def test_a_clear_loss_does_not() -> None:
    assert compared(*of_shots(30, lost=10)).conclusion is Conclusion.MAY_NOT


def test_too_few_pairs_say_how_many_it_takes() -> None:
    found = compared(*of_shots(40))
    assert found.conclusion is Conclusion.UNDECIDED
    assert found.pairs_needed is not None
    assert 124 <= found.pairs_needed <= 127


def test_a_loss_of_just_the_margin_is_told_to_be_beyond_any_number() -> None:
    found = compared(*of_shots(97, lost=3))
    assert (found.conclusion, found.pairs_needed) == (Conclusion.UNDECIDED, None)


def test_two_seeds_of_a_shot_that_agree_are_no_two_shots() -> None:
    """130 pairs of 130 shots decide; 130 of 65 shots, of which nobody knows how they hang together, not."""
    pairs = [
        replace(a_pair(), shot=f"sh{number // 2}", number=number % 2 + 1) for number in range(130)
    ]
    found = compared(*pairs)
    assert (found.shots, found.design_effect) == (65, 2.0)
    assert found.conclusion is Conclusion.UNDECIDED
    assert found.pairs_needed is not None
    assert found.pairs_needed > 240


@pytest.mark.parametrize(
    ("low", "high", "conclusion"),
    [
        (-0.02, 0.1, Conclusion.MAY_STAND),
        (-0.03, 0.1, Conclusion.UNDECIDED),
        (-0.1, -0.01, Conclusion.UNDECIDED),
        (-0.1, -0.03, Conclusion.UNDECIDED),
        (-0.1, -0.031, Conclusion.MAY_NOT),
        (0.01, 0.2, Conclusion.MAY_STAND),
    ],
)
def test_the_interval_decides(low: float, high: float, conclusion: Conclusion) -> None:
    found = Interval(difference=(low + high) / 2, low=low, high=high)
    assert conclude(found, 0.03) is conclusion


def test_findings_that_one_clip_alone_has_are_counted_once_a_pair() -> None:
    flicker, frozen = a_take(findings=("clip.flicker",)), a_take(findings=("clip.frozen",))
    found = compared(
        a_pair(flicker, flicker, shot="a"),
        a_pair(flicker, frozen, shot="b"),
        a_pair(a_take(), frozen, shot="c"),
    )
    assert found.findings == {"clip.flicker": (1, 0), "clip.frozen": (0, 2)}


def test_films_are_told_by_their_middle_and_their_worst() -> None:
    found = compared(*(a_pair(psnr=psnr, ssim=ssim, shot=str(psnr))
                       for psnr, ssim in ((None, 1.0), (40.0, 0.9), (30.0, 0.8))))  # fmt: skip
    assert found.psnr is not None
    assert (found.psnr.median, found.psnr.lowest) == (40.0, 30.0)
    assert (found.ssim.median, found.ssim.lowest) == (0.9, 0.8)


def test_films_that_are_the_same_have_no_noise() -> None:
    assert compared(a_pair(psnr=None, ssim=1.0), a_pair(psnr=None, ssim=1.0)).psnr is None


def test_what_it_cost_is_told_by_stage_and_as_a_ratio() -> None:
    fast = a_take(seconds={"denoise": 4.0, "decode": 2.0})
    found = compared(a_pair(stand_in=fast))
    assert found.cheaper == pytest.approx(12 / 6)
    assert found.exact.seconds == dict.fromkeys(STAGES, 0.0) | {"denoise": 10.0, "decode": 2.0}
    assert found.stand_in.take_seconds == 6.0


def test_the_first_seed_warms_up_and_is_not_timed_where_there_are_others() -> None:
    cold = a_take(seconds={"text": 50.0, "denoise": 10.0})
    found = compared(a_pair(exact=cold), a_pair(number=2), a_pair(number=3))
    assert (found.exact.seconds["text"], found.exact.take_seconds) == (0.0, 12.0)
    assert compared(a_pair(exact=cold)).exact.take_seconds == 60.0


def test_seconds_of_different_devices_are_no_ratio() -> None:
    assert compared(a_pair(stand_in=a_take(device="cuda"))).cheaper is None


def test_takes_without_a_match_have_no_difference_of_it() -> None:
    assert compared(a_pair(a_take(Verdict.UNSCORED, None))).match is None


def test_without_a_pair_nothing_is_compared() -> None:
    with pytest.raises(ValueError, match="without a pair"):
        compared()
