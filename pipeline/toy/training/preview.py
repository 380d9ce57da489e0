"""The tiny decoder, by which a look at an unfinished clip is cheap: the codec's latents to rough frames."""

import random
from typing import TYPE_CHECKING

from pipeline.models import tiny_decoder
from pipeline.models.tiny_decoder import TinyDecoder
from pipeline.toy.training import batches, codec
from pipeline.toy.training.loop import Plan, fit
from pipeline.toy.training.workshop import Workshop

if TYPE_CHECKING:
    from torch import Tensor, nn

WIDTHS, BLOCKS, PATCH, GROWS = (32, 32, 24, 16), 1, 2, (1, 2, 2)
DOUBLINGS = 1
BATCH = 4
NOISE = 0.3
"""At most so much noise lies on the latents: estimates of an unfinished clip are not exact."""


def make(workshop: Workshop, steps: int) -> None:
    """Trains it, with a harder look at the subject."""
    import torch

    torch.manual_seed(11)
    layers, fixed = _new(), codec.take(workshop)
    decoder = TinyDecoder(layers, DOUBLINGS)

    def loss(step: int, rng: random.Random) -> "Tensor":
        chosen = batches.scenes(rng, BATCH)
        clips = batches.clips(chosen, range(17 if step % 4 == 0 else 9)).to(workshop.device)
        latents = fixed.encode(clips)
        noise = torch.randn(latents.shape) * torch.rand(BATCH, 1, 1, 1, 1) * NOISE
        latents = latents + noise.to(workshop.device)
        made = [decoder.tensors(each.transpose(0, 1)) for each in latents]
        off = (torch.stack(made).transpose(1, 2) * 2 - 1 - clips).abs()
        contrast = batches.contrast(chosen, clips)
        subject = (contrast > 0.02) / contrast.amax((2, 3, 4), keepdim=True).clamp(min=0.3)
        return ((off + 4 * off.square()) * (1 + 3 * subject)).mean()

    plan = Plan(name="preview", steps=steps, rate=4e-3)
    fit(plan, layers, loss, workshop, lambda: _examine(decoder, fixed, workshop))
    workshop.keep(plan.name, layers.state_dict())


def take(workshop: Workshop) -> "nn.Sequential":
    """What was trained, on the CPU."""
    layers = _new()
    layers.load_state_dict(workshop.take("preview"))
    return layers


def _new() -> "nn.Sequential":
    return tiny_decoder.build(WIDTHS, BLOCKS, codec.CHANNELS, PATCH, GROWS)


def _examine(decoder: TinyDecoder, fixed: codec.Codec, workshop: Workshop) -> str:
    """How near it comes on scenes of its own."""
    import torch

    chosen = batches.scenes(random.Random(99), 24)
    clips = batches.clips(chosen).to(workshop.device)
    made = torch.stack([decoder.tensors(each.transpose(0, 1)) for each in fixed.encode(clips)])
    error = (made.transpose(1, 2).clamp(0, 1) - (clips + 1) / 2).square().flatten(1).mean(1)
    return f"PSNR {-10 * error.log10().mean():.1f} dB"
