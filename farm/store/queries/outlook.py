"""What a forecast rests on: the takes made last, what waits and runs, and who is there to make it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from farm.domain.forecast import OpenProduction, OpenTake, PastTake, Size
from farm.domain.lifecycle import COVERS, ReviewStatus
from farm.store.column_types import utcnow
from farm.store.session import Store
from farm.store.tables import Attempt, Production, PublishedClip, SeenWorker, Shot, Take
from pipeline.stages import STAGES, TAIL

LATEST = 600
"""Finished takes that are looked at."""
SAMPLE = 50
"""Takes of a production and profile that stand for all of them that wait."""

# As in the indexes' own WHERE, so that the planners count from those.
_CLAIMABLE = sa.text("takes.status = 'waiting' AND takes.due AND NOT takes.held")
_NOT_DUE = sa.text("takes.status = 'waiting' AND NOT takes.due")
_RUNNING = sa.text("takes.status = 'running'")


# A final, or a take of another wish, begins the ladder anew: takes count from there.
_any = sa.alias(Take.__table__)
_FIRST = (
    sa.select(sa.func.max(_any.c.number))
    .where(_any.c.shot_id == Take.shot_id, _any.c.rung == 0, ~_any.c.by_hand)
    .scalar_subquery()
)
_NUMBER = sa.case((Take.number >= _FIRST, Take.number - _FIRST + 1), else_=Take.number).label(
    "number"
)
_TAKES_OF_SHOT = (Shot.takes_made - sa.func.coalesce(_FIRST, 1) + 1).label("takes_of_shot")


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everything that `farm.domain.forecast` asks for, but how long ladders are."""

    open_productions: tuple[OpenProduction, ...]
    past: tuple[PastTake, ...]
    workers: int


def outlook(store: Store) -> Outlook:
    """How things stand now, over all productions: they share the workers."""
    with store.read() as connection:
        names = {
            row.id: row
            for row in connection.execute(
                sa.select(Production.id, Production.name, Production.weight)
            )
        }
        takes = _open_takes(connection)
        workers = connection.execute(
            sa.select(sa.func.count()).where(SeenWorker.until > utcnow(), ~SeenWorker.sick)
        ).scalar_one()
        past = _past(connection) if takes else []
    return Outlook(
        tuple(
            OpenProduction(names[key].name, names[key].weight, tuple(each))
            for key, each in takes.items()
        ),
        tuple(past),
        workers,
    )


def past(store: Store) -> list[PastTake]:
    """The takes made last, of all productions."""
    with store.read() as connection:
        return _past(connection)


def size_of(recipe: Mapping[str, Any]) -> Size:
    """What the seconds of a take of this recipe depend on."""
    return _size(recipe["profile"], recipe)


def profiles_of(productions: Collection[OpenProduction]) -> set[str]:
    """The profiles of what is open."""
    return {take.size.profile for each in productions for take in each.takes}


def _open_takes(connection: sa.Connection) -> dict[int, list[OpenTake]]:
    """What waits, by production: a few takes stand for all; and what runs, each by itself."""
    found: dict[int, list[OpenTake]] = {}
    for where, order in (
        (_CLAIMABLE, (Take.rank, Take.id)),
        (sa.and_(_NOT_DUE, ~Take.held), (Take.due_at,)),
    ):
        counts = connection.execute(
            sa.select(Take.profile, Take.production_id, sa.func.count())
            .where(where)
            .group_by(Take.profile, Take.production_id)
        ).all()
        for profile, production, count in counts:
            sample = connection.execute(
                sa.select(Take.recipe, _NUMBER)
                .where(where, Take.profile == profile, Take.production_id == production)
                .order_by(*order)
                .limit(SAMPLE)
            ).all()
            found.setdefault(production, []).extend(
                OpenTake(_size(profile, row.recipe), row.number, count=count / len(sample))
                for row in sample
            )
    running = sa.select(Take.profile, Take.production_id, Take.recipe, _NUMBER).where(_RUNNING)
    for row in connection.execute(running):
        take = OpenTake(_size(row.profile, row.recipe), row.number, running=True)
        found.setdefault(row.production_id, []).append(take)
    return found


def _past(connection: sa.Connection) -> list[PastTake]:
    statement = (
        sa.select(
            Production.name, Take.shot_id, Take.profile, Take.recipe, Attempt.started_at,
            Attempt.ended_at, Shot.review, Take.draft_for, _TAKES_OF_SHOT, _TAIL.label("tail"),
            _RENDER.label("render"),
        )
        .select_from(PublishedClip)
        .join(Take, Take.id == PublishedClip.take_id)
        .join(
            Attempt,
            sa.and_(Attempt.take_id == Take.id, Attempt.token == PublishedClip.token),
        )
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Take.production_id)
        .where(Attempt.ended_at.is_not(None))
        .order_by(PublishedClip.take_id.desc())
        .limit(LATEST)
    )  # fmt: skip
    return [
        PastTake(
            row.name,
            row.shot_id,
            _size(row.profile, row.recipe),
            (row.ended_at - row.started_at).total_seconds(),
            None if row.review in _OPEN or row.draft_for else row.takes_of_shot,
            row.tail,
            row.render or None,
        )
        for row in connection.execute(statement)
    ]


def _seconds_of(stages: Iterable[str]) -> sa.ColumnElement[float]:
    noted = (sa.func.coalesce(Take.result["seconds"][name].as_float(), 0.0) for name in stages)
    return sum(noted, start=sa.literal(0.0))


_TAIL = _seconds_of(TAIL)
_RENDER = _seconds_of(stage for stage in STAGES if stage not in TAIL)
_OPEN: Sequence[ReviewStatus] = (ReviewStatus.PENDING, *COVERS)


def _size(profile: str, recipe: Mapping[str, Any]) -> Size:
    return Size(
        profile,
        int(recipe["width"]) * int(recipe["height"]),
        int(recipe["frames"]),
        int(recipe["steps"]),
    )
