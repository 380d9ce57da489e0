"""The whole story of one shot: its takes, their attempts, its events in order."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from farm.domain.comment import Comment
from farm.domain.drafts import is_final
from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import FailureClass, ReviewStatus, ShotState, TakeStatus, shot_state
from farm.store.queries.comments import read_comments
from farm.store.queries.events import read_events
from farm.store.queries.names import unknown
from farm.store.session import Store
from farm.store.tables import (
    Attempt,
    KeptEvidence,
    LoggedEvent,
    Production,
    PublishedClip,
    Shot,
    Take,
    WrittenComment,
)
from pipeline.coverage import Coverage
from pipeline.early_look import EarlyLook
from pipeline.result import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStory:
    """One take with its attempts."""

    number: int
    status: TakeStatus
    step: int
    """The denoising step of the last beat."""
    draft_for: str | None = None
    """Of a draft the profile that its final is to be made with."""
    final_of: int | None = None
    """The number of the approved draft that it goes back to."""
    finals: tuple[int, ...] = ()
    """Of a draft the numbers of the takes that go back to it."""
    rung: int
    why: str
    changes: Mapping[str, Any]
    removed: tuple[Mapping[str, Any], ...] = ()
    """What simplifying cut out of an earlier take's prompt: rule, start, end, text."""
    recipe: Mapping[str, Any]
    recipe_hash: str
    verdict: Verdict | None
    match: float | None
    coverage: Coverage | None
    """What it shows of the shot's own prompt; None where nobody knows."""
    early: EarlyLook | None = None
    """What was seen of it before it was done; None where nobody was to look."""
    result: Mapping[str, Any] | None
    failure_class: FailureClass | None
    reason: str
    clip: str | None
    purged: dt.datetime | None = None
    """When the clip was removed for good, if it was."""
    attempts: tuple[Mapping[str, Any], ...]

    @property
    def is_final(self) -> bool:
        """Whether a person ordered it as the final; what the ladder makes of one is not."""
        return is_final(self.rung, self.final_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotStory:
    """All that is known of a shot."""

    production: str
    code: str
    state: ShotState
    review: ReviewStatus
    image: str
    prompt: str
    notes: str
    priority: int
    selected: int | None
    must_keep: tuple[str, ...]
    no_decline: bool = False
    """It is rendered once where others would be declined."""
    findings: tuple[Mapping[str, Any], ...]
    takes: tuple[TakeStory, ...]
    comments: tuple[Comment, ...] = ()
    """What people said of it, oldest first."""
    events: tuple[Event, ...]


def tell(store: Store, production: str, code: str) -> ShotStory:
    """Everything about one shot, its events in order. Raises `UnknownName`."""
    with store.read() as connection:
        shot = connection.execute(
            sa.select(Shot)
            .join(Production, Production.id == Shot.production_id)
            .where(Production.name == production, Shot.code == code)
        ).first()
        if shot is None:
            raise unknown(connection, production, code)
        events = tuple(read_events(connection, LoggedEvent.shot_id == shot.id))
        takes = _takes(connection, shot.id, events)
        comments = tuple(read_comments(connection, WrittenComment.shot_id == shot.id))
    return ShotStory(
        production=production,
        code=code,
        state=shot_state(shot.review, takes[-1].status, takes[-1].failure_class),
        review=shot.review,
        image=shot.image,
        prompt=shot.prompt,
        notes=shot.notes,
        priority=shot.priority,
        selected=shot.selected_take,
        must_keep=tuple(shot.must_keep),
        no_decline=shot.no_decline,
        findings=tuple(shot.findings),
        takes=takes,
        comments=comments,
        events=events,
    )


def _takes(
    connection: sa.Connection, shot_id: int, events: Sequence[Event]
) -> tuple[TakeStory, ...]:
    removed = {
        event.take: tuple(event.data.get("removed", ()))
        for event in events
        if event.kind is EventKind.TAKE_ORDERED
    }
    rows = connection.execute(
        sa.select(Take, PublishedClip.path, PublishedClip.purged_at)
        .outerjoin(PublishedClip, PublishedClip.take_id == Take.id)
        .where(Take.shot_id == shot_id)
        .order_by(Take.number)
    ).all()
    finals: dict[int, tuple[int, ...]] = {}
    for row in rows:
        if row.final_of is not None:
            finals[row.final_of] = (*finals.get(row.final_of, ()), row.number)
    attempts: dict[int, list[Mapping[str, Any]]] = {}
    for row in connection.execute(
        sa.select(Attempt, KeptEvidence.token.is_not(None).label("has_evidence"))
        .outerjoin(
            KeptEvidence,
            sa.and_(KeptEvidence.take_id == Attempt.take_id, KeptEvidence.token == Attempt.token),
        )
        .where(Attempt.take_id.in_([row.id for row in rows]))
        .order_by(Attempt.token)
    ):
        attempts.setdefault(row.take_id, []).append(
            {
                "attempt": row.token,
                "owner": row.owner,
                "worker": row.worker,
                "node": row.node,
                "started_at": row.started_at,
                "ended_at": row.ended_at,
                "outcome": row.outcome,
                "failure_class": row.failure_class,
                "reason": row.reason,
                "has_evidence": bool(row.has_evidence),
            }
        )
    return tuple(
        TakeStory(
            number=row.number,
            status=row.status,
            step=row.step,
            draft_for=row.draft_for,
            final_of=row.final_of,
            finals=finals.get(row.number, ()),
            rung=row.rung,
            why=row.why,
            changes=row.changes,
            removed=removed.get(row.number, ()),
            recipe=row.recipe,
            recipe_hash=row.recipe_hash,
            verdict=row.verdict,
            match=row.match,
            coverage=Coverage.from_dict(row.coverage) if row.coverage else None,
            early=EarlyLook.from_dict(row.early) if row.early else None,
            result=row.result,
            failure_class=row.failure_class,
            reason=row.reason,
            clip=row.path,
            purged=row.purged_at,
            attempts=tuple(attempts.get(row.id, ())),
        )
        for row in rows
    )
