"""Productions that are put away for now, and brought back.

What of an archived production waits stays and is held: no claim sees it, no run waits for it. Nothing
else of it changes while it is archived.
"""

import sqlalchemy as sa

from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import COVERS, TakeStatus
from farm.errors import Refused
from farm.store.column_types import utcnow
from farm.store.queue.event_log import write_event
from farm.store.session import Store
from farm.store.shots.in_review import refuse_unknown
from farm.store.tables import Production, Shot, Take

MOST_NAMED = 5


def archive(store: Store, production: str, who: str, why: str = "") -> list[Event]:
    """Puts a production away. Raises `UnknownName`, and `Refused` while anything of it renders."""
    with store.write() as connection:
        key, archived = _hold_production(connection, production)
        if archived:
            raise Refused(f"{production} is archived already")
        # Before the look at what renders: a claim that is at a take now ends first, and is seen.
        waiting = connection.execute(
            sa.update(Take)
            .where(Take.production_id == key, Take.status == TakeStatus.WAITING)
            .values(held=True)
        ).rowcount
        _refuse_what_renders(connection, production, key)
        connection.execute(
            sa.update(Production).where(Production.id == key).values(archived_at=utcnow())
        )
        data = {"production": production, "waiting": waiting, "why": why}
        return [write_event(connection, EventKind.PRODUCTION_ARCHIVED, None, who=who, data=data)]


def restore(store: Store, production: str, who: str, why: str = "") -> list[Event]:
    """Lets an archived production go on where it was. Raises `UnknownName` and `Refused`."""
    with store.write() as connection:
        key, archived = _hold_production(connection, production)
        if not archived:
            raise Refused(f"{production} is not archived: there is nothing to undo")
        covered = sa.exists().where(Shot.id == Take.shot_id, Shot.review.in_(COVERS))
        connection.execute(
            sa.update(Take)
            .where(Take.production_id == key, Take.status == TakeStatus.WAITING)
            .values(held=covered)
        )
        connection.execute(
            sa.update(Production).where(Production.id == key).values(archived_at=None)
        )
        data = {"production": production, "why": why}
        return [write_event(connection, EventKind.PRODUCTION_RESTORED, None, who=who, data=data)]


def _hold_production(connection: sa.Connection, name: str) -> tuple[int, bool]:
    """The key of a production and whether it is archived; its row is held, so that nobody who is about
    to change something of it goes on."""
    row = connection.execute(
        sa.select(Production.id, Production.archived_at)
        .where(Production.name == name)
        .with_for_update()
    ).first()
    if row is None:
        refuse_unknown(connection, name, (), set())
    assert row is not None
    return row.id, row.archived_at is not None


def _refuse_what_renders(connection: sa.Connection, production: str, key: int) -> None:
    rendering = connection.execute(
        sa.select(Shot.code)
        .join(Take, Take.shot_id == Shot.id)
        .where(Take.production_id == key, Take.status == TakeStatus.RUNNING)
        .order_by(Shot.id)
    ).scalars().all()  # fmt: skip
    if not rendering:
        return
    named = ", ".join(rendering[:MOST_NAMED])
    more = f" and {len(rendering) - MOST_NAMED} more" if len(rendering) > MOST_NAMED else ""
    raise Refused(
        f"{production} cannot be archived while takes of it render: {named}{more}; let them end, or "
        f"`farm cancel {production} SHOT` first"
    )
