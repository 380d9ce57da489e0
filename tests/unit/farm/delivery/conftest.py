"""Clips as they are sealed, for what is made of them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from farm.delivery.ffmpeg import Ffmpeg
from pipeline.clips.encode import Frames, seal
from pipeline.storage.folder import MediaFolder

RECIPE = '{"prompt": "红色圆形 rolls to the left", "seed": 815}'
TAGS = {"title": "spring/sh010 take 2", "comment": RECIPE, "recipe": RECIPE}


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    return Ffmpeg()


@pytest.fixture
def sealed(tmp_path: Path) -> Callable[..., Path]:
    """Seals frames as a clip with its recipe inside; grey ones with a square that wanders without any."""

    def seal_it(
        name: str = "clip.mp4", frames: Frames | None = None, fps: int = 8, **more: str
    ) -> Path:
        media = tmp_path / "media"
        media.mkdir(exist_ok=True)
        seal(
            wandering() if frames is None else frames,
            MediaFolder(media),
            name,
            fps,
            TAGS | more,
        )
        return media / name

    return seal_it


def wandering(count: int = 21, width: int = 192, height: int = 108) -> Frames:
    frames = np.full((count, height, width, 3), 96, np.uint8)
    for number, frame in enumerate(frames):
        frame[20:60, 4 * number : 4 * number + 40] = (200, 30, 40)
    return frames
