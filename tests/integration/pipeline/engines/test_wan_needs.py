"""Operations and memory of the large model, held against diffusers' own classes without their weights.

The golden numbers were counted with diffusers 0.42.1; a version that computes otherwise shows here.
"""

from pathlib import Path
from typing import Any

import pytest

from pipeline.engines.wan_needs import (
    DECODE_NUMBERS,
    ENCODE_NUMBERS,
    GIB,
    Expert,
    Size,
    encoder_may_stay,
    largest,
    needs,
    why_too_small,
)
from pipeline.models import builtin
from pipeline.models.device import Accelerator
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import SpeedSection

WAN = profile.load("wan2.2-i2v-a14b")
TOY = profile.load("toy")
CONFIG: dict[str, Any] = {
    "patch_size": (1, 2, 2),
    "num_attention_heads": 40,
    "attention_head_dim": 128,
    "in_channels": 36,
    "out_channels": 16,
    "text_dim": 4096,
    "freq_dim": 256,
    "ffn_dim": 13824,
    "num_layers": 40,
    "cross_attn_norm": True,
    "qk_norm": "rms_norm_across_heads",
    "eps": 1e-6,
}
"""The checkpoint's own `transformer/config.json`."""
EXPERT = Expert.read(CONFIG, 512)
SIZES = {
    "480p": Size(width=832, height=480, frames=81),
    "720p": Size(width=1280, height=720, frames=81),
    "480p, 4 s": Size(width=832, height=480, frames=65),
}


@pytest.fixture(scope="module")
def expert() -> Any:
    import torch
    from diffusers import WanTransformer3DModel

    with torch.device("meta"):
        made = WanTransformer3DModel(**CONFIG)
    full = WanTransformer3DModel._keep_in_fp32_modules or []
    for name, weight in made.named_parameters():
        exact = any(part in name for part in full)
        weight.data = weight.data.to(torch.float32 if exact else torch.bfloat16)
    return made.requires_grad_(False)


@pytest.mark.parametrize(
    ("size", "tokens", "petaflop", "gib"),
    [
        ("480p", 32_760, 1.678, 3.49),
        ("720p", 75_600, 6.523, 8.02),
        ("480p, 4 s", 26_520, 1.223, 2.83),
    ],
)
def test_an_expert_takes_what_is_calculated(
    expert: Any, size: str, tokens: int, petaflop: float, gib: float
) -> None:
    import torch

    from tests.meta_memory import count

    asked = SIZES[size]
    half = {"device": "meta", "dtype": torch.bfloat16}
    groups, rows, columns = (asked.frames - 1) // 4 + 1, asked.height // 8, asked.width // 8
    found = count(
        lambda: expert(
            hidden_states=torch.empty(1, 36, groups, rows, columns, **half),
            timestep=torch.empty(1, device="meta"),
            encoder_hidden_states=torch.empty(1, 512, 4096, **half),
            return_dict=False,
        ),
        expert,
    )
    assert asked.tokens == tokens
    assert found.operations / 1e15 == pytest.approx(petaflop, rel=0.01)
    assert found.peak / GIB == pytest.approx(gib, rel=0.01)
    assert EXPERT.operations(asked) == pytest.approx(found.operations, rel=0.01)
    assert EXPERT.activations(asked) == pytest.approx(found.peak, rel=0.02)


@pytest.mark.parametrize(
    ("what", "precision", "size", "teraflop", "gib"),
    [
        ("decode", "bfloat16", "720p", 639.2, 9.11),
        ("encode", "float32", "480p", 163.7, 5.61),
    ],
)
def test_the_vae_takes_what_is_calculated(
    what: str, precision: str, size: str, teraflop: float, gib: float
) -> None:
    import torch
    from diffusers import AutoencoderKLWan

    from tests.meta_memory import count

    asked, dtype = SIZES[size], getattr(torch, precision)
    with torch.device("meta"):
        vae = AutoencoderKLWan().requires_grad_(False)
    for weight in vae.parameters():
        weight.data = weight.data.to(dtype)
    latents = (1, 16, (asked.frames - 1) // 4 + 1, asked.height // 8, asked.width // 8)
    frames = (1, 3, asked.frames, asked.height, asked.width)
    given = torch.empty(latents if what == "decode" else frames, device="meta", dtype=dtype)
    found = count(lambda: getattr(vae, what)(given, return_dict=False), vae)
    assert found.operations / 1e12 == pytest.approx(teraflop, rel=0.01)
    assert found.peak / GIB == pytest.approx(gib, rel=0.01)
    numbers = DECODE_NUMBERS if what == "decode" else ENCODE_NUMBERS
    calculated = numbers * dtype.itemsize * asked.width * asked.height
    assert calculated == pytest.approx(found.peak, rel=0.05)


REAL = {"transformer": 14.29e9, "transformer_2": 14.29e9, "vae": 0.127e9, "text_encoder": 5.68e9}
"""Numbers in the parts of the real checkpoint."""


@pytest.fixture
def checkpoint(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The real checkpoint, of which its sizes are known here."""
    from pipeline.engines import wan_needs

    monkeypatch.setattr(wan_needs, "numbers_in", lambda part: int(REAL[part.name]))
    monkeypatch.setattr(wan_needs, "read_json", lambda folder, name: CONFIG)
    return Path("Wan2.2-I2V-A14B-Diffusers")


def at(area: str, **speed: Any) -> Profile:
    frame = WAN.frame.model_copy(update={"area": area})
    return WAN.model_copy(update={"frame": frame, "speed": SpeedSection(**speed)})


def a_card(gigabytes: float) -> Accelerator:
    return Accelerator(name="a card", memory=int(gigabytes * GIB))


@pytest.mark.parametrize(("area", "least", "whole"), [("480p", 64.8, 64.8), ("720p", 67.3, 71.8)])
def test_the_exact_profile_fits_on_80_gb_at_both_areas(
    checkpoint: Path, area: str, least: float, whole: float
) -> None:
    wanted = needs(at(area), checkpoint)
    assert wanted.least / GIB == pytest.approx(least, abs=0.2)
    assert wanted.comfortable / GIB == pytest.approx(whole, abs=0.2)
    assert why_too_small(at(area), checkpoint, a_card(79)) is None


def test_a_decode_in_half_precision_takes_half(checkpoint: Path) -> None:
    exact, rough = (
        needs(at("720p", **speed), checkpoint) for speed in ({}, {"decode": "bfloat16"})
    )
    assert rough.decode == exact.decode / 2
    assert rough.still == exact.still


@pytest.mark.parametrize(
    ("area", "card", "stays"),
    [("480p", 79, True), ("720p", 79, False), ("720p", 139, True), ("480p", 74, False)],
)
def test_the_text_encoder_stays_where_nobody_wants_its_place(
    checkpoint: Path, area: str, card: float, stays: bool
) -> None:
    assert encoder_may_stay(at(area), checkpoint, a_card(card)) is stays
    assert encoder_may_stay(at(area), checkpoint, None)


def test_a_card_that_is_too_small_is_told_in_a_sentence(checkpoint: Path) -> None:
    told = why_too_small(at("720p"), checkpoint, a_card(40))
    assert told is not None
    assert "at 720p needs 67." in told
    assert "a card has 40.0: choose a smaller area" in told
    assert "\n" not in told
    assert why_too_small(at("720p"), checkpoint, None) is None


def test_the_toy_fits_anywhere() -> None:
    wanted = needs(TOY, builtin.folder("builtin:toy-i2v"))
    assert wanted.least < 1 * GIB
    assert largest(TOY).frames == 17
