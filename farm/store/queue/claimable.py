"""What a claim may take: which productions have something due, and what comes next in each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from farm.domain.fair_share import Claimant
from farm.domain.retry import LONGEST_BACKOFF
from farm.store.column_types import utcnow
from farm.store.queue.transitions import AnyRow
from farm.store.session import Store
from farm.store.tables import Production, Shot, Take

DUE_AT_ONCE = 500
"""Takes that one claim makes due, so that it stays short after a long outage."""


@dataclass(frozen=True, slots=True)
class Claimable:
    """What a claim may take from: a profile's takes, of some productions or of all."""

    profile: str
    among: Collection[int] | None

    def anything(self, connection: sa.Connection) -> bool:
        if self.among is not None:
            return bool(self._waiting(connection))
        return connection.execute(_ANYTHING, {"profile": self.profile}).first() is not None

    def claimants(self, connection: sa.Connection) -> dict[int, Claimant]:
        """The productions that have something to claim, by key; what backed off long enough is due then."""
        rows = self._waiting(connection)
        if any(row.id is None for row in rows):
            connection.execute(_MAKE_DUE)
            rows = self._waiting(connection)
        return {row.id: Claimant(row.weight, row.rank) for row in rows if row.id is not None}

    def next(
        self, connection: sa.Connection, production: int, count: int, but: Collection[int]
    ) -> Sequence[AnyRow]:
        """The next takes of a production, held until the transaction ends; none of those in `but`, and
        none that another claim is at."""
        statement = _NEXT.where(Take.id.not_in(but)) if but else _NEXT
        values = {"profile": self.profile, "production": production, "count": count}
        return connection.execute(statement, values).all()

    def count(self, store: Store, most: int) -> int:
        """How many takes a claim would find, counted up to `most`; what backed off long enough is due."""
        with store.read() as connection:
            over = connection.execute(sa.select(sa.exists().where(_OVER))).scalar()
            if not over:
                return self._counted(connection, most)
        with store.write() as connection:
            connection.execute(_MAKE_DUE)
            return self._counted(connection, most)

    def _counted(self, connection: sa.Connection, most: int) -> int:
        statement, values = _COUNT, {"profile": self.profile, "most": most}
        if self.among is not None:
            statement, values = _COUNT_AMONG, {**values, "among": sorted(self.among)}
        return connection.execute(statement, values).scalar_one()

    def _waiting(self, connection: sa.Connection) -> Sequence[AnyRow]:
        """As `_waiting_statement` says; of all productions, or of those among which it chooses."""
        if self.among is None:
            return connection.execute(_WAITING, {"profile": self.profile}).all()
        values = {"profile": self.profile, "among": sorted(self.among)}
        return connection.execute(_WAITING_AMONG, values).all()


# Written as text, as in the indexes' own WHERE: bound or rendered otherwise, the planners would not
# see that the partial indexes serve.
_CLAIMABLE = "takes.status = 'waiting' AND takes.due AND NOT takes.held"
_DUE = sa.text(_CLAIMABLE)
_BACKED_OFF = sa.text("takes.status = 'waiting' AND NOT takes.due")
_OVER = sa.and_(_BACKED_OFF, Take.due_at <= utcnow())
# From production to production through the index: the number of takes that wait does not matter.
_CLAIMANTS = f"""
    WITH RECURSIVE found(id) AS (
        SELECT min(production_id) FROM takes WHERE profile = :profile AND {_CLAIMABLE}
        UNION ALL
        SELECT (
            SELECT min(production_id) FROM takes
            WHERE profile = :profile AND {_CLAIMABLE} AND production_id > found.id
        )
        FROM found WHERE found.id IS NOT NULL
    )
    SELECT productions.id, productions.weight, (
        SELECT rank FROM takes
        WHERE profile = :profile AND production_id = productions.id AND {_CLAIMABLE}
        ORDER BY rank, id LIMIT 1
    ) AS rank
    FROM found JOIN productions ON productions.id = found.id
    """  # noqa: S608 - made of constants

# A few productions by name: each by a search of its own in the claim's index.
_CLAIMANTS_AMONG = f"""
    SELECT those.id, those.weight, those.rank FROM (
        SELECT productions.id, productions.weight, (
            SELECT rank FROM takes
            WHERE profile = :profile AND production_id = productions.id AND {_CLAIMABLE}
            ORDER BY rank, id LIMIT 1
        ) AS rank
        FROM productions WHERE productions.id IN :among
    ) AS those
    WHERE those.rank IS NOT NULL
    """  # noqa: S608 - made of constants


def _waiting_statement(
    claimants_text: sa.TextClause,
) -> sa.CompoundSelect[int | None, float, int]:
    """The productions that have something to claim; a row without a key where something, of whatever
    production, has backed off long enough."""
    columns = (
        sa.column("id", sa.Integer),
        sa.column("weight", sa.Float),
        sa.column("rank", sa.Integer),
    )
    claimants = claimants_text.columns(*columns).cte("claimants")
    over = sa.exists(sa.select(Take.id).where(_OVER))
    return sa.union_all(
        sa.select(claimants),
        sa.select(sa.null(), sa.literal(0.0, sa.Float), sa.literal(0, sa.Integer)).where(over),
    )


_WAITING = _waiting_statement(sa.text(_CLAIMANTS))
_WAITING_AMONG = _waiting_statement(
    sa.text(_CLAIMANTS_AMONG).bindparams(sa.bindparam("among", expanding=True))
)
_ANYTHING = _WAITING.limit(1)  # the first row is found at once, however many productions there are

_NEXT = (
    sa.select(
        Take.id,
        Take.shot_id,
        Take.number,
        Take.rung,
        Take.by_hand,
        Take.token,
        Take.recipe,
        Take.due_at,
        Take.draft_for,
        Take.final_of,
        sa.select(Shot.code).where(Shot.id == Take.shot_id).scalar_subquery().label("code"),
        sa.select(Shot.no_decline)
        .where(Shot.id == Take.shot_id)
        .scalar_subquery()
        .label("no_decline"),
        sa.select(Shot.prompt).where(Shot.id == Take.shot_id).scalar_subquery().label("wish"),
        sa.select(Shot.must_keep)
        .where(Shot.id == Take.shot_id)
        .scalar_subquery()
        .label("must_keep"),
        sa.select(Production.name)
        .where(Production.id == Take.production_id)
        .scalar_subquery()
        .label("production"),
        utcnow().label("at"),
    )
    .where(
        Take.profile == sa.bindparam("profile"),
        Take.production_id == sa.bindparam("production"),
        _DUE,
    )
    .order_by(Take.rank, Take.id)
    .limit(sa.bindparam("count", type_=sa.Integer))
    .with_for_update(skip_locked=True)
)


_FOUND = (
    sa.select(Take.production_id)
    .where(Take.profile == sa.bindparam("profile"), _DUE)
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_AMONG = Take.production_id.in_(sa.bindparam("among", expanding=True))
_COUNT = sa.select(sa.func.count()).select_from(_FOUND.subquery())
_COUNT_AMONG = sa.select(sa.func.count()).select_from(_FOUND.where(_AMONG).subquery())


def shorten_back_offs(store: Store) -> int:
    """Ends the back-offs that no clock but a wrong one can have given; how many there were."""
    too_long = sa.and_(_BACKED_OFF, Take.due_at > utcnow(sa.literal(2 * LONGEST_BACKOFF, sa.Float)))
    with store.read() as connection:
        if not connection.execute(sa.select(sa.exists().where(too_long))).scalar():
            return 0
    with store.write() as connection:
        return connection.execute(sa.update(Take).where(too_long).values(due_at=utcnow())).rowcount


def _make_due_statement() -> sa.Update:
    """What has backed off long enough becomes due; rows that another claim is at are left to it."""
    over = (
        sa.select(Take.id)
        .where(_OVER)
        .order_by(Take.due_at)
        .limit(DUE_AT_ONCE)
        .with_for_update(skip_locked=True)
        .cte("over")  # as a CTE it is run once; inlined, PostgreSQL may run the LIMIT again
    )
    return sa.update(Take).where(Take.id.in_(sa.select(over.c.id))).values(due=True)


_MAKE_DUE = _make_due_statement()
