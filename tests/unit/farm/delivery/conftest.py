"""Real clips in a media root, whose frames say which they are: frame n is as bright as its number."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from farm.delivery.listed import Deliverable
from pipeline.clips.encode import seal
from pipeline.storage.folder import MediaFolder

BRIGHTNESS = 6
"""Between a frame and the next one."""

NewClip = Callable[..., Deliverable]


@pytest.fixture
def folder(tmp_path: Path) -> MediaFolder:
    (tmp_path / "media").mkdir()
    return MediaFolder(tmp_path / "media")


@pytest.fixture
def new_clip(folder: MediaFolder) -> NewClip:
    """Makes a clip of flat frames and the take that it is of."""

    def new(
        shot: str, take: int = 1, frames: int = 17, fps: int = 8, size: tuple[int, int] = (256, 144)
    ) -> Deliverable:
        pixels = np.zeros((frames, size[1], size[0], 3), np.uint8)
        for number in range(frames):
            pixels[number] = 40 + BRIGHTNESS * number
        clip = seal(
            pixels, folder, f"clips/{shot}_{take}.mp4", fps, {"title": shot, "recipe": '{"a": 1}'}
        )
        return Deliverable(
            shot=shot, take=take, recipe_hash="r" * 64, prompt="A ball rolls, “fast” & far", clip=clip.path,
            sha256=clip.sha256, frames=frames, fps=fps, width=size[0], height=size[1], match=0.75,
            verdict="accepted", review="approved", still=None,
        )  # fmt: skip

    return new
