"""Teaches the tiny CLIP which captions belong to a picture or a clip, and which nearly do.

Stills are judged by colour and shape, clips by motion too. Besides, a tutor asks the picture tower what
it sees and where; it is sent away afterwards.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.toy import captions, choosing, world
from pipeline.toy.choosing import Kind
from pipeline.toy.training import batches, codec, scorer, wearing
from pipeline.toy.training.codec import Codec
from pipeline.toy.training.loop import Plan, fit
from pipeline.toy.training.workshop import Workshop
from pipeline.toy.world import Scene

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import CLIPModel

STILLS, CLIPS = 18, 30
"""Of each in a batch."""
STILL_LIES: tuple[Kind, ...] = ("colour", "shape", "shape")
CLIP_LIES: tuple[Kind, ...] = ("motion", "motion", "colour", "shape")
BROKEN = 0.1
"""Share of clips whose subject turns into another: no caption is right for them."""
QUESTIONS = (
    len(world.COLOURS),
    len(world.SHAPES),
    len(world.MOTIONS),
    len(world.MOTIONS),
    3 * len(scorer.STRIP),
)
"""Colour, shape, first and last motion, and (x, y, radius) in each of the frames."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A batch: first stills, then clips."""

    scenes: list[Scene]
    looks: "Tensor"
    """(b, 3, 80, 80), as the model wants them."""
    at: list[int]
    """Which of the filmstrip's frames each still is."""
    broken: set[int]
    """Which clips show a subject that turns into another."""

    def is_shown(self, number: int, said: Scene) -> bool:
        """Whether what picture `number` shows is what a caption of `said` says."""
        scene = self.scenes[number]
        same = (scene.colour, scene.shape) == (said.colour, said.shape)
        if number < STILLS:
            return same
        return same and scene.moves == said.moves and number not in self.broken


def make(workshop: Workshop, steps: int) -> None:
    """Trains the scorer."""
    import torch

    torch.manual_seed(4)
    tokenizer, fixed = scorer.take_tokenizer(workshop), codec.take(workshop)
    model = scorer.new(tokenizer)
    tutor = torch.nn.Linear(scorer.WIDTH, sum(QUESTIONS))
    both = torch.nn.ModuleList([model, tutor])

    def loss(step: int, rng: random.Random) -> "Tensor":
        lesson = _lesson(rng, fixed, workshop.device)
        said = [*lesson.scenes, *_lies(lesson.scenes, rng)]
        texts = scorer.read(model, tokenizer, [captions.for_training(each, rng) for each in said])
        pooled = model.vision_model(pixel_values=lesson.looks).pooler_output
        pictures = torch.nn.functional.normalize(model.visual_projection(pooled), dim=-1)
        return _mismatch(lesson, pictures @ texts.T, said) + _unanswered(lesson, tutor(pooled))

    plan = Plan(
        name="scorer", steps=steps, rate=2e-3, average=0.998, decay=0.05, final_rate=0.03,
        warmup=100,
    )  # fmt: skip
    fit(plan, both, loss, workshop, lambda: _examine(model, tokenizer, workshop.device))
    workshop.keep("scorer", model.state_dict())


def _lesson(rng: random.Random, fixed: Codec, device: str) -> Lesson:
    import torch

    chosen = batches.scenes(rng, STILLS + CLIPS)
    drawn = batches.clips(chosen)
    shown = wearing.wear(drawn, fixed, scorer.STRIP, device)
    broken = _break(shown, chosen, rng)
    at = [rng.choice((0, 0, 0, 1, 2, 3)) for _ in range(STILLS)]
    stills = scorer.as_stills(shown[torch.arange(STILLS), :, at])
    looks = torch.cat([stills, scorer.as_filmstrips(shown[STILLS:])])
    return Lesson(chosen, looks.to(device), at, broken)


def _break(shown: "Tensor", chosen: Sequence[Scene], rng: random.Random) -> set[int]:
    """Lets the subject of some clips turn into another, in place; says of which."""
    broken: set[int] = set()
    for number in range(STILLS, len(chosen)):
        if rng.random() < BROKEN:
            other = choosing.wrong(chosen[number], rng.choice(("colour", "shape")), rng)
            cut = rng.choice((1, 2, 3))
            drawn = (batches.clips([other], scorer.STRIP) + 1) / 2
            shown[number, :, cut:] = drawn[0, :, cut:]
            broken.add(number)
    return broken


def _lies(chosen: Sequence[Scene], rng: random.Random) -> list[Scene]:
    """For each picture, a scene whose caption is nearly right."""
    kinds = [STILL_LIES] * STILLS + [CLIP_LIES] * CLIPS
    told = zip(chosen, kinds, strict=True)
    return [choosing.wrong(scene, rng.choice(lies), rng) for scene, lies in told]


def _mismatch(lesson: Lesson, cosines: "Tensor", said: Sequence[Scene]) -> "Tensor":
    """How far each picture is from its right captions and how near to the wrong ones."""
    import torch

    numbers = range(len(lesson.scenes))
    right = [[lesson.is_shown(number, each) for each in said] for number in numbers]
    same = torch.tensor(right, device=cosines.device)
    return scorer.mismatch(cosines, same, ~same)


def _unanswered(lesson: Lesson, answers: "Tensor") -> "Tensor":
    """How far the tutor's questions are from answered."""
    import torch

    device, cross = answers.device, torch.nn.functional.cross_entropy
    sound = [number for number in range(len(lesson.scenes)) if number not in lesson.broken]
    scenes = [lesson.scenes[number] for number in sound]
    moving = [row for row, number in enumerate(sound) if number >= STILLS]
    colour, shape, before, after, places = answers[sound].split(QUESTIONS, 1)
    names, motions = [*world.COLOURS], world.MOTIONS
    asked = (
        (colour, [names.index(scene.colour) for scene in scenes]),
        (shape, [world.SHAPES.index(scene.shape) for scene in scenes]),
        (before[moving], [motions.index(scenes[row].moves[0]) for row in moving]),
        (after[moving], [motions.index(scenes[row].moves[-1]) for row in moving]),
    )
    unsure = [cross(given, torch.tensor(right, device=device)) for given, right in asked]
    where = _where(lesson, sound).to(device)
    return torch.stack(unsure).sum() + 2 * (places - where).abs().mean()


def _where(lesson: Lesson, numbers: Sequence[int]) -> "Tensor":
    """(x, y, radius) in each of the filmstrip's frames, each about -1..1: (pictures, 12)."""
    import torch

    places = torch.tensor([world.path(lesson.scenes[number], scorer.STRIP) for number in numbers])
    for row, number in enumerate(numbers):
        if number < STILLS:
            places[row] = places[row, lesson.at[number]]
    middle, spread = torch.tensor([32.0, 32.0, 10.0]), torch.tensor([10.0, 10.0, 4.0])
    return ((places - middle) / spread).flatten(1)


def _examine(model: "CLIPModel", tokenizer: Any, device: str) -> str:
    """How often a right caption stands above a wrong one of each kind, on scenes of its own."""
    rng = random.Random(77)
    chosen = [choosing.choose(rng) for _ in range(200)]
    drawn = (batches.clips(chosen, scorer.STRIP) + 1) / 2
    found: list[str] = []
    looks = {"still": scorer.as_stills(drawn[:, :, 0]), "clip": scorer.as_filmstrips(drawn)}
    kinds_seen: dict[str, tuple[Kind, ...]] = {
        "still": ("colour", "shape"),
        "clip": ("colour", "shape", "motion"),
    }
    for name, kinds in kinds_seen.items():
        seen = scorer.see(model, looks[name].to(device))
        own = [captions.english(scene, rng) for scene in chosen]
        right = (seen * scorer.read(model, tokenizer, own)).sum(1)
        for kind in kinds:
            told = [captions.english(choosing.wrong(scene, kind, rng), rng) for scene in chosen]
            wrong = (seen * scorer.read(model, tokenizer, told)).sum(1)
            above = (right[:, None] > wrong[None]).float().mean()
            found.append(f"{name}/{kind} {above:.3f}")
    return ", ".join(found)
