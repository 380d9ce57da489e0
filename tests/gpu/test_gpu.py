"""On a real accelerator: the toy first, then the real weights, which `FARM_WEIGHTS` holds.

`make gpu` runs these where `FARM_WEIGHTS` is set, and nothing else does. On a machine without a GPU they
fail, as they should.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from farm.cluster.loading import WorkerSettings, load_tools
from pipeline.engines.protocol import StagedEngine
from pipeline.models import device
from pipeline.profiles import profile
from pipeline.recipe import Recipe

pytestmark = pytest.mark.gpu


class Watcher:
    def __init__(self) -> None:
        self.steps = 0

    def step(self, step: int, steps: int) -> None:
        self.steps = step


def render(name: str, **changes: Any) -> tuple[np.ndarray[Any, Any], Watcher, Any]:
    wanted = profile.load(name)
    tools = load_tools(
        WorkerSettings(profile=wanted, media="unused", weights=os.environ.get("FARM_WEIGHTS"))
    )
    width, height = wanted.size_for(16, 9)
    recipe = Recipe(
        still="0" * 64,
        prompt="The red circle moves left",
        negative=wanted.sampler.negative,
        seed=7,
        width=width,
        height=height,
        fps=wanted.frame.fps,
        profile=name,
        revision=wanted.revision,
        **{
            "steps": wanted.sampler.steps,
            "cfg_high": wanted.sampler.cfg_high,
            "cfg_low": wanted.sampler.cfg_low,
            "frames": wanted.frame.default_frames,
        }
        | changes,
    )
    picture = Image.linear_gradient("L").convert("RGB").resize((width, height))
    watcher = Watcher()
    engine = tools.engine
    assert isinstance(engine, StagedEngine)
    text = engine.encode_text(recipe.prompt, recipe.negative)
    latents = engine.denoise(picture, text, recipe, watcher.step)
    return engine.decode(latents), watcher, tools


def test_the_toy_renders_on_the_gpu_and_a_recipe_reproduces() -> None:
    frames, watcher, tools = render("toy")
    assert device.has_accelerator()
    assert tools.engine.abilities.device == device.kind_of(device.best_device())
    assert watcher.steps == profile.load("toy").sampler.steps
    again, _, _ = render("toy")
    assert np.array_equal(frames, again)


def test_the_real_weights_render_a_short_clip() -> None:
    root = Path(os.environ["FARM_WEIGHTS"])
    assert (root / profile.load("wan2.2-i2v-a14b").model.weights).is_dir()
    frames, _, _ = render("wan2.2-i2v-a14b", steps=4, frames=17)
    assert frames.shape[0] == 17
    assert frames.std() > 1
