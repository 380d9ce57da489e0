"""Leases: beat, release, lose and take back, which is how a take stays with a worker or comes back.

Every UPDATE that ends an attempt names its token, so that only the holder of the current lease can.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from farm.domain.events import Event, EventKind
from farm.domain.lease import Lease
from farm.domain.lifecycle import FailureClass, TakeStatus
from farm.domain.shot import ShotName
from farm.store.column_types import utcnow
from farm.store.given_rows import given_rows
from farm.store.queue.event_log import News, names_of, write_event, write_events
from farm.store.queue.transitions import end_attempt, move_take
from farm.store.session import Store
from farm.store.tables import Attempt, Take

_RUNNING = Take.status == sa.literal_column("'running'")


def beat(
    store: Store, leases: Mapping[Lease, int], lease_seconds: float
) -> tuple[list[Lease], list[Lease]]:
    """Prolongs leases and notes the step each render is at; which were held and which are lost."""
    rows = [(lease.take_id, lease.token, step) for lease, step in leases.items()]
    with store.write() as connection:
        given = given_rows(connection, ("take", "token", "step"), rows)
        mine = sa.and_(Take.id == given.c.take, Take.token == given.c.token, _RUNNING)
        # In the order of their keys, as everybody does who holds several takes.
        connection.execute(
            sa.select(Take.id).where(mine).order_by(Take.id).with_for_update(of=Take.__table__)
        )
        until = utcnow(sa.literal(lease_seconds, sa.Float))
        beaten = connection.execute(
            sa.update(Take)
            .where(mine)
            .values(lease_until=until, step=given.c.step)
            .returning(Take.id, Take.token)
        )
        held = {(row.id, row.token) for row in beaten}
    kept, lost = list[Lease](), list[Lease]()
    for lease in leases:
        (kept if (lease.take_id, lease.token) in held else lost).append(lease)
    return kept, lost


def far_ahead(store: Store, seconds: float) -> dict[tuple[int, int], dt.datetime]:
    """The leases that end later than in `seconds`: when, by the key of the take and its token.

    On SQLite "now" is the clock of whoever writes, which may be wrong; a server's may be set back.
    """
    limit = utcnow(sa.literal(seconds, sa.Float))
    statement = sa.select(Take.id, Take.token, Take.lease_until).where(
        _RUNNING, Take.lease_until > limit
    )
    with store.read() as connection:
        rows = connection.execute(statement).all()
    return {(row.id, row.token): row.lease_until for row in rows if row.lease_until}


def take_back(store: Store, also: Sequence[tuple[int, int]] = ()) -> list[Event]:
    """Returns takes whose lease ran out to waiting; a lost machine costs an attempt, never a take.

    `also` are attempts, as `far_ahead` names them, that are over though their lease is not.
    """
    expired = sa.and_(_RUNNING, Take.lease_until < utcnow())
    if also:
        expired = sa.or_(expired, sa.and_(_RUNNING, sa.tuple_(Take.id, Take.token).in_(also)))
    with store.read() as connection:
        if not connection.execute(sa.select(sa.exists().where(expired))).scalar():
            return []
    with store.write() as connection:
        rows = connection.execute(
            sa.select(
                Take.id,
                Take.shot_id,
                Take.number,
                Take.token,
                Take.lease_owner,
                Take.profile,
                Attempt.worker,
            )
            .join(Attempt, sa.and_(Attempt.take_id == Take.id, Attempt.token == Take.token))
            .where(expired)
            .with_for_update(of=Take.__table__, skip_locked=True)
        ).all()
        shots = names_of(connection, {row.shot_id for row in rows})
        return [
            event
            for row in rows
            for event in _lost(
                connection,
                shots[row.shot_id],
                _Attempt(row.id, row.token, row.number, row.lease_owner, row.worker, row.profile),
                f"its lease ran out: {row.lease_owner} no longer answers",
            )
        ]


def lose(store: Store, lease: Lease, reason: str) -> list[Event]:
    """Returns a take to waiting at once, at no cost: its worker's machine is gone."""
    with store.write() as connection:
        return _lost(connection, lease.shot, _attempt_of(lease), reason)


def _lost(
    connection: sa.Connection, shot: ShotName, attempt: "_Attempt", reason: str
) -> list[Event]:
    """Returns one take from an attempt that no longer answers; nothing where it is not current."""
    values = {"due": True, "due_at": utcnow()}
    if not move_take(connection, attempt.take_id, attempt.token, TakeStatus.WAITING, **values):
        return []
    seconds = end_attempt(
        connection, attempt.take_id, attempt.token, "taken_back", FailureClass.MACHINE, reason
    )
    data = {
        "worker": attempt.worker, "owner": attempt.owner, "reason": reason, "seconds": seconds
    }  # fmt: skip
    return [
        write_event(
            connection,
            EventKind.LEASE_TAKEN_BACK,
            shot,
            take=attempt.number,
            attempt=attempt.token,
            data=data,
            profile=attempt.profile,
        )
    ]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """An attempt to take back, as the database has it."""

    take_id: int
    token: int
    number: int
    owner: str
    worker: str
    profile: str


def _attempt_of(lease: Lease) -> _Attempt:
    return _Attempt(
        lease.take_id, lease.token, lease.number, lease.owner, lease.worker, lease.recipe.profile
    )


def release(store: Store, lease: Lease, reason: str) -> list[Event]:
    """Returns a take to waiting at once, at no cost: its run was asked to stop."""
    with store.write() as connection:
        values = {"due": True, "due_at": utcnow()}
        if not move_take(connection, lease.take_id, lease.token, TakeStatus.WAITING, **values):
            return []
        return [returned(connection, lease, None, reason, 0.0)]


def returned(
    connection: sa.Connection,
    lease: Lease,
    failure: FailureClass | None,
    reason: str,
    delay: float,
) -> Event:
    """Closes an attempt whose take went back to waiting."""
    seconds = end_attempt(connection, lease.take_id, lease.token, "returned", failure, reason)
    data = {"failure_class": failure, "reason": reason, "delay": delay, "seconds": seconds}
    return attempt_event(connection, EventKind.TAKE_RETURNED, lease, data)


def failed(
    connection: sa.Connection,
    lease: Lease,
    failure: FailureClass,
    reason: str,
    told: Mapping[str, Any] | None = None,
) -> Event:
    """Closes an attempt whose take failed; `told` is what else its event says."""
    seconds = end_attempt(
        connection, lease.take_id, lease.token, TakeStatus.FAILED, failure, reason
    )
    data = {"failure_class": failure, "reason": reason, "seconds": seconds, **(told or {})}
    return attempt_event(connection, EventKind.TAKE_FAILED, lease, data)


def attempt_event(
    connection: sa.Connection, kind: EventKind, lease: Lease, data: Mapping[str, Any]
) -> Event:
    """Writes an event of the attempt that the lease stands for."""
    return write_events(connection, [attempt_news(kind, lease, data)])[0]


def attempt_news(kind: EventKind, lease: Lease, data: Mapping[str, Any]) -> News:
    """An event of the attempt that the lease stands for, to be written."""
    return News(
        kind, lease.shot, lease.number, lease.token, lease.worker, data, lease.recipe.profile
    )


def held(lease: Lease) -> tuple[sa.ColumnElement[bool], ...]:
    """The condition that a take is still this lease's to end."""
    return (
        Take.id == lease.take_id,
        Take.token == lease.token,
        _RUNNING,
    )
