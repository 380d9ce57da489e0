"""The start pictures of a production's shots: of their takes and their alternates, each with its file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from farm.domain.events import EventKind
from farm.store.queries.names import unknown
from farm.store.session import Store
from farm.store.tables import LoggedEvent, Production, Shot, Take


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStill:
    """A prepared still of a shot's take, or of one of its alternates."""

    shot: str
    take: int | None
    """None for an alternate."""
    alternate: int | None
    """Counted from 1."""
    still: str
    """SHA-256, by which it is named."""
    image: str = ""
    """The file it was prepared from; empty where nobody looked or nobody knows."""
    picture: str = ""
    """SHA-256 of that file; empty where nobody looked or nobody knows."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A window on the stills of a production."""

    stills: tuple[KnownStill, ...]
    more: str | None
    """The code of the last shot that was looked at, where there are others behind it."""


def of_shot(store: Store, production: str, code: str) -> tuple[KnownStill, ...]:
    """The stills of a shot but that of its newest take, each once: newest takes first, then alternates.

    Raises `UnknownName`.
    """
    with store.read() as connection:
        rows = connection.execute(_takes().where(*_named(production, code))).all()
        if not rows:
            raise unknown(connection, production, code)
    newest = max(rows, key=lambda row: row.number).still
    return tuple(each for each in _once(_stills_of(rows)) if each.still != newest)


def of_others(
    store: Store, production: str, but: str, *, after: str = "", shots: int = 24
) -> Shelf:
    """The stills of the next `shots` shots behind the code `after`, in the order of their codes, each once.

    Those of the shot `but` are left out.
    """
    window = (
        sa.select(Shot.id, Shot.code)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production, Shot.code > after)
        .order_by(Shot.code)
        .limit(shots + 1)
    )
    with store.read() as connection:
        found = connection.execute(window).all()
        places = {row.id: place for place, row in enumerate(found[:shots])}
        rows = connection.execute(_takes().where(Shot.id.in_(places))).all()
    # In the database's order of codes, which is not everywhere that of their letters' numbers.
    rows = sorted(rows, key=lambda row: places[row.id])
    more = found[shots - 1].code if len(found) > shots else None
    return Shelf(tuple(_once(each for each in _stills_of(rows) if each.shot != but)), more)


def find(
    store: Store, production: str, code: str, *, take: int | None, alternate: int | None
) -> KnownStill | None:
    """One still with the file that it was prepared from and its checksum; None where there is none.

    A take's may be the shot's own start picture, by hand or by a list, or an alternate of the ladder's.
    """
    with store.read() as connection:
        rows = connection.execute(_takes().where(*_named(production, code))).all()
        found = next(
            (each for each in _stills_of(rows) if (each.take, each.alternate) == (take, alternate)),
            None,
        )
        if found is None or found.image:
            return found
        told = connection.execute(
            sa.select(LoggedEvent.data)
            .where(
                LoggedEvent.shot_id == rows[0].id,
                LoggedEvent.kind.in_((EventKind.SHOT_SUBMITTED, EventKind.SHOT_CHANGED)),
            )
            .order_by(LoggedEvent.id.desc())
        ).scalars()
        own = (data.get("wish", {}).get("still") or {} for data in told)
        same = [each for each in (*own, *rows[0].alternates) if each.get("still") == found.still]
    # Rather one whose checksum is known: by it one tells whether another picture was put in its place.
    source = next((each for each in same if each.get("picture")), same[0] if same else {})
    return replace(found, image=source.get("image", ""), picture=source.get("picture", ""))


def _takes() -> Any:
    return (
        sa.select(
            Shot.id,
            Shot.code,
            Shot.alternates,
            Take.number,
            Take.recipe["still"].as_string().label("still"),
        )
        .select_from(Shot)
        .join(Take, Take.shot_id == Shot.id)
    )


def _named(production: str, code: str) -> tuple[sa.ColumnElement[bool], ...]:
    key = sa.select(Production.id).where(Production.name == production).scalar_subquery()
    return Shot.production_id == key, Shot.code == code


def _stills_of(rows: Sequence[Any]) -> Iterator[KnownStill]:
    """By shot in the order of the rows: its takes, newest first, then its alternates."""
    for code in dict.fromkeys(row.code for row in rows):
        own = [row for row in rows if row.code == code]
        for row in sorted(own, key=lambda row: -row.number):
            yield KnownStill(shot=code, take=row.number, alternate=None, still=row.still)
        for number, each in enumerate(own[0].alternates, start=1):
            yield KnownStill(
                shot=code, take=None, alternate=number, still=each["still"], image=each["image"],
                picture=each.get("picture", ""),
            )  # fmt: skip


def _once(stills: Iterable[KnownStill]) -> Iterator[KnownStill]:
    seen = set[str]()
    for each in stills:
        if each.still not in seen:
            seen.add(each.still)
            yield each
