"""What becomes of an attempt that failed: its fault is weighed, and its evidence kept."""

import os
from typing import Any

import sqlalchemy as sa

from farm.domain.events import Event
from farm.domain.evidence import NONE, Evidence, cleaned
from farm.domain.lease import Lease
from farm.domain.lifecycle import FailureClass, TakeStatus
from farm.domain.placement import Seat
from farm.domain.retry import Again, Met, RetryPolicy, after_fault
from farm.domain.scrubbing import scrub, secrets_of
from farm.store.column_types import utcnow
from farm.store.queue.decisions import give_to_a_person, pending_of
from farm.store.queue.judged_takes import hold_shots
from farm.store.queue.leases import failed, held, returned
from farm.store.queue.transitions import move_take
from farm.store.session import Store
from farm.store.tables import Attempt, KeptEvidence, Take

_EVIDENCE = sa.insert(KeptEvidence).inline()


def fault(
    store: Store,
    lease: Lease,
    failure: FailureClass,
    reason: str,
    policy: RetryPolicy,
    evidence: Evidence = NONE,
) -> list[Event]:
    """Records a failed attempt and lets `farm.domain.retry` say whether the take is tried again.

    What it left behind is kept with it, without the secrets that the farm knows.
    """
    secrets = secrets_of(os.environ, [store.engine.url.render_as_string(hide_password=False)])
    reason = scrub(reason, secrets)
    with store.write() as connection:
        pending = pending_of(hold_shots(connection, [lease.shot.id]))
        faults = connection.execute(
            sa.select(Take.faults).where(*held(lease)).with_for_update()
        ).scalar()
        if faults is None:
            return []
        if evidence:
            connection.execute(_EVIDENCE, _evidence_values(lease, cleaned(evidence, secrets)))
        met = _met(connection, lease.take_id, faults)
        answer = after_fault(failure, met, str(lease.seat), reason, policy)
        if isinstance(answer, Again):
            return [_again(connection, lease, failure, reason, answer, faults)]
        failed = _give_up(connection, lease, answer.failure, answer.reason)
        if not pending:
            return [failed]
        return [failed, *give_to_a_person(connection, lease.shot, answer.reason)]


def _evidence_values(lease: Lease, evidence: Evidence) -> dict[str, Any]:
    return {
        "take_id": lease.take_id,
        "token": lease.token,
        "traceback": evidence.traceback,
        "lines": list(evidence.lines),
    }


def _met(connection: sa.Connection, take_id: int, faults: int) -> Met:
    """What the attempts of a take before the current one met."""
    rows = connection.execute(
        sa.select(Attempt.worker, Attempt.node, Attempt.failure_class).where(
            Attempt.take_id == take_id, Attempt.outcome == "returned"
        )
    ).all()
    machine = [row for row in rows if row.failure_class is FailureClass.MACHINE]
    return Met(
        faults=faults,
        waits=sum(row.failure_class is FailureClass.CAPACITY for row in rows),
        workers=frozenset(str(Seat(row.worker, row.node)) for row in machine),
    )


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
    return failed(connection, lease, failure, reason)
