"""What workers make now, and what they will make next."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from farm.store.session import Store
from farm.store.tables import Attempt, Production, Shot, Take
from pipeline.recipe import all_steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """A take that a worker makes, or will."""

    production: str
    shot: str
    take: int
    profile: str
    worker: str
    """Empty where none has it yet."""
    owner: str
    step: int
    steps: int


def making(store: Store) -> list[Making]:
    """The takes that run, with who makes them."""
    statement = (
        _takes_with_names(Take.id, Attempt.worker, Attempt.owner)
        .join(Attempt, sa.and_(Attempt.take_id == Take.id, Attempt.token == Take.token))
        .where(sa.text("takes.status = 'running'"))
    )
    with store.read() as connection:
        # Sorted here: for the order of its keys SQLite would read the whole table.
        rows = sorted(connection.execute(statement), key=lambda row: row.id)
    return [_making(row, row.worker, row.owner) for row in rows]


def up_next(store: Store, count: int = 10) -> list[Making]:
    """The takes that wait, those first that were ordered first among equals. Which production's turn it is
    is found when a worker is free."""
    statement = (
        _takes_with_names()
        .where(sa.text("takes.status = 'waiting' AND takes.due AND NOT takes.held"))
        .order_by(Take.rank, Take.id)
        .limit(count)
    )
    with store.read() as connection:
        return [_making(row, "", "") for row in connection.execute(statement)]


def _takes_with_names(*more: Any) -> Any:
    return (
        sa.select(
            Production.name, Shot.code, Take.number, Take.profile, Take.step, Take.recipe, *more
        )
        .select_from(Take)
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
    )


def _making(row: Any, worker: str, owner: str) -> Making:
    return Making(
        production=row.name,
        shot=row.code,
        take=row.number,
        profile=row.profile,
        worker=worker,
        owner=owner,
        step=row.step,
        steps=all_steps(row.recipe),
    )
