"""The one place that writes a status: legal by the table, guarded in its UPDATE, with its event.

Callers hold the transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from farm.events import Event, EventKind
from farm.lifecycle import COVERS, TAKE_MOVES, FailureClass, ReviewStatus, TakeStatus, check
from farm.store.tables import Attempt, LoggedEvent, Production, Shot, Take, utcnow
from pipeline.ladder import Step
from pipeline.prompt_trace import trace
from pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True)
class ShotName:
    """A shot by its key and by the names people use."""

    id: int
    production: str
    code: str


def move_take(
    connection: sa.Connection, take_id: int, token: int, to: TakeStatus, **values: Any
) -> bool:
    """Moves a take, if attempt `token` is still its current one and the table allows it.

    False means that somebody else ended or took back that attempt: the caller's news is late.
    """
    allowed = [status for status, moves in TAKE_MOVES.items() if to in moves]
    if to is not TakeStatus.RUNNING:
        values |= {"lease_owner": None, "lease_until": None}
    if to in (TakeStatus.SUCCEEDED, TakeStatus.FAILED, TakeStatus.CANCELLED):
        values |= {"ended_at": utcnow()}
    statement = (
        sa.update(Take)
        .where(Take.id == take_id, Take.token == token, Take.status.in_(allowed))
        .values(status=to, **values)
    )
    return connection.execute(statement).rowcount == 1


def end_attempt(
    connection: sa.Connection,
    take_id: int,
    token: int,
    outcome: str,
    failure: FailureClass | None = None,
    reason: str = "",
) -> float:
    """Closes the row of one attempt; the seconds it ran, by the database's clock."""
    row = connection.execute(
        sa.update(Attempt)
        .where(Attempt.take_id == take_id, Attempt.token == token)
        .values(ended_at=utcnow(), outcome=outcome, failure_class=failure, reason=reason)
        .returning(Attempt.started_at, Attempt.ended_at)
    ).one()
    return (row.ended_at - row.started_at).total_seconds()


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
    now, before, covered = connection.execute(
        sa.select(Shot.review, Shot.selected_take, Shot.review_before).where(Shot.id == shot.id)
    ).one()
    after = before if selected is None else selected
    if now is then and after == before:
        return []
    if now is not then:
        check(now, then)
    if then in COVERS or now in COVERS:
        _hold_take(connection, shot, held=then in COVERS)
    connection.execute(
        sa.update(Shot)
        .where(Shot.id == shot.id)
        .values(
            review=then,
            selected_take=after,
            review_before=(covered or now) if then in COVERS else None,
        )
    )
    data = {"before": now, "after": then, "why": why, "selected_take": after}
    return [write_event(connection, EventKind.REVIEW_MOVED, shot, who=who, data=data)]


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
) -> list[Event]:
    """Adds the shot's next take, waiting; its number was never used before."""
    number, production_id, priority = connection.execute(
        sa.update(Shot)
        .where(Shot.id == shot.id)
        .values(takes_made=Shot.takes_made + 1)
        .returning(Shot.takes_made, Shot.production_id, Shot.priority)
    ).one()
    changes = {name: list(pair) for name, pair in step.changes.items()}
    removed = _removed(connection, shot, step.recipe.prompt)
    connection.execute(
        sa.insert(Take).values(
            **take_values(step.recipe),
            shot_id=shot.id,
            production_id=production_id,
            number=number,
            rank=-priority,
            rung=step.rung,
            why=step.why,
            changes=changes,
            by_hand=by_hand,
        )
    )
    data = order_data(step.recipe, step.rung, step.why, changes, removed)
    return [write_event(connection, EventKind.TAKE_ORDERED, shot, take=number, who=who, data=data)]


def take_values(recipe: Recipe) -> dict[str, Any]:
    """The columns of a take that follow from its recipe."""
    return {"recipe": recipe.as_dict(), "recipe_hash": recipe.hash, "profile": recipe.profile}


def order_data(
    recipe: Recipe,
    rung: int,
    why: str,
    changes: Mapping[str, Any],
    removed: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """What a `take_ordered` event carries."""
    return {
        "rung": rung,
        "why": why,
        "changes": dict(changes),
        "removed": [dict(piece) for piece in removed],
        "recipe_hash": recipe.hash,
    }


def _removed(connection: sa.Connection, shot: ShotName, prompt: str) -> list[dict[str, Any]]:
    """What the rules cut out of an earlier take's prompt to make this one, piece by piece."""
    must_keep = connection.execute(sa.select(Shot.must_keep).where(Shot.id == shot.id)).scalar_one()
    recipes = connection.execute(
        sa.select(Take.recipe).where(Take.shot_id == shot.id).order_by(Take.number)
    ).scalars()
    simplified = trace([recipe["prompt"] for recipe in recipes], prompt, must_keep)
    return [asdict(piece) for piece in simplified.removals] if simplified else []


def write_event(
    connection: sa.Connection,
    kind: EventKind,
    shot: ShotName | None,
    *,
    take: int | None = None,
    attempt: int | None = None,
    who: str = "farm",
    data: Mapping[str, Any],
) -> Event:
    """Writes one event and returns it as listeners will see it."""
    at = connection.execute(
        sa.insert(LoggedEvent)
        .values(
            kind=kind,
            shot_id=shot.id if shot else None,
            take=take,
            attempt=attempt,
            who=who,
            data=dict(data),
        )
        .returning(LoggedEvent.at)
    ).scalar_one()
    return Event(
        kind=kind,
        at=at,
        production=shot.production if shot else "",
        shot=shot.code if shot else "",
        take=take,
        attempt=attempt,
        who=who,
        data=data,
    )


def names_of(connection: sa.Connection, shot_ids: Iterable[int]) -> dict[int, ShotName]:
    """The names of shots by key."""
    rows = connection.execute(
        sa.select(Shot.id, Production.name, Shot.code)
        .join(Production, Production.id == Shot.production_id)
        .where(Shot.id.in_(list(shot_ids)))
    )
    return {row.id: ShotName(row.id, row.name, row.code) for row in rows}
