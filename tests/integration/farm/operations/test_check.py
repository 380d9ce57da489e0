"""`farm check` names what a run would have to fetch first."""

from pathlib import Path

import pytest

from farm import config
from farm.cluster.ray import connect
from farm.operations.check import checks
from pipeline.profiles.profile import load


def test_what_a_run_makes_of_its_workers_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(connect, "look", lambda _: "a cluster answers")

    def told(**options: object) -> str:
        settings = config.load(profile="toy", **options)
        return next(each.message for each in checks(settings) if each.name == "ray")

    by_demand = "up to 8 workers, by the takes that wait, given back after 60 s without a take"
    assert told(workers=8, address="auto", idle_release_s=60) == f"a cluster answers; {by_demand}"
    for fixed in ({"workers": 8}, {"address": "auto"}):
        assert told(**fixed) == "a cluster answers"


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
