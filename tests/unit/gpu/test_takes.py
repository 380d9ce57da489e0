"""A take costs what its passes and its other parts cost together, whether measured or calculated."""

from typing import Any

import pytest

from pipeline.profiles import profile
from tests.benchmarks import engine
from tests.gpu import measured, published, takes
from tests.gpu.takes import CACHE, TAIL, Parts

PARTS = Parts(high=3.0, low=2.0, still=1.0, decode=4.0, exchange=0.5)


@pytest.mark.parametrize(
    ("name", "high", "low", "kind"),
    [
        ("wan2.2-i2v-a14b", 30, 50, "exact"),
        ("wan2.2-i2v-a14b-fast", 30, 25, "fewer operations"),
        ("wan2.2-i2v-a14b-draft", 2, 2, "few steps"),
        ("wan2.2-i2v-a14b-24gb", 30, 50, "fewer operations"),
        ("wan2.2-i2v-a14b-24gb-float8", 30, 50, "fewer operations"),
        ("wan2.2-i2v-a14b-24gb-draft", 2, 2, "few steps"),
    ],
)
def test_each_packaged_profile_makes_its_passes(
    name: str, high: int, low: int, kind: takes.Kind
) -> None:
    wanted = profile.load(name)
    assert takes.passes(wanted) == (high, low)
    assert takes.kind(wanted) == kind


def test_every_packaged_profile_is_counted_in_each_of_its_areas() -> None:
    counted = {(each.name, each.frame.area) for each in takes.profiles()}
    assert ("wan2.2-i2v-a14b", "720p") in counted
    assert ("wan2.2-i2v-a14b-24gb", "720p") not in counted
    assert {name for name, _ in counted} == {
        name for name in profile.names() if name.startswith("wan2.2")
    }


def test_a_take_is_its_still_its_passes_its_decode_and_its_tail() -> None:
    exact = profile.load("wan2.2-i2v-a14b")
    assert takes.card_seconds(exact, PARTS) == 1 + 30 * 3 + 50 * 2 + 4
    assert takes.seconds(exact, PARTS) == takes.card_seconds(exact, PARTS) + TAIL["480p"]


def test_a_step_cache_shortens_steps_alone() -> None:
    fast = profile.load("wan2.2-i2v-a14b-fast")
    assert takes.card_seconds(fast, PARTS) == pytest.approx(1 + (30 * 3 + 25 * 2) / CACHE + 4)


def test_experts_that_change_places_do_so_twice_a_wave() -> None:
    alone, four = (profile.load(f"wan2.2-i2v-a14b-24gb{name}") for name in ("", "-draft"))
    assert (alone.worker.wave, four.worker.wave) == (1, 4)
    assert takes.card_seconds(alone, PARTS) == 1 + 30 * 3 + 50 * 2 + 2 * 0.5 + 4
    assert takes.card_seconds(four, PARTS) == 1 + 2 * 3 + 2 * 2 + 2 * 0.5 / 4 + 4


def stages(**changes: Any) -> dict[str, Any]:
    """What a measurement would have found, in round numbers."""
    passing = {"480p": {"pass_s": 2.0, "tflops": 800}, "720p": {"pass_s": 8.0, "tflops": 800}}
    vae = {
        "encode float32": {"s": 2.0},
        "decode float32": {"s": 4.0},
        "decode bfloat16": {"s": 3.0},
    }
    return {
        "compiled_480p": {"pass_s": 2.5, "tflops": 670},
        "compiled_720p": {"pass_s": 10.0, "tflops": 650},
        "vae_480p": vae,
        "vae_720p": vae,
        "float8": passing,
        "int8": passing,
        "exchange": {"one_way_s": 1.0},
    } | changes


def cost(name: str, area: str, found: Any, card: str = "NVIDIA H200") -> dict[str, Any]:
    [one] = [
        each
        for each in measured.costs({"card": card, "stages": found})
        if (each["profile"], each["area"]) == (name, area)
    ]
    return one


def test_measured_parts_are_summed_up_by_profile_and_held_against_what_was_wanted() -> None:
    exact = cost("wan2.2-i2v-a14b", "480p", stages())
    assert exact["seconds"] == 2 + 80 * 2.5 + 4 + 3
    assert exact["per_accepted"] == pytest.approx((2 + 80 * 2.5 + 4) / 0.6, abs=0.1)
    assert (exact["limit"], exact["wanted"]) == (170, 225)
    assert exact["best_published"] == "207 (LightX2V, H100, its steps alone)"
    draft = cost("wan2.2-i2v-a14b-draft", "720p", stages())
    assert draft["seconds"] == 2 + 4 * 8 + 3 + 7
    assert (draft["limit"], draft["wanted"]) == (None, None)
    small = cost("wan2.2-i2v-a14b-24gb", "480p", stages())
    assert small["seconds"] == 2 + 80 * 2 + 2 * 1 + 3 + 3


def test_of_a_take_whose_parts_were_not_all_measured_the_reason_is_told() -> None:
    found = stages(float8={"left_out": "a card does not multiply in it"})
    del found["compiled_720p"]
    assert cost("wan2.2-i2v-a14b-fast", "480p", found)["missing"] == (
        "float8: a card does not multiply in it"
    )
    assert cost("wan2.2-i2v-a14b", "720p", found)["missing"] == (
        "compiled_720p: the measurement was ended before it"
    )
    assert cost("wan2.2-i2v-a14b", "480p", found)["missing"] is None


def test_a_card_is_held_against_what_was_published_for_its_kind() -> None:
    ada = published.best("few steps", "480p", "NVIDIA GeForce RTX 4090")
    assert ada is not None
    assert (ada.who, ada.seconds) == ("LightX2V", 63)
    assert published.best("exact", "480p", "NVIDIA A100-SXM4-80GB") is None
    assert published.target("wan2.2-i2v-a14b", "480p", "NVIDIA H100 80GB HBM3") == 240
    assert published.target("wan2.2-i2v-a14b", "480p", "a CPU") is None


def test_calculated_seconds_lie_above_what_a_card_could_do_at_most() -> None:
    exact = profile.load("wan2.2-i2v-a14b")
    for area, limit in published.LIMIT.items():
        high, low = takes.passes(exact)
        wanted = takes.in_area(exact, area)
        steps = (high + low) * engine.parts(wanted, engine.H100).high
        assert limit < steps < 1.5 * limit


def test_calculated_seconds_follow_card_and_profile() -> None:
    """Seconds of a step with guidance, 480p: an H200's as measured, others as their rates are assumed."""
    exact, fast = (profile.load(f"wan2.2-i2v-a14b{name}") for name in ("", "-fast"))
    small = profile.load("wan2.2-i2v-a14b-24gb")
    cards = engine.CARDS
    found = [
        2 * engine.parts(exact, cards["H200"]).high,
        2 * engine.parts(fast, cards["H200"]).high,
        2 * engine.parts(small, cards["RTX 4090"]).high,
        2 * engine.parts(small, cards["RTX 3090"]).high,
        2 * engine.parts(exact, cards["H200"], eager=True).high,
    ]
    assert found == pytest.approx([5.46, 4.64, 18.7, 42, 6.31], rel=0.04)


def test_the_benchmark_tells_cards_and_profiles_that_go_together() -> None:
    found = engine.run()
    assert set(found["RTX 4090"]) == {
        "wan2.2-i2v-a14b-24gb 480p",
        "wan2.2-i2v-a14b-24gb-draft 480p",
        "wan2.2-i2v-a14b-24gb-float8 480p",
    }
    assert "does not multiply in it" in found["RTX 3090"]["wan2.2-i2v-a14b-24gb-float8 480p"]
    assert found["H100"]["wan2.2-i2v-a14b 480p"]["wanted"] == 240
    assert "LightX2V, H100, 480p, exact, its steps alone" in found["published"]
    assert found["assumed"]["seconds of checks, score and film"] == TAIL
