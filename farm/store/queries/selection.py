"""The takes that stand for their shots, and the shots that no take stands for."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from farm.domain.lettering import Lettering, for_delivery
from farm.domain.lifecycle import FailureClass, ReviewStatus, ShotState, TakeStatus, shot_state
from farm.store.queries.overview import productions
from farm.store.queries.standing import STANDING, shots_with_takes
from farm.store.session import Store
from farm.store.tables import Production, PublishedClip, Shot, Take
from pipeline.coverage import Coverage
from pipeline.result import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedTake:
    """A shot with the take that stands for it."""

    shot: str
    review: ReviewStatus
    take: int
    recipe_hash: str
    prompt: str
    still: str
    verdict: Verdict
    match: float | None
    coverage: Coverage | None
    """What it shows of the shot's own prompt; None where nobody knows."""
    clip: str
    sha256: str
    size: int
    """Bytes of the clip."""
    frames: int
    fps: int
    width: int
    height: int
    attempt: int
    """That published the clip."""
    profile: str
    """What drew it, with its revision."""
    revision: str
    draft: bool = False
    purged: dt.datetime | None = None
    """When its clip was removed from the media folder, if it was."""
    lettering: tuple[Lettering, ...] = ()
    """What became of the words on its subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """A shot whose still cannot serve its prompt: nothing was rendered; or whose take was ended early."""

    shot: str
    review: ReviewStatus
    prompt: str
    still: str
    reason: str
    ended: bool
    """In the middle, since it would not have been accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How a shot stands, as far as a delivery asks."""

    shot: str
    review: ReviewStatus
    state: ShotState
    draft: bool
    """The take that stands for it is a draft."""


def stands(store: Store, production: str) -> list[Stand]:
    """Every shot of a production, in the order of submission. Raises `UnknownName`."""
    statement = shots_with_takes(production, STANDING.draft_for.is_not(None).label("draft"))
    with store.read() as connection:
        rows = connection.execute(statement).all()
    if not rows:
        productions(store, production)
    return [
        Stand(
            shot=row.code,
            review=row.review,
            state=shot_state(row.review, row.status, row.failure_class),
            draft=bool(row.draft),
        )
        for row in rows
    ]


def selected_takes(
    store: Store,
    production: str,
    reviews: frozenset[ReviewStatus] | None = None,
    *,
    drafts: bool = False,
) -> list[SelectedTake]:
    """The selected takes of a production's shots, all or those under one of `reviews`; drafts, which are
    for looking at alone, only where they are asked for."""
    statement = (
        sa.select(
            Shot.code, Shot.review, Take.number, Take.recipe_hash, Take.recipe, Take.verdict,
            Take.match, Take.coverage, Take.result, Take.draft_for, PublishedClip,
        )
        .join(Production, Production.id == Shot.production_id)
        .join(Take, sa.and_(Take.shot_id == Shot.id, Take.number == Shot.selected_take))
        .join(PublishedClip, PublishedClip.take_id == Take.id)
        .where(Production.name == production)
        .order_by(Shot.id)
    )  # fmt: skip
    if reviews is not None:
        statement = statement.where(Shot.review.in_(reviews))
    if not drafts:
        statement = statement.where(Take.draft_for.is_(None))
    with store.read() as connection:
        rows = connection.execute(statement).all()
        if not rows:
            productions(store, production)
    return [
        SelectedTake(
            shot=row.code,
            review=row.review,
            take=row.number,
            recipe_hash=row.recipe_hash,
            prompt=row.recipe["prompt"],
            still=row.recipe["still"],
            verdict=row.verdict,
            match=row.match,
            coverage=Coverage.from_dict(row.coverage) if row.coverage else None,
            clip=row.path,
            sha256=row.sha256,
            size=row.size,
            frames=row.frames,
            fps=row.fps,
            width=row.width,
            height=row.height,
            attempt=row.token,
            profile=row.recipe["profile"],
            revision=row.recipe["revision"],
            draft=row.draft_for is not None,
            purged=row.purged_at,
            lettering=for_delivery(row.result),
        )
        for row in rows
    ]


def declined(store: Store, production: str) -> list[Declined]:
    """The shots of a production that have no selected take because their latest was declined, or ended
    early."""
    statement = (
        sa.select(Shot.code, Shot.review, Take.recipe, Take.reason, Take.early)
        .join(Production, Production.id == Shot.production_id)
        .join(Take, sa.and_(Take.shot_id == Shot.id, Take.number == Shot.takes_made))
        .where(
            Production.name == production,
            Shot.selected_take.is_(None),
            Take.status == TakeStatus.FAILED,
            Take.failure_class == FailureClass.CONTENT,
        )
        .order_by(Shot.id)
    )
    with store.read() as connection:
        return [
            Declined(
                shot=row.code,
                review=row.review,
                prompt=row.recipe["prompt"],
                still=row.recipe["still"],
                reason=row.reason,
                ended=bool(row.early and row.early["ended"]),
            )
            for row in connection.execute(statement)
        ]
