"""The models that come with the package: small, readable, and told apart from other trainings."""

import shutil
from pathlib import Path

import pytest

from pipeline.models import builtin
from pipeline.profiles import profile

MOST = 15_000_000
"""Bytes of all weights together."""


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped models in the place of the package's own, whose files may change."""
    copy = shutil.copytree(builtin.folder("builtin:toy-i2v").parent, tmp_path / "weights")
    monkeypatch.setattr(builtin, "_weights", lambda: copy)
    monkeypatch.setattr(builtin, "fingerprint", builtin.fingerprint.__wrapped__)
    return copy


def test_both_models_of_the_toy_profile_come_with_the_package() -> None:
    toy = profile.load("toy")
    assert builtin.names() == sorted([toy.model.weights, toy.match.weights, toy.early.decoder])


def test_they_are_small_and_hold_safetensors_alone() -> None:
    files = [path for path in builtin._weights().rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".json", ".safetensors"}
    assert sum(path.stat().st_size for path in files) <= MOST


def test_an_unknown_name_is_nobody() -> None:
    with pytest.raises(LookupError, match="builtin:giant"):
        builtin.folder("builtin:giant")


def test_other_files_have_another_fingerprint(copied: Path) -> None:
    before = builtin.fingerprint("builtin:toy-i2v")
    config = copied / "toy-i2v" / "vae" / "config.json"
    config.write_text(config.read_text().replace("0.0", "0.1", 1))
    assert builtin.fingerprint("builtin:toy-i2v") != before


def test_a_file_by_another_name_is_another_fingerprint(copied: Path) -> None:
    before = builtin.fingerprint("builtin:toy-clip")
    (copied / "toy-clip" / "config.json").rename(copied / "toy-clip" / "configuration.json")
    assert builtin.fingerprint("builtin:toy-clip") != before


def test_another_training_is_another_revision_of_the_profile(copied: Path) -> None:
    toy, wan = profile.load("toy"), profile.load("wan2.2-i2v-a14b")
    before, unchanged = toy.revision, wan.revision
    weights = copied / "toy-i2v" / "transformer" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x7f")
    assert toy.revision != before
    assert wan.revision == unchanged


def test_another_scorer_does_not_change_what_is_rendered(copied: Path) -> None:
    toy = profile.load("toy")
    before = toy.revision
    (copied / "toy-clip" / "config.json").write_text("{}")
    assert toy.revision == before
