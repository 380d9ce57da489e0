"""`farm check` names what a run would have to fetch first."""

from pathlib import Path

import pytest

from farm import config
from farm.cluster.ray import connect
from farm.config import Settings
from farm.operations import calibrate_early
from farm.operations.check import checks
from farm.operations.profile_checks import Check
from farm.operations.workspace import media_at_hand, profile_of
from farm.store import Store
from pipeline.profiles import profile
from pipeline.profiles.profile import load
from pipeline.scoring import early_record
from pipeline.scoring.early_record import EarlyRecord
from tests.integration.farm.operations.test_several_profiles import hand_in


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


def test_a_profile_that_ends_takes_without_its_record_is_found_before_a_run_refuses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    packaged = (Path(profile.__file__).parent / "toy.toml").read_text()

    def looking(mode: str) -> config.Settings:
        (folder := tmp_path / mode).mkdir(exist_ok=True)
        (folder / "toy.toml").write_text(packaged.replace("[early]", f'[early]\nmode = "{mode}"'))
        return config.load(media=tmp_path / "media", profile="toy", profiles=folder)

    def told(mode: str) -> tuple[bool, str]:
        (found,) = [each for each in checks(looking(mode)) if each.name == "early"]
        return found.ok, found.message

    assert told("shadow") == (
        True,
        "toy looks at its takes 2 steps below the boundary and ends none",
    )
    ok, sentence = told("live")
    assert not ok
    assert sentence.startswith(
        'toy is to end takes early (early.mode "live"), and no record says below which'
    )
    assert "`farm calibrate --early --profile toy`" in sentence

    live = looking("live")
    kind = calibrate_early.kind_of(live, profile_of(live))
    record = EarlyRecord(
        kind=kind, threshold=0.3, limit=0.05, bound=0.049, takes=90, good=60, good_ended=0, ended=30,
        steps=720, steps_spared=90, seconds_spared=30.0,
    )  # fmt: skip
    early_record.keep(media_at_hand(live), record)
    assert told("live") == (
        True,
        "toy ends takes below a match of 0.300, 2 steps below the boundary",
    )


def test_a_profile_that_looks_at_nothing_is_not_asked_for_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "early" not in {each.name for each in checks(config.load(profile="toy"))}


def test_the_check_looks_at_the_drafts_that_wait_and_names_what_else_does(
    settings: Settings, farm: Store
) -> None:
    def found(profile: str = "toy") -> dict[str, Check]:
        return {
            each.name: each for each in checks(settings.model_copy(update={"profile": profile}))
        }

    idle = found()
    assert "a run makes those of toy-draft too, and none waits" in idle["drafts"].message
    assert "profile toy-draft" not in idle

    hand_in(settings, farm)
    waits = found()
    assert (waits["weights toy-draft"].ok, waits["weights toy-draft"].profile) == (
        True,
        "toy-draft",
    )
    assert waits["together"].message == "one run may serve toy, toy-draft"
    assert not {"drafts", "waiting"} & waits.keys()

    other = found("toy-draft")
    assert other["waiting"].profile == "toy"
    assert other["waiting"].message.startswith(
        "2 takes wait for toy, which a run that names neither profile nor production leaves out: `farm run"
    )


def test_the_check_names_what_the_drafts_that_wait_lack(settings: Settings, farm: Store) -> None:
    hand_in(settings, farm)
    packaged = (Path(profile.__file__).parent / "toy-draft.toml").read_text()
    live = packaged.replace(
        "[match]", '[early]\nmode = "live"\ndecoder = "builtin:toy-preview"\n\n[match]', 1
    )
    Path("toy-draft.toml").write_text(live)
    found = {
        each.name: each for each in checks(settings.model_copy(update={"profiles": Path.cwd()}))
    }

    assert [each.name for each in found.values() if not each.ok] == ["early toy-draft"]
    assert "toy-draft is to end takes early" in found["early toy-draft"].message
