"""Writes an empty shot list for people to fill in: the columns, what each is for, and nothing else."""

import csv
from pathlib import Path

from farm.errors import ShotListError
from farm.shotlist.headings import COLUMNS, REQUIRED

TOLD = {
    "shot": ("the shot's code, from which its files are named", "sh010"),
    "image": (
        "the start picture: a file beside the list, or the picture itself in the cell",
        "stills/sh010.png",
    ),
    "prompt": ("what happens in the shot", "the bottle turns slowly, light glides over the glass"),
    "negative": ("what must not be seen", "text, hands"),
    "seconds": ("length of the clip", "5"),
    "seed": ("a number; the same one makes the same clip", "42"),
    "aspect": ("width:height", "16:9"),
    "priority": ("-100 (last) to 100 (first)", "0"),
    "alternates": ("other start pictures, with | between them", "stills/sh010_b.png"),
    "must_keep": ("words that no simpler prompt may lose, with | between them", "bottle | turns"),
    "notes": ("for people", ""),
    "profile": ("the model; empty for the farm's own", ""),
}
"""What each column is for, and an example."""
_WIDE = {"prompt": 60, "negative": 24, "image": 28, "notes": 30}


def write(place: Path) -> None:
    """An empty list of the kind that the file's ending names. Raises `ShotListError` for another one."""
    kinds = {".xlsx": _workbook, ".csv": _table}
    kind = kinds.get(place.suffix.lower())
    if kind is None:
        raise ShotListError(
            f"an empty list is written as .xlsx or .csv, not as {place.suffix or place.name}"
        )
    kind(place)


def _table(place: Path) -> None:
    with place.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerow(COLUMNS)


def _workbook(place: Path) -> None:
    from xlsxwriter import Workbook

    with Workbook(place) as book:
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        wanted = book.add_format({"bold": True, "bottom": 1})
        optional = book.add_format({"bottom": 1, "font_color": "#555555"})
        shots = book.add_worksheet("Shots")
        shots.freeze_panes(1, 1)
        for at, name in enumerate(COLUMNS):
            shots.set_column(at, at, _WIDE.get(name, 12), text)
            shots.write_string(0, at, name, wanted if name in REQUIRED else optional)
        meanings = book.add_worksheet("Columns")
        meanings.set_column(0, 0, 14)
        meanings.set_column(1, 2, 70)
        for row, name in enumerate(COLUMNS):
            what, example = TOLD[name]
            meanings.write_row(row, 0, [name, what, f"e.g. {example}" if example else ""])
