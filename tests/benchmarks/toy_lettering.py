"""Names on the toy's products: at which size, in which motion and of which words they stay readable.

Nothing here is judged by the scorer: a label that is read to the end may still be on a clip that misses.
"""

import itertools
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image
from rich.progress import track

from farm.demo import draw_stills
from pipeline.clips import lettering
from pipeline.engines import loading
from pipeline.engines.protocol import StagedEngine
from pipeline.findings import Severity
from pipeline.models import text_reader
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe
from pipeline.stills.subject import Salient
from pipeline.storage.files import Frames
from pipeline.toy import captions

SHOWS_PROGRESS = True
SIDES = (64, 96, 128)
WORDS = ("TEA", "SOL", "OAT", "NOVA", "MINT", "LUNA")
MOVES = ("up", "right", "grow")
SEEDS = 2
SCENE = draw_stills.SCENES["tea"]
STAYS = "stays"


@dataclass(frozen=True, slots=True)
class Trial:
    """One film, and what became of its label."""

    side: int
    move: str
    word: str
    became: str
    seconds: float
    """Of CPU, to render it and to follow the label."""


def run() -> dict[str, Any]:
    """What became of labels by size and motion, then of every word."""
    import torch

    torch.set_num_threads(1)
    trials = [*_trials(profile.load("toy-lettered"))]
    return {
        **{
            f"{side} x {side}, {move}": _told(trials, side=side, move=move)
            for side in SIDES
            for move in MOVES
        },
        **{
            f"CPU seconds of a clip of {side} x {side}, median": round(
                statistics.median(each.seconds for each in trials if each.side == side), 1
            )
            for side in SIDES
        },
        **{
            f"{word} at {side} x {side}": {
                move: _told(trials, side=side, move=move, word=word) for move in MOVES
            }
            for side in SIDES
            for word in WORDS
        },
    }


def _trials(toy: Profile) -> Iterator[Trial]:
    engine, reader = loading.load(toy, None, "cpu"), text_reader.load()
    assert isinstance(engine, StagedEngine)
    finder = Salient(toy.still.sure)
    cases = [*itertools.product(SIDES, MOVES, WORDS, range(SEEDS))]
    for number, (side, move, word, seed) in enumerate(track(cases, description="toy_lettering")):
        scene = replace(SCENE, moves=(move,))
        drawn = draw_stills.written(draw_stills.draw(scene), scene, word)
        still = drawn.resize((side, side), Image.Resampling.LANCZOS)
        prompt = captions.short(scene)
        start = time.process_time()
        frames = _film(engine, toy, still, prompt, number, seed)
        misses, followed = lettering.follow(
            frames, still, prompt, toy.lettering, reader, must_keep=(word,), finder=finder
        )
        seconds = time.process_time() - start
        wrong = [miss.kind.value for miss in misses if miss.kind.startswith("label_")]
        seldom = any(each.severity is Severity.WARNING for each in followed)
        right = "seldom read" if seldom else STAYS if followed else "not read on the still"
        yield Trial(side, move, word, wrong[0] if wrong else right, seconds)


def _film(
    engine: StagedEngine, toy: Profile, still: Image.Image, prompt: str, number: int, seed: int
) -> Frames:
    recipe = Recipe(
        still=f"{number:064x}", prompt=prompt, negative=toy.sampler.negative, seed=seed,
        steps=toy.sampler.steps, cfg_high=toy.sampler.cfg_high, cfg_low=toy.sampler.cfg_low,
        width=still.width, height=still.height, frames=toy.frame.default_frames, fps=toy.frame.fps,
        profile=toy.name, revision=toy.revision,
    )  # fmt: skip
    text = engine.encode_text(recipe.prompt, recipe.negative)
    return engine.decode(engine.denoise(still, text, recipe, lambda _step, _steps: None))


def _told(trials: list[Trial], **which: Any) -> str:
    found = [
        each for each in trials if all(getattr(each, name) == is_ for name, is_ in which.items())
    ]
    became = Counter(each.became for each in found)
    rest = ", ".join(f"{kind} {count}" for kind, count in became.items() if kind != STAYS)
    return f"{became[STAYS]} of {became.total()} stay" + (f"; {rest}" if rest else "")
