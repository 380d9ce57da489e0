"""Clips are delivered whole or not at all, listed, and drawn on a sheet that people can look at."""

import csv
import errno
import hashlib
import io
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from PIL import Image

from farm.delivery import bringing
from farm.delivery.contact_sheet import LETTERING, VERDICTS, SheetRow, draw
from farm.delivery.copying import sheet_row
from farm.delivery.deliver import Undelivered, deliver
from farm.delivery.listed import Deliverable
from farm.domain.lettering import Lettering, Told
from farm.errors import Refused
from pipeline.clips.encode import Frames
from pipeline.coverage import Coverage, Shown, Stage
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import still_path

RED, GREEN, BLUE = (210, 20, 30), (20, 180, 60), (20, 40, 220)
STILL = "ab" * 32

PART = Coverage(
    stages=(
        Stage(text="A ball rolls", shown=Shown.SHOWN, value=0.8),
        Stage(text="then it stops", shown=Shown.CUT),
    )
)


def filmed(path: Path) -> Frames:
    """Stands in for the decoder: a clip that turns from green to blue, whatever the file holds."""
    path.stat()
    frames = np.zeros((9, 48, 64, 3), np.uint8)
    frames[:5], frames[5:] = GREEN, BLUE
    return frames


@pytest.fixture
def media(tmp_path: Path) -> Path:
    still = tmp_path / "media" / still_path(STILL)
    still.parent.mkdir(parents=True)
    Image.new("RGB", (64, 48), RED).save(still)
    return tmp_path / "media"


def item(media: Path, shot: str, take: int = 1, content: bytes = b"film") -> Deliverable:
    clip = media / "clips" / f"{shot}_{take}.mp4"
    clip.parent.mkdir(exist_ok=True)
    clip.write_bytes(content)
    return Deliverable(
        shot=shot,
        take=take,
        recipe_hash="r" * 64,
        prompt="A ball rolls",
        clip=f"clips/{clip.name}",
        sha256=hashlib.sha256(content).hexdigest(),
        frames=81,
        fps=16,
        width=832,
        height=480,
        match=0.75,
        verdict="accepted",
        review="approved",
        still=STILL,
    )


def test_clips_manifests_and_contact_sheet_lie_in_the_folder(media: Path, tmp_path: Path) -> None:
    items = [item(media, "sh010", 2, b"one"), item(media, "镜头02", 11, b"two")]
    heard: list[tuple[int, int]] = []

    done = deliver(
        "spring",
        items,
        MediaFolder(media),
        tmp_path / "out",
        lambda *numbers: heard.append(numbers),
        filmed,
    )

    assert {path.name: path.read_bytes() for path in done.clips} == {
        "sh010_t02.mp4": b"one",
        "镜头02_t11.mp4": b"two",
    }
    assert heard == [(1, 2), (2, 2)]
    assert set(done.folder.iterdir()) == {*done.clips, *done.manifests, done.contact_sheet}


def test_the_manifest_says_the_same_to_spreadsheets_and_to_scripts(
    media: Path, tmp_path: Path
) -> None:
    part = replace(item(media, "镜头01"), coverage=PART)
    items = [part, replace(item(media, "sh020"), match=None)]

    table, document = deliver(
        "spring", items, MediaFolder(media), tmp_path / "out", read_frames=filmed
    ).manifests

    assert table.read_bytes().startswith(b"\xef\xbb\xbf")
    with table.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert first == {
        "shot": "镜头01",
        "take": "1",
        "file": "镜头01_t01.mp4",
        "duration": "5.062",
        "frames": "81",
        "fps": "16",
        "width": "832",
        "height": "480",
        "match": "0.75",
        "verdict": "accepted",
        "coverage": "1 of 2: “then it stops” was cut",
        "review": "approved",
        "recipe_hash": "r" * 64,
        "sha256": hashlib.sha256(b"film").hexdigest(),
    }
    assert (second["match"], second["coverage"]) == ("", "unknown")
    listed = json.loads(document.read_text(encoding="utf-8"))
    assert listed["production"] == "spring"
    clip = listed["clips"][0]
    assert {key: str(clip[key]) for key in first} == first
    assert (clip["prompt"], clip["rate"], clip["still"]) == ("A ball rolls", "16/1", STILL)
    assert clip["source"]["sha256"] == clip["sha256"]
    assert "made" not in clip
    assert listed["clips"][1]["match"] is None


def test_a_second_delivery_copies_only_what_is_not_there_whole(media: Path, tmp_path: Path) -> None:
    items = [item(media, "sh010"), item(media, "sh020", content=b"new")]
    kept, new = tmp_path / "out" / "sh010_t01.mp4", tmp_path / "out" / "sh020_t01.mp4"
    deliver("spring", items[:1], MediaFolder(media), tmp_path / "out", read_frames=filmed)
    inode = kept.stat().st_ino

    deliver("spring", items, MediaFolder(media), tmp_path / "out", read_frames=filmed)

    assert kept.stat().st_ino == inode
    assert new.read_bytes() == b"new"


def test_missing_and_altered_clips_are_named_after_the_others_were_delivered(
    media: Path, tmp_path: Path
) -> None:
    items = [item(media, "sh010"), item(media, "sh020"), item(media, "sh030")]
    (media / items[0].clip).unlink()
    (media / items[1].clip).write_bytes(b"tampered")
    out = tmp_path / "out"

    with pytest.raises(Refused) as refusal:
        deliver("spring", items, MediaFolder(media), out, read_frames=filmed)

    assert str(refusal.value) == (
        "2 of 3 clips could not be delivered (the other was); bring back the files or make the "
        f"shots again with `farm retake`: sh010: {media}/clips/sh010_1.mp4 is missing; "
        f"sh020: {media}/clips/sh020_1.mp4 was altered after it was made"
    )
    assert {path.name for path in out.iterdir()} == {
        "sh030_t01.mp4",
        "manifest.csv",
        "manifest.json",
        "contact_sheet.png",
    }
    listed = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["clips"]
    assert [clip["shot"] for clip in listed] == ["sh030"]


def test_of_a_media_root_that_is_not_mounted_no_clip_is_to_be_made_again(
    media: Path, tmp_path: Path
) -> None:
    items = [item(media, "sh010")]
    elsewhere = tmp_path / "elsewhere"

    with pytest.raises(Refused) as refusal:
        deliver("spring", items, MediaFolder(elsewhere), tmp_path / "out", read_frames=filmed)

    assert str(refusal.value) == (
        f"1 of 1 clips could not be delivered: sh010: {elsewhere}/clips/sh010_1.mp4 is missing, and "
        f"{elsewhere} has no folder `clips`: mount the media root, or name it with --media"
    )


class OneLocked(MediaFolder):
    """Its clip of sh010 is another user's."""

    def open(self, name: str, start: int = 0, length: int | None = None) -> BinaryIO:
        if "sh010" in name:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), self.where(name))
        return MediaFolder.open(self, name, start, length)


def test_a_clip_that_cannot_be_read_is_named_and_stops_no_other(
    media: Path, tmp_path: Path
) -> None:
    items = [item(media, "sh010"), item(media, "sh020")]

    with pytest.raises(Undelivered) as refusal:
        deliver("spring", items, OneLocked(media), tmp_path / "out", read_frames=filmed)

    assert str(refusal.value) == (
        f"1 of 2 clips could not be delivered (the other was): sh010: {media}/clips/sh010_1.mp4 cannot be "
        "read (Permission denied): let the farm's user read it"
    )
    (trouble,) = refusal.value.delivery.troubles
    assert trouble.plainly == "a file that it is made of cannot be read"
    assert (tmp_path / "out" / "sh020_t01.mp4").is_file()


class Failing(io.BytesIO):
    """A file on a disk that fails in the middle of it."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


class OneFailing(MediaFolder):
    """Its clip of sh010 opens, and cannot be read."""

    def open(self, name: str, start: int = 0, length: int | None = None) -> BinaryIO:
        return Failing() if "sh010" in name else MediaFolder.open(self, name, start, length)


def test_a_clip_whose_disk_fails_while_it_is_copied_is_named_and_stops_no_other(
    media: Path, tmp_path: Path
) -> None:
    items = [item(media, "sh010"), item(media, "sh020")]

    with pytest.raises(Refused) as refusal:
        deliver("spring", items, OneFailing(media), tmp_path / "out", read_frames=filmed)

    assert str(refusal.value) == (
        f"1 of 2 clips could not be delivered (the other was): sh010: {media}/clips/sh010_1.mp4 cannot be "
        "read (Input/output error): look at the disk or the mount behind it"
    )
    assert {each.name for each in (tmp_path / "out").glob("*.mp4")} == {"sh020_t01.mp4"}


def test_a_disk_that_is_full_while_a_clip_is_copied_is_that_of_the_folder(
    media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    items, out = [item(media, "sh010")], tmp_path / "out"
    monkeypatch.setattr(bringing.os, "fsync", full)
    with pytest.raises(Refused) as refusal:
        deliver("spring", items, MediaFolder(media), out, read_frames=filmed)
    assert str(refusal.value) == f"cannot deliver to {out}: No space left on device"


def test_a_file_in_the_folder_that_cannot_be_read_is_named(
    media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    deliver("spring", [item(media, "sh010")], MediaFolder(media), out, read_frames=filmed)

    def locked(place: Path, sums: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))

    monkeypatch.setattr(bringing, "what_lies", locked)
    with pytest.raises(Refused) as refusal:
        deliver("spring", [item(media, "sh010")], MediaFolder(media), out, read_frames=filmed)
    assert str(refusal.value) == (
        f"cannot deliver to {out}: {out}/sh010_t01.mp4: Permission denied"
    )


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(media: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")

    with pytest.raises(Refused, match=r"^cannot deliver to .*out: File exists$"):
        deliver(
            "spring",
            [item(media, "sh010")],
            MediaFolder(media),
            tmp_path / "out",
            read_frames=filmed,
        )


def test_a_production_without_finished_shots_delivers_an_empty_list(
    media: Path, tmp_path: Path
) -> None:
    done = deliver("spring", [], MediaFolder(media), tmp_path / "out", read_frames=filmed)

    assert done.clips == []
    assert json.loads(done.manifests[1].read_text())["clips"] == []


def test_a_deliverable_is_made_of_anything_with_its_fields(media: Path) -> None:
    made = item(media, "sh010")

    assert Deliverable.of(made) == made


def shares(sheet: Path) -> dict[tuple[int, int, int], int]:
    """How many pixels of each pure colour a sheet has."""
    pixels = np.asarray(Image.open(sheet)).reshape(-1, 3)
    return {colour: int((pixels == colour).all(axis=1).sum()) for colour in (RED, GREEN, BLUE)}


def size_of(sheet: Path) -> tuple[int, int]:
    with Image.open(sheet) as image:
        return image.size


def test_the_sheet_shows_still_and_frames_of_every_shot(media: Path, tmp_path: Path) -> None:
    rows = [sheet_row(item(media, "sh010")), sheet_row(item(media, "sh020"))]

    sheet = draw("spring", rows, MediaFolder(media), tmp_path / "sheet.png", filmed)

    picture = 240 * 180
    assert shares(sheet) == {RED: 2 * picture, GREEN: 4 * picture, BLUE: 4 * picture}
    width, height = size_of(sheet)
    assert width > 5 * 240
    assert height > 2 * 180


def test_the_sheet_leaves_a_place_empty_where_a_picture_is_missing(
    media: Path, tmp_path: Path
) -> None:
    rows = [
        SheetRow(shot="sh010", prompt="no take yet"),
        replace(sheet_row(item(media, "sh020")), still="cd" * 32),
        replace(sheet_row(item(media, "sh030")), clip="clips/gone.mp4"),
    ]

    sheet = draw("spring", rows, MediaFolder(media), tmp_path / "sheet.png", filmed)

    picture = 240 * 180
    assert shares(sheet) == {RED: picture, GREEN: 2 * picture, BLUE: 2 * picture}


def test_what_was_declined_shows_its_still_and_says_why(media: Path, tmp_path: Path) -> None:
    shown = replace(sheet_row(item(media, "sh010")), clip=None, verdict="declined")
    why = "A".join(["No room to move left: the circle touches the edge. "] * 40)

    silent = draw("spring", [shown], MediaFolder(media), tmp_path / "silent.png", filmed)
    sheet = draw(
        "spring", [replace(shown, instead=why)], MediaFolder(media), tmp_path / "sheet.png", filmed
    )

    assert shares(sheet) == {RED: 240 * 180, GREEN: 0, BLUE: 0}
    assert size_of(sheet) == size_of(silent)
    assert sheet.read_bytes() != silent.read_bytes()


def test_each_verdict_has_its_colour(media: Path, tmp_path: Path) -> None:
    sheets = [
        draw(
            "spring",
            [replace(sheet_row(item(media, "sh010")), verdict=verdict)],
            MediaFolder(media),
            tmp_path / f"{verdict}.png",
            filmed,
        ).read_bytes()
        for verdict in VERDICTS
    ]

    assert len(set(sheets)) == len(VERDICTS) == 7


def test_what_a_clip_does_not_show_is_written_over_its_prompt(media: Path, tmp_path: Path) -> None:
    row = sheet_row(item(media, "sh010"))
    whole = replace(row, coverage=Coverage(stages=PART.stages[:1]))
    sheets = [
        draw("spring", [each], MediaFolder(media), tmp_path / f"{n}.png", filmed).read_bytes()
        for n, each in enumerate([row, whole, replace(row, coverage=PART)])
    ]
    assert sheets[0] == sheets[1] != sheets[2]


def test_what_became_of_its_label_is_written_in_its_colour(media: Path, tmp_path: Path) -> None:
    row = sheet_row(item(media, "sh010"))
    for told in Told:
        labelled = replace(
            item(media, "sh010"), lettering=(Lettering(told, "‘TEA’ stays readable"),)
        )
        rows = [row, sheet_row(labelled)]
        plain, written = (
            draw("spring", [each], MediaFolder(media), tmp_path / f"{told}{n}.png", filmed)
            for n, each in enumerate(rows)
        )
        assert _of_colour(written, LETTERING[told]) > _of_colour(plain, LETTERING[told]) + 20


def _of_colour(sheet: Path, colour: tuple[int, int, int]) -> int:
    with Image.open(sheet) as image:
        return int((np.asarray(image.convert("RGB")) == colour).all(axis=2).sum())


def test_chinese_prompts_are_drawn_not_boxed(media: Path, tmp_path: Path) -> None:
    row = sheet_row(item(media, "sh010"))
    sheets = [
        draw(
            "spring",
            [replace(row, prompt=prompt)],
            MediaFolder(media),
            tmp_path / f"{n}.png",
            filmed,
        )
        for n, prompt in enumerate(["红色圆形向左移动", "蓝色方块向右移动"])
    ]

    assert sheets[0].read_bytes() != sheets[1].read_bytes()


def test_an_endless_prompt_stays_in_its_place(media: Path, tmp_path: Path) -> None:
    row = replace(sheet_row(item(media, "s" * 64)), prompt="W" * 2000)
    plain = draw(
        "spring", [sheet_row(item(media, "sh010"))], MediaFolder(media), tmp_path / "a.png", filmed
    )

    sheet = draw("spring", [row], MediaFolder(media), tmp_path / "b.png", filmed)

    assert shares(sheet) == shares(plain)
    assert size_of(sheet) == size_of(plain)


def test_long_productions_go_on_on_further_pages(media: Path, tmp_path: Path) -> None:
    rows = [SheetRow(shot=f"sh{number}", prompt="p") for number in range(41)]

    draw("spring", rows, MediaFolder(media), tmp_path / "sheet.png", filmed)

    first, second = (size_of(tmp_path / name) for name in ("sheet.png", "sheet_2.png"))
    assert {path.name for path in tmp_path.glob("*.png")} == {"sheet.png", "sheet_2.png"}
    assert first[1] > 20 * second[1]
