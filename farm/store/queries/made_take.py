"""One take of a shot with its clip, as it was published."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from farm.domain.lifecycle import TakeStatus
from farm.errors import UnknownName
from farm.store.queries.names import unknown
from farm.store.session import Store
from farm.store.tables import Production, PublishedClip, Shot, Take
from pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeTake:
    """A take, made or not."""

    shot: str
    number: int
    status: TakeStatus
    recipe: Recipe
    draft: bool
    device: str
    """What it was rendered on; empty where there is no clip, or nobody noted it."""
    clip: str | None
    """Relative to the media root; None where it has none."""
    sha256: str
    """Of the clip's file; empty where there is none."""
    purged: dt.datetime | None
    """When its clip was removed, if it was."""


def made_take(store: Store, production: str, code: str, number: int | None) -> MadeTake:
    """The take of a number; without one the take that stands for the shot, else the newest with a clip that
    is there, else the newest.

    Raises `UnknownName` where there is no such production, shot or take.
    """
    statement = (
        sa.select(
            Shot.code, Shot.selected_take, Take.number, Take.status, Take.recipe, Take.draft_for,
            Take.result["device"].as_string().label("device"),
            PublishedClip.path, PublishedClip.sha256, PublishedClip.purged_at,
        )
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .outerjoin(PublishedClip, PublishedClip.take_id == Take.id)
        .where(Production.name == production, Shot.code == code)
        .order_by(Take.number)
    )  # fmt: skip
    with store.read() as connection:
        rows = connection.execute(statement).all()
        if not rows:
            raise unknown(connection, production, code)
    if number is None:
        there = [row for row in rows if row.path and row.purged_at is None]
        standing = [row for row in rows if row.number == row.selected_take]
        found = (standing or there or rows)[-1]
    else:
        found = next((row for row in rows if row.number == number), None)
        if found is None:
            raise UnknownName(
                f"{production}/{code} has no take {number}; its newest is take {rows[-1].number}"
            )
    return MadeTake(
        shot=found.code,
        number=found.number,
        status=found.status,
        recipe=Recipe.from_dict(found.recipe),
        draft=found.draft_for is not None,
        device=found.device or "",
        clip=found.path,
        sha256=found.sha256 or "",
        purged=found.purged_at,
    )
