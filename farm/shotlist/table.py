"""Reads shot lists that are tables: CSV and TSV, as spreadsheets write them."""

import csv
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from farm.errors import ShotListError
from farm.shotlist.decode import encoding_of
from farm.shotlist.rows import COLUMNS, REQUIRED, Problem, RawList, RawRow, column, unknown_column

DELIMITERS = ",;\t"

Record = tuple[int, list[str]]
"""A row's number and its cells."""


def read(path: Path) -> RawList:
    """The rows of a table whose first row names the columns. Raises `ShotListError`.

    The file is read while the rows are consumed, so that a long list needs little memory.
    """
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        lines = sum(1 for _ in file)
    records = _records(path, encoding)
    torn: list[Problem] = []
    for record in records:
        if not isinstance(record, Problem):
            return _below(path.name, record, itertools.chain(torn, records), lines)
        torn.append(record)
    return RawList(torn)


def _below(file: str, header: Record, records: Iterator[Record | Problem], lines: int) -> RawList:
    """What stands below the header."""
    header_row, cells = header
    columns = _names(cells)
    missing = [name for name in REQUIRED if name not in columns]
    if not set(columns) & set(COLUMNS):
        raise ShotListError(
            f"{file} row {header_row} must name the columns: {', '.join(REQUIRED)}, "
            f"and where needed {', '.join(COLUMNS[len(REQUIRED) :])}"
        )
    wrong = (
        Problem(file, header_row, cell or None, sentence)
        for cell, sentence in _header_problems(cells, columns, missing)
    )
    rows = (_row(file, record, columns) for record in records)
    return RawList(itertools.chain(wrong, rows), frozenset(missing), at_most=lines)


def _row(file: str, record: Record | Problem, columns: Sequence[str]) -> RawRow | Problem:
    if isinstance(record, Problem):
        return record
    row, cells = record
    if any(cell.strip() for cell in cells[len(columns) :]):
        return Problem(file, row, None, _too_many(cells, columns))
    named = zip(columns, cells, strict=False)
    return RawRow(row, {name: cell for name, cell in named if name in COLUMNS})


def _records(path: Path, encoding: str) -> Iterator[Record | Problem]:
    """Rows that are not empty, counted as a spreadsheet counts them; torn ones are problems."""
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter(_first_line(file))
        reader = csv.reader(file, delimiter=delimiter, strict=True, skipinitialspace=True)
        for row in itertools.count(1):
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Problem(path.name, row, None, _torn(str(error)))
                continue
            if any(cell.strip() for cell in cells):
                yield row, cells


def _first_line(file: TextIO) -> str:
    """The first line that is not empty; the file is at its start again afterwards."""
    first = next((line for line in file if line.strip()), "")
    file.seek(0)
    return first


def _delimiter(header: str) -> str:
    """The one that cuts the header line into the most columns that the farm knows."""

    def known(delimiter: str) -> int:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        return len({column(cell) for cell in cells} & set(COLUMNS))

    return max(DELIMITERS, key=known)


def _names(header: Sequence[str]) -> list[str]:
    """The columns' names; spreadsheets write empty cells after the last one."""
    names = [column(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    return names


def _header_problems(
    header: Sequence[str], columns: Sequence[str], missing: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Column and sentence for everything that is wrong with the first row."""
    for position, (cell, name) in enumerate(zip(header, columns, strict=False)):
        if not name:
            yield "", f"column {position + 1} has no name; name it, or delete it"
        elif name in columns[:position]:
            yield cell.strip(), "the column is there twice; keep one"
        elif name not in COLUMNS:
            yield cell.strip(), unknown_column(cell)
    for name in missing:
        yield name, "the column is missing; no shot can do without it"


def _too_many(cells: Sequence[str], columns: Sequence[str]) -> str:
    return (
        f"it has {len(cells)} cells, but the header names {len(columns)} columns; "
        "put text that holds the delimiter into quotation marks"
    )


def _torn(complaint: str) -> str:
    if "end of data" in complaint:
        return "a quotation mark is never closed, so nothing after it could be read; close it"
    return 'text follows a closing quotation mark; write a mark within text twice ("")'
