"""Films in other colours and on other grounds: how a shape melts has little to do with either.

A film is taken apart into the subject's share of each pixel and what is neither subject nor ground, and put
together again. A few thousand films would otherwise be learnt by heart.
"""

import random
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from pipeline.toy import drawing, world
from pipeline.toy.measuring import Measured
from pipeline.toy.world import Scene

if TYPE_CHECKING:
    from torch import Tensor


def redress(frames: "Tensor", scene: Scene, wanted: Scene) -> "Tensor":
    """Frames (3, n, 64, 64) of a film of `scene`, in -1..1, as if it were of `wanted`.

    The two may differ in colour, ground and texture.
    """
    shares = (frames + 1) / 2
    under, colour = _ground(scene.ground, scene.texture), _colour(scene.colour)
    step = colour - under
    covered = ((shares - under) * step).sum(0, keepdim=True) / step.square().sum(0, keepdim=True)
    covered = covered.clamp(0, 1)
    rest = shares - (under + step * covered)
    other = _ground(wanted.ground, wanted.texture)
    made = other + (_colour(wanted.colour) - other) * covered + rest
    return made.clamp(0, 1) * 2 - 1


def another(scene: Scene, measured: Measured, rng: random.Random) -> Scene:
    """The scene in another colour and on another ground; in the same, where the film changes its colour.

    Pairs of colour and shape that training must not see stay out of it.
    """
    if any(colour != scene.colour for colour in measured.colours):
        return scene
    shapes = {*measured.shapes, scene.shape}
    colours = [
        colour
        for colour in world.COLOURS
        if all((colour, shape) not in world.HELD_OUT for shape in shapes)
    ]
    return replace(
        scene,
        colour=rng.choice(colours),
        ground=rng.choice([*world.GROUNDS]),
        texture=rng.choice(world.TEXTURES),
    )


def repainted(measured: Measured, colour: str) -> Measured:
    """What measuring finds in the same film of a subject of that colour."""
    return Measured(tuple(replace(look, colour=colour) for look in measured.looks))


@cache
def _ground(name: str, texture: str) -> "Tensor":
    """(3, 1, 64, 64), 0..1."""
    import torch

    empty = Scene("red", "circle", name, texture, (32.0, 32.0), 9.0, ("rest",))
    return torch.from_numpy(drawing.ground(empty)).float().permute(2, 0, 1)[:, None]


def _colour(name: str) -> "Tensor":
    """(3, 1, 1, 1), 0..1."""
    import torch

    return torch.tensor(world.COLOURS[name]).float().view(3, 1, 1, 1) / 255
