"""What a take can miss: its kinds, the answers that tell of it, and the numbers behind it.

They pickle and they read and write JSON, as all values that cross from a worker to the farm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

LABEL_FOLLOWED, LETTERING_UNREAD = "clip.label_followed", "clip.lettering_unread"
"""Codes of the findings on a clip's lettering that are no misses: where a label was read, a warning where
that is seldom; and that nobody could read, or followed a must-keep word."""


class MissKind(StrEnum):
    """What is wrong with a take, or with the picture and the prompt that it would be made of."""

    SUBJECT_MISSING = "subject_missing"
    """Before: who or what the prompt names is not in the still."""
    ATTRIBUTE_CONTRADICTED = "attribute_contradicted"
    """Before: the still shows it otherwise than the prompt says: another colour, another number."""
    ACTION_IMPOSSIBLE = "action_impossible"
    """Before: the action cannot start from this still: a limb or a tool is not to be seen."""
    ACTION_ABSENT = "action_absent"
    """After: what should happen does not."""
    WRONG_ORDER = "wrong_order"
    """After: the stages happen, but not one after the other as the prompt says."""
    SUBJECT_REPLACED = "subject_replaced"
    """After: it ends with another subject than it began with."""
    SUBJECT_DRIFT = "subject_drift"
    """After: the subject does not quite stay itself."""
    SCENE_JUMP = "scene_jump"
    """After: a cut, or another place."""
    FROZEN = "frozen"
    """After: nothing moves."""
    REBOUND = "rebound"
    """After: the motion swings back to where it began, unasked."""
    FLICKER = "flicker"
    """After: the light jumps up and down from frame to frame."""
    COLOUR_BURN = "colour_burn"
    """After: colours or light run away from those of the first frame."""
    BLACK = "black"
    """After: black frames."""
    FIRST_FRAME = "first_frame"
    """After: frame 1 is not the still."""
    STRAY_FRAME = "stray_frame"
    """After: frames that are something else for a moment: white, grey, noise, broken."""
    TONE_JUMP = "tone_jump"
    """After: light or colour jumps, mostly right after frame 1, and stays."""
    FADE = "fade"
    """After: the picture fades to white, grey or black, unasked."""
    COLOUR_DRIFT = "colour_drift"
    """After: colours slowly turn to grey or to another hue."""
    STALLED = "stalled"
    """After: the motion stops dead, for a while or to the end."""
    DOUBLED = "doubled"
    """After: frames are shown twice while it moves."""
    SEAM = "seam"
    """After: one sees where two segments of the clip meet."""
    LABEL_CHANGED = "label_changed"
    """After: what the still reads on its subject reads otherwise."""
    LABEL_LOST = "label_lost"
    """After: what the still reads on its subject is not to be read any more."""
    TEXT_APPEARED = "text_appeared"
    """After: captions or logos that nobody asked for."""

    @property
    def before(self) -> bool:
        """Whether it can be told before anything is rendered."""
        return self in _BEFORE


_BEFORE = (
    MissKind.SUBJECT_MISSING,
    MissKind.ATTRIBUTE_CONTRADICTED,
    MissKind.ACTION_IMPOSSIBLE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One question that a scorer was asked about a still or a clip, and what it answered."""

    question: str
    value: float | None
    """How surely the answer is the wished one, 0..1; None where the scorer could not judge."""
    clause: str
    """The words of the prompt that are asked about."""
    span: tuple[int, int] | None = None
    """Where they stand in the prompt, in characters; None where it is about the whole."""
    kind: MissKind
    """The miss that a low value would mean."""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """An answer as JSON holds it."""
        span = values.get("span")
        return cls(
            question=values["question"],
            value=values["value"],
            clause=values["clause"],
            span=None if span is None else (span[0], span[1]),
            kind=MissKind(values["kind"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """One thing that a take misses."""

    kind: MissKind
    value: float
    """What was measured; its measure is that of its kind."""
    threshold: float
    """The number in the profile that it lies on the wrong side of."""
    message: str
    """One sentence for people."""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """A miss as JSON holds it."""
        return cls(**{**values, "kind": MissKind(values["kind"])})


def stored(result: Mapping[str, Any] | None) -> tuple[Miss, ...]:
    """The misses in a take's stored result; none in one from before misses were kept."""
    return tuple(Miss.from_dict(each) for each in (result or {}).get("misses", ()))
