"""Whether a clip ends with the subject that it began with, in clips where it does, drifts or is another."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.clips import likeness
from pipeline.profiles import profile
from pipeline.toy import drawing, world
from pipeline.toy.world import Scene

BALL = Scene("red", "circle", "mist", "plain", (26.0, 32.0), 10.0, ("right",))
TOY = profile.load("toy").clip


class ColourBlindTo:
    """An eye that sees the mean colour of what it is shown, away from a ground."""

    def __init__(self, ground: world.Colour) -> None:
        self._ground = np.asarray(ground, np.float32)

    def see(self, pictures: Sequence[Image.Image]) -> NDArray[np.float32]:
        means = np.stack([np.asarray(each, np.float32).mean((0, 1)) for each in pictures])
        away = means - self._ground
        return away / np.linalg.norm(away, axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("share", "found"),
    [(1.0, ["subject_replaced"]), (0.85, ["subject_drift"]), (0.5, [])],
)
def test_a_subject_that_turns_into_another_is_replaced_or_drifts(
    share: float, found: list[str]
) -> None:
    """The red ball becomes a blue one, by this share."""
    frames, other = drawing.frames(BALL), drawing.frames(replace(BALL, colour="blue"))
    turned = np.linspace(0, share, 17)[:, None, None, None]
    clip = (frames * (1 - turned) + other * turned).astype(np.uint8)
    eye = ColourBlindTo(world.GROUNDS["mist"][0])
    section = TOY.model_copy(update={"subject_view": "moving"})
    assert [miss.kind.value for miss in likeness.lint_subject(clip, section, eye)] == found


def test_the_part_that_moves_is_looked_at_with_a_margin() -> None:
    frames = np.full((5, 100, 200, 3), 90, np.uint8)
    frames[2, 40:60, 100:140] = 200
    assert likeness.moving(frames) == (90, 35, 150, 65)
    assert likeness.moving(frames[:2]) is None


def test_a_clip_in_which_nothing_moves_is_compared_as_a_whole() -> None:
    frames = np.repeat(drawing.frames(BALL, [0]), 5, axis=0)
    eye = ColourBlindTo(world.GROUNDS["mist"][0])
    section = TOY.model_copy(update={"subject_view": "moving"})
    assert likeness.lint_subject(frames, section, eye) == ()
