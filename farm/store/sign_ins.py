"""The log of sign-ins: who tried, when, from where, and how it ended."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from farm.domain.roles import Outcome
from farm.store.column_types import utcnow
from farm.store.people_tables import SignIn
from farm.store.session import Store

KEPT = 180 * 86_400.0
"""Seconds that a sign-in is remembered: where people sat is nobody's business for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedSignIn:
    """One try to sign in."""

    who: str
    """A person's name or a link's; empty where nobody has such a token."""
    at: dt.datetime
    address: str
    outcome: str


def note(store: Store, who: str, address: str, outcome: Outcome) -> None:
    """Remembers a try, and forgets those that are too old."""
    with store.write() as connection:
        connection.execute(sa.insert(SignIn).values(who=who, address=address, outcome=outcome))
        connection.execute(sa.delete(SignIn).where(SignIn.at < utcnow(sa.literal(-KEPT, sa.Float))))


def newest(store: Store, most: int) -> list[NotedSignIn]:
    """The newest tries, newest first."""
    statement = (
        sa.select(SignIn.who, SignIn.at, SignIn.address, SignIn.outcome)
        .order_by(SignIn.id.desc())
        .limit(most)
    )
    with store.read() as connection:
        return [NotedSignIn(**row._mapping) for row in connection.execute(statement)]


def last_in(store: Store) -> dict[str, dt.datetime]:
    """When each person or link last came in."""
    statement = (
        sa.select(SignIn.who, sa.func.max(SignIn.at, type_=SignIn.at.type))
        .where(SignIn.outcome == Outcome.SIGNED_IN)
        .group_by(SignIn.who)
    )
    with store.read() as connection:
        return {row.who: row[1] for row in connection.execute(statement)}
