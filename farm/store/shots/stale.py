"""Whether a shot is still as a person saw it who decides about it now. Callers hold the transaction."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from farm.domain.events import EventKind, clock
from farm.domain.lifecycle import ReviewStatus
from farm.errors import Refused, Stale
from farm.store.shots.in_review import ShotInReview, said
from farm.store.tables import LoggedEvent


def refuse_stale(
    connection: sa.Connection,
    shot: ShotInReview,
    who: str,
    newest: int | None,
    known: ReviewStatus | None,
) -> None:
    """Raises `Stale` where the shot has a newer take than the person knew, or where somebody else moved
    its review since; `newest` or `known` is None where the person does not say.

    The shot's rows are held.
    """
    name = f"{shot.name.production}/{shot.name.code}"
    if newest is not None and newest != shot.number:
        _refuse_newer(connection, shot, name, newest)
    if known is None or known is shot.review:
        return
    moved = _last(connection, shot, EventKind.REVIEW_MOVED)
    if moved is None:
        raise Stale(f"{name} is {said(shot.review)} and not {said(known)}; look at it again first")
    if moved.who != who:
        raise Stale(
            f"{name} is not {said(known)} any more: {_called(moved.who)} moved it to "
            f"{said(shot.review)} on {clock(moved.at)} ({moved.data['why']}); look at it again first"
        )


def refuse_stale_priority(
    connection: sa.Connection, shot: ShotInReview, who: str, seen: int | None, now: int
) -> None:
    """Raises `Stale` where the shot's priority, which is `now`, is not the one that the person saw and
    somebody else set it; `seen` is None where the person does not say. The shot's row is held."""
    if seen is None or seen == now:
        return
    name = f"{shot.name.production}/{shot.name.code}"
    put = _last(connection, shot, EventKind.PRIORITY_SET)
    if put is None or put.data["after"] != now:  # a list moved it
        raise Stale(f"{name} has priority {now} and not {seen}; look at it again first")
    if put.who != who:
        why = f" ({put.data['why']})" if put.data["why"] else ""
        raise Stale(
            f"{name} has priority {seen} no more: {_called(put.who)} gave it {now} on "
            f"{clock(put.at)}{why}; look at it again first"
        )


def _refuse_newer(connection: sa.Connection, shot: ShotInReview, name: str, newest: int) -> None:
    if newest > shot.number:
        raise Refused(f"{name} has no take {newest}; its newest is take {shot.number}")
    ordered = _last(connection, shot, EventKind.TAKE_ORDERED)
    by = f" by {_called(ordered.who)} on {clock(ordered.at)}" if ordered else ""
    raise Stale(
        f"{name} has a newer take than {newest}: take {shot.number} was ordered{by}; "
        "look at it first"
    )


def _called(who: str) -> str:
    return "the farm" if who == "farm" else who


def _last(
    connection: sa.Connection, shot: ShotInReview, kind: EventKind
) -> sa.Row[str, dt.datetime, dict[str, Any]] | None:
    return connection.execute(
        sa.select(LoggedEvent.who, LoggedEvent.at, LoggedEvent.data)
        .where(LoggedEvent.shot_id == shot.name.id, LoggedEvent.kind == kind)
        .order_by(LoggedEvent.id.desc())
        .limit(1)
    ).first()
