"""A model without torch for workers that are killed every few seconds: a bar moves over the still.

Only the frames and their scores are played. The still, the checks, the encoding, the sealed file, the
actor, the scheduler and the database are the real ones.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image

from farm.cluster.loading import WorkerSettings
from farm.cluster.worker import Worker
from pipeline.early_end import EarlyRule
from pipeline.engines import loading
from pipeline.engines.protocol import Abilities, AtBoundary, Engine, Look, OnStep
from pipeline.misses import Answer, MissKind
from pipeline.recipe import Recipe
from pipeline.scoring.questions import Words
from pipeline.storage.files import Frames
from pipeline.storage.folder import MediaFolder
from pipeline.take import Tools

STEP_SECONDS = float(os.environ.get("CHAOS_STEP_SECONDS", "0.15"))
TAIL_SECONDS = float(os.environ.get("CHAOS_TAIL_SECONDS", "0.3"))
"""Of each tail, beside its real checks and its encoding: long enough to be hit beside a render."""
GATE = os.environ.get("CHAOS_GATE")
"""A file without which no take goes beyond its middle; it can be stopped there."""
LOOKS = os.environ.get("CHAOS_LOOKS")
"""A folder in which a worker that looks at an unfinished take leaves its process's number meanwhile."""
MISFIT = "timeless charm"
"""A prompt with these words misses until the ladder has cut them: its take is ended early."""
LIVE = EarlyRule(step=1, threshold=0.5, audit=0.05)


def light_worker(settings: WorkerSettings) -> Worker:
    """A worker as any other, with the played model."""
    return Worker(settings, load=light_tools)


def light_tools(settings: WorkerSettings) -> Tools:
    return Tools(
        profile=settings.profile,
        engine=_engine(settings),
        scorer=LightScorer(),
        media=MediaFolder(Path(settings.media)),
        early=LIVE if LOOKS else None,  # where nobody watches for looks, a miss has its clip
        ffmpeg=settings.ffmpeg,
    )


def _engine(settings: WorkerSettings) -> Engine:
    """The played model, or the real engine that asks a server, which may be played in its turn."""
    if loading.on_servers(settings.profile):
        return loading.load(settings.profile, None, "cpu", server=settings.server)
    return LightEngine()


class LightEngine:
    """Takes its time, step by step."""

    abilities = Abilities(device="cpu", tells_each_step=True, stops_between_steps=True)
    seen_through = "played"

    def encode_text(self, prompt: str, negative: str, ahead: Sequence[str] = ()) -> tuple[str, str]:
        return prompt, negative

    def denoise(
        self,
        picture: Image.Image,
        text: object,
        recipe: Recipe,
        on_step: OnStep,
        at_boundary: AtBoundary | None = None,
        look: Look | None = None,
    ) -> Frames:
        for step in range(1, recipe.steps + 1):
            time.sleep(STEP_SECONDS)
            on_step(step, recipe.steps)
            middle = step == max(1, recipe.steps // 2)
            while middle and GATE and not Path(GATE).exists():
                time.sleep(0.05)
                on_step(step, recipe.steps)
            if look and middle:
                with _looking():
                    look.at(step, _moved(picture, recipe))
        return _moved(picture, recipe)

    def preview(self, latents: Frames) -> Frames:
        return latents

    def decode(self, latents: Frames) -> Frames:
        return latents


@contextmanager
def _looking() -> Iterator[None]:
    """So that whoever strikes workers finds one that looks."""
    mark = Path(LOOKS) / str(os.getpid()) if LOOKS else None
    if mark:
        mark.touch()
    try:
        yield
    finally:
        if mark:
            mark.unlink(missing_ok=True)


def _moved(picture: Image.Image, recipe: Recipe) -> Frames:
    frames = np.repeat(np.asarray(picture)[None], recipe.frames, axis=0)
    for number, frame in enumerate(frames):
        # A thin and faint one: frame 1 must be the still, and no frame a fault.
        frame[:, (recipe.seed + 5 * number) % (recipe.width - 1)] ^= 0x60
    return frames


class LightScorer:
    """Passes what has no misfit's words."""

    name = "light"

    def ask_still(self, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        return (_answer(MissKind.SUBJECT_MISSING, 0.8, prompt),)

    def ask_clip(self, frames: Frames, picture: Image.Image, prompt: str) -> tuple[Answer, ...]:
        time.sleep(TAIL_SECONDS)
        fit = 0.2 if MISFIT in prompt else 0.8
        kinds = (MissKind.ACTION_ABSENT, MissKind.SUBJECT_REPLACED)
        return tuple(_answer(kind, fit, prompt) for kind in kinds)

    def ask_stages(self, frames: Frames, stages: Sequence[Words]) -> tuple[Answer, ...]:
        return tuple(_answer(MissKind.ACTION_ABSENT, 0.8, words.text) for words in stages)


def _answer(kind: MissKind, value: float, prompt: str) -> Answer:
    return Answer(question="as it is played?", value=value, clause=prompt, kind=kind)
