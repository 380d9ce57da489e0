"""How many workers the runs have, want and let go."""

import sqlalchemy as sa

from farm.domain.fleet_size import Headcount
from farm.store.column_types import utcnow
from farm.store.session import Store
from farm.store.tables import SeenFleet


def headcount(store: Store) -> Headcount:
    """Of all runs that live together."""
    with store.read() as connection:
        return headcount_in(connection)


def headcount_in(connection: sa.Connection) -> Headcount:
    """The same, within a transaction."""
    return Headcount(*(int(each) for each in connection.execute(_SUMS).one()))


_SUMS = sa.select(
    sa.func.coalesce(sa.func.sum(SeenFleet.workers), 0),
    sa.func.coalesce(sa.func.sum(SeenFleet.pending), 0),
    sa.func.coalesce(sa.func.sum(SeenFleet.released), 0),
).where(SeenFleet.until > utcnow())
