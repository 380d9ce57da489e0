"""Experts come to the device as diffusers reads them, and as a profile wants them otherwise."""

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.engines import wan
from pipeline.engines.wan_experts import EXPERTS, ExpertSource, Lora, missing, sources
from pipeline.errors import Cause, RenderFault
from pipeline.models import weights
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import (
    LoraSection,
    Quantisation,
    QuantisationSection,
    SpeedSection,
)
from tests.integration.pipeline.engines.test_wan import TOY, frames_of

HIGH = EXPERTS[0]
LAYER = "blocks.1.attn1.to_q"


@pytest.fixture(scope="module")
def folder() -> Path:
    return weights.folder("builtin:toy-i2v", None)


@pytest.fixture(scope="module")
def exact(folder: Path) -> NDArray[np.uint8]:
    return frames_of(wan.load(TOY, folder, "cpu"))


@pytest.fixture
def source(folder: Path) -> ExpertSource:
    return ExpertSource(folder=folder, part=HIGH, dtype="float32")


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("part", EXPERTS)
def test_an_expert_is_what_diffusers_reads(folder: Path, part: str, dtype: str) -> None:
    import torch
    from diffusers import WanTransformer3DModel

    read: Any = WanTransformer3DModel.from_pretrained
    stock = read(folder / part, torch_dtype=getattr(torch, dtype))
    made = ExpertSource(folder=folder, part=part, dtype=dtype).read("cpu")
    right = {**stock.state_dict(), **dict(stock.named_buffers())}
    ours = {**made.state_dict(), **dict(made.named_buffers())}
    assert ours.keys() == right.keys()
    for name, weight in ours.items():
        assert weight.dtype == right[name].dtype
        assert torch.equal(weight, right[name])
    assert not any(weight.requires_grad for weight in made.parameters())
    assert not made.training


def quantised(**kinds: Quantisation) -> Profile:
    speed = SpeedSection(quantisation=QuantisationSection(**kinds))
    return TOY.model_copy(update={"speed": speed})


@pytest.mark.parametrize(
    ("kinds", "most"),
    [
        ({"high": "int8", "low": "int8"}, 2.0),
        ({"high": "float8", "low": "float8"}, 8.0),
        ({"high": None, "low": "int8"}, 2.0),
    ],
)
def test_a_clip_of_experts_in_8_bits_is_much_the_same(
    folder: Path, exact: NDArray[np.uint8], kinds: Any, most: float
) -> None:
    made = frames_of(wan.load(quantised(**kinds), folder, "cpu"))
    off = np.abs(made.astype(int) - exact.astype(int))
    assert 0 < off.mean() < most


def test_each_expert_has_a_precision_of_its_own(folder: Path) -> None:
    import torch

    engine = wan.load(quantised(low="int8"), folder, "cpu")
    high, low = (getattr(engine._model, part).state_dict() for part in EXPERTS)
    assert high[f"{LAYER}.weight"].dtype == torch.float32
    assert low[f"{LAYER}.weight"].dtype == torch.int8
    assert low["patch_embedding.weight"].dtype == torch.float32
    assert low["condition_embedder.time_proj.weight"].dtype == torch.float32


@pytest.mark.parametrize("kind", get_args(Quantisation))
def test_rounding_comes_after_the_precision_that_the_profile_computes_in(
    folder: Path, kind: Quantisation
) -> None:
    """So that what is prepared once, and what is quantised at each start, are the same numbers."""
    import torch

    half = ExpertSource(folder=folder, part=HIGH, dtype="bfloat16")
    made = dict(replace(half, quantisation=kind).tensors("cpu"))
    from pipeline.engines.quantised import quantise

    numbers, scale = quantise(dict(half.tensors("cpu"))[f"{LAYER}.weight"], kind)
    assert torch.equal(made[f"{LAYER}.weight"].float(), numbers.float())
    assert torch.equal(made[f"{LAYER}.scale"], scale)


# Low-rank changes.


def a_lora(tmp_path: Path, names: dict[str, str], **more: Any) -> Path:
    """A change of rank 2 of one layer, under the names of one trainer or another."""
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(9)
    down, up = torch.randn(2, 128) / 50, torch.randn(128, 2) / 50
    file = tmp_path / "change.safetensors"
    tensors = {names["down"]: down, names["up"]: up, **more}
    save_file({name: each.contiguous() for name, each in tensors.items()}, file)
    return file


DIFFUSERS = {
    "down": f"transformer.{LAYER}.lora_A.weight",
    "up": f"transformer.{LAYER}.lora_B.weight",
}
COMFY = {
    "down": "diffusion_model.blocks.1.self_attn.q.lora_down.weight",
    "up": "diffusion_model.blocks.1.self_attn.q.lora_up.weight",
}


@pytest.mark.parametrize("names", [DIFFUSERS, COMFY])
def test_a_lora_is_added_to_the_weights_at_its_strength(
    source: ExpertSource, tmp_path: Path, names: dict[str, str]
) -> None:
    import torch
    from safetensors.torch import load_file

    file = a_lora(tmp_path, names)
    down, up = (load_file(file)[names[side]] for side in ("down", "up"))
    plain = dict(source.tensors("cpu"))
    made = dict(replace(source, loras=(Lora(file=file, strength=0.5),)).tensors("cpu"))
    changed = {name for name in plain if not torch.equal(plain[name], made[name])}
    assert changed == {f"{LAYER}.weight"}
    expected = plain[f"{LAYER}.weight"] + 0.5 * up @ down
    torch.testing.assert_close(made[f"{LAYER}.weight"], expected)


def test_the_alpha_of_a_trainer_scales_its_change(source: ExpertSource, tmp_path: Path) -> None:
    import torch

    alpha = {"diffusion_model.blocks.1.self_attn.q.alpha": torch.tensor(1.0)}
    plain = dict(source.tensors("cpu"))[f"{LAYER}.weight"]
    moved = []
    for more in ({}, alpha):
        lora = Lora(file=a_lora(tmp_path, COMFY, **more), strength=1.0)
        moved.append(dict(replace(source, loras=(lora,)).tensors("cpu"))[f"{LAYER}.weight"] - plain)
    torch.testing.assert_close(moved[1], moved[0] / 2, atol=1e-6, rtol=1e-3)


def test_the_alpha_in_a_files_metadata_scales_its_change(
    source: ExpertSource, tmp_path: Path
) -> None:
    import json

    import torch
    from safetensors.torch import load_file, save_file

    file = a_lora(tmp_path, DIFFUSERS)
    plain = dict(source.tensors("cpu"))[f"{LAYER}.weight"]

    def moved(**told: Any) -> Any:
        adapter = {f"transformer.{key}": value for key, value in told.items()}
        save_file(load_file(file), file, {"lora_adapter_metadata": json.dumps(adapter)})
        lora = Lora(file=file, strength=1.0)
        return dict(replace(source, loras=(lora,)).tensors("cpu"))[f"{LAYER}.weight"] - plain

    torch.testing.assert_close(moved(r=2, lora_alpha=1), moved(r=2, lora_alpha=2) / 2)
    with pytest.raises(RenderFault, match="each of its layers has a strength of its own"):
        moved(r=2, lora_alpha=2, alpha_pattern={"to_q": 4})


def test_a_change_of_a_bias_is_added_too(source: ExpertSource, tmp_path: Path) -> None:
    import torch

    more = {"diffusion_model.blocks.1.self_attn.q.diff_b": torch.full((128,), 0.25)}
    lora = Lora(file=a_lora(tmp_path, COMFY, **more), strength=1.0)
    plain = dict(source.tensors("cpu"))
    made = dict(replace(source, loras=(lora,)).tensors("cpu"))
    torch.testing.assert_close(made[f"{LAYER}.bias"], plain[f"{LAYER}.bias"] + 0.25)


def test_a_fused_lora_renders_as_one_that_is_beside_the_weights(
    folder: Path, tmp_path: Path, exact: NDArray[np.uint8]
) -> None:
    file = a_lora(tmp_path, COMFY)
    lora = LoraSection(expert="high", weights=str(tmp_path), file=file.name, strength=2.0)
    with_lora = TOY.model_copy(update={"model": TOY.model.model_copy(update={"loras": (lora,)})})
    made = frames_of(wan.load(with_lora, folder, "cpu", loras=[file]))

    engine = wan.load(TOY, folder, "cpu")
    from safetensors.torch import load_file

    down, up = (load_file(file)[COMFY[side]] for side in ("down", "up"))
    layer = getattr(engine._model, HIGH).get_submodule(LAYER)
    layer.register_forward_hook(lambda _, given, out: out + 2.0 * given[0] @ down.T @ up.T)
    beside = frames_of(engine)
    assert np.abs(made.astype(int) - beside.astype(int)).max() <= 1
    assert np.abs(made.astype(int) - exact.astype(int)).max() > 1


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (
            {
                "down": "diffusion_model.blocks.9.self_attn.q.lora_down.weight",
                "up": "diffusion_model.blocks.9.self_attn.q.lora_up.weight",
            },
            "changes blocks.9.attn1.to_q, which this model does not have",
        ),
        (
            {"down": f"transformer.{LAYER}.lora_A.weight", "up": "transformer.x.lora_B.weight"},
            "is not whole",
        ),
        ({"down": "a", "up": "b"}, "holds no low-rank change"),
    ],
)
def test_a_lora_of_another_model_is_refused(
    source: ExpertSource, tmp_path: Path, names: dict[str, str], told: str
) -> None:
    lora = Lora(file=a_lora(tmp_path, names), strength=1.0)
    with pytest.raises(RenderFault, match=told) as refused:
        dict(replace(source, loras=(lora,)).tensors("cpu"))
    assert refused.value.cause is Cause.FATAL
    assert "change.safetensors" in refused.value.sentence


def test_a_lora_that_is_no_safetensors_is_refused(source: ExpertSource, tmp_path: Path) -> None:
    file = tmp_path / "change.safetensors"
    file.write_bytes(b"PK\x03\x04 a pickle, perhaps")
    with pytest.raises(RenderFault, match="cannot be read"):
        dict(replace(source, loras=(Lora(file=file, strength=1.0),)).tensors("cpu"))


def test_loras_go_to_the_expert_that_they_are_for(folder: Path, tmp_path: Path) -> None:
    sections = tuple(
        LoraSection(expert=side, weights="a", file=f"{side}.safetensors")
        for side in ("low", "high")
    )
    wanted = TOY.model_copy(update={"model": TOY.model.model_copy(update={"loras": sections})})
    high, low = sources(wanted, folder, [tmp_path / "l", tmp_path / "h"])
    assert [lora.file.name for lora in high.loras] == ["h"]
    assert [lora.file.name for lora in low.loras] == ["l"]


def test_the_first_weight_that_is_missing_is_named(source: ExpertSource) -> None:
    assert missing(source) is None
    assert missing(replace(source, quantisation="int8")) is None
    assert missing(replace(source, quantisation="int8", prepared=True)) == (
        "blocks.0.attn1.to_k.scale"
    )
