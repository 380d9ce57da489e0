"""What people said of takes, as labels for a calibration; and the clips that prompts can be swapped on.

A label is an approval or a rejection of the take that stood for its shot at that moment. What the gate
accepted and nobody looked at is none, and neither is what was undone.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus, TakeStatus
from farm.store.session import Store
from farm.store.tables import LoggedEvent, Production, PublishedClip, Shot, Take
from pipeline.result import Verdict

JUDGED = (ReviewStatus.APPROVED, ReviewStatus.REJECTED)
COVERED = (ReviewStatus.ON_HOLD, ReviewStatus.OMITTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTake:
    """A take that a person approved or rejected, by the last word on it."""

    production: str
    shot: str
    take: int
    profile: str
    scorer: str
    score: float
    approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmedTake:
    """The take that stands for a shot, or its latest: what was asked for, and the clip if there is one."""

    production: str
    shot: str
    prompt: str
    still: str
    """SHA-256 of the prepared still."""
    clip: str | None
    """Relative to the media root."""


def judged(store: Store, profile: str | None = None) -> list[JudgedTake]:
    """Every take with a match that people judged, of one profile or of all, in order of the first word.

    Broken clips are left out: they are turned down for another reason than their match.
    """
    said = LoggedEvent.data["after"].as_string()
    before = LoggedEvent.data["before"].as_string()
    statement = (
        sa.select(
            Take.id, Production.name, Shot.code, Take.number, Take.profile, Take.match,
            Take.result["match"]["scorer"].as_string().label("scorer"), said.label("said"),
        )
        .select_from(LoggedEvent)
        .join(Shot, Shot.id == LoggedEvent.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .join(
            Take,
            sa.and_(
                Take.shot_id == Shot.id,
                Take.number == LoggedEvent.data["selected_take"].as_integer(),
            ),
        )
        .where(
            LoggedEvent.kind == EventKind.REVIEW_MOVED,
            said.in_([each.value for each in JUDGED]),
            before.not_in([each.value for each in COVERED]),  # a release says nothing new
            LoggedEvent.data["undoes"].as_string().is_(None),
            LoggedEvent.id.not_in(_undone()),
            Take.match.is_not(None),
            # Of one that shows a part, people judge the part and not the match.
            Take.verdict.not_in((Verdict.BAD_CLIP, Verdict.PARTLY)),
        )
        .order_by(LoggedEvent.id)
    )  # fmt: skip
    if profile is not None:
        statement = statement.where(Take.profile == profile)
    last: dict[int, JudgedTake] = {}
    with store.read() as connection:
        for row in connection.execute(statement):
            last[row.id] = JudgedTake(
                production=row.name,
                shot=row.code,
                take=row.number,
                profile=row.profile,
                scorer=row.scorer,
                score=row.match,
                approved=row.said == ReviewStatus.APPROVED,
            )
    return list(last.values())


def _undone() -> sa.Select[int]:
    """The moves that were taken back."""
    later = sa.alias(LoggedEvent.__table__)
    undoes = later.c.data["undoes"].as_string()
    return sa.select(sa.cast(undoes, sa.BigInteger)).where(
        later.c.kind == EventKind.REVIEW_MOVED, undoes.is_not(None)
    )


def filmed(store: Store, profile: str, most: int) -> list[FilmedTake]:
    """The take of each shot of a profile that a scorer may look at, the newest shots first.

    A broken clip counts as none, and so does one that was purged.
    """
    sound = sa.and_(
        PublishedClip.take_id == Take.id,
        Take.status == TakeStatus.SUCCEEDED,
        Take.verdict != Verdict.BAD_CLIP,
        PublishedClip.purged_at.is_(None),
    )
    statement = (
        sa.select(
            Production.name, Shot.code, Take.recipe["prompt"].as_string().label("prompt"),
            Take.recipe["still"].as_string().label("still"), PublishedClip.path,
        )
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .outerjoin(PublishedClip, sound)
        .where(
            Take.profile == profile,
            Take.number == sa.func.coalesce(Shot.selected_take, Shot.takes_made),
        )
        .order_by(Shot.id.desc())
        .limit(most)
    )  # fmt: skip
    with store.read() as connection:
        rows = connection.execute(statement).all()
    return [
        FilmedTake(
            production=row.name, shot=row.code, prompt=row.prompt, still=row.still, clip=row.path
        )
        for row in rows
    ]
