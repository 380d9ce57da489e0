"""Films in other colours and on other grounds are what they would be, had they been made so."""

import random
from dataclasses import replace

import numpy as np
import pytest

from pipeline.toy import choosing, drawing, measuring, world
from pipeline.toy.training import batches, performing, redressing


def test_a_drawn_clip_redressed_is_the_clip_drawn_so() -> None:
    rng = random.Random(8)
    for _ in range(24):
        scene = choosing.choose(rng)
        other = redressing.another(scene, measuring.measure(drawing.frames(scene), scene), rng)
        (clip,) = batches.clips([scene])
        (drawn,) = batches.clips([other])
        off = (redressing.redress(clip, scene, other) - drawn).abs().max()
        assert off < 0.03, (scene, other)


def test_what_is_wrong_with_a_film_is_wrong_with_it_in_another_dress() -> None:
    """Clips that melt, stop half way or leave the frame are measured alike in every colour."""
    rng, alike, seen = random.Random(9), 0, 0
    for _ in range(40):
        play = performing.perform(choosing.choose_for_training(rng), rng)
        scene = play.scene
        found = measuring.measure(batches.frames(play.frames[None])[0], scene)
        other = redressing.another(scene, found, rng)
        if other == scene:
            continue
        dressed = batches.frames(redressing.redress(play.frames, scene, other)[None])[0]
        said = redressing.repainted(found, other.colour)
        measured = measuring.measure(dressed, other)
        seen += 1
        alike += measured.succeeded(other) == said.succeeded(other)
        for one, there in zip(measured.looks, said.looks, strict=True):
            assert np.hypot(*np.subtract(one.centre, there.centre)) < 1.5
    assert seen > 20
    assert alike >= 0.95 * seen


@pytest.mark.parametrize("shape", world.SHAPES)
def test_no_film_is_dressed_as_a_pair_that_training_must_not_see(shape: str) -> None:
    rng = random.Random(shape)
    scene = replace(choosing.choose(rng), shape=shape)
    measured = measuring.measure(drawing.frames(scene), scene)
    dressed = {redressing.another(scene, measured, rng).colour for _ in range(60)}
    allowed = {colour for colour in world.COLOURS if (colour, shape) not in world.HELD_OUT}
    assert dressed == allowed


def test_a_film_that_changes_its_colour_keeps_it() -> None:
    rng = random.Random(11)
    scene = choosing.choose(rng, pairs=[("red", "circle")])
    frames = drawing.frames(scene)
    frames[9:] = drawing.frames(replace(scene, colour="blue"))[9:]
    measured = measuring.measure(frames, scene)
    assert redressing.another(scene, measured, rng) == scene
