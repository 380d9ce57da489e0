"""Shot lists are read in every spelling people hand in, and every bad field is named at once."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from farm.errors import ShotListError
from farm.shotlist import Problem, ShotList, Source, read

HEADER = (
    "shot,image,prompt,negative,seconds,seed,aspect,priority,alternates,must_keep,notes,profile"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of a production, with two pictures and a secret beside it."""
    place = tmp_path / "production"
    place.mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (8, 8), "red").save(place / name)
    (tmp_path / "secret.png").write_bytes(b"secret")
    return place


def write(folder: Path, text: str, name: str = "shots.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def read_rows(folder: Path, rows: Sequence[str], header: str = HEADER) -> ShotList:
    return read(write(folder, "\n".join([header, *rows])))


def test_a_full_row_is_read_with_every_field(folder: Path) -> None:
    row = 'sh010,a.png," A ball, rolling ",rain,"2,5",42,16:9,-5,b.png,ball | red,for TV,toy'

    (shot,) = read_rows(folder, [row]).rows

    assert (shot.row, shot.code, shot.image) == (2, "sh010", (folder / "a.png").resolve())
    assert (shot.prompt, shot.negative) == ("A ball, rolling", "rain")
    assert (shot.seconds, shot.seed, shot.aspect, shot.priority) == (2.5, 42, "16:9", -5)
    assert shot.ratio == pytest.approx(16 / 9)
    assert shot.alternates == ((folder / "b.png").resolve(),)
    assert (shot.must_keep, shot.notes, shot.profile) == (("ball", "red"), "for TV", "toy")


def test_empty_fields_ask_for_defaults(folder: Path) -> None:
    (shot,) = read_rows(folder, ["sh010,a.png,A ball rolls"], "shot,image,prompt").rows

    assert (shot.seconds, shot.seed, shot.aspect, shot.ratio) == (None, None, None, None)
    assert (shot.priority, shot.alternates, shot.profile) == (0, (), None)


BAD_ROWS = {
    "no code": (",a.png,p", "shot", "it is empty; give the shot a code, such as sh010"),
    "a code with a slash": (
        "a/b,a.png,p",
        "shot",
        "'a/b' is no shot code; use letters, digits, '_', '-' and '.', at most 64, "
        "with a letter or digit first",
    ),
    "no picture named": (
        "sh010,,p",
        "image",
        "it is empty; name the start picture, relative to the shot list",
    ),
    "no prompt": ("sh010,a.png,  ", "prompt", "it is empty; say what should happen in the shot"),
    "an endless prompt": (
        f"sh010,a.png,{'x' * 2001}",
        "prompt",
        "it has 2001 characters; keep to 2000, models read far fewer",
    ),
    "a control character": (
        "sh010,a.png,p\x07",
        "prompt",
        "it holds an invisible character (U+0007); type it anew",
    ),
    "seconds in words": (
        "sh010,a.png,p,,five",
        "seconds",
        "'five' is not a number of seconds; write it like 5 or 2.5",
    ),
    "negative seconds": (
        "sh010,a.png,p,,-3",
        "seconds",
        "'-3' is not a number of seconds; write it like 5 or 2.5",
    ),
    "no seconds at all": (
        "sh010,a.png,p,,0",
        "seconds",
        "a clip of 0 seconds shows nothing; leave it empty for the default",
    ),
    "a seed in words": (
        "sh010,a.png,p,,,lucky",
        "seed",
        "'lucky' is not a whole number; write digits only, or leave it empty",
    ),
    "a seed that a spreadsheet rounded": (
        "sh010,a.png,p,,,1.23E+15",
        "seed",
        "'1.23E+15' is not a whole number; write digits only, or leave it empty",
    ),
    "a negative seed": (
        "sh010,a.png,p,,,-1",
        "seed",
        "-1 is out of range; use 0 to 9223372036854775807, or leave it empty",
    ),
    "a seed beyond 63 bits": (
        "sh010,a.png,p,,,9223372036854775808",
        "seed",
        "9223372036854775808 is out of range; use 0 to 9223372036854775807, or leave it empty",
    ),
    "an aspect in words": (
        "sh010,a.png,p,,,,wide",
        "aspect",
        "'wide' is no aspect; write width:height, such as 16:9",
    ),
    "an aspect of nothing": (
        "sh010,a.png,p,,,,16:0",
        "aspect",
        "'16:0' is no aspect; write width:height, such as 16:9",
    ),
    "a strip": ("sh010,a.png,p,,,,9:1", "aspect", "9:1 is too narrow a strip; use 1:4 to 4:1"),
    "too high a priority": (
        "sh010,a.png,p,,,,,101",
        "priority",
        "101 is out of range; use -100 (last) to 100 (first)",
    ),
    "a picture misspelt": (
        "sh010,A.PNG,p",
        "image",
        "there is no picture A.PNG; did you mean a.png?",
    ),
    "a picture in no folder": (
        "sh010,stills/x.png,p",
        "image",
        "there is no picture stills/x.png; put it there, or correct the name",
    ),
    "a folder for a picture": ("sh010,.,p", "image", ". is a folder; name the picture in it"),
    "an alternate misspelt": (
        "sh010,a.png,p,,,,,,b.png|c.png",
        "alternates",
        "there is no picture c.png; did you mean b.png?",
    ),
    "a profile that is a path": (
        "sh010,a.png,p,,,,,,,,,../wan.toml",
        "profile",
        "'../wan.toml' is not a profile's name; write one that the farm has",
    ),
    "a profile that is a file": (
        "sh010,a.png,p,,,,,,,,,wan.toml",
        "profile",
        "'wan.toml' is not a profile's name; write one that the farm has",
    ),
    "a comma without quotation marks": (
        "sh010,a.png,p,,,,,,,,,toy,rolling left",
        None,
        "it has 13 cells, but the header names 12 columns; "
        "put text that holds the delimiter into quotation marks",
    ),
    "a quotation mark within text": (
        'sh010,a.png,"the "red" ball"',
        None,
        'text follows a closing quotation mark; write a mark within text twice ("")',
    ),
    "a quotation mark left open": (
        'sh010,a.png,"the ball',
        None,
        "a quotation mark is never closed, so nothing after it could be read; close it",
    ),
}


@pytest.mark.parametrize(("row", "field", "message"), BAD_ROWS.values(), ids=BAD_ROWS.keys())
def test_a_bad_field_is_named_with_its_remedy(
    folder: Path, row: str, field: str | None, message: str
) -> None:
    shots = read_rows(folder, ["ok,a.png,fine", row])

    assert [shot.code for shot in shots.rows] == ["ok"]
    assert shots.problems == (Problem("shots.csv", 3, field, message),)


def test_a_problem_reads_as_one_sentence_with_its_place() -> None:
    assert str(Problem("shots.csv", 7, "image", "no.")) == "shots.csv row 7, field image: no."
    assert str(Problem("shots.csv", 7, None, "no.")) == "shots.csv row 7: no."


def test_all_that_is_wrong_with_a_row_is_named_at_once(folder: Path) -> None:
    shots = read_rows(folder, ["a b,,,,x,x,x,x,nope.png"])

    named = [problem.field for problem in shots.problems]
    assert named == [
        "shot",
        "image",
        "prompt",
        "seconds",
        "seed",
        "aspect",
        "priority",
        "alternates",
    ]


def test_a_code_used_twice_names_both_rows_and_keeps_the_first(folder: Path) -> None:
    shots = read_rows(folder, ["sh010,a.png,first", "sh020,a.png,p", "SH010,a.png,second"])

    assert [(shot.code, shot.prompt) for shot in shots.rows] == [("sh010", "first"), ("sh020", "p")]
    assert list(map(str, shots.problems)) == [
        "shots.csv row 4, field shot: SH010 is already the code of row 2; "
        "give one of them another code"
    ]


def test_three_bad_rows_among_two_hundred_are_named_and_the_others_survive(folder: Path) -> None:
    rows = [f"sh{number:03},a.png,A ball rolls" for number in range(200)]
    rows[6], rows[99], rows[199] = "sh006,gone.png,p", "sh099,a.png,", "sh199,a.png,p,,soon"

    shots = read_rows(folder, rows)

    assert len(shots.rows) == 197
    assert [(problem.row, problem.field) for problem in shots.problems] == [
        (8, "image"),
        (101, "prompt"),
        (201, "seconds"),
    ]


def test_rows_are_counted_as_a_spreadsheet_counts_them(folder: Path) -> None:
    rows = ['sh010,a.png,"two\nlines"', "", ",,", "sh020,gone.png,p"]

    shots = read_rows(folder, rows)

    assert shots.rows[0].prompt == "two\nlines"
    assert [problem.row for problem in shots.problems] == [5]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_chinese_survives_every_encoding_that_spreadsheets_write(
    folder: Path, encoding: str
) -> None:
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    text = f"{mark}shot,image,prompt\n镜头01,a.png,红色圆形向左移动，背景不变。\n"

    (shot,) = read(write(folder, text, encoding=encoding)).rows

    assert (shot.code, shot.prompt) == ("镜头01", "红色圆形向左移动，背景不变。")


@pytest.mark.parametrize(("delimiter", "name"), [(",", "l.csv"), (";", "l.csv"), ("\t", "l.txt")])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_delimiter_is_told_by_the_header(
    folder: Path, delimiter: str, name: str, line_end: str
) -> None:
    header = delimiter.join(["Shot", " IMAGE ", "prompt", "Must keep", "", ""])
    row = delimiter.join(["sh010", "a.png", '"one, two; three"', "two", "", ""])

    shots = read(write(folder, f"{header}{line_end}{row}{line_end}", name))

    assert shots.problems == ()
    assert (shots.rows[0].prompt, shots.rows[0].must_keep) == ("one, two; three", ("two",))


def test_spreadsheets_may_turn_an_aspect_into_a_time_and_a_seed_into_a_decimal(
    folder: Path,
) -> None:
    (shot,) = read_rows(folder, ["sh010,a.png,p,,5.0,42.0,16:09"]).rows

    assert (shot.seconds, shot.seed, shot.aspect) == (5.0, 42, "16:9")


def test_columns_unknown_twice_or_nameless_are_named_and_rows_survive(folder: Path) -> None:
    shots = read_rows(folder, ["sh010,a.png,p"], "shot,image,prompt,piority,Shot,,client,notes")

    assert len(shots.rows) == 1
    assert list(map(str, shots.problems)) == [
        "shots.csv row 1, field piority: there is no such column; did you mean priority?",
        "shots.csv row 1, field Shot: the column is there twice; keep one",
        "shots.csv row 1: column 6 has no name; name it, or delete it",
        "shots.csv row 1, field client: there is no such column; leave it out; there are shot, "
        "image, prompt, negative, seconds, seed, aspect, priority, alternates, must_keep, notes, "
        "profile",
    ]


def test_a_missing_column_is_named_once_and_not_in_every_row(folder: Path) -> None:
    shots = read_rows(folder, ["sh010,a.png", "sh020,a.png"], "shot,image")

    assert shots.rows == ()
    assert list(map(str, shots.problems)) == [
        "shots.csv row 1, field prompt: the column is missing; no shot can do without it"
    ]


UNREADABLE = {
    "an empty file": (
        "l.csv",
        b"",
        "l.csv has no shots: write at least one row with shot, image and prompt",
    ),
    "a header alone": (
        "l.csv",
        b"shot,image,prompt\n\n",
        "l.csv has no shots: write at least one row with shot, image and prompt",
    ),
    "an empty YAML list": (
        "l.yaml",
        b"shots: []",
        "l.yaml has no shots: write at least one row with shot, image and prompt",
    ),
    "an empty JSON file": (
        "l.json",
        b"",
        "l.json has no shots: write at least one row with shot, image and prompt",
    ),
    "no header": (
        "l.csv",
        b"sh010,a.png,p\n",
        "l.csv row 1 must name the columns: shot, image, prompt, and where needed negative, "
        "seconds, seed, aspect, priority, alternates, must_keep, notes, profile",
    ),
    "an Excel workbook": (
        "l.xlsx",
        b"PK",
        "l.xlsx is damaged, or no workbook in truth; open it in Excel or WPS and save it anew",
    ),
    "a picture called CSV": (
        "l.csv",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        'l.csv is not readable as text: save it anew as "CSV UTF-8"',
    ),
    "broken YAML": (
        "l.yaml",
        b"- shot: sh010\n  image: a.png\n  prompt: [\n",
        "l.yaml line 4 is not YAML: expected the node content, but found '<stream end>'; mend it",
    ),
    "a key twice in YAML": (
        "l.yml",
        b"- shot: sh010\n  image: a.png\n  image: b.png\n",
        "l.yml line 3 is not YAML: image is there twice; mend it",
    ),
    "an invisible character in YAML": (
        "l.yaml",
        b"- shot: sh010\n  prompt: \x07\n",
        "l.yaml line 2 holds an invisible character; remove it",
    ),
    "broken JSON": (
        "l.json",
        b'[\n{"shot": "sh010" "image": "a.png"}\n]',
        "l.json line 2 is not JSON: Expecting ',' delimiter; mend it",
    ),
    "a key twice in JSON": (
        "l.json",
        b'[{"shot": "sh010", "shot": 7}]',
        "l.json has shot twice in one object, the second time '7'; keep one",
    ),
    "a document of another kind": (
        "l.yaml",
        b"production: spring\nshots: []\n",
        "l.yaml must be a list of shots, each with shot, image and prompt, or have that list "
        "under `shots` (and fields for all of them under `defaults`)",
    ),
}


@pytest.mark.parametrize(("name", "content", "message"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_is_no_shot_list_is_refused_with_a_sentence(
    folder: Path, name: str, content: bytes, message: str
) -> None:
    path = folder / name
    path.write_bytes(content)

    with pytest.raises(ShotListError) as refusal:
        read(path)

    assert str(refusal.value) == message


def test_a_folder_and_a_file_that_is_not_there_are_refused(folder: Path) -> None:
    with pytest.raises(ShotListError, match="is a folder: name the shot list in it"):
        read(folder)
    with pytest.raises(ShotListError, match=r"gone\.csv cannot be opened: No such file"):
        read(folder / "gone.csv")


def test_yaml_keeps_numbers_times_and_words_as_they_are_written(folder: Path) -> None:
    text = """
defaults: {negative: no, seed: 7}
shots:
  - {shot: 010, image: a.png, prompt: on, aspect: 16:9, seconds: 1, seed: ~}
  - shot: 1e3
    image: a.png
    prompt: 2026-01-01
    alternates: [b.png]
    must_keep: [on, off]
"""
    shots = read(write(folder, text, "shots.yaml"))

    assert shots.problems == ()
    first, second = shots.rows
    assert (first.code, first.prompt, first.negative) == ("010", "on", "no")
    assert (first.aspect, first.seconds, first.seed) == ("16:9", 1.0, None)
    assert (second.row, second.code, second.prompt, second.seed) == (2, "1e3", "2026-01-01", 7)
    assert (second.alternates, second.must_keep) == (
        ((folder / "b.png").resolve(),),
        ("on", "off"),
    )


def test_json_keeps_large_numbers_and_takes_null_for_nothing(folder: Path) -> None:
    entry = {"shot": 10, "image": "a.png", "prompt": "p", "seed": 2**63 - 1, "seconds": None}

    (shot,) = read(write(folder, json.dumps([entry]), "shots.json")).rows

    assert (shot.code, shot.seed, shot.seconds) == ("10", 2**63 - 1, None)


def test_documents_name_the_shot_and_the_field(folder: Path) -> None:
    entries = [
        {"shot": "a", "image": "a.png", "prompt": "p", "promt": "q"},
        "sh020",
        {"shot": "b", "image": ["a.png"], "prompt": True},
        {"shot": "c", "image": "a.png", "prompt": "p\ud800"},
    ]

    shots = read(write(folder, json.dumps(entries), "shots.json"))

    assert shots.rows == ()
    assert list(map(str, shots.problems)) == [
        "shots.json row 1, field promt: there is no such column; did you mean prompt?",
        "shots.json row 2: it is no shot; write fields such as shot, image, prompt",
        "shots.json row 3, field image: it must be text or a number, not a list, a mapping, "
        "true or false",
        "shots.json row 3, field prompt: it must be text or a number, not a list, a mapping, "
        "true or false",
        "shots.json row 4, field prompt: it holds an invisible character (U+D800); type it anew",
    ]


@pytest.mark.parametrize("there", [True, False], ids=["it exists", "it does not"])
@pytest.mark.parametrize(
    "way", ["../secret.png", "/etc/hosts", "out.png", "way/secret.png", "..\\secret.png"]
)
def test_a_picture_outside_is_refused_alike_whether_it_exists_or_not(
    folder: Path, way: str, there: bool
) -> None:
    (folder / "out.png").symlink_to(folder.parent / "secret.png")
    (folder / "way").symlink_to(folder.parent)
    name = way if there else way.replace("secret", "nothing").replace("hosts", "nothing")
    if not there:
        (folder.parent / "secret.png").unlink()

    shots = read_rows(folder, [f"sh010,{name},p"])

    assert shots.rows == ()
    assert [problem.message for problem in shots.problems] == [
        f"{name} lies outside the shot list's folder; copy the picture into it, "
        "or add its folder to picture_roots"
    ]


def test_pictures_in_a_configured_root_and_links_within_the_folder_are_fine(folder: Path) -> None:
    library = folder.parent / "library"
    library.mkdir()
    Image.new("RGB", (8, 8)).save(library / "c.png")
    (folder / "link.png").symlink_to("a.png")
    path = write(
        folder, f"shot,image,prompt\n1,../library/c.png,p\n2,{library}/c.png,p\n3,link.png,p"
    )

    shots = read(path, Source(picture_roots=[library]))

    assert shots.problems == ()
    assert [shot.image.name for shot in shots.rows] == ["c.png", "c.png", "a.png"]


def test_links_in_a_circle_and_names_too_long_for_a_disk_are_no_pictures(folder: Path) -> None:
    (folder / "circle.png").symlink_to("circle.png")

    shots = read_rows(folder, ["sh010,circle.png,p", f"sh020,{'x' * 1000},p"])

    assert [problem.field for problem in shots.problems] == ["image", "image"]


def test_pictures_named_the_windows_way_are_found(folder: Path) -> None:
    (folder / "stills").mkdir()
    Image.new("RGB", (8, 8)).save(folder / "stills" / "c.png")

    assert read_rows(folder, ["sh010,stills\\c.png,p"]).problems == ()
