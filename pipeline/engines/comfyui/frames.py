"""Frames out of the file that a server saved them in: lossless, and whole or not at all."""

import io

import numpy as np

from pipeline.engines.comfyui.graph import FRAME_MS
from pipeline.recipe import Recipe
from pipeline.storage.files import Frames

ROOM = 2**20
"""Bytes that a file may have beside its frames: the graph is written into it."""


class WrongFrames(ValueError):
    """The file does not hold the frames that were asked for; the message says what it holds."""


def most_bytes(recipe: Recipe) -> int:
    """A file of the recipe's frames is never larger: as it would be if nothing were compressed."""
    return recipe.frames * recipe.width * recipe.height * 4 + ROOM


def read(data: bytes, recipe: Recipe) -> Frames:
    """Frames (frames, height, width, 3), uint8 RGB. Raises `WrongFrames`, also for a file that is cut off.

    A frame that is equal to the one before is written once, and shown for longer: it is counted by time.
    Frames that are all equal are one picture, which has no time.
    """
    from PIL import Image, UnidentifiedImageError

    if data[:4] != b"RIFF" or len(data) != int.from_bytes(data[4:8], "little") + 8:
        raise WrongFrames(f"a file of {len(data)} bytes that is cut off, or no WebP")
    shape = (recipe.frames, recipe.height, recipe.width, 3)
    made = np.empty(shape, np.uint8)
    count = 0
    try:
        with Image.open(io.BytesIO(data), formats=["WEBP"]) as film:
            if film.size != (recipe.width, recipe.height):
                raise WrongFrames("frames of {}x{}".format(*film.size))
            pictures = getattr(film, "n_frames", 1)
            for number in range(pictures):
                film.seek(number)
                frame = np.asarray(film.convert("RGB"))
                shown = max(1, round(film.info.get("duration", FRAME_MS) / FRAME_MS))
                shown = recipe.frames if pictures == 1 else shown
                made[count : count + shown] = frame
                count += shown
    except (OSError, UnidentifiedImageError, EOFError) as error:
        raise WrongFrames(f"a WebP that cannot be read ({error})") from error
    if count != recipe.frames:
        raise WrongFrames(f"{count} frames")
    return made
