"""Reads shot lists: `stream` checks row after row, `prepare` makes shots of the good ones.

Neither holds the whole list: of 100,000 shots no more lies in memory than of 100.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from farm.errors import ShotListError
from farm.shotlist import document, table
from farm.shotlist.looking import Finders, Stills
from farm.shotlist.pile import Pile
from farm.shotlist.prepare import lengths, prepare
from farm.shotlist.rows import Problem, RawList, ShotList, ShotRow, check

__all__ = [
    "Finders", "Pile", "Problem", "ShotList", "ShotRow", "Stills", "Stream",
    "lengths", "prepare", "read", "stream",
]  # fmt: skip

READERS = {
    ".csv": table.read,
    ".tsv": table.read,
    ".txt": table.read,
    ".yaml": document.read_yaml,
    ".yml": document.read_yaml,
    ".json": document.read_json,
}
"""By file ending; `.txt` is what Excel calls "Unicode text"."""


@dataclass(frozen=True, slots=True)
class Stream:
    """A shot list that is read while its rows are consumed, once."""

    rows: Iterator[ShotRow | Problem]
    at_most: int
    """Rows that are to be expected."""


def stream(path: Path, picture_roots: Sequence[Path] = ()) -> Stream:
    """The good rows of a shot list, and everything that is wrong with the others, one by one.

    Pictures are named relative to the list's folder; they may lie in it or in a picture root.
    Raises `ShotListError`, here or while rows are consumed, when the file cannot be read as a shot list.
    """
    raw = _raw(path)
    return Stream(_some(path, check(path, raw, picture_roots)), raw.at_most)


def read(path: Path, picture_roots: Sequence[Path] = ()) -> ShotList:
    """The whole list at once, as `stream` reads it; the problems in the order of their rows."""
    rows: list[ShotRow] = []
    problems: list[Problem] = []
    for each in stream(path, picture_roots).rows:
        if isinstance(each, Problem):
            problems.append(each)
        else:
            rows.append(each)
    return ShotList(path, tuple(rows), tuple(sorted(problems, key=lambda problem: problem.row)))


def _some(path: Path, rows: Iterator[ShotRow | Problem]) -> Iterator[ShotRow | Problem]:
    first = next(rows, None)
    if first is None:
        raise ShotListError(
            f"{path.name} has no shots: write at least one row with shot, image and prompt"
        )
    yield first
    yield from rows


def _raw(path: Path) -> RawList:
    reader = READERS.get(path.suffix.lower())
    if path.is_dir():
        raise ShotListError(f"{path} is a folder: name the shot list in it")
    if reader is None:
        raise ShotListError(
            f"{path.name} is no shot list the farm can read: save it as "
            ".csv (UTF-8), .tsv, .yaml or .json"
        )
    try:
        return reader(path)
    except OSError as error:
        raise ShotListError(f"{path} cannot be opened: {error.strerror}") from error
