"""What a production came to, counted by the database: shots, takes, verdicts, seconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from farm.domain.early_end import EarlyTally
from farm.domain.lifecycle import FailureClass, ShotState, TakeStatus
from farm.domain.spending import Agreement
from farm.store.queries import early_looks, overview
from farm.store.queries.spending import PASSED, Spent, agreement, spent
from farm.store.session import Store
from farm.store.tables import Production, PublishedClip, Shot, Take
from pipeline.result import Verdict
from pipeline.stages import STAGES

CPU = "cpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What the takes of one rung came to; 0 are first takes and those ordered by hand."""

    rung: int
    made: int
    """Takes with a clip."""
    accepted: int
    """Takes that the gate passed."""
    partly: int
    """Takes that pass by their own prompt and show only a part of their shot's."""
    delivered: int
    """Takes that stand for an accepted or approved shot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The figures of a production so far."""

    production: str
    shots: int
    """Submitted."""
    states: Mapping[ShotState, int]
    passed: int
    """Shots accepted by the gate or approved by a person, but for those of which there is a draft alone."""
    partly: int
    """Shots, accepted ones or a person's, whose take shows only a part of what they ask for."""
    takes: int
    """Ordered."""
    takes_per_shot: Mapping[int, int]
    """Takes ordered for a shot → shots."""
    renders: int
    """Takes with a clip; here, in `verdicts` and in `rungs` drafts are left out."""
    renders_per_passed: float | None
    """Renders of the production for each shot that passed; None before one did."""
    verdicts: Mapping[Verdict, int]
    rungs: tuple[Rung, ...]
    failures: Mapping[FailureClass, int]
    """Takes given up, by class."""
    attempts: int
    """Ended, those of lost machines too."""
    worker_seconds: float
    """Seconds that these held their workers; what they held at once counts once."""
    spent: tuple[Spent, ...]
    """The same by profile and by what came of it."""
    seconds_per_clip: float | None
    """`worker_seconds`, those of drafts too, over the shots that passed; None before one did."""
    early: EarlyTally
    """What looks at unfinished takes came to."""
    drafts: Agreement
    """Drafts, and how their finals fared."""
    gpu_seconds: float
    """Seconds of all stages of the takes that were made on a GPU."""
    stages: Mapping[str, float]
    """Seconds of all takes with a clip, by stage."""
    profiles: tuple[str, ...]
    """Profiles of its takes."""
    purged: int = 0
    """Clips that were removed for good."""
    purged_bytes: int = 0


def tally(store: Store, production: str) -> Tally:
    """The figures of a production. Raises `UnknownName`."""
    (standing,) = overview.productions(store, production)
    with store.read() as connection:
        where = connection.execute(
            sa.select(Production.id).where(Production.name == production)
        ).scalar_one()
        rungs = _rungs(connection, where)
        verdicts = _counts(connection, where, Take.verdict, Take.draft_for.is_(None))
        stages, gpu_seconds = _stages(connection, where)
        by_profile, attempts = spent(connection, where)
        drafts = agreement(connection, where)
        early = early_looks.tally(connection, where)
        failures = _counts(connection, where, Take.failure_class)
        profiles = _counts(connection, where, Take.profile)
        purged, purged_bytes = _purged(connection, where)
        lengths = connection.execute(
            sa.select(Shot.takes_made, sa.func.count())
            .where(Shot.production_id == where)
            .group_by(Shot.takes_made)
            .order_by(Shot.takes_made)
        )
        per_shot = {row[0]: row[1] for row in lengths}
    passed = standing.states[ShotState.ACCEPTED] + standing.states[ShotState.APPROVED]
    passed -= standing.drafts
    worker_seconds = sum(each.seconds for each in by_profile)
    renders = sum(rung.made for rung in rungs)
    return Tally(
        production=production,
        shots=standing.shots,
        states=standing.states,
        passed=passed,
        partly=standing.partly,
        takes=standing.takes,
        takes_per_shot=per_shot,
        renders=renders,
        renders_per_passed=renders / passed if passed else None,
        verdicts={verdict: verdicts.get(verdict, 0) for verdict in Verdict},
        rungs=rungs,
        failures={FailureClass(each): count for each, count in failures.items()},
        attempts=attempts,
        worker_seconds=worker_seconds,
        spent=by_profile,
        seconds_per_clip=worker_seconds / passed if passed else None,
        early=early,
        drafts=drafts,
        gpu_seconds=gpu_seconds,
        stages=stages,
        profiles=tuple(sorted(profiles)),
        purged=purged,
        purged_bytes=purged_bytes,
    )


def revisions(store: Store, production: str) -> list[tuple[str, str]]:
    """The profiles of a production's takes with each revision of them, in their order."""
    revision = Take.recipe["revision"].as_string()
    statement = (
        sa.select(Take.profile, revision)
        .join(Production, Production.id == Take.production_id)
        .where(Production.name == production)
        .distinct()
    )
    with store.read() as connection:
        return sorted((row[0], row[1]) for row in connection.execute(statement))


def _of(where: int) -> sa.Select[Any]:
    return sa.select().select_from(Take).join(Shot, Shot.id == Take.shot_id).where(
        Shot.production_id == where
    )  # fmt: skip


def _counts(
    connection: sa.Connection,
    where: int,
    column: sa.ColumnElement[Any] | Any,
    *only: sa.ColumnElement[bool],
) -> dict[Any, int]:
    """Takes by the values of a column that they have."""
    rows = connection.execute(
        _of(where)
        .add_columns(column, sa.func.count())
        .where(column.is_not(None), *only)
        .group_by(column)
    )
    return {row[0]: row[1] for row in rows}


def _rungs(connection: sa.Connection, where: int) -> tuple[Rung, ...]:
    delivered = sa.and_(Shot.selected_take == Take.number, Shot.review.in_(PASSED))
    rows = connection.execute(
        _of(where)
        .add_columns(
            Take.rung,
            sa.func.count().label("made"),
            _number_of(Take.verdict == Verdict.ACCEPTED).label("accepted"),
            _number_of(Take.verdict == Verdict.PARTLY).label("partly"),
            _number_of(delivered).label("delivered"),
        )
        .where(Take.status == TakeStatus.SUCCEEDED, Take.draft_for.is_(None))
        .group_by(Take.rung)
        .order_by(Take.rung)
    )
    return tuple(Rung(**row._mapping) for row in rows)


def _number_of(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((condition, 1), else_=0))


def _purged(connection: sa.Connection, where: int) -> tuple[int, int]:
    """Clips that were removed for good, and their bytes."""
    row = connection.execute(
        _of(where)
        .join(PublishedClip, PublishedClip.take_id == Take.id)
        .add_columns(
            sa.func.count().label("clips"),
            sa.func.coalesce(sa.func.sum(PublishedClip.size), 0).label("size"),
        )
        .where(PublishedClip.purged_at.is_not(None))
    ).one()
    return row.clips, int(row.size)


def _stages(connection: sa.Connection, where: int) -> tuple[dict[str, float], float]:
    """Seconds by stage, and the seconds of all stages on a GPU."""
    device = Take.result["device"].as_string()
    columns = [sa.func.sum(Take.result["seconds"][name].as_float()).label(name) for name in STAGES]
    rows = connection.execute(
        _of(where)
        .add_columns(device.label("device"), *columns)
        .where(Take.status == TakeStatus.SUCCEEDED)
        .group_by(device)
    ).all()
    seconds = {name: sum(row._mapping[name] or 0.0 for row in rows) for name in STAGES}
    on_gpu = [row for row in rows if row.device != CPU]
    return seconds, sum((row._mapping[name] or 0.0 for row in on_gpu for name in STAGES), 0.0)
