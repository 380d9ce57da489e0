"""What the tiny CLIP is taught on: stills and clips, drawn and filmed, and what each of them shows.

A caption is right, wrong, or neither: of a clip that does half of two motions nobody can say that it does
one of them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.toy import choosing, world
from pipeline.toy.training import batches, films, scorer
from pipeline.toy.training.codec import Codec
from pipeline.toy.training.films import NOT_SURE, Film
from pipeline.toy.world import Scene

if TYPE_CHECKING:
    from torch import Tensor

    Clock = tuple[float, ...]

STILLS, FILM_STILLS, CLIPS, FILMS = 12, 4, 22, 14
"""Of each in a batch, in this order: drawn stills, frames of films, drawn clips, films."""
BROKEN = 0.1
"""Share of drawn clips whose subject turns into another: no caption is right for them."""
FALTERING = 0.2
"""Share of drawn clips that do only a part of what they should."""
TOO_LITTLE = 0.42
"""At most this share of its motion is done by a clip of one that falters."""
HARDLY = 0.25
"""Who does no more than this share of it rests."""
WHOLE: "Clock" = tuple(range(world.FRAMES))


@dataclass(frozen=True, slots=True)
class Picture:
    """One still or clip."""

    scene: Scene
    """What the picture is of, and what should happen."""
    shown: tuple[tuple[str, ...], ...] | None
    """The motions that a right caption tells, as in `Film.shown`; None for a still, which fits any."""
    places: tuple[tuple[float, float, float], ...] | None = None
    """Where the subject is in each of the filmstrip's frames; None where that is not drawn."""

    def is_right(self, said: Scene) -> bool | None:
        """Whether it shows what a caption of `said` says; None where nobody can say."""
        if (self.scene.colour, self.scene.shape) != (said.colour, said.shape):
            return False
        if self.shown is None or said.moves in self.shown:
            return True
        return None if NOT_SURE in self.shown and len(said.moves) == 1 else False


@dataclass(frozen=True, slots=True)
class Lesson:
    """A batch: first stills, then clips."""

    pictures: list[Picture]
    looks: "Tensor"
    """(b, 3, side, side), as the model wants them."""


def lesson(rng: random.Random, fixed: Codec, filmed: Sequence[Film], device: str) -> Lesson:
    """Draws a batch, and takes some films to it."""
    import torch

    chosen = batches.scenes(rng, STILLS + CLIPS)
    clocks = [WHOLE] * STILLS + [_clock(scene, rng) for scene in chosen[STILLS:]]
    told = [_drawn(*each) for each in zip(chosen, clocks, strict=True)]
    shown = _rendered(chosen, clocks, fixed, device)
    _break(shown, told, rng)
    takes = [rng.choice(filmed) for _ in range(FILM_STILLS + FILMS)]
    takes = [films.mirrored(each) if rng.random() < 0.5 else each for each in takes]
    strips = _tinted(torch.stack([each.strip for each in takes]))
    at = [rng.choice((0, 0, 0, 1, 2, 3)) for _ in range(STILLS)]
    late = [rng.choice((1, 2, 3, 3)) for _ in range(FILM_STILLS)]
    looks = [
        scorer.as_stills(shown[torch.arange(STILLS), :, at]),
        scorer.as_stills(strips[torch.arange(FILM_STILLS), :, late]),
        scorer.as_filmstrips(shown[STILLS:]),
        scorer.as_filmstrips(strips[FILM_STILLS:]),
    ]
    pictures = [_still(told[row], number) for row, number in enumerate(at)]
    pictures += [_film_still(*each) for each in zip(takes, late, strict=False)]
    pictures += told[STILLS:]
    pictures += [Picture(each.scene, each.shown) for each in takes[FILM_STILLS:]]
    return Lesson(pictures, torch.cat(looks).to(device))


def _clock(scene: Scene, rng: random.Random) -> "Clock":
    """The frames of the scene that its clip has; one that falters shows others than the rest."""
    if rng.random() >= FALTERING:
        return WHOLE
    if len(scene.moves) == 1:
        share = rng.uniform(0, TOO_LITTLE)
        return tuple(share * number for number in WHOLE)
    middle = world.FRAMES // 2
    if rng.random() < 0.5:
        return tuple(min(number, middle) for number in WHOLE)
    return tuple(max(number, middle) for number in WHOLE)


def _drawn(scene: Scene, clock: "Clock") -> Picture:
    """A drawn clip: what it shows."""
    places = tuple(world.path(scene, [clock[number] for number in scorer.STRIP]))
    shown: tuple[tuple[str, ...], ...] = (scene.moves,)
    if clock != WHOLE and scene.moves != ("rest",):
        hardly = clock[-1] <= HARDLY * WHOLE[-1]
        shown = (NOT_SURE,) if len(scene.moves) == 2 else (("rest",),) if hardly else ()
    return Picture(scene, shown, places)


def _rendered(
    chosen: Sequence[Scene], clocks: "Sequence[Clock]", fixed: Codec, device: str
) -> "Tensor":
    """The filmstrips' frames (b, 3, 4, 64, 64) in 0..1, as a model might render them."""
    import torch

    each = zip(chosen, clocks, strict=True)
    drawn = torch.cat([batches.clips([scene], clock) for scene, clock in each])
    latents = fixed.encode(drawn.to(device))
    noise = torch.randn(latents.shape) * torch.rand(len(latents), 1, 1, 1, 1) * 0.3
    coarse = (fixed.decode_frames(latents + noise.to(device), scorer.STRIP).cpu() + 1) / 2
    return _worn((drawn[:, :, scorer.STRIP] + 1) / 2, coarse)


def _worn(frames: "Tensor", coarse: "Tensor") -> "Tensor":
    """Frames (b, 3, n, 64, 64) in 0..1 coarser, softer, tinted."""
    import torch

    def by_chance() -> "Tensor":
        return (torch.rand(len(frames), 1, 1, 1, 1) < 0.5).float()

    frames = frames.lerp(coarse, by_chance())
    flat = frames.transpose(1, 2).flatten(0, 1)
    soft = torch.nn.functional.avg_pool2d(flat, 3, 1, 1, count_include_pad=False)
    soft = soft.unflatten(0, (len(frames), -1)).transpose(1, 2)
    return _tinted(frames.lerp(soft, by_chance() * torch.rand(len(frames), 1, 1, 1, 1)))


def _tinted(frames: "Tensor") -> "Tensor":
    import torch

    tint = 1 + 0.04 * torch.randn(len(frames), 3, 1, 1, 1)
    shade = 0.02 * torch.randn(len(frames), 3, 1, 1, 1)
    return (frames * tint + shade).clamp(0, 1)


def _break(shown: "Tensor", told: list[Picture], rng: random.Random) -> None:
    """Lets the subject of some clips turn into another, in place; nothing is then right for them."""
    for number in range(STILLS, len(told)):
        if rng.random() < BROKEN:
            scene = told[number].scene
            other = choosing.wrong(scene, rng.choice(("colour", "shape", "shape")), rng)
            cut = rng.choice((1, 2, 3, 3))
            drawn = (batches.clips([other], scorer.STRIP) + 1) / 2
            shown[number, :, cut:] = drawn[0, :, cut:]
            told[number] = Picture(scene, ())


def _still(clip: Picture, number: int) -> Picture:
    """One frame of a drawn clip: as if it were each of a filmstrip's."""
    places = (clip.places or ())[number]
    return Picture(clip.scene, None, (places,) * len(scorer.STRIP))


def _film_still(film: Film, number: int) -> Picture:
    """One frame of a film; no caption is right where the subject is not itself."""
    return Picture(film.scene, None if film.kept[number] else ())
