"""What a shot list's rows become: every field is checked here, and all that is wrong is named."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from farm.shotlist import fields
from farm.shotlist.encodings import mojibake
from farm.shotlist.headings import unknown_column
from farm.shotlist.pictures import Places


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a shot list."""

    file: str
    row: int
    """As a spreadsheet counts, the header is row 1; in YAML and JSON the first shot is row 1."""
    field: str | None
    message: str
    """One sentence for people, with the remedy."""
    sheet: str | None = None
    """Of a workbook."""
    cell: str | None = None
    """`C7`, in a workbook."""

    def __str__(self) -> str:
        sheet = f" sheet {self.sheet}" if self.sheet else ""
        where = f", field {self.field}" if self.field else ""
        cell = f" ({self.cell})" if self.cell else ""
        return f"{self.file}{sheet} row {self.row}{where}{cell}: {self.message}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where in a workbook a shot list stands."""

    name: str
    letters: Mapping[str, str]
    """The letter of each column by the farm's name of it."""

    def place(self, problem: Problem) -> Problem:
        """The problem with sheet and cell."""
        letter = self.letters.get(problem.field or "")
        cell = f"{letter}{problem.row}" if letter else None
        return replace(problem, sheet=self.name, cell=cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotRow:
    """One good row. Pictures are whole paths of files that exist and may be used."""

    row: int
    code: str
    image: Path
    prompt: str
    negative: str = ""
    seconds: float | None = None
    seed: int | None = None
    aspect: str | None = None
    """`16:9`."""
    priority: int = 0
    alternates: tuple[Path, ...] = ()
    must_keep: tuple[str, ...] = ()
    notes: str = ""
    profile: str | None = None
    sheet: Sheet | None = None

    @property
    def ratio(self) -> float | None:
        """Width by height, where the row asks for an aspect."""
        if self.aspect is None:
            return None
        width, height = self.aspect.split(":")
        return float(width) / float(height)


@dataclass(frozen=True, slots=True)
class ShotList:
    """A shot list as read: its good rows in their order, and what is wrong with the others."""

    path: Path
    rows: tuple[ShotRow, ...]
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    """What a person should know of how the list was read."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """The fields of one row as they stand in the file; an empty one may be missing."""

    row: int
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RawList:
    """What a reader finds, one after the other, before any field is looked at."""

    rows: Iterable[RawRow | Problem] = ()
    missing: frozenset[str] = frozenset()
    """Required columns that the file does not have at all: named once, and no row is good."""
    at_most: int = 0
    """Rows that are to be expected."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """The letter of each column of a table, by the farm's name of it."""
    sheet: str | None = None
    """The sheet of a workbook that it stands on."""
    notes: tuple[str, ...] = ()
    """What a person should know of how the list was read."""


def check(
    path: Path, raw: RawList, places: Places, *, trusted: bool = False
) -> Iterator[ShotRow | Problem]:
    """Every raw row as a `ShotRow`, or as the problems that keep it from being one.

    `trusted` texts are not held to have been read in a wrong encoding.
    """
    sheet = Sheet(raw.sheet, raw.letters) if raw.sheet else None
    for each in _checked(path, raw, places, sheet, trusted):
        yield sheet.place(each) if sheet and isinstance(each, Problem) else each


def _checked(
    path: Path, raw: RawList, places: Places, sheet: Sheet | None, trusted: bool
) -> Iterator[ShotRow | Problem]:
    readers = _readers(places)
    first_rows: dict[str, int] = {}
    for raw_row in raw.rows:
        if isinstance(raw_row, Problem):
            yield raw_row
            continue
        values, wrong = _values(raw_row, readers, raw.missing)
        if not trusted:
            wrong |= _misread(values)
        wrong |= _already_there(values.get("shot"), raw_row.row, first_rows)
        yield from (Problem(path.name, raw_row.row, name, wrong[name]) for name in wrong)
        if not wrong and not raw.missing:
            yield ShotRow(row=raw_row.row, code=values.pop("shot"), sheet=sheet, **values)


def _readers(places: Places) -> dict[str, fields.Reader]:
    return {
        "shot": fields.code,
        "image": places.image,
        "prompt": fields.prompt,
        "negative": fields.negative,
        "seconds": fields.seconds,
        "seed": fields.seed,
        "aspect": fields.aspect,
        "priority": fields.priority,
        "alternates": places.alternates,
        "must_keep": fields.parts,
        "notes": fields.text,
        "profile": fields.profile,
    }


def _values(
    raw: RawRow, readers: Mapping[str, fields.Reader], missing: frozenset[str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of the good fields, and for the others the sentence on what is wrong."""
    values: dict[str, Any] = {}
    wrong = {name: unknown_column(name) for name in raw.fields if name not in readers}
    for name, read in readers.items():
        if name in missing:
            continue
        try:
            values[name] = read(raw.fields.get(name))
        except fields.Wrong as reason:
            wrong[name] = str(reason)
    return values, wrong


def _misread(values: Mapping[str, Any]) -> dict[str, str]:
    """The sentence on each text that reads as if it had been opened in a wrong encoding before."""
    texts = {name: values.get(name) for name in ("prompt", "negative", "notes")}
    return {
        name: sentence
        for name, text in texts.items()
        if isinstance(text, str) and (sentence := mojibake.complaint(text))
    }


def _already_there(code: str | None, row: int, first_rows: dict[str, int]) -> dict[str, str]:
    """Codes become file names, and some disks do not tell upper from lower case."""
    if code is None:
        return {}
    first = first_rows.setdefault(code.casefold(), row)
    if first == row:
        return {}
    return {"shot": f"{code} is already the code of row {first}; give one of them another code"}
