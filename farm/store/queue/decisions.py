"""What follows from a judged take: the gate's decision, carried out. Callers hold the transaction."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from farm.domain.decision import Decision
from farm.domain.events import Event
from farm.domain.lifecycle import ReviewStatus
from farm.domain.shot import ShotName
from farm.store.queue.event_log import News
from farm.store.queue.judged_takes import ShotRow, history_of
from farm.store.queue.transitions import ReviewMove, move_review, move_reviews, order_take
from farm.store.tables import Shot
from pipeline.ladder import best


def pending_of(rows: Sequence[ShotRow]) -> dict[int, ShotRow]:
    """Of which shots the gate may still speak: a person's word on a shot stands above it."""
    return {row.id: row for row in rows if row.review is ReviewStatus.PENDING}


def follow_all(connection: sa.Connection, decisions: Mapping[ShotName, Decision]) -> list[News]:
    """Carries out what the gate made of shots: review, the take that stands, the next take.

    Returns the events that are to be written.
    """
    ordered = order_all(connection, decisions)
    return [*review_all(connection, decisions), *ordered]


def order_all(connection: sa.Connection, decisions: Mapping[ShotName, Decision]) -> list[News]:
    """Orders the next takes, where the ladder has one; the events that are to be written."""
    return [
        order_take(connection, shot, decision.step)
        for shot, decision in decisions.items()
        if decision.step is not None
    ]


def review_all(
    connection: sa.Connection,
    decisions: Mapping[ShotName, Decision],
    standing: Mapping[int, ShotRow] | None = None,
) -> list[News]:
    """Moves what the gate decided in review; the events that are to be written. `standing` are the
    shots' rows, where they are held: then it only writes."""
    moves = [
        ReviewMove(shot, decision.review, decision.why, selected=decision.selected)
        for shot, decision in decisions.items()
    ]
    return move_reviews(connection, moves, standing) if moves else []


def give_to_a_person(
    connection: sa.Connection, shot: ShotName, why: str, who: str = "farm"
) -> list[Event]:
    """A person must look at the shot: at the take that stands for it, or else at the best so far of
    those that show what is wished now."""
    selected = connection.scalar(sa.select(Shot.selected_take).where(Shot.id == shot.id))
    if selected is None:
        good = best(history_of(connection, shot.id).takes)
        selected = good.number if good else None
    return move_review(connection, shot, ReviewStatus.NEEDS_REVIEW, why, who=who, selected=selected)
