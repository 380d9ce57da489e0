"""`farm archive`, `purge` and `deliver` as people use them, and what the other commands make of it."""

import hashlib
import io
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from farm.store import Store
from farm.store.queue import settle
from farm.store.shots import review
from farm.wording.amounts import size
from pipeline.result import Verdict
from tests.conftest import a_result
from tests.films import film
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import a_step, accept, claim, order, submit


def make(store: Store, *, missed: bool = False) -> str:
    """Claims the next take and settles it with a clip that is there."""
    lease = claim(store)
    place = Path("media") / lease.clip
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(film())
    result = a_result(
        lease.clip, **({"verdict": Verdict.LOW_MATCH, "score": 0.2} if missed else {})
    )
    clip = {"sha256": hashlib.sha256(film()).hexdigest(), "size": len(film())}
    whole = replace(result, clip=replace(result.clip, **clip))
    assert settle.made(store, lease, whole, order() if missed else accept)[0]
    return lease.clip


@pytest.fixture
def clips(store: Store) -> list[str]:
    """The clips of a shot that was accepted at its second take, and of one that was at its first."""
    submit(store, "sh010")
    first = [make(store, missed=True), make(store)]
    submit(store, "sh020")
    return [*first, make(store)]


def test_a_finished_production_is_put_away_and_brought_back(
    store: Store, farm: Farm, clips: list[str]
) -> None:
    submit(store, "sh030")
    submit(store, "sh010", production="film")

    put_away = farm("archive", "demo", "--why", "on air")

    assert put_away.out == "demo is archived; 1 take of it waits until `--undo`\n"
    status = farm("status").out
    assert "archived: demo; farm status --all shows them" in status
    assert "1 take of archived productions waits for `farm archive … --undo`" in " ".join(
        status.split()
    )
    assert "film" in status
    assert "demo archived " in farm("status", "--all").out
    assert "demo archived " in farm("status", "demo").out
    told = farm("status", "--json").json
    assert ([each["name"] for each in told["productions"]], told["archived"]) == (
        ["film"],
        ["demo"],
    )
    assert (told["queue"]["archived"], told["queue"]["held"]) == (1, 0)
    assert len(farm("status", "--all", "--json").json["productions"]) == 2
    refused = farm("retake", "demo", "sh010", "--seed", "5")
    assert (refused.status, refused.err.count("farm archive demo --undo")) == (1, 1)
    assert farm("deliver", "demo", "--to", "out").status == 0
    assert farm("archive", "demo", "--undo").out == "demo goes on where it was\n"
    assert farm("archive", "demo", "--undo").err == (
        "farm: demo is not archived: there is nothing to undo\n"
    )
    assert farm("archive", "demo", "--json").json == {
        "production": "demo",
        "archived": True,
        "waiting": 1,
    }


def answering(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(answer.encode())))


def test_a_purge_tells_what_goes_and_asks(
    farm: Farm, clips: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dry = farm("purge", "demo", "--older-than", "0d", "--dry-run")
    assert dry.status == 0
    assert f"    {clips[0]}  {size(len(film()))}" in dry.out
    assert f"1 take of 1 shot, 1 file: {size(len(film()))}" in dry.out

    for answer in ("n\n", ""):
        answering(monkeypatch, answer)
        asked = farm("purge", "demo", "--older-than", "0d")
        assert asked.status == 1
        assert "farm: nothing was removed" in asked.err
    assert farm("purge", "demo", "--older-than", "0d", "--json").err.startswith(
        "farm: nothing was removed: say --yes"
    )
    assert Path("media", clips[0]).exists()

    answering(monkeypatch, "y\n")
    done = farm("purge", "demo", "--older-than", "0d", "--why", "on air")

    assert done.status == 0
    assert done.out.endswith(f"1 file removed, {size(len(film()))}\n")
    assert [Path("media", clip).exists() for clip in clips] == [False, True, True]
    shown = farm("show", "demo", "sh010").out
    assert f"clip    {clips[0]} purged " in shown.replace("\n", "")
    assert f"take 1 purged: {clips[0]} (1 file, {size(len(film()))}): on air" in shown
    assert farm("show", "demo", "sh010", "--json").json["takes"][0]["purged"]
    assert farm("sweep").out == ""
    assert farm("purge", "demo", "--older-than", "0d", "--yes").out == "Nothing to purge.\n"
    assert f"1 clip purged, {size(len(film()))}" in farm("report", "demo").out


def test_a_purge_prints_json(farm: Farm, clips: list[str]) -> None:
    done = farm("purge", "demo", "--older-than", "0d", "--keep", "none", "--yes", "--json").json

    assert [(take["shot"], take["take"], take["removed"]) for take in done["takes"]] == [
        ("sh010", 1, True), ("sh010", 2, True), ("sh020", 1, True),
    ]  # fmt: skip
    assert (done["files"], done["size"], done["troubles"]) == (3, 3 * len(film()), [])


@pytest.mark.parametrize(
    ("age", "words"),
    [
        ("30", "say a number and its unit, as 30d, 12h or 2w"),
        ("-1d", "say a number and its unit"),
        ("999999999d", "longer than a hundred years"),
        ("soon", "say a number and its unit"),
    ],
)
def test_an_age_without_its_unit_is_refused(farm: Farm, age: str, words: str) -> None:
    refused = farm("purge", "demo", f"--older-than={age}")

    assert refused.status == 2
    assert words in " ".join(refused.err.split())


@pytest.mark.parametrize("age", ["90s", "15m", "12h", "30d", "2w", "1.5 D", "36500d"])
def test_ages_as_people_write_them(farm: Farm, clips: list[str], age: str) -> None:
    assert farm("purge", "demo", "--older-than", age).out == "Nothing to purge.\n"


def test_a_delivery_of_a_purged_clip_is_one_sentence(farm: Farm, clips: list[str]) -> None:
    assert farm("deliver", "demo", "--to", "before").status == 0
    farm("purge", "demo", "--older-than", "0d", "--keep", "none", "--yes")

    refused = farm("deliver", "demo", "--to", "after")

    assert refused.status == 1
    [sentence] = filter(None, refused.err.splitlines())
    assert sentence.startswith(
        "farm: 2 of 2 clips could not be delivered; bring back the files or make the "
        "shots again with `farm retake`: sh010: its clip was purged on "
    )
    assert farm("deliver", "demo", "--to", "before").status == 0, "there they are still"
    assert farm("approve", "demo", "sh020").err == (
        "farm: demo/sh020 take 1 has a clip that was purged; takes with one: none\n"
    )


def test_what_was_rejected_and_retaken_does_not_stay_with_the_client(
    store: Store, farm: Farm, clips: list[str]
) -> None:
    assert farm("deliver", "demo", "--to", "to the client").out == (
        "2 clips of demo in to the client, with manifest.csv\n"
    )
    farm("reject", "demo", "sh020")
    review.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "anna")
    make(store)
    Path("to the client", "notes.txt").touch()

    assert farm("deliver", "demo", "--to", "to the client", "--keep-old").out.splitlines()[1:] == [
        "kept     sh010_t02.mp4: no part of the delivery any more",
        "kept     sh020_t01.mp4: no part of the delivery any more",
        "left     notes.txt: no delivery put it there",
        "1 shot not in it, 1 rejected: farm shots demo",
    ]
    done = farm("deliver", "demo", "--to", "to the client", "--json").json

    assert done["removed"] == ["sh010_t02.mp4", "sh020_t01.mp4"]
    assert (done["clips"], done["kept"], done["undelivered"]) == (1, [], [])
    assert done["left"] == [{"file": "notes.txt", "why": "no delivery put it there"}]
    assert sorted(os.listdir("to the client")) == [
        "contact_sheet.pdf", "contact_sheet.png", "manifest.csv", "manifest.json", "notes.txt",
        "sh010_t03.mp4",
    ]  # fmt: skip


def test_the_contact_sheet_is_a_picture_pages_to_print_or_both(
    store: Store, farm: Farm, clips: list[str]
) -> None:
    for kind, wanted in (
        ("both", {"contact_sheet.pdf", "contact_sheet.png"}),
        ("pdf", {"contact_sheet.pdf"}),
        ("png", {"contact_sheet.png"}),
    ):
        told = farm("deliver", "demo", "--to", "out", "--sheet", kind, "--json").json
        sheets = {name for name in os.listdir("out") if name.startswith("contact_sheet")}
        assert sheets == wanted
        listed = json.loads(Path("out/manifest.json").read_text())["files"]
        assert wanted <= {each["file"] for each in listed}
        assert told["left"] == []
    assert farm("deliver", "demo", "--to", "out", "--sheet", "doc").status == 2
