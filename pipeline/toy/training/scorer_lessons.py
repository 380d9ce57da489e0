"""Teaches the tiny CLIP which captions belong to a picture or a clip, and which nearly do.

Stills are judged by colour and shape, clips by motion too. Besides, tutors ask the picture tower what it
sees and where, and the text tower what it reads; they are sent away afterwards.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline.toy import choosing, world
from pipeline.toy.choosing import Kind
from pipeline.toy.phrasings import writing
from pipeline.toy.training import batches, codec, films, scorer, scorer_pictures, words
from pipeline.toy.training.films import NOT_SURE
from pipeline.toy.training.loop import Plan, fit
from pipeline.toy.training.scorer_pictures import FILM_STILLS, STILLS, Lesson, Picture
from pipeline.toy.training.workshop import Workshop
from pipeline.toy.world import Scene

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import CLIPModel

SHARPNESS, MIDDLE = 12.0, 0.5
"""A pair whose cosine is above the middle is a match."""
STILL_LIES: tuple[Kind, ...] = ("colour", "shape", "shape")
CLIP_LIES: tuple[Kind, ...] = ("motion", "motion", "motion", "colour", "shape")
READINGS = 96
"""Sentences of a batch that are read alone, beside those that are held against pictures."""
NAMED = (len(world.COLOURS), len(world.SHAPES), len(world.MOTIONS), len(world.MOTIONS))
"""Colour, shape, first and last motion."""
QUESTIONS = (*NAMED, 3 * len(scorer.STRIP))
"""These, and (x, y, radius) in each of the frames."""


def make(workshop: Workshop, steps: int) -> None:
    """Trains the scorer."""
    import torch

    torch.manual_seed(4)
    tokenizer, fixed, filmed = words.for_scorer(), codec.take(workshop), films.take(workshop)
    model = scorer.new(tokenizer)
    tutor = torch.nn.Linear(scorer.WIDTH, sum(QUESTIONS))
    reader = torch.nn.Linear(scorer.PROJECTION, sum(NAMED))
    together = torch.nn.ModuleList([model, tutor, reader])

    def loss(step: int, rng: random.Random) -> "Tensor":
        lesson = scorer_pictures.lesson(rng, fixed, filmed, workshop.device)
        said = [*(each.scene for each in lesson.pictures), *_lies(lesson.pictures, rng)]
        read = [*said, *batches.scenes(rng, READINGS)]
        texts = scorer.read(model, tokenizer, [writing.for_scorer(each, rng) for each in read])
        pooled = model.vision_model(pixel_values=lesson.looks).pooler_output
        pictures = torch.nn.functional.normalize(model.visual_projection(pooled), dim=-1)
        matched = _mismatch(lesson, pictures @ texts[: len(said)].T, said)
        understood = _misnamed(reader(SHARPNESS * texts), [(each, True) for each in read])
        return matched + _unanswered(lesson, tutor(pooled)) + understood

    plan = Plan(
        name="scorer", steps=steps, rate=2e-3, average=0.998, decay=0.05, final_rate=0.03,
        warmup=100,
    )  # fmt: skip
    fit(plan, together, loss, workshop, lambda: _examine(model, tokenizer, workshop.device))
    workshop.keep("scorer", model.state_dict())


def _lies(pictures: Sequence[Picture], rng: random.Random) -> list[Scene]:
    """For each picture, a scene whose caption is nearly right; of a film that did something
    else, what it did."""
    found: list[Scene] = []
    for number, picture in enumerate(pictures):
        scene = picture.scene
        others = [each for each in picture.shown or () if each not in (NOT_SURE, scene.moves)]
        if others:
            found.append(replace(scene, moves=others[0]))
        else:
            still = number < STILLS + FILM_STILLS
            found.append(choosing.wrong(scene, rng.choice(STILL_LIES if still else CLIP_LIES), rng))
    return found


def _mismatch(lesson: Lesson, cosines: "Tensor", said: Sequence[Scene]) -> "Tensor":
    """How far each picture is from its right captions and how near to the wrong ones."""
    import torch

    answers = [[picture.is_right(each) for each in said] for picture in lesson.pictures]
    right = [[answer is True for answer in row] for row in answers]
    known = [[answer is not None for answer in row] for row in answers]
    same, held = (torch.tensor(each, device=cosines.device) for each in (right, known))
    logit = SHARPNESS * (cosines - MIDDLE)
    each = torch.nn.functional.softplus(torch.where(same, -logit, logit))
    # The few right captions weigh as much as two wrong ones, however many they are.
    weight = torch.where(same, 2.0 / same.sum(1, keepdim=True).clamp(min=1), 1.0) * held
    return (each * weight).sum(1).mean()


def _misnamed(answers: "Tensor", scenes: Sequence[tuple[Scene, bool]]) -> "Tensor":
    """How unsure the answers (scenes, questions) are of what scenes are, and how those move that do."""
    import torch

    cross = torch.nn.functional.cross_entropy
    colour, shape, before, after = answers.split(NAMED, 1)
    names, motions = [*world.COLOURS], world.MOTIONS
    moving = [row for row, (_, moves) in enumerate(scenes) if moves]
    asked = (
        (colour, [names.index(scene.colour) for scene, _ in scenes]),
        (shape, [world.SHAPES.index(scene.shape) for scene, _ in scenes]),
        (before[moving], [motions.index(scenes[row][0].moves[0]) for row in moving]),
        (after[moving], [motions.index(scenes[row][0].moves[-1]) for row in moving]),
    )
    unsure = [cross(given, torch.tensor(right, device=given.device)) for given, right in asked]
    return torch.stack(unsure).sum()


def _unanswered(lesson: Lesson, answers: "Tensor") -> "Tensor":
    """How far the tutor's questions about pictures are from answered."""
    import torch

    sound: list[int] = []
    named: list[tuple[Scene, bool]] = []
    for number, picture in enumerate(lesson.pictures):
        if picture.shown is None:
            sound.append(number)
            named.append((picture.scene, False))
        elif told := [each for each in picture.shown if each != NOT_SURE]:
            sound.append(number)
            named.append((replace(picture.scene, moves=told[0]), True))
    *_, places = answers.split(QUESTIONS, 1)
    drawn = [number for number, each in enumerate(lesson.pictures) if each.places]
    where = torch.tensor([lesson.pictures[number].places for number in drawn])
    middle, spread = torch.tensor([32.0, 32.0, 10.0]), torch.tensor([10.0, 10.0, 4.0])
    off = places[drawn] - ((where - middle) / spread).flatten(1).to(places.device)
    return _misnamed(answers[sound, : sum(NAMED)], named) + 2 * off.abs().mean()


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
        own = [writing.wide_english(scene, rng) for scene in chosen]
        right = (seen * scorer.read(model, tokenizer, own)).sum(1)
        for kind in kinds:
            told = [writing.wide_english(choosing.wrong(scene, kind, rng), rng) for scene in chosen]
            wrong = (seen * scorer.read(model, tokenizer, told)).sum(1)
            above = (right[:, None] > wrong[None]).float().mean()
            found.append(f"{name}/{kind} {above:.3f}")
    return ", ".join(found)
