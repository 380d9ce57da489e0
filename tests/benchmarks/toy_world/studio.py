"""Renders scenes and judges the clips: by measuring them, and as the farm does, with its scorer."""

import hashlib
import multiprocessing
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.progress import Progress

from pipeline.engines import wan
from pipeline.models import weights
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.recipe import Recipe
from pipeline.result import Match
from pipeline.scoring import matching, two_tower
from pipeline.scoring.two_tower import ClipScorer
from pipeline.stills import prepare
from pipeline.storage.folder import MediaFolder
from pipeline.toy import captions, drawing, measuring, world
from pipeline.toy.world import Scene

PROCESSES = 2
GUIDANCE = 3.0


@dataclass(frozen=True, slots=True)
class Order:
    """One clip to make. The still shows `scene`, which is also what should happen."""

    scene: Scene
    prompt: str
    seed: int
    cfg_high: float = GUIDANCE
    cfg_low: float = GUIDANCE
    against: tuple[str, str] | None = None
    """Another motion, and a prompt that asks for it: the clip is held against that too."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order."""

    follows: bool
    keeps: bool
    success: bool
    first_frame: float
    """PSNR of frame 0 against the still, dB."""
    clip: float
    """PSNR of the clip against the drawn one, dB."""
    burn: float
    """How far the subject lies from its colour in the last frame, 0..255; NaN where there is none."""
    seconds: float
    """CPU seconds from the prompt to the frames."""
    fit: float
    """Does the prompt fit the still, as the scorer sees it."""
    score: float
    """The match that the farm would gate."""
    verdict: float
    """The same against the plain wish."""
    other: float = 0.0
    """The same against `Order.against`."""
    other_success: bool = False
    """Whether the clip shows that."""


@dataclass(frozen=True, slots=True)
class Captioned:
    """A drawn scene and a caption, right or wrong, for the scorer to judge."""

    scene: Scene
    caption: str


class Studio:
    """Renders in processes of one thread each; an order that was filmed before is not filmed again."""

    def __init__(self, pool: ProcessPoolExecutor, progress: Progress) -> None:
        self._pool, self._progress = pool, progress
        self._filmed: dict[Order, Outcome] = {}

    def film(self, row: str, orders: Sequence[Order]) -> list[Outcome]:
        """One outcome per order."""
        new = [*dict.fromkeys(order for order in orders if order not in self._filmed)]
        for order, outcome in zip(new, self.each(row, _film, new), strict=True):
            self._filmed[order] = outcome
        return [self._filmed[order] for order in orders]

    def judge(self, row: str, pairs: Sequence[Captioned]) -> list[tuple[float, float]]:
        """Per pair: how well the caption fits the still, and the drawn clip; 0..1."""
        return [*self.each(row, _judge, pairs)]

    def each(self, row: str, work: Any, cases: Sequence[Any]) -> Iterable[Any]:
        """What `work`, a function of a module, makes of each case in the processes."""
        return self._progress.track(
            self._pool.map(work, cases, chunksize=2), total=len(cases), description=row
        )


@contextmanager
def opened(films: Path | None = None) -> Iterator[Studio]:
    """A studio with its processes, and bars on stderr.

    It keeps what it films in the folder `films`, and films nothing again that lies there: for another
    scorer to look at the same clips.
    """
    spawn = multiprocessing.get_context("spawn")
    if films is not None:
        films.mkdir(parents=True, exist_ok=True)
    with (
        ProcessPoolExecutor(
            PROCESSES, mp_context=spawn, initializer=_start, initargs=(films,)
        ) as pool,
        Progress(console=Console(stderr=True)) as progress,
    ):
        yield Studio(pool, progress)


@dataclass(frozen=True, slots=True)
class Models:
    profile: Profile
    engine: wan.WanEngine
    scorer: ClipScorer
    films: Path | None = None
    """Where filmed orders are kept."""


_loaded: list[Models] = []
"""The models of this process."""


def models() -> Models:
    """What the studio loaded in this process."""
    (loaded,) = _loaded
    return loaded


def _start(films: Path | None) -> None:
    import torch

    torch.set_num_threads(1)
    toy = profile.load("toy")
    engine = wan.load(toy, _folder(toy.model.weights), "cpu")
    scorer = two_tower.load(toy.match, _folder(toy.match.weights), "cpu")
    _loaded.append(Models(toy, engine, scorer, films))


def _folder(name: str) -> Path:
    return weights.folder(name, None)


def _film(order: Order) -> Outcome:
    toy = models()
    still = still_of(order.scene)
    frames, seconds = filmed(toy, order, still)
    before = matching.judge_still(toy.scorer, still, order.prompt)
    match = matching.judge_clip(toy.scorer, frames, still, order.prompt, before)
    wish = captions.short(order.scene)
    plain = matching.judge_clip(toy.scorer, frames, still, wish, Match(scorer="plain wish"))
    measured = measuring.measure(frames, order.scene)
    other, other_success = 0.0, False
    if order.against:
        motion, prompt = order.against
        held = matching.judge_clip(toy.scorer, frames, still, prompt, Match(scorer="another wish"))
        other = _scored(held.score)
        other_success = measured.succeeded(replace(order.scene, moves=(motion,)))
    drawn = drawing.frames(order.scene)
    return Outcome(
        follows=measured.follows(order.scene),
        keeps=measured.kept(order.scene),
        success=measured.succeeded(order.scene),
        first_frame=_psnr(frames[:1], drawn[:1]),
        clip=_psnr(frames, drawn),
        burn=_burn(frames[-1], order.scene),
        seconds=seconds,
        fit=_scored(match.still_prompt),
        score=_scored(match.score),
        verdict=_scored(plain.score),
        other=other,
        other_success=other_success,
    )


def filmed(toy: Models, order: Order, still: Image.Image) -> tuple[NDArray[np.uint8], float]:
    """The frames (17, 64, 64, 3) of an order, and the CPU seconds that they took when they were made."""
    if toy.films is None:
        return _timed(toy, order, still)
    told = f"{toy.profile.revision} {order!r}".encode()
    place = toy.films / f"{hashlib.sha256(told).hexdigest()[:24]}.npz"
    if not place.exists():
        frames, seconds = _timed(toy, order, still)
        unfinished = place.with_suffix(".new.npz")
        np.savez(unfinished, frames=frames, seconds=seconds)
        unfinished.replace(place)
    with np.load(place) as kept:
        return kept["frames"], float(kept["seconds"])


def _timed(toy: Models, order: Order, still: Image.Image) -> tuple[NDArray[np.uint8], float]:
    started = time.process_time()
    frames = render_order(toy, order, still)
    return frames, time.process_time() - started


def render_order(toy: Models, order: Order, still: Image.Image) -> NDArray[np.uint8]:
    """The frames (17, 64, 64, 3) of an order."""
    sampler = toy.profile.sampler
    recipe = Recipe(
        still="0" * 64,  # the engine is handed the picture itself
        prompt=order.prompt,
        negative=sampler.negative,
        seed=order.seed,
        steps=sampler.steps,
        cfg_high=order.cfg_high,
        cfg_low=order.cfg_low,
        width=world.SIDE,
        height=world.SIDE,
        frames=world.FRAMES,
        fps=toy.profile.frame.fps,
        profile=toy.profile.name,
        revision=toy.profile.revision,
    )
    text = toy.engine.encode_text(recipe.prompt, recipe.negative)
    return toy.engine.decode(toy.engine.denoise(still, text, recipe, lambda done, of: None))


def _judge(pair: Captioned) -> tuple[float, float]:
    toy = models()
    still, frames = still_of(pair.scene), drawing.frames(pair.scene)
    fit = toy.scorer.still_prompt(still, pair.caption)
    shown, _ = toy.scorer.clip(frames, still, pair.caption)
    return fit, shown


def still_of(scene: Scene) -> Image.Image:
    """The first frame, as it is drawn."""
    return Image.fromarray(drawing.frames(scene, [0])[0])


def _scored(value: float | None) -> float:
    if value is None:
        raise ValueError("the scorer could not judge a clip: its score would be made up")
    return value


def _psnr(made: NDArray[np.uint8], drawn: NDArray[np.uint8]) -> float:
    off = np.square(made.astype(float) - drawn).mean()
    return float(10 * np.log10(255**2 / max(off, 1e-3)))


def _burn(frame: NDArray[np.uint8], scene: Scene) -> float:
    wanted = np.asarray(world.COLOURS[scene.colour], float)
    from_colour = np.linalg.norm(frame - wanted, axis=-1)
    from_ground = np.linalg.norm(frame - drawing.ground(scene) * 255, axis=-1)
    inside = from_colour < from_ground / 2
    if inside.sum() < measuring.SMALLEST:
        return float("nan")
    return float(np.abs(frame[inside].mean(0) - wanted).mean())


def kept_still(scene: Scene, toy: Profile, folder: Path, media: MediaFolder) -> str:
    """The SHA-256 of a scene's still as the farm keeps it; `folder` is for the picture itself."""
    place = folder / "still.png"
    still_of(scene).save(place)
    return prepare.keep(prepare.fit(place, toy), media).sha256


def recipe_of(prompt: str, seed: int, kept: str, toy: Profile) -> Recipe:
    """The recipe of a shot's first take, as the profile makes it."""
    return Recipe(
        still=kept,
        prompt=prompt,
        negative=toy.sampler.negative,
        seed=seed,
        steps=toy.sampler.steps,
        cfg_high=toy.sampler.cfg_high,
        cfg_low=toy.sampler.cfg_low,
        width=world.SIDE,
        height=world.SIDE,
        frames=world.FRAMES,
        fps=toy.frame.fps,
        profile=toy.name,
        revision=toy.revision,
    )
