"""Clips that do a part of what they should, as models make them, drawn with what each of them does.

A drawn scene does all that it is to do and stays itself. What a model makes may stop half way, drift, leave
the frame, melt into another shape or jump; a picture tower that never saw such clips passes them.
"""

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.toy import choosing, drawing, measuring, world
from pipeline.toy.measuring import Look, Measured
from pipeline.toy.world import FRAMES, Scene

if TYPE_CHECKING:
    from torch import Tensor

Place = tuple[float, float, float]
"""x, y and radius in pixels."""
CRAMPED = 0.1
"""Share of clips whose subject moves where there is no room."""
TURNED = 0.3
"""Share of clips whose subject turns into another."""
JUMPED = 0.06
UNCLEAR = 0.15
"""A subject that is another by half, give or take so much, could be called either."""
LOST = 0.25
"""A subject of which more than so much lies outside the frame could be called another shape."""


@dataclass(frozen=True, slots=True)
class Turn:
    """From frame `start` on the subject turns into another, within `frames` of them."""

    colour: str
    shape: str
    start: float
    frames: float

    def share(self, number: int) -> float:
        """How much of the other one frame `number` shows, 0..1."""
        return min(max((number - self.start) / self.frames, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Performance:
    """A clip of a scene, and what measuring it would find."""

    scene: Scene
    frames: "Tensor"
    """(3, 17, 64, 64), -1..1; of a film those of its filmstrip."""
    measured: Measured
    unclear: frozenset[int]
    """Frames whose subject could be called either way."""


def perform(scene: Scene, rng: random.Random) -> Performance:
    """A clip of the scene as a model might make it: most do all of it, others a part, or fall apart."""
    if rng.random() < CRAMPED:
        scene = choosing.choose_cramped(rng, rng.choice([*world.DIRECTIONS]))
    places = _places(scene, rng)
    if rng.random() < JUMPED:
        places = _jumping(places, rng)
    return _play(scene, places, _turn(scene, rng) if rng.random() < TURNED else None)


def _places(scene: Scene, rng: random.Random) -> list[Place]:
    """Most do all of it, give or take a little, and some do a part, late or early, or drift aside."""
    far, grown, shrunk = world.extent(len(scene.moves))
    share = rng.uniform(0.8, 1.15) if rng.random() < 0.65 else rng.uniform(0.0, 1.2)
    shares = (share, share if rng.random() < 0.6 else rng.uniform(0.0, 1.15))
    drift = rng.choice((0.0, 0.0, 0.1, 0.2, 0.4)) * rng.uniform(0.5, 1.0)
    pace, angle = rng.choice((1.0, 1.0, 0.7, 1.4)), rng.uniform(0, 2 * math.pi)
    aside = (math.cos(angle) * drift * world.MOVE, math.sin(angle) * drift * world.MOVE)
    swell = rng.choice((0.0, 0.0, rng.uniform(-drift, drift))) * math.log(world.GROWN)
    found: list[Place] = []
    for number in range(FRAMES):
        whole = number / (FRAMES - 1)
        x, y = (start + way * whole for start, way in zip(scene.centre, aside, strict=True))
        scale = swell * whole
        for stage, (move, done) in enumerate(zip(scene.moves, shares, strict=False)):
            done *= min(max(whole * len(scene.moves) - stage, 0.0), 1.0) ** pace
            across, down = world.DIRECTIONS.get(move, (0, 0))
            x, y = x + across * far * done, y + down * far * done
            if move in ("grow", "shrink"):
                scale += math.log(grown if move == "grow" else shrunk) * done
        found.append((x, y, scene.radius * math.exp(scale)))
    return found


def _jumping(places: list[Place], rng: random.Random) -> list[Place]:
    at, angle = rng.randrange(2, FRAMES - 1), rng.uniform(0, 2 * math.pi)
    far = rng.uniform(measuring.JUMP + 2, 14)
    x, y = math.cos(angle) * far, math.sin(angle) * far
    return [*places[:at], *((one[0] + x, one[1] + y, one[2]) for one in places[at:])]


def _turn(scene: Scene, rng: random.Random) -> Turn:
    other = choosing.wrong(scene, rng.choice(("shape", "shape", "shape", "colour", "subject")), rng)
    return Turn(other.colour, other.shape, rng.uniform(1, FRAMES - 2), rng.uniform(0.5, 8))


def _play(scene: Scene, places: list[Place], turn: Turn | None) -> Performance:
    import torch

    covered = drawing.cover(scene.shape, places)
    whole = covered.sum((1, 2))
    colour = np.broadcast_to(_shares(scene.colour), (FRAMES, 1, 1, 3))
    shares = np.zeros(FRAMES, np.float32)
    if turn is not None:
        shares = np.asarray([turn.share(number) for number in range(FRAMES)], np.float32)
        over = shares[:, None, None]
        covered = covered + (drawing.cover(turn.shape, places) - covered) * over
        colour = colour + (_shares(turn.colour) - colour) * over[..., None]
    under = drawing.ground(scene)
    clip = (under + (colour - under) * covered[..., None]).astype(np.float32)
    looks = [
        _look(
            cover,
            (turn.colour, turn.shape) if turn and share > 0.5 else (scene.colour, scene.shape),
        )
        for cover, share in zip(covered, shares, strict=True)
    ]
    inside = whole / (_area(scene.shape) * np.square([radius for *_, radius in places]))
    unclear = (abs(shares - 0.5) < UNCLEAR) & (turn is not None) | (inside < 1 - LOST)
    return Performance(
        scene,
        torch.from_numpy(clip).permute(3, 0, 1, 2).contiguous() * 2 - 1,
        Measured(tuple(looks)),
        frozenset(np.flatnonzero(unclear).tolist()),
    )


def _look(covered: drawing.Numbers, subject: tuple[str, str]) -> Look:
    mass = float(covered.sum())
    if mass < measuring.SMALLEST:
        return measuring.NOTHING
    x, y = drawing.grid()
    centre = (float((covered * x).sum()) / mass, float((covered * y).sum()) / mass)
    return Look(*subject, centre, math.sqrt(mass / math.pi))


def _area(shape: str) -> float:
    """Of radius 1."""
    return float(drawing.cover(shape, [(world.SIDE / 2, world.SIDE / 2, 16.0)]).sum()) / 16.0**2


def _shares(name: str) -> drawing.Numbers:
    return np.asarray(world.COLOURS[name], np.float32) / 255
