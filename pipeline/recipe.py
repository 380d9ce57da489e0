"""The frozen values that go into a take and come out of it.

They pickle and they read and write JSON, so they cross from the farm to a worker as they are.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate
from typing import Any, Self

from pipeline.coverage import Coverage
from pipeline.early_look import EarlyLook
from pipeline.misses import Answer, Miss

GUIDANCE_CAP = 10.0
"""No recipe is ever made with more guidance than this, whoever asks for it."""
STILLS = "stills"
"""Where prepared stills lie, below the media root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One part of a clip that the model makes in one go; the last frame of one is the still of the next."""

    frames: int
    """Of it alone. A frame that two segments share is the last of the first one, and counts once."""
    seed: int
    prompt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that determines a take. Two equal recipes make the same frames."""

    still: str
    """SHA-256 of the prepared still's pixels file (`Still.sha256`)."""
    prompt: str
    negative: str
    seed: int
    steps: int
    cfg_high: float
    """Guidance of the high-noise expert (diffusers' `guidance_scale`)."""
    cfg_low: float
    """Guidance of the low-noise expert (diffusers' `guidance_scale_2`)."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    frames: int
    """Of the whole clip."""
    fps: int
    profile: str
    revision: str
    """`Profile.revision`: changes with anything in the profile that changes frames."""
    segments: tuple[Segment, ...] = ()
    """Of a clip that is made of several, in their order; none of one that is made in one go. They follow
    from prompt, seed and frames: `pipeline.recipe_changes` changes all of it together."""

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**63:
            raise ValueError(f"seed {self.seed} is outside 0 … 2^63-1")
        for name, cfg in (("cfg_high", self.cfg_high), ("cfg_low", self.cfg_low)):
            if not 1.0 <= cfg <= GUIDANCE_CAP:
                raise ValueError(f"{name} {cfg:g} is outside 1 … {GUIDANCE_CAP:g}")
        if self.cfg_high == 1.0 < self.cfg_low:
            raise ValueError(
                "cfg_high 1 switches guidance off for both experts in diffusers; "
                f"cfg_low {self.cfg_low:g} would be ignored: raise cfg_high or set cfg_low to 1"
            )

        if self.segments and (self.segments[0].seed, self._chained) != (self.seed, self.frames):
            raise ValueError(
                f"segments of {self._chained} frames from seed {self.segments[0].seed} on make no clip of "
                f"{self.frames} frames from seed {self.seed} on"
            )

    @property
    def hash(self) -> str:
        """The recipe's identity: SHA-256 of its canonical JSON, 64 hex digits."""
        canonical = json.dumps(self.as_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """Without `segments` where there is one: recipes of before there were several stay as they were."""
        values = _fields(self)
        segments = values.pop("segments")
        return values | {"segments": [_fields(each) for each in segments]} if segments else values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        segments = tuple(Segment(**each) for each in values.get("segments", ()))
        return cls(**{**values, "segments": segments})

    @property
    def lengths(self) -> tuple[int, ...]:
        """Frames of each segment, at least one."""
        return tuple(each.frames for each in self.segments) or (self.frames,)

    @property
    def seams(self) -> tuple[int, ...]:
        """The frames that two segments share, counted from 0."""
        return tuple(accumulate(each - 1 for each in self.lengths))[:-1]

    @property
    def all_steps(self) -> int:
        """Steps of all segments together."""
        return all_steps(self.as_dict())

    @property
    def prompts(self) -> tuple[str, ...]:
        """What the model reads, segment by segment."""
        return tuple(each.prompt for each in self.segments) or (self.prompt,)

    @property
    def _chained(self) -> int:
        return whole(self.lengths)


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


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a prompt, a still or a clip."""

    code: str
    """Stable and dotted: `still.upscaled`, `clip.frozen`."""
    severity: Severity
    message: str
    """One sentence for people."""


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
        return {**_fields(self), "answers": [_fields(each) for each in self.answers]}

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
        return _fields(self)

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.frames / self.fps


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOrder:
    """What a worker is asked to make: one recipe, for one attempt."""

    recipe: Recipe
    clip: str
    """Where the clip goes, relative to the media root; a name of this attempt's own."""
    title: str
    """`production/shot take N`, as the dashboard, the logs and the clip's metadata show it."""
    insisted: bool = False
    """A person wants it made, whatever the still and the prompt look like together."""
    no_decline: bool = False
    """It is made even where it would be declined; `TakeResult.despite` says why it would have been."""
    wish: str = ""
    """The shot's own prompt, by which the take is accepted; empty where that is the recipe's."""
    must_keep: tuple[str, ...] = ()
    """Words that the shot must keep; those that its still shows are followed through the clip."""
    approved: bool = False
    """A person has seen and approved a cheaper take of it, and ordered this one: it is not ended early."""
    ahead: tuple[str, ...] = ()
    """Prompts and negative prompts of takes that wait: whoever reads a text encoder for this one may encode
    them too."""
    attempt: str = ""
    """The attempt's name among all attempts, `take.token`; empty where nobody counts them."""
    previews: bool = False
    """People will look through takes such as this one: its clip gets a thumbnail and a filmstrip."""


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
    """Wall seconds by stage: `STAGES` names them."""
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


STAGES = ("prepare", "precheck", "text", "denoise", "decode", "check", "score", "encode")
"""The steps of a take in their order; `pipeline.take` runs them, metrics are labelled with them."""
TAIL = STAGES[5:]
"""Those of them that never ask the engine: they may run beside another take's."""
WAITING = "waiting"
"""Where a take is that is in none of them: another take of its worker, or of its server, comes first."""
LOADING = "loading"
"""Where a take is whose server reads models and tells no steps; its seconds are those of `denoise`."""


def all_steps(recipe: Mapping[str, Any]) -> int:
    """`Recipe.all_steps` of a recipe as JSON holds it."""
    return recipe["steps"] * max(1, len(recipe.get("segments", ())))


def whole(lengths: Sequence[int]) -> int:
    """Frames of a clip whose segments have so many."""
    return sum(lengths) - len(lengths) + 1


def _fields(value: Any) -> dict[str, Any]:
    """What a value of plain fields holds; `dataclasses.asdict` would copy each of them deeply."""
    return {name: getattr(value, name) for name in value.__slots__}


def still_path(sha256: str) -> str:
    """Where a prepared still lies, relative to the media root."""
    return f"{STILLS}/{sha256[:2]}/{sha256}.png"


@dataclass(frozen=True, slots=True)
class Previews:
    """The small pictures that lie beside a clip, relative to the media root: WebP, and never delivered."""

    thumbnail: str
    filmstrip: str
    """Frames side by side; `pipeline.clips.previews` says how many and which."""

    def __iter__(self) -> Iterator[str]:
        return iter((self.thumbnail, self.filmstrip))


_PREVIEWS = (".thumbnail.webp", ".filmstrip.webp")


def previews_of(clip: str) -> Previews:
    """Where the previews of a clip lie, made or not."""
    return Previews(*(f"{clip}{ending}" for ending in _PREVIEWS))


def previewed(name: str) -> str | None:
    """The clip that a file is a preview of, by its name; None for what is none."""
    return next((name.removesuffix(end) for end in _PREVIEWS if name.endswith(end)), None)
