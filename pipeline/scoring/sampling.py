"""Which pictures of a clip a scorer looks at: sampled frames, a filmstrip, the parts of a clip."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.storage.files import Frames


def sample(frames: int, wanted: int) -> list[int]:
    """At most `wanted` frame numbers, evenly spaced, the first and the last among them."""
    last = frames - 1
    return sorted({round(number * last / (wanted - 1)) for number in range(wanted)})


def sampled(frames: "Frames", wanted: int) -> "list[Image]":
    """The sampled frames as pictures."""
    from PIL import Image

    return [Image.fromarray(frames[number]) for number in sample(len(frames), wanted)]


def looked_at(frames: "Frames", wanted: int, *, in_parts: bool) -> "Frames":
    """The frames that a scorer looks at, which sampled again are the same; all of them where it looks at
    parts of the clip besides."""
    return frames if in_parts else frames[sample(len(frames), wanted)]


def parts(frames: "Frames", wanted: int) -> "list[Frames]":
    """A clip in `wanted` parts of one length, each beginning with the frame that the last ended with."""
    last = len(frames) - 1
    cuts = [round(number * last / wanted) for number in range(wanted + 1)]
    return [frames[a : b + 1] for a, b in pairwise(cuts)]


def filmstrip(pictures: "Sequence[Image]") -> "Image":
    """Pictures of one size as one, in reading order: as many rows as columns, or one fewer."""
    from PIL import Image

    width, height = pictures[0].size
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    strip = Image.new("RGB", (columns * width, rows * height))
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        strip.paste(picture, (column * width, row * height))
    return strip
