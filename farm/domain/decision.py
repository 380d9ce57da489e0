"""What the gate looks at, and what it makes of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from farm.domain.lifecycle import ReviewStatus
from pipeline.ladder import Step, TakeFacts
from pipeline.recipe_changes import Alternate


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the ladder looks at: the shot's finished takes and what it may still use.

    Of a shot that a list changed, only the takes of what is wished now.
    """

    takes: tuple[TakeFacts, ...]
    prompts: tuple[str, ...]
    """Of every take of the shot so far, oldest first: what a simpler prompt may have been cut from."""
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


def asked_before(decide: Decide, histories: Iterable[History]) -> Decide:
    """The gate, asked of these histories now: what it made of them it says again at once. Of any other
    it decides when it is asked."""
    said = [(history, decide(history)) for history in histories]

    def decided(history: History) -> Decision:
        known = (decision for seen, decision in said if seen == history)
        return next(known, None) or decide(history)

    return decided
