"""What people do to shots: retake, cancel, approve, reject. Each call is one transaction.

`farm.store.shots.holds` has what stops a shot and lets it go on.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from farm.domain.changes import differences
from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import (
    COVERS,
    REVIEW_MOVES,
    ReviewStatus,
    TakeStatus,
)
from farm.domain.shot import Wish
from farm.errors import Refused
from farm.store.queue.decisions import give_to_a_person
from farm.store.queue.event_log import News, write_events
from farm.store.queue.transitions import (
    ReviewMove,
    end_attempt,
    move_review,
    move_reviews,
    move_take,
    order_take,
)
from farm.store.session import Store
from farm.store.shots import wishes
from farm.store.shots.in_review import ShotInReview, because, one_shot, said
from farm.store.shots.stale import refuse_stale
from farm.store.shots.wishes import Known
from pipeline.ladder import Step


def retake(
    store: Store,
    production: str,
    code: str,
    plan: Callable[[ShotInReview], Step],
    who: str,
    why: str = "",
    written: Callable[[Wish], Wish] = lambda wish: wish,
    *,
    newest: int | None = None,
    known: ReviewStatus | None = None,
) -> list[Event]:
    """Orders the take that `plan` makes of the shot, in the place of one that still waits.

    `written` is what the person wishes of the shot from now on; `newest` and `known` are the take and the
    review that the person saw last. Raises `Refused` while a take renders, and `Stale`.
    """
    with store.write() as connection:
        shot = one_shot(connection, production, code)
        refuse_stale(connection, shot, who, newest, known)
        _refuse_covered(shot)
        if shot.status is TakeStatus.RUNNING:
            raise Refused(
                f"{production}/{code} take {shot.number} is rendering; "
                f"let it end, or `farm cancel {production} {code}` first"
            )
        sentence = because(f"retake asked for by {who}", why)
        step = plan(shot)
        news = _write_wish(connection, shot, written, who, sentence)
        news += cancel_take(connection, shot, f"replaced: {sentence}", who)
        news += move_reviews(
            connection, [ReviewMove(shot.name, ReviewStatus.PENDING, sentence, who)]
        )
        news.append(order_take(connection, shot.name, step, who=who, by_hand=True))
        return write_events(connection, news)


def _write_wish(
    connection: sa.Connection,
    shot: ShotInReview,
    written: Callable[[Wish], Wish],
    who: str,
    why: str,
) -> list[News]:
    """Writes down what a person wishes of the shot, where that is something else than before."""
    known = wishes.by_key(connection, [shot.name.id])[shot.name.id]
    before = known.standing.wish
    after = written(before)
    changes = differences(before, after)
    if not changes:
        return []
    return [wishes.record(connection, known, after, changes, who=who, by=wishes.BY_HAND, why=why)]


def cancel(
    store: Store,
    production: str,
    code: str,
    who: str,
    why: str = "",
    *,
    newest: int | None = None,
    known: ReviewStatus | None = None,
) -> list[Event]:
    """Cancels the shot's take that waits or runs. Raises `Refused` where there is none, and `Stale` where
    the shot is not as the person saw it: its newest take, its review."""
    with store.write() as connection:
        shot = one_shot(connection, production, code)
        refuse_stale(connection, shot, who, newest, known)
        reason = because(f"cancelled by {who}", why)
        cancelled = write_events(connection, cancel_take(connection, shot, reason, who))
        if not cancelled:
            raise Refused(f"{production}/{code} has no take to cancel: it is {said(shot.state)}")
        return [*cancelled, *_back_to_review(connection, shot, reason, who)]


def cancel_take(
    connection: sa.Connection, shot: ShotInReview | Known, reason: str, who: str
) -> list[News]:
    """Cancels the take of a shot that waits or runs, where there is one; the events that are to be
    written."""
    ran = shot.status is TakeStatus.RUNNING
    if not move_take(connection, shot.take_id, shot.token, TakeStatus.CANCELLED, reason=reason):
        return []
    data: dict[str, Any] = {"reason": reason}
    if ran:
        data["seconds"] = end_attempt(
            connection, shot.take_id, shot.token, TakeStatus.CANCELLED, reason=reason
        )
    attempt, profile = shot.token or None, shot.recipe.profile
    return [
        News(EventKind.TAKE_CANCELLED, shot.name, shot.number, attempt, who, data, profile=profile)
    ]


def _back_to_review(
    connection: sa.Connection, shot: ShotInReview, why: str, who: str
) -> list[Event]:
    """A shot whose retake was cancelled still has its earlier takes: a person looks at those."""
    if shot.review is not ReviewStatus.PENDING or not shot.takes:
        return []
    return give_to_a_person(connection, shot.name, why, who=who)


def review(
    store: Store,
    production: str,
    code: str,
    then: ReviewStatus,
    who: str,
    take: int | None = None,
    why: str = "",
    *,
    newest: int | None = None,
    known: ReviewStatus | None = None,
    lost: Mapping[int, str] = MappingProxyType({}),
) -> list[Event]:
    """A person approves or rejects a shot; `take` selects which take stands for it.

    `newest` and `known` are the take and the review that the person saw last, `lost` are takes that cannot
    be approved, each with the reason. Raises `Refused` where the state of the shot forbids it or the take
    has no clip, and `Stale`.
    """
    with store.write() as connection:
        shot = one_shot(connection, production, code)
        refuse_stale(connection, shot, who, newest, known)
        _refuse_covered(shot)
        _refuse_without_clip(shot, then, take)
        if shot.review is not then and then not in REVIEW_MOVES[shot.review]:
            raise Refused(f"{production}/{code} is {said(shot.review)}; it cannot be {then}")
        chosen = shot.selected if take is None else take
        if then is ReviewStatus.APPROVED and chosen is not None and chosen in lost:
            raise Refused(f"{production}/{code} take {chosen} {lost[chosen]}")
        sentence = because(f"{then} by {who}", why)
        return move_review(connection, shot.name, then, sentence, who=who, selected=take)


def _refuse_covered(shot: ShotInReview) -> None:
    if shot.review in COVERS:
        name = f"{shot.name.production} {shot.name.code}"
        raise Refused(
            f"{name.replace(' ', '/')} is {said(shot.review)}; `farm release {name}` first"
        )


def _refuse_without_clip(shot: ShotInReview, then: ReviewStatus, take: int | None) -> None:
    chosen = shot.selected if take is None else take
    if chosen in shot.takes or (take is None and then is not ReviewStatus.APPROVED):
        return
    name = f"{shot.name.production}/{shot.name.code}"
    have = ", ".join(map(str, shot.takes)) or "none"
    if chosen is None and not shot.takes:
        show = f"`farm show {name.replace('/', ' ')}` says why"
        raise Refused(f"{name} has no take with a clip to approve; {show}")
    if chosen is None:
        raise Refused(f"{name} has no selected take, name one; takes with a clip: {have}")
    what = "has a clip that was purged" if chosen in shot.purged else "has no clip"
    raise Refused(f"{name} take {chosen} {what}; takes with one: {have}")
