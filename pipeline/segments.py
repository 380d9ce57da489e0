"""Renders the segments of a clip one after the other: the last frame of one is the still of the next.

A clip that is made in one go is one segment. A finished denoise is paid for: until the clip is sealed its
latents are kept, and an attempt that finds those of the one before begins with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.early_end import Watch
from pipeline.engines.protocol import (
    AtBoundary,
    Attempt,
    Engine,
    Latents,
    OnStep,
    StagedEngine,
    WholeEngine,
)
from pipeline.engines.turns import Phase, Turns
from pipeline.errors import Cause, RenderFault
from pipeline.recipe import Recipe, TakeOrder
from pipeline.recipe_changes import each_segment
from pipeline.stage_clock import StageClock
from pipeline.storage.files import Frames
from pipeline.storage.tensors import KeptTensors, Kind, key_of

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Means:
    """What segments are rendered with."""

    engine: Engine
    turns: Turns
    """Whose turn it is to ask the engine; each segment asks for its own, as a take does."""
    kept: KeptTensors
    watch: Watch | None = None
    """Who looks at a clip of one segment before it is done."""


def render(picture: "Image", order: TakeOrder, means: Means, clock: StageClock) -> Frames:
    """Frames (frames, height, width, 3), uint8 RGB, of the order's recipe and its prepared still.

    A frame that two segments share is taken from the first of them. Raises `RenderFault`, what the clock
    raises, and `ValueError` for a picture that is not of the recipe's size.
    """
    from PIL import Image

    parts = each_segment(order.recipe)
    made: list[Frames] = []
    for number, recipe in enumerate(parts):
        still = Image.fromarray(made[-1][-1]) if made else picture
        steps = _Steps(clock, number, len(parts))
        made.append(_segment(still, recipe, order, means, steps))
    joined = [frames[1:] if number else frames for number, frames in enumerate(made)]
    return np.concatenate(joined) if len(joined) > 1 else joined[0]


def forget(recipe: Recipe, kept: KeptTensors) -> None:
    """The clip is sealed: nobody will begin with the latents of its segments."""
    for number in range(len(recipe.lengths)):
        kept.forget(Kind.LATENTS, _key(recipe, number))


@dataclass(frozen=True, slots=True)
class _Steps:
    """The watcher of one segment: its steps are told among those of all, which take equally many."""

    clock: StageClock
    number: int
    """Of the segment, from 0."""
    count: int

    def stage(self, name: str) -> None:
        self.clock.stage(name)

    def step(self, step: int, steps: int) -> None:
        self.clock.step(self.number * steps + step, self.count * steps)


def _segment(
    picture: "Image", recipe: Recipe, order: TakeOrder, means: Means, steps: _Steps
) -> Frames:
    """Frames of one segment: stage by stage, or in one call where an engine knows of no stages.

    What cannot be decoded twice is denoised anew.
    """
    engine, kept, clock = means.engine, means.kept, steps.clock
    if isinstance(engine, WholeEngine):
        with clock.computing(means.turns, Phase.HIGH):
            attempt = Attempt.named(order.attempt, steps.number)
            return engine.render(picture, recipe, steps, attempt)
    key = _key(order.recipe, steps.number)
    found = kept.get(Kind.LATENTS, key)
    with clock.computing(means.turns, Phase.DECODE if found else Phase.HIGH) as park:
        if found:
            latents = found["latents"]
            if means.watch:
                means.watch.recall(found)
            clock.add(text=float(found["text"]), denoise=float(found["denoise"]))
        else:
            before = dict(clock.seconds)
            clock.stage("text")
            text = _text(engine, recipe, order, steps.number)
            clock.stage("denoise")
            latents = _denoise(picture, text, recipe, means, steps.step, park)
            clock.stop()
            seen = means.watch.numbers() if means.watch else {}
            _keep(latents, order.recipe, steps.number, kept, before, clock.seconds, seen)
        clock.stage("decode")
        try:
            return engine.decode(latents)
        except RenderFault as fault:
            if found and fault.cause is Cause.MACHINE:
                kept.forget(Kind.LATENTS, key)
            raise


def _denoise(
    picture: "Image",
    text: object,
    recipe: Recipe,
    means: Means,
    on_step: OnStep,
    park: AtBoundary,
) -> Latents:
    """Raises what the watch raises, too. Without one nothing is asked of the engine but the clip."""
    if watch := means.watch:
        return watch.engine.denoise(picture, text, recipe, on_step, park, watch.look)
    assert not isinstance(means.engine, WholeEngine)
    return means.engine.denoise(picture, text, recipe, on_step, park)


def _text(engine: StagedEngine, recipe: Recipe, order: TakeOrder, number: int) -> object:
    """Whoever reads a text encoder for one segment encodes those of the later ones, too."""
    later = order.recipe.prompts[number + 1 :]
    return engine.encode_text(recipe.prompt, recipe.negative, (*later, *order.ahead))


def _keep(
    latents: Latents,
    recipe: Recipe,
    number: int,
    kept: KeptTensors,
    before: Mapping[str, float],
    after: Mapping[str, float],
    seen: Mapping[str, float],
) -> None:
    """With the seconds that they cost, which are the take's whoever ends it.

    Latents of later segments that are still there go on from other frames than these will become.
    """
    spent = {stage: after[stage] - before.get(stage, 0.0) for stage in ("text", "denoise")}
    kept.put(Kind.LATENTS, _key(recipe, number), latents=latents, **spent, **seen)
    for later in range(number + 1, len(recipe.lengths)):
        kept.forget(Kind.LATENTS, _key(recipe, later))


def _key(recipe: Recipe, number: int) -> str:
    """By what the latents of a segment are kept; those of the only one go by the recipe itself."""
    return key_of(recipe=recipe.hash, segment=number) if recipe.segments else recipe.hash
