"""Who may come to the desk: people with their roles, and the hash of the token that each was given."""

import datetime as dt
import shlex
from dataclasses import dataclass

import sqlalchemy as sa

from farm.domain.roles import Role
from farm.errors import Refused, UnknownName
from farm.store.column_types import utcnow
from farm.store.people_tables import Person
from farm.store.session import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """Somebody who may come to the desk, or might until that was revoked."""

    name: str
    role: Role
    made_at: dt.datetime
    made_by: str
    revoked_at: dt.datetime | None


def add(store: Store, name: str, role: Role, token_sha256: str, who: str) -> None:
    """Lets somebody come; who was revoked comes back with a new token. Raises `Refused` where there is
    such a name already, or one that differs in capitals alone."""
    with store.write() as connection:
        everybody = connection.execute(sa.select(Person.name, Person.role, Person.revoked_at))
        alike = [row for row in everybody if row.name.casefold() == name.casefold()]
        for row in alike:
            _refuse_taken(name, *row)
        values = {"role": role, "token_sha256": token_sha256, "made_by": who}
        if alike:
            again = sa.update(Person).where(Person.name == name)
            connection.execute(again.values(**values, made_at=utcnow(), revoked_at=None))
        else:
            connection.execute(sa.insert(Person).values(name=name, **values))


def revoke(store: Store, name: str) -> None:
    """Lets somebody come no more. Raises `UnknownName`, and `Refused` where that was done already."""
    with store.write() as connection:
        done = connection.execute(
            sa.update(Person)
            .where(Person.name == name, Person.revoked_at.is_(None))
            .values(revoked_at=utcnow())
        )
        if done.rowcount:
            return
        names = list(connection.execute(sa.select(Person.name).order_by(Person.name)).scalars())
    if name in names:
        raise Refused(f"{name} was revoked already; `farm user list` shows since when")
    raise UnknownName(f"there is no {name!r}; there are: {', '.join(names) or 'none yet'}")


def known(store: Store) -> list[KnownPerson]:
    """Everybody, by name; those that were revoked, too."""
    with store.read() as connection:
        return [
            KnownPerson(**row._mapping) for row in connection.execute(_PEOPLE.order_by(Person.name))
        ]


def named(store: Store, name: str) -> KnownPerson | None:
    """Somebody by name."""
    return _one(store, Person.name == name)


def with_token(store: Store, token_sha256: str) -> KnownPerson | None:
    """Whose token it is."""
    return _one(store, Person.token_sha256 == token_sha256)


_PEOPLE = sa.select(Person.name, Person.role, Person.made_at, Person.made_by, Person.revoked_at)


def _refuse_taken(name: str, there: str, role: Role, revoked_at: dt.datetime | None) -> None:
    if there != name:
        raise Refused(
            f"there is {there!r} already, which differs from {name!r} in capitals alone: take another name"
        )
    if revoked_at is None:
        raise Refused(
            f"{name} may come already, as {role}; for another role or a new link "
            f"`farm user revoke {shlex.quote(name)}` first, then add them again"
        )


def _one(store: Store, which: sa.ColumnElement[bool]) -> KnownPerson | None:
    with store.read() as connection:
        row = connection.execute(_PEOPLE.where(which)).first()
    return KnownPerson(**row._mapping) if row else None
