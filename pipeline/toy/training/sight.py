"""Teaches the scorer's picture tower anew, on nine frames of a clip, to see what the text tower says.

The text tower is done and stays as it is: a picture is taught to lie where the sentences lie that are true
of it, and away from all others. Most clips are drawn as models make them (`performing`), others are made by
the render model (`films`); what is true of each is what measuring finds in it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.toy import captions, choosing, world
from pipeline.toy.measuring import Measured
from pipeline.toy.phrasings import writing
from pipeline.toy.training import (
    batches,
    codec,
    eyes,
    films,
    fusing,
    hearing,
    performing,
    scorer,
    wearing,
)
from pipeline.toy.training.codec import Codec
from pipeline.toy.training.films import Film
from pipeline.toy.training.loop import Plan, fit
from pipeline.toy.training.performing import Performance
from pipeline.toy.training.truths import Truth, of_clip, of_still
from pipeline.toy.training.workshop import Workshop
from pipeline.toy.world import FRAMES, Scene

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import CLIPModel

DRAWN, FILMED = 28, 28
"""Clips in a batch."""
STILLS = 16
"""So many of the batch's clips give a still in their place: of every kind in turn."""
UNFINISHED = 0.3
"""Share of the films that are seen before they are done, as a look at an unfinished take sees them."""
SHARPNESS, MIDDLE = 12.0, 0.5
"""A pair whose cosine is above the middle is a match."""
ASKED = (len(world.COLOURS), len(world.SHAPES), len(world.SHAPES), 3 * len(eyes.STRIP))
"""Colour and shape in the first frame, shape in the last one, and (x, y, radius) in each of the frames."""
SHIFT = 3
"""Pixels by which a film is moved at most, so that none is seen twice."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A batch: first clips, then stills."""

    looks: "Tensor"
    """(b, 3, 120, 120), as the model wants them."""
    scenes: list[Scene]
    """What each was to show."""
    truths: list[Truth]
    ends: list[str]
    """The shape in the last frame; empty where nobody says."""
    places: "Tensor"
    """(x, y, radius) in each of the frames, each about -1..1: (b, 27)."""


def make(workshop: Workshop, steps: int) -> None:
    """Trains the picture tower that ships."""
    import torch

    torch.manual_seed(6)
    heard, tokenizer, fixed = (
        hearing.take(workshop),
        scorer.take_hearing_tokenizer(workshop),
        codec.take(workshop),
    )
    filmed, kept_back = _parted(films.take(workshop))
    model = eyes.new(heard, tokenizer)
    model.text_model.requires_grad_(False)
    model.text_projection.requires_grad_(False)
    moved: Any = model  # the types of transformers know no device by name
    moved.to(workshop.device)
    plain = _every_scene()
    with torch.no_grad():
        told = scorer.read(model, tokenizer, [captions.short(each) for each in plain])
    for layer in model.vision_model.encoder.layers.modules():
        if isinstance(layer, torch.nn.Linear) and fusing.multiplies_in_half(workshop.device):
            fusing.in_bfloat16(layer)
    tutor = torch.nn.Linear(scorer.WIDTH, sum(ASKED))
    learning = torch.nn.ModuleList([model.vision_model, model.visual_projection, tutor])

    def loss(step: int, rng: random.Random) -> "Tensor":
        lesson = draw(rng, fixed, filmed, workshop.device)
        own = [*lesson.scenes, *(_lie(scene, rng) for scene in lesson.scenes)]
        with torch.no_grad():
            texts = scorer.read(model, tokenizer, [writing.for_scorer(each, rng) for each in own])
        pooled = model.vision_model(pixel_values=lesson.looks).pooler_output
        seen = torch.nn.functional.normalize(model.visual_projection(pooled), dim=-1)
        cosines = seen @ torch.cat([told, texts]).T
        return _mismatch(lesson.truths, cosines, [*plain, *own]) + _unanswered(
            lesson, tutor(pooled)
        )

    plan = Plan(
        name="sight", steps=steps, rate=1e-3, average=0.998, decay=0.05, final_rate=0.02,
        warmup=100,
    )  # fmt: skip
    fit(
        plan,
        learning,
        loss,
        workshop,
        lambda: _examine(model, tokenizer, kept_back, workshop.device),
    )
    workshop.keep("sight", model.state_dict())


def draw(rng: random.Random, fixed: Codec, films: Sequence[Film], device: str) -> Lesson:
    """A batch by chance, and what is true of each picture in it."""
    import torch

    plays = [performing.perform(scene, rng) for scene in batches.scenes(rng, DRAWN)]
    plays += [_again(rng.choice(films), rng) for _ in range(FILMED)]
    worn = torch.cat(
        [
            wearing.wear(
                torch.stack([each.frames for each in plays[:DRAWN]]), fixed, eyes.STRIP, device
            ),
            wearing.soften(
                (torch.stack([each.frames[:, eyes.STRIP] for each in plays[DRAWN:]]) + 1) / 2
            ),
        ]
    )
    rows = [*range(len(plays))]
    rng.shuffle(rows)
    still, moving = rows[:STILLS], rows[STILLS:]
    at = [rng.choice((0, 0, *range(len(eyes.STRIP)))) for _ in still]
    looks = torch.cat([eyes.as_filmstrips(worn[moving]), eyes.as_stills(worn[still, :, at])])
    truths = [
        of_clip(each.measured, each.scene, each.unclear) for each in map(plays.__getitem__, moving)
    ]
    truths += [
        of_still(plays[row].measured, eyes.STRIP[number], plays[row].unclear)
        for row, number in zip(still, at, strict=True)
    ]
    places = torch.tensor([_places(plays[row].measured) for row in [*moving, *still]])
    for row, number in enumerate(at, len(moving)):
        places[row] = places[row, number].clone()
    middle, spread = torch.tensor([32.0, 32.0, 9.0]), torch.tensor([10.0, 10.0, 3.5])
    where = ((places - middle) / spread).flatten(1)
    scenes = [plays[row].scene for row in [*moving, *still]]
    ends = [
        "" if FRAMES - 1 in each.unclear else each.measured.shapes[-1]
        for each in map(plays.__getitem__, moving)
    ]
    ends += ["" for _ in still]
    return Lesson(looks.to(device), scenes, truths, ends, where.to(device))


def _places(measured: Measured) -> list[tuple[float, float, float]]:
    looks = [measured.looks[number] for number in eyes.STRIP]
    return [(*look.centre, look.radius) for look in looks]


def _again(film: Film, rng: random.Random) -> Performance:
    """A film as it is or in a mirror; some as they looked before they were done."""
    unfinished = rng.random() < UNFINISHED
    levels = rng.choice(film.estimates) if unfinished else film.frames
    frames, measured, scene = levels.float() / 127.5 - 1, film.measured, film.scene
    if rng.random() < 0.5:
        frames, measured, scene = frames.flip(-1), measured.mirrored(), scene.mirrored()
    across, down = (rng.randint(-SHIFT, SHIFT) for _ in range(2))
    frames = _moved(frames, across, down)
    # What stands in a frame that is not done is not what will stand there.
    unclear = frozenset(range(1, FRAMES - 1)) if unfinished else frozenset[int]()
    return Performance(scene, frames, measured, unclear)


def _moved(frames: "Tensor", across: int, down: int) -> "Tensor":
    """Frames (3, n, 64, 64) moved by pixels, their edges drawn out."""
    import torch

    wide = torch.nn.functional.pad(frames, (SHIFT,) * 4, mode="replicate")
    rows, columns = SHIFT - down, SHIFT - across
    return wide[:, :, rows : rows + world.SIDE, columns : columns + world.SIDE]


def _every_scene() -> list[Scene]:
    """One scene of every subject and every motion, those of two stages among them."""
    like = Scene("red", "circle", "cream", "plain", (32, 32), 10, ("rest",))
    stages = [(one, two) for one in world.CHANGES for two in world.CHANGES if one != two]
    moves = [*((move,) for move in world.MOTIONS), *stages]
    return [
        Scene(colour, shape, like.ground, like.texture, like.centre, like.radius, each)
        for colour, shape in world.PAIRS
        for each in moves
    ]


def _lie(scene: Scene, rng: random.Random) -> Scene:
    return choosing.wrong(scene, rng.choice(("colour", "shape", "motion", "motion")), rng)


def _mismatch(truths: Sequence[Truth], cosines: "Tensor", said: Sequence[Scene]) -> "Tensor":
    """How far each picture is from what is true of it, and how near to what is not."""
    import torch

    verdicts = torch.tensor([[each.verdict(scene) for scene in said] for each in truths])
    verdicts = verdicts.to(cosines.device)
    right, wrong = verdicts > 0, verdicts < 0
    logit = SHARPNESS * (cosines - MIDDLE)
    each = torch.nn.functional.softplus(torch.where(right, -logit, logit))
    # The few right sentences weigh as much as two wrong ones, however many they are.
    weight = torch.where(right, 2.0 / right.sum(1, keepdim=True).clamp(min=1), wrong.float())
    return (each * weight).sum(1).mean()


def _unanswered(lesson: Lesson, answers: "Tensor") -> "Tensor":
    """How far the tutor's questions are from answered."""
    import torch

    cross = torch.nn.functional.cross_entropy
    colour, shape, last, places = answers.split(ASKED, 1)
    names = [*world.COLOURS]
    known = [number for number, each in enumerate(lesson.truths) if each.subject[0]]
    begun = [lesson.truths[number].subject for number in known]
    colours = torch.tensor([names.index(one) for one, _ in begun], device=answers.device)
    shapes = torch.tensor([world.SHAPES.index(one) for _, one in begun], device=answers.device)
    ended = [number for number, each in enumerate(lesson.ends) if each]
    ends = torch.tensor([world.SHAPES.index(lesson.ends[n]) for n in ended], device=answers.device)
    unsure = cross(colour[known], colours) + cross(shape[known], shapes) + cross(last[ended], ends)
    return unsure + 2 * (places - lesson.places).abs().mean()


def _parted(made: Sequence[Film]) -> tuple[list[Film], list[Film]]:
    """The films to learn from, and every tenth to be examined by."""
    aside = {*range(0, len(made), 10)}
    return [each for n, each in enumerate(made) if n not in aside], [made[n] for n in sorted(aside)]


def _examine(model: "CLIPModel", tokenizer: Any, kept_back: Sequence[Film], device: str) -> str:
    """How well films that did what they should are told from those that did not, by the plainest words."""
    import torch

    frames = torch.stack([each.frames[:, eyes.STRIP] for each in kept_back]).float() / 255
    seen = torch.cat(
        [scorer.see(model, eyes.as_filmstrips(some).to(device)) for some in frames.split(25)]
    )
    told = scorer.read(model, tokenizer, [captions.short(each.scene) for each in kept_back])
    fits = (seen * told).sum(1)
    good = torch.tensor([each.measured.succeeded(each.scene) for each in kept_back])
    above = (fits[good][:, None] > fits[~good][None]).float().mean()
    return f"films, AUC {above:.3f} of {int(good.sum())} good and {int((~good).sum())} bad"
