"""The log as it is read: events in their order, with the names of what they are about."""

from collections.abc import Iterator

import sqlalchemy as sa

from farm.domain.events import Event, EventKind
from farm.store.session import Store
from farm.store.tables import LoggedEvent, Production, Shot, Take


def events(store: Store, after: int = 0) -> Iterator[tuple[int, Event]]:
    """Every event whose key is above `after`, oldest first, with its key, streamed."""
    with store.read() as connection:
        yield from _keyed_events(connection, LoggedEvent.id > after)


def read_events(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Iterator[Event]:
    """The events that `where` picks, oldest first."""
    return (event for _, event in _keyed_events(connection, where))


def _keyed_events(
    connection: sa.Connection, where: sa.ColumnElement[bool]
) -> Iterator[tuple[int, Event]]:
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
                profile=row.profile or "",
                take=row.take,
                attempt=row.attempt,
                who=row.who,
                data=row.data,
            ),
        )
