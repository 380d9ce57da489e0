"""What becomes of an attempt that ended: its clip is published, or its fault is weighed.

A result that comes after its lease was lost is counted and kept aside, never published. The gate is asked
before the transaction, since to climb the ladder may take the rules of prompts longer than others should
wait for a lock. It is asked within one of what costs it nothing, a take that was accepted, and where a
shot's history became another one meanwhile.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa

from farm.domain.decision import Decide, asked_before
from farm.domain.events import Event, EventKind
from farm.domain.lease import Lease
from farm.domain.lifecycle import FailureClass, TakeStatus
from farm.store.queue.decisions import (
    follow_all,
    order_all,
    pending_of,
    review_all,
)
from farm.store.queue.event_log import News, write_events
from farm.store.queue.judged_takes import foreseen, histories, hold_shots
from farm.store.queue.leases import attempt_event, attempt_news, failed
from farm.store.queue.transitions import TakeMove, end_attempts, move_take, move_takes
from farm.store.session import Store, in_one_message
from farm.store.tables import Attempt, PublishedClip, Take
from pipeline.ladder import TakeFacts
from pipeline.result import EndedEarly, Refusal, TakeResult, Verdict

Answer = tuple[Lease, TakeResult]
"""What an attempt made."""

_CLIP = sa.insert(PublishedClip).inline()


def made(
    store: Store, lease: Lease, result: TakeResult, decide: Decide
) -> tuple[bool, list[Event]]:
    """Publishes a finished take and does what `decide` makes of the shot's history.

    False means the lease was lost: nothing is published, the clip is kept aside under its own name.
    Told a second time of what it published (its first answer never came), it changes nothing.
    """
    (published,), events = made_all(store, [(lease, result)], decide)
    return published, events


def made_all(
    store: Store, answers: Sequence[Answer], decide: Decide
) -> tuple[list[bool], list[Event]]:
    """As `made`, for takes of different shots in one transaction: all of it is told, or nothing."""
    decide = asked_before(decide, foreseen(store, _misses(answers)))
    with store.write() as connection:
        shots = hold_shots(connection, [lease.shot.id for lease, _ in answers])
        pending = pending_of(shots)
        moved = _succeed(connection, answers)
        fresh = [answer for answer, current in zip(answers, moved, strict=True) if current]
        published = list(moved)
        events: list[Event] = []
        for number, (lease, result) in enumerate(answers):
            if not moved[number]:
                published[number], told = _late(connection, lease, result)
                events += told
        if fresh:
            judged = [lease.shot for lease, _ in fresh if lease.shot.id in pending]
            so_far = histories(connection, [pending[shot.id] for shot in judged], _firsts(fresh))
            decisions = {shot: decide(so_far[shot.id]) for shot in judged}
            ordered = order_all(connection, decisions)
            at = shots[0].at
            with in_one_message(connection):
                news = _publish(connection, fresh, at)
                news += [*review_all(connection, decisions, pending), *ordered]
                events += write_events(connection, news, at)
        return published, events


def declined(
    store: Store, lease: Lease, refusal: Refusal, decide: Decide
) -> tuple[bool, list[Event]]:
    """Records a take that was declined before it was rendered, and does what `decide` makes of it.

    It fails of its content, as a miss does: another still may be tried, or a person looks. False means
    the lease was lost, and nothing is changed.
    """
    return _without_clip_ended(store, lease, refusal, refusal.misses[0].message, decide)


def ended_early(
    store: Store, lease: Lease, ended: EndedEarly, decide: Decide
) -> tuple[bool, list[Event]]:
    """As `declined`, of a take that was ended in the middle, since it would not have been accepted."""
    return _without_clip_ended(store, lease, ended, ended.reason, decide)


def _without_clip_ended(
    store: Store, lease: Lease, ending: Refusal | EndedEarly, reason: str, decide: Decide
) -> tuple[bool, list[Event]]:
    look = ending.look if isinstance(ending, EndedEarly) else None
    seen = {"early": look.as_dict()} if look else {}
    told = {"steps_spared": look.spared, "device": ending.device} if look else {}
    decide = asked_before(decide, foreseen(store, {lease: _ending(lease, ending)}))
    with store.write() as connection:
        pending = pending_of(hold_shots(connection, [lease.shot.id]))
        moved = move_take(
            connection,
            lease.take_id,
            lease.token,
            TakeStatus.FAILED,
            failure_class=FailureClass.CONTENT,
            reason=reason,
            result=_judged(ending),
            **seen,
        )
        if not moved:
            return False, []
        events = [failed(connection, lease, FailureClass.CONTENT, reason, told)]
        if pending:
            so_far = histories(connection, list(pending.values()))
            decision = decide(so_far[lease.shot.id])
            events += write_events(connection, follow_all(connection, {lease.shot: decision}))
        return True, events


def _succeed(connection: sa.Connection, answers: Sequence[Answer]) -> list[bool]:
    """Moves the takes whose leases are still current; which those are."""
    moves = [
        TakeMove(lease.take_id, lease.token, _result_values(result)) for lease, result in answers
    ]
    moved = move_takes(connection, TakeStatus.SUCCEEDED, moves)
    if moved in (0, len(answers)):
        return [moved > 0] * len(answers)
    current = _without_clip(connection, [lease for lease, _ in answers])
    assert len(current) == moved
    return [lease.take_id in current for lease, _ in answers]


def _without_clip(connection: sa.Connection, leases: Sequence[Lease]) -> set[int]:
    """Those of these attempts that succeeded and have no clip: a take gets it in the transaction that
    moves it, so they were moved in this one."""
    attempts = [(lease.take_id, lease.token) for lease in leases]
    statement = (
        sa.select(Take.id)
        .outerjoin(PublishedClip, PublishedClip.take_id == Take.id)
        .where(
            sa.tuple_(Take.id, Take.token).in_(attempts),
            Take.status == TakeStatus.SUCCEEDED,
            PublishedClip.take_id.is_(None),
        )
    )
    return set(connection.execute(statement).scalars())


def _ending(lease: Lease, result: TakeResult | Refusal | EndedEarly) -> TakeFacts:
    """What the ladder would read of a take that ended so."""
    facts = TakeFacts(
        number=lease.number,
        rung=lease.rung,
        recipe=lease.recipe,
        verdict=None,
        score=None,
        by_hand=lease.by_hand,
        misses=result.misses,
        seconds=sum(result.seconds.values()),
    )
    if isinstance(result, Refusal):
        return facts
    if isinstance(result, EndedEarly):
        return replace(facts, ended=result.reason)
    return replace(
        facts,
        verdict=result.verdict,
        score=result.match.score,
        zones=result.zones,
        coverage=result.coverage,
        despite=result.despite,
    )


def _misses(answers: Sequence[Answer]) -> dict[Lease, TakeFacts]:
    """The takes after which the gate may climb the ladder; of one that was accepted it says so at once."""
    return {
        lease: _ending(lease, result)
        for lease, result in answers
        if result.verdict is not Verdict.ACCEPTED
    }


def _firsts(answers: Sequence[Answer]) -> dict[int, TakeFacts]:
    """Shots whose first take this is, with what the ladder would read of it."""
    return {lease.shot.id: _ending(lease, result) for lease, result in answers if lease.number == 1}


def _late(connection: sa.Connection, lease: Lease, result: TakeResult) -> tuple[bool, list[Event]]:
    """What a result is whose attempt has ended: told a second time, or too late."""
    if _is_published(connection, lease):
        return True, []
    data = {"outcome": result.verdict, "clip": result.clip.path}
    return False, [attempt_event(connection, EventKind.LATE_RESULT, lease, data)]


def is_attempt(store: Store, lease: Lease) -> bool:
    """Whether this database gave that lease: a media folder may be used with several databases."""
    statement = sa.select(
        sa.exists().where(
            Attempt.take_id == lease.take_id,
            Attempt.token == lease.token,
            Attempt.owner == lease.owner,
        )
    )
    with store.read() as connection:
        return bool(connection.execute(statement).scalar())


def _is_published(connection: sa.Connection, lease: Lease) -> bool:
    statement = sa.select(
        sa.exists().where(
            PublishedClip.take_id == lease.take_id, PublishedClip.token == lease.token
        )
    )
    return bool(connection.execute(statement).scalar())


def _publish(connection: sa.Connection, answers: Sequence[Answer], at: dt.datetime) -> list[News]:
    """Publishes the clips of takes that were moved; the events to be written."""
    connection.execute(_CLIP, [_clip_values(lease, result) for lease, result in answers])
    attempts = [(lease.take_id, lease.token) for lease, _ in answers]
    end_attempts(connection, attempts, TakeStatus.SUCCEEDED, at)
    return [
        attempt_news(EventKind.TAKE_SUCCEEDED, lease, _facts(lease, result, at))
        for lease, result in answers
    ]


def _facts(lease: Lease, result: TakeResult, at: dt.datetime) -> dict[str, Any]:
    """What people are told of a take that was made."""
    return {
        "verdict": result.verdict,
        "rung": lease.rung,
        "match": result.match.score,
        "coverage": result.coverage.as_dict() if result.coverage else None,
        "clip": result.clip.path,
        "stages": dict(result.seconds),
        "seconds": (at - lease.started_at).total_seconds(),
        "device": result.device,
        **({"draft": True} if lease.draft else {}),
    }


def _clip_values(lease: Lease, result: TakeResult) -> dict[str, Any]:
    return {"take_id": lease.take_id, "token": lease.token, **result.clip.as_dict()}


def _result_values(result: TakeResult) -> dict[str, Any]:
    """The columns of a take that was made."""
    kept = {
        "findings": [asdict(finding) for finding in result.findings],
        "zones": asdict(result.zones) if result.zones else None,
        "despite": result.despite,
        **_judged(result),
    }
    return {
        "verdict": result.verdict,
        "match": result.match.score,
        "coverage": result.coverage.as_dict() if result.coverage else None,
        "early": result.early.as_dict() if result.early else None,
        "result": kept,
    }


def _judged(result: TakeResult | Refusal | EndedEarly) -> dict[str, Any]:
    return {
        "match": result.match.as_dict(),
        "misses": [asdict(miss) for miss in result.misses],
        "seconds": dict(result.seconds),
        "device": result.device,
    }
