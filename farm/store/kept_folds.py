"""The log of events as the metrics count it: what is new in it, and what it came to so far, kept.

What is kept lies in the database, so that every process finds it and a backup holds it beside the
events that it was made of. It names the newest of those, so that another log is told apart.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.dialects import postgresql, sqlite

from farm.errors import StoreError
from farm.store.session import PATIENCE, Store
from farm.store.tables import KeptFold, LoggedEvent, Production, Shot, Take

GAPS_AT_ONCE = 100
"""Gaps that one statement looks into."""
SHORT_PATIENCE = 0.5
"""Seconds to wait for SQLite's write lock: what is not kept now is kept another time."""


class Told(NamedTuple):
    """One event, as far as it is counted."""

    key: int
    kind: str
    production: str
    profile: str
    """Of the take, where it is a take's."""
    data: Mapping[str, Any] | None
    """None for kinds that were not asked for."""
    at: dt.datetime
    shot_key: int | None
    take: int | None
    attempt: int | None


class Complete(NamedTuple):
    """How far the log is complete, as `farm.listeners.metrics.Horizon` has it, with a look at one event."""

    newest: int
    begun: int
    ended: int
    at: dt.datetime | None
    """When the event happened that was asked about; None where there is none with that key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the events came to, up to some of them."""

    newest: int
    newest_at: dt.datetime
    keys: Mapping[str, Any]
    counts: Mapping[str, Any]


def complete(store: Store, about: int) -> Complete:
    """How far the log is complete now, and when the event with the key `about` happened."""
    newest = sa.select(sa.func.coalesce(sa.func.max(LoggedEvent.id), 0)).scalar_subquery()
    at = sa.select(LoggedEvent.at).where(LoggedEvent.id == about).scalar_subquery()
    begun, ended = sa.literal(0), sa.literal(0)
    if store.dialect == "postgresql":
        begun, ended = (
            sa.literal_column(f"pg_snapshot_{end}(pg_current_snapshot())::text::bigint")
            for end in ("xmax", "xmin")
        )
    columns = (newest, begun, ended, sa.type_coerce(at, LoggedEvent.at.type))
    with store.read() as connection:
        return Complete(*connection.execute(sa.select(*columns)).one())


def events_between(
    store: Store, gaps: Sequence[tuple[int, int]], above: int, kinds: Collection[str]
) -> Iterator[Told]:
    """The events with keys inside of `gaps`, ends excluded, then those with keys above `above`; in the
    order of their keys, streamed. Data of `kinds` alone are read."""
    between = [sa.and_(LoggedEvent.id > first, LoggedEvent.id < last) for first, last in gaps]
    wheres = [
        sa.or_(*between[first : first + GAPS_AT_ONCE])
        for first in range(0, len(between), GAPS_AT_ONCE)
    ]
    with store.read() as connection:
        for where in (*wheres, LoggedEvent.id > above):
            rows = connection.execute(_told(kinds).where(where).order_by(LoggedEvent.id))
            yield from map(Told._make, rows)


def _told(kinds: Collection[str]) -> sa.Select[*tuple[Any, ...]]:
    wanted = LoggedEvent.kind.in_(sorted(kinds))
    return (
        sa.select(
            LoggedEvent.id,
            LoggedEvent.kind,
            sa.func.coalesce(Production.name, ""),
            sa.func.coalesce(Take.profile, ""),
            sa.case((wanted, LoggedEvent.data), else_=sa.null()),
            LoggedEvent.at,
            LoggedEvent.shot_id,
            LoggedEvent.take,
            LoggedEvent.attempt,
        )
        .outerjoin(Shot, Shot.id == LoggedEvent.shot_id)
        .outerjoin(Production, Production.id == Shot.production_id)
        .outerjoin(
            Take, sa.and_(Take.shot_id == LoggedEvent.shot_id, Take.number == LoggedEvent.take)
        )
        .execution_options(yield_per=2000)
    )


def kept(store: Store, version: str) -> Kept | None:
    """What a farm of this version kept last; None where it kept nothing."""
    statement = sa.select(
        KeptFold.newest, KeptFold.newest_at, KeptFold.keys, KeptFold.counts
    ).where(KeptFold.version == version)
    with store.read() as connection:
        row = connection.execute(statement).first()
    return Kept(**row._mapping) if row else None


def keep(store: Store, version: str, fold: Kept) -> None:
    """Keeps what was counted, instead of what this version kept before.

    Raises `StoreError` where the database takes too long for something so small, or takes no writes.
    """
    insert = postgresql.insert if store.dialect == "postgresql" else sqlite.insert
    values = {
        "newest": fold.newest,
        "newest_at": fold.newest_at,
        "keys": dict(fold.keys),
        "counts": dict(fold.counts),
    }
    statement = (
        insert(KeptFold)
        .values(version=version, **values)
        .on_conflict_do_update(index_elements=["version"], set_=values)
    )
    try:
        with _writing_soon(store) as connection:
            connection.execute(statement)
    except exc.DBAPIError as error:
        raise StoreError(str(error.orig).strip().splitlines()[0]) from error


@contextmanager
def _writing_soon(store: Store) -> Iterator[sa.Connection]:
    """A transaction that would rather fail than wait for others."""
    opened = store.engine.connect().execution_options(sqlite_begin="DEFERRED")
    with opened as connection:
        try:
            with connection.begin():
                _wait_for(connection, SHORT_PATIENCE)
                yield connection
        finally:
            if store.dialect == "sqlite" and not connection.invalidated:
                _wait_for(connection, PATIENCE)


def _wait_for(connection: sa.Connection, seconds: float) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA busy_timeout={seconds * 1000:.0f}")
    else:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{seconds * 1000:.0f}ms'")
