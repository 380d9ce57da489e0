"""A table of labelled clips: every row that will not do is named, with its field and the remedy."""

from pathlib import Path

import pytest

from farm.errors import Refused
from farm.operations.labels_file import MOST_SHOWN, LabelledClip, read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("one.mp4", "two.mp4", "cup.png"):
        (tmp_path / name).touch()
    return tmp_path


def table(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    place = folder / "labels.csv"
    place.write_bytes(text.encode(encoding))
    return place


def refused(place: Path, encoding: str | None = None) -> str:
    with pytest.raises(Refused) as refusal:
        read(place, encoding)
    return str(refusal.value)


def test_paths_are_read_from_the_folder_of_the_table(folder: Path) -> None:
    place = table(
        folder,
        "Clip,prompt,score,Good,still\n"
        'one.mp4,"The cup turns, then steam rises.",0.8,yes,cup.png\n'
        ",,,,\n"
        "two.mp4,杯子旋转,,否,\n",
    )
    assert read(place) == [
        LabelledClip(
            row=2,
            clip=folder / "one.mp4",
            prompt="The cup turns, then steam rises.",
            good=True,
            still=folder / "cup.png",
        ),
        LabelledClip(row=4, clip=folder / "two.mp4", prompt="杯子旋转", good=False),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_tables_of_a_spreadsheet_are_read(folder: Path, encoding: str) -> None:
    place = table(folder, "clip;prompt;good\r\none.mp4;杯子旋转;1\r\n", encoding)
    [row] = read(place, encoding if encoding == "gbk" else None)
    assert (row.prompt, row.good, row.still) == ("杯子旋转", True, None)


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("clip|prompt|good\none.mp4|A cup, red|yes\n", "A cup, red"),
        ("clip，prompt，good\none.mp4，A cup, red，yes\n", "A cup, red"),
        ('"clip,prompt,good"\n"one.mp4,""A cup, red"",yes"\n', "A cup, red"),
        ("\n* Clip:,Prompt,GOOD\u200b\none.mp4,A cup,yes\n", "A cup"),
    ],
)
def test_what_a_shot_list_may_look_like_a_table_of_labels_may(
    folder: Path, text: str, prompt: str
) -> None:
    [row] = read(table(folder, text))
    assert (row.clip.name, row.prompt, row.good) == ("one.mp4", prompt, True)


def test_an_encoding_that_the_text_leaves_no_doubt_of_is_taken_and_told(folder: Path) -> None:
    text = "clip;prompt;good\none.mp4;杯子在桌子上旋转，背景不变。;是\n"
    notes: list[str] = []
    [row] = read(table(folder, text, "gbk"), on_note=notes.append)
    assert row.prompt == "杯子在桌子上旋转，背景不变。"
    assert notes == ["labels.csv was read as GBK; if its letters are wrong, say --encoding"]


def test_letters_that_nobody_can_have_meant_are_named(folder: Path) -> None:
    (folder / "labels.csv").write_bytes(
        "clip,prompt,good\none.mp4,A cup\x07,yes\ntwo.mp4,杯子在桌子上".encode() + b"\xff,yes\n"
    )
    bell, broken = refused(folder / "labels.csv").splitlines()
    assert bell.startswith(
        "labels.csv row 2, field prompt: it holds an invisible character (U+0007)"
    )
    assert broken.startswith(
        "labels.csv row 3, field prompt: it holds a byte that is not UTF-8 (FF)"
    )


def test_every_row_that_will_not_do_is_named_at_once(folder: Path) -> None:
    place = table(
        folder,
        "clip,prompt,good,still\n"
        "one.mp4,A cup turns,yes,\n"
        "three.mp4,A cup turns,yes,none.png\n"
        ",A cup turns,perhaps,\n"
        "two.mp4,,,\n"
        "two.mp4\n",
    )
    where = "paths are read from the table's folder"
    assert refused(place).splitlines() == [
        f"labels.csv row 3, field clip: there is no file {folder / 'three.mp4'}; {where}",
        f"labels.csv row 3, field still: there is no file {folder / 'none.png'}; {where}",
        "labels.csv row 4, field clip: it is empty; name a film file",
        "labels.csv row 4, field good: 'perhaps' is neither yes nor no; write one of them",
        "labels.csv row 5, field prompt: it is empty; write what the clip was to show",
        "labels.csv row 5, field good: it is empty; write yes or no, or take the row out",
        "labels.csv row 6, field prompt: it is empty; write what the clip was to show",
        "labels.csv row 6, field good: it is empty; write yes or no, or take the row out",
    ]


def test_of_very_many_bad_rows_the_first_are_told(folder: Path) -> None:
    rows = "one.mp4,A cup turns,perhaps\n" * (MOST_SHOWN + 3)
    told = refused(table(folder, f"clip,prompt,good\n{rows}")).splitlines()
    assert len(told) == MOST_SHOWN + 1
    assert told[-1] == "and 3 more"


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("clip,prompt\none.mp4,A cup\n", None, "row 1: there is no column 'good'; the columns are"),
        ("", None, "row 1: there is no column 'clip'"),
        ("clip,prompt,good\n", None, "has no row below its headings"),
        ("clip,prompt,good\none.mp4,\xfc,yes\n", None, '--encoding cp1252: "one.mp4,ü,yes"'),
        (
            "clip,prompt,good\n",
            "klingon",
            "klingon is no encoding the farm knows; write one such as",
        ),
        ("\xff\xfec\x00l\x00i", None, "is not utf-16: name the encoding it is in with --encoding"),
        (
            "clip,prompt,good\n",
            "undefined",
            "undefined is no encoding the farm knows; write one such",
        ),
        (
            "<html><table><tr><td>clip",
            None,
            "is a web page or XML, whatever its name says; open it in",
        ),
        ('clip,"prompt\none.mp4,A cup\n', None, "row 1: a quotation mark is never closed"),
    ],
)
def test_a_table_that_will_not_do_as_a_whole_says_why(
    folder: Path, text: str, encoding: str | None, told: str
) -> None:
    assert told in refused(table(folder, text, "latin-1"), encoding)


def test_cells_beyond_the_headings_are_no_part_of_a_shorter_prompt(folder: Path) -> None:
    place = table(folder, "clip,good,prompt\none.mp4,yes,The cup turns, then steam rises.,,\n")
    assert refused(place) == (
        "labels.csv row 2: it has more cells than headings, from ' then steam rises.' on; put quotation "
        "marks around a prompt that has commas in it"
    )
    assert len(read(table(folder, "clip,good,prompt\none.mp4,yes,The cup turns,,\n"))) == 1


def test_a_quotation_mark_that_is_never_closed_swallows_no_rows(folder: Path) -> None:
    place = table(folder, 'clip,good,prompt\none.mp4,yes,"A cup turns\ntwo.mp4,no,A cup turns\n')
    assert refused(place).startswith("labels.csv row 2: a quotation mark is never closed, so")
    for end in ("\n", "\r"):
        text = 'clip,good,prompt\none.mp4,yes,"A cup\ntwo.mp4,no,"A cup turns"\n,no,\n'
        torn, *below = refused(table(folder, text.replace("\n", end))).splitlines()
        assert torn.startswith(
            "labels.csv row 2: a quotation mark is not closed before another row"
        )
        assert [each.partition(":")[0] for each in below] == [
            "labels.csv row 3, field clip",
            "labels.csv row 3, field prompt",
        ]


def test_a_torn_row_is_counted_as_a_spreadsheet_counts(folder: Path) -> None:
    text = 'sep=;\r\nclip;good;prompt\r\none.mp4;yes;"A\r\ncup"\r\none.mp4;yes;"A cup turns\r\n'
    assert refused(table(folder, text)).startswith("labels.csv row 3: a quotation mark is never")


def test_marks_within_marks_leave_doubt_what_is_text(folder: Path) -> None:
    place = table(folder, 'clip,prompt,good\none.mp4,"the "red" cup, turning",yes\n')
    assert refused(place) == (
        'labels.csv row 2: text follows a closing quotation mark; write a mark within text twice ("")'
    )


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ('clip,prompt,good\none.mp4,"a fox, red" ,yes\n', "a fox, red"),
        ('"clip" ,"prompt" ,"good"\n"one.mp4" ,"a fox\nruns" ,"yes"', "a fox\nruns"),
        ('clip,prompt,good\none.mp4,"red" fox runs,yes\n', "red fox runs"),
        ('clip,prompt,good\none.mp4,a "red" fox,yes\n', 'a "red" fox'),
        ('clip,prompt,good\none.mp4,"a ""red"" fox",yes', 'a "red" fox'),
        ('clip,prompt,good\none.mp4,"""red"" fox",yes,\n', '"red" fox'),
    ],
)
def test_quotation_marks_are_read_as_people_write_them(
    folder: Path, text: str, prompt: str
) -> None:
    [row] = read(table(folder, text))
    assert (row.clip.name, row.prompt, row.good) == ("one.mp4", prompt, True)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_lines_may_end_as_any_machine_ends_them(folder: Path, separator: str, end: str) -> None:
    text = 'clip,prompt,good\none.mp4,"A cup turns.\nSteam rises.",yes\n'
    [row] = read(table(folder, text.replace(",", separator).replace("\n", end)))
    assert (row.row, row.prompt, row.good) == (2, "A cup turns.\nSteam rises.", True)


def test_a_clip_that_is_labelled_twice_counts_once(folder: Path) -> None:
    place = table(folder, "clip,prompt,good\none.mp4,A,yes\ntwo.mp4,A,yes\n./one.mp4,A,no\n")
    assert refused(place) == (
        "labels.csv row 4, field clip: row 2 says yes of the same clip and prompt; a clip counts once: "
        "take one out"
    )


@pytest.mark.parametrize(
    ("said", "good"),
    [
        ("YES ", True),
        ("1.0", True),
        ("ＹＥＳ", True),
        ("合格", True),
        ("0.0", False),
        ("不通过", False),
    ],
)
def test_yes_and_no_are_known_as_people_and_spreadsheets_write_them(
    folder: Path, said: str, good: bool
) -> None:
    [row] = read(table(folder, f"clip,prompt,good\none.mp4,A cup,{said}\n"))
    assert row.good is good


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("\ufeffclip,prompt,good\none.mp4,杯子,是\n", "utf-8", "utf-8"),
        ("clip\tprompt\tgood\r\none.mp4\t杯子\t是\r\n", "utf-16", None),
        ("sep=;\r\nclip;prompt;good\r\none.mp4;杯子;是\r\n", "utf-8", None),
    ],
)
def test_what_spreadsheets_write_before_a_table_is_no_heading(
    folder: Path, text: str, encoding: str, said: str | None
) -> None:
    [row] = read(table(folder, text, encoding), said)
    assert (row.clip.name, row.prompt, row.good) == ("one.mp4", "杯子", True)


def test_a_workbook_is_told_by_what_it_is(folder: Path) -> None:
    assert "is a workbook: save it as CSV" in refused(table(folder, "PK\x03\x04\x14\x00"))


def test_two_columns_of_one_name_are_refused(folder: Path) -> None:
    place = table(folder, "clip,prompt,good,good\none.mp4,A cup,no,yes\n")
    assert "row 1: two columns are called 'good'; take one out" in refused(place)


def test_a_table_that_is_not_there_is_told(folder: Path) -> None:
    assert "cannot be read (No such file or directory)" in refused(folder / "none.csv")


def test_clips_of_one_prompt_and_still_hang_together(folder: Path) -> None:
    place = table(
        folder,
        "clip,prompt,good,still\none.mp4,A,yes,\ntwo.mp4,A,no,\ntwo.mp4,A,no,cup.png\none.mp4,B,no,\n",
    )
    first, second, third, fourth = (row.shot for row in read(place))
    assert first == second
    assert len({first, third, fourth}) == 3
