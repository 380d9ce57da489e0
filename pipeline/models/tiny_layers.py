"""The layers of a tiny decoder, named as TAEHV names their weights."""

import torch
from torch import Tensor, nn


class Clamp(nn.Module):
    """Latents softly held within -3..3."""

    kind = "plain"

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(x / 3) * 3


class ReLU(nn.ReLU):
    kind = "plain"


class Conv(nn.Conv2d):
    kind = "plain"


class Larger(nn.Module):
    """Where the size of a frame is doubled."""

    kind = "larger"


class Memory(nn.Module):
    """Frames with the one before each: a block that remembers."""

    kind = "memory"

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            conv(2 * width, width), nn.ReLU(), conv(width, width), nn.ReLU(), conv(width, width)
        )

    def forward(self, x: Tensor, before: Tensor | None) -> Tensor:
        """Frames (frames, width, rows, columns); `before` is what came before them, if anything did."""
        first = torch.zeros_like(x[:1]) if before is None else before
        past = torch.cat([first, x[:-1]])
        return torch.relu(self.conv(torch.cat([x, past], 1)) + x)


class Grow(nn.Module):
    """One frame to so many."""

    kind = "plain"

    def __init__(self, width: int, times: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width * times, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x).reshape(-1, *x.shape[1:])


def conv(into: int, out: int, *, bias: bool = True) -> Conv:
    return Conv(into, out, 3, padding=1, bias=bias)
