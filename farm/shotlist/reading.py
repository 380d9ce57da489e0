"""Reads a shot list row after row, whatever its format: the good rows, and what is wrong with the others.

A table is never held as a whole: of 100,000 shots no more lies in memory than of 100. Only a workbook is
read whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from farm.errors import ShotListError
from farm.shotlist.encodings.decode import Encoding, encoding_of
from farm.shotlist.formats import document, table, workbook
from farm.shotlist.formats.grid import Record
from farm.shotlist.formats.package import damaged
from farm.shotlist.picture_folder import Keeper
from farm.shotlist.pictures import Places
from farm.shotlist.rows import Problem, RawList, ShotList, ShotRow, check
from pipeline.storage.protocol import Media

READERS = {
    ".csv": table.read,
    ".tsv": table.read,
    ".txt": table.read,
    ".yaml": document.read_yaml,
    ".yml": document.read_yaml,
    ".json": document.read_json,
}
"""By file ending; `.txt` is what Excel calls "Unicode text"."""
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".ods"})
NOT_READ = {
    ".xlsb": "a binary workbook; save it as .xlsx",
    ".et": "a workbook of WPS's own kind; save it as .xlsx",
    ".numbers": "a table of Apple's Numbers; export it as Excel (.xlsx) or CSV",
    ".gsheet": "only a link to Google Sheets; download it as .xlsx or CSV",
    ".pdf": "a PDF, which is not read; `farm init --shotlist shots.xlsx` writes an empty list to fill in",
    ".docx": "a text document; `farm init --shotlist shots.xlsx` writes an empty list to fill in",
    ".pptx": "a set of slides; `farm init --shotlist shots.xlsx` writes an empty list to fill in",
}
"""What people hand in, and what to do with it."""


@dataclass(frozen=True, slots=True)
class Source:
    """How a list is to be read: what a person or the settings say beyond the file itself."""

    encoding: str | None = None
    """Of a text file; None finds it out."""
    sheet: str | None = None
    """Of a workbook, by name or number; None takes the one that has shots."""
    picture_roots: Sequence[Path] = ()
    path_map: Mapping[str, Path] = field(default_factory=dict)
    """Folders of this machine by the beginnings of paths of other ones."""
    media: Media | None = None
    """The media root, where pictures in cells are kept; None keeps them while the process lasts."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A shot list that is read while its rows are consumed, once."""

    rows: Iterator[ShotRow | Problem]
    at_most: int
    """Rows that are to be expected."""
    notes: tuple[str, ...] = ()
    """What a person should know of how the list was read."""


def stream(path: Path, source: Source | None = None) -> Stream:
    """The good rows of a shot list, and everything that is wrong with the others, one by one.

    Pictures are named relative to the list's folder; they may lie in it, in a picture root, or in cells.
    Raises `ShotListError`, here or while rows are consumed, when the file cannot be read as a shot list.
    """
    source = source or Source()
    raw, trusted = _raw(path, source)
    places = Places(path.parent, source.picture_roots, source.path_map, Keeper(source.media))
    rows = check(path, raw, places, trusted=trusted)
    return Stream(_some(path, rows), raw.at_most, raw.notes)


def read(path: Path, source: Source | None = None) -> ShotList:
    """The whole list at once, as `stream` reads it; the problems in the order of their rows."""
    rows: list[ShotRow] = []
    problems: list[Problem] = []
    streamed = stream(path, source)
    for each in streamed.rows:
        if isinstance(each, Problem):
            problems.append(each)
        else:
            rows.append(each)
    ordered = sorted(problems, key=lambda problem: problem.row)
    return ShotList(path, tuple(rows), tuple(ordered), streamed.notes)


def other_table(
    path: Path, known: table.Known, encoding: str | None = None
) -> tuple[Iterator[Record | Problem], tuple[str, ...]]:
    """The rows of a table that is no shot list, its headings among them, as `table.records` reads them
    loosely; and what a person should know of how it was read.

    `known` says which column a heading means. Raises `ShotListError` for what is no table, and `OSError`.
    """
    if _is_workbook(path):
        raise ShotListError(f"{path} is a workbook: save it as CSV (UTF-8)")
    _refuse_page(path, "CSV (UTF-8)")
    how = encoding_of(path, encoding)
    return table.records(path, how, known, loose=True), _guess(path, how)


def _some(path: Path, rows: Iterator[ShotRow | Problem]) -> Iterator[ShotRow | Problem]:
    first = next(rows, None)
    if first is None:
        raise ShotListError(
            f"{path.name} has no shots: write at least one row with shot, image and prompt"
        )
    yield first
    yield from rows


def _raw(path: Path, source: Source) -> tuple[RawList, bool]:
    """The rows of the file, and whether a person said in which encoding they are."""
    if path.is_dir():
        raise ShotListError(f"{path} is a folder: name the shot list in it")
    suffix = path.suffix.lower()
    if suffix not in READERS and suffix not in WORKBOOKS:
        raise ShotListError(_not_read(path))
    try:
        if _is_workbook(path):
            return _from_workbook(path, source), False
        return _from_text(path, source)
    except OSError as error:
        raise ShotListError(f"{path} cannot be opened: {error.strerror}") from error


def _from_workbook(path: Path, source: Source) -> RawList:
    if source.encoding is not None:
        raise ShotListError(
            f"{path.name} is a workbook, which knows its encoding; leave --encoding out"
        )
    return workbook.read(path, source.sheet)


def _from_text(path: Path, source: Source) -> tuple[RawList, bool]:
    suffix = path.suffix.lower()
    if source.sheet is not None:
        raise ShotListError(f"{path.name} has no sheets; leave --sheet out")
    _refuse_page(path, ".xlsx")
    if suffix in WORKBOOKS and suffix != ".xls":
        raise ShotListError(damaged(path.name))
    how = encoding_of(path, source.encoding)
    raw = READERS.get(suffix, table.read)(path, how)
    return replace(raw, notes=(*raw.notes, *_guess(path, how))), how.said


def _refuse_page(path: Path, kind: str) -> None:
    with path.open("rb") as file:
        start = file.read(256).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<?xml", b"<table")):
        raise ShotListError(
            f"{path.name} is a web page or XML, whatever its name says; "
            f"open it in Excel and save it as {kind}"
        )


def _guess(path: Path, how: Encoding) -> tuple[str, ...]:
    if not how.guessed:
        return ()
    return (f"{path.name} was read as {how.guessed}; if its letters are wrong, say --encoding",)


def _is_workbook(path: Path) -> bool:
    """By what it holds: tables of every kind are called .xls or .csv by those who hand them on."""
    with path.open("rb") as file:
        start = file.read(4)
    return start.startswith((b"PK\x03\x04", b"PK\x05\x06", workbook.OLD))


def _not_read(path: Path) -> str:
    kind = NOT_READ.get(path.suffix.lower())
    if kind:
        return f"{path.name} is {kind}"
    return (
        f"{path.name} is no shot list the farm can read: save it as "
        ".xlsx, .csv (UTF-8), .tsv, .yaml or .json"
    )
