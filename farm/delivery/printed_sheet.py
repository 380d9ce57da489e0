"""The contact sheet to print: pages of A4 in which words can be selected and searched, Chinese ones too.

A shot is never cut: what does not fit on a page begins the next one. The same shots on the same day make
the same file, byte for byte.
"""

import datetime as dt
import io
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fpdf import FPDF
from fpdf.fonts import TTFFont
from PIL import Image

from farm.delivery.contact_sheet import VERDICTS, Colour, Pictures, SheetRow
from farm.delivery.sheet_text import font_file, wrap
from farm.domain.lettering import Told, in_short
from pipeline.coverage import Coverage

# Millimetres; sizes of letters are in points.
WIDE, HIGH = 210.0, 297.0
EDGE = 12.0
TOP, BOTTOM = 31.0, HIGH - 14.0
"""Where shots begin and end on a page."""
GAP = 2.0
PICTURES = 5
"""The still, and four frames."""
PICTURE_WIDE = (WIDE - 2 * EDGE - PICTURES * GAP) / PICTURES
PICTURE_HIGH = 42.0
"""At most, of upright clips."""
EMPTY_HIGH = 20.0
HEAD = 7.5
"""Height of the line with a shot's code."""
LINE = 3.9
PROMPT_LINES = 4
SAID_LINES = 2
"""For what a clip does not show, for its lettering, and for what is said in the place of a clip."""
FONT = "sheet"
QUALITY = 90

INK: Colour = (28, 30, 34)
GREY: Colour = (104, 109, 118)
RULE: Colour = (205, 208, 214)
PALE: Colour = (240, 241, 244)
WARM: Colour = (148, 88, 0)
"""For what is not as it was judged, legible on white."""
LETTERING: dict[Told, Colour] = {
    Told.WRONG: (170, 36, 32),
    Told.SELDOM: WARM,
    Told.FOLLOWED: (20, 112, 60),
    Told.UNREAD: GREY,
}


@dataclass(frozen=True, slots=True)
class _Picture:
    jpeg: bytes
    wide: float
    high: float
    """Millimetres on the page."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A shot with all that stands on it."""

    row: SheetRow
    pictures: tuple[_Picture | None, ...]
    words: tuple[tuple[str, Colour], ...]
    """Lines below the pictures."""

    @property
    def tall(self) -> float:
        """Millimetres of the pictures."""
        return max((each.high for each in self.pictures if each), default=EMPTY_HIGH)

    @property
    def high(self) -> float:
        return HEAD + self.tall + GAP + len(self.words) * LINE + 2 * GAP


class PrintedSheet:
    """Takes the shots of a production one by one; then it is the whole file. To be closed."""

    def __init__(self, production: str, summary: str, day: dt.date) -> None:
        """`summary` and `day` stand at the head of each page."""
        # It would warn of every letter that the font does not have; those are drawn as an empty box.
        logging.getLogger("fpdf").setLevel(logging.ERROR)
        self._production, self._summary, self._day = production, summary, day
        self._pen = FPDF(format="A4", unit="mm")
        self._pen.set_auto_page_break(False)
        self._pen.set_margin(0)
        self._pen.c_margin = 0
        self._pen.alias_nb_pages("")  # it would put a number into prompts that hold `{nb}`
        self._pen.add_font(FONT, fname=font_file())
        self._pen.set_title(f"{production}, {day.isoformat()}")
        self._pen.set_creator("shotfarm")
        midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
        self._pen.set_creation_date(midnight)
        self._blocks: list[_Block] = []

    def add(self, row: SheetRow, pictures: Pictures) -> None:
        """The next shot, with its still and frames; None stays an empty place."""
        shown = tuple(_jpeg(each) if each else None for each in pictures)
        self._blocks.append(_Block(row, shown, tuple(self._lines(row))))

    def content(self) -> bytes:
        """The PDF file. Call it once."""
        pages = paged([block.high for block in self._blocks], BOTTOM - TOP)
        for number, part in enumerate(pages, start=1):
            self._pen.add_page()
            self._head(f"page {number} of {len(pages)}")
            top = TOP
            for block in self._blocks[part.start : part.stop]:
                self._draw(block, top)
                top += block.high
        return bytes(self._pen.output())

    def close(self) -> None:
        """Closes the font's file, which is read until the sheet is written."""
        for font in self._pen.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def _lines(self, row: SheetRow) -> list[tuple[str, Colour]]:
        """What stands below the pictures: what was made of the clip, what it lacks, what became of its
        lettering, what was asked for."""
        measure, room = self._measure(8.5), WIDE - 2 * EDGE
        made = wrap(row.made, measure, room, 1) if row.made else []
        lacking = _lacking(row.coverage)
        lacks = wrap(lacking, measure, room, SAID_LINES) if lacking else []
        told = in_short(row.lettering)
        read = wrap(told.sentence, measure, room, SAID_LINES) if told else []
        colour = LETTERING[told.told] if told else INK
        prompt = wrap(row.prompt, measure, room, PROMPT_LINES)
        return [
            *((line, WARM) for line in (*made, *lacks)),
            *((line, colour) for line in read),
            *((line, INK) for line in prompt),
        ]

    def _head(self, page: str) -> None:
        title = wrap(self._production, self._measure(16), WIDE - 2 * EDGE - 40, 1)[0]
        self._text(EDGE, 10, title, 16, INK)
        self._text(WIDE - EDGE, 12, self._day.isoformat(), 9, INK, right=True)
        summary = wrap(self._summary, self._measure(8.5), WIDE - 2 * EDGE, 1)[0]
        self._text(EDGE, 18, summary, 8.5, GREY)
        self._text(self._left(0), TOP - 6, "still", 7.5, GREY)
        self._text(self._left(1), TOP - 6, "clip, from its first frame to its last", 7.5, GREY)
        self._text(WIDE - EDGE, HIGH - 10, page, 8, GREY, right=True)

    def _draw(self, block: _Block, top: float) -> None:
        row, pen = block.row, self._pen
        pen.set_draw_color(*RULE)
        pen.line(EDGE, top, WIDE - EDGE, top)
        self._caption(row, top + 1.6)
        above = top + HEAD
        for place, picture in enumerate(block.pictures):
            self._picture(picture, self._left(place), above, block.tall)
        if row.clip is None and row.instead:
            self._instead(row.instead, above, block.tall)
        below = above + block.tall + GAP
        for number, (line, colour) in enumerate(block.words):
            self._text(EDGE, below + number * LINE, line, 8.5, colour)

    def _caption(self, row: SheetRow, top: float) -> None:
        """The shot's code, its verdict and numbers; at the right where it stands with people."""
        code = wrap(row.shot, self._measure(11), 70, 1)[0]
        self._text(EDGE, top, code, 11, INK)
        left = EDGE + self._measure(11)(code) + 3
        if row.verdict is not None:
            left = self._chip(row.verdict, left, top) + 2
        numbers = [
            "no take" if row.take is None else f"take {row.take}",
            "no match" if row.match is None else f"match {row.match:.2f}",
        ]
        self._text(left, top + 0.8, "  ·  ".join(numbers), 8.5, GREY)
        said = row.review.replace("_", " ") if row.review and row.review != row.verdict else ""
        review = " · ".join(filter(None, ("draft" if row.draft else "", said)))
        self._text(WIDE - EDGE, top + 0.8, review, 8.5, GREY, right=True)

    def _chip(self, verdict: str, left: float, top: float) -> float:
        """The verdict on its colour; says where it ends."""
        word = verdict.replace("_", " ")
        wide = self._measure(8)(word) + 4
        self._pen.set_fill_color(*VERDICTS[verdict])
        self._pen.rect(left, top, wide, 4.4, style="F", round_corners=True, corner_radius=2.2)
        self._text(left + 2, top + 0.7, word, 8, INK)
        return left + wide

    def _picture(self, picture: _Picture | None, left: float, top: float, tall: float) -> None:
        """One picture in the middle of its place, or the empty place."""
        if picture is None:
            self._pen.set_fill_color(*PALE)
            self._pen.rect(left, top, PICTURE_WIDE, tall, style="F")
            middle = left + (PICTURE_WIDE - self._measure(7.5)("none")) / 2
            self._text(middle, top + tall / 2 - 1.5, "none", 7.5, GREY)
            return
        aside, down = (PICTURE_WIDE - picture.wide) / 2, (tall - picture.high) / 2
        self._pen.image(
            io.BytesIO(picture.jpeg), left + aside, top + down, picture.wide, picture.high
        )

    def _instead(self, words: str, top: float, tall: float) -> None:
        """Words over the place of all frames."""
        left = self._left(1)
        self._pen.set_fill_color(*PALE)
        self._pen.rect(left, top, WIDE - EDGE - left, tall, style="F")
        lines = wrap(words, self._measure(8.5), WIDE - EDGE - left - 8, SAID_LINES)
        first = top + (tall - len(lines) * LINE) / 2
        for number, line in enumerate(lines):
            self._text(left + 4, first + number * LINE, line, 8.5, INK)

    def _left(self, place: int) -> float:
        """Where a picture's place begins; the still stands a little apart."""
        return EDGE + place * (PICTURE_WIDE + GAP) + (GAP if place else 0)

    def _measure(self, size: float) -> Callable[[str], float]:
        """How wide words are in letters of this size, in millimetres."""

        def wide(text: str) -> float:
            self._pen.set_font(FONT, size=size)
            return self._pen.get_string_width(text)

        return wide

    def _text(
        self,
        left: float,
        top: float,
        text: str,
        size: float,
        colour: Colour,
        *,
        right: bool = False,
    ) -> None:
        """One line, which ends at `left` where it stands to the `right`."""
        wide = self._measure(size)(text)
        self._pen.set_text_color(*colour)
        self._pen.set_xy(left - wide if right else left, top)
        self._pen.cell(wide, size * 0.3528, text)


def paged(heights: Sequence[float], room: float) -> list[range]:
    """Which blocks stand on which page: as many as fit, and one at least; one empty page of none."""
    pages: list[range] = []
    first, filled = 0, 0.0
    for number, high in enumerate(heights):
        if number > first and filled + high > room:
            pages.append(range(first, number))
            first, filled = number, 0.0
        filled += high
    return [*pages, range(first, len(heights))]


def _jpeg(picture: Image.Image) -> _Picture:
    """A picture as it is embedded, and its size on the page."""
    share = min(PICTURE_WIDE / picture.width, PICTURE_HIGH / picture.height)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY, subsampling=0)
    return _Picture(file.getvalue(), picture.width * share, picture.height * share)


def _lacking(coverage: Coverage | None) -> str:
    """What a clip does not show of the shot's own prompt; empty where nothing is missing, or unknown."""
    return f"shows {coverage}" if coverage is not None and not coverage.whole else ""
