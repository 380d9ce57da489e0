"""Lists that were pasted from web pages: each text with HTML is named, and none is changed."""

from pathlib import Path

from PIL import Image
from xlsxwriter import Workbook

from farm.shotlist import html_in, read

LIST = """shot,image,prompt,negative,must_keep,notes
1,a.png,It turns.<br>It stops.,<b>text</b>,R&amp;D | fox,see &quot;A&quot;
2,a.png,It turns. AT&T stays.,a < b,R&D,<3
"""
IS = "is HTML, and is read here as words: write the text without it"


def test_html_in_a_list_is_told_by_row_and_field_and_stays(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.png")
    (tmp_path / "l.csv").write_text(LIST)

    found = read(tmp_path / "l.csv")

    first, second = found.rows
    assert first.prompt == "It turns.<br>It stops."
    assert first.negative == "<b>text</b>"
    assert first.must_keep == ("R&amp;D", "fox")
    assert first.notes == "see &quot;A&quot;"
    assert [str(each) for each in html_in("l.csv", first)] == [
        f"l.csv row 2, field prompt: “<br>” {IS}",
        f"l.csv row 2, field negative: “<b>” {IS}",
        f"l.csv row 2, field must_keep: “&amp;” {IS}",
        f"l.csv row 2, field notes: “&quot;” {IS}",
    ]
    assert [*html_in("l.csv", second)] == []


def test_html_in_a_workbook_is_told_by_its_cell(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.png")
    with Workbook(tmp_path / "l.xlsx") as book:
        sheet = book.add_worksheet("Shots")
        sheet.write_row(0, 0, ["shot", "image", "prompt"])
        sheet.write_row(1, 0, ["1", "a.png", "It turns.&nbsp;It stops."])

    (row,) = read(tmp_path / "l.xlsx").rows

    assert [str(each) for each in html_in("l.xlsx", row)] == [
        f"l.xlsx sheet Shots row 2, field prompt (C2): “&nbsp;” {IS}"
    ]
