"""Whatever bytes a list holds: rows, problems or one sentence come back, never a defect."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from farm.errors import ShotListError
from farm.shotlist import ShotList, Source, read

TEXTS = (".csv", ".tsv", ".json", ".yaml", ".txt")
RUN = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PIECES = st.sampled_from(
    [
        b"shot,image,prompt\n", b"sh1,a.png,p\n", b'"', b",", b"\n", b"\r", b"\x00", b"- shot: ",
        b"[", b"{",
        b"&a ",
        b"*a", b'{"shot": "', b'"}', b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b$B", b"~{", b"\xc4\xe3", b"\xe4",
        b"sep=;\n",
        b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"9" * 400, "镜号".encode("utf-16-le"), b"!!python/object:os.x",
    ]
)  # fmt: skip


def looked_at(path: Path, source: Source | None = None) -> ShotList | str:
    """The list, or the sentence that refuses it."""
    try:
        return read(path, source)
    except ShotListError as refusal:
        return str(refusal)


@pytest.mark.parametrize("suffix", [*TEXTS, ".xlsx", ".xls", ".ods"])
@given(content=st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=12).map(b"".join)))
@RUN
def test_arbitrary_bytes_are_read_or_refused_with_a_sentence(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    path = tmp_path / f"list{suffix}"
    path.write_bytes(content)

    looked_at(path)


@pytest.mark.parametrize("suffix", TEXTS)
@given(
    text=st.text(st.characters(codec="utf-8"), max_size=200),
    said=st.sampled_from(
        ["gbk", "utf-16", "cp1252", "rot13", "nonsense", "utf-7", "idna", "hex", ""]
    ),
)
@RUN
def test_any_text_in_any_encoding_that_is_said(
    tmp_path: Path, suffix: str, text: str, said: str
) -> None:
    path = tmp_path / f"list{suffix}"
    path.write_bytes(f"shot,image,prompt\n{text}".encode())

    looked_at(path, Source(encoding=said))


@given(place=st.integers(0, 10**6), value=st.integers(0, 255), part=st.integers(0, 30))
@RUN
def test_a_workbook_with_a_byte_changed_anywhere(
    tmp_path: Path, place: int, value: int, part: int
) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(changed(workbook(), place, value, part))

    looked_at(path)


def workbook() -> bytes:
    """A small workbook with a picture of either kind."""
    file = io.BytesIO()
    picture = str(Path(__file__).parents[3] / "data/dot.png")
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["shot", "image", "prompt"])
        sheet.write_row(1, 0, ["sh010", "", "The ball rolls"])
        sheet.insert_image(1, 1, picture)
        sheet.write_row(2, 0, ["sh020", "", "The ball rolls"])
        sheet.embed_image(2, 1, picture)
    return file.getvalue()


def changed(content: bytes, place: int, value: int, part: int) -> bytes:
    """The workbook with one byte of one part changed, in a whole archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for number, name in enumerate(old.namelist()):
            data = bytearray(old.read(name))
            if number == part % len(old.namelist()) and data:
                data[place % len(data)] = value
            new.writestr(name, bytes(data))
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([[["deep"]]]).replace("[", "[" * 5000).replace("]", "]" * 5000),
        '{"shots":' * 4000,
        "- " * 4000,
        "{a: " * 4000,
    ],
    ids=["lists", "objects", "YAML lists", "YAML mappings"],
)
@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_nesting_of_thousands_is_one_sentence(tmp_path: Path, suffix: str, content: str) -> None:
    path = tmp_path / f"deep{suffix}"
    path.write_text(content)

    assert isinstance(looked_at(path), str)
