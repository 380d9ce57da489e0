"""What became of the lettering in a take, as its result has it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from pipeline.findings import Severity
from pipeline.misses import LABEL_FOLLOWED, LETTERING_UNREAD, MissKind, stored


class Told(StrEnum):
    """What is told of lettering, the gravest first."""

    WRONG = "wrong"
    """A label reads otherwise, is lost, or words came up that nobody asked for."""
    SELDOM = "seldom"
    """A label was read, but not in most of the frames that hold it."""
    FOLLOWED = "followed"
    """A label was read, and nothing is wrong with it."""
    UNREAD = "unread"
    """Nobody could read; or nobody followed a must-keep word, or all of its lines."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """One sentence on a take's lettering."""

    told: Told
    sentence: str

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """As JSON holds it. Raises `KeyError` and `ValueError` for what it never wrote."""
        told, sentence = Told(values["told"]), values["sentence"]
        if not isinstance(sentence, str):
            raise ValueError("what is told of lettering is no sentence")
        return cls(told, sentence)

    def as_dict(self) -> dict[str, str]:
        return {"told": self.told.value, "sentence": self.sentence}


_MISSES = (MissKind.LABEL_CHANGED, MissKind.LABEL_LOST, MissKind.TEXT_APPEARED)
_FINDINGS = {
    (LABEL_FOLLOWED, Severity.WARNING): Told.SELDOM,
    (LABEL_FOLLOWED, Severity.INFO): Told.FOLLOWED,
    (LETTERING_UNREAD, Severity.INFO): Told.UNREAD,
}


def lettering(result: Mapping[str, Any] | None) -> tuple[Lettering, ...]:
    """What a take's stored result tells of its lettering, what is wrong first.

    Nothing of a take whose still shows no words, or whose profile reads none; where nobody could read,
    that, whatever the still shows.
    """
    wrong = (each.message for each in stored(result) if each.kind in _MISSES)
    return (*(Lettering(Told.WRONG, message) for message in wrong), *_not_wrong(result))


def for_delivery(result: Mapping[str, Any] | None) -> tuple[Lettering, ...]:
    """What whoever gets a delivery is told of it: that nobody read is the farm's own matter."""
    return tuple(each for each in lettering(result) if each.told is not Told.UNREAD)


def in_short(told: Sequence[Lettering]) -> Lettering | None:
    """The gravest of it in one: what is wrong leaves no room for what is not; None of nothing."""
    if not told:
        return None
    kind = min((each.told for each in told), key=[*Told].index)
    return Lettering(kind, "; ".join(each.sentence for each in told if each.told is kind))


def _not_wrong(result: Mapping[str, Any] | None) -> tuple[Lettering, ...]:
    return tuple(
        Lettering(told, each["message"])
        for each in (result or {}).get("findings", ())
        if (told := _FINDINGS.get((each["code"], each["severity"])))
    )
