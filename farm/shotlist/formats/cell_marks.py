"""What an .xlsx says of its cells beside their values: errors, number formats, formulas, pictures."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from farm.shotlist.formats import cell_pictures
from farm.shotlist.formats.cell_pictures import DISPIMG, Place
from farm.shotlist.formats.package import Package, each, local, reference
from farm.shotlist.pictures import Picture

_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.')
"""Text, colours and conditions within a number format."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is known of the cells of one sheet, by row and column from 0."""

    pictures: dict[Place, list[Picture]] = field(default_factory=dict)
    errors: dict[Place, str] = field(default_factory=dict)
    """`#REF!` and its like."""
    formulas: set[Place] = field(default_factory=set)
    """Formulas whose result the file does not hold."""
    shown: dict[Place, str] = field(default_factory=dict)
    """How a number is shown that its format fills up or surrounds: `010`, `sh010`."""
    hidden: tuple[int, ...] = ()
    """Rows that a filter or a person hides."""
    extent: Place = (0, 0)
    """How many rows and columns there are from A1 to the last cell."""


def read(package: Package, sheet: str) -> Marks:
    """Everything of the sheet of this name."""
    part = _part(package, sheet)
    root = package.xml(part) if part else None
    if root is None:
        return Marks()
    formats = _formats(package)
    pictures: defaultdict[Place, list[Picture]] = defaultdict(list)
    for place, picture in cell_pictures.anchored(package, part, root):
        pictures[place].append(picture)
    marks = Marks(pictures, hidden=_hidden(root), extent=_extent(root))
    wps, placed = cell_pictures.by_wps(package), cell_pictures.in_place(package)
    for row in each(root, "row"):
        for cell in row:
            _note(cell, marks, formats, wps, placed)
    return marks


def _note(
    cell: Element,
    marks: Marks,
    formats: dict[int, str],
    wps: dict[str, Picture],
    placed: list[Picture],
) -> None:
    place = _place(cell.get("r", ""))
    if place is None:
        return
    told = {local(one): one.text or "" for one in cell}
    value, at = told.get("v", ""), cell.get("vm", "")
    shows = DISPIMG.match(value) or DISPIMG.match(told.get("f", ""))
    if shows:
        missing = Picture(None, fault="its picture is missing from the workbook; insert it anew")
        marks.pictures.setdefault(place, []).append(wps.get(shows[1], missing))
    elif at.isdigit() and 0 < int(at) <= len(placed):
        marks.pictures.setdefault(place, []).append(placed[int(at) - 1])
    elif cell.get("t") == "e":
        marks.errors[place] = value
    elif "f" in told and not value and cell.get("t") != "str":
        marks.formulas.add(place)
    elif cell.get("t", "n") == "n" and value and cell.get("s", "").isdigit():
        shown = _shown(value, formats.get(int(cell.get("s", "0")), ""))
        if shown:
            marks.shown[place] = shown


def _shown(value: str, how: str) -> str:
    """What a whole number looks like in a format with leading zeros or letters; empty for plain ones."""
    try:
        number = int(float(value))
    except (ValueError, OverflowError):
        return ""
    plain = _LITERAL.sub(lambda found: found[1] or found[2] or "", how.split(";")[0])
    digits = re.search(r"[0#?]+", plain)
    if digits is None or re.search(r"[.,/%]|[0#?]", plain.replace(digits[0], "", 1)):
        return ""
    shown = plain.replace(digits[0], f"{number:0{digits[0].count('0')}d}", 1)
    return shown if shown != str(number) else ""


def _formats(package: Package) -> dict[int, str]:
    """The number format of each style of a cell, where it is one of the workbook's own."""
    root = package.xml("xl/styles.xml")
    own = {one.get("numFmtId", ""): one.get("formatCode", "") for one in each(root, "numFmt")}
    styles = next(each(root, "cellXfs"), None)
    return {
        at: own[style.get("numFmtId", "")]
        for at, style in enumerate(each(styles, "xf"))
        if style.get("numFmtId", "") in own
    }


def _part(package: Package, sheet: str) -> str:
    main = next(
        (
            name
            for name, _ in package.related("").values()
            if name.endswith(".xml") and "workbook" in name
        ),
        "xl/workbook.xml",
    )
    related = package.related(main)
    for one in each(package.xml(main), "sheet"):
        if one.get("name") == sheet:
            name, outside = related.get(reference(one, "id"), ("", True))
            return "" if outside else name
    return ""


def _hidden(root: Element) -> tuple[int, ...]:
    return tuple(
        int(row.get("r", "0"))
        for row in each(root, "row")
        if row.get("hidden") in ("1", "true") and row.get("r", "").isdigit() and len(row)
    )


def _extent(root: Element) -> Place:
    places = [place for cell in each(root, "c") if (place := _place(cell.get("r", "")))]
    rows, columns = zip(*places, strict=True) if places else ((-1,), (-1,))
    return max(rows) + 1, max(columns) + 1


def _place(name: str) -> Place | None:
    found = _CELL.fullmatch(name)
    if not found:
        return None
    column = 0
    for one in found[1]:
        column = column * 26 + ord(one) - ord("A") + 1
    return int(found[2]) - 1, column - 1
