"""The table [early] of a profile: off unless somebody says otherwise, and never without a decoder."""

from importlib import resources
from pathlib import Path

import pytest

from pipeline.profiles import profile
from pipeline.profiles.profile import ProfileError

TOY = (resources.files("pipeline") / "profiles" / "toy.toml").read_text(encoding="utf-8")


def written(folder: Path, early: str) -> Path:
    table = TOY.replace('decoder = "builtin:toy-preview"\n', early)
    (folder / "own.toml").write_text(table, encoding="utf-8")
    return folder / "own.toml"


@pytest.mark.parametrize("name", profile.names())
def test_no_packaged_profile_ends_takes_early(name: str) -> None:
    assert profile.load(name).early.mode == "off"


def test_what_is_set_there_changes_no_revision(tmp_path: Path) -> None:
    early = 'mode = "live"\nstep = 3\ndecoder = "taew2_1.safetensors"\n'
    own = profile.load(str(written(tmp_path, early)))
    assert (own.early.mode, own.early.step) == ("live", 3)
    assert own.revision == profile.load("toy").revision


@pytest.mark.parametrize(
    ("early", "told"),
    [
        ('mode = "shadow"\n', "early.decoder names no tiny decoder"),
        ('mode = "live"\ndecoder = "a.safetensors"\nstep = 8\n', "beyond the 8 steps of a take"),
        ('mode = "sometimes"\n', "early.mode"),
        ("audit = 0.0\n", "early.audit"),
        ("step = 0\n", "early.step"),
        ("threshold = 1.5\n", "early.threshold"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(tmp_path: Path, early: str, told: str) -> None:
    with pytest.raises(ProfileError, match=told):
        profile.load(str(written(tmp_path, early)))
