"""What the gauges of the metrics show, in one reading."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from farm.domain.fleet_size import Headcount
from farm.store.column_types import utcnow
from farm.store.queries.headcount import headcount_in
from farm.store.queries.overview import productions_in
from farm.store.session import Store
from farm.store.tables import DrainedNode, Production, SeenWorker, Take

Pair = tuple[str, str]
"""Production and profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """The state of things at one moment."""

    shots: Mapping[tuple[str, str], int]
    """By production and state; every state of a production is a key."""
    drafts: Mapping[str, int]
    """Accepted and approved shots whose take is a draft, by production; every production is a key."""
    waiting: Mapping[Pair, int]
    """Those that back off count too, those on hold do not."""
    held: Mapping[Pair, int]
    running: Mapping[Pair, int]
    """Under a lease that lives: what a dead run left behind does not run."""
    waits: Mapping[str, float]
    """Seconds since the longest waiting take became due, by profile."""
    workers: Mapping[str, int]
    """Of runs that live: `live`, or `drained` with their machine, or `sick`."""
    holding: Mapping[str, int]
    """Of those that are not sick, by the profile whose model they hold; where that is known."""
    headcount: Headcount
    """How many of them are wanted, wait for a place and were let go."""


# As in the indexes' own WHERE, so that the planners count from those.
_CLAIMABLE = sa.text("takes.status = 'waiting' AND takes.due AND NOT takes.held")
_NOT_DUE = sa.text("takes.status = 'waiting' AND NOT takes.due")
_HELD = sa.text("takes.status = 'waiting' AND takes.held")
_RUNNING = sa.text("takes.status = 'running'")

_NAMES = sa.select(Production.id, Production.name)
_PAIR = (Take.profile, Take.production_id)
_OLDEST = (
    sa.select(
        *_PAIR,
        sa.func.count().label("takes"),
        sa.func.min(Take.due_at, type_=Take.due_at.type).label("oldest"),
    )
    .where(_CLAIMABLE)
    .group_by(*_PAIR)
)


def look(store: Store) -> Gauges:
    """Reads all of it in one transaction, on PostgreSQL of one moment as SQLite does anyway."""
    with store.read() as connection:
        if store.dialect == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        names = {row.id: row.name for row in connection.execute(_NAMES)}
        now = connection.execute(sa.select(sa.type_coerce(utcnow(), Take.due_at.type))).scalar_one()
        waiting = _count(connection, names, sa.and_(_NOT_DUE, ~Take.held))
        waits: dict[str, float] = {}
        for row in connection.execute(_OLDEST):
            waiting[names[row.production_id], row.profile] += row.takes
            wait = max(0.0, (now - row.oldest).total_seconds())
            waits[row.profile] = max(waits.get(row.profile, 0.0), wait)
        standing = productions_in(connection)
        return Gauges(
            shots={
                (production.name, state): count
                for production in standing
                for state, count in production.states.items()
            },
            drafts={production.name: production.drafts for production in standing},
            waiting=waiting,
            held=_count(connection, names, _HELD),
            running=_count(connection, names, sa.and_(_RUNNING, Take.lease_until >= utcnow())),
            waits=waits,
            workers=_workers(connection),
            holding=_holding(connection),
            headcount=headcount_in(connection),
        )


def _count(
    connection: sa.Connection,
    names: Mapping[int, str],
    where: sa.ColumnElement[bool] | sa.TextClause,
) -> Counter[Pair]:
    statement = sa.select(*_PAIR, sa.func.count().label("takes")).where(where).group_by(*_PAIR)
    counts = Counter[Pair]()
    for row in connection.execute(statement):
        counts[names[row.production_id], row.profile] = row.takes
    return counts


def _workers(connection: sa.Connection) -> Mapping[str, int]:
    drained = set(connection.execute(sa.select(DrainedNode.node)).scalars())
    rows = connection.execute(
        sa.select(SeenWorker.node, SeenWorker.sick).where(SeenWorker.until > utcnow())
    )
    return Counter(
        "sick" if row.sick else "drained" if row.node in drained else "live" for row in rows
    )


def _holding(connection: sa.Connection) -> Mapping[str, int]:
    held = sa.and_(SeenWorker.until > utcnow(), sa.not_(SeenWorker.sick), SeenWorker.profile != "")
    count = (
        sa.select(SeenWorker.profile, sa.func.count().label("workers"))
        .where(held)
        .group_by(SeenWorker.profile)
    )
    return {row.profile: row.workers for row in connection.execute(count)}
