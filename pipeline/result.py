"""The frozen values that come out of a take. They pickle, and they read and write JSON, as recipes do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from pipeline.coverage import Coverage
from pipeline.early_look import EarlyLook
from pipeline.findings import Finding
from pipeline.misses import Answer, Miss
from pipeline.recipe import fields_of


class Verdict(StrEnum):
    """What the farm thinks of a finished take, before any person has looked."""

    ACCEPTED = "accepted"
    """The match reaches the zone of acceptance, the clip is technically sound, and it shows all that the
    shot's own prompt asks for."""
    PARTLY = "partly"
    """As good, but it does not show all that the shot's own prompt asks for."""
    LOW_MATCH = "low_match"
    """Sound, but clip, picture and prompt do not agree well enough."""
    BAD_CLIP = "bad_clip"
    """Technically broken: black, frozen, cut."""
    UNSCORED = "unscored"
    """The scorer could not judge: never a pass, and no reason for a retake by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """Where the gate draws its lines on the match, 0..1: accepted, a person's, made again."""

    accept: float
    """At or above it a sound take is accepted."""
    retake: float
    """Below it a take is made again; from here to `accept` a person looks."""

    def __post_init__(self) -> None:
        if not 0 <= self.retake <= self.accept <= 1:
            raise ValueError(
                f"zones must lie in order within 0 … 1: retake {self.retake:g}, "
                f"accept {self.accept:g}"
            )

    @classmethod
    def at(cls, threshold: float) -> Self:
        """One line, and no zone for a person."""
        return cls(accept=threshold, retake=threshold)

    def unsure(self, score: float) -> bool:
        """Whether the score is too good for a retake and too bad to be accepted."""
        return self.retake <= score < self.accept


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How well things agree, each 0..1 and calibrated for its scorer; None where not judged."""

    scorer: str
    """The scorer's name and revision: scores of different scorers are not compared."""
    still_prompt: float | None = None
    """Before rendering: does the prompt fit the picture?"""
    clip_prompt: float | None = None
    """After: does the clip show what the prompt says?"""
    clip_still: float | None = None
    """After: does the clip still show the thing in the picture?"""
    note: str = ""
    """Why the scorer could not judge, where it could not."""
    answers: tuple[Answer, ...] = ()
    """What was asked and answered, before and after; each side above is the lowest of its own."""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """A match as JSON holds it, also one from before answers were kept."""
        answers = tuple(Answer.from_dict(each) for each in values.get("answers", ()))
        return cls(**{**values, "answers": answers})

    def as_dict(self) -> dict[str, Any]:
        return {**fields_of(self), "answers": [fields_of(each) for each in self.answers]}

    @property
    def score(self) -> float | None:
        """The number the gate looks at: the worse of the two sides of the clip."""
        if self.clip_prompt is None or self.clip_still is None:
            return None
        return min(self.clip_prompt, self.clip_still)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A sealed film file: whole, decoded once and counted."""

    path: str
    """Relative to the media root, with forward slashes."""
    sha256: str
    size: int
    """Bytes."""
    frames: int
    fps: int
    width: int
    height: int

    def as_dict(self) -> dict[str, Any]:
        return fields_of(self)

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.frames / self.fps


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeResult:
    """A finished take. The clip lies in the media root under `clip.path`."""

    verdict: Verdict
    match: Match
    clip: Clip
    findings: tuple[Finding, ...] = ()
    coverage: Coverage | None = None
    """What it shows of the shot's own prompt; None where nobody could say."""
    misses: tuple[Miss, ...] = ()
    """What it misses, by kind; the verdict does not follow from them but from match and findings."""
    seconds: Mapping[str, float] = field(default_factory=dict[str, float])
    """Wall seconds by stage: `pipeline.stages.STAGES` names them."""
    device: str = "cpu"
    zones: Zones | None = None
    """The lines that the gate went by."""
    despite: str = ""
    """Why it would have been declined, had its shot not asked for one render; a person looks then."""
    early: EarlyLook | None = None
    """What was seen of it before it was done; None where nobody was to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A take that was not rendered, because its still cannot serve its prompt."""

    match: Match
    misses: tuple[Miss, ...]
    """What was missed, at least one; the first is why."""
    seconds: Mapping[str, float] = field(default_factory=dict[str, float])
    """Wall seconds by stage, of the few that there were."""
    device: str = "cpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedEarly:
    """A take that was not rendered to its end, because it would not have been accepted: it has no clip."""

    match: Match
    """Of the unfinished clip."""
    misses: tuple[Miss, ...]
    look: EarlyLook
    seconds: Mapping[str, float] = field(default_factory=dict[str, float])
    """Wall seconds by stage, as far as it came."""
    device: str = "cpu"

    @property
    def reason(self) -> str:
        """One sentence for people, without a full stop."""
        look = self.look
        return (
            f"ended at step {look.step} of {look.steps}: its match was {look.score:.2f} by then, below "
            f"{look.threshold:.2f}"
        )
