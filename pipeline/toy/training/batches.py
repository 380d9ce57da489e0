"""Scenes by the batch as tensors: what training sees, and back to frames that can be measured."""

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.toy import choosing, drawing
from pipeline.toy.world import FRAMES, Scene

if TYPE_CHECKING:
    from torch import Tensor


def scenes(rng: random.Random, count: int) -> list[Scene]:
    """Scenes that training may see."""
    return [choosing.choose_for_training(rng) for _ in range(count)]


def clips(chosen: Sequence[Scene], numbers: Sequence[int] = range(FRAMES)) -> "Tensor":
    """The frames with these numbers: (scenes, 3, numbers, 64, 64), -1..1."""
    import torch

    drawn = torch.from_numpy(drawing.draw(chosen, numbers)).permute(0, 4, 1, 2, 3)
    return (drawn * 2 - 1).contiguous()


def contrast(chosen: Sequence[Scene], drawn: "Tensor") -> "Tensor":
    """How far each pixel of the clips lies from its ground: (scenes, 1, frames, 64, 64), 0..1."""
    import torch

    grounds = torch.from_numpy(np.stack([drawing.ground(scene) for scene in chosen]))
    under = grounds.permute(0, 3, 1, 2)[:, :, None].to(drawn)
    return ((drawn + 1) / 2 - under).abs().amax(1, keepdim=True)


def frames(made: "Tensor") -> NDArray[np.uint8]:
    """Clips as films have them: (scenes, frames, 64, 64, 3), 0..255."""
    levels = ((made.float().clamp(-1, 1) + 1) * 127.5).round().byte()
    return levels.permute(0, 2, 3, 4, 1).cpu().numpy()
