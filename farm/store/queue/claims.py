"""The claim: due takes come to free workers, shared between productions, away from where they failed."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from farm.domain.events import Event, EventKind
from farm.domain.fair_share import Claimant, FairShare
from farm.domain.lease import Lease
from farm.domain.lifecycle import FailureClass, TakeStatus
from farm.domain.placement import Guest, Seat, seat
from farm.domain.retry import LONGEST_BACKOFF
from farm.domain.shot import ShotName
from farm.store.queue.event_log import write_events
from farm.store.queue.leases import attempt_news
from farm.store.queue.transitions import AnyRow
from farm.store.session import Store, in_one_message
from farm.store.tables import Attempt, Production, Shot, Take, utcnow
from pipeline.recipe import Recipe

DUE_AT_ONCE = 500
"""Takes that one claim makes due, so that it stays short after a long outage."""
LOOKS = 3
"""Looks down the queue without finding anything for the free workers, after which a claim ends."""


def claim(
    store: Store,
    owner: str,
    profile: str,
    free: Sequence[Seat],
    lease_seconds: float,
    *,
    everyone: Collection[Seat] = (),
    share: FairShare | None = None,
    among: Collection[int] | None = None,
) -> tuple[list[Lease], list[Event]]:
    """Leases up to one due take for each of `free`; in a production the most urgent, then the oldest.

    `everyone` are the run's workers, busy ones too: takes that failed somewhere wait for another of
    them. `share` remembers how the productions were served before, and which had more to claim: where
    it knows of none, a look comes first, so that an idle farm takes no write lock. `among` are the keys
    of the productions that are served; None serves all.
    """
    share = share or FairShare()
    queue = _Queue(profile, among)
    if not free or not (share.anybody_wants or _something_waits(store, queue)):
        return [], []
    with store.write() as connection:
        room = _Room(connection, queue, free, everyone or free)
        room.fill(share)
        return _lease(connection, owner, room.seated, lease_seconds) if room.seated else ([], [])


@dataclass(frozen=True, slots=True)
class _Queue:
    """What a claim may take from: a profile's takes, of some productions or of all."""

    profile: str
    among: Collection[int] | None

    def claimants(self, connection: sa.Connection) -> Sequence[AnyRow]:
        """As `_waiting_statement` says; of all productions, or of those among which it chooses."""
        if self.among is None:
            return connection.execute(_WAITING, {"profile": self.profile}).all()
        values = {"profile": self.profile, "among": sorted(self.among)}
        return connection.execute(_WAITING_AMONG, values).all()

    def anything(self, connection: sa.Connection) -> bool:
        if self.among is not None:
            return bool(self.claimants(connection))
        return connection.execute(_ANYTHING, {"profile": self.profile}).first() is not None


class _Room:
    """The free workers of one claim, and the takes that get a place there."""

    def __init__(
        self,
        connection: sa.Connection,
        queue: _Queue,
        free: Sequence[Seat],
        everyone: Collection[Seat],
    ) -> None:
        self.seated: list[tuple[AnyRow, Seat]] = []
        """Takes, their rows locked until the transaction ends, with the seats that they get."""
        self._connection = connection
        self._queue = queue
        self._left = list(free)
        self._everyone = everyone
        self._seen: set[int] = set()

    def fill(self, share: FairShare) -> None:
        """From the productions that are known to have more; where they do not fill it, from all."""
        self._fill(share)
        if self._left:
            share.learn(_claimants(self._connection, self._queue))
            self._fill(share)

    def _fill(self, share: FairShare) -> None:
        in_vain = 0
        while self._left and share.anybody_wants and in_vain < LOOKS:
            before = len(self._left)
            for production, turns in share.deal(len(self._left)).items():
                found, all_seen = self._look(production, turns)
                share.give_back(production, turns - found)
                if all_seen:
                    share.has_no_more(production)
            in_vain = 0 if len(self._left) < before else in_vain + 1

    def _look(self, production: int, turns: int) -> tuple[int, bool]:
        """Seats the next takes of a production; how many, and whether it has no more."""
        rows = {row.id: row for row in self._next(production, turns)}
        self._seen |= rows.keys()
        failed_on = _failed_on(self._connection, [row.id for row in rows.values() if row.token])
        guests = [Guest(take, failed_on.get(take, frozenset())) for take in rows]
        found = dict(seat(guests, self._left, self._everyone))
        for take, place in found.items():
            self._left.remove(place)
            self.seated.append((rows[take], place))
        return len(found), len(rows) < turns

    def _next(self, production: int, count: int) -> Sequence[AnyRow]:
        statement = _NEXT.where(Take.id.not_in(self._seen)) if self._seen else _NEXT
        where = {"profile": self._queue.profile, "production": production, "count": count}
        return self._connection.execute(statement, where).all()


def _claimants(connection: sa.Connection, queue: _Queue) -> dict[int, Claimant]:
    """The productions that have something to claim, by key; what backed off long enough is due then."""
    rows = queue.claimants(connection)
    if any(row.id is None for row in rows):
        connection.execute(_MAKE_DUE)
        rows = queue.claimants(connection)
    return {row.id: Claimant(row.weight, row.rank) for row in rows if row.id is not None}


def _failed_on(connection: sa.Connection, takes: Sequence[int]) -> dict[int, frozenset[Seat]]:
    """Where attempts of these takes failed of the machine or found no room."""
    if not takes:
        return {}
    rows = connection.execute(
        sa.select(Attempt.take_id, Attempt.worker, Attempt.node).where(
            Attempt.take_id.in_(takes),
            Attempt.outcome == "returned",
            Attempt.failure_class.in_((FailureClass.MACHINE, FailureClass.CAPACITY)),
        )
    ).all()
    found: dict[int, set[Seat]] = {}
    for row in rows:
        found.setdefault(row.take_id, set()).add(Seat(row.worker, row.node))
    return {take: frozenset(seats) for take, seats in found.items()}


def _lease(
    connection: sa.Connection,
    owner: str,
    seated: Sequence[tuple[AnyRow, Seat]],
    lease_seconds: float,
) -> tuple[list[Lease], list[Event]]:
    """Turns locked takes into leases, in the order in which they were seated."""
    at = max(row.at for row, _ in seated)
    leases = [_leased(row, owner, place, at) for row, place in seated]
    news = [
        attempt_news(EventKind.TAKE_STARTED, lease, _facts(lease, at - row.due_at))
        for lease, (row, _) in zip(leases, seated, strict=True)
    ]
    values = {"takes": [each.take_id for each in leases], "owner": owner, "seconds": lease_seconds}
    with in_one_message(connection):
        connection.execute(_LEASE, values)
        connection.execute(_ATTEMPT, [_attempt_values(each) for each in leases])
        return leases, write_events(connection, news, at)


def _leased(row: AnyRow, owner: str, place: Seat, at: dt.datetime) -> Lease:
    return Lease(
        take_id=row.id,
        token=row.token + 1,  # as the UPDATE will have it: the row is locked
        shot=ShotName(row.shot_id, row.production, row.code),
        number=row.number,
        rung=row.rung,
        recipe=Recipe.from_dict(row.recipe),
        owner=owner,
        worker=place.worker,
        started_at=at,
        node=place.node,
        by_hand=row.by_hand,
        no_decline=row.no_decline,
    )


def _attempt_values(lease: Lease) -> dict[str, object]:
    return {
        "take_id": lease.take_id,
        "token": lease.token,
        "owner": lease.owner,
        "worker": lease.worker,
        "node": lease.node,
        "started_at": lease.started_at,
    }


def _facts(lease: Lease, waited: dt.timedelta) -> dict[str, object]:
    """What people are told of a take that starts."""
    wait = max(0.0, waited.total_seconds())
    data: dict[str, object] = {"worker": lease.worker, "owner": lease.owner, "wait": wait}
    return data | {"node": lease.node} if lease.node else data


# Written as text, as in the indexes' own WHERE: bound or rendered otherwise, the planners would not
# see that the partial indexes serve.
_CLAIMABLE = "takes.status = 'waiting' AND takes.due AND NOT takes.held"
_DUE = sa.text(_CLAIMABLE)
_BACKED_OFF = sa.text("takes.status = 'waiting' AND NOT takes.due")
# From production to production through the index: the number of takes that wait does not matter.
_CLAIMANTS = f"""
    WITH RECURSIVE found(id) AS (
        SELECT min(production_id) FROM takes WHERE profile = :profile AND {_CLAIMABLE}
        UNION ALL
        SELECT (
            SELECT min(production_id) FROM takes
            WHERE profile = :profile AND {_CLAIMABLE} AND production_id > found.id
        )
        FROM found WHERE found.id IS NOT NULL
    )
    SELECT productions.id, productions.weight, (
        SELECT rank FROM takes
        WHERE profile = :profile AND production_id = productions.id AND {_CLAIMABLE}
        ORDER BY rank, id LIMIT 1
    ) AS rank
    FROM found JOIN productions ON productions.id = found.id
    """  # noqa: S608 - made of constants

# A few productions by name: each by a search of its own in the claim's index.
_CLAIMANTS_AMONG = f"""
    SELECT those.id, those.weight, those.rank FROM (
        SELECT productions.id, productions.weight, (
            SELECT rank FROM takes
            WHERE profile = :profile AND production_id = productions.id AND {_CLAIMABLE}
            ORDER BY rank, id LIMIT 1
        ) AS rank
        FROM productions WHERE productions.id IN :among
    ) AS those
    WHERE those.rank IS NOT NULL
    """  # noqa: S608 - made of constants


def _waiting_statement(
    claimants_text: sa.TextClause,
) -> sa.CompoundSelect[int | None, float, int]:
    """The productions that have something to claim; a row without a key where something, of whatever
    production, has backed off long enough."""
    columns = (
        sa.column("id", sa.Integer),
        sa.column("weight", sa.Float),
        sa.column("rank", sa.Integer),
    )
    claimants = claimants_text.columns(*columns).cte("claimants")
    over = sa.exists(sa.select(Take.id).where(_BACKED_OFF, Take.due_at <= utcnow()))
    return sa.union_all(
        sa.select(claimants),
        sa.select(sa.null(), sa.literal(0.0, sa.Float), sa.literal(0, sa.Integer)).where(over),
    )


_WAITING = _waiting_statement(sa.text(_CLAIMANTS))
_WAITING_AMONG = _waiting_statement(
    sa.text(_CLAIMANTS_AMONG).bindparams(sa.bindparam("among", expanding=True))
)
_ANYTHING = _WAITING.limit(1)  # the first row is found at once, however many productions there are

_NEXT = (
    sa.select(
        Take.id,
        Take.shot_id,
        Take.number,
        Take.rung,
        Take.by_hand,
        Take.token,
        Take.recipe,
        Take.due_at,
        sa.select(Shot.code).where(Shot.id == Take.shot_id).scalar_subquery().label("code"),
        sa.select(Shot.no_decline)
        .where(Shot.id == Take.shot_id)
        .scalar_subquery()
        .label("no_decline"),
        sa.select(Production.name)
        .where(Production.id == Take.production_id)
        .scalar_subquery()
        .label("production"),
        utcnow().label("at"),
    )
    .where(
        Take.profile == sa.bindparam("profile"),
        Take.production_id == sa.bindparam("production"),
        _DUE,
    )
    .order_by(Take.rank, Take.id)
    .limit(sa.bindparam("count", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    sa.update(Take)
    .where(Take.id.in_(sa.bindparam("takes", expanding=True)))
    .values(
        status=TakeStatus.RUNNING,
        token=Take.token + 1,
        lease_owner=sa.bindparam("owner"),
        lease_until=utcnow(sa.bindparam("seconds", type_=sa.Float)),
        step=0,
    )
)
_ATTEMPT = sa.insert(Attempt).inline()


def _something_waits(store: Store, queue: _Queue) -> bool:
    with store.read() as connection:
        return queue.anything(connection)


def shorten_back_offs(store: Store) -> int:
    """Ends the back-offs that no clock but a wrong one can have given; how many there were."""
    too_long = sa.and_(_BACKED_OFF, Take.due_at > utcnow(sa.literal(2 * LONGEST_BACKOFF, sa.Float)))
    with store.read() as connection:
        if not connection.execute(sa.select(sa.exists().where(too_long))).scalar():
            return 0
    with store.write() as connection:
        return connection.execute(sa.update(Take).where(too_long).values(due_at=utcnow())).rowcount


def _make_due_statement() -> sa.Update:
    """What has backed off long enough becomes due; rows that another claim is at are left to it."""
    over = (
        sa.select(Take.id)
        .where(_BACKED_OFF, Take.due_at <= utcnow())
        .order_by(Take.due_at)
        .limit(DUE_AT_ONCE)
        .with_for_update(skip_locked=True)
        .cte("over")  # as a CTE it is run once; inlined, PostgreSQL may run the LIMIT again
    )
    return sa.update(Take).where(Take.id.in_(sa.select(over.c.id))).values(due=True)


_MAKE_DUE = _make_due_statement()
