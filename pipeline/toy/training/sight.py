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
    redressing,
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
    import torch
    from torch import Tensor
    from transformers import CLIPModel

DRAWN, FILMED = 20, 40
"""Clips in a batch."""
STILLS = 16
"""So many of the batch's clips give a still in their place: of every kind in turn."""
SHARPNESS = 20.0
"""With which sentences are told apart at first."""
UNFINISHED = 0.3
"""Share of the films that are seen before they are done, as a look at an unfinished take sees them."""
ASKED = (len(world.COLOURS), len(world.SHAPES) * len(eyes.STRIP), 3 * len(eyes.STRIP))
"""Colour in the first frame, and shape and (x, y, radius) in each of the frames."""
UNTOLD = -100
"""The number of a shape that nobody is told."""
SHIFT = 3
"""Pixels by which a film is moved at most, so that none is seen twice."""
REDRESSED = 0.7
"""Share of the films that are seen in another colour and on another ground."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A batch: first clips, then stills."""

    looks: "Tensor"
    """(b, 3, 120, 120), as the model wants them."""
    scenes: list[Scene]
    """What each was to show."""
    truths: list[Truth]
    shapes: "Tensor"
    """The number of the shape in each of the frames, or `UNTOLD`: (b, 9)."""
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
    # Sentences of one subject lie close together: how sharply they are told apart is learnt, too.
    line = torch.nn.ParameterDict(
        {
            "sharpness": torch.tensor(SHARPNESS).log(),
            "middle": torch.tensor(scorer.MIDDLE),
        }
    )
    learning = torch.nn.ModuleList([model.vision_model, model.visual_projection, tutor, line])

    def loss(step: int, rng: random.Random) -> "Tensor":
        lesson = draw(rng, fixed, filmed, workshop.device)
        own = [*lesson.scenes, *(_lie(scene, rng) for scene in lesson.scenes)]
        with torch.no_grad():
            texts = scorer.read(model, tokenizer, [writing.for_scorer(each, rng) for each in own])
        pooled = model.vision_model(pixel_values=lesson.looks).pooler_output
        seen = torch.nn.functional.normalize(model.visual_projection(pooled), dim=-1)
        cosines = seen @ torch.cat([told, texts]).T
        right, wrong = _verdicts(lesson.truths, [*plain, *own], cosines.device)
        apart = scorer.mismatch(cosines, right, wrong, line["sharpness"].exp(), line["middle"])
        return apart + _unanswered(lesson, tutor(pooled))

    plan = Plan(
        name="sight", steps=steps, rate=1e-3, average=0.998, decay=0.05, final_rate=0.02,
        warmup=100,
    )  # fmt: skip

    def examine() -> str:
        told_apart = (
            f"sharpness {float(line['sharpness'].exp()):.0f}, middle {float(line['middle']):.2f}"
        )
        return f"{_examine(model, tokenizer, kept_back, workshop.device)}; {told_apart}"

    fit(plan, learning, loss, workshop, examine)
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
            wearing.soften((torch.stack([each.frames for each in plays[DRAWN:]]) + 1) / 2),
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
    shapes = torch.tensor([_shapes(plays[row]) for row in [*moving, *still]])
    for row, number in enumerate(at, len(moving)):
        # A still is a clip of one frame.
        shown = int(shapes[row, number])
        shapes[row] = UNTOLD
        shapes[row, 0] = shown
    return Lesson(looks.to(device), scenes, truths, shapes.to(device), where.to(device))


def _places(measured: Measured) -> list[tuple[float, float, float]]:
    looks = [measured.looks[number] for number in eyes.STRIP]
    return [(*look.centre, look.radius) for look in looks]


def _shapes(play: Performance) -> list[int]:
    looks = [play.measured.looks[number] for number in eyes.STRIP]
    return [
        UNTOLD if number in play.unclear or not look.shape else world.SHAPES.index(look.shape)
        for number, look in zip(eyes.STRIP, looks, strict=True)
    ]


def _again(film: Film, rng: random.Random) -> Performance:
    """A film as it is or in a mirror, most in other colours; some as they looked before they were done."""
    unfinished = rng.random() < UNFINISHED
    levels = rng.choice(film.estimates) if unfinished else film.frames
    frames, measured, scene = levels.float() / 127.5 - 1, film.measured, film.scene
    if rng.random() < REDRESSED:
        other = redressing.another(scene, measured, rng)
        if other != scene:
            frames = redressing.redress(frames, scene, other)
            measured, scene = redressing.repainted(measured, other.colour), other
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
    """One scene of every subject of training and every motion, those of two stages among them."""
    like = Scene("red", "circle", "cream", "plain", (32, 32), 10, ("rest",))
    stages = [(one, two) for one in world.CHANGES for two in world.CHANGES if one != two]
    moves = [*((move,) for move in world.MOTIONS), *stages]
    return [
        Scene(colour, shape, like.ground, like.texture, like.centre, like.radius, each)
        for colour, shape in world.SEEN
        for each in moves
    ]


def _lie(scene: Scene, rng: random.Random) -> Scene:
    return choosing.wrong(scene, rng.choice(("colour", "shape", "motion", "motion")), rng)


def _verdicts(
    truths: Sequence[Truth], said: Sequence[Scene], device: "torch.device"
) -> "tuple[Tensor, Tensor]":
    """Which of what is said is true of each picture, and which is not: two of (pictures, said)."""
    import torch

    verdicts = torch.tensor([[each.verdict(scene) for scene in said] for each in truths])
    verdicts = verdicts.to(device)
    return verdicts > 0, verdicts < 0


def _unanswered(lesson: Lesson, answers: "Tensor") -> "Tensor":
    """How far the tutor's questions are from answered."""
    import torch

    cross = torch.nn.functional.cross_entropy
    colour, shapes, places = answers.split(ASKED, 1)
    names = [*world.COLOURS]
    known = [number for number, each in enumerate(lesson.truths) if each.subject[0]]
    begun = [names.index(lesson.truths[number].subject[0]) for number in known]
    colours = torch.tensor(begun, device=answers.device)
    asked = shapes.unflatten(1, (len(eyes.STRIP), -1)).flatten(0, 1)
    unsure = cross(colour[known], colours) + 2 * cross(
        asked, lesson.shapes.flatten(), ignore_index=UNTOLD
    )
    return unsure + 2 * (places - lesson.places).abs().mean()


def _parted(made: Sequence[Film]) -> tuple[list[Film], list[Film]]:
    """The films to learn from, and every tenth to be examined by."""
    aside = {*range(0, len(made), 10)}
    return [each for n, each in enumerate(made) if n not in aside], [made[n] for n in sorted(aside)]


def _examine(model: "CLIPModel", tokenizer: Any, kept_back: Sequence[Film], device: str) -> str:
    """How well films that did what they should are told from those that did not, by the plainest words."""
    import torch

    frames = torch.stack([each.frames for each in kept_back]).float() / 255
    seen = torch.cat(
        [scorer.see(model, eyes.as_filmstrips(some).to(device)) for some in frames.split(25)]
    )
    told = scorer.read(model, tokenizer, [captions.short(each.scene) for each in kept_back])
    fits = (seen * told).sum(1)
    good = torch.tensor([each.measured.succeeded(each.scene) for each in kept_back])
    above = (fits[good][:, None] > fits[~good][None]).float().mean()
    return f"films, AUC {above:.3f} of {int(good.sum())} good and {int((~good).sum())} bad"
