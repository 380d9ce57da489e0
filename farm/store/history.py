"""What the gate looks at: the takes of a shot that were judged, and what the ladder may still use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from farm.lifecycle import FailureClass, TakeStatus
from farm.store.moves import ShotName
from farm.store.session import Store
from farm.store.tables import Shot, Take
from pipeline.ladder import Alternate, TakeFacts
from pipeline.misses import stored
from pipeline.recipe import Recipe, Zones


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the ladder looks at: the shot's finished takes and what it may still use."""

    takes: tuple[TakeFacts, ...]
    must_keep: tuple[str, ...]
    alternates: tuple[Alternate, ...]


def history(store: Store, shot: ShotName) -> History:
    """The history of one shot as it is now."""
    with store.read() as connection:
        return history_of(connection, shot.id)


def history_of(connection: sa.Connection, shot_id: int) -> History:
    """The shot's takes that a gate judged: those that were made, and those refused beforehand."""
    shot = connection.execute(
        sa.select(Shot.must_keep, Shot.alternates).where(Shot.id == shot_id)
    ).one()
    rows = connection.execute(
        sa.select(
            Take.number, Take.rung, Take.recipe, Take.verdict, Take.match, Take.by_hand, Take.result
        )
        .where(
            Take.shot_id == shot_id,
            sa.or_(
                Take.status == TakeStatus.SUCCEEDED,
                Take.failure_class == FailureClass.CONTENT,
            ),
        )
        .order_by(Take.number)
    )
    takes = tuple(
        TakeFacts(
            number=row.number,
            rung=row.rung,
            recipe=Recipe.from_dict(row.recipe),
            verdict=row.verdict,
            score=row.match,
            by_hand=row.by_hand,
            misses=stored(row.result),
            zones=_zones(row.result),
            seconds=sum((row.result or {}).get("seconds", {}).values()),
        )
        for row in rows
    )
    alternates = tuple(
        Alternate(still=each["still"], width=each["width"], height=each["height"])
        for each in shot.alternates
    )
    return History(takes=takes, must_keep=tuple(shot.must_keep), alternates=alternates)


def _zones(result: Mapping[str, Any] | None) -> Zones | None:
    """The lines that the gate went by, where they were kept."""
    values = (result or {}).get("zones")
    return Zones(**values) if values else None
