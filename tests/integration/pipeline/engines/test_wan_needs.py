"""Operations and memory of the large model, held against diffusers' own classes without their weights.

The golden numbers were counted with diffusers 0.42.1; a version that computes otherwise shows here.
"""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from pipeline.engines.beside import of_scorer, on_card
from pipeline.engines.wan_needs import (
    BYTES,
    DECODE_NUMBERS,
    ENCODE_NUMBERS,
    GIB,
    WORKSPACE,
    Expert,
    Size,
    TextEncoderOn,
    largest,
    needs,
    text_encoder_on,
    why_too_small,
)
from pipeline.models import builtin
from pipeline.models.device import Accelerator
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import Quantisation, SpeedSection
from tests.gpu.model import LARGE

ROOT = Path(__file__).resolve().parents[4]
WAN = profile.load("wan2.2-i2v-a14b")
TOY = profile.load("toy")
CONFIG = LARGE.expert
"""The checkpoint's own `transformer/config.json`."""
CONFIGS: dict[str, Any] = {
    "transformer/config.json": CONFIG,
    "text_encoder/config.json": {"vocab_size": 256_384, "d_model": 4096},
}
EXPERT = Expert.read(CONFIG, 512)
SIZES = {
    "480p": Size(width=832, height=480, frames=81),
    "720p": Size(width=1280, height=720, frames=81),
    "480p, 4 s": Size(width=832, height=480, frames=65),
}


JUDGES: dict[str, Any] = {
    "Qwen/Qwen3-VL-4B-Instruct": {
        "hidden_size": 2560,
        "intermediate_size": 9728,
        "num_hidden_layers": 36,
        "num_attention_heads": 32,
    },
    "Qwen/Qwen3-VL-2B-Instruct": {
        "hidden_size": 2048,
        "intermediate_size": 6144,
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
    },
}
"""What the judges' own `config.json` say of their sizes, as known."""


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of weights with the packaged profiles' judges as empty files of their real sizes."""
    import torch
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

    root = tmp_path_factory.mktemp("judges")
    for name, sizes in JUDGES.items():
        text = {**sizes, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 151_936}
        vision = {
            "depth": 24,
            "hidden_size": 1024,
            "intermediate_size": 4096,
            "num_heads": 16,
            "patch_size": 16,
            "out_hidden_size": sizes["hidden_size"],
            "num_position_embeddings": 2304,
            "deepstack_visual_indexes": [5, 11, 17],
        }
        config = Qwen3VLConfig(text_config=text, vision_config=vision, tie_word_embeddings=True)
        with torch.device("meta"):
            model = Qwen3VLForConditionalGeneration(config)
        model.tie_weights()
        (root / name).mkdir(parents=True)
        with (root / name / "model.safetensors").open("wb") as file:
            file.truncate(2 * sum(each.numel() for each in model.parameters()))
    return root


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


@pytest.mark.parametrize("kind", get_args(Quantisation))
def test_8_bits_take_no_more_beside_the_weights(kind: Quantisation) -> None:
    """Not compiled either: many tokens are multiplied in pieces."""
    import torch

    from pipeline.engines.quantised import replace_linears
    from tests.meta_memory import count

    asked = SIZES["480p"]
    with torch.device("meta"):
        layer = torch.nn.Sequential(torch.nn.Linear(EXPERT.width, EXPERT.hidden)).bfloat16()
    replace_linears(layer, kind)
    given = torch.empty(1, asked.tokens, EXPERT.width, device="meta", dtype=torch.bfloat16)
    found = count(lambda: layer(given), layer)
    out = 2 * asked.tokens * EXPERT.hidden
    assert found.peak < 3.5 * out  # at once, the whole product alone would be twice the output


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
    monkeypatch.setattr(wan_needs, "read_json", lambda folder, name: CONFIGS[name])
    return Path("Wan2.2-I2V-A14B-Diffusers")


def at(area: str, **speed: Any) -> Profile:
    frame = WAN.frame.model_copy(update={"area": area})
    return WAN.model_copy(update={"frame": frame, "speed": SpeedSection(**speed)})


def a_card(gigabytes: float) -> Accelerator:
    return Accelerator(name="a card", memory=int(gigabytes * GIB))


@pytest.mark.parametrize(("area", "least", "whole"), [("480p", 61.0, 63.5), ("720p", 70.4, 76.0)])
def test_the_exact_profile_fits_on_80_gb_at_both_areas(
    checkpoint: Path, area: str, least: float, whole: float
) -> None:
    wanted = needs(at(area), checkpoint)
    assert wanted.least / GIB == pytest.approx(least, abs=0.2)
    assert wanted.comfortable / GIB == pytest.approx(whole, abs=0.2)
    assert why_too_small(at(area), checkpoint, a_card(79), 32 * GIB) is None


def test_a_decode_in_half_precision_takes_half(checkpoint: Path) -> None:
    exact, rough = (
        needs(at("720p", **speed), checkpoint) for speed in ({}, {"decode": "bfloat16"})
    )
    assert rough.decode == exact.decode / 2
    assert rough.still == exact.still


@pytest.mark.parametrize(
    ("area", "card", "where"),
    [
        ("480p", 79, TextEncoderOn.DEVICE),
        ("720p", 79, TextEncoderOn.TURN),
        ("720p", 139, TextEncoderOn.DEVICE),
        ("480p", 74, TextEncoderOn.TURN),
        ("480p", 66, TextEncoderOn.FILE),
    ],
)
def test_the_text_encoder_is_where_nobody_wants_its_place(
    checkpoint: Path, area: str, card: float, where: TextEncoderOn
) -> None:
    beside = 2 * GIB
    assert text_encoder_on(at(area), checkpoint, a_card(card), beside) is where
    assert text_encoder_on(at(area), checkpoint, a_card(card + 2), beside + 2 * GIB) is where
    assert text_encoder_on(at(area), checkpoint, None, beside) is TextEncoderOn.DEVICE


def test_a_card_that_is_too_small_is_told_in_a_sentence(checkpoint: Path) -> None:
    told = why_too_small(at("720p"), checkpoint, a_card(40), 32 * GIB)
    assert told is not None
    assert "at 720p needs 70.4 GiB" in told
    assert "VAE 0.5, encoding the still 16.1, calculated)" in told
    assert "a card has 40.0: choose a smaller area" in told
    assert "\n" not in told
    assert why_too_small(at("720p"), checkpoint, None, 0) is None


def test_what_is_beside_the_model_wants_its_room_on_the_card(checkpoint: Path) -> None:
    small = at("720p"), checkpoint, a_card(73), 32 * GIB
    assert why_too_small(*small, 2 * GIB) is None
    told = why_too_small(*small, 10 * GIB)
    assert told is not None
    assert "at 720p needs 80." in told
    assert ", scorer 10.0, calculated)" in told
    assert "choose a smaller area, a smaller scorer or one on the CPU, or a profile for" in told


def test_the_toy_fits_anywhere() -> None:
    wanted = needs(TOY, builtin.folder("builtin:toy-i2v"))
    assert wanted.least < 1 * GIB
    assert largest(TOY).frames == 17


@pytest.mark.parametrize(
    ("name", "area", "card", "least", "comfortable", "beside", "memory"),
    [
        ("wan2.2-i2v-a14b", "480p", 80, 61.0, 63.5, 6.1, 5.0),
        ("wan2.2-i2v-a14b", "720p", 80, 70.4, 76.0, 6.1, 5.0),
        ("wan2.2-i2v-a14b-fast", "480p", 48, 34.9, 34.9, 6.1, 5.0),
        ("wan2.2-i2v-a14b-fast", "720p", 80, 44.2, 44.2, 6.1, 5.0),
        ("wan2.2-i2v-a14b-draft", "480p", 48, 34.9, 34.9, 6.1, 5.0),
        ("wan2.2-i2v-a14b-draft", "720p", 80, 44.2, 44.2, 6.1, 5.0),
        ("wan2.2-i2v-a14b-24gb", "480p", 24, 21.3, 21.3, 0.5, 18.4),
        ("wan2.2-i2v-a14b-24gb-float8", "480p", 24, 21.3, 21.3, 0.5, 18.4),
        ("wan2.2-i2v-a14b-24gb-draft", "480p", 24, 21.3, 21.3, 0.5, 18.4),
    ],
)
def test_each_packaged_profile_fits_with_its_judge_on_the_card_that_it_is_for(
    checkpoint: Path,
    judges: Path,
    name: str,
    area: str,
    card: int,
    least: float,
    comfortable: float,
    beside: float,
    memory: float,
) -> None:
    wanted = profile.load(name)
    assert area in wanted.frame.areas
    wanted = wanted.model_copy(update={"frame": wanted.frame.model_copy(update={"area": area})})
    found = needs(wanted, checkpoint)
    assert found.least / GIB == pytest.approx(least, abs=0.15)
    assert found.comfortable / GIB == pytest.approx(comfortable, abs=0.15)
    assert found.memory / GIB == pytest.approx(memory, abs=0.15)
    usable = card - 0.4  # what the driver leaves of it
    others = on_card(wanted, judges)
    assert others / GIB == pytest.approx(beside, abs=0.15)
    # With its judge beside it the exact profile decodes 720p in tiles on such a card.
    assert ((found.comfortable + others) / GIB < usable) == ((name, area) != (WAN.name, "720p"))
    told = why_too_small(wanted, checkpoint, a_card(usable), 32 * GIB, others)
    assert told is None


def test_no_packaged_profile_and_area_is_left_out_above() -> None:
    listed = {
        (name, area)
        for name in profile.names()
        if name.startswith("wan2.2")
        for area in profile.load(name).frame.areas
    }
    (marked,) = test_each_packaged_profile_fits_with_its_judge_on_the_card_that_it_is_for.pytestmark  # pyright: ignore
    assert {row[:2] for row in marked.args[1]} == listed


def test_24_gb_profiles_fit_into_a_machine_with_32_gb(checkpoint: Path) -> None:
    wanted = profile.load("wan2.2-i2v-a14b-24gb")
    assert needs(wanted, checkpoint).memory < 24 * GIB
    assert why_too_small(wanted, checkpoint, a_card(23.6), 31 * GIB) is None
    told = why_too_small(wanted, checkpoint, a_card(23.6), 16 * GIB)
    assert told is not None
    assert "needs 18.5 GiB of the machine's memory" in told


def test_a_judge_takes_of_the_card_what_it_is_set_to(judges: Path) -> None:
    def size(**changes: Any) -> float:
        match = WAN.match.model_copy(update=changes)
        return of_scorer(WAN.model_copy(update={"match": match}), judges) / GIB

    assert size() == pytest.approx(5.6, abs=0.1)
    assert size(weights="Qwen/Qwen3-VL-4B-Instruct") == pytest.approx(9.9, abs=0.1)
    assert size() - size(where="worker") == pytest.approx(0.6), "a process of its own has a context"
    assert size(device="cpu") == 0
    assert size(kind="clip", where="worker") == 2
    assert size(weights="nobody/has-it") == 0, "of what is not at hand nothing is known"


def test_what_stages_need_is_what_a_card_gave_them() -> None:
    """Or a little less than what is counted: measured on an H200, weights taken off."""
    measured = json.loads((ROOT / "docs/proofs/h200.json").read_text())["stages"]
    vae = {"float32": 0.47, "bfloat16": 0.24}
    for area, pixels in (("480p", 832 * 480), ("720p", 1280 * 720)):
        found = measured[f"vae_{area}"]
        for what, numbers in (("encode", ENCODE_NUMBERS), ("decode", DECODE_NUMBERS)):
            for precision in ("float32", "bfloat16"):
                took = found.get(f"{what} {precision}", {}).get("peak_gib")
                if took is None or (what, precision, area) == ("decode", "float32", "480p"):
                    continue  # not made; and this one let cuDNN try its convolutions
                counted = WORKSPACE * BYTES[precision] * numbers * pixels / GIB
                assert 0.93 * counted < took - vae[precision] < 1.01 * counted, (
                    what,
                    precision,
                    area,
                )
