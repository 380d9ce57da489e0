"""Adds a checked shot list to a production, once, however often it is sent."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from farm.events import EventKind
from farm.shot import NewShot
from farm.store.desk import refuse_archived
from farm.store.moves import order_data, take_values
from farm.store.session import Store
from farm.store.tables import LoggedEvent, Production, Shot, Take

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a list."""

    added: tuple[str, ...]
    unchanged: tuple[str, ...]
    """Codes that were there already, alike."""
    differing: tuple[str, ...]
    """Codes that were there already with another recipe; they were left as they are."""


def submit(
    store: Store,
    production: str,
    shots: Iterable[NewShot],
    *,
    who: str,
    on_shots: Callable[[int], None] = lambda _: None,
) -> Intake:
    """Adds the shots that the production does not have yet, each with its take 1 waiting. Raises `Refused`
    where the production is archived.

    One transaction: after a crash either all are in or none. `on_shots` hears how many are done.
    The shots are consumed chunk by chunk.
    """
    added: list[str] = []
    unchanged: list[str] = []
    differing: list[str] = []
    chunks = _chunks(shots)
    first = next(chunks, None)
    if first is None:
        return Intake((), (), ())
    with store.write() as connection:
        production_id = _production(connection, production)
        for chunk in chain([first], chunks):
            known = _known(connection, production_id, [shot.code for shot in chunk])
            new = [shot for shot in chunk if shot.code not in known]
            _add(connection, production_id, new, who)
            added += [shot.code for shot in new]
            for shot in chunk:
                if shot.code in known:
                    same = known[shot.code] == shot.recipe.hash
                    (unchanged if same else differing).append(shot.code)
            on_shots(len(chunk))
    return Intake(tuple(added), tuple(unchanged), tuple(differing))


def _chunks(shots: Iterable[NewShot]) -> Iterator[list[NewShot]]:
    incoming = iter(shots)
    while chunk := list(islice(incoming, CHUNK)):
        yield chunk


def _production(connection: sa.Connection, name: str) -> int:
    """The production's key; holds its row, so that two submissions at once take turns. Raises `Refused`
    where it is archived."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(Production).values(name=name).on_conflict_do_nothing())
    refuse_archived(connection, name)
    return connection.execute(
        sa.select(Production.id).where(Production.name == name).with_for_update(key_share=True)
    ).scalar_one()


def _known(connection: sa.Connection, production_id: int, codes: list[str]) -> dict[str, str]:
    """The recipe hash of take 1 of each of these shots that is there already."""
    rows = connection.execute(
        sa.select(Shot.code, Take.recipe_hash)
        .join(Take, sa.and_(Take.shot_id == Shot.id, Take.number == 1))
        .where(Shot.production_id == production_id, Shot.code.in_(codes))
    )
    return {row.code: row.recipe_hash for row in rows}


def _add(connection: sa.Connection, production_id: int, shots: Sequence[NewShot], who: str) -> None:
    if not shots:
        return
    rows = connection.execute(
        sa.insert(Shot).returning(Shot.id, Shot.code),
        [_shot_values(production_id, shot) for shot in shots],
    ).all()
    ids = {row.code: row.id for row in rows}
    takes = [_first_take(production_id, ids[shot.code], shot) for shot in shots]
    connection.execute(sa.insert(Take), takes)
    events = [event for shot in shots for event in _events(ids[shot.code], shot, who)]
    connection.execute(sa.insert(LoggedEvent), events)


def _shot_values(production_id: int, shot: NewShot) -> dict[str, Any]:
    return {
        "production_id": production_id,
        "code": shot.code,
        "image": shot.image,
        "prompt": shot.recipe.prompt,
        "aspect": shot.aspect,
        "priority": shot.priority,
        "alternates": [asdict(alternate) for alternate in shot.alternates],
        "must_keep": list(shot.must_keep),
        "notes": shot.notes,
        "findings": [asdict(finding) for finding in shot.findings],
        "takes_made": 1,
    }


def _first_take(production_id: int, shot_id: int, shot: NewShot) -> dict[str, Any]:
    return {
        **take_values(shot.recipe),
        "shot_id": shot_id,
        "production_id": production_id,
        "number": 1,
        "rank": -shot.priority,
        "why": "submitted",
    }


def _events(shot_id: int, shot: NewShot, who: str) -> list[dict[str, Any]]:
    submitted = {"image": shot.image, "profile": shot.recipe.profile}
    ordered = order_data(shot.recipe, 0, "submitted", {})
    common = {"shot_id": shot_id, "who": who}
    return [
        {**common, "kind": EventKind.SHOT_SUBMITTED, "take": None, "data": submitted},
        {**common, "kind": EventKind.TAKE_ORDERED, "take": 1, "data": ordered},
    ]
