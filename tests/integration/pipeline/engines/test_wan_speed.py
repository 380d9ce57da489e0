"""One graph for all; guidance that ends at the boundary; a decode that is too large goes in tiles."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.engines import acceleration, wan
from pipeline.engines.wan_checkpoint import EXPERTS
from pipeline.errors import Cause, RenderFault, RenderStopped
from pipeline.models import weights
from pipeline.profiles.profile import Profile
from pipeline.profiles.sections import SpeedSection
from pipeline.storage.tensors import NOTHING_KEPT
from tests.integration.pipeline.engines.test_wan import RECIPE, TOY, a_picture, frames_of


@pytest.fixture(scope="module")
def folder() -> Path:
    return weights.folder("builtin:toy-i2v", None)


def load(folder: Path, **speed: Any) -> wan.WanEngine:
    return wan.load(with_speed(**speed), folder, "cpu", NOTHING_KEPT)


def with_speed(**speed: Any) -> Profile:
    return TOY.model_copy(update={"speed": SpeedSection(**speed)})


@pytest.fixture
def fresh_dynamo() -> Iterator[None]:
    import torch

    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    yield
    torch._dynamo.reset()


def graphs() -> int:
    import torch

    return torch._dynamo.utils.counters["stats"]["unique_graphs"]


@pytest.mark.usefixtures("fresh_dynamo")
def test_both_experts_and_all_sizes_and_lengths_share_one_graph(folder: Path) -> None:
    engine = load(folder)
    experts = [getattr(engine._model, part) for part in EXPERTS]
    acceleration.compile_blocks(experts, backend="eager")
    acceleration.warm_up(experts, "cpu")
    assert graphs() == 1
    for width, height, frames in [(32, 48, 5), (48, 32, 9), (64, 64, 5), (48, 48, 17)]:
        recipe = replace(RECIPE, width=width, height=height, frames=frames, steps=2)
        frames_of(engine, recipe)
    assert graphs() == 1


@pytest.mark.usefixtures("fresh_dynamo")
def test_a_graph_for_each_shape_is_more_than_torch_allows(folder: Path) -> None:
    """Why `dynamic=False`, which looks faster in a benchmark of one size, is not what compiles here."""
    import torch

    engine = load(folder)
    experts = [getattr(engine._model, part) for part in EXPERTS]
    for expert in experts:
        expert.compile_repeated_blocks(fullgraph=True, dynamic=False, backend="eager")
    recipes = [replace(RECIPE, width=32 + 16 * size, height=32, steps=2) for size in range(4)]
    fewer = torch._dynamo.config.patch(recompile_limit=3)  # it is 8; a profile has 111 sizes
    with fewer, pytest.raises(Exception, match="fullgraph=True"):
        _ = [frames_of(engine, recipe) for recipe in recipes]


@pytest.mark.usefixtures("fresh_dynamo")
def test_mag_cache_switches_the_compiler_off_without_a_word(folder: Path) -> None:
    """Why no profile offers it: its steps would be cheaper, and each of them slower."""
    import torch
    from diffusers import MagCacheConfig
    from diffusers.hooks import apply_mag_cache

    engine = load(folder)
    for part in EXPERTS:
        expert = getattr(engine._model, part)
        passes = 2 * RECIPE.steps
        apply_mag_cache(
            expert, MagCacheConfig(mag_ratios=torch.ones(passes), num_inference_steps=passes)
        )
        expert.compile_repeated_blocks(dynamic=True, backend="eager")
    frames_of(engine)
    assert graphs() == 0


@pytest.mark.usefixtures("fresh_dynamo")
def test_compiled_experts_make_the_frames_of_eager_ones(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through all of torch's compiler but its last stage, which wants a C++ compiler."""
    traced = partial(acceleration.compile_blocks, backend="aot_eager")
    monkeypatch.setattr(acceleration, "compile_blocks", traced)
    monkeypatch.setattr(acceleration, "compiler_for", lambda device: "g++")
    compiled = load(folder, compile=True)
    assert graphs() == 1
    off = frames_of(compiled).astype(int) - frames_of(load(folder)).astype(int)
    assert np.abs(off).max() <= 2
    assert graphs() == 1


@pytest.mark.usefixtures("fresh_dynamo")
def test_a_compiler_that_fails_costs_speed_and_no_take(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the assembler has no such instruction")

    compile_blocks = partial(acceleration.compile_blocks, backend=broken)
    monkeypatch.setattr(acceleration, "compile_blocks", compile_blocks)
    monkeypatch.setattr(acceleration, "compiler_for", lambda device: "g++")
    with caplog.at_level(logging.WARNING, "pipeline"):
        engine = load(folder, compile=True)
    assert "takes are rendered without, slower" in caplog.text
    assert "no such instruction" in caplog.text
    assert np.array_equal(frames_of(engine), frames_of(load(folder)))
    assert graphs() == 0


def forwards(engine: wan.WanEngine) -> list[str]:
    """What is filled with each pass through an expert from now on."""
    seen: list[str] = []
    for part in EXPERTS:
        expert = getattr(engine._model, part)
        expert.register_forward_pre_hook(lambda *_, part=part: seen.append(part))
    return seen


def test_guidance_ends_at_the_boundary_and_halves_what_comes_after(folder: Path) -> None:
    always, above = load(folder), load(folder, guidance="above_boundary")
    counted = {name: forwards(engine) for name, engine in (("always", always), ("above", above))}
    frames_of(always)
    made = frames_of(above)
    high, low = (counted["always"].count(part) for part in EXPERTS)
    assert counted["above"].count(EXPERTS[0]) == high > 0
    assert 2 * counted["above"].count(EXPERTS[1]) == low > 0

    # diffusers' own way to no guidance below the boundary computes both sides, and gives the same.
    stock = frames_of(always, replace(RECIPE, cfg_low=1.0))
    assert np.abs(made.astype(int) - stock.astype(int)).max() <= 1


def test_guidance_is_back_for_the_next_take(folder: Path) -> None:
    engine = load(folder, guidance="above_boundary")
    first = frames_of(engine)
    assert np.array_equal(frames_of(engine), first)

    def stop_below(step: int, steps: int) -> None:
        if step == steps - 1:
            raise RenderStopped("asked to stop")

    with pytest.raises(RenderStopped):
        frames_of(engine, on_step=stop_below)
    assert np.array_equal(frames_of(engine), first)


def test_decoding_has_a_precision_of_its_own_and_stills_keep_theirs(folder: Path) -> None:
    import torch

    exact, rough = load(folder), load(folder, decode="bfloat16")
    vae = rough._model.vae
    assert vae.encoder.conv_in.weight.dtype == vae.quant_conv.weight.dtype == torch.float32
    assert vae.decoder.conv_in.weight.dtype == vae.post_quant_conv.weight.dtype == torch.bfloat16
    text = exact.encode_text(RECIPE.prompt, RECIPE.negative)
    latents = [
        engine.denoise(a_picture(), text, RECIPE, lambda step, steps: None)
        for engine in (exact, rough)
    ]
    assert latents[0].equal(latents[1])
    off = rough.decode(latents[0]).astype(int) - exact.decode(latents[0]).astype(int)
    assert 0 < np.abs(off).max() <= 16


class Small:
    """Stands for a card on which `times` decodes of a whole picture do not fit."""

    def __init__(self, vae: Any, times: int) -> None:
        self.tiled: list[bool] = []
        self._vae, self._decode, self._times = vae, vae.decode, times

    def decode(self, *arguments: Any, **more: Any) -> Any:
        import torch

        self.tiled.append(self._vae.use_tiling)
        if len(self.tiled) <= self._times:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 7.60 GiB")
        return self._decode(*arguments, **more)


def test_what_does_not_fit_is_decoded_in_tiles_and_no_denoise_is_lost(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    engine = load(folder)
    whole = frames_of(engine)
    card = Small(engine._model.vae, times=1)
    monkeypatch.setattr(engine._model.vae, "decode", card.decode)
    with caplog.at_level(logging.WARNING):
        made = frames_of(engine)
    assert card.tiled == [False, True]
    assert "in tiles: CUDA out of memory" in caplog.text
    assert np.array_equal(made, whole)  # so small a picture is one tile
    frames_of(engine)
    assert card.tiled == [False, True, False]


def test_what_does_not_fit_in_tiles_either_waits_for_room(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = load(folder)
    card = Small(engine._model.vae, times=2)
    monkeypatch.setattr(engine._model.vae, "decode", card.decode)
    with pytest.raises(RenderFault, match="ran out while decoding") as caught:
        frames_of(engine)
    assert caught.value.cause is Cause.CAPACITY
    assert engine._model.vae.use_tiling is False


def test_a_distilled_sampler_takes_the_steps_it_was_distilled_for(folder: Path) -> None:
    """Euler's steps at shift 5: 1000, 937.5, 833.3, 625 (gpu brief; Lightning's own configuration)."""
    sampler = TOY.sampler.model_copy(update={"solver_order": 1, "corrector": False})
    sampler = type(sampler).model_validate(sampler.model_dump())
    engine = wan.load(TOY.model_copy(update={"sampler": sampler}), folder, "cpu")
    solver = engine._model.scheduler
    solver.set_timesteps(4)
    assert solver.config.solver_order == 1
    assert set(range(4)) <= set(solver.config.disable_corrector)
    assert solver.timesteps.tolist() == pytest.approx([999, 937, 833, 625], abs=1)


CACHE = {"threshold": 0.1, "first_blocks": 1, "warm_up": 1}
LONG = replace(RECIPE, steps=16)


def blocks_computed(engine: wan.WanEngine) -> list[str]:
    """What is filled with each block that an expert computes from now on."""
    seen: list[str] = []
    for part in EXPERTS:
        for module in getattr(engine._model, part).modules():
            if type(module).__name__ == "WanTransformerBlock":
                module.register_forward_pre_hook(lambda *_, part=part: seen.append(part))
    return seen


def test_a_step_cache_computes_less_and_gives_the_same_take_each_time(folder: Path) -> None:
    plain, cached = load(folder), load(folder, cache=CACHE)
    whole, shortened = blocks_computed(plain), blocks_computed(cached)
    exact, first = frames_of(plain, LONG), frames_of(cached, LONG)
    assert len(shortened) < len(whole)
    assert not np.array_equal(first, exact)
    assert np.array_equal(frames_of(cached, LONG), first)


def test_a_stopped_take_leaves_nothing_in_the_step_cache(folder: Path) -> None:
    engine = load(folder, cache=CACHE)
    first = frames_of(engine, LONG)

    def stop_at_the_ninth(step: int, steps: int) -> None:
        if step == 9:
            raise RenderStopped("asked to stop")

    with pytest.raises(RenderStopped):
        frames_of(engine, LONG, on_step=stop_at_the_ninth)
    assert np.array_equal(frames_of(engine, LONG), first)


def test_a_step_cache_is_its_own_models_alone(folder: Path) -> None:
    """cache-dit wraps the call of a class: other models of the process would go through it too."""
    from diffusers import WanImageToVideoPipeline

    exact = frames_of(load(folder), LONG)
    load(folder, cache=CACHE)
    other = load(folder)
    assert np.array_equal(frames_of(other, LONG), exact)
    assert type(other._model).__call__ is WanImageToVideoPipeline.__call__


def test_the_step_cache_knows_where_guidance_ends(folder: Path) -> None:
    """Each side of guidance has a memory of its own; without it every pass is of the same side."""
    both = {"cache": CACHE | {"threshold": 1.0, "in_a_row": 1}}
    engine = load(folder, guidance="above_boundary", **both)
    computed, passes = blocks_computed(engine), forwards(engine)
    frames_of(engine, LONG)
    low = EXPERTS[1]
    steps, blocks = passes.count(low), len(engine._model.transformer_2.blocks)
    # After the warm-up every other step is shortened to its first block.
    shortened = (steps - 1) // 2
    assert computed.count(low) == pytest.approx(
        steps * blocks - shortened * (blocks - 1), abs=blocks
    )


def test_a_cache_that_leaves_nothing_to_take_over_is_refused(folder: Path) -> None:
    with pytest.raises(RenderFault, match="computes 8 blocks at every step") as caught:
        load(folder, cache={"threshold": 0.1})
    assert caught.value.cause is Cause.FATAL
