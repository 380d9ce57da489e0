"""What was seen of takes before they were done: for a calibration, and for a production's report."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from farm.domain.early_end import Done, EarlyTally, tallied
from farm.store.session import Store
from farm.store.tables import Production, Shot, Take
from pipeline.early_look import EarlyLook

_LOOKED_AT = sa.text("takes.early IS NOT NULL")
"""The WHERE as in its index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """A take that somebody looked at before it was done."""

    production: str
    shot: str
    number: int
    revision: str
    """Of its profile."""
    done: Done


def looked_at(store: Store, profile: str, productions: Collection[str] = ()) -> list[LookedAt]:
    """The takes of a profile that ended, of these productions or of all, in their order."""
    statement = (
        _select(Production.name, Shot.code, Take.number, Take.recipe)
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Take.production_id)
        .where(Take.profile == profile)
        .order_by(Take.id)
    )
    if productions:
        statement = statement.where(Production.name.in_(productions))
    with store.read() as connection:
        rows = connection.execute(statement).all()
    return [
        LookedAt(
            production=row.name,
            shot=row.code,
            number=row.number,
            revision=row.recipe["revision"],
            done=_done(row),
        )
        for row in rows
    ]


def tally(connection: sa.Connection, production: int) -> EarlyTally:
    """What looks came to in a production, and what they spared."""
    rows = connection.execute(_select().where(Take.production_id == production)).all()
    return tallied([_done(row) for row in rows])


def _select(*columns: Any) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(*columns, Take.early, Take.verdict, Take.result).where(
        _LOOKED_AT, Take.ended_at.is_not(None)
    )


def _done(row: Any) -> Done:
    seconds: Iterable[tuple[str, float]] = (row.result or {}).get("seconds", {}).items()
    return Done(look=EarlyLook.from_dict(row.early), verdict=row.verdict, seconds=dict(seconds))
