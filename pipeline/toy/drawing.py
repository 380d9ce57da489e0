"""Draws scenes: shapes with smooth edges on their grounds, at any size, the same wherever it runs."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.toy import world
from pipeline.toy.world import FRAMES, SIDE, Scene

Numbers = NDArray[np.floating]


def draw(
    scenes: Sequence[Scene], numbers: Sequence[int] = range(FRAMES), side: int = SIDE
) -> Numbers:
    """The scenes' frames with these numbers: (scenes, numbers, side, side, 3), 0..1."""
    clips = np.empty((len(scenes), len(numbers), side, side, 3), np.float32)
    for clip, scene in zip(clips, scenes, strict=True):
        under = ground(scene, side)
        covered = cover(scene.shape, world.path(scene, numbers), side)[..., None]
        clip[:] = under + (_shares(world.COLOURS[scene.colour]) - under) * covered
    return clips


def frames(
    scene: Scene, numbers: Sequence[int] = range(FRAMES), side: int = SIDE
) -> NDArray[np.uint8]:
    """One scene's frames as a film has them: (numbers, side, side, 3), 0..255."""
    return (draw([scene], numbers, side)[0] * 255).round().astype(np.uint8)


def ground(scene: Scene, side: int = SIDE) -> Numbers:
    """The ground alone: (side, side, 3), 0..1."""
    light, dark = (_shares(colour) for colour in world.GROUNDS[scene.ground])
    return light + (dark - light) * _texture(scene.texture, side)[..., None]


def cover(shape: str, places: Sequence[tuple[float, float, float]], side: int = SIDE) -> Numbers:
    """How much of each pixel the shape covers, at each of the places (x, y, radius).

    (places, side, side), 0..1.
    """
    x, y = grid(side)
    across, down, radius = np.asarray(places, np.float32).T[..., None, None]
    outside = _distance(shape, x - across, y - down, radius)
    return np.clip(0.5 - outside * np.float32(side / SIDE), 0, 1)


def grid(side: int = SIDE) -> tuple[Numbers, Numbers]:
    """x and y of every pixel's middle: two of (side, side)."""
    line = (np.arange(side, dtype=np.float32) + 0.5) * (SIDE / side)
    x, y = np.meshgrid(line, line)
    return x, y


def _shares(colour: world.Colour) -> Numbers:
    return np.asarray(colour, np.float32) / 255


def _texture(name: str, side: int) -> Numbers:
    """How much of the darker ground shows at each pixel: (side, side), 0..1."""
    x, y = grid(side)
    match name:
        case "fade":
            return y / SIDE
        case "stripes":
            return 0.32 + 0.32 * np.sin(2 * math.pi * x / 8)
        case "dots":
            return 0.7 * np.clip(1.7 - np.hypot(x % 8 - 4, y % 8 - 4), 0, 1)
        case _:
            return np.zeros_like(x)


def _distance(shape: str, x: Numbers, y: Numbers, radius: Numbers) -> Numbers:
    """From the outline of a shape around 0, negative inside."""
    match shape:
        case "circle":
            return np.hypot(x, y) - 0.96 * radius
        case "square":
            return np.maximum(abs(x), abs(y)) - 0.85 * radius
        case "triangle":
            return np.maximum(0.8660254 * abs(x) - 0.5 * y, y) - 0.61 * radius
        case _:
            return _star_distance(x, -y, 1.15 * radius)


def _star_distance(x: Numbers, y: Numbers, radius: Numbers) -> Numbers:
    """A star of five points, one up: the plane is folded until one edge is left to look at."""
    across, down = math.cos(math.pi / 5), -math.sin(math.pi / 5)
    x = abs(x)
    for sign in (1, -1):
        over = 2 * np.maximum(sign * across * x + down * y, 0)
        x, y = x - over * sign * across, y - over * down
    x, y = abs(x), y - radius
    # From the tip to an inner corner, as a share of the radius: the corners lie 0.435 away.
    edge_x, edge_y = -0.435 * down, 0.435 * across - 1
    along = (x * edge_x + y * edge_y) / (edge_x * edge_x + edge_y * edge_y)
    along = np.minimum(np.maximum(along, 0), radius)
    away = np.hypot(x - edge_x * along, y - edge_y * along)
    return away * np.sign(y * edge_x - x * edge_y)
