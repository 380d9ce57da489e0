"""What goes first: shots in their production, and productions among the others."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from farm.errors import Refused
from farm.operations.per_shot import PerShot, per_shot

if TYPE_CHECKING:
    from farm.domain.lifecycle import ReviewStatus
    from farm.store import Store


def set_priority(
    store: "Store",
    production: str,
    shots: Sequence[str],
    priority: int,
    *,
    newest: int | None = None,
    known: "ReviewStatus | None" = None,
    seen: int | None = None,
    who: str,
    why: str = "",
) -> PerShot[str]:
    """Puts shots earlier (higher) or later in their production's queue.

    `newest` is the newest take that the person knew, `known` the review and `seen` the priority that the
    person saw: a shot that somebody else changed since is refused as `Stale`. Returns the codes of those.
    Raises `Refused` for a priority that no shot list may have either.
    """
    from farm.shotlist import fields
    from farm.store.shots import priorities

    try:
        fields.priority(str(priority))
    except fields.Wrong as wrong:
        raise Refused(f"priority: {wrong}") from wrong

    def act(code: str) -> str:
        priorities.set_priority(
            store, production, code, priority, who, why, newest=newest, known=known, seen=seen
        )
        return code

    return per_shot(shots, act)


def set_weight(store: "Store", production: str, weight: float, *, who: str, why: str = "") -> None:
    """Sets a production's share of the workers, against the weights of the others, which is 1 where
    nobody set one. Raises `UnknownName`, and `Refused` for a weight that is no share."""
    from farm.store.shots import priorities

    if not 0 < weight < math.inf:
        raise Refused(
            f"weight: {weight:g} is no share of the workers; use a number above 0, as 2.5"
        )
    priorities.set_weight(store, production, weight, who, why)
