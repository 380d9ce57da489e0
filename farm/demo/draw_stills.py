"""Draws the demo's start pictures anew: `python -m farm.demo.draw_stills`."""

import math
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from farm.demo import folder

SIDE = 256
"""Pixels of a finished still."""
FINE = 4
"""Shapes are drawn this many times larger and scaled down, for smooth edges."""

Colour = tuple[int, int, int]
Point = tuple[float, float]

COLOURS: dict[str, Colour] = {
    "red": (214, 48, 49),
    "green": (39, 158, 84),
    "blue": (41, 98, 214),
    "yellow": (244, 196, 32),
    "purple": (130, 66, 190),
    "orange": (240, 124, 28),
}
GROUNDS: dict[str, tuple[Colour, Colour]] = {
    "cream": ((250, 243, 228), (238, 226, 203)),
    "mist": ((232, 238, 243), (208, 219, 229)),
    "sand": ((240, 226, 200), (222, 203, 170)),
    "sage": ((226, 234, 220), (203, 216, 196)),
    "slate": ((84, 94, 108), (60, 69, 82)),
    "night": ((44, 50, 76), (28, 32, 52)),
}
"""The lighter and the darker colour of each ground."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One shape on one ground. `centre` and `size` (the radius) are shares of the picture's side."""

    colour: str
    shape: str
    ground: str
    texture: str
    centre: Point
    size: float


SCENES: dict[str, Scene] = {
    "red_circle": Scene("red", "circle", "cream", "plain", (0.70, 0.50), 0.16),
    "blue_square": Scene("blue", "square", "mist", "fade", (0.29, 0.52), 0.17),
    "green_triangle": Scene("green", "triangle", "sand", "plain", (0.50, 0.70), 0.18),
    "yellow_star": Scene("yellow", "star", "night", "fade", (0.50, 0.28), 0.19),
    "purple_circle": Scene("purple", "circle", "sage", "stripes", (0.50, 0.50), 0.12),
    "orange_square": Scene("orange", "square", "slate", "plain", (0.50, 0.50), 0.28),
    "red_circle_dots": Scene("red", "circle", "mist", "dots", (0.72, 0.46), 0.17),
    "blue_star": Scene("blue", "star", "cream", "fade", (0.50, 0.52), 0.14),
    "green_square": Scene("green", "square", "mist", "plain", (0.68, 0.70), 0.16),
    "orange_circle": Scene("orange", "circle", "night", "stripes", (0.28, 0.50), 0.13),
    "blue_triangle": Scene("blue", "triangle", "sand", "stripes", (0.28, 0.52), 0.18),
    "red_star": Scene("red", "star", "sage", "dots", (0.52, 0.72), 0.18),
    "yellow_triangle": Scene("yellow", "triangle", "slate", "fade", (0.34, 0.54), 0.18),
    "purple_star": Scene("purple", "star", "sand", "dots", (0.50, 0.32), 0.18),
    "red_square": Scene("red", "square", "mist", "plain", (0.50, 0.30), 0.16),
}
"""Every still of the shot list by file name; each shape has room for the move its prompt asks for."""


def draw(scene: Scene) -> Image.Image:
    """The picture of a scene: 256 x 256, RGB. The same scene gives the same picture."""
    picture = _ground(scene)
    outline = _mask(scene, (0.0, 0.0))
    shadow = _mask(scene, (0.012, 0.02)).filter(ImageFilter.GaussianBlur(5))
    dark = Image.new("RGB", picture.size, GROUNDS[scene.ground][1])
    picture.paste(ImageChops.multiply(picture, dark), mask=shadow.point(lambda value: value * 0.55))
    picture.paste(COLOURS[scene.colour], mask=outline)
    return picture


def main(to: Path | None = None) -> list[Path]:
    """Writes every still into `to` (the package's own folder) and says where they are."""
    stills = to or folder() / "stills"
    stills.mkdir(parents=True, exist_ok=True)
    paths = [stills / f"{name}.png" for name in SCENES]
    for path, scene in zip(paths, SCENES.values(), strict=True):
        draw(scene).save(path, optimize=True)
    return paths


def _ground(scene: Scene) -> Image.Image:
    light, dark = (Image.new("RGB", (SIDE, SIDE), colour) for colour in GROUNDS[scene.ground])
    return Image.composite(dark, light, _texture(scene.texture))


def _texture(name: str) -> Image.Image:
    """How much of the darker ground shows at each pixel: 0..255."""
    weights = Image.new("L", (SIDE, SIDE), 0)
    if name == "fade":
        return Image.linear_gradient("L")
    if name == "stripes":
        across = [int(80 + 80 * math.sin(2 * math.pi * x / 32)) for x in range(SIDE)]
        weights.putdata(across * SIDE)
    if name == "dots":
        weights = _dots()
    return weights


def _dots() -> Image.Image:
    cell = Image.new("L", (32 * FINE, 32 * FINE), 0)
    middle, radius = 16 * FINE, 4 * FINE
    ImageDraw.Draw(cell).circle((middle, middle), radius, fill=170)
    small = cell.resize((32, 32), Image.Resampling.LANCZOS)
    tiled = Image.new("L", (SIDE, SIDE), 0)
    for x in range(0, SIDE, 32):
        for y in range(0, SIDE, 32):
            tiled.paste(small, (x, y))
    return tiled


def _mask(scene: Scene, offset: Point) -> Image.Image:
    """The shape in white on black, with smooth edges."""
    side = SIDE * FINE
    mask = Image.new("L", (side, side), 0)
    centre = ((scene.centre[0] + offset[0]) * side, (scene.centre[1] + offset[1]) * side)
    ImageDraw.Draw(mask).polygon(_corners(scene.shape, centre, scene.size * side), fill=255)
    return mask.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def _corners(shape: str, centre: Point, size: float) -> list[Point]:
    match shape:
        case "circle":
            return _ring(centre, [size * 0.96] * 180)
        case "square":
            return _ring(centre, [size * 1.2] * 4, turn=math.pi / 4)
        case "triangle":
            lowered = (centre[0], centre[1] + size * 0.22)
            return _ring(lowered, [size * 1.22] * 3)
        case _:
            return _ring(centre, [size * 1.15, size * 0.5] * 5)


def _ring(centre: Point, radii: list[float], turn: float = 0.0) -> list[Point]:
    """Points around `centre`, evenly spread, the first one straight up."""
    angles = (2 * math.pi * index / len(radii) + turn for index in range(len(radii)))
    return [
        (centre[0] + radius * math.sin(angle), centre[1] - radius * math.cos(angle))
        for angle, radius in zip(angles, radii, strict=True)
    ]


if __name__ == "__main__":
    for path in main():
        print(path)  # noqa: T201 - a small tool for the people of the project
