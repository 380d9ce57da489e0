"""Takes that tests ask of ComfyUI servers, and what their watcher heard."""

import asyncio
import itertools
import json
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.engines import loading
from pipeline.engines.comfyui import errand
from pipeline.engines.comfyui.client import Server
from pipeline.engines.comfyui.engine import ComfyEngine
from pipeline.engines.comfyui.graph import output_of
from pipeline.engines.comfyui.names import Prompt
from pipeline.engines.protocol import Attempt
from pipeline.recipe import Recipe
from tests.comfyui.drawing import drawn
from tests.comfyui.fake import Fake
from tests.comfyui.running import asking
from tests.conftest import a_recipe

FIRST = Attempt("7", 1)
SECOND = Attempt("7", 2)
PATIENCE = 240.0
"""Seconds that anything may last: a real server may be slow."""
LONG = 200
"""Steps of a take that is to be met in the middle: servers drop some of those that they tell, and are as
fast as they like."""


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


def short(engine: ComfyEngine, attempt: Attempt, heard: Heard | None = None, **changes: Any) -> Any:
    """The same of five frames, for servers that render them."""
    return make(engine, attempt, heard, **({"frames": 5} | changes))


def asked(address: str) -> Any:
    with urllib.request.urlopen(f"{address}/queue", timeout=60) as answer:
        return json.load(answer)


def attempts(number: int = 2) -> list[Attempt]:
    """At a take that nobody has asked for before, on a server that may be old."""
    take = uuid.uuid4().hex
    return [Attempt(take, token + 1) for token in range(number)]


class Meeting(Heard):
    """A watcher that does something once the take has begun its steps; what that raises ends the take."""

    def __init__(self, what: Any) -> None:
        super().__init__(at=self._look)
        self._what, self.met = what, False

    def _look(self, _: Heard) -> None:
        if not self.met and self.steps and 1 <= self.steps[-1][0] < self.steps[-1][1]:
            self.met = True
            self._what()


def raising(error: BaseException) -> Any:
    def it() -> None:
        raise error

    return it


@contextmanager
def sent() -> Iterator[list[Prompt]]:
    """The prompts that are made while it lasts."""
    found, original = list[Prompt](), errand.Errand._send

    async def noted(self: errand.Errand) -> None:
        found.append(self._prompt)
        await original(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(errand.Errand, "_send", noted)
        yield found


def ask(address: str, what: Any) -> Any:
    async def it() -> Any:
        async with Server(address) as server:
            return await what(server)

    return asyncio.run(it())


def knows(address: str, prompt: Prompt) -> bool:
    """Whether the server has the prompt in its queue, or in its history."""

    async def look(server: Server) -> bool:
        queued = (await server.queue()).has(prompt.id)
        return queued or await server.history(prompt.id) is not None

    return ask(address, look)


def files(address: str, prompt: Prompt) -> list[bool]:
    """Whether its file is there, and whether it is there a second time."""
    first = output_of(prompt.file)
    second = first | {"filename": first["filename"].replace("_00001_", "_00002_")}

    async def look(server: Server) -> list[bool]:
        return [(await server.file(place, 2**26)).ok for place in (first, second)]

    return ask(address, look)
