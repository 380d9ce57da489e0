"""`farm stale`: takes that stand on what has changed since, told with what making them again costs."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from farm.domain.changes import Asked
from farm.domain.lifecycle import ReviewStatus
from farm.domain.shot import AlternateStill
from farm.store import Store
from farm.store.queries import stale_takes
from farm.store.shots import holds, intake, review
from pipeline.profiles import profile
from tests.conftest import a_new_shot, a_recipe
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import claim, fail, make, miss, say, submit

REVISION = profile.load("toy").revision


def a_file(folder: Path, name: str, content: bytes = b"a picture") -> dict[str, str]:
    """What a shot knows of the file of its still."""
    (folder / name).write_bytes(content)
    return {"image": str(folder / name), "picture": hashlib.sha256(content).hexdigest()}


def take_in(store: Store, folder: Path, *codes: str) -> None:
    for code in codes:
        recipe = a_recipe(revision=REVISION)
        submit(store, code, recipe=recipe, **a_file(folder, f"{code}.png"))


def made(store: Store, folder: Path, *codes: str) -> None:
    """Shots whose take 1 was made and accepted, in 10 seconds each."""
    take_in(store, folder, *codes)
    for _ in codes:
        make(store, claim(store))
    say(store, "UPDATE attempts SET started_at = '2026-11-28 12:00:00.000000'")
    say(store, "UPDATE attempts SET ended_at = '2026-11-28 12:00:10.000000'")


def test_nothing_is_stale_where_nothing_changed(store: Store, farm: Farm, tmp_path: Path) -> None:
    made(store, tmp_path, "sh010", "sh020")

    answer = farm("stale", "demo")

    assert answer.status == 0
    assert answer.out == ("No take of demo stands on anything that has changed since (2 takes).\n")


def test_a_picture_that_was_painted_over_is_told_with_what_to_do(
    store: Store, farm: Farm, tmp_path: Path
) -> None:
    made(store, tmp_path, "sh010", "sh020", "sh030")
    place = tmp_path / "sh020.png"
    place.write_bytes(b"another picture")

    answer = farm("stale", "demo")
    told = farm("stale", "demo", "--json").json

    assert "sh020  1     the file of its still     10.0" in answer.out
    assert "1 take of 3 stands on what has changed; making 1 again takes about 10 s of one" in (
        " ".join(answer.out.split())
    )
    assert f"farm retake demo sh020 --image {place}" in answer.out
    (one,) = told["takes"]
    assert (one["shot"], one["stale"], one["picture"], one["changed"]) == (
        "sh020",
        True,
        "changed",
        [],
    )
    assert told["cost"] == {"takes": 1, "seconds": 10.0, "unknown": 0}
    assert (told["looked_at"], told["takes_known"]) == (3, 3)


def test_another_prompt_is_told_until_a_take_of_it_stands(
    store: Store, farm: Farm, tmp_path: Path
) -> None:
    made(store, tmp_path, "sh010", "sh020", "sh030")
    farm("retake", "demo", "sh010", "--prompt", "The red bicycle falls")

    (one,) = farm("stale", "demo", "--json").json["takes"]
    assert [change["field"] for change in one["changed"]] == ["prompt"]
    assert (one["take"], one["under_way"]) == (1, 2)
    assert "prompt; take 2 is under way" in farm("stale", "demo").out
    assert "all of them are being made again" in farm("stale", "demo").out

    make(store, claim(store))
    assert farm("stale", "demo", "--json").json["takes"] == []

    review.review(store, "demo", "sh010", ReviewStatus.APPROVED, "anna", 1)
    (one,) = farm("stale", "demo", "--json").json["takes"]
    assert (one["take"], one["under_way"], one["stale"]) == (1, None, True)


def test_what_the_farm_chose_by_itself_is_no_change(
    store: Store, farm: Farm, tmp_path: Path
) -> None:
    take_in(store, tmp_path, "sh010")
    miss(store, claim(store), prompt="a red bicycle turns", cfg_high=5.0, revision=REVISION)
    make(store, claim(store))
    farm("retake", "demo", "sh010", "--seed", "9")

    assert farm("stale", "demo", "--json").json["takes"] == []


def test_must_keep_of_an_approved_shot_changes_without_a_take(
    store: Store, farm: Farm, tmp_path: Path
) -> None:
    made(store, tmp_path, "sh010")
    review.review(store, "demo", "sh010", ReviewStatus.APPROVED, "anna", 1)
    file = {
        "image": str(tmp_path / "sh010.png"),
        "picture": hashlib.sha256(b"a picture").hexdigest(),
    }
    listed = a_new_shot(
        "sh010", recipe=a_recipe(revision=REVISION), must_keep=("red bicycle",), **file
    )
    intake.submit(store, "demo", [listed], who="anna", asked=Asked(update=True))

    (one,) = farm("stale", "demo", "--json").json["takes"]
    assert one["changed"] == [{"field": "must_keep", "before": [], "after": ["red bicycle"]}]


def test_another_length_costs_by_its_frames(store: Store, farm: Farm, tmp_path: Path) -> None:
    made(store, tmp_path, "sh010", "sh020", "sh030")
    farm("retake", "demo", "sh010", "--seconds", "4")
    farm("cancel", "demo", "sh010")

    (one,) = farm("stale", "demo", "--json").json["takes"]
    assert [change["field"] for change in one["changed"]] == ["seconds"]
    assert one["seconds"] == pytest.approx(10.0 * 33 / 17)


def test_other_revisions_and_files_that_are_gone_are_told_apart(
    store: Store, farm: Farm, tmp_path: Path
) -> None:
    made(store, tmp_path, "sh010", "sh020", "sh030")
    for key, name in ((1, "revision"), (2, "profile")):
        say(
            store,
            f"UPDATE takes SET recipe = json_set(recipe, '$.{name}', 'older') WHERE id = {key}",
        )
    (tmp_path / "sh030.png").unlink()

    answer = farm("stale", "demo")

    assert "No take of demo stands on anything that has changed since (3 takes)." in answer.out
    assert f"sh010 take 1: of revision older, toy is {REVISION} by now" in answer.out
    assert f"sh020 take 1: of revision {REVISION}, older is gone" in answer.out
    assert "sh030 take 1: the file of its still is gone, " in answer.out
    told = farm("stale", "demo", "--json").json
    assert [each["stale"] for each in told["takes"]] == [False] * 3
    assert told["cost"]["takes"] == 0


def test_many_takes_of_one_revision_are_one_line(store: Store, farm: Farm, tmp_path: Path) -> None:
    codes = [f"sh{number:03d}" for number in range(13)]
    for code in codes:
        file = a_file(tmp_path, f"{code}.png")
        submit(store, code, recipe=a_recipe(revision="older"), **file)
        (tmp_path / f"{code}.png").unlink()

    _, revisions, files = farm("stale", "demo").out.splitlines()

    ten = ", ".join(f"{code} take 1" for code in codes[:10])
    assert revisions == f"{ten} and 3 others: of revision older, toy is {REVISION} by now"
    gone = f"{ten} and 3 others: the files of their stills are gone, {tmp_path / 'sh000.png'} …"
    assert files == gone


def test_too_few_takes_say_nothing_of_seconds(store: Store, farm: Farm, tmp_path: Path) -> None:
    made(store, tmp_path, "sh010")
    (tmp_path / "sh010.png").write_bytes(b"another picture")

    assert "is not known yet: too few takes of the profile were made" in farm("stale", "demo").out


def test_a_take_that_waits_is_looked_at_and_what_failed_or_is_omitted_is_not(
    store: Store, farm: Farm, tmp_path: Path
) -> None:
    take_in(store, tmp_path, "sh010", "sh020", "sh030")
    fail(store)
    holds.omit(store, "demo", "sh020", "anna")
    for code in ("sh010", "sh020", "sh030"):
        (tmp_path / f"{code}.png").write_bytes(b"another picture")

    (one,) = farm("stale", "demo", "--json").json["takes"]
    assert (one["shot"], one["stands"], one["stale"]) == ("sh030", False, True)


def test_a_draft_is_looked_at_as_any_other(store: Store, farm: Farm, tmp_path: Path) -> None:
    file = a_file(tmp_path, "sh010.png")
    submit(store, "sh010", recipe=a_recipe(revision=REVISION), draft_for="wan2.2-i2v-a14b", **file)
    make(store, claim(store))
    (tmp_path / "sh010.png").write_bytes(b"another picture")

    assert "1 (draft)" in farm("stale", "demo").out


def test_a_take_of_an_alternate_is_held_against_the_alternates_file(
    store: Store, tmp_path: Path
) -> None:
    other = AlternateStill(still="6" * 64, width=64, height=64, **a_file(tmp_path, "other.png"))
    submit(store, "sh010", alternates=(other,), **a_file(tmp_path, "sh010.png"))
    miss(store, claim(store), still="6" * 64)
    make(store, claim(store))

    (take,) = stale_takes.standing_takes(store, "demo")
    assert take.source
    assert (take.take, take.source.image) == (2, other.image)


def test_a_shot_of_before_files_were_known_is_said_nothing_of(
    store: Store, farm: Farm, tmp_path: Path
) -> None:
    intake.submit(
        store,
        "demo",
        [replace(a_new_shot("sh010"), recipe=a_recipe(revision=REVISION))],
        who="anna",
    )
    make(store, claim(store))

    told = farm("stale", "demo", "--json").json
    assert (told["looked_at"], told["takes"]) == (1, [])


def test_a_production_that_there_is_not_is_said(store: Store, farm: Farm) -> None:
    submit(store, "sh010")
    answer = farm("stale", "dema")
    assert (answer.status, answer.out) == (1, "")
    assert "there is no production 'dema'; did you mean demo?" in answer.err
