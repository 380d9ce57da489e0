"""`farm gate` on the toy, and what `farm check` and `farm report` make of it."""

import re
from contextlib import closing
from pathlib import Path

import pytest

from farm import config, demo
from farm.store import Store, open_store
from pipeline.profiles import profile
from tests.conftest import a_new_shot, a_recipe
from tests.integration.farm.cli.conftest import Farm

TOY = (Path(config.__file__).parents[1] / "pipeline/profiles/toy.toml").read_text()


@pytest.fixture
def fast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A profile that stands for the toy and guides above the boundary only; all is rendered here."""
    (tmp_path / "profiles").mkdir()
    text = TOY.replace('name = "toy"', 'name = "toy-fast"\nstands_for = "toy"')
    speed = '\n[speed]\nguidance = "above_boundary"\n'
    (tmp_path / "profiles" / "toy-fast.toml").write_text(text + speed)
    monkeypatch.setenv("FARM_PROFILES", str(tmp_path / "profiles"))
    monkeypatch.setenv("FARM_PROFILE", "toy-fast")
    monkeypatch.setenv("FARM_CLUSTER", "inline")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return "toy-fast"


def submitted(of: str, tmp_path: Path) -> None:
    """A production `ads` with a take by the profile as it is, and one by a former revision."""
    from farm.store.shots import intake

    revision = profile.load(of, tmp_path / "profiles").revision
    shots = [
        a_new_shot("sh010", recipe=a_recipe(profile=of, revision=revision)),
        a_new_shot("sh020", recipe=a_recipe(profile=of, revision="f" * 12)),
        a_new_shot("sh030", recipe=a_recipe(profile="toy")),
        a_new_shot("sh040", recipe=a_recipe(profile="gone")),
    ]
    with closing(open_store("sqlite:///farm.db")) as store:
        intake.submit(store, "ads", shots, who="anna")


def test_a_profile_is_gated_on_the_toy_and_everybody_says_so(
    store: Store, farm: Farm, fast: str, tmp_path: Path
) -> None:
    submitted(fast, tmp_path)
    assert re.search(r"ok +gate +toy-fast: not gated; `farm gate toy-fast` says", farm("check").out)
    assert "toy-fast: not gated; `farm gate" in farm("report", "ads").out

    answer = farm("gate", fast, "--shots", "2", "--seeds", "1")

    assert answer.status == 1, answer.err
    lines = answer.out.splitlines()
    assert lines[0].startswith(
        "toy-fast against toy: 2 pairs of 2 shots, scored by builtin:toy-clip#"
    )
    assert re.search(r"^accepted +\d \(\d+%\) +\d \(\d+%\)$", answer.out, re.MULTILINE)
    assert re.search(r"^  denoise +[\d.]+ +[\d.]+$", answer.out, re.MULTILINE)
    assert "Not decided: 2 pairs cannot tell a loss of 3 points" in answer.out
    assert "toy-fast: 2 takes" in answer.err
    assert "sh010 seed 1 by toy: " in answer.err

    again = farm("gate", fast, "--shots", "2", "--seeds", "1", "--json").json
    assert again["rendered"] == 0
    assert again["comparison"]["conclusion"] == "undecided"
    assert 20 < again["comparison"]["psnr"]["median"] < 60
    [one, other] = again["comparison"]["pairs"]
    assert one["seed"] != other["seed"]

    told = r"toy-fast: gated on 20\d\d-\d\d-\d\d: 2 pairs, accepted .* points .*: too few to say"
    assert re.search(rf"ok +gate +{told}", farm("check").out)
    now, before = farm("report", "ads", "--json").json["gated"]
    assert (now["profile"], now["exact"], now["pairs"]) == ("toy-fast", "toy", 2)
    assert (before["revision"], before["at"]) == ("f" * 12, None)
    page = farm("report", "ads").out
    assert re.search(told, page)
    assert "toy-fast: not gated (the profile has changed since)" in page
    assert farm("sweep").out == ""


def test_of_exact_profiles_nothing_is_said(
    store: Store, farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARM_PROFILE", "toy")
    assert "gate" not in {each["name"] for each in farm("check", "--json").json["checks"]}


@pytest.mark.usefixtures("store")
def test_what_makes_no_pairs_is_a_sentence_and_renders_nothing(farm: Farm, fast: str) -> None:
    answer = farm("gate", fast, str(demo.folder() / "shots.csv"), "--against", "toy-fast")
    assert (answer.status, answer.err) == (
        1,
        "farm: toy-fast cannot be held against itself: name its exact profile with --against\n",
    )
    assert not Path("media/gates").exists()
    assert farm("gate", fast, "--shots", "0").status == 2
