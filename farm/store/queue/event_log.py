"""The log: each event is written in the transaction that makes it true. Callers hold the transaction."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from farm.domain.events import Event, EventKind
from farm.domain.shot import ShotName
from farm.store.tables import LoggedEvent, Production, Shot


@dataclass(frozen=True, slots=True)
class News:
    """An event that is about to be written."""

    kind: EventKind
    shot: ShotName | None
    take: int | None = None
    attempt: int | None = None
    who: str = "farm"
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    profile: str = ""
    """Of the take, for listeners; the log has it from the take."""


_LOG = sa.insert(LoggedEvent).inline()
_LOG_NOW = sa.insert(LoggedEvent).returning(LoggedEvent.at)
_NAMES = (
    sa.select(Shot.id, Production.name, Shot.code)
    .join(Production, Production.id == Shot.production_id)
    .where(Shot.id.in_(sa.bindparam("shots", expanding=True)))
)


def write_event(
    connection: sa.Connection,
    kind: EventKind,
    shot: ShotName | None,
    *,
    take: int | None = None,
    attempt: int | None = None,
    who: str = "farm",
    data: Mapping[str, Any],
    profile: str = "",
) -> Event:
    """Writes one event and returns it as listeners will see it."""
    return write_events(connection, [News(kind, shot, take, attempt, who, data, profile)])[0]


def write_events(
    connection: sa.Connection, news: Sequence[News], at: dt.datetime | None = None
) -> list[Event]:
    """Writes events in their order, all at one time; as listeners will see them.

    `at` is what the database's clock said in this transaction, where the caller knows.
    """
    if not news:
        return []
    rows = [_log_values(each) for each in news]
    if at is None:
        at = connection.execute(_LOG_NOW, rows).scalars().all()[0]
    else:
        connection.execute(_LOG, [{**row, "at": at} for row in rows])
    return [
        Event(
            kind=each.kind,
            at=at,
            production=each.shot.production if each.shot else "",
            shot=each.shot.code if each.shot else "",
            shot_key=each.shot.id if each.shot else None,
            profile=each.profile,
            take=each.take,
            attempt=each.attempt,
            who=each.who,
            data=each.data,
        )
        for each in news
    ]


def _log_values(news: News) -> dict[str, Any]:
    return {
        "kind": news.kind,
        "shot_id": news.shot.id if news.shot else None,
        "take": news.take,
        "attempt": news.attempt,
        "who": news.who,
        "data": dict(news.data),
    }


def names_of(connection: sa.Connection, shot_ids: Iterable[int]) -> dict[int, ShotName]:
    """The names of shots by key."""
    rows = connection.execute(_NAMES, {"shots": list(shot_ids)})
    return {row.id: ShotName(row.id, row.name, row.code) for row in rows}
