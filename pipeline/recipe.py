"""The frozen values that go into a take.

They pickle and they read and write JSON, so they cross from the farm to a worker as they are.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Self

GUIDANCE_CAP = 10.0
"""No recipe is ever made with more guidance than this, whoever asks for it."""


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
        values = fields_of(self)
        segments = values.pop("segments")
        return values | {"segments": [fields_of(each) for each in segments]} if segments else values

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


def all_steps(recipe: Mapping[str, Any]) -> int:
    """`Recipe.all_steps` of a recipe as JSON holds it."""
    return recipe["steps"] * max(1, len(recipe.get("segments", ())))


def whole(lengths: Sequence[int]) -> int:
    """Frames of a clip whose segments have so many."""
    return sum(lengths) - len(lengths) + 1


def fields_of(value: Any) -> dict[str, Any]:
    """What a value of plain fields holds; `dataclasses.asdict` would copy each of them deeply."""
    return {name: getattr(value, name) for name in value.__slots__}
