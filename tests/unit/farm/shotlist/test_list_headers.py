"""Headers are read as programs save them, and what is wrong with one is told by its own row."""

from pathlib import Path

import pytest
from PIL import Image

from farm.errors import ShotListError
from farm.shotlist import ShotList, read
from farm.shotlist.headings import column, unknown_column

ROW = "sh1,a.png,The circle moves left."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.png")
    return tmp_path


def listed(folder: Path, content: str) -> ShotList:
    path = folder / "shots.csv"
    path.write_bytes(content.encode())
    return read(path)


def test_a_new_name_of_a_column_counts_only_where_no_usual_one_is(folder: Path) -> None:
    (shot,) = listed(
        folder, "Shot number,Code,Image file,Still,Prompt\n7,SH10,none.raw,a.png,It turns."
    ).rows

    assert (shot.code, shot.image.name) == ("SH10", "a.png")


@pytest.mark.parametrize("title", ["Video prompt", "Text prompt", "Shot number"])
def test_a_title_is_no_header(folder: Path, title: str) -> None:
    (shot,) = listed(folder, f"{title}\nshot,image,prompt\n{ROW}").rows

    assert shot.code == "sh1"


def test_a_length_in_frames_is_not_called_seconds() -> None:
    assert "seconds?" not in unknown_column("Duration (frames)")


def test_a_line_end_within_a_row_in_quotation_marks_is_told(folder: Path) -> None:
    found = listed(folder, f'"shot,image,prompt"\n"{ROW}"\n"sh2,a.png,A cat\nruns"\n')

    assert [shot.code for shot in found.rows] == ["sh1"]
    assert "save the file anew as CSV" in found.problems[0].message


@pytest.mark.parametrize(
    "header",
    [
        '"Shot"\t,Image\t,PROMPT\t',
        '"Shot"\u00a0,Image\u00a0,"Prompt"\u00a0',
        "\ufeff\ufeffshot,image,prompt",
        "Shot\u200b,\u200bImage,Prompt",
        "“Shot”,“Image”,“Prompt”",
        '"Shot\nNo.","Start\nframe",Prompt',
        "Shot #,Image file,Text prompt",
    ],
    ids=["tab", "no-break", "two marks", "unseen", "curly", "lines", "words"],
)
def test_what_programs_put_around_headings_is_read_past(folder: Path, header: str) -> None:
    found = listed(folder, f"{header}\n{ROW}")

    assert not found.problems
    assert [(row.code, row.prompt) for row in found.rows] == [("sh1", "The circle moves left.")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_blanks_behind_a_quoted_cell_take_no_empty_cell_with_them(
    folder: Path, delimiter: str
) -> None:
    header = delimiter.join(["shot", "negative", "image", "prompt"])
    row = delimiter.join(['"sh1" ', "", "a.png", '"Left, then right; up."\u00a0'])

    (shot,) = listed(folder, f"{header}\n{row}").rows

    assert (shot.code, shot.negative, shot.prompt) == ("sh1", "", "Left, then right; up.")


def test_rows_that_each_stand_in_one_pair_of_quotation_marks_are_read(folder: Path) -> None:
    rows = ['"shot,image,prompt"', '"sh1,a.png,""Left, then right."""', '"sh2,a.png,Up.",,']

    found = listed(folder, "\r\n".join(rows))

    assert [(row.code, row.prompt) for row in found.rows] == [
        ("sh1", "Left, then right."),
        ("sh2", "Up."),
    ]


def test_a_list_whose_header_is_torn_is_refused_by_the_headers_row(folder: Path) -> None:
    with pytest.raises(ShotListError) as refusal:
        listed(folder, f'"Shot" x,Image,Prompt\n{ROW}')

    assert str(refusal.value).startswith("shots.csv row 1: text follows a closing quotation mark")


@pytest.mark.parametrize(
    "heading", ["Duration (s)", "Length (sec)", "Seconds (s)", "时长（秒）", "Duration (seconds)"]
)
def test_lengths_are_known_with_their_unit(heading: str) -> None:
    assert column(heading) == "seconds"


@pytest.mark.parametrize("heading", ["Duration (frames)", "Length (min)", "Prompt (s)", "Scene"])
def test_other_units_are_not_taken_for_seconds(heading: str) -> None:
    assert column(heading) is None


@pytest.mark.parametrize(
    ("heading", "meant"),
    [("promt", "prompt"), ("prio", "priority"), ("Shot name new", "shot"), ("Scene", None)],
)
def test_an_unknown_heading_is_held_against_columns_that_it_may_mean(
    heading: str, meant: str | None
) -> None:
    remedy = f"did you mean {meant}?" if meant else "leave it out; there are shot, image"

    assert remedy in unknown_column(heading)


def test_a_problem_with_a_heading_is_told_in_one_line(folder: Path) -> None:
    found = listed(folder, f'shot,image,prompt,"Client\nstatus"\n{ROW},open')

    assert [problem.field for problem in found.problems] == ["Client status"]
