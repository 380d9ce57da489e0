"""What people say of a shot, of a take or of one frame of its clip, and what may be said. Pure."""

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from farm.errors import Refused

MOST_CHARACTERS = 4000
MOST_STROKES = 50
MOST_POINTS = 500
"""Of one stroke."""
PLACES = 4
"""Decimals that are kept of a mark: less than half a pixel of a picture of 4K."""

Point = tuple[float, float]
"""From the left and from the top, each as a fraction (0..1) of the picture."""
Mark = tuple[tuple[Point, ...], ...]
"""What was drawn: strokes, each of points in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """One remark of a person."""

    id: int
    production: str
    shot: str
    take: int | None
    """None where it is about the shot."""
    frame: int | None
    """Counted from 0, in the published clip of its take."""
    text: str
    mark: Mark | None
    who: str
    at: dt.datetime
    resolved_at: dt.datetime | None = None
    """When a person said that it is seen to, if one did."""
    resolved_by: str | None = None


def checked_text(text: str) -> str:
    """The words without blanks around them, their lines ended alike. Raises `Refused`."""
    said = "\n".join(text.splitlines()).strip()
    if not said:
        raise Refused("the comment has no words; say what is to be seen or done")
    if len(said) > MOST_CHARACTERS:
        raise Refused(
            f"the comment has {len(said):,} characters, at most {MOST_CHARACTERS:,} are kept; "
            "say it in several"
        )
    for position, character in enumerate(said, start=1):
        if character != "\n" and unicodedata.category(character) in ("Cc", "Cs"):
            raise Refused(
                f"the comment has a control character (U+{ord(character):04X}) at {position}; "
                "leave it out"
            )
    return said


def check_frame(frame: int, frames: int, take: int) -> None:
    """Raises `Refused` for a frame that a clip of so many frames does not have."""
    if not 0 <= frame < frames:
        raise Refused(
            f"take {take} has no frame {frame}: the frames of its clip are 0 to {frames - 1}"
        )


def checked_mark(mark: Any) -> Mark | None:
    """A mark as it came (strokes of points of two numbers in 0..1); None for one without strokes.

    Raises `Refused` for anything else, naming the stroke and the point.
    """
    strokes = () if mark is None else _listed(mark, "the mark is", "strokes")
    if len(strokes) > MOST_STROKES:
        raise Refused(f"the mark has {len(strokes)} strokes, at most {MOST_STROKES} are kept")
    return tuple(_stroke(each, number) for number, each in enumerate(strokes, start=1)) or None


def _stroke(points: Any, number: int) -> tuple[Point, ...]:
    listed = _listed(points, f"stroke {number} of the mark is", "points")
    if not 0 < len(listed) <= MOST_POINTS:
        raise Refused(
            f"stroke {number} of the mark has {len(listed)} points; draw it with 1 to {MOST_POINTS}"
        )
    return tuple(
        _point(each, f"point {place} of stroke {number}")
        for place, each in enumerate(listed, start=1)
    )


def _point(point: Any, where: str) -> Point:
    pair = _listed(point, f"{where} is", "two numbers")
    if len(pair) != 2 or not all(map(_is_fraction, pair)):
        raise Refused(
            f"{where} of the mark is not two numbers from 0 to 1, in parts of the picture"
        )
    across, down = (round(float(each), PLACES) for each in pair)
    return across, down


def _listed(value: Any, what: str, of: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise Refused(f"{what} no list of {of}")
    return value


def _is_fraction(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 <= value <= 1
