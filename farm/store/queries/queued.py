"""What waits and what runs, over all productions or some."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from farm.store.column_types import utcnow
from farm.store.session import Store
from farm.store.tables import Production, Take
from pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits and what runs, over all productions."""

    waiting: Mapping[str, int]
    """Takes waiting, by profile; those that back off count too, those on hold do not."""
    held: int
    """Takes that wait and are on hold."""
    archived: int = 0
    """Takes that wait in archived productions."""
    running: int
    oldest_wait: float
    """Seconds since the longest waiting take became due; 0 where none waits."""


# As in the indexes' own WHERE, so that the planners count from those.
_CLAIMABLE = sa.text("takes.status = 'waiting' AND takes.due AND NOT takes.held")


_NOT_DUE = sa.text("takes.status = 'waiting' AND NOT takes.due")


_HELD = sa.text("takes.status = 'waiting' AND takes.held")


_RUNNING = sa.text("takes.status = 'running'")


_HELD_IN_ARCHIVES = sa.select(sa.func.count(Take.profile)).where(
    _HELD,
    Take.production_id.in_(sa.select(Production.id).where(Production.archived_at.is_not(None))),
)


def queue(store: Store, among: Collection[int] | None = None) -> Queue:
    """What waits and runs now; of the productions with these keys alone, where they are given."""
    chosen = sa.true() if among is None else Take.production_id.in_(among)
    with store.read() as connection:
        waiting = Counter[str]()
        for kind in (_CLAIMABLE, sa.and_(_NOT_DUE, ~Take.held)):
            by_profile = sa.select(Take.profile, sa.func.count()).where(kind, chosen)
            for profile, count in connection.execute(by_profile.group_by(Take.profile)):
                waiting[profile] += count
        # Of the column that its index holds: SQLite would count from a longer one otherwise.
        held, running = (
            connection.execute(sa.select(sa.func.count(column)).where(kind, chosen)).scalar_one()
            for column, kind in ((Take.profile, _HELD), (Take.lease_until, _RUNNING))
        )
        in_archives = connection.execute(_HELD_IN_ARCHIVES.where(chosen)).scalar_one()
        oldest, now = connection.execute(
            sa.select(
                sa.func.min(Take.due_at, type_=Take.due_at.type),
                sa.type_coerce(utcnow(), Take.due_at.type),
            ).where(_CLAIMABLE, chosen)
        ).one()
    wait = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    return Queue(
        waiting=dict(waiting),
        held=held - in_archives,
        running=running,
        oldest_wait=wait,
        archived=in_archives,
    )


def unfinished(store: Store, profile: str, among: Collection[int] | None = None) -> bool:
    """Whether takes of a profile wait, back off or run, whoever runs them; none that is on hold.

    `among` are the keys of the productions that count; None counts all.
    """
    with store.read() as connection:
        for production in [None] if among is None else sorted(among):
            statement, values = _UNFINISHED, {"profile": profile}
            if production is not None:
                statement, values = _UNFINISHED_OF_ONE, {**values, "production": production}
            if connection.execute(statement, values).scalar():
                return True
    return False


def texts(
    store: Store, profile: str, most: int, among: Collection[int] | None = None
) -> tuple[str, ...]:
    """Prompts and negative prompts of the next takes of a profile, `most` of them, each text once.

    `among` are the keys of the productions that count; None counts all.
    """
    chosen = sa.true() if among is None else Take.production_id.in_(among)
    waiting = (
        sa.select(Take.recipe)
        .where(Take.profile == profile, _CLAIMABLE, chosen)
        .order_by(Take.production_id, Take.rank, Take.id)
        .limit(most)
    )
    with store.read() as connection:
        recipes = connection.execute(waiting).scalars().all()
    made = map(Recipe.from_dict, recipes)
    found = (text for recipe in made for text in (*recipe.prompts, recipe.negative))
    return tuple(dict.fromkeys(text for text in found if text))


def _unfinished_statement(*where: sa.ColumnElement[bool]) -> sa.Select[bool]:
    # Each by its index, and ordered as that is: PostgreSQL would read the table for any row.
    first = sa.select(Take.id).where(Take.profile == sa.bindparam("profile"), *where).limit(1)
    kinds = (
        first.where(_CLAIMABLE).order_by(Take.production_id, Take.rank, Take.id),
        first.where(_NOT_DUE, ~Take.held).order_by(Take.due_at),
        first.where(_RUNNING).order_by(Take.lease_until),
    )
    return sa.select(sa.or_(*(kind.scalar_subquery().is_not(None) for kind in kinds)))


_UNFINISHED = _unfinished_statement()


_UNFINISHED_OF_ONE = _unfinished_statement(Take.production_id == sa.bindparam("production"))
