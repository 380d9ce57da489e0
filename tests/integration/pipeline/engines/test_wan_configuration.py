"""The profile of the large model, held against diffusers' own classes without its weights."""

from typing import Any

import pytest
from PIL import Image

from pipeline.engines import wan_checkpoint
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


PROFILES = [name for name in profile.names() if name.startswith("wan2.2")]
PUBLISHED = {"solver_order": 2, "flow_shift": 3.0, "_class_name": "UniPCMultistepScheduler"}
"""Of the checkpoint's own `scheduler_config.json`, what a profile may say otherwise."""


def sampler_of(name: str) -> Any:
    """What an engine makes of the published sampler, at its steps."""
    from diffusers import UniPCMultistepScheduler

    wanted = profile.load(name)
    made: Any = UniPCMultistepScheduler.from_config(PUBLISHED, **wan_checkpoint.sampler(wanted))
    made.set_timesteps(wanted.sampler.steps)
    return made


@pytest.mark.parametrize("name", PROFILES)
def test_both_experts_of_each_profile_get_steps_of_their_own(name: str) -> None:
    wanted, sampler = profile.load(name), sampler_of(name)
    high = sum(bool(time >= wanted.model.boundary * 1000) for time in sampler.timesteps)
    low = len(sampler.timesteps) - high
    assert (high, low) == ((15, 25) if wanted.guided else (2, 2))


@pytest.mark.parametrize("name", PROFILES)
def test_the_sampler_of_each_profile_is_the_one_that_its_model_was_made_for(name: str) -> None:
    """40 steps of UniPC as Wan's own configuration has them; or the four that Lightning was trained on."""
    wanted, sampler = profile.load(name), sampler_of(name)
    assert sampler.config.use_flow_sigmas
    assert sampler.config.prediction_type == "flow_prediction"
    if wanted.guided:
        assert len(sampler.timesteps) == 40
        assert (sampler.config.solver_order, sampler.config.disable_corrector) == (2, [])
        assert [int(time) for time in sampler.timesteps[[0, 14, 15, -1]]] == [999, 902, 893, 117]
    else:
        assert [int(time) for time in sampler.timesteps] == [999, 937, 833, 625]
        sigmas = [float(sigma) for sigma in sampler.sigmas]
        assert sigmas == pytest.approx([1.0, 0.9376, 0.8336, 0.6259, 0.0], abs=3e-4)


def test_the_sampler_of_a_draft_is_eulers() -> None:
    """What UniPC is at order 1 without its corrector, step by step."""
    import torch

    sampler, sample = (
        sampler_of("wan2.2-i2v-a14b-draft"),
        torch.linspace(-1, 1, 48).view(1, 3, 4, 4),
    )
    plain = sample
    for time, here, there in zip(
        sampler.timesteps, sampler.sigmas[:-1], sampler.sigmas[1:], strict=True
    ):
        flow = torch.sin(3 * sample) + time / 1000
        plain = plain + (there - here) * (torch.sin(3 * plain) + time / 1000)
        sample = sampler.step(flow, time, sample, return_dict=False)[0]
        torch.testing.assert_close(sample, plain, atol=1e-5, rtol=1e-5)


def test_diffusers_own_euler_would_put_the_last_step_elsewhere() -> None:
    """Why a draft does not use it."""
    from diffusers import FlowMatchEulerDiscreteScheduler

    sampler: Any = FlowMatchEulerDiscreteScheduler(shift=5.0)
    sampler.set_timesteps(4)
    assert float(sampler.timesteps[-1]) == pytest.approx(24.4, abs=0.1)
