"""The log as it is read: events in their order, with the names of what they are about."""

from collections.abc import Collection, Iterator

import sqlalchemy as sa

from farm.domain.events import Event, EventKind
from farm.store.session import Store
from farm.store.tables import LoggedEvent, Production, Shot, Take

RECENT = 1000
"""Events that are looked at for what is new; of more than that everything counts as new."""


def events(store: Store, after: int = 0) -> Iterator[tuple[int, Event]]:
    """Every event whose key is above `after`, oldest first, with its key, streamed."""
    with store.read() as connection:
        yield from keyed_events(connection, LoggedEvent.id > after)


def read_events(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Iterator[Event]:
    """The events that `where` picks, oldest first."""
    return (event for _, event in keyed_events(connection, where))


def keyed_events(
    connection: sa.Connection, where: sa.ColumnElement[bool]
) -> Iterator[tuple[int, Event]]:
    """As `read_events`, each with its key."""
    statement = (
        sa.select(LoggedEvent, Shot.code, Production.name, Take.profile)
        .outerjoin(Shot, Shot.id == LoggedEvent.shot_id)
        .outerjoin(Production, Production.id == Shot.production_id)
        .outerjoin(
            Take, sa.and_(Take.shot_id == LoggedEvent.shot_id, Take.number == LoggedEvent.take)
        )
        .where(where)
        .order_by(LoggedEvent.id)
        .execution_options(yield_per=1000)
    )
    for row in connection.execute(statement):
        yield (
            row.id,
            Event(
                kind=EventKind(row.kind),
                at=row.at,
                production=row.name or "",
                shot=row.code or "",
                shot_key=row.shot_id,
                profile=row.profile or "",
                take=row.take,
                attempt=row.attempt,
                who=row.who,
                data=row.data,
            ),
        )


def recent_events(store: Store) -> frozenset[int]:
    """The keys of the newest events, `RECENT` at most.

    All of them, since on PostgreSQL a transaction that took its keys early may commit after others: one
    that is newer than the newest is not all that is new.
    """
    statement = sa.select(LoggedEvent.id).order_by(LoggedEvent.id.desc()).limit(RECENT)
    with store.read() as connection:
        return frozenset(connection.execute(statement).scalars())


def shots_of(store: Store, events: Collection[int]) -> set[int]:
    """The keys of the shots that events are about."""
    statement = sa.select(LoggedEvent.shot_id).where(LoggedEvent.id.in_(events)).distinct()
    with store.read() as connection:
        return {key for key in connection.execute(statement).scalars() if key is not None}


def places_of(store: Store, events: Collection[int]) -> list[tuple[str, str]]:
    """The shots that events are about: production and code.

    What is no shot's, a worker's or a machine's, counts as a place without names.
    """
    statement = (
        sa.select(Production.name, Shot.code)
        .select_from(LoggedEvent)
        .outerjoin(Shot, Shot.id == LoggedEvent.shot_id)
        .outerjoin(Production, Production.id == Shot.production_id)
        .where(LoggedEvent.id.in_(events))
        .order_by(LoggedEvent.id)
    )
    with store.read() as connection:
        rows = connection.execute(statement).all()
    return list(dict.fromkeys((row.name or "", row.code or "") for row in rows))


def told_in_full(news: frozenset[int], recent: frozenset[int]) -> bool:
    """Whether `news` of the `recent_events` are all that happened, so that no shot of the others is missed.

    PostgreSQL gives keys before it commits: those of a large intake may lie below the recent ones, which
    then hold its last ones alone, and among them others. So no news may be among the older half.
    """
    if not news or len(recent) < RECENT:
        return True
    return min(news) >= sorted(recent)[len(recent) // 2]
