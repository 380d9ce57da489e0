"""What people decide about shots: cancel, approve, reject."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.domain.lifecycle import ReviewStatus
from farm.errors import Refused
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
    delivered. Of a media root that is not mounted none is gone. `newest` is the newest take that the person
    knew, `known` the review that the person saw: a shot that has a newer one, or whose review somebody else
    moved since, is refused as `Stale`. Returns the codes of those that are approved now.
    """
    from farm.store.shots import review

    mounted = media if media and media.sees("clips") else None

    def act(code: str) -> str:
        if mounted:
            _refuse_lost(store, mounted, production, code, take)
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
        )
        return code

    return per_shot(shots, act)


def _refuse_lost(
    store: "Store", media: "Media", production: str, code: str, take: int | None
) -> None:
    """Raises `Refused` where the film of the take, or of the one that stands for the shot, is gone, though
    nobody removed it."""
    from farm.store.queries import board

    films = board.films(store, production, code)
    chosen = board.selected(store, production, code) if take is None else take
    film = films.get(chosen) if chosen is not None else None
    if film is None or film.purged or media.exists(film.path):
        return
    there = [
        number
        for number, each in films.items()
        if not each.purged and each is not film and media.exists(each.path)
    ]
    others = f"`farm retake {production} {code}` makes a new one"
    if there:
        others = f"takes with one: {', '.join(map(str, there))}"
    raise Refused(f"{production}/{code} take {chosen} has a clip whose file is gone; {others}")


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
