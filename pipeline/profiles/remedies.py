"""What may be tried after a miss: the rungs of the ladder, and the remedies for each kind of miss."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pipeline.misses import Miss, MissKind
from pipeline.recipe import GUIDANCE_CAP

Guidance = Annotated[float, Field(ge=1.0, le=GUIDANCE_CAP)]


class Rung(BaseModel):
    """One way to make the next take after a miss; what it leaves out stays as it was."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    simplify: Literal["L0", "L1", "L2", "L3"] = "L0"
    cfg_high: Guidance | None = None
    cfg_low: Guidance | None = None
    """"Higher CFG" means `cfg_high`; a rung that wants the other raised says so."""
    alternate_still: bool = False
    """Take the shot's next alternate still, where it has one."""
    new_seed: bool = False
    whole: bool = False
    """Only where the simpler prompt still asks for all that the profile counts (`[match] coverage`)."""


def _simpler(**changes: float | bool) -> Rung:
    return Rung.model_validate({"simplify": "L3", **changes})


SAME_AGAIN = Rung(new_seed=True)
"""Nothing but another seed."""


def _whole(level: Literal["L1", "L2", "L3"], **changes: float | bool) -> Rung:
    """Only where it cuts nothing that should happen."""
    return Rung.model_validate({"simplify": level, "whole": True, **changes})


_OTHER_STILL = (Rung(alternate_still=True),)
# What cuts something that should happen comes after all that does not: such a take is accepted by nobody
# but a person.
_WHOLE = (_whole("L2"), _whole("L3"), _whole("L1"))
_SIMPLER_ONLY = (*_WHOLE, Rung(simplify="L2"), _simpler(), _simpler(alternate_still=True))
# Another seed first: the prompt may be blameless. What is still wrong then comes of the prompt more often.
_SAME_AGAIN = (SAME_AGAIN, *_WHOLE)
_LESS_TO_DO = (
    SAME_AGAIN,
    _whole("L2", new_seed=True),
    _whole("L3", new_seed=True),
    Rung(simplify="L2", new_seed=True),
    _simpler(new_seed=True),
)

REMEDIES: Mapping[MissKind, tuple[Rung, ...]] = {
    # Nothing that is rendered from this still can be right.
    MissKind.SUBJECT_MISSING: _OTHER_STILL,
    MissKind.ACTION_IMPOSSIBLE: _OTHER_STILL,
    MissKind.ATTRIBUTE_CONTRADICTED: _SIMPLER_ONLY,
    MissKind.ACTION_ABSENT: (
        *_WHOLE,
        Rung(simplify="L1", cfg_high=7.0, new_seed=True),
        Rung(simplify="L2"),
        _simpler(cfg_high=7.0),
        _simpler(cfg_high=9.0, alternate_still=True),
    ),
    MissKind.WRONG_ORDER: (
        _whole("L2"),
        _whole("L1"),
        Rung(simplify="L1", cfg_high=7.0, new_seed=True),
        Rung(simplify="L2"),
        _simpler(),
    ),
    # More guidance is what burns colours, and it pulls at the subject too.
    MissKind.SUBJECT_REPLACED: _SIMPLER_ONLY,
    MissKind.SUBJECT_DRIFT: _SIMPLER_ONLY,
    MissKind.SCENE_JUMP: _SIMPLER_ONLY,
    MissKind.COLOUR_BURN: _SIMPLER_ONLY,
    MissKind.COLOUR_DRIFT: _SIMPLER_ONLY,
    # Its words of motion are all that L3 leaves of a prompt.
    MissKind.FROZEN: (
        _whole("L3", cfg_high=7.0),
        _whole("L2", cfg_high=7.0),
        Rung(simplify="L1", cfg_high=7.0),
        _simpler(cfg_high=9.0),
        _simpler(cfg_high=9.0, alternate_still=True),
    ),
    # Words that the still does not answer to pull a clip away from it, whatever the seed.
    MissKind.FIRST_FRAME: (*_WHOLE, SAME_AGAIN),
    MissKind.REBOUND: _SAME_AGAIN,
    MissKind.FLICKER: _SAME_AGAIN,
    MissKind.BLACK: _SAME_AGAIN,
    # What goes wrong in single frames or from frame 2 on mostly goes otherwise with another seed.
    MissKind.STRAY_FRAME: _SAME_AGAIN,
    MissKind.TONE_JUMP: _SAME_AGAIN,
    MissKind.FADE: _SAME_AGAIN,
    MissKind.STALLED: _SAME_AGAIN,
    MissKind.DOUBLED: _SAME_AGAIN,
    MissKind.SEAM: _SAME_AGAIN,
    # Letters melt where much moves: another seed first, then less to do.
    MissKind.LABEL_CHANGED: _LESS_TO_DO,
    MissKind.LABEL_LOST: _LESS_TO_DO,
    MissKind.TEXT_APPEARED: _LESS_TO_DO,
}
"""In the order in which they are tried."""

GRAVEST_FIRST = (
    MissKind.SUBJECT_MISSING,
    MissKind.ACTION_IMPOSSIBLE,
    MissKind.FIRST_FRAME,
    MissKind.BLACK,
    MissKind.FADE,
    MissKind.STRAY_FRAME,
    MissKind.SCENE_JUMP,
    MissKind.SUBJECT_REPLACED,
    MissKind.LABEL_CHANGED,
    MissKind.LABEL_LOST,
    MissKind.TEXT_APPEARED,
    MissKind.COLOUR_BURN,
    MissKind.TONE_JUMP,
    MissKind.FROZEN,
    MissKind.STALLED,
    MissKind.DOUBLED,
    MissKind.SEAM,
    MissKind.ACTION_ABSENT,
    MissKind.WRONG_ORDER,
    MissKind.ATTRIBUTE_CONTRADICTED,
    MissKind.SUBJECT_DRIFT,
    MissKind.COLOUR_DRIFT,
    MissKind.REBOUND,
    MissKind.FLICKER,
)
"""Of several misses the first of these is what the next take is made against."""

DECLINED_FOR = (MissKind.SUBJECT_MISSING, MissKind.ACTION_IMPOSSIBLE)
"""Where a profile declines takes beforehand: what they are declined for."""


class RetakeSection(BaseModel):
    """How the farm goes about misses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: Literal["article", "diagnosis"] = "diagnosis"
    """By the remedies for what was missed, or up the profile's ladder whatever it was, as the article that
    the farm was built after does."""

    @field_validator("by", mode="before")
    @classmethod
    def _is_called_so_now(cls, value: object) -> object:
        if value == "ladder":
            raise ValueError('what was by = "ladder" is called by = "article" now')
        return value

    decline: bool = True
    """Whether a take whose still cannot serve its prompt is declined before anything is rendered."""
    decline_below: float = Field(default=0.2, ge=0, le=1)
    """A match of still and prompt's core that is hopeless."""
    decline_without_room: bool = False
    """Whether a still is declined whose subject has no room where the prompt sends it."""
    renders: int = Field(default=4, ge=1, le=50)
    """Takes of one shot in a row, the first among them, after which a person looks."""
    seconds: float = Field(default=0.0, ge=0)
    """Seconds that the takes of one shot may have rendered before another is ordered; 0: no limit."""
    remedies: Mapping[MissKind, tuple[Rung, ...]] = Field(default_factory=dict)
    """Other remedies than `REMEDIES`, by kind of miss."""

    def against(self, kind: MissKind) -> tuple[Rung, ...]:
        """The remedies for one kind of miss."""
        return self.remedies.get(kind, REMEDIES[kind])


def gravest(misses: Sequence[Miss]) -> Miss | None:
    """The miss that the next take is made against."""
    return min(misses, key=lambda miss: GRAVEST_FIRST.index(miss.kind), default=None)
