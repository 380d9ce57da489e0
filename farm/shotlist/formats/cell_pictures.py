"""Finds the pictures in the cells of an .xlsx: anchored ones, WPS's DISPIMG, Excel's "place in cell"."""

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from farm.shotlist.formats.package import LARGEST_PICTURE, Package, each, local, reference
from farm.shotlist.pictures import Picture

Place = tuple[int, int]
"""Row and column of a cell, the first is 0."""

DISPIMG = re.compile(r"=?(?:_xlfn\.)?DISPIMG\(\s*\"+([^\"]+)\"+", re.IGNORECASE)
"""What WPS keeps in a cell that shows a picture."""
_POINT = 12_700
"""EMU: the unit of drawings."""
_PIXEL = 9_525


def anchored(package: Package, sheet: str, root: Element) -> Iterator[tuple[Place, Picture]]:
    """Pictures that were laid upon a sheet, with the cell that they belong to."""
    related = package.related(sheet)
    for drawing in each(root, "drawing"):
        name, outside = related.get(reference(drawing, "id"), ("", True))
        content = None if outside else package.xml(name)
        if content is None:
            continue
        pictures = package.related(name)
        measure = _Measure(root)
        for anchor in content:
            for one in each(anchor, "pic"):
                place = measure.cell_of(anchor)
                if place is not None:
                    yield place, _of_blip(package, pictures, one)


def by_wps(package: Package) -> dict[str, Picture]:
    """The pictures of WPS's cells by the id that DISPIMG names."""
    part = "xl/cellimages.xml"
    related = package.related(part)
    found: dict[str, Picture] = {}
    for one in each(package.xml(part), "pic"):
        name = next((tag.get("name", "") for tag in each(one, "cNvPr")), "")
        found[name] = _of_blip(package, related, one)
    return found


def in_place(package: Package) -> list[Picture]:
    """The pictures that Excel's cells hold as values, in the order of the numbers that name them (`vm`)."""
    values = list(_rich_values(package))
    metadata = package.xml("xl/metadata.xml")
    if metadata is None:
        return []
    kinds = [tag.get("name") for tag in each(metadata, "metadataType")]
    future = [
        int(tag.get("i", "-1"))
        for block in each(metadata, "futureMetadata")
        if block.get("name") == "XLRICHVALUE"
        for tag in each(block, "rvb")
    ]
    found: list[Picture] = []
    for block in each(next(each(metadata, "valueMetadata"), None), "bk"):
        record = next(each(block, "rc"), None)
        at = _number(record, "v", -1)
        rich = record is not None and kinds[_number(record, "t", 0) - 1 :][:1] == ["XLRICHVALUE"]
        value = future[at] if rich and 0 <= at < len(future) else -1
        found.append(values[value] if 0 <= value < len(values) else _none("it holds no picture"))
    return found


def picture(package: Package, name: str) -> Picture:
    """A picture that is a part of the workbook."""
    if name not in package:
        return _none("its picture is missing from the workbook; insert it anew")
    if package.size(name) > LARGEST_PICTURE:
        return _none(
            f"its picture has more than {LARGEST_PICTURE // 1_000_000} MB; insert a smaller one"
        )
    return Picture(package.content(name), PurePosixPath(name).suffix[:8])


def _of_blip(
    package: Package, related: Mapping[str, tuple[str, bool]], element: Element
) -> Picture:
    blip = next(each(element, "blip"), None)
    if blip is None:
        return _none("what lies there is no picture; insert a picture")
    name, outside = related.get(reference(blip, "embed"), ("", False))
    if not name or outside:
        linked, _ = related.get(reference(blip, "link"), (name, True))
        return _none(
            f"its picture is only linked ({linked or 'to nowhere'}) and not in the workbook; "
            "insert the picture itself, or name its file"
        )
    return picture(package, name)


def _rich_values(package: Package) -> Iterator[Picture]:
    structures = [
        (one.get("t", ""), [key.get("n", "") for key in each(one, "k")])
        for one in each(package.xml("xl/richData/rdrichvaluestructure.xml"), "s")
    ]
    part = "xl/richData/richValueRel.xml"
    related = package.related(part)
    ids = [reference(one, "id") for one in each(package.xml(part), "rel")]
    for one in each(package.xml("xl/richData/rdrichvalue.xml"), "rv"):
        at = _number(one, "s", -1)
        kind, keys = structures[at] if 0 <= at < len(structures) else ("", [])
        values = dict(zip(keys, (value.text or "" for value in each(one, "v")), strict=False))
        key = values.get("_rvRel:LocalImageIdentifier", "")
        if kind == "_localImage" and key.isdigit() and int(key) < len(ids):
            name, outside = related.get(ids[int(key)], ("", True))
            yield _none("its picture is not in the workbook") if outside else picture(package, name)
        elif kind == "_webimage":
            yield _none(
                "its picture comes from the web (IMAGE); save it beside the list and name its file"
            )
        else:
            yield _none("it holds no picture")


def _number(element: Element | None, name: str, otherwise: int) -> int:
    value = element.get(name, "") if element is not None else ""
    return int(value) if value.isdigit() else otherwise


def _none(fault: str) -> Picture:
    return Picture(None, fault=fault)


class _Measure:
    """How high rows and how wide columns are, in EMU: a picture seldom keeps to its cell's edges."""

    def __init__(self, root: Element) -> None:
        plain = next(each(root, "sheetFormatPr"), None)
        self._high = _size(plain, "defaultRowHeight", 15.0)
        self._wide = _size(plain, "defaultColWidth", 8.43)
        self._rows = {
            int(row.get("r", "1")) - 1: _size(row, "ht", self._high)
            for row in each(root, "row")
            if row.get("ht") and row.get("r", "").isdigit()
        }
        self._columns: dict[int, float] = {}
        for one in each(next(each(root, "cols"), None), "col"):
            last = min(_number(one, "max", 0), 16_384)
            for at in range(_number(one, "min", 1), last + 1):
                self._columns[at - 1] = _size(one, "width", self._wide)

    def cell_of(self, anchor: Element) -> Place | None:
        """The cell half a row and half a column from the picture's corner, or of its middle where it is
        smaller: one that begins in the last part of a cell is meant for the next."""
        corners = {local(one): one for one in anchor}
        extent = corners.get("ext")
        cx, cy = _number(extent, "cx", 0), _number(extent, "cy", 0)
        if "from" in corners:
            left, top = self._point(corners["from"])
        elif "pos" in corners:
            left, top = _number(corners["pos"], "x", 0), _number(corners["pos"], "y", 0)
        else:
            return None
        if "to" in corners:
            right, bottom = self._point(corners["to"])
            cx, cy = right - left, bottom - top
        row, column = self._cell(left, top)
        high, wide = self._rows.get(row, self._high) * _POINT, self._width(column)
        return self._cell(left + min(cx, wide) / 2, top + min(cy, high) / 2)

    def _point(self, corner: Element) -> tuple[float, float]:
        told = {
            local(one): int(one.text or 0) for one in corner if (one.text or "0").strip().isdigit()
        }
        across = sum(map(self._width, range(min(told.get("col", 0), 16_384)))) + told.get(
            "colOff", 0
        )
        down = self._above(told.get("row", 0)) + told.get("rowOff", 0)
        return across, down

    def _above(self, row: int) -> float:
        """The height of all rows above one."""
        told = [high for at, high in self._rows.items() if at < row]
        return (sum(told) + (row - len(told)) * self._high) * _POINT

    def _width(self, column: int) -> float:
        return (self._columns.get(column, self._wide) * 7 + 5) * _PIXEL

    def _cell(self, across: float, down: float) -> Place:
        column = next(
            (
                at
                for at, edge in enumerate(accumulate(map(self._width, range(16_384))))
                if edge > across
            ),
            0,
        )
        low, high = 0, 1_048_576
        while low < high:
            row = (low + high) // 2
            low, high = (low, row) if self._above(row + 1) > down else (row + 1, high)
        return low, column


def _size(element: Element | None, name: str, otherwise: float) -> float:
    try:
        return float(element.get(name, otherwise)) if element is not None else otherwise
    except ValueError:
        return otherwise
