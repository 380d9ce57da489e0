"""The text encoder and the two experts: they learn to move what the still shows as the prompt says.

First the reader learns to say what captions mean. Then the expert of high noise is trained with it; the
expert of low noise starts from what that one has learnt. Each only ever sees its own range of noise.
"""

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pipeline.toy import captions, world
from pipeline.toy.training import batches, codec, fusing, words
from pipeline.toy.training.loop import Plan, fit
from pipeline.toy.training.workshop import Workshop
from pipeline.toy.world import Scene

if TYPE_CHECKING:
    from diffusers import WanTransformer3DModel
    from torch import Tensor
    from torch.nn import ModuleDict
    from transformers import UMT5EncoderModel

READER: dict[str, Any] = {
    "d_model": 64,
    "d_kv": 16,
    "d_ff": 128,
    "num_layers": 2,
    "num_heads": 4,
    "feed_forward_proj": "gated-gelu",
    "dropout_rate": 0.0,
    "pad_token_id": 0,
    "eos_token_id": 1,
    "decoder_start_token_id": 0,
}
EXPERT: dict[str, Any] = {
    "patch_size": (1, 2, 2),
    "num_attention_heads": 4,
    "attention_head_dim": 32,
    "in_channels": 36,
    "out_channels": codec.CHANNELS,
    "text_dim": READER["d_model"],
    "freq_dim": 128,
    "ffn_dim": 256,
    "num_layers": 4,
    "cross_attn_norm": True,
    "qk_norm": "rms_norm_across_heads",
    "rope_max_seq_len": 1024,
}
BOUNDARY = 0.9
"""The share of noise above which the one expert works, and below which the other."""
SHIFT = 5.0
"""How far the sampler leans towards high noise (`flow_shift`)."""
TOKENS = 64
"""Of a prompt, the experts see so many."""
BATCH = 16
DROPPED = 0.12
"""Share of captions that training leaves out, so that guidance has something to compare with."""
SUBJECT = 4.0
"""How much more the subject counts than the ground."""
RATE = 2e-3


def make_reader(workshop: Workshop, steps: int) -> None:
    """Teaches the text encoder to name what a caption says, before any picture is seen."""
    import torch

    torch.manual_seed(2)
    reader, tokenizer = _new_reader(), words.for_experts()
    questions = (len(world.COLOURS), len(world.SHAPES), len(world.MOTIONS), len(world.MOTIONS))
    tutor = torch.nn.Linear(READER["d_model"], sum(questions))
    both = torch.nn.ModuleDict({"reader": reader, "tutor": tutor})

    def loss(step: int, rng: random.Random) -> "Tensor":
        chosen = batches.scenes(rng, 64)
        read = _read(reader, tokenizer, [captions.for_training(each, rng) for each in chosen])
        answers = tutor(read.sum(1) / 8).split(questions, 1)
        right = _said(chosen).to(workshop.device)
        asked = zip(answers, right, strict=True)
        return torch.stack([torch.nn.functional.cross_entropy(*each) for each in asked]).sum()

    fit(Plan(name="reader", steps=steps, rate=3e-3), both, loss, workshop)
    workshop.keep("reader", reader.state_dict())


def make_high(workshop: Workshop, steps: int) -> None:
    """Trains the expert of high noise, which decides what moves where, and the reader with it."""
    import torch

    torch.manual_seed(3)
    both = torch.nn.ModuleDict({"reader": _new_reader(), "expert": _new_expert()})
    both["reader"].load_state_dict(workshop.take("reader"))
    _train("high", both, workshop, steps, (BOUNDARY, 1.0))
    workshop.keep("high", both.state_dict())


def make_low(workshop: Workshop, steps: int) -> None:
    """Trains the expert of low noise, which finishes what the other began."""
    import torch

    both = torch.nn.ModuleDict({"reader": _new_reader(), "expert": _new_expert()})
    both.load_state_dict(workshop.take("high"))
    both["reader"].requires_grad_(False)
    _train("low", both, workshop, steps, (0.0, BOUNDARY))
    workshop.keep("low", both.state_dict())


def take(workshop: Workshop, which: str) -> "tuple[UMT5EncoderModel, WanTransformer3DModel]":
    """The reader and the expert, `high` or `low`. On the CPU."""
    import torch

    both = torch.nn.ModuleDict({"reader": _new_reader(), "expert": _new_expert()})
    both.load_state_dict(workshop.take(which))
    reader: Any = both["reader"]
    expert: Any = both["expert"]
    return reader, expert


def condition(still: "Tensor", grey: "Tensor") -> "Tensor":
    """What diffusers puts beside the noise: 4 channels of mask, 16 of the still and of grey frames.

    `still` (b, 16, 1, h, w) are the latents of the first frame, `grey` (16) those of a grey place.
    """
    import torch

    b, channels, _, h, w = still.shape
    later = (world.FRAMES - 1) // codec.GROUP
    mask = torch.zeros(b, codec.GROUP, 1 + later, h, w, device=still.device)
    mask[:, :, 0] = 1
    rest = grey.view(1, channels, 1, 1, 1).expand(b, channels, later, h, w)
    return torch.cat([mask, torch.cat([still, rest], 2)], 1)


def noise_levels(evenly: "Tensor", between: tuple[float, float]) -> "Tensor":
    """Shares of noise from numbers 0..1, spread between two levels as the sampler visits them."""

    def unshifted(level: float) -> float:
        return level / (SHIFT - (SHIFT - 1) * level)

    low, high = map(unshifted, between)
    even = low + (high - low) * evenly
    return SHIFT * even / (1 + (SHIFT - 1) * even)


def _train(
    name: str, both: "ModuleDict", workshop: Workshop, steps: int, between: tuple[float, float]
) -> None:
    """Flow matching: of clip and noise mixed, the expert tells the way from the one to the other."""
    import torch

    tokenizer, fixed, device = words.for_experts(), codec.take(workshop), workshop.device
    grey = fixed.encode(torch.zeros(1, 3, 5, 64, 64, device=device))[0, :, 1, 0, 0]
    if fusing.pays(steps, device):
        expert: Any = both["expert"]
        fusing.fuse_blocks(expert.blocks)

    def loss(step: int, rng: random.Random) -> "Tensor":
        chosen = batches.scenes(rng, BATCH)
        drawn = batches.clips(chosen)
        clean = fixed.encode(drawn.to(device))
        read = _read(both["reader"], tokenizer, [_prompt(scene, rng) for scene in chosen])
        level = noise_levels((torch.arange(BATCH) + torch.rand(BATCH)) / BATCH, between).to(device)
        noise = torch.randn(clean.shape).to(device)
        share = level.view(-1, 1, 1, 1, 1)
        mixed = clean * (1 - share) + noise * share
        beside = _unsteady(condition(clean[:, :, :1], grey))
        made = both["expert"](torch.cat([mixed, beside], 1), level * 1000, read).sample
        weight = _weight(batches.contrast(chosen, drawn), fixed.block).to(device)
        return ((made - (noise - clean)).square() * weight).mean()

    plan = Plan(name=name, steps=steps, rate=RATE, final_rate=0.05, average=0.998)
    fit(plan, both, loss, workshop)


def _prompt(scene: Scene, rng: random.Random) -> str:
    """A caption, or what stands for none."""
    if rng.random() < DROPPED:
        return rng.choice(captions.NEGATIVES)
    return captions.for_training(scene, rng)


def _unsteady(beside: "Tensor") -> "Tensor":
    """The condition a little noisy: the real encoder is not the codec to the last digit."""
    import torch

    noise = torch.randn(beside.shape).to(beside)
    noise[:, : codec.GROUP] = 0
    noise[:, codec.GROUP :, 0] *= 0.05
    noise[:, codec.GROUP :, 1:] *= 0.1
    return beside + noise


def _weight(contrast: "Tensor", block: int) -> "Tensor":
    """What the subject covers counts more: (b, 1, latent frames, h/block, w/block), 1 on average."""
    import torch

    subject = (contrast > 0.05).float()
    pool = torch.nn.functional.max_pool3d
    first = pool(subject[:, :, :1], (1, block, block))
    later = pool(subject[:, :, 1:], (codec.GROUP, block, block))
    weight = 1 + SUBJECT * torch.cat([first, later], 2)
    return weight / weight.mean()


def _said(chosen: Sequence[Scene]) -> "Tensor":
    """Colour, shape, first and last motion by number: (4, scenes)."""
    import torch

    colours = [*world.COLOURS]
    return torch.tensor(
        [
            [colours.index(scene.colour) for scene in chosen],
            [world.SHAPES.index(scene.shape) for scene in chosen],
            [world.MOTIONS.index(scene.moves[0]) for scene in chosen],
            [world.MOTIONS.index(scene.moves[-1]) for scene in chosen],
        ]
    )


def _read(reader: Any, tokenizer: Any, texts: Sequence[str]) -> "Tensor":
    """Texts as diffusers hands them to the experts, zeros after their end: (b, TOKENS, width)."""
    import torch

    device = next(reader.parameters()).device
    tokens = tokenizer(
        [*texts], padding=True, truncation=True, max_length=TOKENS, return_tensors="pt"
    ).to(device)
    mask = tokens.attention_mask
    hidden = reader(tokens.input_ids, mask).last_hidden_state * mask[..., None]
    return torch.nn.functional.pad(hidden, (0, 0, 0, TOKENS - hidden.shape[1]))


def _new_reader() -> "UMT5EncoderModel":
    from transformers import UMT5Config, UMT5EncoderModel

    return UMT5EncoderModel(UMT5Config(vocab_size=len(words.vocabulary()), **READER))


def _new_expert() -> "WanTransformer3DModel":
    """At first it passes the noise on as it came: what remains to learn is the clip."""
    import torch
    from diffusers import WanTransformer3DModel

    expert = WanTransformer3DModel(**EXPERT)
    with torch.no_grad():
        into: Any = expert.patch_embedding.weight
        out: Any = expert.proj_out.weight
        into[: 4 * codec.CHANNELS] = 0
        out.zero_()
        for place in range(4):
            for channel in range(codec.CHANNELS):
                feature = place * codec.CHANNELS + channel
                into[feature, channel, 0, place // 2, place % 2] = 1
                out[feature, feature] = 1
    return expert
