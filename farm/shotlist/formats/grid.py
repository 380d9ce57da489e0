"""What tables and workbooks share: the header is found, its columns are named, and rows follow below it."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from farm.errors import ShotListError
from farm.shotlist.headings import (
    COLUMNS,
    REQUIRED,
    column,
    header_of,
    is_usual,
    shown,
    spelt,
    unknown_column,
)
from farm.shotlist.rows import Problem, RawList, RawRow

SEARCHED = 30
"""Rows among which the header is looked for: titles, clients and dates stand above it."""

Record = tuple[int, list[object]]
"""A row's number and its cells; in a header None is a column that nothing stands in."""


def raw_list(file: str, records: Iterable[Record | Problem], at_most: int) -> RawList:
    """The rows below the first row that names columns. Raises `ShotListError` where none does."""
    coming = iter(records)
    above = list(itertools.islice(coming, SEARCHED))
    at = header_of([] if isinstance(one, Problem) else [*map(written, one[1])] for one in above)
    if at is None:
        readable = [one for one in above if not isinstance(one, Problem)]
        unread = [one for one in above if isinstance(one, Problem)]
        if not readable:
            return RawList(unread)
        # The header may be what could not be read.
        before = [str(one) for one in unread if one.row < readable[0][0]]
        raise ShotListError("\n".join([*before, no_header(file, readable[0][0])]))
    header = above[at]
    assert not isinstance(header, Problem)
    torn = [one for one in above[:at] if isinstance(one, Problem)]
    return _below(file, header, itertools.chain(torn, above[at + 1 :], coming), at_most)


def no_header(file: str, row: int) -> str:
    """The sentence on a table without a header."""
    return (
        f"{file} row {row} must name the columns: {', '.join(REQUIRED)}, "
        f"and where needed {', '.join(COLUMNS[len(REQUIRED) :])}"
    )


def filled(cell: object) -> bool:
    """Whether anything stands in a cell."""
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def written(cell: object) -> str:
    """What a cell says, where it is text."""
    return cell if isinstance(cell, str) else ""


def letter(position: int) -> str:
    """A column as spreadsheets name it: A for 0, AA for 26."""
    name = ""
    position += 1
    while position:
        position, left = divmod(position - 1, 26)
        name = chr(ord("A") + left) + name
    return name


def _below(file: str, header: Record, records: Iterator[Record | Problem], at_most: int) -> RawList:
    header_row, cells = header[0], list(map(written, header[1]))
    names = _names(cells)
    missing = [name for name in REQUIRED if name not in names]
    unused = {at for at, cell in enumerate(header[1]) if cell is None}
    wrong = [
        Problem(file, header_row, cell or None, sentence)
        for cell, sentence in _header_problems(cells, names, missing, unused)
    ]
    rows = (_row(file, record, names) for record in records)
    letters = {name: letter(place) for place, name in enumerate(names) if name in COLUMNS}
    return RawList(itertools.chain(wrong, rows), frozenset(missing), at_most, letters=letters)


def _row(file: str, record: Record | Problem, names: Sequence[str]) -> RawRow | Problem:
    if isinstance(record, Problem):
        return record
    row, cells = record
    if any(map(filled, cells[len(names) :])):
        return Problem(file, row, None, _too_many(cells, names))
    named = zip(names, cells, strict=False)
    return RawRow(row, {name: cell for name, cell in named if name in COLUMNS})


def _names(header: Sequence[str]) -> list[str]:
    """The columns' names; spreadsheets write empty cells after the last one. Of two that mean the same
    column the one that is the farm's own word, or else the first of a usual name, counts."""
    names = [column(cell) or spelt(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    for place, name in enumerate(names):
        rivals = [each for each, other in enumerate(names) if other == name and name in COLUMNS]
        if len(rivals) > 1:
            kept = min(
                rivals,
                key=lambda at, name=name: (spelt(header[at]) != name, not is_usual(header[at])),
            )
            if place != kept:
                names[place] = f"{name} again"
    return names


def _header_problems(
    header: Sequence[str], names: Sequence[str], missing: Sequence[str], unused: set[int]
) -> Iterator[tuple[str, str]]:
    """Column and sentence for everything that is wrong with the header."""
    for position, (cell, name) in enumerate(zip(header, names, strict=False)):
        if position in unused:
            continue
        if not name:
            yield "", f"column {position + 1} has no name; name it, or delete it"
        elif name.endswith(" again"):
            yield shown(cell), _twice(cell, name.removesuffix(" again"), header, names)
        elif name not in COLUMNS:
            yield shown(cell), unknown_column(cell)
    for name in missing:
        yield name, "the column is missing; no shot can do without it"


def _twice(cell: str, name: str, header: Sequence[str], names: Sequence[str]) -> str:
    kept = shown(header[names.index(name)])
    if spelt(kept) == spelt(cell):
        return "the column is there twice; keep one"
    return f"it means {name}, as {kept} does, which is the one that was read; keep one"


def _too_many(cells: Sequence[object], names: Sequence[str]) -> str:
    return (
        f"it has {len(cells)} cells, but the header names {len(names)} columns; "
        "put text that holds the delimiter into quotation marks"
    )
