"""Where a prompt sends its subject, in English and Chinese; a turned head is sent nowhere."""

import random

import pytest

from pipeline.prompts.direction import ways
from pipeline.toy import captions, choosing, world


@pytest.mark.parametrize(
    ("prompt", "wanted"),
    [
        ("The man walks to the left", ("left",)),
        ("A horse runs from the left to the right", ("right",)),
        ("The car drives down the road", ()),
        ("The rocket lifts off, smoke spreads over the ground.", ("up",)),
        ("The balloon slowly grows", ("grow",)),
        ("A woman walks towards the camera, smiling", ("closer",)),
        ("The cat jumps down from the shelf", ("down",)),
        ("First the ball moves up, then it moves left", ("up", "left")),
        ("The woman turns her head to the left", ()),
        ("She looks up and smiles at the camera", ()),
        ("He raises his left hand", ()),
        ("She picks up the cup", ()),
        ("The camera pans left, the dog sleeps", ()),
        ("Steam rises from the cup", ()),
        ("Warm light moves to the right across the bottle", ()),
        ("男人向左走", ("left",)),
        ("气球慢慢变大", ("grow",)),
        ("女孩朝镜头跑来", ("closer",)),
        ("火箭升空", ("up",)),
        ("猫慢慢眨眼，然后把头转向左边", ()),
        ("女孩向右看", ()),
        ("", ()),
        ("Ein Mann geht nach links", ()),
    ],
)
def test_a_prompt_sends_its_subject_where_it_says(prompt: str, wanted: tuple[str, ...]) -> None:
    assert ways(prompt) == wanted


@pytest.mark.parametrize("move", world.MOTIONS)
def test_every_caption_of_the_toy_world_is_read(move: str) -> None:
    rng = random.Random(5)
    wanted = () if move in ("rest", "shrink") else (move,)
    for _ in range(12):
        scene = choosing.choose(rng, moves=(move,))
        told = captions.english(scene, rng), captions.chinese(scene, rng)
        assert all(ways(text) == wanted for text in told), told


def test_clutter_hides_no_direction() -> None:
    rng = random.Random(6)
    for rung in (0, 1, 2):
        for _ in range(12):
            scene = choosing.choose(rng, moves=("left",))
            text = captions.cluttered(scene, rng, rung)
            assert ways(text) == ("left",), text
