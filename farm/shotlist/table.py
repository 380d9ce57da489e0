"""Reads shot lists that are tables: CSV and TSV, as spreadsheets write them."""

import csv
import io
import itertools
from collections.abc import Iterator, Sequence

from farm.errors import ShotListError
from farm.shotlist.decode import decode
from farm.shotlist.rows import COLUMNS, REQUIRED, Problem, RawList, RawRow, column, unknown_column

DELIMITERS = ",;\t"

Record = tuple[int, list[str]]
"""A row's number and its cells."""


def read(file: str, content: bytes) -> RawList:
    """The rows of a table whose first row names the columns. Raises `ShotListError`."""
    raw = RawList()
    records = _records(file, decode(file, content), raw.problems)
    header_row, header = next(records, (1, []))
    columns = _names(header)
    missing = [name for name in REQUIRED if name not in columns]
    if not header:
        return raw
    if not set(columns) & set(COLUMNS):
        raise ShotListError(
            f"{file} row {header_row} must name the columns: {', '.join(REQUIRED)}, "
            f"and where needed {', '.join(COLUMNS[len(REQUIRED) :])}"
        )
    for cell, sentence in _header_problems(header, columns, missing):
        raw.problems.append(Problem(file, header_row, cell or None, sentence))
    for row, cells in records:
        if any(cell.strip() for cell in cells[len(columns) :]):
            raw.problems.append(Problem(file, row, None, _too_many(cells, columns)))
        else:
            named = zip(columns, cells, strict=False)
            raw.rows.append(RawRow(row, {name: cell for name, cell in named if name in COLUMNS}))
    return RawList(raw.rows, raw.problems, frozenset(missing))


def _records(file: str, text: str, problems: list[Problem]) -> Iterator[Record]:
    """Rows that are not empty, counted as a spreadsheet counts them; torn ones are problems."""
    lines = io.StringIO(text, newline="")
    delimiter = _delimiter(next(iter(text.lstrip().splitlines()), ""))
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    for row in itertools.count(1):
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(Problem(file, row, None, _torn(str(error))))
            continue
        if any(cell.strip() for cell in cells):
            yield row, cells


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
