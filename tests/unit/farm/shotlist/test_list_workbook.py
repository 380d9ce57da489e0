"""Workbooks of Excel, WPS and LibreOffice are read as people see them, with the pictures in their cells."""

import datetime
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from xlsxwriter import Workbook

from farm.cli import farm
from farm.errors import ShotListError
from farm.shotlist import ShotList, Source, read
from pipeline.storage.folder import MediaFolder

DATA = Path(__file__).parents[3] / "data"
CHINESE = [
    "镜号",
    "首帧",
    "提示词",
    "负面提示词",
    "时长",
    "种子",
    "画幅",
    "优先级",
    "备用图",
    "必须保留",
    "备注",
]
TRADITIONAL = [
    "鏡號",
    "圖片",
    "提示詞",
    "負面提示詞",
    "時長",
    "種子",
    "畫幅",
    "優先級",
    "備用圖",
    "必須保留",
    "備註",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with pictures of three colours."""
    for name, colour in (("a", "red"), ("b", "green"), ("c", "blue")):
        Image.new("RGB", (64, 36), colour).save(tmp_path / f"{name}.png")
    return tmp_path


def made(folder: Path, fill: Callable[[Workbook, Any], None], name: str = "board.xlsx") -> Path:
    """A workbook with one sheet, which `fill` fills."""
    path = folder / name
    with Workbook(path) as book:
        fill(book, book.add_worksheet("Boards"))
    return path


def plain(*rows: list[Any]) -> Callable[[Workbook, Any], None]:
    def fill(book: Workbook, sheet: Any) -> None:
        for at, row in enumerate([["shot", "image", "prompt"], *rows]):
            sheet.write_row(at, 0, row)

    return fill


def told(shots: ShotList) -> list[str]:
    return list(map(str, shots.problems))


@pytest.mark.parametrize("header", [CHINESE, TRADITIONAL], ids=["simplified", "traditional"])
def test_a_chinese_board_below_a_title_is_read(folder: Path, header: list[str]) -> None:
    def fill(book: Workbook, sheet: Any) -> None:
        sheet.write(0, 0, "春夏 2027")
        sheet.write_row(2, 1, header)
        sheet.write_row(
            3,
            1,
            [
                "sh010",
                "a.png",
                "球滚动",
                "雨",
                "5秒",
                42,
                "16：9",
                5,
                "b.png|c.png",
                "球｜红",
                "电视",
            ],
        )

    (shot,) = read(made(folder, fill)).rows

    assert (shot.row, shot.code, shot.image.name, shot.prompt, shot.negative) == (
        4, "sh010", "a.png", "球滚动", "雨",
    )  # fmt: skip
    assert (shot.seconds, shot.seed, shot.aspect, shot.priority) == (5.0, 42, "16:9", 5)
    assert [each.name for each in shot.alternates] == ["b.png", "c.png"]
    assert (shot.must_keep, shot.notes) == (("球", "红"), "电视")


def test_numbers_times_and_dates_are_what_the_sheet_means_by_them(folder: Path) -> None:
    def fill(book: Workbook, sheet: Any) -> None:
        time = book.add_format({"num_format": "h:mm"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["shot", "image", "prompt", "seconds", "aspect", "notes"])
        sheet.write_row(1, 0, [7, "a.png", "p", 2.5])
        sheet.write_datetime(1, 4, datetime.time(16, 9), time)
        sheet.write_datetime(1, 5, datetime.datetime(2027, 5, 2), day)  # noqa: DTZ001 - Excel has no zones
        sheet.write_row(2, 0, ["sh020", "a.png", "p"])
        sheet.write_datetime(2, 3, datetime.datetime(2027, 5, 2), day)  # noqa: DTZ001

    shots = read(made(folder, fill))

    (shot,) = shots.rows
    assert (shot.code, shot.seconds, shot.aspect, shot.notes) == ("7", 2.5, "16:9", "2027-05-02")
    assert told(shots) == [
        "board.xlsx sheet Boards row 3, field seconds (D3): it is a date or a time to the spreadsheet "
        "(2027-05-02); format the cell as text and type it anew"
    ]


@pytest.mark.parametrize(("form", "shown"), [("000", "010"), ('"sh"000', "sh010")])
def test_a_code_that_a_format_alone_shows_is_named(folder: Path, form: str, shown: str) -> None:
    def fill(book: Workbook, sheet: Any) -> None:
        plain(["", "a.png", "p"])(book, sheet)
        sheet.write_number(1, 0, 10, book.add_format({"num_format": form}))

    assert told(read(made(folder, fill))) == [
        "board.xlsx sheet Boards row 2, field shot (A2): it is the number 10, which the sheet only shows "
        f"as {shown}; format the column as text and type the codes anew"
    ]


def test_errors_and_formulas_that_were_never_calculated_are_named(folder: Path) -> None:
    def fill(book: Workbook, sheet: Any) -> None:
        plain(["sh010", "a.png"], ["sh020", "a.png"], ["sh030", "a.png"])(book, sheet)
        sheet.write_formula(1, 2, "=Gone!A1", None, "#REF!")
        sheet.write_formula(2, 2, "=A1", None, "")
        sheet.write_boolean(3, 2, True)

    assert [each.partition(": ")[2] for each in told(read(made(folder, fill)))] == [
        "it is the error #REF!; mend the formula, or type the value",
        "it is a formula whose result is not in the file; open the list in Excel or WPS and save it",
        "it must be text or a number, not a list, a mapping, true or false",
    ]


def test_pictures_in_cells_are_stills_however_excel_keeps_them(folder: Path) -> None:
    def fill(book: Workbook, sheet: Any) -> None:
        sheet.write_row(0, 0, ["shot", "image", "prompt", "alternates"])
        sheet.set_column(1, 1, 30)
        for row in (1, 2, 3):
            sheet.set_row(row, 60)
            sheet.write(row, 0, f"sh0{row}0")
            sheet.write(row, 2, "the ball rolls")
        sheet.insert_image(1, 1, folder / "a.png", {"x_offset": 4, "y_offset": 6})
        sheet.embed_image(2, 1, folder / "b.png")
        sheet.insert_image(2, 1, folder / "c.png", {"x_offset": 4, "y_offset": 76})
        sheet.insert_image(1, 3, folder / "b.png")
        sheet.insert_image(1, 3, folder / "c.png", {"x_offset": 20})

    shots = read(made(folder, fill))

    assert told(shots) == []
    assert [colour(row.image) for row in shots.rows] == ["red", "green", "blue"]
    assert [colour(each) for each in shots.rows[0].alternates] == ["green", "blue"]


def test_pictures_of_wps_are_stills_and_missing_or_linked_ones_are_named(folder: Path) -> None:
    def fill(book: Workbook, sheet: Any) -> None:
        plain(["sh010", "", "p"], ["sh020", "", "p"], ["sh030", "", "p"])(book, sheet)
        for row, name in enumerate(("ID_RED", "ID_GONE", "ID_LINK"), start=1):
            sheet.write_formula(
                row, 1, f'=_xlfn.DISPIMG("{name}",1)', None, f'=DISPIMG("{name}",1)'
            )

    shots = read(with_wps_pictures(made(folder, fill), folder / "a.png"))

    assert [colour(row.image) for row in shots.rows] == ["red"]
    assert [each.partition(": ")[2] for each in told(shots)] == [
        "its picture is missing from the workbook; insert it anew",
        "its picture is only linked (file:///secret.png) and not in the workbook; "
        "insert the picture itself, or name its file",
    ]


def with_wps_pictures(path: Path, picture: Path) -> Path:
    """The workbook with pictures as WPS keeps them: one in it, one that is only linked."""
    images = "".join(
        f'<etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="1" name="{name}"/></xdr:nvPicPr>'
        f'<xdr:blipFill><a:blip r:{kind}="{ref}"/></xdr:blipFill></xdr:pic></etc:cellImage>'
        for name, kind, ref in (("ID_RED", "embed", "rId1"), ("ID_LINK", "link", "rId2"))
    )
    office = "http://schemas.openxmlformats.org"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(
            "xl/cellimages.xml",
            f'<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" '
            f'xmlns:xdr="{office}/drawingml/2006/spreadsheetDrawing" '
            f'xmlns:a="{office}/drawingml/2006/main" '
            f'xmlns:r="{office}/officeDocument/2006/relationships">{images}</etc:cellImages>',
        )
        archive.writestr(
            "xl/_rels/cellimages.xml.rels",
            f'<Relationships xmlns="{office}/package/2006/relationships">'
            '<Relationship Id="rId1" Type="t" Target="../xl/../xl/media/image1.png"/>'
            '<Relationship Id="rId2" Type="t" Target="file:///secret.png" TargetMode="External"/>'
            "</Relationships>",
        )
        archive.write(picture, "xl/media/image1.png")
    return path


def colour(picture: Path) -> str:
    with Image.open(picture) as image:
        pixel = image.convert("RGB").getpixel((2, 2))
    return {(255, 0, 0): "red", (0, 128, 0): "green", (0, 0, 255): "blue"}[pixel]  # pyright: ignore


def test_what_is_odd_about_pictures_is_named(folder: Path) -> None:
    def fill(book: Workbook, sheet: Any) -> None:
        plain(["sh010", "", "p"], ["sh020", "a.png", "p"], ["", "", ""], ["sh040", "a.png", "p"])(
            book, sheet
        )
        for row in range(1, 5):
            sheet.set_row(row, 60)
        for at in (0, 10):
            sheet.insert_image(1, 1, folder / "a.png", {"x_offset": at})
        sheet.insert_image(2, 1, folder / "b.png")
        sheet.insert_image(3, 1, folder / "b.png")
        sheet.insert_image(4, 2, folder / "b.png")

    shots = read(made(folder, fill))

    assert [each.partition(" row ")[2] for each in told(shots)] == [
        "2, field image (B2): 2 pictures lie in the cell; leave one, and put others into alternates",
        "3, field image (B3): the cell holds a picture and says a.png; keep one of them",
        "4, field shot (A4): it is empty; give the shot a code, such as sh010",
        "4, field prompt (C4): it is empty; say what should happen in the shot",
    ]
    assert shots.notes == (
        "board.xlsx sheet Boards: pictures at C5 lie in no column for pictures (image, alternates) "
        "and were left out",
    )


def test_pictures_in_cells_are_kept_below_the_media_root_and_nowhere_beside_the_list(
    folder: Path,
) -> None:
    def fill(book: Workbook, sheet: Any) -> None:
        plain(["sh010", "", "p"])(book, sheet)
        sheet.embed_image(1, 1, folder / "a.png")

    path, before = made(folder, fill), sorted(folder.iterdir())

    passing = read(path).rows[0].image
    kept = read(path, Source(media=MediaFolder(folder / "media"))).rows[0].image

    assert kept.parent == (folder / "media/pictures").resolve()
    assert kept.name == passing.name
    assert sorted(folder.iterdir()) == sorted([*before, folder / "media"])


def test_merged_hidden_and_trailing_rows(folder: Path) -> None:
    def fill(book: Workbook, sheet: Any) -> None:
        plain(["sh010", "a.png", ""], ["sh020", "b.png", ""], [], ["sh030", "c.png", "p"])(
            book, sheet
        )
        sheet.merge_range(1, 2, 2, 2, "the ball rolls")
        sheet.set_row(4, None, None, {"hidden": True})
        sheet.write(7, 0, "Total: 3 shots")

    shots = read(made(folder, fill))

    assert [(row.code, row.prompt) for row in shots.rows] == [
        ("sh010", "the ball rolls"), ("sh020", "the ball rolls"), ("sh030", "p"),
    ]  # fmt: skip
    assert shots.problems == ()
    assert shots.notes == (
        "board.xlsx sheet Boards: row 5 is hidden in the sheet and read like the others; "
        "delete what is not wanted",
        "board.xlsx sheet Boards: row 8 is taken for remarks below the table "
        '("Total: 3 shots") and left out',
    )


def test_the_sheet_with_shots_is_taken_and_two_want_a_choice(folder: Path) -> None:
    path = folder / "two.xlsx"
    with Workbook(path) as book:
        book.add_worksheet("Readme").write(0, 0, "Dear all")
        plain(["sh010", "a.png", "p"])(book, book.add_worksheet("TV"))
        plain(["sh020", "a.png", "p"])(book, book.add_worksheet("Web"))

    with pytest.raises(ShotListError) as refusal:
        read(path)
    assert (
        str(refusal.value)
        == "two.xlsx has shots on several sheets (TV, Web); say which with --sheet"
    )
    assert read(path, Source(sheet="Web")).rows[0].code == "sh020"
    assert read(path, Source(sheet="2")).rows[0].code == "sh010"
    with pytest.raises(ShotListError, match="has no sheet 9; there are "):
        read(path, Source(sheet="9"))


def test_old_and_open_workbooks_are_read_and_what_they_hide_is_told(folder: Path) -> None:
    for name in ("boards.xls", "boards.ods"):
        shutil.copy(DATA / name, folder)

    old, opened = read(folder / "boards.xls"), read(folder / "boards.ods")

    assert [(row.code, row.prompt) for row in old.rows] == [("sh010", "Grüße: the ball rolls")]
    assert [each.partition(": ")[2] for each in told(old)] == [
        "it is the number 10, and how an .xls file shows it cannot be read; "
        "format the column as text and type the codes anew, or save the list as .xlsx",
        "it is empty, and pictures in the cells of an .xls file cannot be read; "
        "save the list as .xlsx, or name the picture's file",
    ]
    assert [colour(row.image) for row in opened.rows] == ["red"]
    assert [each.partition(": ")[2] for each in told(opened)] == [
        "it is the number 20, which the sheet only shows as 020; "
        "format the column as text and type the codes anew",
        "it is the error #REF!; mend the formula, or type the value",
    ]


def test_a_workbook_and_a_table_may_bear_each_others_names(folder: Path) -> None:
    board = made(folder, plain(["sh010", "a.png", "p"])).rename(folder / "board.csv")
    table = folder / "table.xls"
    table.write_text("shot\timage\tprompt\nsh020\ta.png\tp\n")

    assert [read(board).rows[0].code, read(table).rows[0].code] == ["sh010", "sh020"]


FOREIGN = {
    "a page": (
        "l.xls", b"<html><table>",
        "l.xls is a web page or XML, whatever its name says; "
        "open it in Excel and save it as .xlsx",
    ),
    "Numbers": (
        "l.numbers", b"PK",
        "l.numbers is a table of Apple's Numbers; export it as Excel (.xlsx) or CSV",
    ),
    "a PDF": (
        "l.pdf", b"%PDF",
        "l.pdf is a PDF, which is not read; "
        "`farm init --shotlist shots.xlsx` writes an empty list to fill in",
    ),
    "half a workbook": (
        "l.xlsx", b"PK\x03\x04half",
        "l.xlsx is damaged, or no workbook in truth; open it in Excel or WPS and save it anew",
    ),
    "a locked one": (
        "l.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
        "l.xlsx is locked by a password; save it without one, and hand it in then",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "sentence"), FOREIGN.values(), ids=FOREIGN.keys())
def test_what_is_no_workbook_is_refused_with_a_remedy(
    folder: Path, name: str, content: bytes, sentence: str
) -> None:
    (folder / name).write_bytes(content)

    with pytest.raises(ShotListError) as refusal:
        read(folder / name)

    assert str(refusal.value) == sentence


def test_bombs_are_refused_before_they_are_unpacked(folder: Path) -> None:
    far = made(
        folder, lambda book, sheet: sheet.write_row(0, 0, ["shot", "image", "prompt"]), "far.xlsx"
    )
    patch(far, "xl/worksheets/sheet1.xml", b'r="C1"', b'r="XFD1048576"')
    entities = made(folder, plain(["sh010", "a.png", "p"]), "entities.xlsx")
    patch(
        entities,
        "xl/worksheets/sheet1.xml",
        b"<worksheet",
        b'<!DOCTYPE w [<!ENTITY a "aa">]><worksheet',
    )

    with pytest.raises(ShotListError, match="reaches from A1 to XFD1048576"):
        read(far)
    with pytest.raises(ShotListError, match="damaged"):
        read(entities)


def patch(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Changes a part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("name", ["shots.xlsx", "shots.csv"])
def test_init_writes_an_empty_list_that_is_read_once_it_is_filled(
    tmp_path: Path, name: str
) -> None:
    answer = CliRunner().invoke(farm, ["init", str(tmp_path), "--shotlist", name])
    again = CliRunner().invoke(farm, ["init", str(tmp_path), "--shotlist", name])

    assert answer.exit_code == 0, answer.output
    assert again.exit_code == 1
    with pytest.raises(ShotListError, match="has no shots"):
        read(tmp_path / name)
