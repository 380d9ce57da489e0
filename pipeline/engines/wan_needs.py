"""What an expert of Wan2.2 and its VAE need of a card: memory and floating-point operations, calculated.

The formulas follow the architecture; tests hold them against the operations and the live storages of
diffusers' own classes without weights. Seconds are nobody's to calculate here: a card has to say them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.models.device import Accelerator
from pipeline.models.folders import numbers_in, read_json
from pipeline.profiles.profile import Profile

GIB = 2**30
BYTES: Mapping[str, int] = {"float32": 4, "bfloat16": 2, "float16": 2}
CONTEXT = 0.6 * GIB
"""What CUDA itself takes of a card, and cuDNN for its work."""
SCORER = 2 * GIB
"""What is left for a scorer: CLIP-L takes 1.6 GiB in float32."""
DECODE_NUMBERS = 5_115
"""Numbers that live at once in the decoder, for each pixel of a frame: whatever the length, since frames
are decoded in groups."""
ENCODE_NUMBERS = 3_773
"""The same in the encoder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What is rendered: pixels and frames."""

    width: int
    height: int
    frames: int

    @property
    def tokens(self) -> int:
        """Places that an expert attends to: a group of frames, 16 by 16 pixels."""
        return ((self.frames - 1) // 4 + 1) * (self.height // 16) * (self.width // 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """The numbers of a checkpoint's expert that its cost follows from."""

    layers: int
    width: int
    hidden: int
    """Width of the feed-forward layers."""
    text_tokens: int

    @classmethod
    def read(cls, config: Mapping[str, Any], text_tokens: int) -> "Expert":
        """From the expert's `config.json`."""
        return cls(
            layers=config["num_layers"],
            width=config["num_attention_heads"] * config["attention_head_dim"],
            hidden=config["ffn_dim"],
            text_tokens=text_tokens,
        )

    def operations(self, size: Size) -> int:
        """Floating-point operations of one forward pass."""
        n, d, words = size.tokens, self.width, self.text_tokens
        attention = 8 * n * d * d + 4 * n * n * d
        to_text = 4 * n * d * d + 4 * words * d * d + 4 * n * words * d
        feed_forward = 4 * n * d * self.hidden
        return self.layers * (attention + to_text + feed_forward)

    def activations(self, size: Size) -> int:
        """Bytes that live at once beside the weights, not compiled, in half precision."""
        return size.tokens * (2 * self.hidden + 17 * self.width)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Bytes on the card: what lies there all the time, and what each stage takes besides."""

    experts: int
    vae: int
    text: int
    """The text encoder, which leaves before anything else is made where there is no room for both."""
    still: int
    denoise: int
    decode: int
    """In one piece; where there is less room it is done in tiles."""

    @property
    def least(self) -> int:
        """What the card must have, in all."""
        return int(CONTEXT + self.experts + self.vae + max(self.text, self.still, self.denoise))

    @property
    def together(self) -> int:
        """What the card should have for the text encoder to stay there."""
        most = max(self.still, self.denoise, self.decode)
        return int(CONTEXT + self.experts + self.vae + self.text + most)

    @property
    def comfortable(self) -> int:
        """What the card should have, so that no clip is decoded in tiles."""
        most = max(self.text, self.still, self.denoise, self.decode)
        return int(CONTEXT + self.experts + self.vae + most)


def needs(profile: Profile, folder: Path) -> Needs:
    """What the profile's checkpoint in `folder` needs for the largest clip that the profile makes.

    The scorer is not counted, which may lie anywhere. Raises `RenderFault` for an incomplete checkpoint.
    """
    size = largest(profile)
    pixels = size.width * size.height
    half, full = BYTES[profile.model.dtype], BYTES[profile.model.vae_dtype]
    expert = Expert.read(read_json(folder, "transformer/config.json"), profile.model.text_tokens)
    return Needs(
        experts=half * sum(numbers_in(folder / part) for part in ("transformer", "transformer_2")),
        vae=full * numbers_in(folder / "vae"),
        text=half * numbers_in(folder / "text_encoder"),
        still=full * ENCODE_NUMBERS * pixels,
        denoise=expert.activations(size),
        decode=BYTES[profile.speed.decode or profile.model.vae_dtype] * DECODE_NUMBERS * pixels,
    )


def largest(profile: Profile) -> Size:
    """The largest clip that the profile makes."""
    width, height = profile.size_for(16, 9)
    return Size(width=width, height=height, frames=profile.frame.max_frames)


def why_too_small(profile: Profile, folder: Path, card: Accelerator | None) -> str | None:
    """A sentence where the profile does not fit on the card; without one there is nothing to say."""
    if card is None:
        return None
    wanted = needs(profile, folder)
    if wanted.least <= card.memory:
        return None
    return (
        f"profile {profile.name} at {profile.frame.area} needs {_gib(wanted.least)} GiB of a card (experts "
        f"{_gib(wanted.experts)}, VAE {_gib(wanted.vae)}, denoising {_gib(wanted.denoise)}, calculated) "
        f"and {card.name} has {_gib(card.memory)}: choose a smaller area, or a profile for smaller cards"
    )


def encoder_may_stay(profile: Profile, folder: Path, card: Accelerator | None) -> bool:
    """Whether the text encoder leaves room for all else on the card; on a CPU it is in nobody's way."""
    return card is None or needs(profile, folder).together + SCORER <= card.memory


def _gib(size: float) -> str:
    return f"{size / GIB:.1f}"
