"""What an editor is told of each shot of a production: its length, its other takes, what was said of it."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from farm.domain.comment import Comment
from farm.domain.lifecycle import ReviewStatus, TakeStatus
from farm.store.queries.comments import read_comments
from farm.store.queries.names import unknown
from farm.store.session import Store
from farm.store.tables import Production, PublishedClip, Shot, Take, WrittenComment


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeInCut:
    """A published take of a shot."""

    number: int
    recipe: dict[str, Any]
    recipe_hash: str
    match: float | None
    verdict: str
    sha256: str
    frames: int
    fps: int
    purged: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotInCut:
    """A shot that is not omitted."""

    code: str
    review: ReviewStatus
    selected: int | None
    """The number of the take that stands for it."""
    recipe: dict[str, Any]
    """Of its latest take, made or not."""
    takes: tuple[TakeInCut, ...]
    """Published ones, drafts aside, in their order."""
    comments: tuple[Comment, ...]


def shots(store: Store, production: str) -> list[ShotInCut]:
    """The shots of a production in the order of their list. Raises `UnknownName`."""
    with store.read() as connection:
        key = connection.scalar(sa.select(Production.id).where(Production.name == production))
        if key is None:
            raise unknown(connection, production)
        rows = connection.execute(
            sa.select(Shot.id, Shot.code, Shot.review, Shot.selected_take, Take.recipe)
            .join(Take, sa.and_(Take.shot_id == Shot.id, Take.number == Shot.takes_made))
            .where(Shot.production_id == key, Shot.review != ReviewStatus.OMITTED)
            .order_by(Shot.id)
        ).all()
        takes = _takes(connection, key)
        said: dict[str, list[Comment]] = defaultdict(list)
        for each in read_comments(
            connection,
            WrittenComment.shot_id.in_(sa.select(Shot.id).where(Shot.production_id == key)),
        ):
            said[each.shot].append(each)
    return [
        ShotInCut(
            code=row.code,
            review=row.review,
            selected=row.selected_take,
            recipe=row.recipe,
            takes=tuple(takes[row.id]),
            comments=tuple(said[row.code]),
        )
        for row in rows
    ]


def _takes(connection: sa.Connection, key: int) -> dict[int, list[TakeInCut]]:
    """By the keys of their shots."""
    found: dict[int, list[TakeInCut]] = defaultdict(list)
    for row in connection.execute(
        sa.select(
            Take.shot_id, Take.number, Take.recipe, Take.recipe_hash, Take.match, Take.verdict,
            PublishedClip.sha256, PublishedClip.frames, PublishedClip.fps, PublishedClip.purged_at,
        )
        .join(Shot, Shot.id == Take.shot_id)
        .join(PublishedClip, PublishedClip.take_id == Take.id)
        .where(
            Shot.production_id == key,
            Take.status == TakeStatus.SUCCEEDED,
            Take.draft_for.is_(None),
        )
        .order_by(Take.shot_id, Take.number)
    ):  # fmt: skip
        found[row.shot_id].append(
            TakeInCut(
                number=row.number,
                recipe=row.recipe,
                recipe_hash=row.recipe_hash,
                match=row.match,
                verdict=row.verdict,
                sha256=row.sha256,
                frames=row.frames,
                fps=row.fps,
                purged=row.purged_at,
            )
        )
    return found
