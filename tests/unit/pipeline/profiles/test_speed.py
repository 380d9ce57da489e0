"""What changes frames changes the revision; what was not set leaves it as it was."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import LoraSection, SamplerSection, SpeedSection
from tests.conftest import a_recipe

TOY = profile.load("toy")
TUNED = profile.load("wan2.2-i2v-a14b")
WAN = TUNED.model_copy(update={"speed": SpeedSection()})
SPEEDS: list[dict[str, Any]] = [
    {"compile": True},
    {"guidance": "above_boundary"},
    {"decode": "bfloat16"},
    {"cache": {"threshold": 0.1}},
    {"cache": {"threshold": 0.2}},
    {"cache": {"threshold": 0.1, "first_blocks": 4}},
    {"cache": {"threshold": 0.1, "last_blocks": 1}},
    {"cache": {"threshold": 0.1, "warm_up": 2}},
    {"cache": {"threshold": 0.1, "in_a_row": 1}},
    {"quantisation": {"high": "int8"}},
    {"quantisation": {"low": "int8"}},
    {"quantisation": {"high": "float8", "low": "float8"}},
]


def changed(of: Profile, **sections: Any) -> Profile:
    """The profile with these keys of its tables set, and no other of [speed]."""
    values = of.model_dump(mode="json", exclude_unset=True)
    for name, keys in sections.items():
        values[name] = values.get(name, {}) | keys
    return Profile.model_validate(values)


def test_every_field_of_speed_is_tried_here() -> None:
    assert {key for each in SPEEDS for key in each} == set(SpeedSection.model_fields)


def test_each_change_of_speed_is_a_revision_of_its_own() -> None:
    revisions = [changed(WAN, speed=each).revision for each in SPEEDS]
    assert len({WAN.revision, *revisions}) == 1 + len(SPEEDS)


def test_what_is_set_as_it_would_be_without_leaves_the_revision() -> None:
    explicit = changed(
        WAN,
        speed={"compile": False, "guidance": "always", "quantisation": {}},
        sampler={"solver_order": 2, "corrector": True, "flow_shifts": {}},
        model={"loras": []},
    )
    assert explicit.revision == WAN.revision


def test_what_a_profile_stands_for_changes_no_frame_and_no_recipe() -> None:
    values = TOY.model_dump(mode="json", exclude_unset=True) | {"stands_for": "another"}
    claiming = Profile.model_validate(values)
    assert claiming.revision == TOY.revision
    recipes = [a_recipe(profile=each.name, revision=each.revision) for each in (TOY, claiming)]
    assert recipes[0].hash == recipes[1].hash
    assert (TOY.stands_for, WAN.stands_for) == ("", "")


def test_how_many_takes_go_in_a_wave_changes_no_frame() -> None:
    alone, waves = (changed(TOY, worker={"experts": "exchanged", "wave": wave}) for wave in (1, 8))
    assert alone.revision == waves.revision == TOY.revision
    assert (TOY.worker.wave, waves.worker.wave) == (1, 8)


@pytest.mark.parametrize(
    ("worker", "told"),
    [
        (
            {"wave": 2},
            r'worker\.wave 2 spares exchanges of experts.*worker\.experts to "exchanged"',
        ),
        ({"experts": "exchanged", "wave": 9}, r"worker\.wave"),
        ({"experts": "exchanged", "wave": 0}, r"worker\.wave"),
    ],
)
def test_a_wave_wants_experts_that_change_places(worker: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        changed(TOY, worker=worker)


def test_no_profile_stands_for_itself() -> None:
    values = TOY.model_dump(mode="json", exclude_unset=True) | {"stands_for": "toy"}
    with pytest.raises(ValidationError, match="stands_for names toy itself"):
        Profile.model_validate(values)


@pytest.mark.parametrize(
    "keys", [{"solver_order": 1}, {"corrector": False}, {"flow_shifts": {"480p": 3.0}}]
)
def test_each_key_of_the_sampler_counts(keys: dict[str, Any]) -> None:
    assert set(keys) <= set(SamplerSection.model_fields)
    assert changed(WAN, sampler=keys).revision != WAN.revision


def test_an_area_may_have_a_flow_shift_of_its_own() -> None:
    both = {"flow_shifts": {"480p": 3.0}}
    assert changed(WAN, sampler=both).flow_shift == 3.0
    assert changed(WAN, sampler=both, frame={"area": "720p"}).flow_shift == 5.0
    assert WAN.flow_shift == WAN.sampler.flow_shift == 5.0


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"sampler": {"flow_shifts": {"1080p": 3.0}}}, "names 1080p, which is no area"),
        ({"sampler": {"flow_shifts": {"480p": 0.0}}}, "flow shift of 480p must be above 0"),
        (
            {
                "speed": {"guidance": "above_boundary"},
                "retakes": {"remedies": {"frozen": [{"cfg_low": 5}]}},
            },
            "a rung sets cfg_low",
        ),
        ({"speed": {"cache": {"threshold": 0.0}}}, "threshold"),
        ({"speed": {"cache": {"treshold": 0.1}}}, "treshold"),
        ({"speed": {"attention": "sage"}}, "attention"),
    ],
)
def test_what_cannot_be_is_a_sentence(sections: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        changed(WAN, **sections)


def test_the_error_names_the_file_and_the_key(tmp_path: Path) -> None:
    text = (Path(profile.__file__).parent / "toy.toml").read_text()
    (tmp_path / "toy.toml").write_text(f'{text}\n[speed]\nguidance = "never"\n')
    with pytest.raises(profile.ProfileError, match=r"toy.toml: speed.guidance: "):
        profile.load("toy", tmp_path)


def test_a_rung_of_the_ladder_is_looked_at_too() -> None:
    ladder = [{"simplify": "L1", "cfg_low": 5.0}]
    values = TOY.model_dump(mode="json", exclude_unset=True) | {"ladder": ladder}
    with pytest.raises(ValidationError, match="cfg_low"):
        Profile.model_validate(values | {"speed": {"guidance": "above_boundary"}})


LORA = {"expert": "high", "weights": "a/loras", "file": "high.safetensors"}


def test_each_lora_and_all_that_is_said_of_it_counts() -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"expert": "low"},
        {"weights": "b/loras"},
        {"file": "other.safetensors"},
        {"strength": 0.5},
        {"hub_revision": "f00"},
    ]
    assert {key for each in changes for key in each} == set(LoraSection.model_fields)
    revisions = {changed(WAN, model={"loras": [LORA | each]}).revision for each in changes}
    assert len({WAN.revision, *revisions}) == 1 + len(changes)


@pytest.mark.parametrize("file", ["high.pt", "../high.safetensors", "/high.safetensors"])
def test_a_lora_is_a_safetensors_file_in_its_folder(file: str) -> None:
    with pytest.raises(ValidationError, match="file"):
        changed(WAN, model={"loras": [LORA | {"file": file}]})


def test_where_experts_lie_changes_no_frame() -> None:
    assert changed(WAN, worker={"experts": "exchanged"}).revision == WAN.revision
