"""Names and numbers are read as people and their machines write them: accents, drives, units."""

import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from farm import config
from farm.settings_template import template
from farm.shotlist import ShotList, Source, read

COMPOSED = unicodedata.normalize("NFC", "läufer.png")
PARTED = unicodedata.normalize("NFD", "läufer.png")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "production"
    place.mkdir()
    Image.new("RGB", (8, 8), "red").save(place / "a.png")
    return place


def listed(folder: Path, content: str, source: Source | None = None) -> ShotList:
    path = folder / "shots.csv"
    path.write_bytes(content.encode())
    return read(path, source)


@pytest.mark.parametrize(
    ("on_disk", "in_list"),
    [(PARTED, COMPOSED), (COMPOSED, PARTED)],
    ids=["a Mac's disk", "a Mac's list"],
)
def test_picture_names_are_the_same_whether_accents_are_apart_or_not(
    folder: Path, on_disk: str, in_list: str
) -> None:
    inner = (
        folder / unicodedata.normalize("NFD", "Aufnähme")
        if on_disk == PARTED
        else folder / "Aufnähme"
    )
    inner.mkdir()
    for place in (folder, inner):
        Image.new("RGB", (8, 8)).save(place / on_disk)

    (shot,) = listed(folder, f"shot,image,prompt,alternates\n1,{in_list},p,Aufnähme/{in_list}").rows

    assert (shot.image, shot.alternates) == (folder / on_disk, (inner / on_disk,))


def test_a_name_with_its_accents_apart_leads_nowhere_outside(folder: Path) -> None:
    secret = folder.parent / "secret.png"
    secret.write_bytes(b"secret")
    (folder / PARTED).symlink_to(secret)

    (problem,) = listed(folder, f"shot,image,prompt\n1,{COMPOSED},p").problems

    assert "lies outside the shot list's folder" in problem.message


def test_the_case_of_a_name_is_hinted_at_with_accents_too(folder: Path) -> None:
    Image.new("RGB", (8, 8)).save(folder / PARTED)

    (problem,) = listed(folder, f"shot,image,prompt\n1,{COMPOSED.upper()},p").problems

    assert problem.message == f"there is no picture {COMPOSED.upper()}; did you mean {PARTED}?"


@pytest.mark.parametrize(
    "name",
    [r"C:\shoot\day 1\c.png", r"c:\Shoot\day 1\c.png", "C:/shoot/day 1/c.png",
     "file:///C:/shoot/day 1/c.png",
     r"\\nas\share\shoot\day 1\c.png", "//NAS/share/shoot/day 1/c.png", "/Volumes/Shoot/day 1/c.png"],
)  # fmt: skip
def test_paths_of_other_machines_are_mapped(folder: Path, name: str) -> None:
    shoot = folder.parent / "shoot"
    (shoot / "day 1").mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(shoot / "day 1/c.png")
    known = {"C:\\shoot\\": shoot, r"\\nas\share": folder.parent, "/Volumes/Shoot": shoot}

    (shot,) = listed(folder, f"shot,image,prompt\n1,{name},p", Source(path_map=known)).rows

    assert shot.image == shoot / "day 1/c.png"


@pytest.mark.parametrize(
    ("name", "begin"),
    [(r"D:\shoot\c.png", r"D:\shoot"), (r"\\nas\share\c.png", r"\\nas\share"),
     (r"C:\shooting\c.png", r"C:\shooting")],
)  # fmt: skip
def test_a_path_of_windows_that_is_not_mapped_says_how(folder: Path, name: str, begin: str) -> None:
    (problem,) = listed(
        folder, f"shot,image,prompt\n1,{name},p", Source(path_map={r"C:\shoot": folder})
    ).problems

    assert problem.message == (
        f"{name} is a path of a Windows machine; copy the picture beside the list, or say in farm.toml "
        f"where its beginning lies here: [path_map] '{begin}' = \"/folder/here\""
    )


def test_a_mapped_path_leads_nowhere_outside(folder: Path) -> None:
    (folder.parent / "secret.png").write_bytes(b"secret")

    (problem,) = listed(
        folder,
        "shot,image,prompt\n1,C:\\shoot\\..\\secret.png,p",
        Source(path_map={"C:\\shoot": folder}),
    ).problems

    assert "lies outside" in problem.message


def test_path_map_is_a_table_of_farm_toml(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "farm.toml").write_text("[path_map]\n'C:\\shoot' = \"/mnt/shoot\"\n")
    monkeypatch.chdir(folder)

    assert config.load().path_map == {r"C:\shoot": Path("/mnt/shoot")}
    assert "# path_map = {}" in template()


@pytest.mark.parametrize(
    ("written", "meant"),
    [("5s", 5), ("5 s", 5), ("5秒", 5), ("5 sec", 5), ("2.5 seconds", 2.5),
     ("5,0", 5), ("2，0", 2), ("２．５", 2.5), ("5S", 5)],
)  # fmt: skip
def test_seconds_are_read_with_their_unit_and_any_comma(
    folder: Path, written: str, meant: float
) -> None:
    (shot,) = listed(folder, f'shot,image,prompt,seconds\n1,a.png,p,"{written}"').rows

    assert shot.seconds == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [("16x9", "16:9"), ("16X9", "16:9"), ("16×9", "16:9"), ("16*9", "16:9"),
     ("16：9", "16:9"), ("16 / 9", "16:9"),
     ("2,39:1", "2.39:1"), ("１６：９", "16:9")],
)  # fmt: skip
def test_an_aspect_is_read_with_any_sign_between(folder: Path, written: str, meant: str) -> None:
    (shot,) = listed(folder, f'shot,image,prompt,aspect\n1,a.png,p,"{written}"').rows

    assert shot.aspect == meant


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\nshot;image;prompt\n1;a.png;p, q",
        '"sep=|"\nshot|image|prompt\n1|a.png|p, q',
        "镜号，首帧，提示词\n1，a.png，p, q",
        'Spring,,\n,,\nshot,image,prompt\n1,a.png,"p, q"',
        '"shot" ,"image" , "prompt"\n"1" ,"a.png" , "p, q" \n',
    ],
    ids=["sep=;", "sep=|", "full-width commas", "a title above", "blanks behind quotation marks"],
)
def test_tables_are_read_with_every_delimiter_and_header(folder: Path, content: str) -> None:
    (shot,) = listed(folder, content).rows

    assert (shot.code, shot.prompt) == ("1", "p, q")


def test_rows_below_a_title_are_counted_as_the_spreadsheet_does(folder: Path) -> None:
    shots = listed(folder, "sep=;\nSpring;;\n\nshot;image;prompt\n1;gone.png;p")

    assert [problem.row for problem in shots.problems] == [4]


def test_two_headings_of_one_meaning_are_named_and_the_farms_own_word_counts(folder: Path) -> None:
    shots = listed(folder, "编号,shot,image,prompt,画面描述\n1,sh010,a.png,p,别的")

    assert [(row.code, row.prompt) for row in shots.rows] == [("sh010", "p")]
    assert [(each.field, each.message) for each in shots.problems] == [
        ("编号", "it means shot, as shot does, which is the one that was read; keep one"),
        ("画面描述", "it means prompt, as prompt does, which is the one that was read; keep one"),
    ]


def test_a_cell_beyond_the_limit_of_csv_is_told_as_what_it_is(folder: Path) -> None:
    shots = listed(folder, f"shot,image,prompt\n1,a.png,{'x' * 140_000}\n2,a.png,p")

    assert [row.code for row in shots.rows] == ["2"]
    assert [str(each) for each in shots.problems] == [
        "shots.csv row 2: a cell has more than 131,072 characters; shorten it, "
        "or close the quotation mark that it begins with"
    ]


def test_a_profile_name_of_300_letters_keeps_no_other_row_out(folder: Path) -> None:
    shots = listed(folder, f"shot,image,prompt,profile\n1,a.png,p,{'x' * 300}\n2,a.png,p,toy")

    assert [row.code for row in shots.rows] == ["2"]
    assert [each.field for each in shots.problems] == ["profile"]


@pytest.mark.parametrize(
    ("on_disk", "in_list"),
    [
        ("Screenshot at 3.45\u202fPM.png", "Screenshot at 3.45 PM.png"),
        ("half\u00a0hour.png", "half hour.png"),
        ("plain name.png", "plain\u00a0name.png"),
        ("shoe.png", "shoe\u200b.png"),
    ],
    ids=["macOS", "no-break", "in the list", "unseen"],
)
def test_a_picture_is_found_by_the_name_that_people_see(
    folder: Path, on_disk: str, in_list: str
) -> None:
    Image.new("RGB", (8, 8)).save(folder / on_disk)

    (shot,) = listed(folder, f"shot,image,prompt\n1,{in_list},p").rows

    assert shot.image == folder / on_disk


def test_of_two_pictures_whose_names_look_the_same_none_is_chosen(folder: Path) -> None:
    for blank in ("\u00a0", "\u202f"):
        Image.new("RGB", (8, 8)).save(folder / f"half{blank}hour.png")

    (problem,) = listed(folder, "shot,image,prompt\n1,half hour.png,p").problems

    assert problem.field == "image"


@pytest.mark.parametrize(
    "address", ["https://host/shoe.png", "s3://films/shoe.png", "data:image/png;base64"]
)
def test_an_address_is_told_from_a_file_that_is_missing(folder: Path, address: str) -> None:
    (problem,) = listed(folder, f"shot,image,prompt\n1,{address},p").problems

    assert problem.message == (
        f"{address} is an address, and pictures are files; download the picture beside the list and name "
        "its file"
    )


def test_a_file_address_of_this_machine_is_a_path(folder: Path) -> None:
    Image.new("RGB", (8, 8)).save(folder / "red shoe.png")
    address = (folder / "red shoe.png").as_uri()

    (shot,) = listed(folder, f"shot,image,prompt\n1,{address},p").rows

    assert shot.image == folder / "red shoe.png"


def test_a_name_without_end_is_not_repeated_without_end(folder: Path) -> None:
    (problem,) = listed(folder, f"shot,image,prompt\n1,{'y' * 5000}.png,p").problems

    assert len(problem.message) < 300


def test_a_folder_that_is_spelt_otherwise_is_named(folder: Path) -> None:
    (folder / "Stills").mkdir()

    (problem,) = listed(folder, "shot,image,prompt\n1,stills/a.png,p").problems

    assert problem.message == "there is no picture stills/a.png; did you mean the folder Stills?"


def test_a_letter_that_no_name_can_have_is_told_of_its_row(folder: Path) -> None:
    found = listed(folder, "shot,image,prompt\n1,file:///x%00y.png,p\n2,a.png,p")

    assert [shot.code for shot in found.rows] == ["2"]
    assert "no name can have" in found.problems[0].message


@pytest.mark.parametrize(
    ("begin", "name"),
    [
        ("file://nas/shoot", "file://nas/shoot/a.png"),
        ("C:/My%20Shoot", "file:///C:/My%20Shoot/a.png"),
        ("C:/My Shoot", "file:///C:/My%20Shoot/a.png"),
        ("Volumes/shoot", "file:///Volumes/shoot/a.png"),
    ],
)
def test_path_map_finds_addresses_as_they_are_written_and_as_they_are_meant(
    folder: Path, begin: str, name: str
) -> None:
    (shot,) = listed(
        folder, f"shot,image,prompt\n1,{name},p", Source(path_map={begin: folder})
    ).rows

    assert shot.image == folder / "a.png"


def test_a_folder_that_looks_like_an_address_is_a_folder(folder: Path) -> None:
    (folder / "www.site").mkdir()
    Image.new("RGB", (8, 8)).save(folder / "www.site" / "a.png")

    (shot,) = listed(folder, "shot,image,prompt\n1,www.site\\a.png,p").rows

    assert shot.image == folder / "www.site" / "a.png"


def test_a_name_that_only_means_the_same_is_another_picture(folder: Path) -> None:
    Image.new("RGB", (8, 8)).save(folder / "SH2.png")

    (problem,) = listed(folder, "shot,image,prompt\n1,SH\u00b2.png,p").problems

    assert "did you mean SH2.png?" in problem.message


def test_nothing_outside_is_suggested(folder: Path) -> None:
    (folder.parent / "other_shoot").mkdir()
    missing = folder.parent / "other_shoots"

    (problem,) = listed(
        folder, f"shot,image,prompt\n1,{missing}/a.png,p", Source(picture_roots=[missing])
    ).problems

    assert "put it there" in problem.message
    assert "other_shoot?" not in problem.message
