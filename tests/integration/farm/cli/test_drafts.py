"""A list is handed in as drafts, the approved ones get their finals, and no draft is delivered."""

import re
from pathlib import Path

import pytest

from farm.store import Store
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import claim, make
from tests.pictures import ground

LIST = (
    "shot,image,prompt,negative\n"
    "sh010,red.png,The red circle moves left.,watermark\n"
    "sh020,red.png,The red circle rises.,\n"
)


@pytest.fixture
def shots(store: Store, tmp_path: Path) -> Path:
    ground((256, 256), "red").save(tmp_path / "red.png")
    (tmp_path / "shots.csv").write_text(LIST)
    return tmp_path / "shots.csv"


def takes(farm: Farm, code: str) -> list[dict[str, object]]:
    found = farm("show", "ads", code, "--json").json["takes"]
    return [
        {name: take[name] for name in ("number", "draft_for", "final_of", "finals")}
        | {name: take["recipe"][name] for name in ("profile", "steps", "negative", "cfg_high")}
        for take in found
    ]


def drafted(farm: Farm, store: Store, shots: Path) -> None:
    told = farm("submit", str(shots), "-p", "ads", "--draft")
    assert told.status == 0, told.err
    assert "made by farm run; a draft tells whether still and words" in told.out
    for _ in range(2):
        make(store, claim(store, profile="toy-draft"))


def test_from_a_list_to_its_finals(farm: Farm, store: Store, shots: Path) -> None:
    drafted(farm, store, shots)
    draft = {
        "number": 1, "draft_for": "toy", "final_of": None, "finals": [], "profile": "toy-draft",
        "steps": 4, "cfg_high": 1.0, "negative": "blurry, still picture, watermark",
    }  # fmt: skip
    assert takes(farm, "sh010") == [draft]
    assert "(draft)" in farm("shots", "ads").out
    assert "2 shots accepted or approved as a draft" in farm("status").out.replace("\n", " ")
    refused = farm("finals", "ads")
    assert (refused.status, refused.out) == (1, "")
    assert "ads has no approved draft" in refused.err

    approved = farm("approve", "ads", "sh010")
    assert approved.err.endswith("the final moves otherwise, whatever its seed: farm finals ads\n")
    again = farm("submit", str(shots), "-p", "ads", "--draft", "--strict")
    assert (again.status, again.out.splitlines()[0]) == (0, "ads: 0 shots added, 2 there already.")
    assert farm("finals", "ads").out == "sh010 take 2: final of take 1, with toy\n"
    final = {
        **draft, "number": 2, "draft_for": None, "final_of": 1, "profile": "toy", "steps": 8,
        "cfg_high": 3.0,
    }  # fmt: skip
    assert takes(farm, "sh010") == [{**draft, "finals": [2]}, final]
    assert "final: 2" in farm("show", "ads", "sh010").out
    assert "of take 1, a draft that was approved" in farm("show", "ads", "sh010").out


def test_the_run_that_is_told_makes_what_waits(
    farm: Farm, shots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    farm("submit", str(shots), "-p", "ads", "--draft")
    assert "2 takes of toy-draft wait for farm run, the oldest for" in farm("status").out

    full = farm("submit", str(shots), "-p", "film", "--profile", "toy-draft")
    assert full.status == 0, full.err
    monkeypatch.setenv("FARM_PROFILE", "toy")
    farm("submit", str(shots), "-p", "other")
    told = farm("status").out
    assert "\n4 takes of toy-draft wait for farm run\n" in told
    assert "\n2 takes of toy wait for farm run\n" in told
    assert "the oldest of these takes has waited for" in told

    monkeypatch.setenv("FARM_PROFILE", "wan2.2-i2v-a14b")
    assert "2 takes of toy wait for farm run --profile toy\n" in farm("status").out
    apart = farm("submit", str(shots), "-p", "more", "--draft", "--profile", "toy")
    assert "made by farm run --profile toy-draft; a draft tells" in apart.out


def test_a_check_names_the_profile_of_each_finding_where_there_are_several(
    farm: Farm, shots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARM_CLUSTER", "inline")
    farm("submit", str(shots), "-p", "ads", "--draft")
    told = farm("check")
    assert told.status == 0, told.out
    assert re.search(r"^ok  weights toy        /", told.out, re.MULTILINE)
    assert re.search(r"^ok  weights toy-draft  /", told.out, re.MULTILINE)
    found = {each["name"]: each["profile"] for each in farm("check", "--json").json["checks"]}
    assert (found["weights"], found["weights toy-draft"]) == ("toy", "toy-draft")
    assert found["database"] == ""
    alone = farm("check", "--profile", "toy").out
    assert re.search(r"^ok  weights   /", alone, re.MULTILINE)


def test_what_has_no_approved_draft_is_named(farm: Farm, store: Store, shots: Path) -> None:
    drafted(farm, store, shots)
    farm("approve", "ads", "sh010")

    told = farm("finals", "ads", "sh010", "sh020", "--json")

    assert told.status == 1
    assert told.json["done"] == ["sh010 take 2: final of take 1, with toy"]
    assert "ads/sh020 is accepted: nobody has approved its draft, take 1" in told.err
    assert farm("finals", "ads", "sh020", "sh010", "--take", "1").status == 2
    assert "no production 'film'" in farm("finals", "film").err


def test_a_draft_is_not_delivered(farm: Farm, store: Store, shots: Path, tmp_path: Path) -> None:
    drafted(farm, store, shots)

    told = farm("deliver", "ads", "--to", str(tmp_path / "out"))
    assert told.out.startswith("0 clips of ads")
    assert "2 shots left out, of which there is a draft alone: farm finals ads" in told.err
    listed = farm("deliver", "ads", "--to", str(tmp_path / "out"), "--json").json
    assert (listed["clips"], listed["drafts"]) == (0, ["sh010", "sh020"])


def test_a_list_with_another_prompt_is_drafted_again(farm: Farm, store: Store, shots: Path) -> None:
    drafted(farm, store, shots)
    farm("approve", "ads", "sh010", "sh020")
    shots.write_text(LIST.replace("moves left", "moves right"))

    told = farm("submit", str(shots), "-p", "ads", "--draft", "--update", "--reopen")
    assert told.status == 0, told.err

    assert [take["draft_for"] for take in takes(farm, "sh010")] == ["toy", "toy"]
    farm("approve", "ads", "sh010", "--take", "1")
    assert "take 2 is under way, which makes it again" in farm("finals", "ads", "sh010").err


def test_profiles_that_cannot_draft_are_refused_in_a_sentence(
    farm: Farm, store: Store, shots: Path, tmp_path: Path
) -> None:
    fast = farm("submit", str(shots), "-p", "ads", "--draft", "--profile", "wan2.2-i2v-a14b-fast")
    assert fast.status == 1
    assert "drafts for wan2.2-i2v-a14b-fast: there is no profile" in fast.err
    (tmp_path / "farm.toml").write_text('[drafts]\nprofile = "toy"\n')
    own = farm("submit", str(shots), "-p", "ads", "--draft")
    assert "toy is the profile of the finals itself; set profile in [drafts]" in own.err
    (tmp_path / "farm.toml").write_text('[drafts]\nprofile = "wan2.2-i2v-a14b-draft"\n')
    other = farm("submit", str(shots), "-p", "ads", "--draft")
    assert "wan2.2-i2v-a14b-draft makes other clips than toy: frames per second" in other.err
    assert farm("status").out.startswith("No productions yet")


def test_a_row_that_cannot_be_drafted_is_named_and_the_others_are(
    farm: Farm, store: Store, shots: Path
) -> None:
    first, *rows = LIST.splitlines()
    rows = [f"{row},{name}" for row, name in zip(rows, ("", "wan2.2-i2v-a14b-fast"), strict=True)]
    shots.write_text("\n".join([f"{first},profile", *rows]))
    told = farm("submit", str(shots), "-p", "ads", "--draft")
    assert told.status == 1, told.err
    assert "row 3, field profile: drafts for wan2.2-i2v-a14b-fast: there is no profile" in told.err
    assert [take["draft_for"] for take in takes(farm, "sh010")] == ["toy"]


def test_a_report_says_whole_what_workers_did_with_their_time(
    farm: Farm, store: Store, shots: Path
) -> None:
    drafted(farm, store, shots)
    told = farm("report", "ads")
    assert told.status == 0, told.err
    assert "2 shots submitted: 2 accepted" in told.out
    assert "2 of the accepted or approved ones as a draft alone" in told.out
    [profile, drafts] = re.findall(r"^toy-draft on .*|^  drafted +.*", told.out, re.MULTILINE)
    assert re.search(r" \d+\.\d *$", profile)
    assert re.search(r" \d+\.\d +100% *$", drafts)
