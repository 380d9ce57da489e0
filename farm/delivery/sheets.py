"""The contact sheets of a delivery: a picture to look at, pages to print. Clips are read once for both."""

import datetime as dt
from collections.abc import Sequence
from contextlib import closing
from enum import StrEnum

from farm.delivery.contact_sheet import FramesReader, SheetRow, pages, pictures, summary
from farm.delivery.printed_sheet import PrintedSheet
from pipeline.clips import encode
from pipeline.storage.protocol import Media

SHEET, PRINTED = "contact_sheet.png", "contact_sheet.pdf"


class SheetKind(StrEnum):
    """Which contact sheets there are to be."""

    PNG = "png"
    """A picture, of further pages where there are many shots."""
    PDF = "pdf"
    """Pages of A4."""
    BOTH = "both"


def contact_sheets(
    production: str,
    rows: Sequence[SheetRow],
    media: Media,
    clips: Media,
    kind: str,
    day: str,
    read_frames: FramesReader = encode.read,
) -> dict[str, bytes]:
    """The files of the sheets by their names; `day` stands on the printed one, as ISO 8601 has it.

    Stills are looked for in the media root, clips in `clips`.
    """
    if kind == SheetKind.PNG:
        return dict(pages(production, rows, media, clips, SHEET, read_frames))
    found: dict[str, bytes] = {}
    with closing(PrintedSheet(production, summary(rows), dt.date.fromisoformat(day))) as printed:
        if kind == SheetKind.BOTH:
            found |= pages(production, rows, media, clips, SHEET, read_frames, printed.add)
        else:
            for row in rows:
                printed.add(row, pictures(row, media, clips, read_frames))
        return {**found, PRINTED: printed.content()}


def today() -> str:
    """The day here."""
    return dt.datetime.now().astimezone().date().isoformat()


def is_a_day(text: str) -> bool:
    """Whether this is a day as ISO 8601 has it."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
