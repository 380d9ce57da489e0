"""What an .ods says of its cells beside their values: errors, what numbers look like, pictures."""

from collections import defaultdict
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from farm.shotlist.formats.cell_marks import Marks
from farm.shotlist.formats.cell_pictures import Place, picture
from farm.shotlist.formats.package import Package, each, local, reference
from farm.shotlist.pictures import Picture

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


def read(package: Package, sheet: str) -> Marks:
    """Everything of the sheet of this name."""
    pictures: defaultdict[Place, list[Picture]] = defaultdict(list)
    marks, hidden = Marks(pictures), list[int]()
    table = next(
        (
            one
            for one in each(package.xml("content.xml"), "table")
            if reference(one, "name") == sheet
        ),
        None,
    )
    at, rows, columns = 0, 0, 0
    for row in each(table, "table-row"):
        if reference(row, "visibility") in ("filter", "collapse") and any(
            cell.attrib for cell in row
        ):
            hidden.append(at + 1)
        for column, cell in _cells(row):
            _note((at, column), cell, marks)
            if len(cell):
                rows, columns = at + _times(row, "number-rows-repeated"), max(columns, column + 1)
            for link in each(cell, "image"):
                pictures[(at, column)].append(_picture(package, reference(link, "href")))
        at = min(at + _times(row, "number-rows-repeated"), LAST_ROW)
    return Marks(
        pictures, marks.errors, marks.formulas, marks.shown, tuple(hidden), (rows, columns)
    )


def _cells(row: Element) -> Iterator[tuple[int, Element]]:
    at = 0
    for cell in row:
        if local(cell) in ("table-cell", "covered-table-cell"):
            yield at, cell
            at = min(at + _times(cell, "number-columns-repeated"), LAST_COLUMN)


def _note(place: Place, cell: Element, marks: Marks) -> None:
    shown = "".join(part for one in cell if local(one) == "p" for part in one.itertext())
    kinds = [value for key, value in cell.attrib.items() if key.endswith("}value-type")]
    if "error" in kinds or (reference(cell, "formula") and shown.startswith(("#", "Err:"))):
        marks.errors[place] = shown
    elif "float" in kinds:
        value = reference(cell, "value")
        if shown.startswith("0") and shown.isalnum() and shown != value:
            marks.shown[place] = shown


def _picture(package: Package, name: str) -> Picture:
    if not name or ":" in name or name.startswith("/"):
        return Picture(
            None,
            fault=f"its picture is only linked ({name}) and not in the file; insert the picture itself",
        )
    return picture(package, name.removeprefix("./"))


def _times(element: Element, name: str) -> int:
    told = reference(element, name)
    return int(told) if told.isdigit() else 1
