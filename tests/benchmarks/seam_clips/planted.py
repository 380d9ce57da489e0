"""Faults at the seam of a chain, and the match of colours that was tried."""

from collections.abc import Callable, Mapping

import numpy as np

from pipeline.storage.files import Frames
from tests.benchmarks.seam_clips.chains import Chain

LATER = 6
"""Frames that a jump leaves out."""
LEVELS = 8
"""By which a later segment is darker, or has another tint."""
FADE = 8
"""Frames over which matched colours go back to the model's own."""

Fault = Callable[[Chain], Frames]


def jump(chain: Chain) -> Frames:
    return np.concatenate([chain.first, chain.second[1 + LATER :]])


def stands(chain: Chain) -> Frames:
    return np.concatenate([chain.first, np.repeat(chain.first[-1:], len(chain.second) - 1, 0)])


def back(chain: Chain) -> Frames:
    return np.concatenate([chain.first, chain.first[-2::-1]])


def double(chain: Chain) -> Frames:
    later = np.concatenate([chain.second, chain.beyond])
    return np.concatenate([chain.first, later[2::2]])


def darker(chain: Chain) -> Frames:
    return _lit(chain, (-LEVELS, -LEVELS, -LEVELS))


def tinted(chain: Chain) -> Frames:
    return _lit(chain, (LEVELS, 0, -LEVELS))


MOTION: Mapping[str, Fault] = {"jump": jump, "stands": stands, "back": back, "double": double}
LIGHT: Mapping[str, Fault] = {"darker": darker, "tinted": tinted}


def matched(chain: Chain) -> Frames:
    """The clip with the later segment's colours matched to the first one's on the frame that both share."""
    shown, meant = chain.second[0].astype(float), chain.first[-1].astype(float)
    later = chain.second[1:].astype(float)
    weight = np.clip(1 - np.arange(len(later)) / FADE, 0, 1)[:, None, None]
    for channel in range(3):
        gain, offset = np.polyfit(shown[..., channel].ravel(), meant[..., channel].ravel(), 1)
        plane = later[..., channel]
        later[..., channel] = plane + weight * (gain * plane + offset - plane)
    return np.concatenate([chain.first, later.round().clip(0, 255).astype(np.uint8)])


def _lit(chain: Chain, levels: tuple[int, int, int]) -> Frames:
    later = (chain.second[1:].astype(int) + levels).clip(0, 255).astype(np.uint8)
    return np.concatenate([chain.first, later])
