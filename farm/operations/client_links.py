"""Links for clients: one production, all of its takes or chosen ones, to look at and perhaps to comment."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from farm.domain.roles import Opening
from farm.errors import Refused
from farm.operations import tokens

if TYPE_CHECKING:
    from farm.store import Store
    from farm.store.client_links import KnownLink

LONGEST_LABEL = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A link that was made, and how it is given away."""

    known: "KnownLink"
    link: str = field(repr=False)
    """Opens the production; shown now and never again."""


def add(
    store: "Store",
    production: str,
    takes: Collection[tuple[str, int]],
    address: str,
    *,
    days: float,
    may_comment: bool,
    label: str = "",
    who: str,
) -> Opened:
    """Makes a link to a production that lasts so many days; no `takes` mean whatever it has.

    Raises `UnknownName` for what there is not, `Refused` for a label or an address that cannot be.
    """
    from farm.store import client_links

    label = " ".join(label.split())
    if len(label) > LONGEST_LABEL or not label.isprintable():
        raise Refused(f"{label!r}: a label has at most {LONGEST_LABEL} characters, none to control")
    opening = Opening(
        production=production, takes=frozenset(takes) or None, may_comment=may_comment
    )
    token = tokens.new()
    link = tokens.link(address, tokens.CLIENT, token)
    known = client_links.add(
        store, opening, tokens.digest(token), label=label, seconds=days * 86_400, who=who
    )
    return Opened(known=known, link=link)


def revoke(store: "Store", link: int) -> None:
    """Closes a link for good; who is in by it is out within seconds. Raises `UnknownName`, `Refused`."""
    from farm.store import client_links

    client_links.revoke(store, link)


def listed(store: "Store", production: str | None = None) -> "list[KnownLink]":
    """All links, or those of one production, oldest first. Raises `UnknownName`."""
    from farm.store import client_links

    return client_links.known(store, production)
