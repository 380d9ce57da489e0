"""Lets drawn clips look as a model might render them: coarser, softer, tinted."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.toy.training.codec import Codec

if TYPE_CHECKING:
    from torch import Tensor


def wear(drawn: "Tensor", fixed: Codec, numbers: Sequence[int], device: str) -> "Tensor":
    """The frames with these numbers of clips (b, 3, 17, 64, 64) in -1..1, worn: (b, 3, n, 64, 64), 0..1.

    On the CPU.
    """
    import torch

    latents = fixed.encode(drawn.to(device))
    noise = torch.randn(latents.shape) * torch.rand(len(latents), 1, 1, 1, 1) * 0.3
    coarse = fixed.decode_frames(latents + noise.to(device), tuple(numbers)).cpu()
    frames, coarse = (drawn[:, :, tuple(numbers)] + 1) / 2, (coarse + 1) / 2
    return soften(frames.lerp(coarse, _by_chance(len(frames))))


def soften(frames: "Tensor") -> "Tensor":
    """Frames (b, 3, n, 64, 64) in 0..1, half of the clips softer, and each in slightly other colours."""
    import torch

    flat = frames.transpose(1, 2).flatten(0, 1)
    soft = torch.nn.functional.avg_pool2d(flat, 3, 1, 1, count_include_pad=False)
    soft = soft.unflatten(0, (len(frames), -1)).transpose(1, 2)
    share = _by_chance(len(frames)) * torch.rand(len(frames), 1, 1, 1, 1)
    return _tint(frames.lerp(soft, share))


def _tint(frames: "Tensor") -> "Tensor":
    import torch

    stretched = 1 + 0.04 * torch.randn(len(frames), 3, 1, 1, 1)
    shifted = 0.02 * torch.randn(len(frames), 3, 1, 1, 1)
    return (frames * stretched + shifted).clamp(0, 1)


def _by_chance(count: int) -> "Tensor":
    """0 or 1 for each of so many clips."""
    import torch

    return (torch.rand(count, 1, 1, 1, 1) < 0.5).float()
