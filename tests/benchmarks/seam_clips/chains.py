"""Clips of two segments: by the toy, and of photographs that went through its VAE as a chain would."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from pipeline.clips.seams import Seam
from pipeline.engines import wan, wan_checkpoint
from pipeline.models import weights
from pipeline.profiles import profile
from pipeline.recipe import Recipe
from pipeline.recipe_changes import each_segment, in_segments
from pipeline.storage.files import Frames
from pipeline.toy import captions, choosing, world
from pipeline.toy.world import Scene
from tests.benchmarks.real_clips import shots
from tests.benchmarks.real_clips.shots import View
from tests.benchmarks.toy_world.studio import still_of

if TYPE_CHECKING:
    from pipeline.engines.wan_conditions import Model

SEGMENT = 17
"""Frames of each segment."""
COUNTS = {"tuning": 24, "held out": 60}
"""Toy chains of a set."""
MOVES = (
    "pan", "slow pan", "tilt", "zoom in", "turning", "held in the hand", "thing that passes", "parallax",
)  # fmt: skip
PHOTOS = {"tuning": shots.TUNING, "held out": shots.HELD_OUT}
EACH = 3
"""Photographs for each of the ways to move."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Two segments, as they were decoded, and what the clip is asked for."""

    what: str
    first: Frames
    second: Frames
    """Its frame 0 is the model's own rendering of the last frame of the first."""
    prompt: str
    goes_on: bool
    beyond: Frames
    """Frames after the second segment, where there are any."""
    whole: Frames | None = None
    """The same film decoded without a seam."""

    @property
    def frames(self) -> Frames:
        return np.concatenate([self.first, self.second[1:]])

    @property
    def seam(self) -> Seam:
        return Seam(len(self.first) - 1, self.goes_on)


def of_toy(name: str) -> Iterator[Chain]:
    """The toy chains of a set, the same ones always."""
    engine = _engine()
    chance = random.Random(f"seams/{name}")
    for number in range(COUNTS[name]):
        scene = _scene(chance, number)
        recipe = in_segments(_recipe(scene, number), (SEGMENT, SEGMENT))
        made: list[Frames] = []
        for part in each_segment(recipe):
            picture = Image.fromarray(made[-1][-1]) if made else still_of(scene)
            text = engine.encode_text(part.prompt, part.negative)
            made.append(engine.decode(engine.denoise(picture, text, part, lambda *_: None)))
        goes_on = len(scene.moves) == 1
        first, second = made
        yield Chain(" ".join(scene.moves), first, second, recipe.prompt, goes_on, second[:0])


def of_photographs(name: str) -> Iterator[Chain]:
    """The chains of photographs of a set, softer and with a shimmer, each half by itself."""
    end = 2 * SEGMENT - 1
    for number, (what, prompt, frames) in enumerate(_films(name, 160, 96)):
        first = shots.soft(frames[:SEGMENT], number)
        second = shots.soft(np.concatenate([first[-1:], frames[SEGMENT:end]]), number + 100)
        # Beyond the second segment it is the film itself, which only the faults of motion show.
        yield Chain(what, first, second, prompt, True, frames[end:])


def of_photographs_through_vae(name: str) -> Iterator[Chain]:
    """The same, as the toy's VAE makes a chain of them."""
    end = 2 * SEGMENT - 1
    for what, prompt, frames in _films(name, 96, 64):
        first = through_vae(frames[:SEGMENT])
        second = through_vae(np.concatenate([first[-1:], frames[SEGMENT:end]]))
        yield Chain(what, first, second, prompt, True, frames[end:], through_vae(frames[:end]))


def _films(name: str, width: int, height: int) -> Iterator[tuple[str, str, Frames]]:
    """What they show, their prompts, and frames for three segments."""
    photos = PHOTOS[name]
    for number, move in enumerate(MOVES):
        for other in range(EACH):
            photo = photos[(number + 3 * other) % len(photos)]
            film, prompt = shots.GOOD[move]
            yield f"{photo}, {move}", prompt, film(View(photo, width, height, 3 * SEGMENT - 2))


def through_vae(frames: Frames) -> Frames:
    """Encoded and decoded by the toy's VAE: (4k+1, height, width, 3)."""
    import torch

    vae: Any = _model().vae
    with torch.inference_mode():
        film = torch.from_numpy(frames.copy()).permute(3, 0, 1, 2)[None].float() / 127.5 - 1
        made = vae.decode(vae.encode(film).latent_dist.mode(), return_dict=False)[0]
        levels = ((made[0].clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8)
        return levels.permute(1, 2, 3, 0).contiguous().numpy()


def _scene(chance: random.Random, number: int) -> Scene:
    """One motion that goes on for two segments, or two of which each has one; with room for it."""
    moves = world.CHANGES[number // 2 % 6 :][:1] if number % 2 else choosing.choose_stages(chance)
    while True:
        scene = choosing.choose(chance, moves=(moves[0],), free=False)
        x, y, radius = world.path(scene, (world.FRAMES - 1,))[0]
        later = replace(scene, centre=(x, y), radius=radius, moves=(moves[-1],))
        if world.fits(later, -choosing.OVERHANG):
            return replace(scene, moves=tuple(moves))


def _recipe(scene: Scene, number: int) -> Recipe:
    toy = profile.load("toy")
    sampler = toy.sampler
    return Recipe(
        still="",  # the engine is handed the picture itself
        prompt=captions.short(scene),
        negative=sampler.negative,
        seed=number,
        steps=sampler.steps,
        cfg_high=sampler.cfg_high,
        cfg_low=sampler.cfg_low,
        width=world.SIDE,
        height=world.SIDE,
        frames=2 * SEGMENT - 1,
        fps=toy.frame.fps,
        profile=toy.name,
        revision=toy.revision,
    )


@cache
def _engine() -> wan.WanEngine:
    import torch

    torch.set_num_threads(1)
    return wan.load(profile.load("toy"), weights.folder("builtin:toy-i2v", None), "cpu")


@cache
def _model() -> "Model":
    folder = weights.folder("builtin:toy-i2v", None)
    return wan_checkpoint.read(profile.load("toy"), folder, "cpu")
