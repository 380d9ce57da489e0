"""The shots of a production with the two takes that say how each stands: its latest, and the one that
stands for it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from farm.store.tables import Production, Shot, Take

LATEST = orm.aliased(Take, name="latest")
STANDING = orm.aliased(Take, name="standing")


def shots_with_takes(production: str, *more: Any) -> Any:
    """Every shot of a production in the order of submission, with what tells its state and its match, and
    `more` columns of it and of its two takes."""
    return (
        sa.select(
            Shot.id, Shot.code, Shot.review, Shot.takes_made, Shot.selected_take, Shot.prompt,
            LATEST.status, LATEST.failure_class,
            sa.func.coalesce(STANDING.match, LATEST.match).label("match"), *more,
        )
        .join(Production, Production.id == Shot.production_id)
        .join(LATEST, sa.and_(LATEST.shot_id == Shot.id, LATEST.number == Shot.takes_made))
        .outerjoin(
            STANDING,
            sa.and_(STANDING.shot_id == Shot.id, STANDING.number == Shot.selected_take),
        )
        .where(Production.name == production)
        .order_by(Shot.id)
    )  # fmt: skip
