"""Writes every status but one: legal by the table, guarded in its UPDATE, with its event.

That one is `running`, which `farm.store.queue.claims` writes; nobody else writes a take's status or a
shot's review (`tests/unit/farm/store/test_writers.py` holds it). Callers hold the transaction, and know
before it what they write: a step's recipe, and what the rules cut to make it, come with the step.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from farm.domain.drafts import FULL, Tie
from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import COVERS, TAKE_MOVES, FailureClass, ReviewStatus, TakeStatus, check
from farm.domain.shot import ShotName
from farm.store.column_types import utcnow
from farm.store.queue.event_log import News, write_events
from farm.store.tables import Attempt, Shot, Take
from pipeline.ladder import Step
from pipeline.recipe import Recipe

AnyRow = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class ReviewMove:
    """Where a shot's review goes and why, and which take stands for it, where that changes.

    `cleared` says that no earlier take stands for it any more; `undoes` is the number in the log of the
    move that is taken back.
    """

    shot: ShotName
    then: ReviewStatus
    why: str
    who: str = "farm"
    selected: int | None = None
    cleared: bool = False
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class TakeMove:
    """A take that leaves attempt `token`, with the columns that change beside its status."""

    take_id: int
    token: int
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])


def _move_statement(to: TakeStatus) -> sa.Update:
    allowed = [status for status, moves in TAKE_MOVES.items() if to in moves]
    values: dict[str, Any] = {"status": to, "lease_owner": None, "lease_until": None}
    if not TAKE_MOVES[to]:
        values["ended_at"] = utcnow()
    return (
        sa.update(Take)
        .where(
            Take.id == sa.bindparam("of_take"),
            Take.token == sa.bindparam("of_token"),
            sa.or_(*(Take.status == status for status in allowed)),
        )
        .values(values)
    )


# What every take goes through is written down once: to make a statement costs more than to run it.
_MOVES = {to: _move_statement(to) for to in TakeStatus if to is not TakeStatus.RUNNING}
"""How a take leaves an attempt; into one it comes by a claim alone."""
_END = sa.update(Attempt).where(
    Attempt.take_id == sa.bindparam("of_take"), Attempt.token == sa.bindparam("of_token")
)
_END_NOW = _END.values(ended_at=utcnow()).returning(Attempt.started_at, Attempt.ended_at)
_REVIEWS = sa.select(Shot.id, Shot.review, Shot.selected_take, Shot.review_before).where(
    Shot.id.in_(sa.bindparam("shots", expanding=True))
)
_REVIEW = sa.update(Shot).where(Shot.id == sa.bindparam("of_shot"))


def move_take(
    connection: sa.Connection, take_id: int, token: int, to: TakeStatus, **values: Any
) -> bool:
    """Moves a take, if attempt `token` is still its current one and the table allows it.

    False means that somebody else ended or took back that attempt: the caller's news is late.
    """
    statement = _MOVES[to]
    if computed := {
        key: each for key, each in values.items() if isinstance(each, sa.ColumnElement)
    }:
        statement = statement.values(computed)
    plain = {key: each for key, each in values.items() if key not in computed}
    guard = {"of_take": take_id, "of_token": token}
    return connection.execute(statement, {**guard, **plain}).rowcount == 1


def move_takes(connection: sa.Connection, to: TakeStatus, moves: Sequence[TakeMove]) -> int:
    """As `move_take`, for several takes, all with the same columns; how many moved."""
    rows = [{"of_take": each.take_id, "of_token": each.token, **each.values} for each in moves]
    return connection.execute(_MOVES[to], rows).rowcount


def end_attempt(
    connection: sa.Connection,
    take_id: int,
    token: int,
    outcome: str,
    failure: FailureClass | None = None,
    reason: str = "",
) -> float:
    """Closes the row of one attempt; the seconds it ran, by the database's clock."""
    how = {"outcome": outcome, "failure_class": failure, "reason": reason}
    attempt = {"of_take": take_id, "of_token": token}
    row = connection.execute(_END_NOW, {**attempt, **how}).one()
    return (row.ended_at - row.started_at).total_seconds()


def end_attempts(
    connection: sa.Connection, attempts: Sequence[tuple[int, int]], outcome: str, at: dt.datetime
) -> None:
    """Closes the rows of attempts, each a take's key and a token, at a time the database gave."""
    how = {"outcome": outcome, "ended_at": at}
    rows = [{"of_take": take, "of_token": token, **how} for take, token in attempts]
    connection.execute(_END, rows)


def move_review(
    connection: sa.Connection,
    shot: ShotName,
    then: ReviewStatus,
    why: str,
    *,
    who: str = "farm",
    selected: int | None = None,
) -> list[Event]:
    """Moves a shot's review status and, where given, the take that stands for it.

    No event where neither changes. What a hold or an omission covers is kept, and the shot's take is
    held as long. Raises `IllegalMove`.
    """
    news = move_reviews(connection, [ReviewMove(shot, then, why, who, selected)])
    return write_events(connection, news)


def move_reviews(
    connection: sa.Connection,
    moves: Sequence[ReviewMove],
    standing: Mapping[int, AnyRow] | None = None,
) -> list[News]:
    """As `move_review`, for several shots, each named once; returns the events that are to be written.

    `standing` are the shots' rows by key, where the caller holds them already.
    """
    if standing is None:
        rows = connection.execute(_REVIEWS, {"shots": [move.shot.id for move in moves]})
        standing = {row.id: row for row in rows}
    changes: list[dict[str, Any]] = []
    news: list[News] = []
    for move in moves:
        shot, then = move.shot, move.then
        row = standing[shot.id]
        now, before, covered = row.review, row.selected_take, row.review_before
        after = before if move.selected is None and not move.cleared else move.selected
        if now is then and after == before:
            continue
        if now is not then:
            check(now, then)
        if then in COVERS or now in COVERS:
            _hold_take(connection, shot, held=then in COVERS)
        covers = (covered or now) if then in COVERS else None
        changes.append({
            "of_shot": shot.id, "review": then, "selected_take": after, "review_before": covers
        })  # fmt: skip
        data = {"before": now, "after": then, "why": move.why, "selected_take": after}
        if move.undoes is not None:
            data["undoes"] = move.undoes
        news.append(News(EventKind.REVIEW_MOVED, shot, who=move.who, data=data))
    if changes:
        connection.execute(_REVIEW, changes)
    return news


def _hold_take(connection: sa.Connection, shot: ShotName, *, held: bool) -> None:
    """Keeps the shot's waiting or running take from the next claim, or no longer."""
    active = Take.status.in_((TakeStatus.WAITING, TakeStatus.RUNNING))
    connection.execute(sa.update(Take).where(Take.shot_id == shot.id, active).values(held=held))


def order_take(
    connection: sa.Connection,
    shot: ShotName,
    step: Step,
    *,
    who: str = "farm",
    by_hand: bool = False,
    held: bool = False,
    tie: Tie | None = None,
) -> News:
    """Adds the shot's next take, waiting; its number was never used before. Returns the event that is
    to be written.

    `held` keeps the take from the claim. `tie` says whether it is a draft, or the final of which; None:
    as the take before it.
    """
    number, production_id, priority = connection.execute(
        sa.update(Shot)
        .where(Shot.id == shot.id)
        .values(takes_made=Shot.takes_made + 1)
        .returning(Shot.takes_made, Shot.production_id, Shot.priority)
    ).one()
    tied = _as_before(shot.id, number) if tie is None else asdict(tie)
    draft_for = connection.execute(
        sa.insert(Take)
        .values(
            **take_values(step.recipe),
            **tied,
            shot_id=shot.id,
            production_id=production_id,
            number=number,
            rank=-priority,
            rung=step.rung,
            why=step.why,
            changes=_changes(step),
            by_hand=by_hand,
            held=held,
        )
        .returning(Take.draft_for)
    ).scalar_one()
    data = order_data(step, tie or Tie(draft_for=draft_for))
    profile = step.recipe.profile
    return News(EventKind.TAKE_ORDERED, shot, number, who=who, data=data, profile=profile)


_before = sa.alias(Take.__table__)


def _as_before(shot_id: int, number: int) -> dict[str, Any]:
    return {
        name: sa.select(_before.c[name])
        .where(_before.c.shot_id == shot_id, _before.c.number == number - 1)
        .scalar_subquery()
        for name in ("draft_for", "final_of")
    }


def take_values(recipe: Recipe) -> dict[str, Any]:
    """The columns of a take that follow from its recipe."""
    return {"recipe": recipe.as_dict(), "recipe_hash": recipe.hash, "profile": recipe.profile}


def order_data(step: Step, tie: Tie = FULL) -> dict[str, Any]:
    """What a `take_ordered` event carries."""
    return {
        **{name: value for name, value in asdict(tie).items() if value is not None},
        "rung": step.rung,
        "why": step.why,
        "changes": _changes(step),
        "removed": [asdict(piece) for piece in step.removed],
        "recipe_hash": step.recipe.hash,
    }


def _changes(step: Step) -> dict[str, list[Any]]:
    return {name: list(pair) for name, pair in step.changes.items()}
