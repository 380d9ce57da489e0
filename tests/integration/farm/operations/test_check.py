"""`farm check` names what a run would have to fetch first."""

from pathlib import Path

import pytest

from farm import config
from farm.operations.check import checks
from pipeline.profiles.profile import load


def test_every_part_of_a_profile_that_has_weights_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    wan = load("wan2.2-i2v-a14b")
    settings = config.load(weights=tmp_path, profile=wan.name)
    parts = [wan.model.weights, wan.match.weights, wan.clip.features]
    for name in filter(None, parts):
        told = next(each for each in checks(settings) if each.name == "weights")
        assert not told.ok
        assert told.message.startswith(f"{name} is not on this machine")
        (tmp_path / name).mkdir(parents=True)
