"""What people said of shots, as it is read: oldest first."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from farm.domain.comment import Comment, Mark
from farm.store.queries.names import unknown
from farm.store.session import Store
from farm.store.tables import Production, Shot, WrittenComment


def comments(store: Store, production: str, code: str) -> tuple[Comment, ...]:
    """All that was said of a shot and its takes. Raises `UnknownName`."""
    with store.read() as connection:
        shot = connection.execute(
            sa.select(Shot.id)
            .join(Production, Production.id == Shot.production_id)
            .where(Production.name == production, Shot.code == code)
        ).scalar()
        if shot is None:
            raise unknown(connection, production, code)
        return tuple(read_comments(connection, WrittenComment.shot_id == shot))


def read_comments(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> Iterator[Comment]:
    """The comments that `where` picks, oldest first."""
    rows = connection.execute(
        sa.select(WrittenComment, Production.name, Shot.code)
        .join(Shot, Shot.id == WrittenComment.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .where(*where)
        .order_by(WrittenComment.id)
    )
    for row in rows:
        yield Comment(
            id=row.id,
            production=row.name,
            shot=row.code,
            take=row.take,
            frame=row.frame,
            text=row.text,
            mark=_mark(row.mark),
            who=row.who,
            at=row.at,
            resolved_at=row.resolved_at,
            resolved_by=row.resolved_by,
        )


def _mark(stored: list[Any] | None) -> Mark | None:
    if stored is None:
        return None
    return tuple(tuple((across, down) for across, down in stroke) for stroke in stored)
