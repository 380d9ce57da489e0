"""The takes that stand for the shots of a production, with what was wished otherwise since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus, TakeStatus
from farm.domain.stale import SourcePicture, StandingTake
from farm.store.queries.names import production_keys
from farm.store.queries.outlook import size_of
from farm.store.session import Store
from farm.store.tables import LoggedEvent, Shot, Take

_ACTIVE = (TakeStatus.WAITING, TakeStatus.RUNNING)
_MADE_OR_COMING = (*_ACTIVE, TakeStatus.SUCCEEDED)


@dataclass(slots=True)
class _Told:
    """What the events of a shot tell."""

    pictures: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    """Its start pictures, the newest last."""
    changes: list[tuple[int, Mapping[str, Sequence[Any]]]] = field(
        default_factory=list[tuple[int, Mapping[str, Sequence[Any]]]]
    )
    """The number of each event that changed the wish, and what it changed."""


def standing_takes(store: Store, production: str) -> list[StandingTake]:
    """Of every shot that is not omitted, in the order they were handed in. Raises `UnknownName`."""
    key = production_keys(store, [production])[production]
    with store.read() as connection:
        rows = connection.execute(_takes(key)).all()
        told = _told(connection, key)
    return [_standing(row, told.get(row.id, _Told())) for row in rows]


def _takes(production: int) -> sa.Select[*tuple[Any, ...]]:
    newest = orm.aliased(Take)
    ordered = (
        sa.select(sa.func.max(LoggedEvent.id))
        .where(
            LoggedEvent.shot_id == Shot.id,
            LoggedEvent.kind == EventKind.TAKE_ORDERED,
            LoggedEvent.take == Take.number,
        )
        .scalar_subquery()
        .label("ordered")
    )
    return (
        sa.select(
            Shot.id, Shot.code, Shot.selected_take, Shot.alternates, Take.number, Take.recipe,
            Take.draft_for, newest.number.label("newest"), newest.status.label("newest_status"), ordered,
        )
        .select_from(Shot)
        .join(
            Take,
            sa.and_(
                Take.shot_id == Shot.id,
                Take.number == sa.func.coalesce(Shot.selected_take, Shot.takes_made),
            ),
        )
        .join(newest, sa.and_(newest.shot_id == Shot.id, newest.number == Shot.takes_made))
        .where(
            Shot.production_id == production,
            Shot.review != ReviewStatus.OMITTED,
            Take.status.in_(_MADE_OR_COMING),
        )
        .order_by(Shot.id)
    )  # fmt: skip


def _told(connection: sa.Connection, production: int) -> dict[int, _Told]:
    found: dict[int, _Told] = {}
    rows = connection.execute(
        sa.select(LoggedEvent.shot_id, LoggedEvent.id, LoggedEvent.kind, LoggedEvent.data)
        .join(Shot, Shot.id == LoggedEvent.shot_id)
        .where(
            Shot.production_id == production,
            LoggedEvent.kind.in_((EventKind.SHOT_SUBMITTED, EventKind.SHOT_CHANGED)),
        )
        .order_by(LoggedEvent.id)
    )
    for row in rows:
        told = found.setdefault(row.shot_id, _Told())
        if picture := row.data.get("wish", {}).get("still"):
            told.pictures.append(picture)
        if row.kind == EventKind.SHOT_CHANGED:
            told.changes.append((row.id, row.data["changes"]))
    return found


def _standing(row: sa.Row[*tuple[Any, ...]], told: _Told) -> StandingTake:
    coming = row.newest != row.number and row.newest_status in _ACTIVE
    return StandingTake(
        shot=row.code,
        take=row.number,
        stands=row.selected_take is not None,
        draft=row.draft_for is not None,
        size=size_of(row.recipe),
        revision=row.recipe["revision"],
        changes=tuple(changes for number, changes in told.changes if number > (row.ordered or 0)),
        source=_source(row.recipe["still"], [*told.pictures, *row.alternates]),
        under_way=row.newest if coming else None,
    )


def _source(still: str, pictures: Sequence[Mapping[str, str]]) -> SourcePicture | None:
    """The file of a still: rather one whose checksum is known, and of those the newest."""
    same = [each for each in pictures if each.get("still") == still and each.get("image")]
    known = [each for each in same if each.get("picture")]
    if not same:
        return None
    chosen = (known or same)[-1]
    return SourcePicture(image=chosen["image"], sha256=chosen.get("picture", ""))
