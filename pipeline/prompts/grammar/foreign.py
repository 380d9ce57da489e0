"""What notation of other tools is for, and one piece of it as it is found in a prompt."""

import re
from dataclasses import dataclass
from enum import StrEnum

from pipeline.prompts.grammar.clauses import Span

_DASH = re.compile("[-–—~～至到]")
_PARTS_BEFORE = re.compile(r"(?:^|[,;.:\n，；。|])\s*$")
_PARTS_AFTER = re.compile(r"\s*(?:$|[,;.:\n，；。|])")


class Way(StrEnum):
    """What a notation is for; each has a remedy of its own (`findings`)."""

    WEIGHT = "weight"
    """`(red dress:1.2)`, `((red dress))`, `[red dress]`, `red::2`."""
    CHOICE = "choice"
    """`{red|blue}`, `[red:blue:0.5]`: the first stands for all."""
    GAP = "gap"
    """`__color__`, `${color}`: something is to be put there."""
    TAG = "tag"
    """`<lora:drift:0.8>`, `embedding:easy`, `score_9`."""
    OPTION = "option"
    """`--stylize 250`."""
    COLUMN = "column"
    """`--ar 16:9`: what a column of the list says."""
    JOINT = "joint"
    """`BREAK`, `AND`."""
    TIME = "time"
    """`[0-3s]`."""
    REFERENCE = "reference"
    """`@image1`."""
    DOCUMENT = "document"
    """A whole prompt in JSON."""


@dataclass(frozen=True, slots=True)
class Notation:
    """One piece of it; all numbers are character positions."""

    span: Span
    way: Way
    cuts: tuple[Span, ...]
    """What goes so that the words alone are left."""
    unwanted: Span | None = None
    """The words of `--no text`."""
    column: str = ""
    """The column of a shot list that says it."""


def parted_before(text: str, at: int) -> bool:
    """Whether punctuation, or nothing at all, stands before a place."""
    return bool(_PARTS_BEFORE.search(text[:at]))


def parted_after(text: str, at: int) -> bool:
    return bool(_PARTS_AFTER.match(text, at))


def time(text: str, span: Span) -> Notation:
    """`walks [3-5s] she turns`: its dash stays where nothing else parts the two."""
    start, end = span
    dash = _DASH.search(text, start, end)
    parted = parted_before(text, start) or parted_after(text, end)
    if parted or dash is None:
        return Notation(span, Way.TIME, (span,))
    return Notation(span, Way.TIME, ((start, dash.start()), (dash.end(), end)))
