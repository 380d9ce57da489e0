"""Draws the tiny world in one picture, for its README: `python -m pipeline.toy.picture [FILE]`."""

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from pipeline.toy import captions, drawing
from pipeline.toy.world import Scene

SCENES = (
    Scene("red", "circle", "cream", "plain", (42, 32), 11, ("left",)),
    Scene("blue", "star", "mist", "fade", (22, 32), 12, ("right",)),
    Scene("green", "triangle", "sand", "stripes", (32, 42), 12, ("up",)),
    Scene("yellow", "square", "night", "plain", (32, 22), 11, ("down",)),
    Scene("purple", "circle", "sage", "dots", (32, 32), 10, ("grow",)),
    Scene("orange", "square", "slate", "fade", (32, 32), 12.5, ("shrink",)),
    Scene("red", "triangle", "mist", "dots", (32, 34), 12, ("rest",)),
    Scene("purple", "star", "cream", "stripes", (38, 38), 12, ("up", "left")),
)
"""Every motion, colour, shape, ground and texture; the last one in two stages."""
FRAMES = (0, 4, 8, 12, 16)
SIDE, GAP, LINE = 96, 4, 26
"""Pixels of a frame, between frames, and of a caption."""
COLUMNS = 2
PAPER, INK = (255, 255, 255), (40, 44, 52)


def draw() -> Image.Image:
    """Five frames of each scene under its caption, two scenes abreast."""
    across, down = len(FRAMES) * (SIDE + GAP) + 3 * GAP, SIDE + LINE + 2 * GAP
    rows = -(-len(SCENES) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * across, rows * down), PAPER)
    for number, scene in enumerate(SCENES):
        row, column = divmod(number, COLUMNS)
        _draw_scene(sheet, scene, column * across + 2 * GAP, row * down)
    return sheet


def _draw_scene(sheet: Image.Image, scene: Scene, left: int, top: int) -> None:
    font = ImageFont.load_default(15)
    ImageDraw.Draw(sheet).text((left, top + 5), captions.short(scene), INK, font)
    for number, frame in enumerate(drawing.frames(scene, FRAMES, SIDE)):
        sheet.paste(Image.fromarray(frame), (left + number * (SIDE + GAP), top + LINE))


def main(to: Path | None = None) -> Path:
    """Writes the picture to `to` (beside the README) and says where it is."""
    place = to or Path(__file__).with_name("world.png")
    draw().save(place, optimize=True)
    return place


if __name__ == "__main__":
    sys.stdout.write(f"{main(*map(Path, sys.argv[1:2]))}\n")
