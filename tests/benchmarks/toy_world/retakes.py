"""Shots of the toy world on their way through takes and retakes, with the farm's own take and ladder."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from pipeline import ladder, take
from pipeline.ladder import Step, TakeFacts
from pipeline.misses import Miss
from pipeline.profiles.profile import Profile
from pipeline.profiles.remedies import DECLINED_FOR, RetakeSection, gravest
from pipeline.prompts import lint as prompt_lint
from pipeline.recipe import Recipe, TakeOrder
from pipeline.recipe_changes import Alternate
from pipeline.result import EndedEarly, Match, Refusal, TakeResult, Verdict
from pipeline.storage.folder import MediaFolder
from pipeline.toy import choosing, measuring, world
from pipeline.toy.world import Scene
from tests.benchmarks.toy_world import shots, studio

ROW = "accepted"
"""Of the protocol: nothing was chosen on its scenes."""
ARTICLE, BY_DIAGNOSIS = "the article's ladder", "by diagnosis"
WAYS = {
    "no ladder": RetakeSection(decline=False, renders=1),
    ARTICLE: RetakeSection(by="article", decline=False, renders=4),
    BY_DIAGNOSIS: RetakeSection(decline=True, renders=4),
}


@dataclass(frozen=True, slots=True)
class Shot:
    """A wish, the picture that was handed in with it, and perhaps another one that fits it."""

    kind: str
    prompt: str
    seed: int
    scene: Scene
    """What the still shows, and what should happen to it."""
    fits: bool = True
    """Whether the still shows the prompt's subject."""
    other: Scene | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """How one shot went on one way."""

    shot: Shot
    renders: int
    seconds: float
    """Of everything that the takes did."""
    accepted: bool
    partly: bool
    """It ends with a take that passes by a simpler prompt and shows only a part of the wish."""
    truly: bool
    """Accepted, and by measuring the wish come true, with the subject that the prompt names."""
    right: bool
    """Whether the last take is such a success, whatever became of it."""
    first: bool
    """Whether the first take was such a success, whatever the scorer thought."""
    match: float
    """Of still and prompt, before the first render."""
    takes: tuple["Seen", ...] = ()
    """All of them, in their order."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One take of a course."""

    recipe: str
    """Its hash."""
    met: str
    """The miss that it was made against; empty for a first take."""
    changed: str
    """What was changed for it."""
    score: float | None
    """None for one that was declined."""
    right: bool


def cast(part: float, row: str = ROW) -> list[Shot]:
    """The protocol's 240 shots, or a part of them; another row has other scenes."""
    many, few = (max(round(count * part), 2) for count in (48, 24))
    fitting, buried = shots.dealt(f"{row}/fitting", many), shots.dealt(f"{row}/clutter", many)
    both = shots.staged(f"{row}/both", many)
    return [
        *_shots("fitting", fitting, shots.plain(fitting)),
        *_shots("cluttered", buried, shots.cluttered(f"{row}/clutter", buried)),
        *_shots("cluttered, two motions", both, shots.cluttered(f"{row}/both", both)),
        *_misfits(row, "wrong subject", few),
        *_misfits(row, "wrong subject, another still", few, another=True),
        *_cramped(row, "no room", few),
        *_cramped(row, "no room, another still", few, another=True),
    ]


def _shots(kind: str, scenes: Sequence[Scene], prompts: Sequence[str]) -> Iterator[Shot]:
    for seed, (scene, prompt) in enumerate(zip(scenes, prompts, strict=True)):
        yield Shot(kind, prompt, seed, scene)


def _misfits(row: str, kind: str, count: int, *, another: bool = False) -> Iterator[Shot]:
    rng = shots.chance(f"{row}/{kind}/subjects")
    for seed, scene in enumerate(shots.dealt(f"{row}/{kind}", count)):
        wished = choosing.wrong(scene, "subject", rng)
        (prompt,) = shots.plain([wished])
        yield Shot(kind, prompt, seed, scene, fits=False, other=wished if another else None)


def _cramped(row: str, kind: str, count: int, *, another: bool = False) -> Iterator[Shot]:
    for seed, scene in enumerate(shots.cramped(f"{row}/{kind}", count)):
        (prompt,) = shots.plain([scene])
        middle = replace(scene, centre=(world.SIDE / 2, world.SIDE / 2))
        yield Shot(kind, prompt, seed, scene, other=middle if another else None)


def follow(shot: Shot) -> dict[str, Course]:
    """The shot on every way. A take that two ways have in common is made once."""
    with tempfile.TemporaryDirectory() as folder:
        stage = _Stage(shot, Path(folder))
        # First what may decline: what is rendered there is rendered alike on the others.
        ways = sorted(WAYS, key=lambda way: not WAYS[way].decline)
        return {way: stage.course(WAYS[way]) for way in ways}


@dataclass(frozen=True, slots=True)
class _Made:
    """One take: what the farm got, and whether the clip is right."""

    answer: TakeResult | Refusal | EndedEarly
    right: bool


class _Stage:
    """Everything that one shot needs to be made."""

    def __init__(self, shot: Shot, media: Path) -> None:
        self._shot, self._media = shot, media
        self._toy = studio.models()
        self._stills = {self._keep(shot.scene): (shot.scene, shot.fits)}
        self._first = self._recipe(next(iter(self._stills)))
        self._alternates: tuple[Alternate, ...] = ()
        if shot.other:
            kept = self._keep(shot.other)
            self._stills[kept] = (shot.other, True)
            self._alternates = (Alternate(still=kept, width=world.SIDE, height=world.SIDE),)
        self._made: dict[tuple[str, bool], _Made] = {}

    def course(self, retakes: RetakeSection) -> Course:
        toy = self._toy.profile.model_copy(update={"retakes": retakes})
        facts, seen, recipe, rung = list[TakeFacts](), list[_Made](), self._first, 0
        takes, met, changed = list[Seen](), "", ""
        while True:
            made = self._take(recipe, toy)
            seen.append(made)
            score = made.answer.match.score
            takes.append(Seen(recipe.hash, met, changed, score, made.right))
            facts.append(_fact(len(facts) + 1, rung, recipe, made.answer))
            step = ladder.climb(facts, toy, alternates=self._alternates)
            if not isinstance(step, Step):
                break
            miss = _met(made.answer)
            met, changed = miss.kind if miss else "no kind told", _changed(step)
            recipe, rung = step.recipe, step.rung
        accepted = facts[-1].verdict is Verdict.ACCEPTED
        return Course(
            shot=self._shot,
            renders=sum(fact.verdict is not None for fact in facts),
            seconds=sum(fact.seconds for fact in facts),
            accepted=accepted,
            partly=facts[-1].verdict is Verdict.PARTLY,
            right=seen[-1].right,
            truly=accepted and seen[-1].right,
            first=seen[0].right,
            match=_before(seen[0].answer.match),
            takes=tuple(takes),
        )

    def _take(self, recipe: Recipe, toy: Profile) -> _Made:
        key = recipe.hash, toy.retakes.decline
        other = self._made.get((recipe.hash, not toy.retakes.decline))
        if other and isinstance(other.answer, TakeResult) and not toy.retakes.decline:
            return other  # whoever may decline a take and does not makes the same one
        if key not in self._made:
            camera: Any = _Camera(self._toy.engine)
            tools = take.Tools(toy, camera, self._toy.scorer, MediaFolder(self._media))
            name = f"clips/{len(self._made)}.mp4"
            order = TakeOrder(
                recipe=recipe, clip=name, title=self._shot.kind, wish=self._shot.prompt
            )
            answer = take.make(order, tools, _Nobody())
            scene, fits = self._stills[recipe.still]
            right = isinstance(answer, TakeResult) and fits and _success(camera.frames, scene)
            self._made[key] = _Made(answer, right)
        return self._made[key]

    def _keep(self, scene: Scene) -> str:
        media = MediaFolder(self._media)
        return studio.kept_still(scene, self._toy.profile, self._media, media)

    def _recipe(self, kept: str) -> Recipe:
        return studio.recipe_of(self._shot.prompt, self._shot.seed, kept, self._toy.profile)


class _Camera:
    """The engine, and what it made last."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.frames: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def decode(self, latents: Any) -> Any:
        self.frames = self._engine.decode(latents)
        return self.frames


class _Nobody:
    """Watches nothing."""

    def stage(self, name: str) -> None: ...

    def step(self, step: int, steps: int) -> None: ...


def _fact(
    number: int, rung: int, recipe: Recipe, answer: TakeResult | Refusal | EndedEarly
) -> TakeFacts:
    made = isinstance(answer, TakeResult)
    return TakeFacts(
        number=number,
        rung=rung,
        recipe=recipe,
        verdict=answer.verdict if made else None,
        score=answer.match.score if made else None,
        coverage=answer.coverage if made else None,
        zones=answer.zones if made else None,
        misses=answer.misses,
        seconds=sum(answer.seconds.values()),
    )


def _met(answer: TakeResult | Refusal | EndedEarly) -> Miss | None:
    """The miss that the ladder answers to."""
    declined = isinstance(answer, Refusal)
    return gravest([each for each in answer.misses if declined or each.kind not in DECLINED_FOR])


def _changed(step: Step) -> str:
    """What a retake changes, in the words of the remedies."""
    named = {
        "prompt": "simpler prompt",
        "cfg_high": "more guidance",
        "seed": "another seed",
        "still": "another still",
    }
    return ", ".join(name for field, name in named.items() if field in step.changes)


def _success(frames: NDArray[Any], scene: Scene) -> bool:
    return measuring.measure(frames, scene).succeeded(scene)


def _before(match: Match) -> float:
    if match.still_prompt is None:
        raise ValueError(f"the scorer could not judge a still: {match.note}")
    return match.still_prompt


def findings(shot: Shot) -> int:
    """How many errors and warnings the lint has for the shot's prompt."""
    return sum(each.severity != "info" for each in prompt_lint.lint(shot.prompt).findings)
