"""What the database says should lie in the media folder, for whoever compares the two."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import sqlalchemy as sa

from farm.domain.events import EventKind
from farm.domain.lease import clip_name
from farm.domain.lifecycle import ReviewStatus, TakeStatus
from farm.domain.shot import ShotName
from farm.store.column_types import utcnow
from farm.store.session import Store
from farm.store.tables import Attempt, LoggedEvent, Production, PublishedClip, Shot, Take

AT_ONCE = 500
"""Codes that one query names."""


class AttemptState(Enum):
    """What an attempt means for the file that it makes."""

    RUNNING = auto()
    PUBLISHED = auto()
    ENDED = auto()
    """Without a published clip."""
    PURGED = auto()
    """With one whose file was removed for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """A clip that the database says is published."""

    path: str
    """Relative to the media root."""
    sha256: str
    size: int
    shot: ShotName
    take: int
    review: ReviewStatus
    selected: bool
    """It stands for its shot."""
    archived: bool
    """Its production is: nothing of it changes."""


@dataclass(frozen=True, slots=True)
class ClipsOfShot:
    """The published clips of a shot that were not purged."""

    selected: int | None
    """The number of the take that stands for the shot."""
    paths: dict[int, str]
    """By the number of their take, relative to the media root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandoned:
    """An attempt whose lease is over, and that nobody took back."""

    shot: ShotName
    take: int
    attempt: int
    owner: str


def published(store: Store) -> Iterator[PublishedFile]:
    """Every published clip that was not purged, streamed."""
    statement = (
        sa.select(
            PublishedClip.path, PublishedClip.sha256, PublishedClip.size, Take.number,
            Shot.id, Shot.code, Shot.review, Shot.selected_take, Production.name,
            Production.archived_at,
        )
        .join(Take, Take.id == PublishedClip.take_id)
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .where(PublishedClip.purged_at.is_(None))
        .order_by(PublishedClip.take_id)
        .execution_options(yield_per=1000)
    )  # fmt: skip
    with store.read() as connection:
        for row in connection.execute(statement):
            yield PublishedFile(
                path=row.path,
                sha256=row.sha256,
                size=row.size,
                shot=ShotName(row.id, row.name, row.code),
                take=row.number,
                review=row.review,
                selected=row.number == row.selected_take,
                archived=row.archived_at is not None,
            )


def clips_of(store: Store, production: str, codes: Sequence[str]) -> dict[str, ClipsOfShot]:
    """The clips of those shots, by code; of a shot that has none, or that there is not, nothing."""
    found: dict[str, ClipsOfShot] = {}
    with store.read() as connection:
        for start in range(0, len(codes), AT_ONCE):
            statement = (
                sa.select(Shot.code, Shot.selected_take, Take.number, PublishedClip.path)
                .join(Take, Take.shot_id == Shot.id)
                .join(PublishedClip, PublishedClip.take_id == Take.id)
                .join(Production, Production.id == Shot.production_id)
                .where(
                    Production.name == production,
                    Shot.code.in_(codes[start : start + AT_ONCE]),
                    PublishedClip.purged_at.is_(None),
                )
                .order_by(Take.number)
            )
            for row in connection.execute(statement):
                clips = found.setdefault(row.code, ClipsOfShot(row.selected_take, {}))
                clips.paths[row.number] = row.path
    return found


def some_published(store: Store, most: int) -> list[str]:
    """Where the `most` oldest published clips are, and the newest, that were not purged."""
    found: dict[str, None] = {}
    with store.read() as connection:
        for order in (PublishedClip.take_id, PublishedClip.take_id.desc()):
            statement = (
                sa.select(PublishedClip.path)
                .where(PublishedClip.purged_at.is_(None))
                .order_by(order)
                .limit(most)
            )
            found.update(dict.fromkeys(connection.scalars(statement)))
    return [*found]


def count_published(store: Store) -> int:
    """How many clips are published and were not purged."""
    statement = (
        sa.select(sa.func.count())
        .select_from(PublishedClip)
        .where(PublishedClip.purged_at.is_(None))
    )
    with store.read() as connection:
        return connection.execute(statement).scalar_one()


def former_codes(store: Store) -> dict[tuple[str, str], set[int]]:
    """The keys of shots that were renamed, by production and each code that they had before."""
    statement = (
        sa.select(Production.name, LoggedEvent.data, LoggedEvent.shot_id)
        .join(Shot, Shot.id == LoggedEvent.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .where(LoggedEvent.kind == EventKind.SHOT_RENAMED)
    )
    found: dict[tuple[str, str], set[int]] = {}
    with store.read() as connection:
        for row in connection.execute(statement):
            found.setdefault((row.name, row.data["before"]), set()).add(row.shot_id)
    return found


def attempts_of(
    store: Store, production: str, code: str, renamed: Collection[int] = ()
) -> dict[str, AttemptState]:
    """What became of each attempt of a shot, by where it puts its clip.

    `renamed` are the keys of shots that had the code before.
    """
    statement = (
        sa.select(
            Take.id,
            Take.number,
            Attempt.token,
            Attempt.owner,
            Attempt.ended_at,
            Attempt.outcome,
            PublishedClip.purged_at,
        )
        .join(Take, Take.id == Attempt.take_id)
        .outerjoin(PublishedClip, PublishedClip.take_id == Take.id)
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production, sa.or_(Shot.code == code, Shot.id.in_(renamed)))
    )
    with store.read() as connection:
        rows = connection.execute(statement).all()
    return {
        clip_name(production, code, row.number, attempt, row.owner): (
            _state(
                ended=row.ended_at is not None,
                outcome=row.outcome,
                purged=row.purged_at is not None,
            )
        )
        for row in rows
        for attempt in (row.token, f"{row.id}.{row.token}")
    }


def _state(*, ended: bool, outcome: str | None, purged: bool) -> AttemptState:
    if not ended:
        return AttemptState.RUNNING
    if outcome != TakeStatus.SUCCEEDED:
        return AttemptState.ENDED
    return AttemptState.PURGED if purged else AttemptState.PUBLISHED


def abandoned(store: Store) -> list[Abandoned]:
    """Attempts that no run has taken back though their lease is over."""
    statement = (
        sa.select(Take.number, Take.token, Take.lease_owner, Shot.id, Shot.code, Production.name)
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .where(Take.status == sa.literal_column("'running'"), Take.lease_until < utcnow())
        .order_by(Take.id)
    )
    with store.read() as connection:
        return [
            Abandoned(
                shot=ShotName(row.id, row.name, row.code),
                take=row.number,
                attempt=row.token,
                owner=row.lease_owner or "",
            )
            for row in connection.execute(statement)
        ]
