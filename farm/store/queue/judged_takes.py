"""What the gate looks at: the takes of a shot that were judged, and what the ladder may still use."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from farm.domain.decision import History
from farm.domain.lease import Lease
from farm.domain.lifecycle import FailureClass, ReviewStatus, TakeStatus
from farm.domain.shot import ShotName
from farm.store.column_types import utcnow
from farm.store.session import Store
from farm.store.tables import PublishedClip, Shot, Take
from pipeline.coverage import Coverage
from pipeline.ladder import TakeFacts
from pipeline.misses import stored
from pipeline.recipe import Recipe
from pipeline.recipe_changes import Alternate
from pipeline.result import Zones

ShotRow = sa.Row[
    int, ReviewStatus, ReviewStatus | None, int | None, list[Any], list[Any], dt.datetime
]
"""Key, review and what it covers, the take that stands for the shot, words to keep, alternate stills;
and what the database's clock said."""

_ROWS = sa.select(
    Shot.id,
    Shot.review,
    Shot.review_before,
    Shot.selected_take,
    Shot.must_keep,
    Shot.alternates,
    utcnow().label("at"),
).order_by(Shot.id)
# Holds the shots, and before their takes as `farm.store.shots.review` does, so that the two take turns; in
# the order of their keys, so that two who settle at once do too.
_SHOTS = _ROWS.where(Shot.id.in_(sa.bindparam("shots", expanding=True))).with_for_update(
    key_share=True
)
_STILL_TO_JUDGE = _ROWS.join(Take, Take.shot_id == Shot.id).where(
    sa.tuple_(Take.id, Take.token).in_(sa.bindparam("attempts", expanding=True)),
    Take.status == TakeStatus.RUNNING,
    Shot.review == ReviewStatus.PENDING,
)
# What is older than the last take that a list ordered, made or not, shows something else than is wished
# now: it is neither climbed on nor handed to a person. Such a take alone does without a rung and without
# a person's hand.
_any = sa.alias(Take.__table__)
_OF_THIS_WISH = Take.number >= (
    sa.select(sa.func.max(_any.c.number))
    .where(_any.c.shot_id == Take.shot_id, _any.c.rung == 0, ~_any.c.by_hand)
    .scalar_subquery()
)
_TAKES = (
    sa.select(
        Take.shot_id, Take.number, Take.rung, Take.recipe, Take.verdict, Take.match, Take.by_hand,
        Take.result, Take.coverage, Take.early, Take.reason, PublishedClip.purged_at,
        sa.and_(
            _OF_THIS_WISH,
            sa.or_(
                Take.status == TakeStatus.SUCCEEDED, Take.failure_class == FailureClass.CONTENT
            ),
        ).label("judged"),
    )
    .outerjoin(PublishedClip, PublishedClip.take_id == Take.id)
    .where(Take.shot_id.in_(sa.bindparam("shots", expanding=True)))
    .order_by(Take.shot_id, Take.number)
)  # fmt: skip


def history(store: Store, shot: ShotName) -> History:
    """The history of one shot as it is now."""
    with store.read() as connection:
        return history_of(connection, shot.id)


def history_of(connection: sa.Connection, shot_id: int) -> History:
    """The shot's takes that a gate judged: those that were made, those declined beforehand, and those ended
    early."""
    return histories(connection, hold_shots(connection, [shot_id]))[shot_id]


def hold_shots(connection: sa.Connection, shots: Sequence[int]) -> Sequence[ShotRow]:
    """The rows of shots, held until the transaction ends."""
    return connection.execute(_SHOTS, {"shots": list(shots)}).all()


def histories(
    connection: sa.Connection,
    shots: Collection[ShotRow],
    firsts: Mapping[int, TakeFacts] | None = None,
) -> dict[int, History]:
    """What the ladder looks at, by shot. Of shots in `firsts`, whose one take is known, none is read."""
    known = firsts or {}
    judged = {shot: [facts] for shot, facts in known.items()}
    prompts = {shot: [facts.recipe.prompt] for shot, facts in known.items()}
    unknown = [shot.id for shot in shots if shot.id not in known]
    rows = connection.execute(_TAKES, {"shots": unknown}).all() if unknown else []
    for row in rows:
        prompts.setdefault(row.shot_id, []).append(row.recipe["prompt"])
        if row.judged:
            judged.setdefault(row.shot_id, []).append(_facts(row))
    return {
        row.id: History(
            takes=tuple(judged.get(row.id, ())),
            prompts=tuple(prompts.get(row.id, ())),
            must_keep=tuple(row.must_keep),
            alternates=tuple(
                Alternate(still=each["still"], width=each["width"], height=each["height"])
                for each in row.alternates
            ),
        )
        for row in shots
    }


def foreseen(store: Store, endings: Mapping[Lease, TakeFacts]) -> list[History]:
    """What the ladder will look at once these attempts, of different shots, have ended so.

    Nothing is held: a shot may have another history by the time that they end. There is none of an
    attempt that has lost its lease, or on whose shot a person has spoken.
    """
    if not endings:
        return []
    attempts = [(lease.take_id, lease.token) for lease in endings]
    ended = {lease.shot.id: facts for lease, facts in endings.items()}
    firsts = {shot: facts for shot, facts in ended.items() if facts.number == 1}
    with store.read() as connection:
        rows = connection.execute(_STILL_TO_JUDGE, {"attempts": attempts}).all()
        so_far = histories(connection, rows, firsts)
    return [
        history if shot in firsts else replace(history, takes=(*history.takes, ended[shot]))
        for shot, history in so_far.items()
    ]


def _facts(row: sa.Row[*tuple[Any, ...]]) -> TakeFacts:
    return TakeFacts(
        number=row.number,
        rung=row.rung,
        recipe=Recipe.from_dict(row.recipe),
        verdict=row.verdict,
        score=row.match,
        by_hand=row.by_hand,
        misses=stored(row.result),
        zones=_zones(row.result),
        purged=row.purged_at is not None,
        coverage=Coverage.from_dict(row.coverage) if row.coverage else None,
        despite=(row.result or {}).get("despite", ""),
        ended=row.reason if (row.early or {}).get("ended") else "",
        seconds=sum((row.result or {}).get("seconds", {}).values()),
    )


def prompts_of(store: Store, shot: ShotName) -> tuple[str, ...]:
    """The prompts of all takes of a shot so far, oldest first."""
    recipes = sa.select(Take.recipe).where(Take.shot_id == shot.id).order_by(Take.number)
    with store.read() as connection:
        return tuple(recipe["prompt"] for recipe in connection.execute(recipes).scalars())


def _zones(result: Mapping[str, Any] | None) -> Zones | None:
    """The lines that the gate went by, where they were kept."""
    values = (result or {}).get("zones")
    return Zones(**values) if values else None
