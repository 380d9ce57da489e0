"""Measures what a clip of a scene shows, frame by frame: the truth that scorers are judged by.

It knows the scene and its ground, which no scorer does, and must never become one.
"""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipeline.toy import drawing, world
from pipeline.toy.drawing import Numbers
from pipeline.toy.world import FRAMES, SHAPES, SIDE, Scene

JUMP = 5.0
"""A centre that moves so many pixels from one frame to the next has jumped."""
SHAPE_SHARE = 0.75
"""In so many of the frames the shape must be the right one."""
SMALLEST = 12
"""A subject covers at least so many pixels."""
FAINTEST = 0.3
"""What is covered less than this is ground."""
IDEALS: Mapping[str, tuple[float, float, float]] = {
    **{name: (float(x), float(y), 0.0) for name, (x, y) in world.DIRECTIONS.items()},
    "grow": (0.0, 0.0, 1.0),
    "shrink": (0.0, 0.0, -1.0),
    "rest": (0.0, 0.0, 0.0),
}
"""Each motion as shares of its full way: right, down, larger."""


@dataclass(frozen=True, slots=True)
class Look:
    """The subject in one frame."""

    colour: str
    """Empty where there is no subject."""
    shape: str
    centre: tuple[float, float]
    radius: float
    """Of a circle of the same area."""


NOTHING = Look("", "", (SIDE / 2, SIDE / 2), 0.1)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a clip shows."""

    looks: tuple[Look, ...]

    @property
    def colours(self) -> tuple[str, ...]:
        return tuple(look.colour for look in self.looks)

    @property
    def shapes(self) -> tuple[str, ...]:
        return tuple(look.shape for look in self.looks)

    @property
    def jumped(self) -> bool:
        """Whether the subject is somewhere else from one frame to the next."""
        pairs = itertools.pairwise(self.looks)
        return any(math.dist(one.centre, other.centre) > JUMP for one, other in pairs)

    def kept(self, scene: Scene) -> bool:
        """The right colour in every frame; the right shape in the last and in three of four frames."""
        right = [shape == scene.shape for shape in self.shapes]
        coloured = all(colour == scene.colour for colour in self.colours)
        return coloured and right[-1] and sum(right) >= SHAPE_SHARE * len(right)

    def did(self, stages: int = 1) -> tuple[str, ...]:
        """The motion of each part of the clip: the one whose ideal lies nearest."""
        return tuple(min(part, key=part.__getitem__) for part in self.distances(stages))

    def distances(self, stages: int = 1) -> tuple[Mapping[str, float], ...]:
        """How far each part of the clip lies from each motion; 1 is the whole way of one."""
        last = len(self.looks) - 1
        cuts = [round(number * last / stages) for number in range(stages + 1)]
        parts = itertools.pairwise(cuts)
        return tuple(self._distances(self.looks[a], self.looks[b], stages) for a, b in parts)

    def _distances(self, before: Look, after: Look, stages: int) -> Mapping[str, float]:
        far, grown, shrunk = world.extent(stages)
        share = (len(self.looks) - 1) / (FRAMES - 1)
        scale = math.log(after.radius / before.radius)
        seen = (
            (after.centre[0] - before.centre[0]) / far / share,
            (after.centre[1] - before.centre[1]) / far / share,
            scale / abs(math.log(grown if scale > 0 else shrunk)) / share,
        )
        return {name: math.dist(ideal, seen) for name, ideal in IDEALS.items()}

    def mirrored(self) -> "Measured":
        """What measuring would find in a mirror."""
        return Measured(
            tuple(
                replace(look, centre=(SIDE - look.centre[0], look.centre[1])) for look in self.looks
            )
        )

    def follows(self, scene: Scene) -> bool:
        """Whether it moved as the scene does."""
        return self.did(len(scene.moves)) == scene.moves

    def succeeded(self, scene: Scene) -> bool:
        """The scene's subject did what the scene does, stayed itself and did not jump."""
        return self.follows(scene) and self.kept(scene) and not self.jumped


def measure(frames: NDArray[np.uint8], scene: Scene) -> Measured:
    """What the frames (frames, 64, 64, 3) show on the ground of `scene`.

    Raises `ValueError` for frames of another size.
    """
    if frames.shape[1:] != (SIDE, SIDE, 3):
        raise ValueError(f"frames of {frames.shape[1:]} cannot be measured: {SIDE} x {SIDE}, RGB")
    clip = frames.astype(np.float32) / 255
    ground = drawing.ground(scene)
    return Measured(tuple(_look(frame, ground) for frame in clip))


def _look(frame: Numbers, ground: Numbers) -> Look:
    colour, pixels = _largest_colour(frame, ground)
    covered = _covered(frame, ground, colour)
    mass = float(covered.sum())
    if min(pixels, mass) < SMALLEST:
        return NOTHING
    x, y = drawing.grid()
    centre = (float((covered * x).sum()) / mass, float((covered * y).sum()) / mass)
    return Look(colour, _shape(covered, centre), centre, math.sqrt(mass / math.pi))


def _largest_colour(frame: Numbers, ground: Numbers) -> tuple[str, int]:
    """The colour that most pixels are nearer to than to the ground, and how many they are."""
    names = [*world.COLOURS]
    palette = np.asarray([*world.COLOURS.values()], np.float32) / 255
    away = np.square(frame[:, :, None] - palette).sum(-1)
    inside = away.min(-1) < np.square(frame - ground).sum(-1)
    areas = np.bincount(away.argmin(-1)[inside], minlength=len(names))
    return names[areas.argmax()], int(areas.max())


def _covered(frame: Numbers, ground: Numbers, colour: str) -> Numbers:
    """How much of each pixel has the colour instead of the ground: (64, 64), 0..1."""
    step = np.asarray(world.COLOURS[colour], np.float32) / 255 - ground
    share = ((frame - ground) * step).sum(-1) / np.square(step).sum(-1)
    share = np.where(share < FAINTEST, 0, share.clip(max=1))
    return share * _near_the_middle(share)


def _near_the_middle(share: Numbers) -> NDArray[np.bool_]:
    """Leaves stray pixels out: what lies within reach of the median of the mass."""
    mass = float(share.sum())
    across, down = (np.searchsorted(share.sum(axis).cumsum(), mass / 2) for axis in (0, 1))
    x, y = drawing.grid()
    return np.hypot(x - across, y - down) < 2.2 * math.sqrt(mass / math.pi) + 2


def _shape(covered: Numbers, centre: tuple[float, float]) -> str:
    """The shape that overlaps most when it is drawn at the same place and as large."""

    def overlap(shape: str) -> float:
        radius = math.sqrt(float(covered.sum()) / _area(shape))
        (like,) = drawing.cover(shape, [(*centre, radius)])
        return float(np.minimum(covered, like).sum() / np.maximum(covered, like).sum())

    return max(SHAPES, key=overlap)


@cache
def _area(shape: str) -> float:
    """The area of the shape of radius 1."""
    radius = SIDE / 4
    return float(drawing.cover(shape, [(SIDE / 2, SIDE / 2, radius)]).sum()) / radius**2
