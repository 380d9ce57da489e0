"""Frames out of the file that a ComfyUI server saved them in: all of them, bit for bit, or none."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.engines.comfyui import frames
from pipeline.engines.comfyui.frames import WrongFrames
from pipeline.recipe import Recipe
from tests.comfyui.drawing import saved
from tests.conftest import a_recipe


def film(frames: int = 17) -> Any:
    return np.random.default_rng(1).integers(0, 256, (frames, 64, 64, 3), np.uint8)


def test_frames_that_are_equal_are_counted_though_they_are_written_once() -> None:
    recipe, made = a_recipe(), film()
    made[4] = made[5] = made[3]
    made[16] = made[15]
    assert (frames.read(saved(made, 10), recipe) == made).all()
    made[:] = made[0]
    assert (frames.read(saved(made, 10), recipe) == made).all()


@pytest.mark.parametrize("count", [1, 13, 16, 21])
def test_too_few_and_too_many_frames_are_none(count: int) -> None:
    made = np.zeros((17, 32, 32, 3), np.uint8) if count == 1 else film(count)
    with pytest.raises(WrongFrames):
        frames.read(saved(made, 10), a_recipe())


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_a_file_that_is_cut_off_is_none(share: float) -> None:
    data = saved(film(), 10)
    with pytest.raises(WrongFrames):
        frames.read(data[: int(len(data) * share)], a_recipe())


def test_another_picture_is_none() -> None:
    file = io.BytesIO()
    Image.fromarray(film()[0]).save(file, "PNG")
    with pytest.raises(WrongFrames):
        frames.read(file.getvalue(), a_recipe())


def test_noise_fits_into_the_bound_of_a_file() -> None:
    recipe: Recipe = a_recipe()
    assert len(saved(film(), 10)) < frames.most_bytes(recipe)
