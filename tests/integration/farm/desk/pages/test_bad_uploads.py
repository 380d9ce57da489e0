"""What is no list with pictures is refused, wherever it would lead, and leaves nothing."""

import stat
import zipfile

import pytest

from farm.desk import submit as page_of_lists
from farm.desk import uploads
from tests.integration.farm.desk.pages.conftest import Pages, Visit
from tests.integration.farm.desk.pages.lists import LIST, PICTURES, drop, laid, packed
from tests.integration.farm.store.conftest import dump


def a_link() -> zipfile.ZipInfo:
    link = zipfile.ZipInfo("one.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return link


BROKEN = bytearray(packed({"list.csv": LIST * 50, **PICTURES}))
BROKEN[60:90] = b"\xff" * 30


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "no file was sent"),
        ({"one.png": PICTURES["one.png"]}, "there is no shot list among these files"),
        ({"a.csv": LIST, "b.xlsx": b"x"}, "a.csv, b.xlsx: one shot list at a time"),
        (
            {"a.zip": packed({"../list.csv": LIST})},
            "'../list.csv' is no name of a file in a folder",
        ),
        ({"a.zip": packed({"/etc/list.csv": LIST})}, "'/etc/list.csv' is no name"),
        ({"a.zip": packed({"a\\..\\..\\list.csv": LIST})}, "is no name of a file in a folder"),
        ({"a.zip": packed({"c:/list.csv": LIST})}, "'c:/list.csv' is no name"),
        ({"a.zip": packed({"a//list.csv": LIST})}, "'a//list.csv' is no name"),
        ({"a.zip": packed({"..": LIST})}, "'..' is no name"),
        ({"a.zip": packed({"a": b"x", "a/list.csv": LIST})}, "a is a file and a folder"),
        ({"a.zip": packed({"x" * 201 + ".csv": LIST})}, "at most 200 characters"),
        ({"a.zip": packed({"图" * 100 + ".csv": LIST})}, "Chinese ones 85"),
        ({"a.zip": b"PK\x03\x04 no zip"}, "a.zip cannot be unpacked"),
        ({"a.zip": bytes(BROKEN)}, "a.zip cannot be unpacked"),
        (
            {"a.zip": packed({"list.csv": LIST}), "list.csv": LIST},
            "two of the files are called list",
        ),
        ({"list.csv": "code;image\0\nsh010;a.png"}, ""),
        ({"list.xlsx": b"no workbook"}, "list.xlsx"),
        ({"list.csv": b""}, ""),
    ],
)
def test_what_is_no_list_with_pictures_is_refused_and_nothing_stays(
    visit: Visit, files: dict[str, bytes | str], told: str
) -> None:
    async def story(desk: Pages) -> None:
        before = dump(desk.store)
        page = await drop(desk, files, status=409)
        assert told in page
        assert "That was not done" in page
        assert laid(desk) == []
        assert dump(desk.store) == before

    visit(story)


@pytest.mark.parametrize("name", ["", "../ads", "a b", "x" * 65, "a/b", ".hidden"])
def test_what_names_no_production_is_refused(visit: Visit, name: str) -> None:
    async def story(desk: Pages) -> None:
        page = await drop(desk, {"list.csv": LIST, **PICTURES}, name, status=409)
        assert "cannot name a production" in page
        assert laid(desk) == []

    visit(story)


def test_a_link_in_a_zip_is_no_picture(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await drop(
            desk,
            {
                "a.zip": packed(
                    {"list.csv": LIST, "two.png": PICTURES["two.png"], a_link(): "/etc/passwd"}
                )
            },
        )
        assert "What is wrong · 1" in page
        assert not any(name.endswith("one.png") for name in laid(desk))

    visit(story)


def test_a_list_reaches_no_picture_outside_its_own_folder(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        desk.media.put("pictures/secret.png", PICTURES["one.png"])
        for way in ("../../secret.png", str(desk.media.local("pictures/secret.png"))):
            page = await drop(desk, {"list.csv": LIST.replace("one.png", way), **PICTURES})
            assert "What is wrong · 1" in page

    visit(story)


def test_what_unpacks_to_more_than_is_taken_is_stopped_on_its_way(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr(uploads, "MOST_FILES", 5)

    async def story(desk: Pages) -> None:
        bomb = packed({"list.csv": LIST, "one.png": bytes(20 << 20)})
        assert len(bomb) < 100_000
        assert "unpacks to more than 1 MB" in await drop(desk, {"a.zip": bomb}, status=409)
        half = bytes(600 << 10)
        page = await drop(desk, {"list.csv": LIST, "a.png": half, "b.png": half}, status=409)
        assert "hand it in with `farm submit`" in page
        many = packed({"list.csv": LIST, **{f"{each}.png": b"x" for each in range(9)}})
        assert "holds 10 files" in await drop(desk, {"a.zip": many}, status=409)
        few = {f"{each}.png": b"x" for each in range(9)}
        assert "more than 5 files" in await drop(desk, {"list.csv": LIST, **few}, status=409)
        assert laid(desk) == []

    visit(story)


def test_more_than_a_form_may_hold_is_refused_with_its_limit(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of_lists, "MOST_SENT", 1 << 20)

    async def story(desk: Pages) -> None:
        page = await drop(desk, {"list.csv": LIST, "a.png": bytes(2 << 20)}, status=413)
        assert "more than 256 MB" in page

    visit(story)


def test_a_media_root_that_is_full_says_so(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.storage.folder import MediaFolder

    put = MediaFolder.put

    def full(self: MediaFolder, name: str, data: bytes) -> None:
        if name.endswith("two.png"):
            raise OSError(28, "No space left on device")
        put(self, name, data)

    async def story(desk: Pages) -> None:
        monkeypatch.setattr(MediaFolder, "put", full)
        page = await drop(desk, {"list.csv": LIST, **PICTURES}, status=409)
        assert "cannot take the files in (No space left on device); make room" in page
        assert laid(desk) == []

    visit(story)


@pytest.mark.parametrize("below", ["", "头/"])
def test_a_picture_that_is_none_is_called_as_whoever_sent_it_calls_it(
    visit: Visit, below: str
) -> None:
    async def story(desk: Pages) -> None:
        files = {"list.csv": LIST, "one.png": b"hello", "two.png": PICTURES["two.png"][:99]}
        page = await drop(
            desk, {"a.zip": packed({f"{below}{name}": each for name, each in files.items()})}
        )
        assert f"{below}one.png is a text" in page
        assert f"{below}two.png is cut off" in page
        assert "looked-at" not in page
        assert desk.media.where("x")[:-1] not in page, (
            "where the farm keeps its files is not theirs to know"
        )

    visit(story)
