"""Draws the demo's start pictures anew: `python -m farm.demo.draw_stills`."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from farm.demo import folder
from pipeline.toy import drawing, world
from pipeline.toy.world import Scene

SIDE = 256
"""Pixels of a finished still; the toy renders a quarter of it, with letters three eighths."""
FINE = 4
"""Letters are drawn so many times as large, so that their edges are as smooth as those of shapes."""
SCENES: dict[str, Scene] = {
    "red_circle": Scene("red", "circle", "cream", "plain", (44, 32), 10.5, ("left",)),
    "blue_square": Scene("blue", "square", "mist", "fade", (20, 33), 11, ("right",)),
    "green_triangle": Scene("green", "triangle", "sand", "plain", (32, 44), 11.5, ("up",)),
    "orange_square": Scene("orange", "square", "slate", "plain", (32, 32), 12, ("shrink",)),
    "yellow_star": Scene("yellow", "star", "night", "fade", (32, 20), 12, ("down",)),
    "purple_circle": Scene("purple", "circle", "sage", "stripes", (32, 32), 10, ("grow",)),
    "green_square": Scene("green", "square", "mist", "plain", (43, 44), 10, ("up", "left")),
    "orange_circle": Scene("orange", "circle", "night", "stripes", (24, 32), 10, ("right", "grow")),
    "blue_triangle": Scene("blue", "triangle", "sand", "stripes", (21, 33), 11, ("right",)),
    "red_star": Scene("red", "star", "sage", "dots", (32, 44), 11.5, ("up",)),
    "yellow_square": Scene("yellow", "square", "slate", "dots", (34, 22), 11, ("down",)),
    "yellow_triangle": Scene("yellow", "triangle", "slate", "fade", (22, 34), 11, ("right",)),
    "purple_star": Scene("purple", "star", "sand", "dots", (32, 21), 11.5, ("down",)),
    "red_square": Scene("red", "square", "mist", "plain", (32, 21), 10.5, ("down",)),
    "blue_star": Scene("blue", "star", "cream", "fade", (49, 32), 11.5, ("right",)),
    "orange_star": Scene("orange", "star", "mist", "plain", (44, 33), 11, ("left",)),
    "tea": Scene("green", "square", "sand", "fade", (32, 38), 16, ("up",)),
}
"""Every still of the shot list by file name, and what the shot's prompt asks its shape to do."""
WORDS = {"tea": "TEA"}
"""What is written on the shape, by file name."""
INK = 0.3
"""How bright letters are, as a share of their shape's colour."""
LETTERED = 0.88
"""Share of a square's side that its word is wide."""
BOLD = 0.05
"""How much bolder letters are drawn than their font is, as a share of its size."""


def draw(scene: Scene) -> Image.Image:
    """The picture of a scene: 256 x 256, RGB. The same scene gives the same picture."""
    return Image.fromarray(drawing.frames(scene, [0], SIDE)[0])


def written(picture: Image.Image, scene: Scene, word: str) -> Image.Image:
    """The same with a word in the middle of its shape, a square, as a label is printed on a box."""
    scale = SIDE * FINE / world.SIDE
    sheet = picture.resize((SIDE * FINE, SIDE * FINE), Image.Resampling.BOX)
    pen, wide = ImageDraw.Draw(sheet), LETTERED * 2 * world.reach("square", scene.radius) * scale
    ink = tuple(round(INK * share) for share in world.COLOURS[scene.colour])
    size = 100.0
    left, _, right, _ = _box(pen, word, size)
    size *= wide / (right - left)
    left, top, right, bottom = _box(pen, word, size)
    x, y = (scale * place for place in scene.centre)
    corner = x - (left + right) / 2, y - (top + bottom) / 2
    pen.text(corner, word, ink, ImageFont.load_default(size), "ls", stroke_width=BOLD * size)
    return sheet.resize((SIDE, SIDE), Image.Resampling.BOX)


def _box(pen: ImageDraw.ImageDraw, word: str, size: float) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a word that begins at 0, 0."""
    font = ImageFont.load_default(size)
    return pen.textbbox((0, 0), word, font, "ls", stroke_width=BOLD * size)


def main(to: Path | None = None) -> list[Path]:
    """Writes every still into `to` (the package's own folder) and says where they are."""
    stills = to or folder() / "stills"
    stills.mkdir(parents=True, exist_ok=True)
    paths = [stills / f"{name}.png" for name in SCENES]
    for path, (name, scene) in zip(paths, SCENES.items(), strict=True):
        picture = draw(scene)
        if word := WORDS.get(name):
            picture = written(picture, scene, word)
        picture.save(path, optimize=True)
    return paths


if __name__ == "__main__":
    for path in main():
        print(path)  # noqa: T201 - a small tool for the people of the project
