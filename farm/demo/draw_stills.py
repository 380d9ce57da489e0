"""Draws the demo's start pictures anew: `python -m farm.demo.draw_stills`."""

from pathlib import Path

from PIL import Image

from farm.demo import folder
from pipeline.toy import drawing
from pipeline.toy.world import Scene

SIDE = 256
"""Pixels of a finished still; the toy renders a quarter of it."""
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
}
"""Every still of the shot list by file name, and what the shot's prompt asks its shape to do."""


def draw(scene: Scene) -> Image.Image:
    """The picture of a scene: 256 x 256, RGB. The same scene gives the same picture."""
    return Image.fromarray(drawing.frames(scene, [0], SIDE)[0])


def main(to: Path | None = None) -> list[Path]:
    """Writes every still into `to` (the package's own folder) and says where they are."""
    stills = to or folder() / "stills"
    stills.mkdir(parents=True, exist_ok=True)
    paths = [stills / f"{name}.png" for name in SCENES]
    for path, scene in zip(paths, SCENES.values(), strict=True):
        draw(scene).save(path, optimize=True)
    return paths


if __name__ == "__main__":
    for path in main():
        print(path)  # noqa: T201 - a small tool for the people of the project
