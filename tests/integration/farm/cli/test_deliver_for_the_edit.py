"""`farm deliver` for an editor: timelines, conformed clips, another order, and the same once more."""

import errno
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest
import sqlalchemy as sa

from farm.delivery.bringing import Bringer
from farm.delivery.listed import Deliverable
from farm.domain.events import EventKind
from farm.domain.gate import Decision
from farm.domain.lifecycle import ReviewStatus
from farm.store import Store
from farm.store.queries import board
from farm.store.queue import settle
from farm.store.tables import Shot
from pipeline.clips.encode import seal
from pipeline.findings import Finding, Severity
from pipeline.misses import LABEL_FOLLOWED
from pipeline.result import Verdict
from pipeline.storage.folder import MediaFolder
from tests.conftest import a_result
from tests.integration.farm.cli.conftest import Farm
from tests.integration.farm.store.conftest import accept, claim, log, submit

FPS = ("--fps", "25", "--conform", "repeat")

STAYS = Finding(LABEL_FOLLOWED, Severity.INFO, "‘TEA’ stays readable in all 8 frames looked at")

LOOK = Decision(review=ReviewStatus.NEEDS_REVIEW, why="no remedy", selected=1)


@pytest.fixture
def media(tmp_path: Path) -> MediaFolder:
    (tmp_path / "media").mkdir()
    return MediaFolder(tmp_path / "media")


@pytest.fixture
def shots(store: Store, media: MediaFolder) -> Store:
    """Two accepted shots with a label, one that a person must look at, and one that waits."""
    submit(store, "sh010", "镜头02", "sh030", "sh040", production="ads")
    for number in range(3):
        lease = claim(store)
        frames = np.full((17, 48, 64, 3), 60 * number + 40, np.uint8)
        film = seal(frames, media, lease.clip, 8, {"title": "ads", "recipe": "{}"})
        result = replace(a_result(lease.clip), clip=film, findings=(STAYS,))
        if number == 2:
            settle.made(store, lease, replace(result, verdict=Verdict.LOW_MATCH), lambda _: LOOK)
        else:
            settle.made(store, lease, result, accept)
    return store


def timeline(out: Path) -> Any:
    return otio.adapters.read_from_file(str(out / "timeline.otio"))


def test_a_production_is_handed_to_the_edit(farm: Farm, shots: Store, tmp_path: Path) -> None:
    farm("comment", "ads", "sh010", "--take", "1", "--frame", "8", "the ball is late")
    out = tmp_path / "out"

    told = farm(
        "deliver", "ads", "--to", str(out), *FPS, "--otio", "--edl", "--xml", "--handles", "2"
    )

    assert told.status == 0, told.err
    assert told.out.splitlines()[0] == (
        f"2 clips of ads in {out}, with manifest.csv, timeline.otio, timeline.edl, timeline.xml, "
        "comments.csv"
    )
    read = timeline(out)  # the tracks live as long as it
    track = read.tracks[0]
    assert [(each.name, type(each).__name__) for each in track] == [
        ("sh010", "Clip"), ("镜头02", "Clip"), ("sh030", "Gap"), ("sh040", "Gap"),
    ]  # fmt: skip
    assert [each.metadata["shotfarm"]["why"] for each in track[2:]] == [
        "a person must look at it",
        "it is not judged yet",
    ]
    about = track[0].metadata["shotfarm"]
    assert (about["take"], about["seed"], about["production"]) == (1, about["seed"], "ads")
    (marker,) = track[0].markers
    assert (marker.comment, marker.marked_range.start_time.value) == ("the ball is late", 25)
    assert {each.duration().value for each in track} == {54 - 4}
    rows = json.loads((out / "manifest.json").read_text())["clips"]
    assert [row["shot"] for row in rows] == ["sh010", "镜头02"]
    assert all(row["file"].isascii() for row in rows)


def test_the_order_of_the_cut_is_that_of_a_file(farm: Farm, shots: Store, tmp_path: Path) -> None:
    (tmp_path / "shots.txt").write_text("\ufeffsh040\n镜头02\n\n", encoding="utf-8")
    out = tmp_path / "out"
    assert farm("deliver", "ads", "--to", str(out), "--otio", "--order", "shots.txt").status == 0
    read = timeline(out)
    assert [each.name for each in read.tracks[0]] == ["sh040", "镜头02", "sh010", "sh030"]
    rows = json.loads((out / "manifest.json").read_text())["clips"]
    assert [row["shot"] for row in rows] == ["镜头02", "sh010"]

    (tmp_path / "shots.txt").write_text("sh010\nsh999\n")
    told = farm("deliver", "ads", "--to", str(out), "--order", "shots.txt")
    assert (told.status, "line 2: there is no shot 'sh999'" in told.err) == (1, True)
    (tmp_path / "shots.txt").write_bytes(b"\xff\xfe\x00")
    assert (
        "no text in UTF-8" in farm("deliver", "ads", "--to", str(out), "--order", "shots.txt").err
    )
    assert "cannot be read" in farm("deliver", "ads", "--to", str(out), "--order", "none.txt").err


def test_a_delivery_is_made_again_bit_for_bit(farm: Farm, shots: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    asked = ("--otio", "--edl", "--media-root", "E:\\ads", "--mezzanine", "prores_422")
    farm("deliver", "ads", "--to", str(out), *FPS, *asked)
    before = {each.name: each.read_bytes() for each in out.iterdir()}
    [row, _] = json.loads(before["manifest.json"])["clips"]
    assert row["lettering"] == [{"told": "followed", "sentence": STAYS.message}]
    for name in ("sh010_t01.mov", "timeline.otio", "contact_sheet.png"):
        (out / name).unlink()

    told = farm("deliver", "--again", str(out / "manifest.json"))

    assert (told.status, told.out) == (0, f"2 clips of ads in {out}, the same bit for bit\n"), (
        told.err
    )
    assert {each.name: each.read_bytes() for each in out.iterdir()} == before
    elsewhere = tmp_path / "elsewhere"
    told = farm("deliver", "--again", str(out / "manifest.json"), "--to", str(elsewhere), "--json")
    assert told.json["differing"] == []
    assert {each.name: each.read_bytes() for each in elsewhere.iterdir()} == before


def test_a_clip_that_is_brought_back_can_be_made_again_still(
    farm: Farm, shots: Store, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    farm("deliver", "ads", "--to", str(out), *FPS, "--otio")
    there = {each.name: each.read_bytes() for each in out.iterdir()}
    before = there["manifest.json"]
    clip = tmp_path / "media" / json.loads(before)["clips"][0]["source"]["clip"]
    clip.rename(tmp_path / "kept.mp4")
    (out / "sh010_t01.mp4").unlink()

    assert "is missing" in farm("deliver", "--again", str(out / "manifest.json")).err
    assert json.loads((out / "manifest.json").read_bytes())["clips"] == json.loads(before)["clips"]
    (tmp_path / "kept.mp4").rename(clip)

    assert farm("deliver", "--again", str(out / "manifest.json")).status == 0
    assert {each.name: each.read_bytes() for each in out.iterdir()} == there, "none is `(kept 1)`"


def test_what_is_gone_or_would_differ_is_told(farm: Farm, shots: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    farm("deliver", "ads", "--to", str(out), *FPS, "--otio")
    document = json.loads((out / "manifest.json").read_text())
    (tmp_path / "media" / document["clips"][1]["source"]["clip"]).unlink()
    document["clips"][0]["sha256"] = "d" * 64
    (tmp_path / "wanted.json").write_text(json.dumps(document))

    told = farm("deliver", "--again", str(tmp_path / "wanted.json"), "--to", str(tmp_path / "new"))

    assert told.status == 1
    assert "sh010_t01.mp4 cannot be made again bit for bit with what is here (ffmpeg " in told.err
    assert "is missing" in told.err
    assert not list((tmp_path / "new").glob("*.mp4"))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda of: of.update(version=1), "its version is 1, this farm reads 2"),
        (lambda of: of.pop("version"), "that of an older farm"),
        (lambda of: of.pop("plan"), "'plan' is missing"),
        (lambda of: of["plan"].update(grade="warm"), "asks for grade"),
        (lambda of: of["plan"].update(fps="1e9"), "is none of 24"),
        (lambda of: of["clips"][0].update(shot="../../up", file="../../up_t01.mp4"), "another name"),
        (lambda of: of["clips"][0].update(file="../up.mp4"), "another name"),
        (lambda of: of["clips"][0]["source"].update(clip="../../etc/passwd"), "names no file in the media"),
        (lambda of: of["clips"][0]["source"].update(clip="/etc/passwd"), "names no file in the media"),
        (lambda of: of["clips"][0]["source"].update(frames=-1), "numbers that no clip has"),
        (lambda of: of["clips"][0].update(take="1"), "no manifest"),
        (lambda of: of["clips"][0].pop("still"), "'still' is missing"),
        (lambda of: of.update(clips=[3]), "no manifest"),
        (lambda of: of.update(timeline=3), "no manifest"),
        (lambda of: of.update(timeline=[3]), "no manifest"),
        (lambda of: of["timeline"][0].update(fps=0), "numbers in the timeline that no clip has"),
        (lambda of: of["timeline"][1].update(frames="17"), "numbers in the timeline that no clip has"),
        (lambda of: of["timeline"][0].pop("frames"), "no manifest"),
        (lambda of: of["timeline"][0].update(shot=7), "no text where one should be"),
        (lambda of: of["timeline"][0]["comments"][0].pop("who"), "'who' is missing"),
        (lambda of: of["timeline"][0]["comments"][0].pop("resolved"), "'resolved' is missing"),
        (lambda of: of["timeline"][0]["comments"][0].update(frame=-1), "a frame that no clip has"),
        (lambda of: of["timeline"][0]["comments"][0].update(text=""), "a comment that nobody wrote"),
        (lambda of: of["timeline"][0].update(alternates=[{"take": 1}]), "'frames' is missing"),
        (lambda of: of["timeline"][0].update(comments=[3]), "no manifest"),
    ],
)  # fmt: skip
def test_a_manifest_that_no_delivery_wrote_makes_nothing(
    farm: Farm, shots: Store, tmp_path: Path, change: Any, sentence: str
) -> None:
    out = tmp_path / "out"
    farm("comment", "ads", "sh010", "--take", "1", "--frame", "8", "the ball is late")
    farm("deliver", "ads", "--to", str(out), "--otio")
    document = json.loads((out / "manifest.json").read_text())
    change(document)
    (tmp_path / "wanted.json").write_text(json.dumps(document))

    told = farm("deliver", "--again", str(tmp_path / "wanted.json"), "--to", str(tmp_path / "new"))

    assert told.status == 1
    assert sentence in told.err
    assert not (tmp_path / "new").exists()


def test_options_that_cannot_be_are_refused_in_a_sentence(
    farm: Farm, shots: Store, tmp_path: Path
) -> None:
    out = str(tmp_path / "out")
    for asked, sentence in (
        (("--fps", "25"), "--fps 25 needs a way to come there"),
        (("--edl",), "there is none for 8 fps: conform with"),
        ((*FPS, "--otio", "--handles", "99"), "--handles 99 leaves nothing of sh010"),
        (("--otio", "--media-root", "ads"), "no whole path on the editor's machine"),
        (("--variant", "../up"), "no name of a folder"),
        (("--mezzanine", "dnxhr_hq"), "64 x 48 cannot be dnxhr_hq"),
    ):
        told = farm("deliver", "ads", "--to", out, *asked)
        assert (told.status, sentence in told.err) == (1, True), told.err
    assert farm("deliver", "ads").status == farm("deliver", "--to", out).status == 2
    assert farm("deliver", "ads", "--again", "manifest.json").status == 2
    assert farm("deliver", "--again", "none.json").status == 1
    told = farm("deliver", "ads", "--to", "ftp://127.0.0.1:1/a", *FPS, "--xml")
    assert "with a URL say where the files will lie" in told.err
    told = farm("deliver", "ads", "--to", "ftp://anna:s3cret@127.0.0.1:1/a")
    assert "cannot deliver to ftp://127.0.0.1:1/a" in told.err
    assert "s3cret" not in told.err


def test_a_delivery_goes_to_a_url(farm: Farm, shots: Store, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/there"
    told = farm("deliver", "ads", "--to", url, *FPS, "--otio", "--variant", "edit")
    assert told.out.splitlines() == [
        f"2 clips of ads in {url}/edit, with manifest.csv, timeline.otio, comments.csv",
        "8 files sent, 0 there already",
        "2 shots not in it, 1 waiting, 1 needs review: farm shots ads",
    ], told.err
    assert (tmp_path / "there" / "edit" / "sh010_t01.mp4").is_file()
    assert not list((tmp_path / "media" / "deliveries").iterdir())
    again = farm("deliver", "ads", "--to", url, *FPS, "--otio", "--variant", "edit", "--json").json
    assert (again["url"], again["sent"]["sent"], len(again["sent"]["there"])) == (
        f"{url}/edit",
        [],
        8,
    )


def test_who_waits_for_another_delivery_is_shown_no_password(
    farm: Farm, shots: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def busy(_: Path, on_wait: Callable[[], None]) -> Iterator[bool]:
        on_wait()
        yield True

    monkeypatch.setattr("farm.delivery.deliver.alone_in", busy)
    told = farm("deliver", "ads", "--to", "memory://anna:s3cret@client/a")
    assert "Another delivery into memory://client/a is under way" in told.err
    assert "s3cret" not in told.err


def test_what_was_not_sent_is_neither_told_nor_in_the_log_as_delivered(
    farm: Farm, shots: Store, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "sh010_t01.mp4").write_bytes(b"graded by hand")
    told = farm("deliver", "ads", "--to", f"file://{there}")
    assert (told.status, told.out, "nothing was sent there" in told.err) == (1, "", True)
    (there / "sh010_t01.mp4").unlink()

    clips = farm("show", "ads", "sh010", "--json").json
    clip = tmp_path / "media" / clips["takes"][0]["clip"]
    clip.rename(tmp_path / "kept.mp4")
    told = farm("deliver", "ads", "--to", f"file://{there}", *FPS)
    assert (told.status, told.out) == (1, "")
    assert (
        f"1 of 2 clips could not be delivered, so nothing was sent to file://{there}; " in told.err
    )
    assert [*there.iterdir()] == []
    assert EventKind.PRODUCTION_DELIVERED not in {each.kind for each in log(shots)}
    (tmp_path / "kept.mp4").rename(clip)

    assert farm("deliver", "ads", "--to", f"file://{there}").status == 0
    assert log(shots)[-1].kind is EventKind.PRODUCTION_DELIVERED


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("", "say . for the one you are in"),
        ("  ", "it is empty"),
        ("s3:/bucket/ads", "two slashes go behind its colon: s3://bucket/ads"),
        ("E:\\ads\\spring", "is a path of Windows"),
        ("d:/ads", "such as /mnt/d/…"),
        ("E:ads", "such as /mnt/e/…"),
        ("\\\\nas\\ads", "\\\\nas\\ads is a path of Windows"),
        ("s3:bucket/ads", "two slashes go behind its colon: s3://bucket/ads"),
        ("file:/mnt/ads", "name the folder by its path alone: /mnt/ads"),
        ("file:ads", "name the folder by its path alone: ads"),
    ],
)
def test_what_is_no_folder_and_no_url_makes_none_here(
    farm: Farm, shots: Store, tmp_path: Path, to: str, said: str
) -> None:
    before = {*tmp_path.iterdir()}
    refused = farm("deliver", "ads", "--to", to)
    assert (refused.status, said in " ".join(refused.err.split())) == (2, True), refused.err
    assert {*tmp_path.iterdir()} == before


@pytest.mark.parametrize("more", [(), ("--no-recipe",), ("--otio",)])
def test_a_folder_that_cannot_be_looked_for_is_a_sentence(
    farm: Farm, shots: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    name = "a" * 300
    refused = farm("deliver", "ads", "--to", name, *more)
    assert (refused.status, refused.err.splitlines()[-1]) == (
        1, f"farm: cannot deliver to {name}: File name too long",
    )  # fmt: skip

    found = os.stat

    def locked(place: Any, **more: Any) -> os.stat_result:
        if str(place).startswith("locked"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), place)
        return found(place, **more)

    monkeypatch.setattr(os, "stat", locked)
    monkeypatch.setattr(os, "mkdir", lambda place, *_: locked(place))
    refused = farm("deliver", "ads", "--to", "locked/ads", *more)
    assert (refused.status, refused.err.splitlines()[-1]) == (
        1, "farm: cannot deliver to locked/ads: Permission denied",
    )  # fmt: skip


def test_a_folder_that_is_there_is_one_whatever_it_is_called(
    farm: Farm, shots: Store, tmp_path: Path
) -> None:
    (tmp_path / "s3:" / "ads").mkdir(parents=True)
    assert farm("deliver", "ads", "--to", "s3:/ads").status == 0
    assert (tmp_path / "s3:" / "ads" / "manifest.csv").is_file()


def test_shots_that_are_not_in_it_are_told(farm: Farm, shots: Store, tmp_path: Path) -> None:
    told = farm("deliver", "ads", "--to", "out")
    assert told.out.startswith("2 clips of ads in out")
    assert told.out.endswith("2 shots not in it, 1 waiting, 1 needs review: farm shots ads\n")
    assert "shots" not in told.err
    assert farm("retake", "ads", "sh010").status == 0
    assert farm("approve", "ads", "sh010", "--take", "1").status == 0
    assert farm("omit", "ads", "sh040").status == 0
    listed = farm("deliver", "ads", "--to", "out", "--json").json
    assert listed["left_out"] == {"needs_review": 1}
    assert farm("omit", "ads", "sh030").status == 0
    assert "not in it" not in farm("deliver", "ads", "--to", "out").out


def test_a_shot_that_is_approved_while_a_delivery_is_made_is_told_as_not_in_it(
    farm: Farm, shots: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brought = Bringer.bring
    [waiting] = [each for each in board.lines(shots, "ads") if each.state == "needs_review"]
    rejected = next(each for each in board.lines(shots, "ads") if each.state == "accepted")

    def bring(self: Bringer, item: Deliverable) -> object:
        if item.shot == rejected.code:
            for code, review in (
                (waiting.code, ReviewStatus.APPROVED), (rejected.code, ReviewStatus.REJECTED),
            ):  # fmt: skip
                with shots.write() as connection:
                    connection.execute(
                        sa.update(Shot).where(Shot.code == code).values(review=review)
                    )
        return brought(self, item)

    monkeypatch.setattr(Bringer, "bring", bring)
    listed = farm("deliver", "ads", "--to", "out", "--json").json
    assert (listed["clips"], listed["left_out"]) == (2, {"waiting": 1, "approved": 1})
