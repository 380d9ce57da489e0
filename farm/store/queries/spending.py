"""What a production's takes cost, by profile and by what came of them; how often drafts told the truth."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from farm.domain.lifecycle import FailureClass, ReviewStatus, TakeStatus
from farm.domain.spending import Agreement, Stay, Use, held, use_of
from farm.store.tables import Attempt, Shot, Take
from pipeline.result import Verdict

PASSED = (ReviewStatus.ACCEPTED, ReviewStatus.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What the attempts of one profile came to."""

    profile: str
    devices: tuple[str, ...]
    """What its clips were made on."""
    seconds: float
    """That its attempts held their workers."""
    uses: Mapping[Use, float]
    """The same by what came of them; every use is a key."""
    clips: int
    """Full takes that stand for accepted or approved shots."""
    seconds_per_clip: float | None
    """All of its seconds over these; None before there is one."""


def spent(connection: sa.Connection, production: int) -> tuple[tuple[Spent, ...], int]:
    """What each profile's attempts of a production came to, and how many attempts have ended."""
    rows = connection.execute(_attempts(production)).all()
    seconds = held(_stays(connection, production))
    uses: dict[str, dict[Use, float]] = {}
    clips: dict[str, int] = {}
    devices: dict[str, set[str]] = {}
    for row in rows:
        use = use_of(
            row.outcome,
            declined=row.take_status is TakeStatus.FAILED
            and row.take_failure is FailureClass.CONTENT
            and row.token == row.take_token,
            ended=bool(row.ended) and row.token == row.take_token,
            draft=row.draft_for is not None,
            stands=row.selected_take == row.number and row.review in PASSED,
        )
        of_profile = uses.setdefault(row.profile, dict.fromkeys(Use, 0.0))
        of_profile[use] += seconds[row.id]
        clips[row.profile] = clips.get(row.profile, 0) + (use is Use.STANDS)
        if row.device:
            devices.setdefault(row.profile, set()).add(row.device)
    return tuple(
        Spent(
            profile=profile,
            devices=tuple(sorted(devices.get(profile, ()))),
            seconds=sum(of_profile.values()),
            uses=of_profile,
            clips=clips[profile],
            seconds_per_clip=sum(of_profile.values()) / clips[profile] if clips[profile] else None,
        )
        for profile, of_profile in sorted(uses.items())
    ), len(rows)


def _attempts(production: int) -> sa.Select[*tuple[Any, ...]]:
    """The attempts of a production that have ended."""
    return (
        sa.select(
            Attempt.id, Attempt.outcome, Attempt.token, Take.token.label("take_token"),
            Take.profile, Take.number, Take.draft_for, Take.status.label("take_status"),
            Take.failure_class.label("take_failure"), Take.result["device"].as_string().label("device"),
            Take.early["ended"].as_boolean().label("ended"),
            Shot.selected_take, Shot.review,
        )
        .join(Take, Take.id == Attempt.take_id)
        .join(Shot, Shot.id == Take.shot_id)
        .where(Shot.production_id == production, Attempt.ended_at.is_not(None))
    )  # fmt: skip


def _stays(connection: sa.Connection, production: int) -> list[Stay]:
    """All attempts, of whatever production, on the workers that a production's attempts were on."""
    own = orm.aliased(Attempt)
    where = (
        sa.select(own.owner, own.worker)
        .join(Take, Take.id == own.take_id)
        .where(Take.production_id == production)
        .distinct()
        .subquery()
    )
    rows = connection.execute(
        sa.select(
            Attempt.id, Attempt.owner, Attempt.worker, Attempt.started_at, Attempt.ended_at
        ).join(
            where, sa.and_(where.c.owner == Attempt.owner, where.c.worker == Attempt.worker)
        )
    ).all()  # fmt: skip
    ended = [row.ended_at for row in rows if row.ended_at is not None]
    until = max(ended).timestamp() if ended else 0.0
    return [
        Stay(
            attempt=row.id,
            worker=(row.owner, row.worker),
            began=row.started_at.timestamp(),
            # What still runs shares as long as anything that ended did.
            ended=until if row.ended_at is None else row.ended_at.timestamp(),
        )
        for row in rows
    ]


def agreement(connection: sa.Connection, production: int) -> Agreement:
    """How often the finals of a production were accepted whose drafts were approved."""
    drafts = connection.execute(
        sa.select(sa.func.count())
        .select_from(Take)
        .join(Shot, Shot.id == Take.shot_id)
        .where(
            Shot.production_id == production,
            sa.text("takes.draft_for IS NOT NULL"),
            Take.status == TakeStatus.SUCCEEDED,
        )
    ).scalar_one()
    rows = connection.execute(
        sa.select(
            Take.shot_id, Take.final_of, Take.number, Take.verdict, Shot.selected_take, Shot.review
        )
        .join(Shot, Shot.id == Take.shot_id)
        .where(
            Shot.production_id == production,
            Take.final_of.is_not(None),
            sa.or_(
                Take.verdict.is_not(None),
                Take.failure_class == FailureClass.CONTENT,
            ),
        )
        .order_by(Take.shot_id, Take.number)
    )
    firsts: dict[tuple[int, int | None], bool | None] = {}
    for row in rows:
        firsts.setdefault((row.shot_id, row.final_of), _accepted(row))
    judged = [accepted for accepted in firsts.values() if accepted is not None]
    return Agreement(drafts=drafts, finals=len(judged), accepted=sum(judged))


def _accepted(row: sa.Row[*tuple[Any, ...]]) -> bool | None:
    """Whether a final is good; None where nobody could say."""
    if row.verdict is Verdict.ACCEPTED or (
        row.selected_take == row.number and row.review in PASSED
    ):
        return True
    return None if row.verdict is Verdict.UNSCORED else False
