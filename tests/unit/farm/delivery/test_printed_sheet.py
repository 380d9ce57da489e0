"""The contact sheet to print, read back by PDFium: pages, words, pictures, and shots that stay whole."""

import datetime as dt
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from farm.delivery.contact_sheet import Pictures, SheetRow
from farm.delivery.deliver import deliver
from farm.delivery.plan import Plan
from farm.delivery.printed_sheet import BOTTOM, PICTURES, TOP, PrintedSheet, paged
from farm.delivery.sheets import PRINTED, SHEET, SheetKind, contact_sheets, is_a_day
from farm.domain.lettering import Lettering, Told
from farm.errors import Refused
from pipeline.coverage import Coverage, Shown, Stage
from pipeline.storage.files import Frames
from pipeline.storage.folder import MediaFolder
from pipeline.storage.names import still_path
from tests.unit.farm.delivery.test_delivery import BLUE, GREEN, RED, STILL, filmed, item

DAY = dt.date(2026, 11, 29)
ROW = SheetRow(
    shot="sh010",
    prompt="A ball rolls",
    take=2,
    match=0.75,
    verdict="accepted",
    review="approved",
    clip="clips/sh010.mp4",
    still=STILL,
)
WIDE: Pictures = [Image.new("RGB", (312, 180), RED)] + [Image.new("RGB", (312, 180), GREEN)] * 4
UPRIGHT: Pictures = [Image.new("RGB", (104, 180), RED)] + [Image.new("RGB", (104, 180), BLUE)] * 4


def printed(rows: Sequence[SheetRow], pictures: Pictures = WIDE, production: str = "春季") -> bytes:
    with closing(PrintedSheet(production, "3 shots: 3 accepted", DAY)) as sheet:
        for row in rows:
            sheet.add(row, pictures)
        return sheet.content()


def words(content: bytes) -> list[str]:
    """What can be selected, page by page."""
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def drawn(content: bytes) -> list[Frames]:
    """The pages as pictures, two pixels a point."""
    with pypdfium2.PdfDocument(content) as document:
        return [np.asarray(page.render(scale=2).to_pil().convert("RGB")) for page in document]


def numbered(count: int) -> list[SheetRow]:
    return [replace(ROW, shot=f"sh{number:03d}") for number in range(count)]


def test_a_page_is_a4_and_says_production_day_and_its_number() -> None:
    content = printed(numbered(14))

    with pypdfium2.PdfDocument(content) as document:
        sizes = {tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in document}
        assert document.get_metadata_value("Title") == "春季, 2026-11-29"
    assert sizes == {(210, 297)}
    told = words(content)
    assert len(told) == 3
    for number, page in enumerate(told, start=1):
        assert "春季" in page
        assert "2026-11-29" in page
        assert "3 shots: 3 accepted" in page
        assert f"page {number} of 3" in page


def test_every_shot_stands_once_with_all_that_is_known_of_it() -> None:
    told = "\n".join(words(printed(numbered(14))))

    assert [told.count(f"sh{number:03d}") for number in range(14)] == [1] * 14
    assert told.count("take 2") == told.count("match 0.75") == told.count("A ball rolls") == 14
    assert told.count("accepted") == 14 + 3
    assert told.count("approved") == 14


def test_chinese_can_be_selected_and_breaks_into_lines_inside_the_page() -> None:
    prompt = "红色的自行车在白色桌面上缓缓转动，镜头推进，光线柔和。" * 5

    (page,) = words(printed([replace(ROW, shot="镜头01", prompt=prompt)]))

    assert "镜头01" in page
    assert prompt in page.replace("\n", "")


def test_what_was_made_of_a_clip_and_what_it_lacks_is_said() -> None:
    part = Coverage(
        stages=(
            Stage(text="A ball rolls", shown=Shown.SHOWN, value=0.8),
            Stage(text="then it stops", shown=Shown.CUT),
        )
    )
    row = replace(ROW, made="25 fps by motion", coverage=part, draft=True, review="needs_review")

    (page,) = words(printed([row]))

    assert "25 fps by motion" in page
    assert "shows 1 of 2: “then it stops” was cut" in page
    assert "draft · needs review" in page


def test_what_became_of_its_label_is_said() -> None:
    stays, lost = (
        Lettering(Told.FOLLOWED, "‘TEA’ stays readable"),
        Lettering(Told.WRONG, "‘TEA’ is lost"),
    )

    (page,) = words(
        printed([replace(ROW, lettering=(stays,)), replace(ROW, lettering=(lost, stays))])
    )

    assert page.count("‘TEA’ stays readable") == page.count("‘TEA’ is lost") == 1


def test_a_clip_that_there_is_not_is_said_in_its_place() -> None:
    purged = replace(ROW, clip=None, instead="its clip was purged on 01 Nov 2026")
    bare = SheetRow(shot="sh020", prompt="no take yet")

    nothing: Pictures = [None] * PICTURES
    (page,) = words(printed([purged, bare], nothing))

    assert "its clip was purged on 01 Nov 2026" in page
    assert "no take" in page
    assert "none" in page


@pytest.mark.parametrize(("pictures", "colour"), [(WIDE, GREEN), (UPRIGHT, BLUE)])
def test_pictures_are_drawn_unstretched_beside_each_other(
    pictures: Pictures, colour: tuple[int, int, int]
) -> None:
    (page,) = drawn(printed([ROW], pictures))

    near: Any = (np.abs(page.astype(int) - colour) < 12).all(axis=2)
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    tall = rows[-1] - rows[0] + 1
    starts = columns[np.flatnonzero(np.diff(columns, prepend=-9) > 1)]
    ends = columns[np.flatnonzero(np.diff(columns, append=columns[-1] + 9) > 1)]
    assert len(starts) == 4
    picture = pictures[1]
    assert picture is not None
    for start, end in zip(starts, ends, strict=True):
        assert (end - start + 1) / tall == pytest.approx(picture.width / picture.height, rel=0.05)
    assert columns[-1] < page.shape[1]


@pytest.mark.parametrize(
    "text",
    [
        "{nb} of {nb}", "**bold** __under__ [a](http://b)", "<b>markup</b> &amp;",
        "\\(parens\\) %PDF-1.7 endobj",
        "\x00\x01\x1b[31m", "שלום עולם", "🚗 𠮷 ☃", "a" * 3000, "镜" * 3000, "", " ",
    ],
)  # fmt: skip
def test_nothing_that_people_write_breaks_a_page(text: str) -> None:
    row = replace(ROW, shot=text[:64] or "x", prompt=text, instead=text, made=text, clip=None)

    pages = words(printed([row], production=text[:64] or "x"))

    assert len(pages) == 1
    assert "page 1 of 1" in pages[0]
    assert "{nb}" not in text or "{nb} of {nb}" in pages[0]


def test_the_same_shots_on_one_day_make_one_file() -> None:
    assert printed(numbered(3)) == printed(numbered(3))


def test_a_production_without_shots_has_one_page() -> None:
    assert len(words(printed([]))) == 1


@given(
    st.lists(st.integers(8, 960).map(lambda each: each / 8), max_size=60)
)  # their sums are exact
def test_pages_hold_whole_shots_in_their_order_and_no_more_than_fit(heights: list[float]) -> None:
    room = BOTTOM - TOP

    pages = paged(heights, room)

    assert [number for page in pages for number in page] == list(range(len(heights)))
    for page, after in zip(pages, [*pages[1:], None], strict=True):
        filled = sum(heights[page.start : page.stop])
        assert filled <= room
        if after:
            assert filled + heights[after.start] > room


@pytest.fixture
def media(tmp_path: Path) -> Path:
    still = tmp_path / "media" / still_path(STILL)
    still.parent.mkdir(parents=True)
    Image.new("RGB", (64, 48), RED).save(still)
    return tmp_path / "media"


def test_clips_are_read_once_for_both_sheets(media: Path) -> None:
    read: list[Path] = []

    def reading(path: Path) -> Frames:
        read.append(path)
        return filmed(path)

    item(media, "sh010"), item(media, "sh020")
    rows = [replace(ROW, clip=f"clips/{shot}_1.mp4") for shot in ("sh010", "sh020")]
    folder = MediaFolder(media)

    for kind, names in ((SheetKind.BOTH, [SHEET, PRINTED]), (SheetKind.PDF, [PRINTED])):
        read.clear()
        found = contact_sheets("spring", rows, folder, folder, kind, "2026-11-29", reading)
        assert list(found) == names
        assert len(read) == 2
    png = contact_sheets("spring", rows, folder, folder, "png", "2026-11-29", reading)
    both = contact_sheets("spring", rows, folder, folder, "both", "2026-11-29", reading)
    assert png[SHEET] == both[SHEET]


def test_a_delivery_lists_the_printed_sheet_with_its_day_and_makes_the_same_again(
    media: Path, tmp_path: Path
) -> None:
    items, out = [item(media, "sh010")], tmp_path / "out"

    done = deliver(
        "spring", items, MediaFolder(media), out, read_frames=filmed,
        plan=Plan(sheet="both", dated="2026-11-29"),
    )  # fmt: skip
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    again = deliver(
        "spring", items, MediaFolder(media), out, read_frames=filmed,
        plan=Plan(sheet="both", dated="2026-11-29"),
    )  # fmt: skip

    assert "2026-11-29" in words(first[PRINTED])[0]
    assert b'"dated": "2026-11-29"' in first["manifest.json"]
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    assert (done.left, again.left, again.removed) == ((), (), ())
    later = deliver(
        "spring", items, MediaFolder(media), out, read_frames=filmed,
        plan=Plan(sheet="pdf", dated="2026-11-30"),
    )  # fmt: skip
    assert later.contact_sheet == out / PRINTED
    assert later.removed == (SHEET,)
    assert "2026-11-30" in words((out / PRINTED).read_bytes())[0]


def test_a_printed_sheet_that_somebody_changed_is_kept_beside_the_new_one(
    media: Path, tmp_path: Path
) -> None:
    items, out, plan = [item(media, "sh010")], tmp_path / "out", Plan(sheet="pdf")
    deliver("spring", items, MediaFolder(media), out, read_frames=filmed, plan=plan)
    (out / PRINTED).write_bytes(b"notes on paper, scanned")

    done = deliver("spring", items, MediaFolder(media), out, read_frames=filmed, plan=plan)

    assert [each.file for each in done.left] == ["contact_sheet (kept 1).pdf"]
    assert (out / "contact_sheet (kept 1).pdf").read_bytes() == b"notes on paper, scanned"
    assert (out / PRINTED).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("plan", [{"sheet": "doc"}, {"dated": "29.11.2026"}, {"dated": "20261129"}])
def test_what_is_no_sheet_and_no_day_is_refused(plan: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"is none of|is no day"):
        Plan(**plan)
    assert Plan.of(Plan(sheet="both", dated="2026-11-29").as_dict()).sheet == "both"
    assert Plan().as_dict() == {}


def test_a_day_is_as_iso_8601_has_it() -> None:
    assert is_a_day("2026-11-29")
    assert not any(map(is_a_day, ("", "2026-13-01", "2026-W48-7", "x")))
