"""Whether frame 1 is the still that the clip was made of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from pipeline.clips import tones
from pipeline.misses import Miss, MissKind
from pipeline.stills.shrinking import blurred, shrunk

if TYPE_CHECKING:
    from PIL.Image import Image

    from pipeline.storage.files import Frames

SOFTER = 1.5
"""Pixels of small pictures that both are blurred by: a VAE makes softer, and compression coarser."""


def first_frame(frames: "Frames", still: "Image", most: float) -> Iterator[Miss]:
    """A frame 1 that leaves the still by more than `most`, its value in levels (0..255).

    What differs after both were made small and soft, or the light and colour that it would take to make one
    of the other, whichever is more.
    """
    height, width = frames.shape[1:3]
    fitted = still if still.size == (width, height) else still.resize((width, height))
    small = shrunk(np.stack([np.asarray(fitted.convert("RGB")), frames[0]]))
    planes = np.concatenate([blurred(small[..., channel], SOFTER) for channel in range(3)], 2)
    apart = float(np.abs(planes[1] - planes[0]).mean())
    value = max(apart, float(tones.measure(small).size[0]))
    if value > most:
        message = f"frame 1 is not the still: they differ by {value:.1f} of 255, above {most:g}"
        yield Miss(kind=MissKind.FIRST_FRAME, value=value, threshold=most, message=message)
