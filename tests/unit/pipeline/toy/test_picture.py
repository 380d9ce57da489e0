"""The picture in the README is what its command draws, and shows the whole world."""

from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.toy import picture, world


def test_the_readme_shows_what_the_command_draws(tmp_path: Path) -> None:
    drawn = np.asarray(Image.open(picture.main(tmp_path / "world.png")), float)
    kept = np.asarray(Image.open(Path(picture.__file__).with_name("world.png")), float)
    assert drawn.shape == kept.shape
    assert abs(drawn - kept).mean() < 1


def test_the_picture_shows_all_there_is() -> None:
    scenes = picture.SCENES
    assert {scene.colour for scene in scenes} == set(world.COLOURS)
    assert {scene.shape for scene in scenes} == set(world.SHAPES)
    assert {scene.ground for scene in scenes} == set(world.GROUNDS)
    assert {scene.texture for scene in scenes} == set(world.TEXTURES)
    assert {scene.moves[0] for scene in scenes if len(scene.moves) == 1} == set(world.MOTIONS)
    assert all(world.fits(scene) for scene in scenes)
