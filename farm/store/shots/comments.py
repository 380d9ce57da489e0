"""What people say of shots, written down. Each call is one transaction.

A comment changes nothing of its shot: it is no decision, and no event of one is undone by it.
"""

from dataclasses import dataclass, replace
from typing import Any, NoReturn

import sqlalchemy as sa

from farm.domain.comment import Comment, Mark, check_frame
from farm.domain.events import Event, EventKind
from farm.domain.shot import ShotName
from farm.errors import Refused, UnknownName
from farm.store.column_types import utcnow
from farm.store.queries.comments import read_comments
from farm.store.queue.event_log import News, write_events
from farm.store.session import Store
from farm.store.shots.in_review import refuse_archived, refuse_unknown
from farm.store.tables import Production, PublishedClip, Shot, Take, WrittenComment

BIGGEST_KEY = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says, its words and its mark checked."""

    text: str
    take: int | None = None
    frame: int | None = None
    mark: Mark | None = None


def write(
    store: Store, production: str, code: str, said: Said, who: str
) -> tuple[Comment, list[Event]]:
    """Keeps a comment, if what it is about is there: the shot, the take with its clip, the frame.

    Raises `UnknownName` and `Refused`.
    """
    with store.write() as connection:
        refuse_archived(connection, production)
        shot = _shot(connection, production, code)
        profile = _check_place(connection, shot, said)
        row = connection.execute(
            sa.insert(WrittenComment)
            .values(
                shot_id=shot.id,
                take=said.take,
                frame=said.frame,
                text=said.text,
                mark=said.mark,
                who=who,
            )
            .returning(WrittenComment.id, WrittenComment.at)
        ).one()
        comment = Comment(
            id=row.id,
            production=production,
            shot=code,
            take=said.take,
            frame=said.frame,
            text=said.text,
            mark=said.mark,
            who=who,
            at=row.at,
        )
        news = _news(EventKind.COMMENT_WRITTEN, shot, comment, who, profile)
        return comment, write_events(connection, [news], row.at)


def resolve(store: Store, production: str, number: int, who: str) -> tuple[Comment, list[Event]]:
    """Notes that a comment is seen to. Raises `UnknownName`, and `Refused` where it is already."""
    with store.write() as connection:
        refuse_archived(connection, production)
        shot, comment, profile = _one(connection, production, number)
        if comment.resolved_at is not None:
            raise Refused(
                f"comment {number} of {production}/{comment.shot} was resolved by "
                f"{comment.resolved_by} on {comment.resolved_at.astimezone():%d %b at %H:%M}"
            )
        at = connection.execute(
            sa.update(WrittenComment)
            .where(WrittenComment.id == number)
            .values(resolved_at=utcnow(), resolved_by=who)
            .returning(WrittenComment.resolved_at)
        ).scalar_one()
        resolved = replace(comment, resolved_at=at, resolved_by=who)
        news = _news(EventKind.COMMENT_RESOLVED, shot, resolved, who, profile)
        return resolved, write_events(connection, [news], at)


def _news(kind: EventKind, shot: ShotName, comment: Comment, who: str, profile: str) -> News:
    data = {"comment": comment.id, "frame": comment.frame, "text": comment.text}
    return News(kind, shot, comment.take, who=who, data=data, profile=profile)


def _shot(connection: sa.Connection, production: str, code: str) -> ShotName:
    key = connection.execute(
        sa.select(Shot.id)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production, Shot.code == code)
    ).scalar()
    refuse_unknown(connection, production, [code], set() if key is None else {code})
    assert key is not None
    return ShotName(key, production, code)


def _check_place(connection: sa.Connection, shot: ShotName, said: Said) -> str:
    """The profile of the take that is spoken of, if there is one. Raises `Refused`."""
    name = f"{shot.production}/{shot.code}"
    if said.take is None:
        if said.frame is not None:
            raise Refused(f"{name}: frame {said.frame} of which take? name one with --take")
        return ""
    # All of them, since a number that comes from anywhere may be too large for a database.
    rows = connection.execute(
        sa.select(
            Take.number, Take.profile, PublishedClip.frames,
            sa.and_(
                PublishedClip.take_id.is_not(None), PublishedClip.purged_at.is_(None)
            ).label("there"),
        )
        .outerjoin(PublishedClip, PublishedClip.take_id == Take.id)
        .where(Take.shot_id == shot.id)
        .order_by(Take.number)
    ).all()  # fmt: skip
    spoken_of = next((row for row in rows if row.number == said.take), None)
    if spoken_of is None or not spoken_of.there:
        have = ", ".join(str(row.number) for row in rows if row.there) or "none"
        _refuse_take(name, said.take, spoken_of, have)
    if said.frame is not None:
        try:
            check_frame(said.frame, spoken_of.frames, said.take)
        except Refused as refusal:
            raise Refused(f"{name} {refusal}") from None
    return spoken_of.profile


def _refuse_take(name: str, take: int, row: sa.Row[*tuple[Any, ...]] | None, have: str) -> NoReturn:
    if row is None:
        raise Refused(f"{name} has no take {take}; takes with a clip: {have}")
    gone = "has no clip" if row.frames is None else "has a clip that was purged"
    raise Refused(f"{name} take {take} {gone}; takes with one: {have}")


def _one(connection: sa.Connection, production: str, number: int) -> tuple[ShotName, Comment, str]:
    """A comment of a production with its shot and its take's profile, its row held until the
    transaction ends. Raises `UnknownName`."""
    row = None
    if 0 < number <= BIGGEST_KEY:
        row = connection.execute(
            sa.select(Shot.id, Shot.code, Take.profile)
            .select_from(WrittenComment)
            .join(Shot, Shot.id == WrittenComment.shot_id)
            .join(Production, Production.id == Shot.production_id)
            .outerjoin(
                Take,
                sa.and_(Take.shot_id == Shot.id, Take.number == WrittenComment.take),
            )
            .where(Production.name == production, WrittenComment.id == number)
            .with_for_update(of=WrittenComment.__table__)
        ).first()
    if row is None:
        refuse_unknown(connection, production, (), set())
        raise UnknownName(
            f"{production} has no comment {number}; `farm show {production} SHOT` tells those of a shot"
        )
    (comment,) = read_comments(connection, WrittenComment.id == number)
    return ShotName(row.id, production, row.code), comment, row.profile or ""
