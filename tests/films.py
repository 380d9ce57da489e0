"""A small film as clips are sealed, with a recipe inside, for tests that deliver one."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from pipeline.clips.encode import seal
from pipeline.storage.folder import MediaFolder

PROMPT = "红色圆形 rolls slowly to the left"
RECIPE = f'{{"prompt": "{PROMPT}", "seed": 815}}'


@cache
def film(count: int = 17, width: int = 96, height: int = 64, fps: int = 8) -> bytes:
    """A square that wanders over grey."""
    frames = np.full((count, height, width, 3), 96, np.uint8)
    for number, frame in enumerate(frames):
        frame[8:24, 2 * number : 2 * number + 20] = (200, 30, 40)
    tags = {"title": "ads/sh010 take 1", "comment": RECIPE, "recipe": RECIPE}
    with tempfile.TemporaryDirectory() as folder:
        seal(frames, MediaFolder(Path(folder)), "film.mp4", fps, tags)
        return (Path(folder) / "film.mp4").read_bytes()
