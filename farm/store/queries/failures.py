"""How attempts of a shot failed, with the evidence that was kept of each."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from farm.domain.evidence import Evidence
from farm.domain.lifecycle import FailureClass
from farm.errors import UnknownName
from farm.store.queries.names import unknown
from farm.store.queue.transitions import AnyRow
from farm.store.session import Store
from farm.store.tables import Attempt, KeptEvidence, Production, Shot, Take


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One attempt that ended otherwise than with a clip."""

    take: int
    attempt: int
    worker: str
    node: str
    owner: str
    started_at: dt.datetime
    ended_at: dt.datetime | None
    outcome: str
    """`returned`, `taken_back`, `failed` or `cancelled`."""
    failure_class: FailureClass | None
    reason: str
    evidence: Evidence | None
    """None where none was kept: there was none, or the attempt is from before any was."""


def of_shot(store: Store, production: str, code: str, take: int | None = None) -> list[Failure]:
    """The failures of a take, oldest first; of the latest take that failed where none is named.

    Raises `UnknownName`.
    """
    statement = (
        sa.select(
            Take.number, Attempt.token, Attempt.worker, Attempt.node, Attempt.owner,
            Attempt.started_at, Attempt.ended_at, Attempt.outcome, Attempt.failure_class,
            Attempt.reason, KeptEvidence.traceback, KeptEvidence.lines,
        )
        .join(Attempt, Attempt.take_id == Take.id)
        .outerjoin(
            KeptEvidence,
            sa.and_(KeptEvidence.take_id == Attempt.take_id, KeptEvidence.token == Attempt.token),
        )
        .order_by(Take.number, Attempt.token)
    )  # fmt: skip
    with store.read() as connection:
        shot, takes_made = _shot(connection, production, code)
        if take is not None and not 1 <= take <= takes_made:
            raise UnknownName(f"{production}/{code} has no take {take}; it has {takes_made}")
        rows = connection.execute(statement.where(Take.shot_id == shot)).all()
    failed = [row for row in rows if row.outcome not in (None, "succeeded")]
    newest = max((row.number for row in failed), default=None)
    wanted = newest if take is None else take
    return [_failure(row) for row in failed if row.number == wanted]


def _shot(connection: sa.Connection, production: str, code: str) -> tuple[int, int]:
    row = connection.execute(
        sa.select(Shot.id, Shot.takes_made)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production, Shot.code == code)
    ).first()
    if row is None:
        raise unknown(connection, production, code)
    return row.id, row.takes_made


def _failure(row: AnyRow) -> Failure:
    kept = row._mapping
    told = kept["traceback"] is not None
    return Failure(
        take=kept["number"],
        attempt=kept["token"],
        worker=kept["worker"],
        node=kept["node"],
        owner=kept["owner"],
        started_at=kept["started_at"],
        ended_at=kept["ended_at"],
        outcome=kept["outcome"],
        failure_class=kept["failure_class"],
        reason=kept["reason"],
        evidence=Evidence(kept["traceback"], tuple(kept["lines"])) if told else None,
    )
