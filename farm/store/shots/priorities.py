"""What goes first: the priority of shots in their production, the weight of productions among others."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import ReviewStatus, TakeStatus
from farm.domain.shot import ShotName
from farm.store.queue.event_log import write_event
from farm.store.session import Store
from farm.store.shots.in_review import one_shot, refuse_archived, refuse_unknown
from farm.store.shots.stale import refuse_stale, refuse_stale_priority
from farm.store.tables import Production, Shot, Take


def set_priority(
    store: Store,
    production: str,
    code: str,
    priority: int,
    who: str,
    why: str = "",
    *,
    newest: int | None = None,
    known: ReviewStatus | None = None,
    seen: int | None = None,
) -> list[Event]:
    """Puts a shot earlier (higher) or later in its production's queue. No event where nothing changes.

    Raises `Stale` where the shot is not as the person saw it: its newest take, its review, the priority
    that they saw.
    """
    with store.write() as connection:
        shot = one_shot(connection, production, code)
        refuse_stale(connection, shot, who, newest, known)
        before = connection.execute(
            sa.select(Shot.priority).where(Shot.id == shot.name.id)
        ).scalar_one()
        if before == priority:
            return []
        refuse_stale_priority(connection, shot, who, seen, before)
        data = {"before": before, "after": priority, "why": why}
        return [put(connection, shot.name, data, who)]


def put(connection: sa.Connection, shot: ShotName, data: Mapping[str, Any], who: str) -> Event:
    """Puts a shot, whose row is held, where the `data` of the event that is written say."""
    priority = data["after"]
    connection.execute(sa.update(Shot).where(Shot.id == shot.id).values(priority=priority))
    active = Take.status.in_((TakeStatus.WAITING, TakeStatus.RUNNING))
    connection.execute(
        sa.update(Take).where(Take.shot_id == shot.id, active).values(rank=-priority)
    )
    return write_event(connection, EventKind.PRIORITY_SET, shot, who=who, data=data)


def set_weight(
    store: Store, production: str, weight: float, who: str, why: str = ""
) -> list[Event]:
    """Sets a production's share of the workers, against the others' weights. Raises `UnknownName`."""
    with store.write() as connection:
        refuse_archived(connection, production)
        before = connection.execute(
            sa.select(Production.weight)
            .where(Production.name == production)
            .with_for_update(key_share=True)
        ).scalar()
        if before is None:
            refuse_unknown(connection, production, (), set())
        connection.execute(
            sa.update(Production).where(Production.name == production).values(weight=weight)
        )
        if before == weight:
            return []
        data = {"production": production, "before": before, "after": weight, "why": why}
        return [write_event(connection, EventKind.WEIGHT_SET, None, who=who, data=data)]
