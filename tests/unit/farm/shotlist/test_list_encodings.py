"""A list's encoding is told rightly or not at all: a person is then shown what the bytes may say."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from farm.errors import ShotListError
from farm.shotlist import Source, read
from farm.shotlist.encodings.decode import decode, encoding_of
from farm.shotlist.encodings.mojibake import complaint

PROMPTS = json.loads(
    (Path(__file__).parents[3] / "data/prompts_of_many_languages.json").read_text()
)
HEADER = "shot,image,prompt,notes\r\n"
STRANGE = {
    "greek": ["cp737", "mac-greek"],
    "hebrew": ["cp862"],
    "arabic": ["iso8859-6"],
    "russian": ["mac-cyrillic"],
}
"""Encodings of other systems than today's."""


def lists(kind: str) -> Iterator[tuple[str, str, str]]:
    """Language, encoding and text of lists: each prompt alone, three of them, and all, many times over."""
    for language, told in PROMPTS.items():
        prompts = told[kind]
        sets = [[each] for each in prompts] + [prompts[:3], prompts]
        for encoding in [*told["encodings"], *STRANGE.get(language, [])]:
            for each in sets:
                rows = (
                    f"sh{at:03}0,stills/a{at}.png,{prompt},\r\n" for at, prompt in enumerate(each)
                )
                text = (HEADER + "".join(rows)).encode(encoding, "ignore").decode(encoding)
                if not text.isascii():
                    yield language, encoding, text


def judged(kind: str, place: Path) -> Counter[str]:
    """How many lists were read rightly, refused and read wrongly."""
    counts = Counter[str]()
    for language, encoding, text in lists(kind):
        place.write_bytes(text.encode(encoding))
        found = read_or_none(place)
        wrong = f"wrong: {language} as {encoding}: {(found or '')[len(HEADER) : 90]}"
        counts["refused" if found is None else "hit" if found == text else wrong] += 1
    return counts


def read_or_none(place: Path) -> str | None:
    try:
        return decode(place, encoding_of(place))
    except ShotListError as refusal:
        return None if "--encoding" in str(refusal) else str(refusal)


@pytest.mark.parametrize("kind", ["tuned", "held_out"])
def test_no_list_is_read_in_a_wrong_encoding_and_most_are_read(kind: str, tmp_path: Path) -> None:
    counts = judged(kind, tmp_path / "shots.csv")

    assert set(counts) <= {"hit", "refused"}
    assert counts["hit"] >= 0.9 * counts.total(), counts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.png")
    return tmp_path


def write(folder: Path, content: bytes, name: str = "shots.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


GERMAN = (
    "shot;image;prompt\nsh0;a.png;Die Läuferin läuft über die Straße\nsh1;a.png;Der Löwe brüllt\n"
)


def test_a_german_list_of_excel_is_read_and_its_encoding_told(folder: Path) -> None:
    shots = read(write(folder, GERMAN.encode("cp1252")))

    assert [row.prompt for row in shots.rows] == [
        "Die Läuferin läuft über die Straße",
        "Der Löwe brüllt",
    ]
    assert shots.notes == (
        "shots.csv was read as cp1252; if its letters are wrong, say --encoding",
    )


@pytest.mark.parametrize("prompt", ["猫", "猫睡"], ids=["UTF-8 by chance", "too short"])
def test_what_is_not_sure_is_refused_with_what_it_may_say(folder: Path, prompt: str) -> None:
    path = write(folder, f"shot,image,prompt\nsh1,a.png,{prompt}\n".encode("gbk"))

    with pytest.raises(ShotListError) as refusal:
        read(path)

    lines = str(refusal.value).splitlines()
    assert lines[0] == "shots.csv is in an encoding that too little tells of. Its line 2 may say"
    assert f'  --encoding gb18030: "sh1,a.png,{prompt}"' in lines
    assert lines[-1] == 'choose one of these, or save it anew as "CSV UTF-8"'


@pytest.mark.parametrize(
    ("said", "written"),
    [("gbk", "gbk"), ("big5", "big5"), ("Shift-JIS", "cp932"), ("euc-kr", "cp949"), ("latin1", "latin1"),
     ("Windows-1252", "cp1252"), ("utf-16", "utf-16-le"), ("utf8", "utf-8-sig")],
)  # fmt: skip
def test_an_encoding_that_is_said_is_taken(folder: Path, said: str, written: str) -> None:
    prompt = {"big5": "貓", "cp932": "猫が", "cp949": "춤", "latin1": "ä", "cp1252": "ä"}.get(
        written, "猫"
    )
    path = write(folder, f"shot,image,prompt\nsh1,a.png,{prompt}\n".encode(written))

    assert read(path, Source(encoding=said)).rows[0].prompt == prompt


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            "klingon",
            "klingon is no encoding the farm knows; write one such as gbk, big5, shift_jis, cp1252",
        ),
        (
            "rot13",
            "rot13 is no encoding the farm knows; write one such as gbk, big5, shift_jis, cp1252",
        ),
        ("utf-8", "shots.csv line 2 is not utf-8: name the encoding it is in with --encoding"),
    ],
)
def test_an_encoding_that_it_is_not_in_is_refused(folder: Path, said: str, sentence: str) -> None:
    with pytest.raises(ShotListError) as refusal:
        read(write(folder, GERMAN.encode("cp1252")), Source(encoding=said))

    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("header", ["shot,image,prompt", "镜号,首帧,提示词"])
def test_utf_16_is_told_without_its_mark(folder: Path, encoding: str, header: str) -> None:
    path = write(folder, f"{header}\r\nsh1,a.png,一个女人慢慢转头\r\n".encode(encoding))

    assert read(path).rows[0].prompt == "一个女人慢慢转头"


@pytest.mark.parametrize("encoding", ["iso2022_jp", "utf-7", "utf-32", "utf-8-sig"])
def test_encodings_made_of_ascii_and_marked_ones_are_read(folder: Path, encoding: str) -> None:
    path = write(folder, "shot,image,prompt\nsh1,a.png,猫が眠る\n".encode(encoding))

    assert read(path).rows[0].prompt == "猫が眠る"


@pytest.mark.parametrize(
    ("encoding", "header"), [("gbk", "镜号,首帧,提示词"), ("cp950", "鏡號,首幀,提示詞")]
)
def test_a_chinese_header_tells_the_encoding_of_a_short_list(
    folder: Path, encoding: str, header: str
) -> None:
    (shot,) = read(write(folder, f"{header}\nsh1,a.png,p\n".encode(encoding))).rows

    assert shot.code == "sh1"


def test_a_broken_byte_in_a_list_in_utf_8_names_its_row_and_spares_the_others(folder: Path) -> None:
    good = "shot,image,prompt\nsh1,a.png,Grüße fließen\nsh2,a.png,Straße und Löwe\n".encode()

    shots = read(write(folder, good + b"sh3,a.png,L\xe4ufer\nsh4,a.png,p\n"))

    assert [row.code for row in shots.rows] == ["sh1", "sh2", "sh4"]
    assert list(map(str, shots.problems)) == [
        "shots.csv row 4, field prompt: it holds a byte that is not UTF-8 (E4), unlike the rest "
        "of the file; type it anew"
    ]


def test_a_nul_names_its_row(folder: Path) -> None:
    shots = read(write(folder, b"shot,image,prompt\nsh1,a.png,p\x00\nsh2,a.png,p\n"))

    assert [row.code for row in shots.rows] == ["sh2"]
    assert "row 2, field prompt: it holds an invisible character (U+0000)" in str(shots.problems[0])


MISREAD = {
    "UTF-8 as cp1252": "Die Läuferin läuft über die Straße".encode().decode("cp1252"),
    "cp1252 as GBK": "Die Läuferin läuft über die Straße".encode("cp1252").decode("gb18030"),
    "GBK as cp1252": "一个女人慢慢走过草地".encode("gbk")
    .decode("cp1252", "replace")
    .replace("\ufffd", ""),
    "cp1251 as cp1252, short": "Девочка идет по лугу".encode("cp1251").decode("cp1252"),
    "cp1251 as cp1252": "Женщина медленно идёт по лугу".encode("cp1251").decode("cp1252"),
    "lost": "Die L\ufffduferin",
    "GBK that was lost": "锟斤拷锟斤拷",
}


@pytest.mark.parametrize("prompt", MISREAD.values(), ids=MISREAD.keys())
def test_letters_that_were_broken_before_are_named(folder: Path, prompt: str) -> None:
    path = write(folder, f"shot,image,prompt\nsh1,a.png,{prompt}\n".encode())

    (problem,) = read(path).problems

    assert problem.field == "prompt"
    assert "wrong encoding" in problem.message
    assert read(path, Source(encoding="utf-8")).rows[0].prompt == prompt


def test_good_prompts_of_all_languages_are_no_broken_letters() -> None:
    prompts = [each for told in PROMPTS.values() for each in told["tuned"] + told["held_out"]]
    brands = [
        "穿T恤的iPhone用户在KTV唱歌",
        "Das 5€-Stück fällt – Größe 10×15 cm",
        "Motörhead ÄÖÜ GRÖSSE, Øre & L’Oréal®",
    ]

    assert [each for each in prompts + brands if complaint(each)] == []
