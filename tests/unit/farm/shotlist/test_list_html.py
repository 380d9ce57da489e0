"""Lists that were pasted from web pages: their HTML is no word of a prompt, and each field is named."""

import json
from pathlib import Path

import pytest
from PIL import Image

from farm.shotlist import read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.png")
    return tmp_path


def test_html_in_a_list_is_read_and_told_by_row_and_field(folder: Path) -> None:
    (folder / "l.csv").write_text(
        "shot,image,prompt,negative,must_keep,notes\n"
        "1,a.png,It turns.<br>It stops.,<b>text</b>,R&amp;D | fox,see &quot;A&quot;\n"
        "2,a.png,It turns.,,,\n"
    )

    found = read(folder / "l.csv")

    first, second = found.rows
    assert first.prompt == "It turns.\nIt stops."
    assert first.negative == "text"
    assert first.must_keep == ("R&D", "fox")
    assert first.notes == 'see "A"'
    assert second.cleaned == ()
    assert found.problems == ()
    page = "it has HTML of a web page"
    assert found.notes == (
        f"l.csv row 2, field prompt: {page} (<br>); it is read as “It turns. It stops.”",
        f"l.csv row 2, field negative: {page} (<b>, </b>); it is read as “text”",
        f"l.csv row 2, field must_keep: {page} (&amp;); it is read as “R&D | fox”",
        f'l.csv row 2, field notes: {page} (&quot;); it is read as “see "A"”',
    )


def test_long_html_is_told_in_short(folder: Path) -> None:
    prompt = f"<p>It</p> <b>turns</b><i>,</i> <span class='{'x' * 90}'>{'slowly ' * 30}</span>."
    rows = [{"shot": "1", "image": "a.png", "prompt": prompt}]
    (folder / "l.json").write_text(json.dumps(rows))

    (note,) = read(folder / "l.json").notes

    assert note.startswith(
        "l.json row 1, field prompt: it has HTML of a web page (<p>, </p>, <b> and more)"
    )
    assert len(note) < 200


def test_html_alone_is_no_prompt(folder: Path) -> None:
    (folder / "l.csv").write_text("shot,image,prompt\n1,a.png,<br>\n")

    (row,) = read(folder / "l.csv").rows

    assert (row.prompt, row.cleaned) == ("<br>", ())
