"""Draws the contact sheet: a row per shot with its still, frames across its clip and its verdict."""

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from av.error import FFmpegError
from PIL import Image, ImageDraw, ImageFont, ImageOps

from farm.delivery.sheet_text import font_file, wrap
from farm.domain.lettering import Lettering, Told, in_short
from pipeline.clips import encode
from pipeline.coverage import Coverage
from pipeline.storage.files import Frames, put
from pipeline.storage.names import still_path
from pipeline.storage.protocol import Media

FRAMES = 4
"""Pictures of each clip: its first frame, its last, and evenly between."""
ROWS_PER_PAGE = 40
"""More would be too tall for many viewers."""

Colour = tuple[int, int, int]
Point = tuple[int, int]
FramesReader = Callable[[Path], Frames]
Pictures = Sequence[Image.Image | None]
"""A still and frames of its clip."""

PAPER: Colour = (24, 26, 30)
TILE: Colour = (36, 39, 45)
LINE: Colour = (54, 58, 66)
BRIGHT: Colour = (242, 243, 245)
PLAIN: Colour = (202, 206, 213)
FAINT: Colour = (138, 144, 155)
VERDICTS: dict[str, Colour] = {
    "accepted": (78, 190, 120),
    "partly": (196, 205, 92),
    "low_match": (234, 175, 66),
    "bad_clip": (236, 96, 92),
    "declined": (110, 164, 240),
    "ended_early": (176, 142, 236),
    "unscored": (150, 156, 167),
}
LETTERING: dict[Told, Colour] = {
    Told.WRONG: VERDICTS["bad_clip"],
    Told.SELDOM: VERDICTS["low_match"],
    Told.FOLLOWED: VERDICTS["accepted"],
    Told.UNREAD: FAINT,
}

MARGIN = 36
GAP = 8
TALL = 180
"""Height of the pictures; their width follows the clips' own."""
CAPTION = 360
"""Width of the words on a shot."""
HEAD = 142
ROW = TALL + 36
PROMPT_LINE = 23
PROMPT_LINES = 5
LACKS_LINES = 3
"""Of them at most, for what a clip does not show, and as many for what became of its lettering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """A shot as the contact sheet shows it."""

    shot: str
    prompt: str
    take: int | None = None
    match: float | None = None
    verdict: str | None = None
    coverage: Coverage | None = None
    """What the take shows of the shot's own prompt; None where nobody knows."""
    lettering: tuple[Lettering, ...] = ()
    """What became of the words on its subject."""
    review: str | None = None
    draft: bool = False
    clip: str | None = None
    """Relative to where the clips lie."""
    still: str | None = None
    """SHA-256 of the prepared still."""
    made: str = ""
    """How its file differs from the clip that was judged: `25 fps by motion`; empty for the clip itself."""
    instead: str = ""
    """What is said in the place of a clip that there is not."""


def draw(
    production: str,
    rows: Sequence[SheetRow],
    media: Media,
    to: Path,
    read_frames: FramesReader = encode.read,
) -> Path:
    """Draws all rows into the PNG file `to`, and pages after the first beside it as `_2`, `_3` …

    A still or a clip that is not there leaves its place empty. Returns `to`.
    """
    for name, page in pages(production, rows, media, media, to.name, read_frames):
        put(to.with_name(name), page)
    return to


def pages(
    production: str,
    rows: Sequence[SheetRow],
    media: Media,
    clips: Media,
    name: str,
    read_frames: FramesReader = encode.read,
    on_row: Callable[[SheetRow, Pictures], None] = lambda row, pictures: None,
) -> Iterator[tuple[str, bytes]]:
    """The pages of a sheet called `name` as PNG files, each with its own name.

    Stills are looked for in the media root, and the clips of the rows in `clips`: there too, or where they
    were delivered to. `on_row` gets each row with its pictures, for which clips are read once.
    """
    parts = [rows[start : start + ROWS_PER_PAGE] for start in range(0, len(rows), ROWS_PER_PAGE)]
    for number, part in enumerate(parts or [rows], start=1):
        words = summary(rows) + (f", page {number} of {len(parts)}" if len(parts) > 1 else "")
        file = io.BytesIO()
        shown = [pictures(row, media, clips, read_frames) for row in part]
        for row, each in zip(part, shown, strict=True):
            on_row(row, each)
        _page(production, words, part, shown).save(file, "PNG")
        path = Path(name)
        yield name if number == 1 else f"{path.stem}_{number}{path.suffix}", file.getvalue()


def pictures(
    row: SheetRow, media: Media, clips: Media, read_frames: FramesReader = encode.read
) -> Pictures:
    """The still of a row and `FRAMES` frames, at most `TALL` pixels high; None where one is not there."""
    return [_still(row, media), *_frames(row, clips, read_frames)]


def _page(
    production: str,
    summary: str,
    rows: Sequence[SheetRow],
    pictures: Sequence[Pictures],
) -> Image.Image:
    wide = max((picture.width for each in pictures for picture in each if picture), default=TALL)
    first = MARGIN + CAPTION
    lefts = [first, *(first + wide + 3 * GAP + place * (wide + GAP) for place in range(FRAMES))]
    right = lefts[-1] + wide
    sheet = Image.new("RGB", (right + MARGIN, HEAD + len(rows) * ROW + MARGIN), PAPER)
    pen = ImageDraw.Draw(sheet)
    _head(pen, production, summary, lefts)
    for index, (row, each) in enumerate(zip(rows, pictures, strict=True)):
        top = HEAD + index * ROW
        pen.line((MARGIN, top, right, top), fill=LINE)
        _caption(sheet, pen, row, (MARGIN, top + 18))
        for left, picture in zip(lefts, each, strict=True):
            _tile(sheet, pen, picture, (left, top + 18, left + wide, top + 18 + TALL))
        if row.clip is None and row.instead:
            _say_instead(pen, row.instead, (lefts[1], top + 18, right, top + 18 + TALL))
    return sheet


def _head(pen: ImageDraw.ImageDraw, production: str, summary: str, lefts: Sequence[int]) -> None:
    pen.text((MARGIN, MARGIN - 10), production, BRIGHT, _font(32))
    pen.text((MARGIN, MARGIN + 40), summary, FAINT, _font(15))
    pen.text((lefts[0], HEAD - 28), "still", FAINT, _font(15))
    pen.text((lefts[1], HEAD - 28), "clip, from its first frame to its last", FAINT, _font(15))


def _caption(sheet: Image.Image, pen: ImageDraw.ImageDraw, row: SheetRow, corner: Point) -> None:
    """The shot's code, its verdict and numbers, and as much of its prompt as there is room for."""
    left, top = corner
    room, review = CAPTION - 3 * GAP, _review(row)
    for_code = room - int(_font(15).getlength(review)) - GAP
    pen.text((left, top - 6), _wrap(row.shot, _font(21), for_code, 1)[0], BRIGHT, _font(21))
    pen.text((left + room, top - 1), review, FAINT, _font(15), anchor="ra")
    after = left if row.verdict is None else _chip(sheet, pen, row.verdict, (left, top + 31)) + 10
    pen.text((after, top + 31), _numbers(row), FAINT, _font(15))
    rows = PROMPT_LINES - bool(row.made)
    missing = row.coverage is not None and not row.coverage.whole
    lacks = _wrap(f"shows {row.coverage}", _font(16), room, LACKS_LINES) if missing else []
    lines = [(line, VERDICTS["partly"]) for line in lacks]
    if told := in_short(row.lettering):
        most = 1 if told.told is Told.UNREAD else LACKS_LINES
        read = _wrap(told.sentence, _font(16), room, min(most, rows - 1 - len(lacks)))
        lines += [(line, LETTERING[told.told]) for line in read]
    prompt = _wrap(row.prompt, _font(16), room, rows - len(lines))
    lines += [(line, PLAIN) for line in prompt]
    if row.made:
        made = _wrap(row.made, _font(16), room, 1)[0]
        lines = [(made, VERDICTS["low_match"]), *lines]
    for index, (line, colour) in enumerate(lines):
        pen.text((left, top + 64 + index * PROMPT_LINE), line, colour, _font(16))


def _numbers(row: SheetRow) -> str:
    take = f"take {row.take}" if row.take is not None else "no take"
    match = f"match {row.match:.2f}" if row.match is not None else "no match"
    return f"{take}  ·  {match}"


def _review(row: SheetRow) -> str:
    """Where the shot stands with people, unless its chip says so already."""
    said = row.review.replace("_", " ") if row.review and row.review != row.verdict else ""
    return " · ".join(filter(None, ("draft" if row.draft else "", said)))


def _chip(sheet: Image.Image, pen: ImageDraw.ImageDraw, verdict: str, corner: Point) -> int:
    """The verdict in its colour; says where the chip ends."""
    left, top = corner
    word = verdict.replace("_", " ")
    width, height, fine = int(_font(14).getlength(word)) + 20, 22, 4
    mask = Image.new("L", (width * fine, height * fine))
    shape = (0, 0, mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(shape, mask.height // 2, 255)
    sheet.paste(VERDICTS[verdict], corner, mask.resize((width, height), Image.Resampling.BOX))
    pen.text((left + width / 2, top + height / 2), word, PAPER, _font(14), anchor="mm")
    return left + width


def _tile(
    sheet: Image.Image,
    pen: ImageDraw.ImageDraw,
    picture: Image.Image | None,
    box: tuple[int, int, int, int],
) -> None:
    """One picture in the middle of its place, or the empty place."""
    left, top, right, bottom = box
    if picture is None:
        pen.rectangle((left, top, right - 1, bottom - 1), fill=TILE)
        pen.text(((left + right) / 2, (top + bottom) / 2), "none", FAINT, _font(14), anchor="mm")
        return
    aside, down = (right - left - picture.width) // 2, (bottom - top - picture.height) // 2
    sheet.paste(picture, (left + aside, top + down))


def _say_instead(pen: ImageDraw.ImageDraw, words: str, box: tuple[int, int, int, int]) -> None:
    """Words over the place of all frames."""
    left, top, right, bottom = box
    pen.rectangle((left, top, right - 1, bottom - 1), fill=TILE)
    lines = _wrap(words, _font(18), right - left - 2 * MARGIN, PROMPT_LINES)
    first = (top + bottom) // 2 - len(lines) * PROMPT_LINE // 2
    for index, line in enumerate(lines):
        pen.text((left + MARGIN, first + index * PROMPT_LINE), line, PLAIN, _font(18))


def _still(row: SheetRow, media: Media) -> Image.Image | None:
    name = still_path(row.still) if row.still is not None else None
    if name is None or not media.exists(name):
        return None
    with media.open(name) as file, Image.open(file) as image:
        return _scaled(image.convert("RGB"))


def _frames(row: SheetRow, clips: Media, read_frames: FramesReader) -> Pictures:
    nothing = [None] * FRAMES
    if row.clip is None:
        return nothing
    try:
        with clips.get(row.clip) as place:
            frames = read_frames(place)
    except (OSError, FFmpegError):
        return nothing
    picked = np.linspace(0, len(frames) - 1, FRAMES).round().astype(int)
    return [_scaled(Image.fromarray(frames[index])) for index in picked]


def _scaled(image: Image.Image) -> Image.Image:
    """As tall as a row, and at most twice as wide as that."""
    return ImageOps.contain(image, (2 * TALL, TALL), Image.Resampling.BICUBIC)


def summary(rows: Sequence[SheetRow]) -> str:
    counts = Counter(row.verdict or "no take" for row in rows)
    parts = ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in counts.items())
    return f"{len(rows)} {'shot' if len(rows) == 1 else 'shots'}{': ' if rows else ''}{parts}"


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: int, lines: int) -> list[str]:
    return wrap(text, font.getlength, width, lines)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_file(), size)
