"""Scenes by chance are what they are asked to be, and training never meets the held-out pairs."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from pipeline.toy import choosing, world
from pipeline.toy.choosing import Kind
from pipeline.toy.world import Scene

MANY = range(300)


def pair(scene: Scene) -> world.Pair:
    return scene.colour, scene.shape


def test_the_same_seed_chooses_the_same_scene() -> None:
    assert choosing.choose(random.Random(3)) == choosing.choose(random.Random(3))
    assert choosing.choose(random.Random(3)) != choosing.choose(random.Random(4))


def test_held_out_pairs_never_come_from_the_training_chooser() -> None:
    rng = random.Random(1)
    chosen = {pair(choosing.choose_for_training(rng)) for _ in range(2000)}
    assert chosen == set(world.SEEN)


def test_training_meets_every_motion_and_staged_ones() -> None:
    rng = random.Random(2)
    moves = Counter(choosing.choose_for_training(rng).moves for _ in range(2000))
    assert {move for move in moves if len(move) == 1} == {(move,) for move in world.MOTIONS}
    assert 0.2 < sum(count for move, count in moves.items() if len(move) == 2) / 2000 < 0.5


def test_a_free_scene_has_room_for_every_motion() -> None:
    rng = random.Random(3)
    for _ in MANY:
        scene = choosing.choose(rng)
        for move in world.MOTIONS:
            assert world.fits(replace(scene, moves=(move,)), -choosing.OVERHANG)


def test_a_scene_has_room_for_what_it_does() -> None:
    rng = random.Random(4)
    for _ in MANY:
        scene = choosing.choose(rng, moves=choosing.choose_stages(rng), free=False)
        assert world.fits(scene, -choosing.OVERHANG)


def test_stages_are_two_different_motions() -> None:
    rng = random.Random(5)
    stages = {choosing.choose_stages(rng) for _ in range(1000)}
    assert len(stages) == 30
    assert all(first != second for first, second in stages)


@pytest.mark.parametrize("move", world.DIRECTIONS)
def test_a_cramped_scene_lies_in_the_picture_without_room_for_its_move(move: str) -> None:
    rng = random.Random(6)
    for _ in MANY:
        scene = choosing.choose_cramped(rng, move)
        assert scene.moves == (move,)
        assert world.fits(replace(scene, moves=("rest",)))
        assert not world.fits(scene, margin=choosing.NO_ROOM - world.MOVE)


@pytest.mark.parametrize("kind", ["colour", "shape", "subject", "motion"])
def test_a_wrong_scene_differs_in_what_was_asked_alone(kind: Kind) -> None:
    rng = random.Random(7)
    differing = {"colour": "10", "shape": "01", "subject": "11", "motion": "00"}[kind]
    for _ in MANY:
        scene = choosing.choose_for_training(rng)
        other = choosing.wrong(scene, kind, rng)
        assert f"{scene.colour != other.colour:d}{scene.shape != other.shape:d}" == differing
        assert (scene.moves != other.moves) == (kind == "motion")
        assert replace(other, colour=scene.colour, shape=scene.shape, moves=scene.moves) == scene


@pytest.mark.parametrize("kind", ["colour", "shape", "subject"])
def test_what_is_wrong_beside_a_training_scene_is_not_held_out_either(kind: Kind) -> None:
    rng = random.Random(8)
    found = {
        pair(choosing.wrong(choosing.choose_for_training(rng), kind, rng)) for _ in range(2000)
    }
    assert found == set(world.SEEN)


def test_a_wrong_motion_is_never_the_same_in_other_words() -> None:
    rng = random.Random(9)
    scene = choosing.choose(rng, moves=("up", "left"))
    others = {choosing.wrong(scene, "motion", rng).moves for _ in range(500)}
    assert ("left", "up") in others
    assert all(len(set(moves)) == 2 for moves in others)
