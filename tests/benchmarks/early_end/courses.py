"""One shot on its way with early end and without, by the farm's own take and ladder."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import ladder, take
from pipeline.early_end import EarlyRule
from pipeline.early_look import is_audit
from pipeline.engines.foresight import Foresight
from pipeline.engines.protocol import Look
from pipeline.ladder import Step, TakeFacts
from pipeline.models import weights
from pipeline.recipe import Recipe, TakeOrder
from pipeline.recipe_changes import Alternate
from pipeline.result import EndedEarly, Match, Refusal, TakeResult, Verdict
from pipeline.scoring import matching
from pipeline.storage.folder import MediaFolder
from pipeline.toy import measuring, world
from pipeline.toy.world import Scene
from tests.benchmarks.toy_world import studio
from tests.benchmarks.toy_world.retakes import Shot

BELOW = (1, 2, 3)
"""Steps below the boundary after which unfinished clips are looked at."""
ABOVE = 3
"""Steps of the toy above it."""
AUDIT = 0.05


@dataclass(frozen=True, slots=True)
class Chosen:
    """Where takes are ended."""

    step: int
    """Below the boundary."""
    threshold: float


@dataclass(frozen=True, slots=True)
class Taken:
    """One take of a course; of one that was declined nothing was rendered."""

    recipe: str
    steps: int
    """Rendered."""
    scores: Mapping[int, float]
    """Of looks, by steps below the boundary, where it was rendered to its end."""
    good: bool = False
    """The gate passes it."""
    right: bool = False
    """By measuring it does what was wished."""
    ended: bool = False
    audit: bool = False
    """It would have been ended, and was rendered on."""


@dataclass(frozen=True, slots=True)
class Course:
    """How a shot went."""

    takes: tuple[Taken, ...]
    truly: bool
    """Accepted, and rightly."""

    @property
    def steps(self) -> int:
        return sum(each.steps for each in self.takes)


@dataclass(frozen=True, slots=True)
class Ways:
    """The same shot on both ways."""

    off: Course
    live: Course | None


def follow(job: tuple[Shot, Chosen | None]) -> Ways:
    """Off, with looks that change nothing; then live, where it is chosen how."""
    shot, chosen = job
    with tempfile.TemporaryDirectory() as folder:
        stage = _Stage(shot, Path(folder))
        off = stage.course(None)
        return Ways(off, stage.course(chosen) if chosen else None)


Answer = TakeResult | Refusal | EndedEarly


class _Stage:
    """Everything that one shot needs to be made."""

    def __init__(self, shot: Shot, folder: Path) -> None:
        self._shot, self._folder = shot, folder
        self._toy = studio.models()
        self._media = MediaFolder(folder)
        self._camera = _Camera(self._toy.engine, self._toy.scorer)
        first = self._keep(shot.scene)
        self._stills = {first: (shot.scene, shot.fits)}
        self._first = self._recipe(first)
        self._alternates: tuple[Alternate, ...] = ()
        if shot.other:
            kept = self._keep(shot.other)
            self._stills[kept] = (shot.other, True)
            self._alternates = (Alternate(still=kept, width=world.SIDE, height=world.SIDE),)
        self._whole: dict[str, tuple[Answer, Taken]] = {}
        """Takes that were rendered to their end or declined, by recipe."""

    def course(self, chosen: Chosen | None) -> Course:
        facts, takes, recipe, rung = list[TakeFacts](), list[Taken](), self._first, 0
        while True:
            answer, taken = self._take(recipe, chosen)
            takes.append(taken)
            facts.append(fact(len(facts) + 1, rung, recipe, answer))
            step = ladder.climb(facts, self._toy.profile, alternates=self._alternates)
            if not isinstance(step, Step):
                break
            recipe, rung = step.recipe, step.rung
        return Course(tuple(takes), truly=takes[-1].good and takes[-1].right)

    def _take(self, recipe: Recipe, chosen: Chosen | None) -> tuple[Answer, Taken]:
        known = self._whole.get(recipe.hash)
        if chosen is None or (known and not _low(known[1], chosen)):
            return known or self._made(recipe, None)
        if known and is_audit(recipe.hash, AUDIT):
            return known[0], _audited(known[1])
        return self._made(recipe, chosen)

    def _made(self, recipe: Recipe, chosen: Chosen | None) -> tuple[Answer, Taken]:
        rule = (
            EarlyRule(step=chosen.step, threshold=chosen.threshold, audit=AUDIT) if chosen else None
        )
        camera, toy = self._camera, self._toy
        camera.begin(recipe.prompt)
        tools = take.Tools(toy.profile, camera, toy.scorer, self._media, early=rule)  # type: ignore[arg-type]
        order = TakeOrder(
            recipe=recipe, clip=f"clips/{len(self._whole)}-{bool(rule)}.mp4", title=self._shot.kind,
            wish=self._shot.prompt,
        )  # fmt: skip
        answer = take.make(order, tools, _Nobody())
        if isinstance(answer, EndedEarly):
            return answer, Taken(recipe.hash, answer.look.step, {}, ended=True)
        if isinstance(answer, Refusal):
            taken = Taken(recipe.hash, 0, {})
        else:
            scene, fits = self._stills[recipe.still]
            right = fits and measuring.measure(camera.frames, scene).succeeded(scene)
            good = answer.verdict is Verdict.ACCEPTED
            taken = Taken(recipe.hash, recipe.steps, camera.scores, good=good, right=right)
        self._whole[recipe.hash] = answer, taken
        if rule and isinstance(answer, TakeResult) and answer.early and answer.early.audit:
            score = answer.early.score
            if score is not None and score < chosen.threshold:  # type: ignore[union-attr]
                return answer, _audited(taken)
        return answer, taken

    def _keep(self, scene: Scene) -> str:
        return studio.kept_still(scene, self._toy.profile, self._folder, self._media)

    def _recipe(self, kept: str) -> Recipe:
        return studio.recipe_of(self._shot.prompt, self._shot.seed, kept, self._toy.profile)


class _Camera:
    """The engine with its tiny decoder; keeps what it made last, and how looks at it scored."""

    def __init__(self, engine: Any, scorer: Any) -> None:
        self._engine, self._scorer = engine, scorer
        place = weights.folder("builtin:toy-preview", None) / "model.safetensors"
        self._foresight = Foresight.load(place, "cpu")
        self.abilities = engine.abilities
        self.frames: Any = None
        self.scores: dict[int, float] = {}
        self._prompt = ""
        self._picture: Any = None

    @property
    def seen_through(self) -> str:
        return self._foresight.fingerprint

    def begin(self, prompt: str) -> None:
        self.scores, self._prompt = {}, prompt

    def encode_text(self, *arguments: Any) -> Any:
        return self._engine.encode_text(*arguments)

    def denoise(
        self,
        picture: Any,
        text: Any,
        recipe: Recipe,
        on_step: Any,
        park: Any = None,
        look: Any = None,
    ) -> Any:
        self._picture = picture
        looks = look or Look(BELOW, self._note)
        return self._engine.denoise(picture, text, recipe, on_step, park, looks)

    def preview(self, estimate: Any) -> Any:
        return self._foresight.preview(estimate)

    def decode(self, latents: Any) -> Any:
        self.frames = self._engine.decode(latents)
        return self.frames

    def _note(self, step: int, estimate: Any) -> None:
        frames, before = self.preview(estimate), Match(scorer="a look")
        match = matching.judge_clip(self._scorer, frames, self._picture, self._prompt, before)
        assert match.score is not None, match.note
        self.scores[step - ABOVE] = match.score


class _Nobody:
    """Watches nothing."""

    def stage(self, name: str) -> None: ...

    def step(self, step: int, steps: int) -> None: ...


def _low(taken: Taken, chosen: Chosen) -> bool:
    score = taken.scores.get(chosen.step)
    return score is not None and score < chosen.threshold


def _audited(taken: Taken) -> Taken:
    return Taken(
        taken.recipe, taken.steps, taken.scores, good=taken.good, right=taken.right, audit=True
    )


def fact(number: int, rung: int, recipe: Recipe, answer: Answer) -> TakeFacts:
    """What the ladder is told of a take."""
    made = isinstance(answer, TakeResult)
    return TakeFacts(
        number=number,
        rung=rung,
        recipe=recipe,
        verdict=answer.verdict if made else None,
        score=answer.match.score if made else None,
        coverage=answer.coverage if made else None,
        zones=answer.zones if made else None,
        ended=answer.reason if isinstance(answer, EndedEarly) else "",
        misses=answer.misses,
        seconds=sum(answer.seconds.values()),
    )
