"""The engine gives what diffusers gives and leaves no trace of a broken-off render."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from pipeline.clips import lint as clip_lint
from pipeline.engines import wan
from pipeline.engines.protocol import Abilities, StagedEngine, WholeEngine
from pipeline.errors import Cause, RenderFault, RenderStopped
from pipeline.models import weights
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe

TOY = profile.load("toy")
BFLOAT = TOY.model_copy(update={"model": TOY.model.model_copy(update={"dtype": "bfloat16"})})
RECIPE = Recipe(
    still="5" * 64,
    prompt="A red circle moves to the left.",
    negative="blurry, still picture",
    seed=7,
    steps=8,
    cfg_high=3.5,
    cfg_low=4.5,
    width=32,
    height=48,
    frames=5,
    fps=8,
    profile="toy",
    revision=TOY.revision,
)


@pytest.fixture(scope="module")
def folder() -> Path:
    return weights.folder("builtin:toy-i2v", None)


@pytest.fixture(scope="module")
def engine(folder: Path) -> wan.WanEngine:
    return wan.load(TOY, folder, "cpu")


def a_picture(recipe: Recipe = RECIPE, colour: str = "red") -> Image.Image:
    still = Image.new("RGB", (recipe.width, recipe.height), "white")
    ImageDraw.Draw(still).ellipse((8, 8, 24, 24), fill=colour)
    return still


def frames_of(
    engine: wan.WanEngine,
    recipe: Recipe = RECIPE,
    picture: Image.Image | None = None,
    on_step: Callable[[int, int], None] = lambda step, steps: None,
) -> NDArray[np.uint8]:
    text = engine.encode_text(recipe.prompt, recipe.negative)
    latents = engine.denoise(picture or a_picture(recipe), text, recipe, on_step)
    return engine.decode(latents)


def plain_frames_of(folder: Path, run_as: Profile, recipe: Recipe) -> NDArray[np.uint8]:
    """What diffusers alone makes of the recipe, without anything of ours."""
    import torch
    from diffusers import UniPCMultistepScheduler, WanImageToVideoPipeline

    dtypes = {"default": run_as.model.dtype, "vae": run_as.model.vae_dtype}
    pipe: Any = WanImageToVideoPipeline.from_pretrained(
        folder, dtype={part: getattr(torch, dtype) for part, dtype in dtypes.items()}
    )
    pipe.scheduler = UniPCMultistepScheduler.from_config(
        pipe.scheduler.config, flow_shift=run_as.sampler.flow_shift
    )
    frames = pipe(
        image=a_picture(recipe),
        prompt=recipe.prompt,
        negative_prompt=recipe.negative,
        width=recipe.width,
        height=recipe.height,
        num_frames=recipe.frames,
        num_inference_steps=recipe.steps,
        guidance_scale=recipe.cfg_high,
        guidance_scale_2=recipe.cfg_low,
        generator=torch.Generator().manual_seed(recipe.seed),
        max_sequence_length=run_as.model.text_tokens,
        output_type="np",
    ).frames[0]
    return (frames * 255).round().astype(np.uint8)


@pytest.mark.parametrize(
    ("run_as", "recipe"),
    [
        (TOY, RECIPE),
        (TOY, replace(RECIPE, width=64, height=64, frames=17)),
        (TOY, replace(RECIPE, cfg_high=1.0, cfg_low=1.0)),
        (BFLOAT, RECIPE),
    ],
    ids=["small", "whole clip", "no guidance", "bfloat16"],
)
def test_frames_are_bit_for_bit_those_of_a_plain_diffusers_call(
    folder: Path, run_as: Profile, recipe: Recipe
) -> None:
    frames = frames_of(wan.load(run_as, folder, "cpu"), recipe)
    assert frames.shape == (recipe.frames, recipe.height, recipe.width, 3)
    assert frames.dtype == np.uint8
    assert np.array_equal(frames, plain_frames_of(folder, run_as, recipe))


def test_the_same_recipe_gives_the_same_frames(engine: wan.WanEngine) -> None:
    assert np.array_equal(frames_of(engine), frames_of(engine))


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 8},
        {"prompt": "一个蓝色的方块向上移动。"},
        {"negative": "bright"},
        {"cfg_high": 6.0},
        {"cfg_low": 6.0},
        {"steps": 7},
    ],
    ids=lambda change: next(iter(change)),
)
def test_each_value_of_the_recipe_changes_frames(
    engine: wan.WanEngine, change: dict[str, Any]
) -> None:
    assert not np.array_equal(frames_of(engine), frames_of(engine, replace(RECIPE, **change)))


def test_the_still_changes_frames(engine: wan.WanEngine) -> None:
    other = frames_of(engine, picture=a_picture(colour="blue"))
    assert not np.array_equal(frames_of(engine), other)


def test_without_guidance_the_negative_prompt_does_nothing(engine: wan.WanEngine) -> None:
    unguided = replace(RECIPE, cfg_high=1.0, cfg_low=1.0)
    other = replace(unguided, negative="something else")
    assert np.array_equal(frames_of(engine, unguided), frames_of(engine, other))


def test_every_step_is_told(engine: wan.WanEngine) -> None:
    told = []
    frames_of(engine, on_step=lambda step, steps: told.append((step, steps)))
    assert told == [(step, 8) for step in range(1, 9)]


def test_a_render_that_is_stopped_ends_and_leaves_no_trace(
    folder: Path, engine: wan.WanEngine
) -> None:
    told = []

    def stop_at_the_third(step: int, steps: int) -> None:
        told.append(step)
        if step == 3:
            raise RenderStopped("asked to stop")

    with pytest.raises(RenderStopped, match="asked to stop"):
        frames_of(engine, on_step=stop_at_the_third)
    assert told == [1, 2, 3]
    fresh = wan.load(TOY, folder, "cpu")
    assert np.array_equal(frames_of(engine), frames_of(fresh))


def test_a_text_is_encoded_once(folder: Path) -> None:
    engine, calls = wan.load(TOY, folder, "cpu"), []
    engine.encode_text("zero", "never that")  # the encoder is read when the first text is missing
    engine._model.text_encoder.register_forward_hook(lambda *_: calls.append(1))
    for prompt in ("one", "two", "one"):
        engine.encode_text(prompt, "never this")
    assert len(calls) == 3


def test_text_is_as_long_as_the_profile_says(engine: wan.WanEngine) -> None:
    text = engine.encode_text("a circle", "")
    assert text.prompt.shape[:2] == text.negative.shape[:2] == (1, TOY.model.text_tokens)
    assert not text.prompt.requires_grad


@pytest.mark.parametrize(
    "picture", [Image.new("RGB", (48, 32)), Image.new("RGBA", (32, 48))], ids=["size", "mode"]
)
def test_a_picture_that_diffusers_would_stretch_or_choke_on_is_refused(
    engine: wan.WanEngine, picture: Image.Image
) -> None:
    with pytest.raises(ValueError, match="the recipe wants RGB of 32x48"):
        frames_of(engine, picture=picture)


def test_it_is_asked_for_stages_and_says_what_it_can_do(engine: wan.WanEngine) -> None:
    assert isinstance(engine, StagedEngine)
    assert not isinstance(engine, WholeEngine)
    assert engine.abilities == Abilities(
        device="cpu", tells_each_step=True, stops_between_steps=True
    )


def test_latents_that_are_kept_can_be_decoded_again(engine: wan.WanEngine) -> None:
    text = engine.encode_text(RECIPE.prompt, RECIPE.negative)
    latents = engine.denoise(a_picture(), text, RECIPE, lambda step, steps: None)
    kept = latents.clone()
    assert np.array_equal(engine.decode(latents), engine.decode(kept))
    assert latents.equal(kept)


def test_toy_clips_are_neither_black_nor_frozen(engine: wan.WanEngine) -> None:
    recipe = replace(RECIPE, width=64, height=64, frames=17)
    assert clip_lint.lint(frames_of(engine, recipe), TOY.clip) == ()


def test_numbers_that_are_not_finite_never_become_a_clip(engine: wan.WanEngine) -> None:
    import torch

    with pytest.raises(RenderFault, match="not finite") as caught:
        engine.decode(torch.full((1, 16, 2, 6, 4), torch.nan))
    assert caught.value.cause is Cause.MACHINE
