"""Making clips goes on where it ended, on all cores, and loses nothing of what was there."""

import errno
import json
import os
import resource
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from farm.delivery import bringing
from farm.delivery.ai_labels import marking
from farm.delivery.ai_labels.marking import Mark
from farm.delivery.bringing import Bringer
from farm.delivery.conform import Conform
from farm.delivery.copying import Delivery
from farm.delivery.deliver import Undelivered, deliver
from farm.delivery.ffmpeg import Ffmpeg, Stopped
from farm.delivery.finishing import Finishing
from farm.delivery.listed import Deliverable
from farm.delivery.plan import Plan
from farm.delivery.steps import Made, Step, make
from farm.domain.lettering import Lettering, Told
from farm.errors import Refused
from pipeline.storage.checksums import sha256_at
from pipeline.storage.folder import MediaFolder
from tests.unit.farm.delivery.conftest import NewClip

SCHEMA = Path(__file__).parents[4] / "docs" / "reference" / "manifest.schema.json"
PLAN = Plan(fps="25", conform="repeat")


@pytest.fixture
def items(new_clip: NewClip) -> list[Deliverable]:
    return [new_clip(f"sh{number:02}0", frames=9, size=(64, 48)) for number in range(1, 7)]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def made_at(out: Path) -> dict[str, tuple[int, int]]:
    return {
        each.name: (each.stat().st_ino, each.stat().st_mtime_ns) for each in out.glob("*.m*")
        if each.suffix in (".mp4", ".mov")
    }  # fmt: skip


def go(items: Sequence[Deliverable], folder: MediaFolder, out: Path, plan: Plan = PLAN) -> Delivery:
    return deliver("spring", items, folder, out, plan=plan)


def test_what_is_made_is_told_in_the_manifest(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path
) -> None:
    heard: list[tuple[int, int]] = []
    deliver("spring", items, folder, out, lambda *numbers: heard.append(numbers), plan=PLAN)

    document = json.loads((out / "manifest.json").read_text())
    assert heard == [(done, 6) for done in range(1, 7)]
    assert (document["version"], document["plan"]) == (2, {"fps": "25", "conform": "repeat"})
    row = document["clips"][0]
    assert (row["frames"], row["fps"], row["rate"], row["duration"]) == (29, 25, "25/1", 1.16)
    assert row["source"]["sha256"] == items[0].sha256 != row["sha256"]
    assert row["colour"]["matrix"] == "bt709"
    (step,) = row["made"]["steps"]
    assert step["tool"].startswith("ffmpeg ")
    assert step["options"]["way"] == "repeat"


@pytest.mark.parametrize("plan", [Plan(), PLAN, Plan(otio=True, mezzanine="prores_422")])
def test_the_manifest_is_as_its_schema_says(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path, plan: Plan
) -> None:
    told = (
        Lettering(Told.WRONG, "‘TEA’ is lost"),
        Lettering(Told.FOLLOWED, "‘NOVA’ stays readable"),
    )
    go([replace(items[0], lettering=told), items[1]], folder, out, plan)
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads((out / "manifest.json").read_text()), schema)


def test_what_was_made_is_not_made_again(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(items, folder, out)
    before = made_at(out)
    monkeypatch.setattr(Conform, "__call__", lambda *_: pytest.fail("made again"))
    assert go(items, folder, out).left == ()
    assert made_at(out) == before


def test_another_wish_makes_another_file_in_its_place(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path
) -> None:
    go(items, folder, out)
    go(items, folder, out, Plan(fps="24", conform="repeat"))
    assert {row["fps"] for row in json.loads((out / "manifest.json").read_text())["clips"]} == {24}
    go(items, folder, out, Plan())
    assert (out / "sh010_t01.mp4").read_bytes() == Path(folder.where(items[0].clip)).read_bytes()


def test_a_ctrl_c_ends_it_at_once_and_the_next_goes_on(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are made; those that are begun by then go on once everything is told to stop."""
    monkeypatch.setattr(bringing, "cores", lambda: 2)
    call, stop, stopped, begun = Conform.__call__, Bringer.stop, threading.Event(), count(1)

    def held(self: Conform, source: Path, to: Path) -> Step:
        assert next(begun) <= 2 or stopped.wait(120)
        return call(self, source, to)

    def stop_all(self: Bringer) -> None:
        stop(self)
        stopped.set()

    monkeypatch.setattr(Conform, "__call__", held)
    monkeypatch.setattr(Bringer, "stop", stop_all)

    def interrupt(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver("spring", items, folder, out, interrupt, plan=PLAN)
    before = made_at(out)
    assert len(before) == 2
    assert not list(out.glob(".*.part"))

    go(items, folder, out)

    after = made_at(out)
    assert len(after) == 6
    assert {name: after[name] for name in before} == before


def test_what_runs_is_ended_and_nothing_more_is_begun(tmp_path: Path) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(
        '#!/bin/sh\n[ "$1" = -version ] && echo "ffmpeg version 1.0" && exit 0\n'
        f"echo begun > {tmp_path}/begun\nexec sleep 1000\n"
    )
    program.chmod(0o755)
    ffmpeg = Ffmpeg(str(program))
    raised: list[BaseException] = []

    def work() -> None:
        try:
            ffmpeg.run(["-i", "a"])
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while not (tmp_path / "begun").exists():
        thread.join(0.01)
    ffmpeg.stop()
    thread.join(120)
    assert [type(error) for error in raised] == [Stopped]
    with pytest.raises(Stopped):
        ffmpeg.run(["-i", "a"])


def test_clips_are_made_at_once_on_all_cores(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two must be at it at the same time, or neither gets through."""
    monkeypatch.setattr(bringing, "cores", lambda: 2)
    both = threading.Barrier(2, timeout=120)
    call = Conform.__call__

    def wrapped(self: Conform, source: Path, to: Path) -> Step:
        both.wait()
        return call(self, source, to)

    monkeypatch.setattr(Conform, "__call__", wrapped)
    assert len(go(items, folder, out).clips) == 6


@contextmanager
def no_file_may_grow_beyond(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_loses_nothing_that_was_there(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(items[:3], folder, out)
    before = {place.name: place.read_bytes() for place in out.iterdir()}

    def full(self: Conform, source: Path, to: Path) -> Step:
        to.write_bytes(b"half")
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(Conform, "__call__", full)
        with pytest.raises(Refused, match="No space left on device"):
            go(items, folder, out)

    assert {place.name: place.read_bytes() for place in out.iterdir()} == before
    assert len(go(items, folder, out).clips) == 6


def test_a_full_disk_under_the_true_ffmpeg_is_told(
    new_clip: NewClip, folder: MediaFolder, out: Path
) -> None:
    item = new_clip("sh010", frames=33, size=(512, 256))
    plan = Plan(mezzanine="prores_hq")
    with no_file_may_grow_beyond(30_000), pytest.raises(Refused, match=r"sh010: |cannot deliver"):
        go([item], folder, out, plan)
    assert not list(out.glob("*.mov"))
    assert not list(out.glob(".*.part"))
    assert len(go([item], folder, out, plan).clips) == 1


def test_a_made_file_that_was_changed_is_not_written_over(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path
) -> None:
    go(items, folder, out)
    (out / "sh010_t01.mp4").write_bytes(b"graded by hand")
    for plan in (PLAN, Plan(fps="24", conform="speed"), Plan()):
        with pytest.raises(Undelivered, match=r"sh010_t01\.mp4 is not what a delivery put there"):
            go(items, folder, out, plan)
        assert (out / "sh010_t01.mp4").read_bytes() == b"graded by hand"


def test_a_source_that_was_altered_is_told_and_nothing_is_made_of_it(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path
) -> None:
    place = Path(folder.where(items[0].clip))
    place.chmod(0o644)
    place.write_bytes(Path(folder.where(items[1].clip)).read_bytes() + b"x")
    with pytest.raises(Undelivered, match="was altered after it was made"):
        go(items, folder, out)
    assert not (out / "sh010_t01.mp4").exists()


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_a_clip_whose_disk_fails_while_it_is_made_is_named_and_stops_no_other(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path, monkeypatch: pytest.MonkeyPatch,
    when: str,
) -> None:  # fmt: skip
    failing = Path(folder.where(items[0].clip))
    failed = {failing} if when == "before" else set[Path]()

    def read(place: Path) -> str:
        if place in failed:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return sha256_at(place)

    def made(source: Path, *more: Any) -> Made:
        if source == failing:
            failed.add(source)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return make(source, *more)

    monkeypatch.setattr(bringing, "sha256_at", read)
    monkeypatch.setattr(bringing, "make", made)
    with pytest.raises(Undelivered) as told:
        go(items, folder, out)
    (trouble,) = told.value.delivery.troubles
    assert trouble.why == (
        f"{failing} cannot be read (Input/output error): look at the disk or the mount behind it"
    )
    assert len(made_at(out)) == 5


def test_a_disk_that_fails_while_a_film_is_written_is_that_of_the_folder(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(*_: Any) -> Made:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(bringing, "make", made)
    with pytest.raises(Refused, match=r"^cannot deliver to .*out: Input/output error$"):
        go(items, folder, out)


def test_one_clip_that_cannot_be_made_stops_no_other(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path
) -> None:
    with pytest.raises(Undelivered, match=r"6 of 6 clips .* 64 x 48 cannot be dnxhr_hq") as refusal:
        go(items, folder, out, Plan(mezzanine="dnxhr_hq"))
    assert not refusal.value.delivery.troubles[0].gone
    assert "farm retake" not in str(refusal.value)


def test_a_variant_stands_beside_the_delivery_and_is_no_stranger(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path
) -> None:
    go(items, folder, out / "mezz")
    (out / "other").mkdir()
    assert [each.file for each in go(items, folder, out, Plan()).left] == ["other"]


def test_a_film_stays_whose_clip_cannot_be_delivered_now(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(items[:2], folder, out)
    before = made_at(out)
    Path(folder.where(items[0].clip)).unlink()
    other = Plan(fps="24", conform="repeat")

    def down(*_: object) -> Step:
        raise Refused("the server is down")

    with monkeypatch.context() as patch:
        patch.setattr(Conform, "__call__", down)
        with pytest.raises(Undelivered) as refusal:
            go(items[:2], folder, out, other)

    done = refusal.value.delivery
    assert (done.kept, done.removed) == (("sh010_t01.mp4", "sh020_t01.mp4"), ())
    assert made_at(out) == before
    assert len(go(items[:2], folder, out).clips) == 2, "what it was made by is still known"
    assert made_at(out) == before


def test_a_film_that_stays_and_holds_its_recipe_is_named_as_such(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(items[:1], folder, out, Plan())
    monkeypatch.setattr(Mark, "__call__", lambda *_: (_ for _ in ()).throw(Refused("no")))
    finishing = Finishing(production="spring", media=folder, no_recipe=True)
    for _ in range(2):
        with pytest.raises(Undelivered) as refusal:
            deliver(
                "spring", items[:1], folder, out, plan=Plan(no_recipe=True), finishing=finishing
            )
        (left,) = refusal.value.delivery.left
        assert (left.file, "holds its recipe" in left.why) == ("sh010_t01.mp4", True)


@pytest.mark.parametrize("name", ["ads: cut 2", "s3:", "E:\\ads", "-loop"])
def test_a_folder_is_a_folder_whatever_it_is_called(
    new_clip: NewClip,
    folder: MediaFolder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    item = new_clip("sh010", frames=9)
    plan = Plan(fps="25", conform="repeat", mezzanine="prores_422", label="zh")
    finishing = Finishing(production="spring", media=folder)
    deliver("spring", [item], folder, Path(name), plan=plan, finishing=finishing)
    (row,) = json.loads((tmp_path / name / "manifest.json").read_text())["clips"]
    assert sha256_at(tmp_path / name / "sh010_t01.mov") == row["sha256"]


def test_another_version_of_ours_makes_no_film_anew(
    items: Sequence[Deliverable], folder: MediaFolder, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finishing = Finishing(production="spring", media=folder, no_recipe=True)

    def again() -> None:
        deliver("spring", items[:1], folder, out, plan=Plan(no_recipe=True), finishing=finishing)

    again()
    before = made_at(out)
    monkeypatch.setattr(marking, "TOOL", "shotfarm 999.0")
    again()
    assert made_at(out) == before
