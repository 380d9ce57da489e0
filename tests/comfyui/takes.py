"""Takes that tests ask of ComfyUI servers, and what their watcher heard."""

import itertools
import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from pipeline.engines import loading
from pipeline.engines.comfyui.engine import ComfyEngine
from pipeline.engines.protocol import Attempt
from pipeline.recipe import Recipe
from tests.comfyui.drawing import drawn
from tests.comfyui.fake import Fake
from tests.comfyui.running import asking
from tests.conftest import a_recipe

FIRST = Attempt("7", 1)
SECOND = Attempt("7", 2)


@dataclass
class Heard:
    """What the watcher was told; `at` may end the take."""

    stages: list[str] = field(default_factory=list)
    steps: list[tuple[int, int]] = field(default_factory=list)
    at: Callable[["Heard"], None] = lambda _: None

    def stage(self, name: str) -> None:
        self.stages.append(name)
        self.at(self)

    def step(self, step: int, steps: int) -> None:
        self.steps.append((step, steps))
        self.at(self)

    @property
    def in_order(self) -> list[str]:
        return [name for name, _ in itertools.groupby(self.stages)]


def a_picture() -> Image.Image:
    return Image.fromarray(np.random.default_rng(3).integers(0, 256, (64, 64, 3), np.uint8))


def right(recipe: Recipe) -> Any:
    return drawn(np.asarray(a_picture()), recipe.frames, recipe.seed)


def engine_of(fake: Fake, *servers: str, **engine: Any) -> ComfyEngine:
    found = loading.load(asking(*servers, version=fake.version, **engine), None, "cpu")
    assert isinstance(found, ComfyEngine)
    return found


def make(
    engine: ComfyEngine, attempt: Attempt = FIRST, heard: Heard | None = None, **changes: Any
) -> Any:
    recipe = a_recipe(**changes)
    return engine.render(a_picture(), recipe, heard or Heard(), attempt)


def asked(address: str) -> Any:
    with urllib.request.urlopen(f"{address}/queue", timeout=10) as answer:
        return json.load(answer)
