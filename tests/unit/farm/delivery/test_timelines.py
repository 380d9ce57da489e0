"""Timelines are read by readers that are not their writers, and hold event by event what was delivered."""

import csv
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import opentimelineio as otio
import pytest

from farm.delivery.contact_sheet import SheetRow
from farm.delivery.copying import Delivery
from farm.delivery.deliver import deliver
from farm.delivery.listed import Deliverable
from farm.delivery.plan import Plan
from farm.delivery.steps import measured
from farm.delivery.timeline import CutShot
from farm.domain.timecode import RATES
from farm.errors import Refused
from pipeline.storage.folder import MediaFolder
from tests.unit.farm.delivery.conftest import NewClip

SAID = (
    {
        "frame": 8,
        "text": "the hand\nis off",
        "who": "anna",
        "at": "2026-11-29T10:00:00",
        "resolved": False,
    },
    {"frame": None, "text": "=A(1)", "who": "bo", "at": "2026-11-29T10:01:00", "resolved": True},
)


@dataclass(frozen=True)
class Read:
    """An event, as a reader has it: frames."""

    name: str
    source_in: int
    source_out: int
    record_in: int
    record_out: int


@pytest.fixture
def items(new_clip: NewClip) -> list[Deliverable]:
    return [
        new_clip("nike_ss27_sh040"),
        new_clip("nike_ss27_sh050", 2, frames=33),
        new_clip("镜头02", 1, frames=9),
        new_clip("sh#1 é", 3, frames=17),
    ]


@pytest.fixture
def cut(items: Sequence[Deliverable]) -> list[CutShot]:
    """With a shot in the middle of which there is no clip."""
    shots = [
        CutShot(
            shot=item.shot, frames=item.frames, fps=item.fps, about={"seed": 7, "profile": "toy"},
            comments=SAID
            if item.shot == "nike_ss27_sh050"
            else (),
            alternates=({"take": 1, "frames": 33, "fps": 8, "sha256": "b" * 64, "match": 0.4, "seed": 3},)
            if item.shot == "nike_ss27_sh050"
            else (),
        )
        for item in items
    ]  # fmt: skip
    return [*shots[:2], CutShot(shot="sh999", frames=17, fps=8, why="it is rejected"), *shots[2:]]


@pytest.fixture
def made(
    items: Sequence[Deliverable], cut: Sequence[CutShot], folder: MediaFolder, tmp_path: Path
) -> Callable[..., Delivery]:
    def make(**asked: Any) -> Delivery:
        return deliver("nike_ss27", items, folder, tmp_path / "out", plan=Plan(**asked), cut=cut)

    return make


def expected(cut: Sequence[CutShot], rate: Fraction, handles: int, way: str) -> list[Read | None]:
    """Counted here once more, by hand; None for a gap."""
    at, found = 0, []
    names = {
        "nike_ss27_sh040": "nike_ss27_sh040_t01", "nike_ss27_sh050": "nike_ss27_sh050_t02",
        "镜头02": "02-637675_t01", "sh#1 é": "sh-1-12df05_t03",
    }  # fmt: skip
    for each in cut:
        frames = each.frames if way == "speed" else -(-each.frames * rate // each.fps)
        length = int(frames) - 2 * handles
        if each.shot == "sh999":
            found.append(None)
        else:
            found.append(Read(names[each.shot], handles, handles + length, at, at + length))
        at += length
    return found


def of_files(folder: Path, events: Sequence[Read], rate: Fraction) -> None:
    """That every event's file is there, and long enough."""
    for event in events:
        (place,) = folder.glob(f"{event.name}.*")
        film = measured(place)
        assert film.fps == rate
        assert event.source_out <= film.frames


PLANS = [
    ("25", "repeat", 0, None),
    ("24", "speed", 2, None),
    ("29.97", "repeat", 3, "prores_422"),
    ("30", "blend", 0, None),
]
each_plan = pytest.mark.parametrize(("fps", "way", "handles", "mezzanine"), PLANS)


@each_plan
def test_an_edl_is_read_back_event_by_event(
    made: Callable[..., Delivery],
    cut: Sequence[CutShot],
    fps: str,
    way: str,
    handles: int,
    mezzanine: str | None,
) -> None:
    done = made(fps=fps, conform=way, handles=handles, mezzanine=mezzanine, edl=True)
    text = (done.folder / "timeline.edl").read_bytes().decode()
    rate = RATES[fps]

    timeline = otio.adapters.read_from_string(
        text.replace("\r\n", "\n"), "cmx_3600", rate=float(rate)
    )

    (track,) = timeline.video_tracks()
    clips = list(track.find_clips())
    starts = [round(clip.range_in_parent().start_time.value) for clip in clips]
    # The reader counts from the first record; a gap before the first event would show in the text alone.
    read = [
        Read(
            clip.name.rpartition(".")[0], round(clip.source_range.start_time.value),
            round(clip.source_range.end_time_exclusive().value), start,
            start + round(clip.duration().value),
        )
        for clip, start in zip(clips, starts, strict=True)
    ]  # fmt: skip
    wanted = [each for each in expected(cut, rate, handles, way) if each]
    assert read == wanted
    of_files(done.folder, read, rate)
    assert text.splitlines()[1] == "FCM: NON-DROP FRAME"
    assert ";" not in text
    assert re.findall(r"\d\d:\d\d:\d\d:\d\d", text)[2] == "01:00:00:00"
    assert "* GAP 01:00:0" in text
    assert "sh999" in text
    reels = re.findall(r"^\d{3}  (\S+) +V ", text, re.MULTILINE)
    assert len(set(reels)) == len(wanted)
    assert all(re.fullmatch("[A-Z0-9]{8}", reel) for reel in reels)
    assert "M2" not in text


@each_plan
def test_xml_says_size_rate_and_place_of_everything(
    made: Callable[..., Delivery],
    cut: Sequence[CutShot],
    fps: str,
    way: str,
    handles: int,
    mezzanine: str | None,
) -> None:
    done = made(
        fps=fps,
        conform=way,
        handles=handles,
        mezzanine=mezzanine,
        xml=True,
        media_root="E:\\ads\\nike ü",
    )
    rate, document = RATES[fps], ET.parse(done.folder / "timeline.xml").getroot()

    assert (document.tag, document.attrib) == ("xmeml", {"version": "5"})
    assert (
        (done.folder / "timeline.xml")
        .read_bytes()
        .startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>')
    )
    sequence = one(document, "sequence")
    base = {
        "timebase": str(-(-rate.numerator // rate.denominator)),
        "ntsc": "TRUE" if fps == "29.97" else "FALSE",
    }
    for parent in (
        sequence,
        one(sequence, "timecode"),
        *sequence.iter("clipitem"),
        *sequence.iter("file"),
        *sequence.iter("samplecharacteristics"),
    ):
        assert {child.tag: child.text for child in one(parent, "rate")} == base
    for samples in sequence.iter("samplecharacteristics"):
        assert (text(samples, "width"), text(samples, "height")) == ("256", "144")
    assert len(list(sequence.iter("format"))) == 1
    assert text(one(sequence, "timecode"), "string") == "01:00:00:00"
    assert text(one(sequence, "timecode"), "displayformat") == "NDF"
    assert not list(document.iter("audio"))
    assert not list(document.iter("filter"))
    (track,) = one(one(one(sequence, "media"), "video"), "track").iter("track")
    read = []
    for item in track.findall("clipitem"):
        file = one(item, "file")
        name = text(file, "name")
        url = urlsplit(text(file, "pathurl"))
        assert (url.scheme, url.netloc) == ("file", "localhost")
        assert unquote(url.path) == f"/E:/ads/nike ü/{name}"
        assert text(file, "pathurl").isascii()
        assert text(file, "duration") == text(item, "duration")
        numbers = [int(text(item, tag)) for tag in ("in", "out", "start", "end")]
        read.append(Read(name.rpartition(".")[0], *numbers))
    wanted = expected(cut, rate, handles, way)
    assert read == [each for each in wanted if each]
    assert int(text(sequence, "duration")) == read[-1].record_out
    of_files(done.folder, read, rate)
    ids = [each.get("id") for each in document.iter() if each.get("id")]
    assert len(ids) == len(set(ids))


def test_xml_is_read_by_the_adapter_too(
    made: Callable[..., Delivery], cut: Sequence[CutShot]
) -> None:
    done = made(fps="25", conform="repeat", xml=True)
    timeline = otio.adapters.read_from_file(str(done.folder / "timeline.xml"), "fcp_xml")
    clips = list(timeline.find_clips())
    wanted = [each for each in expected(cut, Fraction(25), 0, "repeat") if each]
    assert [clip.name.rpartition(".")[0] for clip in clips] == [each.name for each in wanted]
    assert [clip.duration().value for clip in clips] == [each.source_out for each in wanted]
    for clip in clips:
        place = Path(unquote(urlsplit(clip.media_reference.target_url).path))
        assert place.parent == done.folder
        assert place.is_file()


@each_plan
def test_otio_holds_all_that_is_known(
    made: Callable[..., Delivery],
    cut: Sequence[CutShot],
    fps: str,
    way: str,
    handles: int,
    mezzanine: str | None,
) -> None:
    done = made(fps=fps, conform=way, handles=handles, mezzanine=mezzanine, otio=True)
    rate = RATES[fps]
    timeline = otio.adapters.read_from_file(str(done.folder / "timeline.otio"))

    (track,) = timeline.tracks
    names = [each.name for each in track]
    assert names == [each.shot for each in cut]
    assert (
        timeline.global_start_time.to_timecode(rate=float(rate), drop_frame=False) == "01:00:00:00"
    )
    gap = track[2]
    assert isinstance(gap, otio.schema.Gap)
    assert gap.metadata["shotfarm"]["why"] == "it is rejected"
    read: list[Read | None] = []
    for each in track:
        start = round(each.range_in_parent().start_time.value)
        if isinstance(each, otio.schema.Gap):
            read.append(None)
            continue
        url = each.media_reference.target_url
        assert (done.folder / url).is_file()
        assert (
            each.media_reference.available_range.duration.value
            == measured(done.folder / url).frames
        )
        read.append(
            Read(
                url.rpartition(".")[0], round(each.source_range.start_time.value),
                round(each.source_range.end_time_exclusive().value), start,
                start + round(each.duration().value),
            )
        )  # fmt: skip
    assert read == expected(cut, rate, handles, way)
    clip = track[1]
    about = clip.metadata["shotfarm"]
    assert (about["prompt"], about["seed"], about["match"], about["take"]) == (
        "A ball rolls, “fast” & far",
        7,
        0.75,
        2,
    )
    assert about["recipe_hash"] == "r" * 64
    assert about["steps"][0]["options"]["way"] == way
    other = clip.media_references()["take_01"]
    assert isinstance(other, otio.schema.MissingReference)
    assert other.metadata["shotfarm"]["sha256"] == "b" * 64
    first, second = clip.markers
    assert (first.comment, first.metadata["shotfarm"]["who"]) == ("the hand\nis off", "anna")
    at = 8 if way == "speed" else floor(8 * rate / 8 + Fraction(1, 2))
    assert first.marked_range.start_time.value == at
    assert (first.metadata["shotfarm"]["frame"], second.metadata["shotfarm"]["frame"]) == (8, None)
    assert not [effect for each in track.find_clips() for effect in each.effects]


def test_native_clips_go_into_otio_alone(
    made: Callable[..., Delivery], cut: Sequence[CutShot]
) -> None:
    for asked in ({"edl": True}, {"xml": True}):
        with pytest.raises(Refused, match=r"none for 8 fps: conform with `--fps 24\|25\|29.97\|30"):
            made(**asked)
    read = otio.adapters.read_from_file(str(made(otio=True).folder / "timeline.otio"))
    track = read.tracks[0]  # which lives as long as its timeline
    assert [each.duration().value for each in track] == [each.frames for each in cut]
    assert {each.duration().rate for each in track} == {8}


def test_comments_go_into_a_table_too_and_none_is_a_formula(made: Callable[..., Delivery]) -> None:
    done = made(fps="25", conform="repeat", edl=True)
    with (done.folder / "comments.csv").open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert first == {
        "shot": "nike_ss27_sh050", "file": "nike_ss27_sh050_t02.mp4", "frame": "25", "frame_of_clip": "8",
        "who": "anna", "at": "2026-11-29T10:00:00", "resolved": "no", "text": "the hand\nis off",
    }  # fmt: skip
    assert second["text"] == "'=A(1)"


def test_a_clip_that_is_gone_is_a_gap(
    items: Sequence[Deliverable], cut: Sequence[CutShot], folder: MediaFolder, tmp_path: Path
) -> None:
    Path(folder.where(items[0].clip)).unlink()
    with pytest.raises(Refused, match="1 of 4 clips could not be delivered"):
        deliver("nike_ss27", items, folder, tmp_path / "out", plan=Plan(otio=True), cut=cut)
    read = otio.adapters.read_from_file(str(tmp_path / "out" / "timeline.otio"))
    track = read.tracks[0]
    assert isinstance(track[0], otio.schema.Gap)
    assert "is missing" in track[0].metadata["shotfarm"]["why"]
    assert track[1].name == "nike_ss27_sh050"


def test_handles_that_leave_nothing_are_refused_before_anything_is_made(
    made: Callable[..., Delivery], tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=r"--handles 5 leaves nothing of 镜头02: a clip"):
        made(otio=True, handles=5)
    assert not (tmp_path / "out").exists()


def test_the_contact_sheet_says_what_was_conformed(
    made: Callable[..., Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[SheetRow] = []

    def pages(production: str, rows: Sequence[SheetRow], *_: object) -> list[tuple[str, bytes]]:
        seen.extend(rows)
        return []

    monkeypatch.setattr("farm.delivery.sheets.pages", pages)
    made(fps="25", conform="blend", mezzanine="dnxhr_hq")
    assert {row.made for row in seen} == {"25 fps by blend · dnxhr_hq"}


def one(parent: ET.Element, tag: str) -> ET.Element:
    found = parent.find(tag)
    assert found is not None, f"{parent.tag} has no {tag}"
    return found


def text(parent: ET.Element, tag: str) -> str:
    return one(parent, tag).text or ""
