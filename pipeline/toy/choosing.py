"""Scenes by chance: with room for what they do, without it, for training, and wrong ones beside them."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pipeline.toy import world
from pipeline.toy.world import Pair, Scene

OVERHANG = 2.5
"""How far a chosen shape may reach over the edge of the frame, in pixels."""
NO_ROOM = 5.0
"""At most so many pixels lie between a cramped shape and the edge that it is asked to move to."""

Kind = Literal["colour", "shape", "subject", "motion"]
"""What is wrong about a scene; a wrong subject has another colour and another shape."""


def choose(
    rng: random.Random,
    pairs: Sequence[Pair] = world.SEEN,
    moves: tuple[str, ...] | None = None,
    *,
    free: bool = True,
) -> Scene:
    """A scene of these pairs that does `moves` (one motion by chance where there are none).

    `free`: there is room for every single motion, so that the place gives nothing away.
    """
    colour, shape = rng.choice(pairs)
    ground, texture = rng.choice(tuple(world.GROUNDS)), rng.choice(world.TEXTURES)
    moves = moves or (rng.choice(world.MOTIONS),)
    needed = [moves, *([(move,) for move in world.MOTIONS] if free else [])]
    while True:
        radius = rng.uniform(*world.RADII)
        centre = (rng.uniform(8, world.SIDE - 8), rng.uniform(8, world.SIDE - 8))
        scene = Scene(colour, shape, ground, texture, centre, radius, moves)
        if all(world.fits(replace(scene, moves=each), -OVERHANG) for each in needed):
            return scene


def choose_stages(rng: random.Random) -> tuple[str, str]:
    """Two different motions for the halves of a clip."""
    first, second = rng.sample(world.CHANGES, 2)
    return first, second


def choose_for_training(rng: random.Random) -> Scene:
    """A scene that training may see: with room for every motion, anywhere, or staged."""
    kind = rng.random()
    if kind < 0.4:
        return choose(rng)
    if kind < 0.65:
        return choose(rng, free=False)
    return choose(rng, moves=choose_stages(rng), free=False)


def choose_cramped(rng: random.Random, move: str) -> Scene:
    """A scene that is to move (left, right, up or down) towards an edge that is too near."""
    colour, shape = rng.choice(world.SEEN)
    ground, texture = rng.choice(tuple(world.GROUNDS)), rng.choice(world.TEXTURES)
    radius = rng.uniform(*world.RADII)
    across, down = world.DIRECTIONS[move]
    from_middle = world.SIDE / 2 - world.reach(shape, radius) - rng.uniform(0, NO_ROOM)
    aside = rng.uniform(-10, 10)
    centre = (
        world.SIDE / 2 + (across * from_middle if across else aside),
        world.SIDE / 2 + (down * from_middle if down else aside),
    )
    return Scene(colour, shape, ground, texture, centre, radius, (move,))


def wrong(scene: Scene, kind: Kind, rng: random.Random) -> Scene:
    """The scene with something else about it; a pair that training must not see stays out of it."""
    while True:
        other = _changed(scene, kind, rng)
        known = (other.colour, other.shape) in world.SEEN
        if known or (scene.colour, scene.shape) not in world.SEEN:
            return other


def _changed(scene: Scene, kind: Kind, rng: random.Random) -> Scene:
    if kind == "motion":
        return replace(scene, moves=_other_moves(scene.moves, rng))
    colour, shape = scene.colour, scene.shape
    if kind in ("colour", "subject"):
        colour = rng.choice([each for each in world.COLOURS if each != colour])
    if kind in ("shape", "subject"):
        shape = rng.choice([each for each in world.SHAPES if each != shape])
    return replace(scene, colour=colour, shape=shape)


def _other_moves(moves: tuple[str, ...], rng: random.Random) -> tuple[str, ...]:
    """Another motion; of two, another first or second, or the same two the other way round."""
    if len(moves) == 1:
        if rng.random() < 0.15:
            return choose_stages(rng)
        return (rng.choice([move for move in world.MOTIONS if move != moves[0]]),)
    first, second = moves
    if rng.random() < 0.4:
        return second, first
    other = rng.choice([move for move in world.CHANGES if move not in moves])
    return (other, second) if rng.random() < 0.5 else (first, other)
