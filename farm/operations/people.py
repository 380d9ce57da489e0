"""People who may come to the desk: added with a role, listed, revoked."""

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from farm.domain.roles import Role, why_no_name
from farm.errors import Refused
from farm.operations import tokens

if TYPE_CHECKING:
    import datetime as dt

    from farm.store import Store
    from farm.store.sign_ins import NotedSignIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Somebody who may come to the desk from now on."""

    name: str
    role: Role
    link: str = field(repr=False)
    """Signs them in; shown now and never again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Somebody who may come to the desk, or might until that was revoked."""

    name: str
    role: Role
    made_at: "dt.datetime"
    made_by: str
    revoked_at: "dt.datetime | None"
    signed_in_at: "dt.datetime | None"
    """When last; None for nobody yet, and where that is half a year ago."""


def add(store: "Store", name: str, role: Role, address: str, *, who: str) -> Admitted:
    """Lets somebody come to the desk at `address`; who was revoked comes back with a new link.

    Raises `Refused` for what is no name, a name that is taken, and what is no address.
    """
    from farm.store import people

    name = unicodedata.normalize("NFC", name).strip()
    if why := why_no_name(name):
        raise Refused(why)
    token = tokens.new()
    link = tokens.link(address, tokens.SIGN_IN, token)
    people.add(store, name, role, tokens.digest(token), who)
    return Admitted(name=name, role=role, link=link)


def revoke(store: "Store", name: str) -> None:
    """Lets somebody come no more; their sessions end within seconds. Raises `UnknownName`, `Refused`."""
    from farm.store import people

    people.revoke(store, unicodedata.normalize("NFC", name).strip())


def listed(store: "Store") -> list[Listed]:
    """Everybody, by name, those that were revoked, too."""
    from farm.store import people, sign_ins

    last = sign_ins.last_in(store)
    return [
        Listed(
            name=each.name,
            role=each.role,
            made_at=each.made_at,
            made_by=each.made_by,
            revoked_at=each.revoked_at,
            signed_in_at=last.get(each.name),
        )
        for each in people.known(store)
    ]


def anybody(store: "Store") -> bool:
    """Whether there is anybody who may sign in."""
    from farm.store import people

    return any(each.revoked_at is None for each in people.known(store))


def sign_ins(store: "Store", most: int) -> "list[NotedSignIn]":
    """The newest tries to sign in, newest first."""
    from farm.store import sign_ins as log

    return log.newest(store, most)
