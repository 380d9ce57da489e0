"""What people decide about shots: cancel, approve, reject."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.domain.lifecycle import ReviewStatus
from farm.operations.lost_films import LostFilms
from farm.operations.per_shot import PerShot, per_shot

if TYPE_CHECKING:
    from farm.store import Store
    from pipeline.storage.protocol import Media


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A take that will not be made."""

    shot: str
    take: int


def cancel(
    store: "Store",
    production: str,
    shots: Sequence[str],
    *,
    newest: int | None = None,
    known: ReviewStatus | None = None,
    who: str,
    why: str = "",
) -> PerShot[Cancelled]:
    """Cancels the takes of shots that wait or render; `newest` and `known` as in `approve`."""
    from farm.store.shots import review

    def act(code: str) -> Cancelled:
        cancelled = review.cancel(store, production, code, who, why, newest=newest, known=known)
        take = cancelled[0].take
        assert take is not None
        return Cancelled(code, take)

    return per_shot(shots, act)


def approve(
    store: "Store",
    production: str,
    shots: Sequence[str],
    *,
    take: int | None = None,
    newest: int | None = None,
    known: ReviewStatus | None = None,
    media: "Media | None" = None,
    who: str,
    why: str = "",
) -> PerShot[str]:
    """Passes shots: their selected take, or the one of that number, goes into deliveries.

    A take whose file is gone from `media` is refused: nobody can look at it, and it could not be
    delivered. Of a media root that is not mounted, or that cannot be read, none is gone. `newest` is the
    newest take that the person knew, `known` the review that the person saw: a shot that has a newer one,
    or whose review somebody else moved since, is refused as `Stale`. Returns the codes of those that are
    approved now.
    """
    from farm.store.shots import review

    films = LostFilms(store, production, shots, media) if media else None

    def act(code: str) -> str:
        lost = films.of(code, take) if films else {}
        review.review(
            store,
            production,
            code,
            ReviewStatus.APPROVED,
            who,
            take,
            why,
            newest=newest,
            known=known,
            lost=lost,
        )
        return code

    return per_shot(shots, act)


def reject(
    store: "Store",
    production: str,
    shots: Sequence[str],
    *,
    newest: int | None = None,
    known: ReviewStatus | None = None,
    who: str,
    why: str = "",
) -> PerShot[str]:
    """Turns shots down: they are left out of deliveries until a retake.

    `newest` and `known` are as in `approve`. Returns the codes of those that are rejected now.
    """
    from farm.store.shots import review

    def act(code: str) -> str:
        review.review(
            store,
            production,
            code,
            ReviewStatus.REJECTED,
            who,
            None,
            why,
            newest=newest,
            known=known,
        )
        return code

    return per_shot(shots, act)
