"""Reads tables: CSV and TSV, as spreadsheets write them."""

import itertools
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from farm.shotlist.encodings.decode import Encoding
from farm.shotlist.formats.grid import SEARCHED, Record, raw_list
from farm.shotlist.headings import column
from farm.shotlist.rows import Problem, RawList

DELIMITERS = ",;\t，；|"
LONGEST_CELL = 131_072
"""Characters; beyond it a quotation mark was left open."""

_SAID = re.compile(r"sep=(.)\s*", re.IGNORECASE)
"""The first line by which Excel is told the delimiter; Excel does not count it."""
_LINE_END = re.compile(r"[\r\n]")

_FOLLOWED = 'text follows a closing quotation mark; write a mark within text twice ("")'
_LINES_WITHIN = (
    "a row within one pair of quotation marks has a line's end in it; save the file anew as CSV, "
    "each cell by itself"
)
_NEVER_CLOSED = "a quotation mark is never closed, so nothing after it could be read; close it"
_SWALLOWS = (
    "a quotation mark is not closed before another row begins; close it, and write a mark within text "
    'twice ("")'
)
_TOO_LONG = (
    f"a cell has more than {LONGEST_CELL:,} characters; shorten it, "
    "or close the quotation mark that it begins with"
)

Known = Callable[[str], str | None]
"""Says which column a heading means; None for none."""


def read(path: Path, how: Encoding) -> RawList:
    """The rows of a table below the row that names the columns. Raises `ShotListError`.

    The file is read while the rows are consumed, so that a long list needs little memory.
    """
    with how.open(path) as file:
        lines = sum(1 for _ in file)
    return raw_list(path.name, records(path, how), lines)


def records(
    path: Path, how: Encoding, known: Known = column, *, loose: bool = False
) -> Iterator[Record | Problem]:
    """Rows that are not empty, counted as a spreadsheet counts them; torn ones are problems.

    `loose` takes text behind a quotation mark that closes a cell for a part of it, as spreadsheets do;
    the marks are lost.
    """
    with how.open(path) as file:
        start = list(itertools.islice(file, SEARCHED))
        said = _SAID.fullmatch(start[0].strip('"\r\n')) if start else None
        wrapped = [unwrapped for line in start if (unwrapped := _unwrapped(line))]
        delimiter = said[1] if said else _delimiter([*start, *wrapped], known)
        is_wrapped = not any(_columns(line, delimiter, known) > 1 for line in start)
        lines = itertools.chain(start[1 if said else 0 :], file)
        for row, cells in enumerate(_rows(lines, delimiter, loose=loose), start=1):
            if is_wrapped and isinstance(cells, list) and _is_alone(cells):
                cells = _parted(cells[0], delimiter, loose=loose) or _NEVER_CLOSED
            if isinstance(cells, str):
                yield Problem(path.name, row, None, cells)
            elif any(cell.strip() for cell in cells):
                yield row, [*cells]


def _rows(lines: Iterator[str], delimiter: str, *, loose: bool) -> Iterator[list[str] | str]:
    """The cells of each row, or the sentence on why they cannot be told apart."""
    for line in lines:
        text = line
        while (cells := _parted(text, delimiter, loose=loose)) is None:
            more = next(lines, None)
            if more is None or len(text) > LONGEST_CELL:
                yield _TOO_LONG if len(text) > LONGEST_CELL else _NEVER_CLOSED
                return
            text += more
        is_too_long = isinstance(cells, list) and max(map(len, cells)) > LONGEST_CELL
        yield _TOO_LONG if is_too_long else cells


def _parted(text: str, delimiter: str, *, loose: bool = False) -> list[str] | str | None:
    """The cells of a row, or the sentence on what is wrong with it; None while a mark is open.

    `csv` either passes over a mark that is never closed, or refuses a blank behind one that is.
    """
    text = text.rstrip("\r\n")
    cells: list[str] = []
    at = -1
    while at < len(text):
        found = _cell(delimiter).match(text, at + 1)
        if found is None:
            return None
        quoted, behind, plain = found.groups("")
        if behind.strip() and _LINE_END.search(quoted):
            return _SWALLOWS
        if behind.strip() and not (loose and '"' not in behind):
            return _FOLLOWED
        cells.append(plain or quoted.replace('""', '"') + behind)
        at = found.end()
        if text[at : at + 1] not in ("", delimiter):
            return _LINES_WITHIN
    return cells


@lru_cache
def _cell(delimiter: str) -> re.Pattern[str]:
    end = rf"[^{re.escape(delimiter)}\r\n]*"
    return re.compile(rf' *"((?:[^"]++|"")*+)"({end})|(?! *")({end})')


def _unwrapped(line: str) -> str:
    """What a line says that stands in one pair of quotation marks; empty for any other.

    Spreadsheets save a table so that they opened by another delimiter than its own.
    """
    cells = _parted(line, ",") if line.startswith('"') else None
    return cells[0] if isinstance(cells, list) and _is_alone(cells) else ""


def _is_alone(cells: list[str]) -> bool:
    return not any(map(str.strip, cells[1:]))


def _delimiter(lines: list[str], known: Known) -> str:
    """The one that cuts one of the first lines into the most columns that are known."""
    return max(
        DELIMITERS, key=lambda mark: max((_columns(line, mark, known) for line in lines), default=0)
    )


def _columns(line: str, delimiter: str, known: Known) -> int:
    cells = _parted(line, delimiter)
    told = cells if isinstance(cells, list) else line.split(delimiter)
    return len({name for cell in told if (name := known(cell.strip(' "\r\n')))})
