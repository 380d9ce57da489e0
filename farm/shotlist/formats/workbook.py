"""Reads shot lists that are workbooks of Excel, WPS, LibreOffice or Google: cells and their pictures."""

import datetime
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from farm.errors import ShotListError
from farm.shotlist.fields import Fault, Number
from farm.shotlist.formats import cell_marks, opendocument
from farm.shotlist.formats.cell_marks import Marks
from farm.shotlist.formats.grid import (
    SEARCHED,
    Record,
    filled,
    letter,
    no_header,
    raw_list,
    written,
)
from farm.shotlist.formats.package import Package, damaged
from farm.shotlist.headings import column, header_of, is_header
from farm.shotlist.pictures import InCell
from farm.shotlist.rows import RawList

LARGEST = 20_000_000
"""Cells of a sheet, empty ones among them."""
OLD = b"\xd0\xcf\x11\xe0"
"""How the files of Excel 97 begin, and all that are locked by a password."""
EXACT = 2**53
"""Whole numbers from here on are rounded by spreadsheets."""

_LOCKED = "EncryptedPackage".encode("utf-16-le")
_PICTURED = ("image", "alternates")


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    rows: list[list[Any]]
    """As calamine gives them, from A1 on."""
    merged: list[tuple[tuple[int, int], tuple[int, int]]]
    header: int | None
    """The row that names the columns, the first is 0."""
    known: Marks

    def is_usual(self) -> bool:
        """Whether its header names columns by usual names."""
        if self.header is None:
            return False
        return is_header(list(map(written, self.rows[self.header])), usual=True)


def read(path: Path, wanted: str | None) -> RawList:
    """The rows of the one sheet that has a header, or of the sheet that is wanted by name or number.

    Raises `ShotListError` for a workbook that is damaged, locked or too large, and for an unclear sheet.
    """
    content = path.read_bytes()
    if content.startswith(OLD) and _LOCKED in content:
        raise ShotListError(
            f"{path.name} is locked by a password; save it without one, and hand it in then"
        )
    package = None if content.startswith(OLD) else Package(path)
    try:
        sheet = _chosen(path.name, _sheets(path.name, content, package, wanted))
        return _raw(path.name, sheet, old=package is None)
    finally:
        if package is not None:
            package.close()


def _sheets(file: str, content: bytes, package: Package | None, wanted: str | None) -> list[_Sheet]:
    """The sheets that people see, each with its header row; or the one that is wanted, seen or not."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        seen = [
            each.name
            for number, each in enumerate(book.sheets_metadata, start=1)
            if (
                each.visible == SheetVisibleEnum.Visible
                if wanted is None
                else wanted in (each.name, str(number))
            )
        ]
        if wanted is not None and not seen:
            names = ", ".join(book.sheet_names)
            raise ShotListError(f"{file} has no sheet {wanted}; there are {names}")
        known = {name: _marks(package, name, file) for name in seen}
        return [_sheet(book.get_sheet_by_name(name), known[name]) for name in seen]
    except PasswordError as error:
        raise ShotListError(
            f"{file} is locked by a password; save it without one, and hand it in then"
        ) from error
    except (CalamineError, OSError, ValueError) as error:
        raise ShotListError(damaged(file)) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # what a defect of calamine becomes
            raise ShotListError(damaged(file)) from error
        raise


def _sheet(found: Any, known: Marks) -> _Sheet:
    rows = found.to_python(skip_empty_area=False)
    header = header_of(list(map(written, row)) for row in rows)
    return _Sheet(found.name, rows, found.merged_cell_ranges or [], header, known)


def _chosen(file: str, sheets: Sequence[_Sheet]) -> _Sheet:
    able = [each for each in sheets if each.header is not None]
    able = [each for each in able if each.is_usual()] or able
    if len(sheets) == 1:
        return sheets[0]
    if len(able) > 1:
        names = ", ".join(each.name for each in able)
        raise ShotListError(f"{file} has shots on several sheets ({names}); say which with --sheet")
    if able:
        return able[0]
    used = [each for each in sheets if any(map(_is_used, each.rows))]
    if not used:
        return _Sheet("", [], [], None, Marks())
    first = next(at for at, row in enumerate(used[0].rows) if _is_used(row))
    raise ShotListError(no_header(f"{file} sheet {used[0].name}", first + 1))


def _marks(package: Package | None, sheet: str, file: str) -> Marks:
    """What is known of a sheet's cells. Raises `ShotListError` for one that would need too much memory."""
    if package is None:
        return Marks()
    if "xl/workbook.bin" in package:
        raise ShotListError(f"{file} is a binary workbook (.xlsb); save it as .xlsx")
    known = (opendocument if "content.xml" in package else cell_marks).read(package, sheet)
    rows, columns = known.extent
    if rows * columns > LARGEST:
        raise ShotListError(
            f"{file} sheet {sheet} reaches from A1 to {letter(columns - 1)}{rows}; "
            "delete what stands far below or beside the table"
        )
    return known


def _raw(file: str, sheet: _Sheet, *, old: bool) -> RawList:
    header = sheet.header if sheet.header is not None else len(sheet.rows)
    names = [column(written(cell)) for cell in sheet.rows[header]] if sheet.rows[header:] else []
    grid = _Grid(sheet, names, header, old)
    records = list(grid.records())
    kept, below = _without_remarks(records, header)
    found = raw_list(
        f"{file} sheet {sheet.name}" if sheet.header is None else file, kept, len(kept)
    )
    notes = [*grid.notes(), *_on_remarks(below)]
    return replace(
        found, sheet=sheet.name, notes=tuple(f"{file} sheet {sheet.name}: {each}" for each in notes)
    )


class _Grid:
    """The cells of a sheet as fields read them: values, pictures, faults."""

    def __init__(self, sheet: _Sheet, names: Sequence[str | None], header: int, old: bool) -> None:
        self._rows, self._known, self._names = sheet.rows, sheet.known, names
        self._header, self._old = header, old
        self._first: dict[tuple[int, int], tuple[int, int]] = {}
        for (top, left), (bottom, right) in sheet.merged:
            if top > header and (bottom - top + 1) * (right - left + 1) <= LARGEST // 100:
                places = itertools.product(range(top, bottom + 1), range(left, right + 1))
                self._first |= dict.fromkeys(places, (top, left))
        self._pictures: dict[tuple[int, int], list[Any]] = {}
        for place, pictures in self._known.pictures.items():
            self._pictures.setdefault(self._first.get(place, place), []).extend(pictures)

    def records(self) -> Iterator[Record]:
        pictured = max((row for row, _ in self._pictures), default=-1)
        width = max(map(len, self._rows), default=0)
        used = {
            at
            for row in self._rows[self._header :]
            for at, cell in enumerate(row)
            if _is_filled(cell)
        }
        for row in range(max(len(self._rows), pictured + 1)):
            cells: list[object] = [
                self._cell(row, at) for at in range(max(width, len(self._names)))
            ]
            if row == self._header:
                cells = [cell if at in used else None for at, cell in enumerate(cells)]
            while cells and not filled(cells[-1]):
                cells.pop()
            if any(map(filled, cells)):
                yield row + 1, cells

    def notes(self) -> Iterator[str]:
        hidden = [row for row in self._known.hidden if row > self._header + 1]
        if hidden:
            yield f"{_rows(hidden)} hidden in the sheet and read like the others; delete what is not wanted"
        strays = sorted(
            {
                (row + 1, at)
                for row, at in self._pictures
                if row > self._header and not self._is_pictured(at)
            }
        )
        if strays:
            cells = ", ".join(f"{letter(at)}{row}" for row, at in strays[:6])
            yield f"pictures at {cells} lie in no column for pictures (image, alternates) and were left out"

    def _is_pictured(self, at: int) -> bool:
        return at < len(self._names) and self._names[at] in _PICTURED

    def _cell(self, row: int, at: int) -> object:
        """The value of a cell; a cell of merged ones below the header has the value of the first."""
        place = self._first.get((row, at), (row, at))
        if place[1] != at:
            return ""
        name = self._names[at] if row > self._header and at < len(self._names) else None
        value = _value(self._at(place), name, self._known.shown.get(place, ""), self._old)
        if place in self._pictures and row > self._header and self._is_pictured(at):
            text = "" if "DISPIMG" in written(value) or isinstance(value, Fault) else written(value)
            return InCell(tuple(self._pictures[place]), text)
        if place in self._known.errors:
            return Fault(
                f"it is the error {self._known.errors[place]}; mend the formula, or type the value"
            )
        if place in self._known.formulas:
            return Fault(
                "it is a formula whose result is not in the file; open the list in Excel or WPS and save it"
            )
        if (
            self._old
            and name == "image"
            and not filled(value)
            and any(map(_is_filled, self._rows[row]))
        ):
            return Fault(
                "it is empty, and pictures in the cells of an .xls file cannot be read; "
                "save the list as .xlsx, or name the picture's file"
            )
        return value

    def _at(self, place: tuple[int, int]) -> object:
        row, at = place
        return self._rows[row][at] if row < len(self._rows) and at < len(self._rows[row]) else ""


def _value(value: object, name: str | None, shown: str, old: bool) -> object:
    """A cell's value as the fields read it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        dated = isinstance(value, datetime.date | datetime.time | datetime.timedelta)
        return str(value) if dated and name in (None, "notes") else value
    if abs(value) >= EXACT:
        return Fault(
            "spreadsheets round so large a number; format the cell as text and type it anew"
        )
    plain = str(int(value)) if float(value).is_integer() else f"{value:.15g}"
    if old and name == "shot":
        return Fault(
            f"it is the number {plain}, and how an .xls file shows it cannot be read; "
            "format the column as text and type the codes anew, or save the list as .xlsx"
        )
    return Number.of(plain, shown)


def _without_remarks(
    records: Sequence[Record], header: int
) -> tuple[Sequence[Record], Sequence[Record]]:
    """The table, and what stands below it: blocks behind an empty row that fill one cell a row."""
    end = len(records)
    while end > 1:
        start = end - 1
        while start > 0 and records[start - 1][0] == records[start][0] - 1:
            start -= 1
        block = records[start:end]
        if (
            start == 0
            or block[0][0] <= header + 2
            or not all(_is_remark(cells) for _, cells in block)
        ):
            break
        end = start
    return records[:end], records[end:]


def _is_remark(cells: Sequence[object]) -> bool:
    told = [cell for cell in cells if filled(cell)]
    return len(told) == 1 and isinstance(told[0], str)


def _on_remarks(below: Sequence[Record]) -> list[str]:
    if not below:
        return []
    first = next(cell for cell in below[0][1] if filled(cell))
    return [
        f"{_rows([row for row, _ in below])} taken for remarks below the table "
        f'("{str(first)[:40]}") and left out'
    ]


def _rows(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"row {numbers[0]} is"
    named = ", ".join(map(str, numbers[: SEARCHED // 5]))
    return f"rows {named}{' …' if len(numbers) > SEARCHED // 5 else ''} are"


def _is_used(row: Sequence[object]) -> bool:
    return any(map(_is_filled, row))


def _is_filled(cell: object) -> bool:
    return cell not in ("", None)
