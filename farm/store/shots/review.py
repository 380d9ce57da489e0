"""What people do to shots: retake, cancel, approve, reject. Each call is one transaction.

`farm.store.shots.holds` has what stops a shot and lets it go on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from farm.domain.changes import differences
from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import (
    COVERS,
    REVIEW_MOVES,
    ReviewStatus,
    ShotState,
    TakeStatus,
    shot_state,
)
from farm.domain.shot import AlternateStill, ShotName, Wish
from farm.errors import Refused, UnknownName
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
from farm.store.shots.wishes import Known
from farm.store.tables import Production, PublishedClip, Shot, Take
from pipeline.ladder import Step
from pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One shot as it lies before a person: what it is now and what its latest take was."""

    shot: ShotName
    state: ShotState
    review: ReviewStatus
    covered: ReviewStatus | None
    """The review that a hold or an omission covers."""
    image: str
    aspect: str | None
    must_keep: tuple[str, ...]
    alternates: tuple[AlternateStill, ...]
    take_id: int
    token: int
    number: int
    status: TakeStatus
    """Of the latest take, whatever the review covers."""
    recipe: Recipe
    takes: tuple[int, ...]
    """Numbers of the takes that have a clip."""
    purged: tuple[int, ...]
    """Numbers of the takes whose clip was removed for good."""
    selected: int | None


def find(
    store: Store, production: str, codes: Sequence[str] = (), state: ShotState | None = None
) -> list[Desk]:
    """The shots named by `codes`, or all of a production, in order; only those in `state` if given.

    Raises `UnknownName` for a production or codes that do not exist.
    """
    with store.read() as connection:
        return _find(connection, production, codes, state)


def retake(
    store: Store,
    production: str,
    code: str,
    plan: Callable[[Desk], Step],
    who: str,
    why: str = "",
    written: Callable[[Wish], Wish] = lambda wish: wish,
) -> list[Event]:
    """Orders the take that `plan` makes of the shot, in the place of one that still waits.

    `written` is what the person wishes of the shot from now on. Raises `Refused` while a take renders.
    """
    with store.write() as connection:
        desk = one_shot(connection, production, code)
        _refuse_covered(desk)
        if desk.status is TakeStatus.RUNNING:
            raise Refused(
                f"{production}/{code} take {desk.number} is rendering; "
                f"let it end, or `farm cancel {production} {code}` first"
            )
        sentence = because(f"retake asked for by {who}", why)
        step = plan(desk)
        news = _write_wish(connection, desk, written, who, sentence)
        news += cancel_take(connection, desk, f"replaced: {sentence}", who)
        news += move_reviews(
            connection, [ReviewMove(desk.shot, ReviewStatus.PENDING, sentence, who)]
        )
        news.append(order_take(connection, desk.shot, step, who=who, by_hand=True))
        return write_events(connection, news)


def _write_wish(
    connection: sa.Connection, desk: Desk, written: Callable[[Wish], Wish], who: str, why: str
) -> list[News]:
    """Writes down what a person wishes of the shot, where that is something else than before."""
    known = wishes.by_key(connection, [desk.shot.id])[desk.shot.id]
    before = known.standing.wish
    after = written(before)
    changes = differences(before, after)
    if not changes:
        return []
    return [wishes.record(connection, known, after, changes, who=who, by=wishes.BY_HAND, why=why)]


def cancel(store: Store, production: str, code: str, who: str, why: str = "") -> list[Event]:
    """Cancels the shot's take that waits or runs. Raises `Refused` where there is none."""
    with store.write() as connection:
        desk = one_shot(connection, production, code)
        reason = because(f"cancelled by {who}", why)
        cancelled = write_events(connection, cancel_take(connection, desk, reason, who))
        if not cancelled:
            raise Refused(f"{production}/{code} has no take to cancel: it is {said(desk.state)}")
        return [*cancelled, *_back_to_review(connection, desk, reason, who)]


def cancel_take(connection: sa.Connection, desk: Desk | Known, reason: str, who: str) -> list[News]:
    """Cancels the take of a shot that waits or runs, where there is one; the events that are to be
    written."""
    ran = desk.status is TakeStatus.RUNNING
    if not move_take(connection, desk.take_id, desk.token, TakeStatus.CANCELLED, reason=reason):
        return []
    data: dict[str, Any] = {"reason": reason}
    if ran:
        data["seconds"] = end_attempt(
            connection, desk.take_id, desk.token, TakeStatus.CANCELLED, reason=reason
        )
    attempt, profile = desk.token or None, desk.recipe.profile
    return [
        News(EventKind.TAKE_CANCELLED, desk.shot, desk.number, attempt, who, data, profile=profile)
    ]


def _back_to_review(connection: sa.Connection, desk: Desk, why: str, who: str) -> list[Event]:
    """A shot whose retake was cancelled still has its earlier takes: a person looks at those."""
    if desk.review is not ReviewStatus.PENDING or not desk.takes:
        return []
    return give_to_a_person(connection, desk.shot, why, who=who)


def review(
    store: Store,
    production: str,
    code: str,
    then: ReviewStatus,
    who: str,
    take: int | None = None,
    why: str = "",
) -> list[Event]:
    """A person approves or rejects a shot; `take` selects which take stands for it.

    Raises `Refused` where the state of the shot forbids it or the take has no clip.
    """
    with store.write() as connection:
        desk = one_shot(connection, production, code)
        _refuse_covered(desk)
        _refuse_without_clip(desk, then, take)
        if desk.review is not then and then not in REVIEW_MOVES[desk.review]:
            raise Refused(f"{production}/{code} is {said(desk.review)}; it cannot be {then}")
        sentence = because(f"{then} by {who}", why)
        return move_review(connection, desk.shot, then, sentence, who=who, selected=take)


def _refuse_covered(desk: Desk) -> None:
    if desk.review in COVERS:
        name = f"{desk.shot.production} {desk.shot.code}"
        raise Refused(
            f"{name.replace(' ', '/')} is {said(desk.review)}; `farm release {name}` first"
        )


def _refuse_without_clip(desk: Desk, then: ReviewStatus, take: int | None) -> None:
    chosen = take or desk.selected
    if chosen in desk.takes or (take is None and then is not ReviewStatus.APPROVED):
        return
    name = f"{desk.shot.production}/{desk.shot.code}"
    have = ", ".join(map(str, desk.takes)) or "none"
    if chosen is None:
        raise Refused(f"{name} has no selected take, name one; takes with a clip: {have}")
    what = "has a clip that was purged" if chosen in desk.purged else "has no clip"
    raise Refused(f"{name} take {chosen} {what}; takes with one: {have}")


def because(done: str, why: str) -> str:
    """What was done, and why where somebody said so."""
    return f"{done}: {why}" if why else done


def said(state: ShotState | ReviewStatus) -> str:
    """As people say it: `on hold`."""
    return state.replace("_", " ")


def one_shot(connection: sa.Connection, production: str, code: str) -> Desk:
    """One shot, its rows locked until the transaction ends. Raises `UnknownName`, and `Refused` where its
    production is archived."""
    refuse_archived(connection, production)
    # Before anything of it is read: PostgreSQL would otherwise join the shot as it is after a wait
    # with the latest take as it was before.
    connection.execute(
        sa.select(Shot.id)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production, Shot.code == code)
        .with_for_update(of=Shot.__table__, key_share=True)
    )
    return _find(connection, production, [code], None, lock=True)[0]


def refuse_archived(connection: sa.Connection, production: str) -> None:
    """Raises `Refused` where a production is archived; else it cannot be before the transaction ends."""
    archived = connection.execute(
        sa.select(Production.archived_at)
        .where(Production.name == production)
        .with_for_update(read=True, key_share=True)
    ).scalar()
    if archived is not None:
        raise Refused(
            f"{production} is archived since {archived.astimezone():%d %b %Y}; "
            f"`farm archive {production} --undo` first"
        )


def _find(
    connection: sa.Connection,
    production: str,
    codes: Sequence[str],
    state: ShotState | None,
    *,
    lock: bool = False,
) -> list[Desk]:
    wanted = [Production.name == production, *([Shot.code.in_(codes)] if codes else [])]
    statement = (
        sa.select(
            Shot.id, Shot.code, Shot.review, Shot.review_before, Shot.image, Shot.aspect,
            Shot.must_keep, Shot.alternates, Shot.selected_take, Take.id.label("take_id"),
            Take.token, Take.number, Take.recipe, Take.status, Take.failure_class,
        )
        .join(Production, Production.id == Shot.production_id)
        .join(Take, sa.and_(Take.shot_id == Shot.id, Take.number == Shot.takes_made))
        .where(*wanted)
        .order_by(Shot.id)
    )  # fmt: skip
    if lock:
        statement = statement.with_for_update(of=Take.__table__)
    rows = connection.execute(statement).all()
    refuse_unknown(connection, production, codes, {row.code for row in rows})
    clips = _takes_made(connection, wanted, PublishedClip.purged_at.is_(None))
    purged = _takes_made(connection, wanted, PublishedClip.purged_at.is_not(None))
    desks = [
        Desk(
            shot=ShotName(row.id, production, row.code),
            state=shot_state(row.review, row.status, row.failure_class),
            review=row.review,
            covered=row.review_before,
            image=row.image,
            aspect=row.aspect,
            must_keep=tuple(row.must_keep),
            alternates=tuple(AlternateStill(**each) for each in row.alternates),
            take_id=row.take_id,
            token=row.token,
            number=row.number,
            status=row.status,
            recipe=Recipe.from_dict(row.recipe),
            takes=clips.get(row.id, ()),
            purged=purged.get(row.id, ()),
            selected=row.selected_take,
        )
        for row in rows
    ]
    return [desk for desk in desks if state is None or desk.state is state]


def _takes_made(
    connection: sa.Connection,
    wanted: Sequence[sa.ColumnElement[bool]],
    clip: sa.ColumnElement[bool],
) -> dict[int, tuple[int, ...]]:
    """The numbers of the takes whose clips are so, by shot."""
    rows = connection.execute(
        sa.select(Take.shot_id, Take.number)
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .outerjoin(PublishedClip, PublishedClip.take_id == Take.id)
        .where(*wanted, Take.status == TakeStatus.SUCCEEDED, clip)
        .order_by(Take.shot_id, Take.number)
    )
    found: dict[int, tuple[int, ...]] = {}
    for row in rows:
        found[row.shot_id] = (*found.get(row.shot_id, ()), row.number)
    return found


def refuse_unknown(
    connection: sa.Connection, production: str, codes: Sequence[str], found: set[str]
) -> None:
    """Raises `UnknownName` for a production that does not exist, or for codes not among those found."""
    known = connection.execute(sa.select(sa.exists().where(Production.name == production))).scalar()
    if not known:
        names = connection.execute(sa.select(Production.name).order_by(Production.name)).scalars()
        raise UnknownName(
            f"there is no production {production!r}; there are: {', '.join(names) or 'none yet'}"
        )
    missing = [code for code in codes if code not in found]
    if missing:
        raise UnknownName(
            f"{production} has no shot {', '.join(missing)}; `farm shots {production}` lists them"
        )
