"""A fixed linear codec of blocks: what the autoencoder's latents are taught to be.

A clip's first frame is coded block by block, the later ones four frames at a time, both by their
principal components. That gives the latents a meaning before any network is trained, so that the
autoencoder and the experts can learn at the same time.
"""

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pipeline.toy.training import batches

if TYPE_CHECKING:
    from torch import Tensor

    from pipeline.toy.training.workshop import Workshop

BLOCK = 4
"""Pixels of a block's side, which become one place of the latents."""
GROUP = 4
"""Frames that become one latent frame; the first frame stays alone."""
CHANNELS = 16
EXAMPLES = 400
"""Clips that the components are those of."""


class Kind(NamedTuple):
    """How one kind of block is coded: its mean (n), its components (n, 16) and their scale (16)."""

    mean: "Tensor"
    basis: "Tensor"
    scale: "Tensor"


@dataclass(frozen=True, slots=True)
class Codec:
    """Codes clips (b, 3, 4k+1, h, w) in -1..1 as latents (b, 16, k+1, h/block, w/block) and back."""

    block: int
    first: Kind
    later: Kind

    def encode(self, clips: "Tensor") -> "Tensor":
        import torch

        parts = ((clips[:, :, :1], 1, self.first), (clips[:, :, 1:], GROUP, self.later))
        coded = [
            (_blocks(part, length, self.block) - kind.mean) @ kind.basis / kind.scale
            for part, length, kind in parts
        ]
        return torch.cat(coded, 1).permute(0, 4, 1, 2, 3).contiguous()

    def decode(self, latents: "Tensor") -> "Tensor":
        import torch

        z = latents.permute(0, 2, 3, 4, 1)
        parts = ((z[:, :1], 1, self.first), (z[:, 1:], GROUP, self.later))
        return torch.cat(
            [
                _pixels((part * kind.scale) @ kind.basis.T + kind.mean, length, self.block)
                for part, length, kind in parts
            ],
            2,
        )

    def decode_frames(self, latents: "Tensor", numbers: "tuple[int, ...]") -> "Tensor":
        """The frames with these numbers alone: (b, 3, numbers, h, w)."""
        import torch

        z = latents.permute(0, 2, 3, 4, 1)
        return torch.cat([self._decode_frame(z, number) for number in numbers], 2)

    def _decode_frame(self, z: "Tensor", number: int) -> "Tensor":
        import torch

        kind, length = (self.first, 1) if number == 0 else (self.later, GROUP)
        # Within a block, pixels are in the order colour, frame, row, column.
        frame = torch.arange(len(kind.mean), device=z.device) // self.block**2 % length
        inside = frame == (number - 1) % length
        part = z[:, [(number + GROUP - 1) // GROUP]] * kind.scale
        return _pixels(part @ kind.basis[inside].T + kind.mean[inside], 1, self.block)

    def to(self, device: str) -> Self:
        first, later = (
            Kind(*(each.to(device) for each in kind)) for kind in (self.first, self.later)
        )
        return type(self)(self.block, first, later)


def make(workshop: "Workshop", steps: int) -> None:
    """Calculates the codec; there are no steps to it."""
    import torch

    rng = random.Random(7)
    drawn = torch.cat([batches.clips(batches.scenes(rng, 20)) for _ in range(EXAMPLES // 20)])
    made = fit(drawn, BLOCK)
    kept = {"block": made.block, "first": tuple(made.first), "later": tuple(made.later)}
    workshop.keep("codec", kept)


def take(workshop: "Workshop") -> Codec:
    """The workshop's codec, on its device."""
    kept: Any = workshop.take("codec")
    made = Codec(kept["block"], Kind(*kept["first"]), Kind(*kept["later"]))
    return made.to(workshop.device)


def fit(clips: "Tensor", block: int) -> Codec:
    """The codec of clips (b, 3, 4k+1, h, w) in -1..1."""
    first = _components(_blocks(clips[:, :, :1], 1, block))
    return Codec(block, first, _components(_blocks(clips[:, :, 1:], GROUP, block)))


def _components(blocks: "Tensor") -> Kind:
    import torch

    rows = blocks.flatten(0, -2).double()
    mean = rows.mean(0)
    values, vectors = torch.linalg.eigh((rows - mean).T @ (rows - mean) / len(rows))
    basis = vectors.flip(1)[:, :CHANNELS]
    basis = basis * torch.sign(basis.sum(0))
    spread = values.flip(0)[:CHANNELS].sqrt()
    # Half-whitened: what carries more of the picture stands a little higher above the noise.
    wanted = spread.sqrt()
    wanted = wanted / wanted.square().mean().sqrt()
    return Kind(mean.float(), basis.float(), (spread / wanted).float())


def _blocks(clips: "Tensor", length: int, block: int) -> "Tensor":
    """(b, t/length, h/block, w/block, 3 * length * block * block)."""
    b, c, t, h, w = clips.shape
    x = clips.reshape(b, c, t // length, length, h // block, block, w // block, block)
    return x.permute(0, 2, 4, 6, 1, 3, 5, 7).flatten(4)


def _pixels(x: "Tensor", length: int, block: int) -> "Tensor":
    """The way back: (b, 3, frames, h, w)."""
    b, t, h, w, _ = x.shape
    x = x.reshape(b, t, h, w, 3, length, block, block).permute(0, 4, 1, 5, 2, 6, 3, 7)
    return x.reshape(b, 3, t * length, h * block, w * block)
