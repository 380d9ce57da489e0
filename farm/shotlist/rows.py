"""What a shot list's rows become: every field is checked here, and all that is wrong is named."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from farm.shotlist import fields
from farm.shotlist.pictures import Places

REQUIRED = ("shot", "image", "prompt")
COLUMNS = (
    *REQUIRED, "negative", "seconds", "seed", "aspect", "priority",
    "alternates", "must_keep", "notes", "profile",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a shot list."""

    file: str
    row: int
    """As a spreadsheet counts, the header is row 1; in YAML and JSON the first shot is row 1."""
    field: str | None
    message: str
    """One sentence for people, with the remedy."""

    def __str__(self) -> str:
        where = f", field {self.field}" if self.field else ""
        return f"{self.file} row {self.row}{where}: {self.message}"


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


def check(path: Path, raw: RawList, picture_roots: Sequence[Path]) -> Iterator[ShotRow | Problem]:
    """Every raw row as a `ShotRow`, or as the problems that keep it from being one."""
    readers = _readers(Places(path.parent, picture_roots))
    first_rows: dict[str, int] = {}
    for raw_row in raw.rows:
        if isinstance(raw_row, Problem):
            yield raw_row
            continue
        values, wrong = _values(raw_row, readers, raw.missing)
        wrong |= _already_there(values.get("shot"), raw_row.row, first_rows)
        yield from (Problem(path.name, raw_row.row, name, wrong[name]) for name in wrong)
        if not wrong and not raw.missing:
            yield ShotRow(row=raw_row.row, code=values.pop("shot"), **values)


def unknown_column(name: str) -> str:
    """The sentence on a column that no shot list has."""
    near = difflib.get_close_matches(column(name), COLUMNS, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"leave it out; there are {', '.join(COLUMNS)}"
    return f"there is no such column; {remedy}"


def column(written: str) -> str:
    """A column's name as the farm spells it: `Must keep` is `must_keep`."""
    return "_".join(written.lower().split())


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


def _already_there(code: str | None, row: int, first_rows: dict[str, int]) -> dict[str, str]:
    """Codes become file names, and some disks do not tell upper from lower case."""
    if code is None:
        return {}
    first = first_rows.setdefault(code.casefold(), row)
    if first == row:
        return {}
    return {"shot": f"{code} is already the code of row {first}; give one of them another code"}
