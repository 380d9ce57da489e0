"""A folder that is delivered to again holds what is part of the delivery, and all that others put there."""

import json
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from farm.delivery.copying import Delivery
from farm.delivery.deliver import Undelivered, deliver
from farm.delivery.listed import Deliverable
from farm.errors import Refused
from pipeline.storage.folder import MediaFolder
from tests.unit.farm.delivery.test_delivery import filmed, item

OWN = {"manifest.csv", "manifest.json", "contact_sheet.png"}


@pytest.fixture
def media(tmp_path: Path) -> Path:
    (tmp_path / "media").mkdir()
    return tmp_path / "media"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "to the client"


def again(items: Sequence[Deliverable], media: Path, out: Path, **more: Any) -> Delivery:
    return deliver("spring", items, MediaFolder(media), out, read_frames=filmed, **more)


def files(out: Path) -> set[str]:
    """What lies in the folder beside what every delivery writes, hidden files too."""
    return {path.name for path in out.iterdir()} - OWN


def why(done: Delivery) -> dict[str, str]:
    return {each.file: each.why for each in done.left}


def test_what_was_rejected_or_superseded_is_removed_and_named(media: Path, out: Path) -> None:
    again([item(media, "sh010"), item(media, "sh020"), item(media, "sh030")], media, out)

    done = again([item(media, "sh010", 2, b"better"), item(media, "sh030")], media, out)

    assert done.removed == ("sh010_t01.mp4", "sh020_t01.mp4")
    assert (done.kept, done.left) == ((), ())
    assert files(out) == {"sh010_t02.mp4", "sh030_t01.mp4"}
    assert json.loads((out / "manifest.json").read_text())["earlier"] == []


def test_what_others_put_there_is_never_touched_and_is_named(media: Path, out: Path) -> None:
    again([item(media, "sh010")], media, out)
    (out / "notes.txt").write_text("for the client")
    (out / "sh020_t01.mp4").write_bytes(b"film")
    (out / "graded").mkdir()
    (out / ".DS_Store").touch()

    done = again([], media, out)

    assert done.removed == ("sh010_t01.mp4",)
    assert files(out) == {"notes.txt", "sh020_t01.mp4", "graded", ".DS_Store"}
    assert why(done) == dict.fromkeys(
        ["graded", "notes.txt", "sh020_t01.mp4"], "no delivery put it there"
    )


def test_what_was_changed_is_never_touched_and_is_named_until_it_is_gone(
    media: Path, out: Path
) -> None:
    again([item(media, "sh010"), item(media, "sh020")], media, out)
    (out / "sh010_t01.mp4").write_bytes(b"graded by hand")

    for _ in range(2):
        done = again([item(media, "sh020")], media, out)
        assert (out / "sh010_t01.mp4").read_bytes() == b"graded by hand"
        assert why(done) == {"sh010_t01.mp4": "it was changed since it was delivered"}
    (out / "sh010_t01.mp4").unlink()

    assert again([item(media, "sh020")], media, out).left == ()


def test_a_clip_that_was_changed_is_not_written_over_though_it_is_part(
    media: Path, out: Path
) -> None:
    items = [item(media, "sh010"), item(media, "sh020")]
    again(items, media, out)
    (out / "sh010_t01.mp4").write_bytes(b"graded by hand")

    with pytest.raises(Undelivered) as refusal:
        again(items, media, out)

    assert str(refusal.value) == (
        "1 of 2 clips could not be delivered (the other was): sh010: "
        f"{out}/sh010_t01.mp4 is not what a delivery put there: move it away and deliver again"
    )
    assert (out / "sh010_t01.mp4").read_bytes() == b"graded by hand"
    assert refusal.value.delivery.left == ()
    (out / "sh010_t01.mp4").rename(out / "graded.mp4")
    assert why(again(items, media, out)) == {"graded.mp4": "no delivery put it there"}
    assert (out / "sh010_t01.mp4").read_bytes() == b"film"


def test_a_clip_of_the_same_name_that_is_another_one_now_takes_its_place(
    media: Path, out: Path
) -> None:
    again([item(media, "sh010", content=b"of a database that is no more")], media, out)

    again([item(media, "sh010", content=b"new")], media, out)

    assert (out / "sh010_t01.mp4").read_bytes() == b"new"
    assert files(out) == {"sh010_t01.mp4"}


def test_keep_old_keeps_and_the_next_delivery_still_knows(media: Path, out: Path) -> None:
    again([item(media, "sh010")], media, out)

    done = again([item(media, "sh010", 2)], media, out, keep_old=True)

    assert (done.removed, done.kept) == ((), ("sh010_t01.mp4",))
    assert files(out) == {"sh010_t01.mp4", "sh010_t02.mp4"}
    assert again([item(media, "sh010", 2)], media, out).removed == ("sh010_t01.mp4",)


def test_one_folder_holds_one_production(media: Path, out: Path) -> None:
    again([item(media, "sh010")], media, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    with pytest.raises(Refused) as refusal:
        deliver("summer", [item(media, "sh010", 2)], MediaFolder(media), out, read_frames=filmed)

    assert str(refusal.value) == (
        f"{out} holds the delivery of spring: give summer a folder of its own"
    )
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def _is_a_link(place: Path) -> None:
    place.rename(place.with_name("elsewhere.json"))
    place.symlink_to("elsewhere.json")


@pytest.mark.parametrize(
    "harm",
    [
        lambda place: place.write_bytes(b"{"),
        lambda place: place.write_bytes(b"\xff\xfe\x00"),
        lambda place: place.write_bytes(b"[" * 100_000),
        lambda place: place.write_text("[]"),
        lambda place: place.write_text('{"name": "a web app", "icons": []}'),
        lambda place: place.write_text('{"production": "spring", "clips": 3}'),
        _is_a_link,
    ],
)
def test_a_manifest_that_no_delivery_wrote_is_kept_under_another_name(
    media: Path, out: Path, harm: Callable[[Path], None]
) -> None:
    again([item(media, "sh010")], media, out)
    harm(out / "manifest.json")
    harmed = (out / "manifest.json").read_bytes()

    done = again([item(media, "sh010", 2)], media, out)

    assert done.removed == ()
    assert (out / "manifest (kept 1).json").read_bytes() == harmed
    assert "no manifest of a delivery" in why(done)["manifest (kept 1).json"]
    assert why(done)["sh010_t01.mp4"] == "no delivery put it there"
    assert (out / "sh010_t02.mp4").is_file()
    assert json.loads((out / "manifest.json").read_text())["production"] == "spring"


def test_a_manifest_of_an_older_farm_is_enough(media: Path, out: Path) -> None:
    again([item(media, "sh010"), item(media, "sh020")], media, out)
    document = json.loads((out / "manifest.json").read_text())
    del document["files"], document["earlier"]
    (out / "manifest.json").write_text(json.dumps(document))
    (out / "contact_sheet.png").write_bytes(b"as it was drawn then")

    done = again([item(media, "sh020")], media, out)

    assert (done.removed, done.left) == (("sh010_t01.mp4",), ())
    assert files(out) == {"sh020_t01.mp4"}


def test_nothing_outside_the_folder_is_ever_removed(media: Path, out: Path, tmp_path: Path) -> None:
    again([item(media, "sh010"), item(media, "sh020"), item(media, "sh030")], media, out)
    precious, sub = tmp_path / "precious.mp4", out / "sub"
    precious.write_bytes(b"film")
    sub.mkdir()
    (sub / "a.mp4").write_bytes(b"film")
    (out / ".hidden.mp4").write_bytes(b"film")
    document = json.loads((out / "manifest.json").read_text())
    names = ["../precious.mp4", str(precious), "sub/a.mp4", ".", "..", "", ".hidden.mp4", "a\0b"]
    rows = [{"file": name, "sha256": document["clips"][0]["sha256"]} for name in names]
    document["clips"] += [*rows, {"file": 3}, "x", None]
    document["earlier"] = [{"file": "sub", "sha256": "x"}]
    (out / "manifest.json").write_text(json.dumps(document))
    (out / "sh010_t01.mp4").unlink()
    (out / "sh010_t01.mp4").symlink_to(precious)
    (out / "sh020_t01.mp4").unlink()
    (out / "sh020_t01.mp4").mkdir()

    done = again([], media, out)

    assert done.removed == ("sh030_t01.mp4",)
    assert precious.read_bytes() == (sub / "a.mp4").read_bytes() == b"film"
    assert files(out) == {"sub", ".hidden.mp4", "sh010_t01.mp4", "sh020_t01.mp4"}
    assert (out / "sh010_t01.mp4").is_symlink()
    assert set(why(done)) == {"sub", "sh010_t01.mp4", "sh020_t01.mp4"}


def test_a_link_is_not_written_through(media: Path, out: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious.mp4"
    precious.write_bytes(b"mine")
    out.mkdir()
    (out / "sh010_t01.mp4").symlink_to(precious)
    (out / "manifest.csv").symlink_to(precious)

    with pytest.raises(Undelivered):
        again([item(media, "sh010")], media, out)

    assert precious.read_bytes() == b"mine"
    assert (out / "sh010_t01.mp4").is_symlink()
    assert (out / "manifest (kept 1).csv").is_symlink()


def test_a_table_that_somebody_changed_is_kept_under_another_name(media: Path, out: Path) -> None:
    again([item(media, "sh010")], media, out)
    (out / "manifest.csv").write_text("with notes")

    done = again([item(media, "sh010")], media, out)

    assert (out / "manifest (kept 1).csv").read_text() == "with notes"
    assert list(why(done)) == ["manifest (kept 1).csv"]


def test_pages_of_the_sheet_that_are_no_more_go(media: Path, out: Path) -> None:
    many = [item(media, f"sh{number:03d}") for number in range(41)]
    again(many, media, out)
    assert "contact_sheet_2.png" in files(out)

    done = again(many[:2], media, out)

    assert "contact_sheet_2.png" in done.removed
    assert files(out) == {"sh000_t01.mp4", "sh001_t01.mp4"}


def test_halves_that_a_crash_left_are_in_nobodys_way_and_go(
    media: Path, out: Path, tmp_path: Path
) -> None:
    precious = tmp_path / "precious.mp4"
    precious.write_bytes(b"mine")
    out.mkdir()
    (out / ".sh010_t01.mp4.part").symlink_to(precious)
    (out / ".sh010_t01.mp4.0a1b2c3d.part").write_bytes(b"fi")
    (out / ".manifest.json.part").mkdir()
    (out / ".download.zip.part").write_bytes(b"of a browser")

    again([item(media, "sh010")], media, out)

    assert files(out) == {"sh010_t01.mp4", ".manifest.json.part", ".download.zip.part"}
    assert precious.read_bytes() == b"mine"


def test_deliveries_at_once_into_one_folder_take_turns(media: Path, out: Path) -> None:
    items = [item(media, f"sh{number:03d}", content=os.urandom(200_000)) for number in range(8)]
    errors: list[BaseException] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            again(items, media, out)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert files(out) == {each.file for each in items}


class Killed(BaseException):
    """The process is no more."""


class Killer:
    """Kills a delivery at its n-th change of the folder, just before that or just after it."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int, *, after: bool) -> None:
        self.left = at
        self._after = after
        self._dead = False
        for name in ("replace", "unlink"):
            patch.setattr(Path, name, self._wrap(getattr(Path, name)))

    def _wrap(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(place: Path, *arguments: Any, **named: Any) -> Any:
            if self._dead:
                raise Killed
            self.left -= 1
            self._dead = self.left == 0
            if self._dead and not self._after:
                raise Killed
            done = act(place, *arguments, **named)
            if self._dead:
                raise Killed
            return done

        return wrapped


@pytest.mark.parametrize("after", [False, True])
def test_a_delivery_that_is_killed_anywhere_is_known_by_the_next(
    media: Path, tmp_path: Path, *, after: bool
) -> None:
    first = [item(media, "sh010"), item(media, "sh020")]
    second = [item(media, "sh010", 2, b"better"), item(media, "sh030")]
    third = [item(media, "sh010", 3, b"best")]
    killed = 0
    while True:
        out = tmp_path / f"out{killed}"
        again(first, media, out)
        (out / "notes.txt").touch()
        with pytest.MonkeyPatch.context() as patch:
            killer = Killer(patch, killed + 1, after=after)
            try:
                again(second, media, out)
            except Killed:
                killed += 1
        if killer.left > 0:
            break
        again(third, media, out)
        assert files(out) == {"sh010_t03.mp4", "notes.txt"}, f"killed at step {killed}"
    assert killed > 10
