"""Finds the encoding of a file, among those that spreadsheets and editors write."""

import codecs
from functools import partial
from pathlib import Path

from farm.errors import ShotListError

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_PIECE = 1 << 16
"""Characters that are read at a time."""


def decode(path: Path) -> str:
    """The whole text of a file. Raises `ShotListError` where it is none."""
    return path.read_bytes().decode(encoding_of(path))


def encoding_of(path: Path) -> str:
    """UTF-8, UTF-16 with its mark, or GBK/GB18030. Raises `ShotListError` for anything else."""
    with path.open("rb") as file:
        start = file.read(4)
    marked = [name for mark, name in _MARKS.items() if start.startswith(mark)]
    for encoding in marked or ("utf-8", "gb18030"):
        if _is_text(path, encoding):
            return encoding
    raise ShotListError(f'{path.name} is not readable as text: save it anew as "CSV UTF-8"')


def _is_text(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            return not any("\0" in piece for piece in iter(partial(file.read, _PIECE), ""))
    except UnicodeDecodeError:
        return False
