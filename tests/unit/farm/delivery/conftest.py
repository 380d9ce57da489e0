"""Real clips in a media root: of flat frames, each as bright as its number, and with a recipe inside."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from farm.delivery.ffmpeg import Ffmpeg
from farm.delivery.listed import Deliverable
from pipeline.clips.encode import Frames, seal
from pipeline.storage.folder import MediaFolder

BRIGHTNESS = 6
"""Between a frame and the next one."""

RECIPE = '{"prompt": "红色圆形 rolls to the left", "seed": 815}'
TAGS = {"title": "spring/sh010 take 2", "comment": RECIPE, "recipe": RECIPE}

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
