"""A producer changes the list and hands it in again: told field by field, changed when asked."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from farm.store import Store
from farm.store.queries import shot_story
from farm.store.shots import review
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import claim, log, make

HEADER = "shot,image,prompt,seconds,priority,notes,must_keep,negative\n"
V1 = HEADER + (
    "sh010,stills/red_circle.png,The red circle moves left.,,,,,\n"
    "sh020,stills/blue_square.png,The blue square slides to the right.,,,,,\n"
    "sh030,stills/green_triangle.png,The green triangle rises.,,,,,\n"
    "sh040,stills/orange_square.png,The orange square slowly shrinks.,2,,,,\n"
    "sh050,stills/yellow_star.png,The yellow star moves down.,,,,,\n"
)
V2 = HEADER + (
    "sh010,stills/red_circle.png,The red circle moves right.,,,,,\n"
    "sh020,stills/green_square.png,The blue square slides to the right.,,,,,\n"
    "sh030,stills/green_triangle.png,The green triangle rises.,,9,client rush,green triangle,\n"
    "sh040,stills/orange_square.png,The orange square slowly shrinks.,1.5,,,,\n"
    "sh055,stills/yellow_star.png,The yellow star moves down.,,,,,\n"
)
COLOURS = (
    "red_circle",
    "blue_square",
    "green_square",
    "green_triangle",
    "orange_square",
    "yellow_star",
)
Submit = Callable[..., tuple[int, str, str]]


@pytest.fixture
def lists(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FARM_PROFILE", "toy")
    (tmp_path / "stills").mkdir()
    for name in COLOURS:
        still = Image.new("RGB", (256, 256), "white")
        ImageDraw.Draw(still).rectangle((64, 64, 160, 160), fill=name.split("_")[0])
        still.save(tmp_path / "stills" / f"{name}.png")
    (tmp_path / "v1.csv").write_text(V1)
    (tmp_path / "v2.csv").write_text(V2)
    return tmp_path


def cells(out: str) -> list[list[str]]:
    """The table's cells, line by line."""
    return [
        [cell.strip() for cell in line.split("  ") if cell.strip()]
        for line in out.splitlines()
        if " → " in line and "before → after" not in line
    ]


TOLD = [
    ["sh010", "prompt", "The red circle moves left. → The red circle moves right."],
    ["sh020", "still", "blue_square.png → green_square.png"],
    ["sh030", "priority", "0 → 9"],
    ["must_keep", "(empty) → green triangle"],
    ["notes", "(empty) → client rush"],
    ["sh040", "seconds", "2 → 1.5"],
]


def test_a_changed_list_is_told_field_by_field_and_changes_nothing_unasked(
    lists: Path, farm: Farm, store: Store
) -> None:
    assert farm("submit", "v1.csv", "-p", "adi").status == 0
    before = log(store)

    for wish in ((), ("--dry-run",), ("--strict",)):
        told = farm("submit", "v2.csv", "-p", "adi", *wish)

        assert told.status == 1
        rows = cells(told.out)
        for expected in TOLD:
            assert any(each[: len(expected)] == expected for each in rows), expected
        assert "take 2 replaces take 1, which waits" in told.out
        assert "sh010, sh020, sh030, sh040: other than in v2.csv" in told.err
        assert "sh050: no longer in v2.csv" in told.err
        assert "--rename sh050=sh055" in told.err
        assert log(store) == before


def test_the_update_does_what_the_dry_run_said(lists: Path, farm: Farm, store: Store) -> None:
    farm("submit", "v1.csv", "-p", "adi")
    asked = ("submit", "v2.csv", "-p", "adi", "--update", "--rename", "sh050=sh055")

    dry = farm(*asked, "--dry-run")
    assert "4 changed, 1 renamed; nothing was written" in dry.out
    done = farm(*asked)

    assert (dry.status, done.status, done.err) == (0, 0, dry.err)
    assert cells(done.out) == cells(dry.out)
    assert "adi: 0 shots added, 1 there already, 4 changed, 1 renamed." in done.out
    shots = {each["code"]: each for each in farm("shots", "adi", "--json").json["shots"]}
    assert {code: shot["takes"] for code, shot in shots.items()} == {
        "sh010": 2, "sh020": 2, "sh030": 1, "sh040": 2, "sh055": 1,
    }  # fmt: skip
    assert shot_story.tell(store, "adi", "sh040").takes[1].recipe["frames"] == 13
    again = farm("submit", "v2.csv", "-p", "adi")
    assert (again.status, again.err.strip()) == (0, "")
    history = farm("show", "adi", "sh030").out
    assert "changed with v2.csv: priority: 0 → 9; must_keep: (empty) → green triangle" in history
    assert "renamed: sh050 → sh055" in farm("show", "adi", "sh055").out


def test_json_is_one_document_with_every_change(lists: Path, farm: Farm) -> None:
    farm("submit", "v1.csv", "-p", "adi")

    told = farm("submit", "v2.csv", "-p", "adi", "--json").json

    assert {(each["shot"], each["field"]) for each in told["changes"]} == {
        ("sh010", "prompt"), ("sh020", "still"), ("sh030", "priority"), ("sh030", "must_keep"),
        ("sh030", "notes"), ("sh040", "seconds"),
    }  # fmt: skip
    assert not any(each["applied"] for each in told["changes"])
    assert (told["missing"], told["twins"]) == (["sh050"], {"sh055": "sh050"})


def test_an_approved_shot_says_what_would_reopen_it(lists: Path, farm: Farm, store: Store) -> None:
    farm("submit", "v1.csv", "-p", "adi")
    make(store, claim(store))
    review.review(store, "adi", "sh010", review.ReviewStatus.APPROVED, "ben")

    told = farm("submit", "v2.csv", "-p", "adi", "--update", "--omit-missing")

    assert told.status == 1
    assert "sh010: approved, and left so; --reopen makes another take all the same" in told.err
    assert "with --update --reopen: take 2 is ordered, the approval ends" in told.out
    asked = ("--update", "--reopen", "--omit-missing")
    assert farm("submit", "v2.csv", "-p", "adi", *asked).status == 0


def test_an_omitted_shot_that_the_list_has_is_told_with_the_way_back(
    lists: Path, farm: Farm
) -> None:
    farm("submit", "v1.csv", "-p", "adi")
    farm("omit", "adi", "sh050")

    told = farm("submit", "v1.csv", "-p", "adi", "--update")

    assert told.status == 1
    assert (
        "sh050: omitted, though v1.csv has it; `farm release adi sh050` brings it back" in told.err
    )


def test_pictures_are_told_apart_by_what_they_show(lists: Path, farm: Farm) -> None:
    farm("submit", "v1.csv", "-p", "adi")
    stills = lists / "stills"
    shutil.copy(stills / "red_circle.png", stills / "hero.png")
    Image.open(stills / "blue_square.png").save(stills / "blue.webp", lossless=True)
    text = V1.replace("red_circle", "hero").replace("blue_square.png", "blue.webp")
    (lists / "v3.csv").write_text(text)
    assert farm("submit", "v3.csv", "-p", "adi").status == 0

    shutil.copy(stills / "green_square.png", stills / "red_circle.png")
    told = farm("submit", "v1.csv", "-p", "adi")

    ((code, field, pair, _),) = cells(told.out)
    assert (told.status, code, field) == (1, "sh010", "still")
    before, after = pair.split(" → ")
    assert before.startswith("red_circle.png (")
    assert after.startswith("red_circle.png (")
    assert before != after


def test_a_dry_run_on_an_empty_farm_makes_none(
    lists: Path, farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARM_DATABASE", "sqlite:///other.db")

    told = farm("submit", "v1.csv", "-p", "adi", "--dry-run")

    assert (told.status, not (lists / "other.db").exists()) == (0, True)
    assert "5 shots are ready for adi: 5 would be added; nothing was written." in told.out


def test_html_is_told_and_nothing_is_changed_by_it(lists: Path, farm: Farm) -> None:
    odd = "circle&nbsp;moves left.<br>It stops. &lt;b&gt;&amp;amp;<p><br></p>"
    (lists / "pasted.csv").write_text(V1.replace("circle moves left.", odd))
    told = farm("submit", "pasted.csv", "-p", "adi")
    assert told.status == 0
    assert told.err.strip() == (
        "farm: pasted.csv row 2, field prompt: “&nbsp;” is HTML, and is read here as words: write the "
        "text without it"
    )
    assert farm("submit", "pasted.csv", "-p", "adi", "--json").json["unchanged"] == [
        f"sh0{number}0" for number in range(1, 6)
    ]
    assert odd in farm("show", "adi", "sh010", "--json").out.replace("\\", "")
    lint = farm("lint", "pasted.csv")
    assert ("prompt.html" in lint.out, lint.err) == (True, "")


def test_html_beside_prompts_is_told_by_the_lint_too(lists: Path, farm: Farm) -> None:
    (lists / "pasted.csv").write_text(
        HEADER + "sh1,stills/red_circle.png,It turns.,,,take&nbsp;2,,\n"
    )
    assert "pasted.csv row 2, field notes: “&nbsp;” is HTML" in farm("lint", "pasted.csv").err


def test_of_very_many_texts_with_html_the_first_are_told(lists: Path, farm: Farm) -> None:
    rows = "".join(f"sh{n},stills/red_circle.png,It turns.<br>It stops.,,,,,\n" for n in range(22))
    (lists / "pasted.csv").write_text(HEADER + rows)
    *told, more = farm("submit", "pasted.csv", "-p", "adi", "--dry-run").err.strip().split("\n")
    assert (len(told), more) == (20, "farm: and 2 texts more with HTML")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (("--reopen",), "--reopen goes with --update"),
        (("--rename", "sh050"), "--rename sh050: write OLD=NEW, such as sh050=sh055"),
        (("--rename", "sh050=a/b"), "is no shot code"),
        (("--rename", "sh050=sh050"), "that is its code already"),
        (("--rename", "sh050=sh055", "--rename", "sh050=sh056"), "gives sh050 two codes"),
    ],
)
def test_a_wish_that_makes_no_sense_is_wrong_usage(
    lists: Path, farm: Farm, asked: tuple[str, ...], sentence: str
) -> None:
    told = farm("submit", "v2.csv", "-p", "adi", *asked)

    assert told.status == 2
    assert sentence in " ".join(told.err.split())


def test_bad_rows_leave_what_is_missing_alone(lists: Path, farm: Farm) -> None:
    farm("submit", "v1.csv", "-p", "adi")
    (lists / "v3.csv").write_text(V1.replace("sh050,stills/yellow_star.png", "sh050,none.png"))

    told = farm("submit", "v3.csv", "-p", "adi", "--omit-missing")

    assert told.status == 1
    assert "nothing is omitted while rows are bad" in told.err
    assert farm("status", "--json").json["productions"][0]["states"]["omitted"] == 0


def test_a_retake_takes_back_what_the_shot_must_not_show(
    lists: Path, farm: Farm, store: Store
) -> None:
    farm("submit", "v1.csv", "-p", "adi")
    plain = shot_story.tell(store, "adi", "sh040").takes[0].recipe["negative"]
    farm("retake", "adi", "sh040", "--negative", "rain")

    done = farm("retake", "adi", "sh040", "--negative", "")

    assert done.status == 0
    assert shot_story.tell(store, "adi", "sh040").takes[-1].recipe["negative"] == plain
    assert "that is what take 3 was made of" in farm("retake", "adi", "sh040", "--negative", "").err


def test_a_retake_says_length_negative_and_aspect_and_the_list_hears_of_it(
    lists: Path, farm: Farm, store: Store
) -> None:
    farm("submit", "v1.csv", "-p", "adi")
    wish = ("--seconds", "1,5", "--negative", "rain", "--aspect", "16:9")

    dry = farm("retake", "adi", "sh040", *wish, "--dry-run")
    done = farm("retake", "adi", "sh040", *wish)

    assert (dry.status, done.status) == (0, 0)
    assert "sh040 take 2 instead of take 1, which waits: by hand: " in done.out
    told = shot_story.tell(store, "adi", "sh040")
    recipe = told.takes[1].recipe
    assert (told.takes[0].status, recipe["frames"]) == ("cancelled", 13)
    assert recipe["negative"].endswith(", rain")
    assert recipe["width"] > recipe["height"]
    ((code, field, pair, _),) = cells(farm("submit", "v1.csv", "-p", "adi").out)
    assert (code, field, pair) == ("sh040", "seconds", "1.5 → 2")
    farm("submit", "v2.csv", "-p", "adi", "--update", "--omit-missing")
    assert shot_story.tell(store, "adi", "sh040").takes[-1].number == 2

    assert farm("retake", "adi", "sh040", "--aspect", "1x").status == 2
    assert "longer than toy makes" in farm("retake", "adi", "sh040", "--seconds", "60").err
    (lists / "stills" / "orange_square.png").unlink()
    assert "is not there any more" in farm("retake", "adi", "sh040", "--aspect", "1:1").err
    wrong = farm("retake", "adi", "sh040", "--image", "none.png")
    assert (
        wrong.err
        == f"farm: adi/sh040: there is no picture {lists / 'none.png'}; name one that is there\n"
    )


def test_a_profile_that_no_row_names_is_refused_once(lists: Path, farm: Farm) -> None:
    answer = farm("submit", "v1.csv", "-p", "other", "--profile", "wan9")

    assert (answer.status, answer.out) == (1, "")
    assert answer.err.strip().startswith("farm: there is no profile 'wan9'; there are: toy")
    assert (answer.err.count("wan9"), "row" in answer.err) == (1, False)

    (lists / "named.csv").write_text(
        "shot,image,prompt,profile\nsh010,stills/red_circle.png,The red circle moves left.,toy\n"
    )
    assert farm("submit", "named.csv", "-p", "named", "--profile", "wan9").status == 0
