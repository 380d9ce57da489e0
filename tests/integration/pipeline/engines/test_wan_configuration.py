"""The profile of the large model, held against diffusers' own classes without its weights."""

from typing import Any

import pytest
from PIL import Image

from pipeline.models import weights
from pipeline.profiles import profile

WAN = profile.load("wan2.2-i2v-a14b")


@pytest.fixture(scope="module")
def model() -> Any:
    """The tiny model, for the rules that it shares with the large one."""
    from diffusers import WanImageToVideoPipeline

    return WanImageToVideoPipeline.from_pretrained(weights.folder("builtin:toy-i2v", None))


def test_an_expert_of_the_real_size_has_14_billion_weights() -> None:
    import torch
    from diffusers import WanTransformer3DModel

    with torch.device("meta"):
        expert = WanTransformer3DModel(
            patch_size=(1, 2, 2),
            num_attention_heads=40,
            attention_head_dim=128,
            in_channels=36,
            out_channels=16,
            text_dim=4096,
            freq_dim=256,
            ffn_dim=13824,
            num_layers=40,
            cross_attn_norm=True,
            qk_norm="rms_norm_across_heads",
            eps=1e-6,
        )
    billions = sum(weight.numel() for weight in expert.parameters()) / 1e9
    assert billions == pytest.approx(14.29, abs=0.01)


@pytest.mark.parametrize("area", sorted(WAN.frame.areas))
@pytest.mark.parametrize("ratio", [(16, 9), (9, 16), (1, 1), (4, 3), (2.39, 1), (3, 4), (10, 1)])
def test_every_size_of_the_real_profile_is_one_that_diffusers_takes(
    model: Any, ratio: tuple[float, float], area: str
) -> None:
    frame = WAN.frame.model_copy(update={"area": area})
    width, height = WAN.model_copy(update={"frame": frame}).size_for(*ratio)
    assert width * height <= WAN.frame.areas[area]
    model.check_inputs(
        "prompt", "negative", Image.new("RGB", (16, 16)), height, width,
        guidance_scale_2=WAN.sampler.cfg_low,
    )  # fmt: skip


@pytest.mark.parametrize("seconds", [None, 0.5, 1, 2.5, 4, 5.06])
def test_every_length_of_the_real_profile_is_one_that_diffusers_keeps(
    seconds: float | None,
) -> None:
    frames = WAN.frames_for(seconds)
    assert frames % 4 == 1
    assert frames <= WAN.frame.max_frames == 81


def test_both_experts_of_the_real_profile_get_steps_of_their_own() -> None:
    from diffusers import UniPCMultistepScheduler

    sampler = UniPCMultistepScheduler(
        prediction_type="flow_prediction", use_flow_sigmas=True, flow_shift=WAN.sampler.flow_shift
    )
    sampler.set_timesteps(WAN.sampler.steps)
    high = sum(bool(time >= WAN.model.boundary * 1000) for time in sampler.timesteps)
    assert (high, len(sampler.timesteps) - high) == (15, 25)
