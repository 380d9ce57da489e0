"""Draws a picture with its crop beside it, for people to look at; never a still."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from pipeline.stills.subject import Box

SIDE = 720
"""Pixels of the longer side of each half."""
_GAP = 24
_COLOURS = {
    "kept": (255, 255, 255),
    "proposed": (255, 140, 0),
    "subject": (60, 220, 90),
    "lettering": (230, 60, 200),
}
_DIMMED = 0.45


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What is drawn on a picture, in its pixels."""

    kept: Box
    proposed: Box | None
    subject: Box | None
    lettering: Sequence[Box]


def panel(source: Image.Image, marks: Marks) -> Image.Image:
    """The whole picture with its marks, dark where it is cut; beside it the proposed crop, or else the
    one that is rendered."""
    crop = marks.proposed or marks.kept
    left = _marked(source, crop, marks)
    right = source.resize(_size((crop[2] - crop[0], crop[3] - crop[1])), box=crop)
    height = max(left.height, right.height)
    sheet = Image.new("RGB", (left.width + _GAP + right.width, height + _GAP), (24, 24, 24))
    sheet.paste(left, (0, 0))
    sheet.paste(right, (left.width + _GAP, 0))
    _legend(sheet, marks, height)
    return sheet


def _marked(source: Image.Image, crop: Box, marks: Marks) -> Image.Image:
    size = _size(source.size)
    scale = size[0] / source.width
    image = source.resize(size)
    dark = image.point([round(level * _DIMMED) for level in range(256)] * 3)
    bright = [round(edge * scale) for edge in crop]
    dark.paste(image.crop((bright[0], bright[1], bright[2], bright[3])), (bright[0], bright[1]))
    draw = ImageDraw.Draw(dark)
    for name, box in _boxes(marks):
        x0, y0, x1, y1 = (edge * scale for edge in box)
        draw.rectangle((x0, y0, max(x0, x1 - 1), max(y0, y1 - 1)), outline=_COLOURS[name], width=3)
    return dark


def _boxes(marks: Marks) -> list[tuple[str, Box]]:
    one = [("kept", marks.kept), ("proposed", marks.proposed), ("subject", marks.subject)]
    return [
        *((name, box) for name, box in one if box is not None),
        *(("lettering", box) for box in marks.lettering),
    ]


def _legend(sheet: Image.Image, marks: Marks, top: int) -> None:
    draw, x = ImageDraw.Draw(sheet), 6.0
    font = ImageFont.load_default(16)
    for name in dict.fromkeys(name for name, _ in _boxes(marks)):
        draw.text((x, top + 2), name, fill=_COLOURS[name], font=font)
        x += draw.textlength(name, font=font) + 18


def _size(size: tuple[float, float]) -> tuple[int, int]:
    scale = SIDE / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
