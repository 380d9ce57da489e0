"""How much of what the author asked for a take shows, stage by stage.

Values that pickle and that read and write JSON; `pipeline.scoring.wish` finds what they hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


class Shown(StrEnum):
    """What a take makes of one stage of the shot's own prompt."""

    SHOWN = "shown"
    """The clip shows it."""
    NOT_SHOWN = "not_shown"
    """It was asked for, and the clip does not show it."""
    CUT = "cut"
    """The take's simpler prompt does not ask for it any more: it is missing, whatever the clip shows."""
    UNJUDGED = "unjudged"
    """It was asked for, and the scorer cannot tell: a move of the camera."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One thing that should happen, and whether it does."""

    text: str
    """As the author wrote it."""
    shown: Shown
    value: float | None = None
    """How surely the clip shows it, 0..1; None where nobody could tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """All that should happen in a shot, in the order of its own prompt."""

    stages: tuple[Stage, ...]
    """None of a prompt that names nothing that happens."""

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """A coverage as JSON holds it."""
        return cls(
            stages=tuple(
                Stage(text=each["text"], shown=Shown(each["shown"]), value=each["value"])
                for each in values["stages"]
            )
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "stages": [
                {"text": each.text, "shown": each.shown.value, "value": each.value}
                for each in self.stages
            ]
        }

    @property
    def missing(self) -> tuple[Stage, ...]:
        """What the clip does not show, or is not asked to."""
        return tuple(each for each in self.stages if each.shown in (Shown.NOT_SHOWN, Shown.CUT))

    @property
    def whole(self) -> bool:
        """Whether nothing is known to be missing."""
        return not self.missing

    def __str__(self) -> str:
        """For people: `1 of 2: “then it grows” was cut`; only the numbers where nothing is missing."""
        if not self.stages:
            return "all: nothing that happens was read in the prompt"
        here = len(self.stages) - len(self.missing)
        told = f"{here} of {len(self.stages)}"
        why = ", ".join(
            f"“{each.text}” {'was cut' if each.shown is Shown.CUT else 'is not shown'}"
            for each in self.missing
        )
        return f"{told}: {why}" if why else told
