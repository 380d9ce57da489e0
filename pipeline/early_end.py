"""Ends a take that will miss: the unfinished clip is decoded roughly and asked about, once, in the denoise.

What cannot be looked at is rendered on, and says so: a look is never worth a take.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from pipeline.early_look import EarlyLook, is_audit
from pipeline.engines.protocol import Engine, ForeseeingEngine, Latents, Look
from pipeline.errors import RenderStopped, TakeError
from pipeline.misses import Miss
from pipeline.profiles.match_section import MatchSection
from pipeline.recipe import TakeOrder
from pipeline.result import Match
from pipeline.scoring import matching
from pipeline.scoring.protocol import Scorer, TurnToAsk
from pipeline.stage_clock import StageClock

if TYPE_CHECKING:
    from PIL.Image import Image

SEVERAL = "a clip of several segments is rendered on: its first one says nothing of the others"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyRule:
    """When takes are looked at, and what follows."""

    step: int
    """Steps below the boundary."""
    threshold: float | None
    """The match below which a take ends; None in shadow."""
    audit: float
    """Share of the takes that are rendered on all the same."""


class WillMiss(TakeError):
    """Ends a render within `pipeline.take`, which tells what it carries."""

    def __init__(self, look: EarlyLook, match: Match, misses: tuple[Miss, ...]) -> None:
        super().__init__(f"match {look.score} at step {look.step} of {look.steps}")
        self.look, self.match, self.misses = look, match, misses


@dataclass(slots=True, kw_only=True)
class Watch:
    """One take's look at what it is becoming."""

    rule: EarlyRule
    order: TakeOrder
    picture: "Image"
    before: Match
    """What the scorer says of the still."""
    engine: ForeseeingEngine
    scorer: Scorer
    section: MatchSection
    judging: TurnToAsk
    clock: StageClock
    said: EarlyLook | None = field(default=None)
    """Once somebody has looked."""

    @property
    def look(self) -> Look:
        """What the engine is given."""
        return Look((self.rule.step,), self._at)

    @property
    def told(self) -> EarlyLook:
        """What a look said; or that nobody looked, and why."""
        note = (
            f"nobody looked: no step follows the {self.rule.step} below the boundary, or what was kept of "
            "another attempt was of none that looked so"
        )
        return self.said or EarlyLook(
            step=0, steps=self.order.recipe.all_steps, score=None, note=note
        )

    def numbers(self) -> Mapping[str, float]:
        """What was seen, to be kept with latents that another attempt may go on with."""
        said = self.said
        if said is None or said.score is None:
            return {}
        return {"early_step": said.step, "early_score": said.score, "early_kind": self._kind}

    def recall(self, kept: Mapping[str, Any]) -> None:
        """Another attempt looked, and rendered on."""
        if "early_score" in kept and int(kept.get("early_kind", 0)) == self._kind:
            told = self._told(int(kept["early_step"]), float(kept["early_score"]))
            self.said = replace(told, ended=False)

    def _at(self, step: int, estimate: Latents) -> None:
        """Raises `WillMiss` where the take is to end, and `RenderStopped` as any stage does."""
        match: Match | None = None
        try:
            with self.clock.turn(self.judging):
                self.clock.stage("score")
                frames = self.engine.preview(estimate)
                prompt = self.order.recipe.prompt
                match = matching.judge_clip(self.scorer, frames, self.picture, prompt, self.before)
            self.said = self._told(step, match.score, match.note)
        except RenderStopped:
            raise
        except Exception as error:  # whatever a look dies of, the take goes on
            note = f"nobody could look: {type(error).__name__}: {error}"
            self.said = self._told(step, None, note)
        self.clock.stage("denoise")
        if match and self.said.ended:
            raise WillMiss(self.said, match, self._misses(match))

    def _told(self, step: int, score: float | None, note: str = "") -> EarlyLook:
        rule, recipe = self.rule, self.order.recipe
        threshold = rule.threshold
        audit = threshold is not None and is_audit(recipe.hash, rule.audit)
        low = threshold is not None and score is not None and score < threshold
        return EarlyLook(
            step=step,
            steps=recipe.all_steps,
            below=rule.step,
            score=score,
            scorer=self.scorer.name,
            decoder=self.engine.seen_through,
            threshold=threshold,
            audit=audit,
            ended=low and not audit and not self._asked_for,
            note=note,
        )

    @property
    def _kind(self) -> int:
        """By whom, through what and when it was looked at: other scores are not compared. Below 2**48."""
        told = f"{self.scorer.name}/{self.engine.seen_through}/{self.rule.step}"
        return int(sha256(told.encode()).hexdigest()[:12], 16)

    @property
    def _asked_for(self) -> bool:
        """Whether a person wants the take to be made whatever is seen."""
        order = self.order
        return order.insisted or order.no_decline or order.approved

    def _misses(self, match: Match) -> tuple[Miss, ...]:
        """What it misses by now, told as of a finished clip: the ladder's next remedy follows from it."""
        foretold = matching.misses_before(match, self.section)
        return (*foretold, *matching.misses_after(match, self.section))


def watch_of(
    rule: EarlyRule | None,
    order: TakeOrder,
    picture: "Image",
    before: Match,
    engine: Engine,
    scorer: Scorer,
    section: MatchSection,
    judging: TurnToAsk,
    clock: StageClock,
) -> Watch | EarlyLook | None:
    """Who looks at a take, or why nobody does; None where nobody was to."""
    if rule is None:
        return None
    steps = order.recipe.all_steps
    if order.recipe.segments:
        return EarlyLook(step=0, steps=steps, score=None, note=SEVERAL)
    if not isinstance(engine, ForeseeingEngine) or not engine.seen_through:
        note = "the engine shows nothing of an unfinished clip"
        return EarlyLook(step=0, steps=steps, score=None, note=note)
    return Watch(
        rule=rule, order=order, picture=picture, before=before, engine=engine, scorer=scorer,
        section=section, judging=judging, clock=clock,
    )  # fmt: skip
