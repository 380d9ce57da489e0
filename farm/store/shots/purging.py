"""Which takes' files may go for good, and the note that they went: written before any file is touched.

A shot is decided when it is accepted, approved or omitted and nothing of it waits or renders. Takes of
any other shot stay: a person may want to compare them.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from farm.domain.events import Event, EventKind
from farm.domain.lease import clip_name
from farm.domain.lifecycle import ReviewStatus, ShotState, TakeStatus, shot_state
from farm.domain.shot import ShotName
from farm.store.column_types import utcnow
from farm.store.queries.overview import productions
from farm.store.queue.event_log import News, write_events
from farm.store.queue.transitions import AnyRow
from farm.store.session import Store
from farm.store.tables import Attempt, LoggedEvent, Production, PublishedClip, Shot, Take
from pipeline.result import Verdict

DECIDED = (ReviewStatus.ACCEPTED, ReviewStatus.APPROVED, ReviewStatus.OMITTED)
ACTIVE = (TakeStatus.WAITING, TakeStatus.RUNNING)
ENDED = (TakeStatus.SUCCEEDED, TakeStatus.FAILED, TakeStatus.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldTake:
    """A take that ended long enough ago."""

    shot: ShotName
    take_id: int
    number: int
    state: ShotState
    """Of its shot."""
    decided: bool
    """Its shot is."""
    selected: bool
    """It stands for its shot."""
    verdict: Verdict | None
    ended_at: dt.datetime
    clip: str | None
    """The clip that it published, relative to the media root."""
    sha256: str | None
    size: int | None
    purged: dt.datetime | None
    """When that clip was given up, if it was."""
    attempts: tuple[str, ...]
    """Where its attempts put their clips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """The files of one take that are about to go."""

    take_id: int
    number: int
    clip: str | None
    """Its published clip, where that goes now."""
    sha256: str | None
    files: tuple[str, ...]
    size: int
    """Bytes of all of them."""


def old_takes(store: Store, production: str, seconds: float) -> list[OldTake]:
    """The takes of a production that ended longer ago than that. Raises `UnknownName`."""
    ended_at = sa.func.coalesce(Take.ended_at, Take.created_at)
    latest = orm.aliased(Take, name="latest")
    statement = (
        sa.select(
            Shot.id, Shot.code, Shot.review, Shot.selected_take, Take.id.label("take_id"),
            Take.number, Take.verdict, sa.type_coerce(ended_at, Take.ended_at.type).label("ended_at"),
            PublishedClip.path, PublishedClip.sha256, PublishedClip.size, PublishedClip.purged_at,
            latest.status.label("latest"), latest.failure_class,
        )
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .join(latest, sa.and_(latest.shot_id == Shot.id, latest.number == Shot.takes_made))
        .outerjoin(PublishedClip, PublishedClip.take_id == Take.id)
        .where(
            Production.name == production,
            Take.status.in_(ENDED),
            ended_at <= utcnow(sa.literal(-seconds, sa.Float)),
        )
        .order_by(Shot.id, Take.number)
    )  # fmt: skip
    with store.read() as connection:
        rows = connection.execute(statement).all()
        attempts = _attempts(connection, production)
    if not rows:
        productions(store, production)
    return [
        OldTake(
            shot=ShotName(row.id, production, row.code),
            take_id=row.take_id,
            number=row.number,
            state=shot_state(row.review, row.latest, row.failure_class),
            decided=row.review in DECIDED and row.latest not in ACTIVE,
            selected=row.number == row.selected_take,
            verdict=row.verdict,
            ended_at=row.ended_at,
            clip=row.path,
            sha256=row.sha256,
            size=row.size,
            purged=row.purged_at,
            attempts=attempts.get(row.take_id, ()),
        )
        for row in rows
    ]


def _attempts(connection: sa.Connection, production: str) -> dict[int, tuple[str, ...]]:
    """Where the attempts at each take put their clips, whatever code the shot had then."""
    renamed = _former_codes(connection, production)
    rows = connection.execute(
        sa.select(Attempt.take_id, Attempt.token, Attempt.owner, Take.number, Shot.id, Shot.code)
        .join(Take, Take.id == Attempt.take_id)
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production, Attempt.ended_at.is_not(None))
        .order_by(Attempt.take_id, Attempt.token)
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        codes = [*renamed.get(row.id, ()), row.code]
        # Before shots could be renamed the token alone was in the name, and the code was the first.
        marks = [(codes[0], row.token), *((code, f"{row.take_id}.{row.token}") for code in codes)]
        names = (clip_name(production, code, row.number, at, row.owner) for code, at in marks)
        found[row.take_id] = (*found.get(row.take_id, ()), *dict.fromkeys(names))
    return found


def _former_codes(connection: sa.Connection, production: str) -> dict[int, list[str]]:
    """The codes that shots had before, the first one first."""
    rows = connection.execute(
        sa.select(LoggedEvent.shot_id, LoggedEvent.data)
        .join(Shot, Shot.id == LoggedEvent.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production, LoggedEvent.kind == EventKind.SHOT_RENAMED)
        .order_by(LoggedEvent.id)
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.shot_id, []).append(row.data["before"])
    return found


def give_up(
    store: Store,
    shot: ShotName,
    losses: Sequence[Loss],
    *,
    keep_selected: bool,
    who: str,
    why: str = "",
) -> tuple[list[Loss], list[Event]]:
    """Notes that files of a shot's takes go. Which of them may go still: none where the shot is not
    decided any more, and none of a take that came to stand for it meanwhile."""
    with store.write() as connection:
        now = _shot(connection, shot)
        if now.review not in DECIDED or now.active:
            return [], []
        allowed = [
            each for each in losses if not (keep_selected and each.number == now.selected_take)
        ]
        clips = [each.take_id for each in allowed if each.clip is not None]
        if clips:
            connection.execute(
                sa.update(PublishedClip)
                .where(PublishedClip.take_id.in_(clips), PublishedClip.purged_at.is_(None))
                .values(purged_at=utcnow())
            )
        profiles = _profiles(connection, [each.take_id for each in allowed])
        news = [
            News(
                EventKind.TAKE_PURGED, shot, each.number,
                who=who, data=_facts(each, why), profile=profiles[each.take_id],
            )
            for each in allowed
        ]  # fmt: skip
        return allowed, write_events(connection, news)


def _shot(connection: sa.Connection, shot: ShotName) -> AnyRow:
    """How a shot stands now; its row is held until the transaction ends."""
    connection.execute(sa.select(Shot.id).where(Shot.id == shot.id).with_for_update(key_share=True))
    active = sa.exists().where(Take.shot_id == shot.id, Take.status.in_(ACTIVE))
    return connection.execute(
        sa.select(Shot.review, Shot.selected_take, active.label("active")).where(Shot.id == shot.id)
    ).one()


def _profiles(connection: sa.Connection, takes: Sequence[int]) -> dict[int, str]:
    rows = connection.execute(sa.select(Take.id, Take.profile).where(Take.id.in_(takes)))
    return {row.id: row.profile for row in rows}


def _facts(loss: Loss, why: str) -> Mapping[str, object]:
    return {
        "clip": loss.clip,
        "sha256": loss.sha256,
        "files": list(loss.files),
        "size": loss.size,
        "why": why,
    }
