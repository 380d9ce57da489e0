"""Films of the trained render model, and what each of them shows: what the picture tower is taught by, too.

What a model gets wrong looks like nothing that is drawn: shapes melt, stop half way, fade at the edge.
"""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from pipeline.models.tiny_decoder import TinyDecoder
from pipeline.toy import captions, choosing, drawing, measuring, world
from pipeline.toy.measuring import Look, Measured
from pipeline.toy.phrasings import writing
from pipeline.toy.training import experts, eyes, i2v, preview
from pipeline.toy.training.workshop import Stopped, Workshop
from pipeline.toy.world import FRAMES, SIDE, Scene

if TYPE_CHECKING:
    from diffusers import WanImageToVideoPipeline
    from torch import Tensor

STEPS = 8
GUIDANCE = 3.0
NEGATIVE = "blurry, still picture"
LOOKS = (3, 4)
"""Steps, counted from 0, after which it is looked at: the first two of the expert of low noise."""
SAVE_EVERY = 200
"""Films: all of them are written each time."""


@dataclass(frozen=True, slots=True)
class Film:
    """A clip that the model made of a scene."""

    scene: Scene
    frames: "Tensor"
    """Those of the filmstrip: (3, 9, 64, 64), 0..255."""
    estimates: "Tensor"
    """The same after each of `LOOKS`, as the tiny decoder shows it: (looks, 3, 9, 64, 64), 0..255."""
    measured: Measured


def make(workshop: Workshop, steps: int) -> None:
    """Makes as many films as there are steps, each of a seed of its own."""
    _make(workshop, "films", range(steps))


def make_more(workshop: Workshop, steps: int) -> None:
    """As many again, for another core to make at the same time."""
    _make(workshop, "more_films", range(steps, 2 * steps))


def take(workshop: Workshop) -> list[Film]:
    """All that were made. Raises `ValueError` for films of another filmstrip."""
    return [_read(each) for name in ("films", "more_films") for each in _kept(workshop, name)]


def _make(workshop: Workshop, name: str, numbers: range) -> None:
    unfinished = f"{name}.unfinished"
    made = _kept(workshop, unfinished) if workshop.has(unfinished) else []
    model, tiny = i2v.take(workshop), TinyDecoder(preview.take(workshop), preview.DOUBLINGS)
    model.set_progress_bar_config(disable=True)
    moved: Any = model
    moved.to(workshop.device)
    for number in numbers[len(made) :]:
        made.append(_film(model, tiny, number))
        try:
            workshop.told(len(made), len(numbers), 0.0)
        except Stopped:
            workshop.keep(unfinished, made)
            raise
        if not len(made) % SAVE_EVERY:
            workshop.keep(unfinished, made)
    workshop.keep(name, made)


def _kept(workshop: Workshop, name: str) -> list[dict[str, Any]]:
    """Films as they were written down. Raises `ValueError` for those of another filmstrip."""
    kept: list[dict[str, Any]] = workshop.take(name)
    for each in kept:
        if (frames := each["frames"].shape[1]) != len(eyes.STRIP):
            raise ValueError(
                f"{name}.pt in {workshop.folder} has films of {frames} frames, not of {len(eyes.STRIP)}: "
                "remove it, or name another folder"
            )
    return kept


def _film(model: "WanImageToVideoPipeline", tiny: TinyDecoder, number: int) -> dict[str, Any]:
    import torch

    rng = random.Random(f"films/{number}")
    scene, prompt = _wish(rng)
    still = Image.fromarray(drawing.frames(scene, [0])[0])
    untyped: Any = model
    looks: list[Tensor] = []

    def look(pipe: Any, step: int, _: Any, kept: dict[str, Any]) -> dict[str, Any]:
        if step in LOOKS:
            looks.append(torch.from_numpy(tiny.decode(pipe.scheduler.model_outputs[-1])))
        return kept

    with torch.no_grad():
        made = untyped(
            still,
            prompt,
            negative_prompt=NEGATIVE,
            height=SIDE,
            width=SIDE,
            num_frames=FRAMES,
            num_inference_steps=STEPS,
            guidance_scale=GUIDANCE,
            guidance_scale_2=GUIDANCE,
            max_sequence_length=experts.TOKENS,
            generator=torch.Generator().manual_seed(number),
            output_type="np",
            callback_on_step_end=look,
        ).frames[0]
    frames = (np.asarray(made) * 255).round().astype(np.uint8)
    return {
        "scene": asdict(scene),
        "frames": torch.from_numpy(frames[[*eyes.STRIP]]).permute(3, 0, 1, 2).contiguous(),
        "estimates": torch.stack(looks)[:, eyes.STRIP].permute(0, 4, 1, 2, 3).contiguous(),
        "looks": [asdict(each) for each in measuring.measure(frames, scene).looks],
    }


def _wish(rng: random.Random) -> tuple[Scene, str]:
    """A scene and a prompt, as they come to a farm: many right, many too long, some of no room."""
    kind = rng.random()
    if kind < 0.12:
        scene = choosing.choose_cramped(rng, rng.choice([*world.DIRECTIONS]))
        return scene, captions.short(scene)
    if kind < 0.3:
        scene = choosing.choose(rng, moves=choosing.choose_stages(rng), free=False)
    else:
        scene = choosing.choose(rng)
    if kind < 0.55:
        return scene, captions.for_training(scene, rng)
    if kind < 0.7:
        return scene, writing.for_scorer(scene, rng)
    if kind < 0.78:
        return scene, captions.short(choosing.wrong(scene, "subject", rng))
    return scene, captions.cluttered(scene, rng, rng.choice((0, 1, 1)))


def _read(kept: dict[str, Any]) -> Film:
    told = kept["scene"]
    scene = Scene(**told | {"centre": tuple(told["centre"]), "moves": tuple(told["moves"])})
    looks: Sequence[Look] = [
        Look(**each | {"centre": tuple(each["centre"])}) for each in kept["looks"]
    ]
    return Film(scene, kept["frames"], kept["estimates"], Measured(tuple(looks)))
