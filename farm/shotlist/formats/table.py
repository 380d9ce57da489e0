"""Reads shot lists that are tables: CSV and TSV, as spreadsheets write them."""

import csv
import io
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from farm.shotlist.encodings.decode import Encoding
from farm.shotlist.formats.grid import SEARCHED, Record, raw_list
from farm.shotlist.headings import column
from farm.shotlist.rows import Problem, RawList

DELIMITERS = ",;\t，；|"
LONGEST_CELL = 131_072
"""Characters; beyond it the csv module gives up."""

_SAID = re.compile(r"sep=(.)\s*", re.IGNORECASE)
"""The first line by which Excel is told the delimiter; Excel does not count it."""


def read(path: Path, how: Encoding) -> RawList:
    """The rows of a table below the row that names the columns. Raises `ShotListError`.

    The file is read while the rows are consumed, so that a long list needs little memory.
    """
    with how.open(path) as file:
        lines = sum(1 for _ in file)
    return raw_list(path.name, _records(path, how), lines)


def _records(path: Path, how: Encoding) -> Iterator[Record | Problem]:
    """Rows that are not empty, counted as a spreadsheet counts them; torn ones are problems."""
    with how.open(path) as file:
        start = list(itertools.islice(file, SEARCHED))
        said = _SAID.fullmatch(start[0].strip('"\r\n')) if start else None
        wrapped = [unwrapped for line in start if (unwrapped := _unwrapped(line))]
        delimiter = said[1] if said else _delimiter([*start, *wrapped])
        is_wrapped = not any(_columns(line, delimiter) > 1 for line in start)
        lines = _Lines(itertools.chain(start[1 if said else 0 :], file))
        reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
        for row in itertools.count(1):
            lines.taken = []
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                mended = _mended(lines.taken, delimiter)
                if mended is None:
                    yield Problem(path.name, row, None, _torn(str(error)))
                    if "limit" in str(error) and len(lines.taken) > 1:
                        return
                    continue
                cells = mended
            if is_wrapped and cells and not any(map(str.strip, cells[1:])):
                try:
                    cells = _parted(cells[0], delimiter)
                except csv.Error:
                    yield Problem(path.name, row, None, _LINES_WITHIN)
                    continue
            if any(cell.strip() for cell in cells):
                yield row, list(cells)


class _Lines:
    """The lines of a table, of which those of the present row are remembered."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.taken.append(line)
        return line


def _mended(lines: list[str], delimiter: str) -> list[str] | None:
    """The cells of a torn row, where all that is wrong are blanks behind its quotation marks."""
    mark = re.escape(delimiter)
    loose = re.compile(rf'"[^\S\r\n{mark}]+(?={mark}|$)', re.MULTILINE)
    text = loose.sub('"', "".join(lines).rstrip("\r\n"))
    try:
        found = list(
            csv.reader(
                io.StringIO(text, newline=""),
                delimiter=delimiter,
                strict=True,
                skipinitialspace=True,
            )
        )
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _unwrapped(line: str) -> str:
    """What a line says that stands in one pair of quotation marks; empty for any other.

    Spreadsheets save a table so that they opened by another delimiter than its own.
    """
    try:
        cells = next(csv.reader([line], strict=True), []) if line.startswith('"') else []
    except csv.Error:
        return ""
    return cells[0] if cells and not any(map(str.strip, cells[1:])) else ""


def _parted(cell: str, delimiter: str) -> list[str]:
    return next(csv.reader([cell], delimiter=delimiter, skipinitialspace=True), [cell])


def _delimiter(lines: list[str]) -> str:
    """The one that cuts one of the first lines into the most columns that the farm knows."""

    def known(delimiter: str) -> int:
        return max((_columns(line, delimiter) for line in lines if line.strip()), default=0)

    return max(DELIMITERS, key=known)


def _columns(line: str, delimiter: str) -> int:
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return 0
    return len({name for cell in cells if (name := column(cell.strip(' "')))})


_LINES_WITHIN = (
    "a row within one pair of quotation marks has a line's end in it; save the list anew as CSV, "
    "each cell by itself"
)


def _torn(complaint: str) -> str:
    if "limit" in complaint:
        return (
            f"a cell has more than {LONGEST_CELL:,} characters; shorten it, "
            "or close the quotation mark that it begins with"
        )
    if "end of data" in complaint:
        return "a quotation mark is never closed, so nothing after it could be read; close it"
    return 'text follows a closing quotation mark; write a mark within text twice ("")'
