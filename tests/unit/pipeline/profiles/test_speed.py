"""What changes frames changes the revision; what was not set leaves it as it was."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import SamplerSection, SpeedSection

TOY = profile.load("toy")
WAN = profile.load("wan2.2-i2v-a14b")
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
]


def changed(of: Profile, **sections: Any) -> Profile:
    """The profile with these keys of its tables set."""
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
        speed={"compile": False, "guidance": "always"},
        sampler={"solver_order": 2, "corrector": True, "flow_shifts": {}},
    )
    assert explicit.revision == WAN.revision


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
