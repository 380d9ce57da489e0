"""What the scorer's picture tower is told of a clip, and what nobody tells it."""

from dataclasses import replace

import pytest

from pipeline.toy import world
from pipeline.toy.measuring import Look, Measured
from pipeline.toy.training.truths import of_clip, of_still
from pipeline.toy.world import FRAMES, Scene

SCENE = Scene("red", "star", "cream", "plain", (30.0, 30.0), 10.0, ("left",))
NOBODY = frozenset[int]()


def moving(scene: Scene, share: float = 1.0) -> Measured:
    """What measuring finds in a clip that does `share` of its motions."""
    start = world.path(scene)[0]
    return Measured(
        tuple(
            Look(
                scene.colour,
                scene.shape,
                (start[0] + (x - start[0]) * share, start[1] + (y - start[1]) * share),
                radius,
            )
            for x, y, radius in world.path(scene)
        )
    )


@pytest.mark.parametrize("move", world.MOTIONS)
def test_a_clip_that_does_all_of_its_motion_does_it_and_nothing_else(move: str) -> None:
    scene = replace(SCENE, moves=(move,))
    truth = of_clip(moving(scene), scene, NOBODY)
    told = {each: truth.verdict(replace(scene, moves=(each,))) for each in world.MOTIONS}
    assert told == {each: 1 if each == move else -1 for each in world.MOTIONS}


def test_of_half_a_motion_nobody_is_told_whether_it_is_one() -> None:
    truth = of_clip(moving(SCENE, 0.5), SCENE, NOBODY)
    told = [
        truth.verdict(replace(SCENE, moves=(each,))) for each in ("left", "rest", "right", "up")
    ]
    assert told == [0, 0, -1, -1]


def test_of_two_motions_both_are_told_in_their_order_and_neither_alone() -> None:
    scene = replace(SCENE, moves=("left", "up"))
    truth = of_clip(moving(scene), scene, NOBODY)
    said = [("left", "up"), ("up", "left"), ("left",), ("up",), ("down",)]
    assert [truth.verdict(replace(scene, moves=each)) for each in said] == [1, -1, 0, 0, -1]


@pytest.mark.parametrize("other", [{"colour": "blue"}, {"shape": "circle"}])
def test_of_another_subject_nothing_is_true(other: dict[str, str]) -> None:
    truth = of_clip(moving(SCENE), SCENE, NOBODY)
    assert truth.verdict(replace(SCENE, **other)) == -1


def test_a_subject_that_ends_as_another_did_nothing() -> None:
    measured = moving(SCENE)
    ended = replace(measured.looks[-1], shape="circle")
    truth = of_clip(Measured((*measured.looks[:-1], ended)), SCENE, NOBODY)
    assert truth.verdict(SCENE) == -1


def test_where_the_end_could_be_called_either_way_nobody_is_told_of_the_motion_it_did() -> None:
    measured = moving(SCENE)
    ended = replace(measured.looks[-1], shape="circle")
    last = frozenset({FRAMES - 1})
    for seen in (measured, Measured((*measured.looks[:-1], ended))):
        truth = of_clip(seen, SCENE, last)
        assert truth.verdict(SCENE) == 0
        assert truth.verdict(replace(SCENE, moves=("right",))) == -1


def test_a_still_shows_its_subject_whatever_is_said_to_become_of_it() -> None:
    truth = of_still(moving(SCENE), 3, NOBODY)
    assert {truth.verdict(replace(SCENE, moves=(each,))) for each in world.MOTIONS} == {1}
    assert truth.verdict(replace(SCENE, colour="blue")) == -1
    assert of_still(moving(SCENE), 3, frozenset({3})).verdict(SCENE) == 0
