"""The names of productions, and the errors that tell which there are instead."""

from collections.abc import Collection
from difflib import get_close_matches

import sqlalchemy as sa

from farm.errors import UnknownName
from farm.store.session import Store
from farm.store.tables import Production


def production_keys(store: Store, names: Collection[str]) -> dict[str, int]:
    """The keys of productions by name. Raises `UnknownName` with every name that there is not, and
    those that come near it."""
    with store.read() as connection:
        rows = connection.execute(sa.select(Production.name, Production.id)).all()
    known = {row.name: row.id for row in rows}
    if wrong := [name for name in dict.fromkeys(names) if name not in known]:
        raise UnknownName("\n".join(_no_such(name, list(known)) for name in wrong))
    return {name: known[name] for name in names}


def unknown(connection: sa.Connection, production: str, code: str | None = None) -> UnknownName:
    """The error that names what there is instead."""
    names = list(connection.execute(sa.select(Production.name).order_by(Production.name)).scalars())
    if code is not None and production in names:
        return UnknownName(
            f"{production} has no shot {code!r}; `farm shots {production}` lists them"
        )
    return UnknownName(
        f"there is no production {production!r}; there are: {', '.join(names) or 'none yet'}"
    )


MOST_NAMES = 12
"""Productions that an error names where none comes near the one that was asked for."""


def _no_such(name: str, known: Collection[str]) -> str:
    """The sentence that names those that come near, or some of those that there are."""
    if near := get_close_matches(name, known) or _alike(name, known):
        return f"there is no production {name!r}; did you mean {' or '.join(near[:3])}?"
    some = ", ".join(sorted(known)[:MOST_NAMES]) or "none yet"
    more = f" and {len(known) - MOST_NAMES} more" if len(known) > MOST_NAMES else ""
    return f"there is no production {name!r}; there are: {some}{more}"


def _alike(name: str, known: Collection[str]) -> list[str]:
    """Those that differ in case alone, or of which one is part of the other."""
    wanted = name.casefold()
    return [
        each for each in sorted(known) if wanted in each.casefold() or each.casefold() in wanted
    ]
