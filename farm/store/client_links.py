"""Links for clients: one production, all of its takes or chosen ones, until a day."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from farm.domain.roles import Opening
from farm.errors import Refused, UnknownName
from farm.store.column_types import utcnow
from farm.store.people_tables import ClientLink
from farm.store.queries import names
from farm.store.session import Store
from farm.store.tables import Production, Shot, Take


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLink:
    """A client link and how it stands."""

    id: int
    label: str
    opening: Opening
    expires_at: dt.datetime
    expired: bool
    """By the database's clock."""
    made_at: dt.datetime
    made_by: str
    revoked_at: dt.datetime | None


def add(
    store: Store, opening: Opening, token_sha256: str, *, label: str, seconds: float, who: str
) -> KnownLink:
    """Makes a link that lasts `seconds`. Raises `UnknownName` for a production, shots or takes that there
    are not."""
    with store.write() as connection:
        key = connection.execute(
            sa.select(Production.id).where(Production.name == opening.production)
        ).scalar()
        if key is None:
            raise names.unknown(connection, opening.production)
        if opening.takes is not None:
            _refuse_unknown_takes(connection, opening.production, key, opening.takes)
        takes = None if opening.takes is None else sorted(map(list, opening.takes))
        made = connection.execute(
            sa.insert(ClientLink)
            .values(
                production_id=key,
                takes=takes,
                label=label,
                may_comment=opening.may_comment,
                token_sha256=token_sha256,
                expires_at=utcnow(sa.literal(seconds, sa.Float)),
                made_by=who,
            )
            .returning(ClientLink.id)
        ).scalar_one()
        row = connection.execute(_links().where(ClientLink.id == made)).one()
    return _link(row)


def revoke(store: Store, link: int) -> None:
    """Closes a link for good. Raises `UnknownName`, and `Refused` where it was revoked already."""
    with store.write() as connection:
        done = connection.execute(
            sa.update(ClientLink)
            .where(ClientLink.id == link, ClientLink.revoked_at.is_(None))
            .values(revoked_at=utcnow())
        )
        if done.rowcount:
            return
        there = connection.execute(sa.select(ClientLink.id).where(ClientLink.id == link)).scalar()
    if there is None:
        raise UnknownName(f"there is no link {link}; `farm link list` shows them")
    raise Refused(f"link {link} was revoked already; `farm link list` shows since when")


def known(store: Store, production: str | None = None) -> list[KnownLink]:
    """All links, or those of one production, oldest first. Raises `UnknownName`."""
    with store.read() as connection:
        if (
            production is not None
            and not connection.execute(
                sa.select(Production.id).where(Production.name == production)
            ).first()
        ):
            raise names.unknown(connection, production)
        statement = _links().order_by(ClientLink.id)
        if production is not None:
            statement = statement.where(Production.name == production)
        return [_link(row) for row in connection.execute(statement)]


def with_token(store: Store, token_sha256: str) -> KnownLink | None:
    """Which link has this token, whether it still opens anything or not."""
    with store.read() as connection:
        row = connection.execute(_links().where(ClientLink.token_sha256 == token_sha256)).first()
    return _link(row) if row else None


def _refuse_unknown_takes(
    connection: sa.Connection, production: str, key: int, takes: Collection[tuple[str, int]]
) -> None:
    rows = connection.execute(
        sa.select(Shot.code, Take.number)
        .join(Take, Take.shot_id == Shot.id)
        .where(Shot.production_id == key, Shot.code.in_({code for code, _ in takes}))
    )
    there = {(row.code, row.number) for row in rows}
    shots = {code for code, _ in there}
    for code, number in sorted(takes):
        if code not in shots:
            raise names.unknown(connection, production, code)
        if (code, number) not in there:
            raise UnknownName(
                f"{code} has no take {number}; `farm show {production} {code}` lists them"
            )


def _links() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        ClientLink.id, Production.name, ClientLink.takes, ClientLink.label, ClientLink.may_comment,
        ClientLink.expires_at, (ClientLink.expires_at <= utcnow()).label("expired"),
        ClientLink.made_at, ClientLink.made_by, ClientLink.revoked_at,
    ).join(Production, Production.id == ClientLink.production_id)  # fmt: skip


def _link(row: sa.Row[*tuple[Any, ...]]) -> KnownLink:
    values = dict(row._mapping)
    takes = values.pop("takes")
    opening = Opening(
        production=values.pop("name"),
        takes=None if takes is None else frozenset((code, number) for code, number in takes),
        may_comment=values.pop("may_comment"),
    )
    return KnownLink(opening=opening, **values)
