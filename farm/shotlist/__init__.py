"""Reads shot lists: `read` names every bad row at once, `prepare` makes shots of the good ones."""

from collections.abc import Sequence
from pathlib import Path

from farm.errors import ShotListError
from farm.shotlist import document, table
from farm.shotlist.looking import Finders, Stills
from farm.shotlist.prepare import lengths, prepare
from farm.shotlist.rows import Problem, RawList, ShotList, ShotRow, check

__all__ = ["Finders", "Problem", "ShotList", "ShotRow", "Stills", "lengths", "prepare", "read"]

READERS = {
    ".csv": table.read,
    ".tsv": table.read,
    ".txt": table.read,
    ".yaml": document.read_yaml,
    ".yml": document.read_yaml,
    ".json": document.read_json,
}
"""By file ending; `.txt` is what Excel calls "Unicode text"."""


def read(path: Path, picture_roots: Sequence[Path] = ()) -> ShotList:
    """The rows of a shot list that are good, and everything that is wrong with the others.

    Pictures are named relative to the list's folder; they may lie in it or in a picture root.
    Raises `ShotListError` when the file cannot be read as a shot list at all.
    """
    raw = _raw(path)
    if not raw.rows and not raw.problems:
        raise ShotListError(
            f"{path.name} has no shots: write at least one row with shot, image and prompt"
        )
    return check(path, raw, picture_roots)


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
        return reader(path.name, path.read_bytes())
    except OSError as error:
        raise ShotListError(f"{path} cannot be opened: {error.strerror}") from error
