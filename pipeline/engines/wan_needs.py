"""What an expert of Wan2.2 and its VAE need of a card: memory and floating-point operations, calculated.

The formulas follow the architecture; tests hold them against the operations and the live storages of
diffusers' own classes without weights. Seconds are nobody's to calculate here: a card has to say them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from pipeline.engines.beside import CONTEXT, GIB
from pipeline.models.device import Accelerator
from pipeline.models.folders import numbers_in, read_json
from pipeline.profiles.profile import Profile

BYTES: Mapping[str, int] = {"float32": 4, "bfloat16": 2, "float16": 2}
PROCESS = 5 * GIB
"""What a worker's process takes beside weights: Python, torch, Ray and the frames of two clips."""
DECODE_NUMBERS = 5_115
"""Numbers that live at once in the decoder, for each pixel of a frame: whatever the length, since frames
are decoded in groups."""
ENCODE_NUMBERS = 3_773
"""The same in the encoder."""
WORKSPACE = 1.24
"""How much more an encode and a decode take with what cuDNN's convolutions work in: measured on an H200
(`docs/proofs/h200.json`)."""


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

    @property
    def linear(self) -> int:
        """Numbers in the weights of its blocks' linear layers, which are what can be quantised."""
        return self.layers * (8 * self.width**2 + 2 * self.width * self.hidden)

    def activations(self, size: Size) -> int:
        """Bytes that live at once beside the weights, not compiled, in half precision."""
        return size.tokens * (2 * self.hidden + 17 * self.width)


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Bytes on the card: what lies there all the time, and what each stage takes besides."""

    experts: int
    """The experts that lie there."""
    waiting: int
    """The one that waits in the machine's memory, where they are exchanged."""
    staged: int
    """The largest tensor of an exchange, of which there is a second one for a moment."""
    vae: int
    text: int
    """The text encoder, which leaves before anything else is made where there is no room for both."""
    text_layer: int
    """The largest part of the text encoder, where it is read in layers."""
    still: int
    denoise: int
    decode: int
    """In one piece; where there is less room it is done in tiles."""

    @property
    def least(self) -> int:
        """What the card must have, in all."""
        return int(CONTEXT + self.experts + self.vae + max(self.stages.values()))

    @property
    def stages(self) -> dict[str, int]:
        """What each stage that has to fit takes beside the weights, by what people read of it."""
        return {
            "a layer of the text encoder": self.text_layer,
            "encoding the still": self.still,
            "denoising": self.denoise + self.staged,
        }

    @property
    def in_turn(self) -> int:
        """What the card must have for the text encoder to be there whole, before anything else is made."""
        return int(CONTEXT + self.experts + self.vae + self.text)

    @property
    def memory(self) -> int:
        """What a worker needs of its machine's own memory, with Python, Ray and the frames of a clip."""
        return int(PROCESS + self.waiting)

    @property
    def together(self) -> int:
        """What the card should have for the text encoder to stay there."""
        most = max(self.still, self.denoise, self.decode)
        return int(CONTEXT + self.experts + self.vae + self.text + most)

    @property
    def comfortable(self) -> int:
        """What the card should have, so that no clip is decoded in tiles."""
        most = max(*self.stages.values(), self.decode)
        return int(CONTEXT + self.experts + self.vae + most)


class TextEncoderOn(Enum):
    """Where the text encoder is while it is needed, and after."""

    DEVICE = "device"
    """It stays where it computes."""
    TURN = "turn"
    """It is there whole as long as it computes."""
    FILE = "file"
    """It is read in layers from its file, each time."""


def needs(profile: Profile, folder: Path) -> Needs:
    """What the profile's checkpoint in `folder` needs for the largest clip that the profile makes.

    What lies beside the model is not counted (`pipeline.engines.beside`). Raises `RenderFault` for an
    incomplete checkpoint.
    """
    size = largest(profile)
    pixels = size.width * size.height
    half, full = BYTES[profile.model.dtype], BYTES[profile.model.vae_dtype]
    expert = _expert(profile, folder)
    sizes = _expert_sizes(profile, folder)
    exchanged = profile.worker.experts == "exchanged"
    words = read_json(folder, "text_encoder/config.json")
    precision = profile.speed.decode or profile.model.vae_dtype
    return Needs(
        experts=max(sizes) if exchanged else sum(sizes),
        waiting=max(sizes) if exchanged else 0,
        staged=half * expert.width * expert.hidden if exchanged else 0,
        vae=full * numbers_in(folder / "vae"),
        text=half * numbers_in(folder / "text_encoder"),
        text_layer=half * words["vocab_size"] * words["d_model"],
        still=int(WORKSPACE * full * ENCODE_NUMBERS * pixels),
        denoise=expert.activations(size),
        decode=int(WORKSPACE * BYTES[precision] * DECODE_NUMBERS * pixels),
    )


def stored(profile: Profile, folder: Path) -> int:
    """Bytes of what the profile makes of the checkpoint in `folder`, as files."""
    vae = sum(file.stat().st_size for file in (folder / "vae").iterdir() if file.is_file())
    text = BYTES[profile.model.dtype] * numbers_in(folder / "text_encoder")
    return sum(_expert_sizes(profile, folder)) + text + vae


def size_of(folder: Path) -> int:
    """Bytes of the weights of the checkpoint in `folder` as it is, as files."""
    return sum(file.stat().st_size for file in folder.glob("*/*.safetensors"))


def _expert(profile: Profile, folder: Path) -> Expert:
    return Expert.read(read_json(folder, "transformer/config.json"), profile.model.text_tokens)


def _expert_sizes(profile: Profile, folder: Path) -> list[int]:
    """Bytes of both experts' weights, in the precision that the profile wants of each."""
    half, linear = BYTES[profile.model.dtype], _expert(profile, folder).linear
    wanted = profile.speed.quantisation
    return [
        half * numbers_in(folder / part) - ((half - 1) * linear if kind else 0)
        for part, kind in (("transformer", wanted.high), ("transformer_2", wanted.low))
    ]


def largest(profile: Profile) -> Size:
    """The largest clip that the profile makes in one go; segments are no larger."""
    width, height = profile.size_for(16, 9)
    return Size(width=width, height=height, frames=profile.frame.max_frames)


def why_too_small(
    profile: Profile, folder: Path, card: Accelerator | None, memory: int, beside: int = 0
) -> str | None:
    """A sentence where the profile does not fit on the card with what is `beside` it there, or what waits
    not in the machine's `memory`.

    Of a CPU there is nothing to say.
    """
    if card is None:
        return None
    wanted = needs(profile, folder)
    if wanted.least + beside > card.memory:
        judge = f", scorer {_gib(beside)}" if beside else ""
        smaller = ", a smaller scorer or one on the CPU" if beside else ""
        stage, most = max(wanted.stages.items(), key=lambda each: each[1])
        return (
            f"profile {profile.name} at {profile.frame.area} needs {_gib(wanted.least + beside)} GiB of a "
            f"card (experts {_gib(wanted.experts)}, VAE {_gib(wanted.vae)}, {stage} "
            f"{_gib(most)}{judge}, calculated) and {card.name} has {_gib(card.memory)}: choose a "
            f"smaller area{smaller}, or a profile for smaller cards"
        )
    if wanted.memory > memory:
        return (
            f"profile {profile.name} needs {_gib(wanted.memory)} GiB of the machine's memory for each "
            f"worker (the expert that waits {_gib(wanted.waiting)}, calculated) and this one has "
            f"{_gib(memory)}: use a machine with more, or a profile whose experts are both on the card"
        )
    return None


def text_encoder_on(
    profile: Profile, folder: Path, card: Accelerator | None, beside: int
) -> TextEncoderOn:
    """Where there is room for the text encoder with what is `beside` the model, in bytes; on a CPU it is in
    nobody's way."""
    if card is None:
        return TextEncoderOn.DEVICE
    wanted = needs(profile, folder)
    if wanted.together + beside <= card.memory:
        return TextEncoderOn.DEVICE
    return TextEncoderOn.TURN if wanted.in_turn + beside <= card.memory else TextEncoderOn.FILE


def _gib(size: float) -> str:
    return f"{size / GIB:.1f}"
