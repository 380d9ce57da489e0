"""A person's last decision on a shot, taken back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.domain.lifecycle import ReviewStatus
    from farm.store import Store

WITHIN = 60.0
"""Seconds for which a decision can be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A decision that was taken back, and how its shot stands now."""

    shot: str
    decided: str
    """What the decision was: `approved`, `rejected`, `held`, `omitted`, `given priority 9`."""
    review: "ReviewStatus | None"
    """What it is again; None where the decision was about the priority."""
    priority: int | None
    """What it is again, where the decision was about that."""
    ordered: int | None
    """The take that is made in place of one that the decision had cancelled."""


def undo(store: "Store", production: str, shot: str, *, who: str, within: float = WITHIN) -> Undone:
    """Takes back what a person decided last about a shot: an approval, a rejection, a hold, an omission, a
    priority; the take that an omission cancelled is ordered again.

    Raises `UnknownName`, and `Refused` where the decision is another person's, is older than `within`
    seconds by the database's clock, or was followed by anything else but comments. A retake is cancelled,
    not undone.
    """
    from farm.domain.undo import ReviewBack
    from farm.store.shots import undo as undoing

    back, events = undoing.undo(store, production, shot, who, within)
    of_review = isinstance(back, ReviewBack)
    return Undone(
        shot=shot,
        decided=back.decided,
        review=back.review if of_review else None,
        priority=None if of_review else back.priority,
        ordered=next((event.take for event in events if event.take is not None), None),
    )
