"""What the gate looks at, and what it makes of it."""

from collections.abc import Callable
from dataclasses import dataclass

from farm.domain.lifecycle import ReviewStatus
from pipeline.ladder import Alternate, Step, TakeFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the ladder looks at: the shot's finished takes and what it may still use.

    Of a shot that a list changed, only the takes of what is wished now.
    """

    takes: tuple[TakeFacts, ...]
    must_keep: tuple[str, ...]
    alternates: tuple[Alternate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows a finished take."""

    review: ReviewStatus
    why: str
    selected: int | None = None
    """The number of the take that stands for the shot now."""
    step: Step | None = None
    """The next take, where the ladder has one."""


Decide = Callable[[History], Decision]
