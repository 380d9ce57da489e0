"""The tiny autoencoder: an encoder that is calculated, and a decoder trained on the codec's latents."""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pipeline.models.device import has_bfloat16
from pipeline.toy import choosing, measuring, world
from pipeline.toy.training import batches, codec, encoder, fusing, whole_clip
from pipeline.toy.training.loop import Plan, fit
from pipeline.toy.training.workshop import Workshop
from pipeline.toy.world import Scene

if TYPE_CHECKING:
    from diffusers import AutoencoderKLWan
    from torch import Tensor
    from torch.nn import ModuleList

    Choose = Callable[[random.Random, int], list[Scene]]

CONFIG: dict[str, Any] = {
    "base_dim": 24,
    "decoder_base_dim": 16,
    "z_dim": codec.CHANNELS,
    "dim_mult": [1, 2, 2],
    "num_res_blocks": 1,
    "temperal_downsample": [True, True],
    "latents_mean": [0.0] * codec.CHANNELS,
    "latents_std": [1.0] * codec.CHANNELS,
    "scale_factor_spatial": codec.BLOCK,
    "scale_factor_temporal": codec.GROUP,
}
BATCH = 4
NOISE = 0.15
"""At most so much noise lies on the latents that the decoder learns from: experts are not exact."""


def make_decoder(workshop: Workshop, steps: int) -> None:
    """Trains the decoder: from the codec's latents to frames, with a harder look at the subject."""
    import torch

    torch.manual_seed(1)
    vae = _new()
    _train(vae, Plan(name="decoder", steps=steps, rate=3e-3), workshop, batches.scenes, 3.0)


def make_corners(workshop: Workshop, steps: int) -> None:
    """Goes on with the decoder on what it finds hardest: corners of shapes that change their size."""
    vae = _new()
    _decoder(vae).load_state_dict(workshop.take("decoder"))
    _train(vae, Plan(name="corners", steps=steps, rate=1e-3), workshop, _with_corners, 8.0)


def _train(
    vae: "AutoencoderKLWan", plan: Plan, workshop: Workshop, choose: "Choose", weight: float
) -> None:
    """`weight` is how much more than the ground the subject counts."""
    import torch

    part, fixed = _decoder(vae).to(workshop.device), codec.take(workshop)
    decode, halves = whole_clip.decode, has_bfloat16(workshop.device)
    if fusing.pays(plan.steps, workshop.device):
        decode = fusing.fuse(decode)

    def loss(step: int, rng: random.Random) -> "Tensor":
        chosen = choose(rng, BATCH)
        # Mostly short clips: the first frame is always first, and what follows is like what comes later.
        frames = 17 if step % 4 == 0 else 9
        clips = batches.clips(chosen, range(frames)).to(workshop.device)
        latents = fixed.encode(clips)
        noise = torch.randn(latents.shape) * torch.rand(BATCH, 1, 1, 1, 1) * NOISE
        with torch.autocast(workshop.device, torch.bfloat16, enabled=halves):
            made = decode(vae, latents + noise.to(workshop.device))
        off = (made.float() - clips).abs()
        contrast = batches.contrast(chosen, clips)
        subject = (contrast > 0.02) / contrast.amax((2, 3, 4), keepdim=True).clamp(min=0.3)
        return ((off + 4 * off.square()) * (1 + weight * subject)).mean()

    fit(plan, part, loss, workshop, lambda: _examine(vae, fixed, workshop))
    workshop.keep(plan.name, part.state_dict())


def _with_corners(rng: random.Random, count: int) -> list[Scene]:
    """Scenes as in training, every other one of a shape with corners that grows or shrinks."""
    chosen = batches.scenes(rng, count)
    pairs = [pair for pair in world.SEEN if pair[1] != "circle"]
    for number in range(0, count, 2):
        move = rng.choice(("shrink", "shrink", "grow"))
        chosen[number] = choosing.choose(rng, pairs, (move,), free=False)
    return chosen


def take(workshop: Workshop) -> "AutoencoderKLWan":
    """The whole autoencoder, its encoder calculated here. On the CPU."""
    import torch

    vae = _new()
    _decoder(vae).load_state_dict(workshop.take("corners"))
    rng = random.Random(8)
    examples = torch.cat([batches.clips(batches.scenes(rng, 20)) for _ in range(6)])
    encoder.teach(vae, codec.take(workshop).to("cpu"), examples)
    return vae


def _new() -> "AutoencoderKLWan":
    from diffusers import AutoencoderKLWan

    return AutoencoderKLWan(**CONFIG)


def _decoder(vae: "AutoencoderKLWan") -> "ModuleList":
    import torch

    return torch.nn.ModuleList([vae.post_quant_conv, vae.decoder])


def _examine(vae: "AutoencoderKLWan", fixed: codec.Codec, workshop: Workshop) -> str:
    """How near the decoder comes on scenes of its own, and whether subjects stay themselves."""
    chosen = batches.scenes(random.Random(99), 24)
    clips = batches.clips(chosen).to(workshop.device)
    made = whole_clip.decode(vae, fixed.encode(clips))
    seen = zip(batches.frames(made), chosen, strict=True)
    kept = [measuring.measure(frames, scene).kept(scene) for frames, scene in seen]
    error = ((made.clamp(-1, 1) - clips) / 2).square().flatten(1).mean(1)
    return f"PSNR {-10 * error.log10().mean():.1f} dB, kept {sum(kept) / len(kept):.2f}"
