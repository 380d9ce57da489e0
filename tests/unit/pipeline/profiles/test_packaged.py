"""The packaged profiles differ in what their names say, and in nothing else."""

import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest
from pydantic import ValidationError

from farm.domain.stand_in import judged_by, why_not_comparable
from pipeline.profiles import profile
from pipeline.profiles.match_section import MatchSection

EXACT = "wan2.2-i2v-a14b"
OTHERS = sorted({name for name in profile.names() if name.startswith(EXACT)} - {EXACT})
CHEAPER = {"speed.decode", "speed.quantisation.high", "speed.quantisation.low"}
EXCHANGED = {"frame.areas.720p", "worker.experts", "worker.wave", "match.device", "match.gpus"}
DISTILLED = {
    "model.loras",
    "sampler.steps",
    "sampler.cfg_high",
    "sampler.cfg_low",
    "sampler.solver_order",
    "sampler.corrector",
    "ladder",
}
CACHED = {
    f"speed.cache.{key}"
    for key in ("threshold", "first_blocks", "last_blocks", "warm_up", "in_a_row")
}
DIFFERENCES = {
    "wan2.2-i2v-a14b-fast": CHEAPER | CACHED | {"speed.guidance"},
    "wan2.2-i2v-a14b-draft": CHEAPER | DISTILLED,
    "wan2.2-i2v-a14b-24gb": CHEAPER | EXCHANGED,
    "wan2.2-i2v-a14b-24gb-float8": CHEAPER | EXCHANGED,
    "wan2.2-i2v-a14b-24gb-draft": CHEAPER | EXCHANGED | DISTILLED,
}
LETTERED = {
    "frame.area", "frame.areas.64p", "frame.areas.96p", "frame.areas.128p",
    "lettering.read", "retakes.renders", "early.decoder",
}  # fmt: skip
LABELS = {"name", "title", "stands_for"}


def written(name: str) -> dict[str, Any]:
    """What the file says, by keys in one row."""
    file = resources.files("pipeline") / "profiles" / f"{name}.toml"
    return dict(flat(tomllib.loads(file.read_text(encoding="utf-8")), ""))


def flat(table: dict[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{key}.")
        else:
            yield before + key, value


def test_every_packaged_profile_is_described_here() -> None:
    assert set(DIFFERENCES) == set(OTHERS)


@pytest.mark.parametrize("name", OTHERS)
def test_a_profile_differs_from_the_exact_one_where_it_says_so(name: str) -> None:
    exact, other = written(EXACT), written(name)
    different = {key for key in exact | other if exact.get(key) != other.get(key)}
    assert different - LABELS == DIFFERENCES[name]


def test_the_toy_that_has_its_lettering_read_is_the_toy_but_larger() -> None:
    toy, lettered = written("toy"), written("toy-lettered")
    different = {key for key in toy | lettered if toy.get(key) != lettered.get(key)}
    assert different - LABELS == LETTERED


@pytest.mark.parametrize("name", [EXACT, *OTHERS])
def test_a_profile_of_the_large_model_has_a_name_a_title_and_a_revision_of_its_own(
    name: str,
) -> None:
    made = profile.load(name)
    assert made.name == name
    rest = [profile.load(other) for other in (EXACT, *OTHERS) if other != name]
    assert made.title not in {other.title for other in rest}
    assert made.revision not in {other.revision for other in rest}


@pytest.mark.parametrize("name", [EXACT, *OTHERS])
def test_no_rung_of_a_distilled_model_touches_guidance(name: str) -> None:
    made = profile.load(name)
    touched = any(rung.cfg_high or rung.cfg_low for rung in made.ladder)
    assert touched is made.guided
    assert made.guided is ("draft" not in name)


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_distilled_is_not_shortened_further(name: str) -> None:
    """Four steps leave nothing for a cache to take over (diffusers' issue 14025)."""
    made = profile.load(name)
    assert made.guided or (made.speed.cache is None and made.speed.guidance == "always")


@pytest.mark.parametrize("name", OTHERS)
def test_a_profile_is_judged_as_the_exact_one_is_so_that_both_make_pairs(name: str) -> None:
    told = list(why_not_comparable(profile.load(name), profile.load(EXACT)))
    assert [each for each in told if "judged by other rules" in each] == []
    assert judged_by(profile.load(name)) == judged_by(profile.load(EXACT))


def test_a_judge_of_its_own_holds_a_share_of_one_card() -> None:
    own = profile.load("wan2.2-i2v-a14b").match.model_dump() | {"where": "own"}
    assert MatchSection.model_validate(own | {"device": "cuda:0"}).device == "cuda:0"
    with pytest.raises(ValidationError, match="share of one card"):
        MatchSection.model_validate(own | {"device": "cuda:1"})
