"""What people decide about shots: cancel, approve, reject."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.domain.lifecycle import ReviewStatus
from farm.operations.per_shot import PerShot, per_shot

if TYPE_CHECKING:
    from farm.store import Store


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A take that will not be made."""

    shot: str
    take: int


def cancel(
    store: "Store", production: str, shots: Sequence[str], *, who: str, why: str = ""
) -> PerShot[Cancelled]:
    """Cancels the takes of shots that wait or render."""
    from farm.store.shots import review

    def act(code: str) -> Cancelled:
        take = review.cancel(store, production, code, who, why)[0].take
        assert take is not None
        return Cancelled(code, take)

    return per_shot(shots, act)


def approve(
    store: "Store",
    production: str,
    shots: Sequence[str],
    *,
    take: int | None = None,
    who: str,
    why: str = "",
) -> PerShot[str]:
    """Passes shots: their selected take, or the one of that number, goes into deliveries.

    Returns the codes of those that are approved now.
    """
    return _decide(store, production, shots, ReviewStatus.APPROVED, take, who, why)


def reject(
    store: "Store", production: str, shots: Sequence[str], *, who: str, why: str = ""
) -> PerShot[str]:
    """Turns shots down: they are left out of deliveries until a retake.

    Returns the codes of those that are rejected now.
    """
    return _decide(store, production, shots, ReviewStatus.REJECTED, None, who, why)


def _decide(
    store: "Store",
    production: str,
    shots: Sequence[str],
    then: ReviewStatus,
    take: int | None,
    who: str,
    why: str,
) -> PerShot[str]:
    from farm.store.shots import review

    def act(code: str) -> str:
        review.review(store, production, code, then, who, take, why)
        return code

    return per_shot(shots, act)
