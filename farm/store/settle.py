"""What becomes of an attempt that ended: its clip is published, or its fault is weighed.

A result that comes after its lease was lost is counted and kept aside, never published.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from farm.events import Event, EventKind
from farm.lifecycle import FailureClass, ReviewStatus, TakeStatus
from farm.retry import Again, RetryPolicy, after_fault
from farm.store.leases import Lease, attempt_event, held, returned
from farm.store.moves import ShotName, end_attempt, move_review, move_take, order_take
from farm.store.session import Store
from farm.store.tables import PublishedClip, Shot, Take, utcnow
from pipeline.ladder import Alternate, Step, TakeFacts, best
from pipeline.recipe import Recipe, TakeResult, Zones


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the ladder looks at: the shot's finished takes and what it may still use."""

    takes: tuple[TakeFacts, ...]
    must_keep: tuple[str, ...]
    alternates: tuple[Alternate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows a finished take."""

    review: ReviewStatus
    why: str
    selected: int | None = None
    """The number of the take that stands for the shot now."""
    step: Step | None = None
    """The next take, where the ladder has one."""


Decide = Callable[[History], Decision]


def made(
    store: Store, lease: Lease, result: TakeResult, decide: Decide
) -> tuple[bool, list[Event]]:
    """Publishes a finished take and does what `decide` makes of the shot's history.

    False means the lease was lost: nothing is published, the clip is kept aside under its own name.
    """
    with store.write() as connection:
        pending = _pending(connection, lease)
        published = move_take(
            connection,
            lease.take_id,
            lease.token,
            TakeStatus.SUCCEEDED,
            verdict=result.verdict,
            match=result.match.score,
            result=_result_values(result),
        )
        if not published:
            data = {"outcome": result.verdict, "clip": result.clip.path}
            return False, [attempt_event(connection, EventKind.LATE_RESULT, lease, data)]
        connection.execute(
            sa.insert(PublishedClip).values(
                take_id=lease.take_id, token=lease.token, **asdict(result.clip)
            )
        )
        seconds = end_attempt(connection, lease.take_id, lease.token, TakeStatus.SUCCEEDED)
        events = [_succeeded(connection, lease, result, seconds)]
        if pending:
            events += _follow(connection, lease.shot, decide(_history(connection, lease.shot.id)))
        return True, events


def fault(
    store: Store, lease: Lease, failure: FailureClass, reason: str, policy: RetryPolicy
) -> list[Event]:
    """Records a failed attempt and lets `farm.retry` say whether the take is tried again."""
    with store.write() as connection:
        pending = _pending(connection, lease)
        faults = connection.execute(
            sa.select(Take.faults).where(*held(lease)).with_for_update()
        ).scalar()
        if faults is None:
            return []
        answer = after_fault(failure, faults, reason, policy)
        if isinstance(answer, Again):
            return [_again(connection, lease, failure, reason, answer, faults)]
        failed = _give_up(connection, lease, failure, answer.reason)
        if not pending:
            return [failed]
        return [failed, *give_to_a_person(connection, lease.shot, answer.reason)]


def _pending(connection: sa.Connection, lease: Lease) -> bool:
    """Whether the gate may still speak: a person's word on the shot stands above it.

    Holds the shot, and before its take as `farm.store.desk` does, so that the two take turns.
    """
    review = connection.execute(
        sa.select(Shot.review).where(Shot.id == lease.shot.id).with_for_update(key_share=True)
    ).scalar()
    return review is ReviewStatus.PENDING


def _follow(connection: sa.Connection, shot: ShotName, decision: Decision) -> list[Event]:
    events = move_review(
        connection, shot, decision.review, decision.why, selected=decision.selected
    )
    if decision.step is not None:
        events += order_take(connection, shot, decision.step)
    return events


def _again(
    connection: sa.Connection,
    lease: Lease,
    failure: FailureClass,
    reason: str,
    answer: Again,
    faults: int,
) -> Event:
    move_take(
        connection,
        lease.take_id,
        lease.token,
        TakeStatus.WAITING,
        due=False,
        due_at=utcnow(sa.literal(answer.delay, sa.Float)),
        faults=faults + answer.counts,
    )
    return returned(connection, lease, failure, reason, answer.delay)


def _give_up(connection: sa.Connection, lease: Lease, failure: FailureClass, reason: str) -> Event:
    move_take(
        connection,
        lease.take_id,
        lease.token,
        TakeStatus.FAILED,
        failure_class=failure,
        reason=reason,
    )
    seconds = end_attempt(
        connection, lease.take_id, lease.token, TakeStatus.FAILED, failure, reason
    )
    data = {"failure_class": failure, "reason": reason, "seconds": seconds}
    return attempt_event(connection, EventKind.TAKE_FAILED, lease, data)


def give_to_a_person(
    connection: sa.Connection, shot: ShotName, why: str, who: str = "farm"
) -> list[Event]:
    """A person must look at the shot: at the take that stands for it, or else at the best so far."""
    selected = connection.execute(
        sa.select(Shot.selected_take).where(Shot.id == shot.id)
    ).scalar_one()
    if selected is None and (good := best(_history(connection, shot.id).takes)):
        selected = good.number
    return move_review(connection, shot, ReviewStatus.NEEDS_REVIEW, why, who=who, selected=selected)


def _succeeded(
    connection: sa.Connection, lease: Lease, result: TakeResult, seconds: float
) -> Event:
    data = {
        "verdict": result.verdict,
        "rung": lease.rung,
        "match": result.match.score,
        "clip": result.clip.path,
        "stages": dict(result.seconds),
        "seconds": seconds,
        "device": result.device,
    }
    return attempt_event(connection, EventKind.TAKE_SUCCEEDED, lease, data)


def _history(connection: sa.Connection, shot_id: int) -> History:
    shot = connection.execute(
        sa.select(Shot.must_keep, Shot.alternates).where(Shot.id == shot_id)
    ).one()
    rows = connection.execute(
        sa.select(
            Take.number, Take.rung, Take.recipe, Take.verdict, Take.match, Take.by_hand,
            Take.result["zones"].label("zones"),
        )
        .where(Take.shot_id == shot_id, Take.status == TakeStatus.SUCCEEDED)
        .order_by(Take.number)
    )  # fmt: skip
    takes = tuple(
        TakeFacts(
            number=row.number,
            rung=row.rung,
            recipe=Recipe.from_dict(row.recipe),
            verdict=row.verdict,
            score=row.match,
            by_hand=row.by_hand,
            zones=Zones(**row.zones) if row.zones else None,
        )
        for row in rows
    )
    alternates = tuple(
        Alternate(still=each["still"], width=each["width"], height=each["height"])
        for each in shot.alternates
    )
    return History(takes=takes, must_keep=tuple(shot.must_keep), alternates=alternates)


def _result_values(result: TakeResult) -> dict[str, Any]:
    return {
        "match": asdict(result.match),
        "findings": [asdict(finding) for finding in result.findings],
        "seconds": dict(result.seconds),
        "device": result.device,
        "zones": asdict(result.zones) if result.zones else None,
    }
