"""Claim, beat, release and take back: how a take comes to a worker and, when lost, back.

Every UPDATE that ends an attempt names its token, so that only the holder of the current lease can.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from farm.events import Event, EventKind
from farm.lifecycle import FailureClass, TakeStatus
from farm.store.moves import ShotName, end_attempt, move_take, names_of, write_event
from farm.store.session import Store
from farm.store.tables import Attempt, Take, utcnow
from pipeline.recipe import Recipe

DUE_AT_ONCE = 500
"""Takes that one claim makes due, so that it stays short after a long outage."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to finish one attempt of one take."""

    take_id: int
    token: int
    """The attempt's number; whoever names another one is late."""
    shot: ShotName
    number: int
    rung: int
    recipe: Recipe
    owner: str
    worker: str

    @property
    def key(self) -> str:
        """The attempt's name among all attempts."""
        return f"{self.take_id}.{self.token}"

    @property
    def title(self) -> str:
        """As the dashboard shows it: `nike_ss27/sh010 take 2`."""
        return f"{self.shot.production}/{self.shot.code} take {self.number}"

    @property
    def clip(self) -> str:
        """Where this attempt's clip goes, relative to the media root; no other attempt's name.

        The run's own mark is in it: a media root may outlive its database, and the numbers begin anew.
        """
        run = self.owner.rpartition(":")[2]
        name = f"{self.shot.code}_t{self.number:02d}_a{self.token}_{run}.mp4"
        return f"clips/{self.shot.production}/{self.shot.code}/{name}"


def claim(
    store: Store, owner: str, profile: str, workers: Sequence[str], lease_seconds: float
) -> tuple[list[Lease], list[Event]]:
    """Leases up to one due take for each of `workers`: highest priority first, then the oldest."""
    if not workers or not _something_due(store, profile):
        return [], []
    with store.write() as connection:
        connection.execute(_MAKE_DUE)
        rows = connection.execute(
            _CLAIM,
            {
                "the_profile": profile,
                "how_many": len(workers),
                "owner": owner,
                "lease_seconds": lease_seconds,
            },
        ).all()
        shots = names_of(connection, {row.shot_id for row in rows})
        in_order = sorted(rows, key=lambda row: (row.rank, row.id))
        leases = [
            Lease(
                row.id,
                row.token,
                shots[row.shot_id],
                row.number,
                row.rung,
                Recipe.from_dict(row.recipe),
                owner,
                worker,
            )
            for row, worker in zip(in_order, workers, strict=False)
        ]
        due = {row.id: row.due_at for row in rows}
        return leases, [_start(connection, lease, due[lease.take_id]) for lease in leases]


def beat(
    store: Store, leases: Mapping[Lease, int], lease_seconds: float
) -> tuple[list[Lease], list[Lease]]:
    """Prolongs leases and notes the step each render is at; which were held and which are lost."""
    kept: list[Lease] = []
    lost: list[Lease] = []
    with store.write() as connection:
        for lease, step in leases.items():
            statement = (
                sa.update(Take)
                .where(*held(lease))
                .values(lease_until=utcnow(sa.literal(lease_seconds, sa.Float)), step=step)
            )
            (kept if connection.execute(statement).rowcount else lost).append(lease)
    return kept, lost


def take_back(store: Store) -> list[Event]:
    """Returns takes whose lease ran out to waiting; a lost machine costs an attempt, never a take."""
    expired = sa.and_(Take.status == sa.literal_column("'running'"), Take.lease_until < utcnow())
    with store.read() as connection:
        if not connection.execute(sa.select(sa.exists().where(expired))).scalar():
            return []
    with store.write() as connection:
        rows = connection.execute(
            sa.select(
                Take.id, Take.shot_id, Take.number, Take.token, Take.lease_owner, Attempt.worker
            )
            .join(Attempt, sa.and_(Attempt.take_id == Take.id, Attempt.token == Take.token))
            .where(expired)
            .with_for_update(of=Take.__table__, skip_locked=True)
        ).all()
        shots = names_of(connection, {row.shot_id for row in rows})
        return [_lost(connection, shots[row.shot_id], row) for row in rows]


def _lost(connection: sa.Connection, shot: ShotName, row: Any) -> Event:
    """Returns one take, whose row is held, from an attempt that no longer answers."""
    reason = f"its lease ran out: {row.lease_owner} no longer answers"
    move_take(connection, row.id, row.token, TakeStatus.WAITING, due=True, due_at=utcnow())
    seconds = end_attempt(connection, row.id, row.token, "taken_back", FailureClass.MACHINE, reason)
    return write_event(
        connection,
        EventKind.LEASE_TAKEN_BACK,
        shot,
        take=row.number,
        attempt=row.token,
        data={
            "worker": row.worker,
            "owner": row.lease_owner,
            "reason": reason,
            "seconds": seconds,
        },
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


def attempt_event(
    connection: sa.Connection, kind: EventKind, lease: Lease, data: Mapping[str, Any]
) -> Event:
    """Writes an event of the attempt that the lease stands for."""
    return write_event(
        connection,
        kind,
        lease.shot,
        take=lease.number,
        attempt=lease.token,
        who=lease.worker,
        data=data,
    )


def _start(connection: sa.Connection, lease: Lease, due_at: dt.datetime) -> Event:
    started_at = connection.execute(
        sa.insert(Attempt)
        .values(take_id=lease.take_id, token=lease.token, owner=lease.owner, worker=lease.worker)
        .returning(Attempt.started_at)
    ).scalar_one()
    wait = max(0.0, (started_at - due_at).total_seconds())
    data = {"worker": lease.worker, "owner": lease.owner, "wait": wait}
    return attempt_event(connection, EventKind.TAKE_STARTED, lease, data)


def held(lease: Lease) -> tuple[sa.ColumnElement[bool], ...]:
    """The condition that a take is still this lease's to end."""
    return (
        Take.id == lease.take_id,
        Take.token == lease.token,
        Take.status == sa.literal_column("'running'"),
    )


# Written as text, as in the indexes' own WHERE: bound or rendered otherwise, the planners would not
# see that the partial indexes serve.
_DUE = sa.text("takes.status = 'waiting' AND takes.due")
_BACKED_OFF = sa.text("takes.status = 'waiting' AND NOT takes.due")


def _something_due(store: Store, profile: str) -> bool:
    """A cheap look before the claim, so that an idle farm takes no write lock."""
    # Ordered, though any row would do: PostgreSQL would read the whole table for an unordered one.
    first = sa.select(Take.id).where(Take.profile == profile, _DUE).order_by(Take.rank, Take.id)
    over = sa.exists(sa.select(Take.id).where(_BACKED_OFF, Take.due_at <= utcnow()))
    ready = first.limit(1).scalar_subquery().is_not(None)
    with store.read() as connection:
        return bool(connection.execute(sa.select(sa.or_(ready, over))).scalar())


def _make_due_statement() -> sa.Update:
    """What has backed off long enough becomes due; rows that another claim is at are left to it."""
    over = (
        sa.select(Take.id)
        .where(_BACKED_OFF, Take.due_at <= utcnow())
        .order_by(Take.due_at)
        .limit(DUE_AT_ONCE)
        .with_for_update(skip_locked=True)
        .cte("over")
    )
    return sa.update(Take).where(Take.id.in_(sa.select(over.c.id))).values(due=True)


def _claim_statement() -> sa.UpdateBase:
    chosen = (
        sa.select(Take.id)
        .where(Take.profile == sa.bindparam("the_profile"), _DUE)
        .order_by(Take.rank, Take.id)
        .limit(sa.bindparam("how_many"))
        .with_for_update(skip_locked=True)
        .cte("chosen")  # as a CTE it is run once; inlined, PostgreSQL may run the LIMIT again
    )
    return (
        sa.update(Take)
        .where(Take.id.in_(sa.select(chosen.c.id)))
        .values(
            status=TakeStatus.RUNNING,
            token=Take.token + 1,
            lease_owner=sa.bindparam("owner"),
            lease_until=utcnow(sa.bindparam("lease_seconds", type_=sa.Float)),
            step=0,
        )
        .returning(
            Take.id,
            Take.shot_id,
            Take.number,
            Take.rung,
            Take.rank,
            Take.token,
            Take.recipe,
            Take.due_at,
        )
    )


_MAKE_DUE = _make_due_statement()
_CLAIM = _claim_statement()
