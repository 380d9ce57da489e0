"""Measurements are right on drawn clips, and notice each way in which a clip can go wrong."""

import random
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.toy import choosing, drawing, measuring, world
from pipeline.toy.world import Scene

SEEDS = range(4)


def a_scene(seed: int, *moves: str) -> Scene:
    rng = random.Random(f"measuring/{seed}")
    return choosing.choose(rng, world.PAIRS, moves, free=len(moves) == 1)


def worn(frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The frames as a model might render them: softer and noisy."""
    soft = frames.astype(float)
    for axis in (1, 2):
        soft = (np.roll(soft, 1, axis) + 2 * soft + np.roll(soft, -1, axis)) / 4
    noise = np.random.default_rng(1).normal(0, 6, frames.shape)
    return (soft + noise).clip(0, 255).round().astype(np.uint8)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("motion", world.MOTIONS)
def test_every_motion_is_measured_right(motion: str, seed: int) -> None:
    scene = a_scene(seed, motion)
    for frames in (drawing.frames(scene), worn(drawing.frames(scene))):
        measured = measuring.measure(frames, scene)
        assert measured.did() == (motion,)
        assert measured.succeeded(scene)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("moves", [("up", "left"), ("right", "grow"), ("shrink", "down")])
def test_both_stages_are_measured_right(moves: tuple[str, str], seed: int) -> None:
    scene = a_scene(seed, *moves)
    measured = measuring.measure(worn(drawing.frames(scene)), scene)
    assert measured.did(stages=2) == moves
    assert measured.succeeded(scene)


def test_colour_shape_and_place_are_measured_in_every_frame() -> None:
    rng = random.Random(2)
    for pair in world.PAIRS:
        scene = choosing.choose(rng, [pair])
        measured = measuring.measure(worn(drawing.frames(scene)), scene)
        assert set(measured.colours) == {scene.colour}
        assert set(measured.shapes) == {scene.shape}
        for look, (x, y, _) in zip(measured.looks, world.path(scene), strict=True):
            # A star's and a triangle's middle of mass lies beside the centre they are drawn around.
            assert look.centre == pytest.approx((x, y), abs=3)


def test_a_shorter_clip_is_measured_by_its_share_of_the_way() -> None:
    scene = a_scene(1, "left")
    assert measuring.measure(drawing.frames(scene)[:13], scene).did() == ("left",)


def test_another_motion_is_not_the_one_asked_for() -> None:
    asked, made = a_scene(3, "left"), a_scene(3, "up")
    measured = measuring.measure(drawing.frames(made), asked)
    assert measured.did() == ("up",)
    assert measured.kept(asked)
    assert not measured.follows(asked)
    assert not measured.succeeded(asked)


def test_a_staged_wish_of_which_only_the_first_half_is_done_has_not_succeeded() -> None:
    asked = a_scene(2, "up", "left")
    done = replace(asked, moves=("up", "rest"))
    measured = measuring.measure(drawing.frames(done), asked)
    assert measured.did(stages=2) == ("up", "rest")
    assert not measured.succeeded(asked)


@pytest.mark.parametrize("kind", ["colour", "shape"])
def test_a_subject_that_turns_into_another_is_noticed(kind: choosing.Kind) -> None:
    scene = a_scene(5, "right")
    other = choosing.wrong(scene, kind, random.Random(5))
    frames = drawing.frames(scene)
    frames[10:] = drawing.frames(other)[10:]
    measured = measuring.measure(frames, scene)
    assert measured.follows(scene)
    assert not measured.kept(scene)
    assert not measured.succeeded(scene)


def test_one_frame_of_another_colour_is_noticed() -> None:
    scene = replace(a_scene(6, "down"), colour="red")
    frames = drawing.frames(scene)
    frames[7] = drawing.frames(replace(scene, colour="blue"))[7]
    measured = measuring.measure(frames, scene)
    assert measured.colours[7] == "blue"
    assert not measured.kept(scene)


def test_a_jump_is_noticed_though_the_motion_ends_where_it_should() -> None:
    scene = a_scene(7, "left")
    frames = drawing.frames(scene)
    frames[1:9], frames[9:] = frames[0], frames[16]
    measured = measuring.measure(frames, scene)
    assert measured.jumped
    assert measured.follows(scene)
    assert not measured.succeeded(scene)


def test_a_frozen_clip_rests() -> None:
    scene = a_scene(8, "grow")
    measured = measuring.measure(np.repeat(drawing.frames(scene, [0]), 17, axis=0), scene)
    assert measured.did() == ("rest",)
    assert measured.kept(scene)
    assert not measured.succeeded(scene)


def test_a_subject_that_is_gone_is_nobody() -> None:
    scene = a_scene(9, "up")
    frames = drawing.frames(scene)
    frames[12:] = (drawing.ground(scene) * 255).round().astype(np.uint8)
    measured = measuring.measure(frames, scene)
    assert measured.colours[12:] == ("",) * 5
    assert not measured.kept(scene)


def test_frames_of_another_size_are_refused() -> None:
    scene = a_scene(1, "rest")
    with pytest.raises(ValueError, match="64 x 64"):
        measuring.measure(drawing.frames(scene, side=32), scene)
