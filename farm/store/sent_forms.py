"""Which forms of pages were sent: what one asks for is done once, however often and wherever it comes."""

import sqlalchemy as sa
from sqlalchemy import exc

from farm.errors import Repeated
from farm.store.column_types import utcnow
from farm.store.people_tables import SentForm

KEPT = 7 * 86_400.0
"""Seconds that a form is remembered: no page lies open that long with somebody about to press twice."""
AT_ONCE = 100
"""Forms that are forgotten with each that is noted."""


def note(connection: sa.Connection, key: str) -> None:
    """Notes a form in the transaction that does what it asks for. Raises `Repeated` where one of that key
    was noted; where another transaction is about to, it is waited for."""
    try:
        connection.execute(sa.insert(SentForm).values(key=key))
    except exc.IntegrityError as error:
        raise Repeated(key) from error
    # Those that another transaction forgets are left to it: neither waits for the other.
    old = (
        sa.select(SentForm.key)
        .where(SentForm.at < utcnow(sa.literal(-KEPT, sa.Float)))
        .order_by(SentForm.at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    connection.execute(sa.delete(SentForm).where(SentForm.key.in_(old)))


def is_noted(connection: sa.Connection, key: str) -> bool:
    """Whether a form of that key did what it asks for."""
    return bool(connection.scalar(sa.select(sa.exists().where(SentForm.key == key))))
