"""What scenes look like: the same every time, at any size, with the shape where its path says."""

import random
from dataclasses import replace

import numpy as np
import pytest

from pipeline.toy import choosing, drawing, world
from pipeline.toy.world import Scene

SCENE = Scene("red", "circle", "cream", "plain", (40.0, 24.0), 10.0, ("left",))


def test_the_same_scene_is_drawn_the_same() -> None:
    scene = choosing.choose(random.Random(11))
    again = choosing.choose(random.Random(11))
    assert np.array_equal(drawing.frames(scene), drawing.frames(again))


def test_scenes_are_drawn_together_as_one_by_one() -> None:
    rng = random.Random(12)
    scenes = [choosing.choose(rng, world.PAIRS) for _ in range(8)]
    together = drawing.draw(scenes)
    assert together.shape == (8, 17, 64, 64, 3)
    assert together.dtype == np.float32
    assert 0 <= together.min() <= together.max() <= 1
    for clip, scene in zip(together, scenes, strict=True):
        assert np.array_equal(clip, drawing.draw([scene])[0])


def test_single_frames_are_those_of_the_whole_clip() -> None:
    assert np.array_equal(drawing.frames(SCENE)[[0, 5, 16]], drawing.frames(SCENE, (0, 5, 16)))


@pytest.mark.parametrize("shape", world.SHAPES)
def test_the_shape_is_where_its_path_says_in_its_colour(shape: str) -> None:
    scene = replace(SCENE, shape=shape)
    for frame, (x, y, _) in zip(drawing.frames(scene), world.path(scene), strict=True):
        assert tuple(frame[round(y), round(x)]) == world.COLOURS["red"]
        assert tuple(frame[60, 60]) == world.GROUNDS["cream"][0]


@pytest.mark.parametrize("shape", world.SHAPES)
def test_no_shape_is_larger_than_its_reach(shape: str) -> None:
    (covered,) = drawing.cover(shape, [(32.0, 32.0, 16.0)], side=512)
    x, y = drawing.grid(side=512)
    far = np.maximum(abs(x - 32), abs(y - 32))[covered > 0.5].max()
    assert world.reach(shape, 16.0) - 0.5 < far < world.reach(shape, 16.0) + 0.1


def test_the_shapes_are_four_different_ones() -> None:
    covers = [drawing.cover(shape, [(32.0, 32.0, 12.0)])[0] for shape in world.SHAPES]
    for number, one in enumerate(covers):
        for other in covers[number + 1 :]:
            assert abs(one - other).sum() > 50


def test_edges_are_smooth() -> None:
    (covered,) = drawing.cover("circle", [(32.0, 32.0, 12.0)])
    assert ((covered > 0.05) & (covered < 0.95)).sum() > 40


@pytest.mark.parametrize("texture", world.TEXTURES)
@pytest.mark.parametrize("ground", world.GROUNDS)
def test_a_ground_lies_between_its_two_colours(ground: str, texture: str) -> None:
    drawn = drawing.ground(replace(SCENE, ground=ground, texture=texture)) * 255
    light, dark = (np.asarray(colour) for colour in world.GROUNDS[ground])
    assert (drawn <= light + 0.01).all()
    assert (drawn >= dark - 0.01).all()
    assert (np.ptp(drawn, axis=(0, 1)).max() > 3) == (texture != "plain")


def test_a_larger_picture_shows_the_same_scene() -> None:
    large = drawing.draw([SCENE], [0], side=256)[0, 0]
    small = large.reshape(64, 4, 64, 4, 3).mean((1, 3))
    assert large.shape == (256, 256, 3)
    assert abs(small - drawing.draw([SCENE], [0])[0, 0]).mean() < 0.002
