"""The tables, their constraints and indexes, and the schema revision this code expects."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from farm.domain.lifecycle import FailureClass, ReviewStatus, TakeStatus
from farm.store.column_types import BIG_KEY, JSON, UtcDateTime, one_of, utcnow
from pipeline.result import Verdict

REVISION = "0016"
"""The Alembic revision that makes these tables; a database at another one is refused."""


class Table(DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        dt.datetime: UtcDateTime(),
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class Production(Table):
    __tablename__ = "productions"
    __table_args__ = (sa.CheckConstraint("weight > 0", name="weight_positive"),)

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(64), unique=True)
    weight: Mapped[float] = mapped_column(server_default="1")
    """Its share of the workers, against the other productions that have takes waiting."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=utcnow())
    archived_at: Mapped[dt.datetime | None]
    """Since when it is put away: nothing of it is claimed, and nothing is taken in."""


class Shot(Table):
    __tablename__ = "shots"
    __table_args__ = (
        sa.UniqueConstraint("production_id", "code"),
        sa.CheckConstraint(
            "(review IN ('on_hold', 'omitted')) = (review_before IS NOT NULL)", name="cover_shape"
        ),
    )

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    production_id: Mapped[int] = mapped_column(sa.ForeignKey("productions.id"))
    code: Mapped[str] = mapped_column(sa.String(64))
    image: Mapped[str] = mapped_column(sa.Text)
    prompt: Mapped[str] = mapped_column(sa.Text)
    aspect: Mapped[str | None] = mapped_column(sa.String(16))
    priority: Mapped[int] = mapped_column(server_default="0")
    alternates: Mapped[list[Any]] = mapped_column(server_default="[]")
    must_keep: Mapped[list[Any]] = mapped_column(server_default="[]")
    notes: Mapped[str] = mapped_column(sa.Text, server_default="")
    findings: Mapped[list[Any]] = mapped_column(server_default="[]")
    no_decline: Mapped[bool] = mapped_column(server_default=sa.false())
    """It is rendered once, whatever still and prompt look like together."""
    review: Mapped[ReviewStatus] = mapped_column(
        one_of(ReviewStatus, "review"), server_default=ReviewStatus.PENDING
    )
    review_before: Mapped[ReviewStatus | None] = mapped_column(
        one_of(ReviewStatus, "review_before")
    )
    """What a hold or an omission covers, and a release brings back."""
    takes_made: Mapped[int] = mapped_column(server_default="0")
    """The number of the latest take; take numbers are never used twice."""
    selected_take: Mapped[int | None]
    """The number of the take that stands for the shot in deliveries."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=utcnow())


_CLAIMABLE = sa.text("status = 'waiting' AND due AND NOT held")
_HELD = sa.text("status = 'waiting' AND held")
_NOT_DUE = sa.text("status = 'waiting' AND NOT due")
_RUNNING = sa.text("status = 'running'")
_DECLINED = sa.text("status = 'failed' AND failure_class = 'content'")
_PARTLY = sa.text("verdict = 'partly'")
_DRAFTS = sa.text("draft_for IS NOT NULL")
_LOOKED_AT = sa.text("early IS NOT NULL")
_ACTIVE = sa.text("status IN ('waiting', 'running')")
_EVERY = sa.text("number > 0")
"""So that SQLite takes the index where this is asked for alone: it would count from it what waits."""


def _some(name: str, where: sa.TextClause, *columns: str, unique: bool = False) -> sa.Index:
    """An index of some rows alone."""
    return sa.Index(name, *columns, unique=unique, postgresql_where=where, sqlite_where=where)


class Take(Table):
    __tablename__ = "takes"
    __table_args__ = (
        sa.UniqueConstraint("shot_id", "number"),
        sa.CheckConstraint("(status = 'running') = (lease_owner IS NOT NULL)", name="lease_shape"),
        sa.CheckConstraint("(status = 'succeeded') = (verdict IS NOT NULL)", name="verdict_shape"),
        _some(
            "ix_takes_claim",
            _CLAIMABLE,
            "profile",
            "production_id",
            "rank",
            "id",
            "due_at",  # for the longest wait alone
        ),
        _some("ix_takes_held", _HELD, "profile", "production_id"),
        sa.Index("ix_takes_standing", "shot_id", "number", "status"),
        _some("ix_takes_declined", _DECLINED, "shot_id", "number"),
        _some("ix_takes_partly", _PARTLY, "shot_id", "number"),
        _some("ix_takes_drafts", _DRAFTS, "shot_id", "number"),
        _some("ix_takes_early", _LOOKED_AT, "production_id", "profile"),
        _some("ix_takes_not_due", _NOT_DUE, "due_at"),
        _some("ix_takes_lease", _RUNNING, "lease_until"),
        _some("uq_takes_active", _ACTIVE, "shot_id", unique=True),
        _some("ix_takes_newest", _EVERY, "production_id", "id"),
    )

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    shot_id: Mapped[int] = mapped_column(sa.ForeignKey("shots.id"))
    production_id: Mapped[int] = mapped_column(sa.ForeignKey("productions.id"))
    """The shot's, here too so that the claim's index can begin with it."""
    number: Mapped[int]
    recipe: Mapped[dict[str, Any]]
    recipe_hash: Mapped[str] = mapped_column(sa.String(64))
    profile: Mapped[str] = mapped_column(sa.String(64))
    draft_for: Mapped[str | None] = mapped_column(sa.String(64))
    """Of a draft the profile that its final is to be made with; null of any other take."""
    final_of: Mapped[int | None]
    """The number of the approved draft that it goes back to; null where it goes back to none."""
    rung: Mapped[int] = mapped_column(server_default="0")
    by_hand: Mapped[bool] = mapped_column(server_default=sa.false())
    why: Mapped[str] = mapped_column(sa.Text, server_default="")
    changes: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    status: Mapped[TakeStatus] = mapped_column(
        one_of(TakeStatus, "status"), server_default=TakeStatus.WAITING
    )
    rank: Mapped[int] = mapped_column(server_default="0")
    """The shot's priority with its sign turned: a plain ascending index then serves the claim."""
    due: Mapped[bool] = mapped_column(server_default=sa.true())
    """False while it backs off; keeps what is not due out of the claim's index."""
    due_at: Mapped[dt.datetime] = mapped_column(server_default=utcnow())
    held: Mapped[bool] = mapped_column(server_default=sa.false())
    """Its shot is on hold or its production is archived: keeps it out of the claim's index."""
    faults: Mapped[int] = mapped_column(server_default="0")
    """Machine faults met so far."""
    token: Mapped[int] = mapped_column(sa.BigInteger, server_default="0")
    """The number of the current attempt: one more at every claim, so a late result is told apart."""
    lease_owner: Mapped[str | None] = mapped_column(sa.String(120))
    lease_until: Mapped[dt.datetime | None]
    step: Mapped[int] = mapped_column(server_default="0")
    verdict: Mapped[Verdict | None] = mapped_column(one_of(Verdict, "verdict"))
    match: Mapped[float | None]
    coverage: Mapped[dict[str, Any] | None]
    """What the clip shows of the shot's own prompt, stage by stage; null where nobody could say, and in
    takes of before that was asked."""
    early: Mapped[dict[str, Any] | None]
    """What was seen of it before it was done, a `pipeline.early_look.EarlyLook`; null where nobody was to
    look."""
    failure_class: Mapped[FailureClass | None] = mapped_column(
        one_of(FailureClass, "failure_class")
    )
    reason: Mapped[str] = mapped_column(sa.Text, server_default="")
    result: Mapped[dict[str, Any] | None]
    """Match by side with its answers, findings, misses and seconds by stage of the finished take."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=utcnow())
    ended_at: Mapped[dt.datetime | None]


class Attempt(Table):
    __tablename__ = "attempts"
    __table_args__ = (sa.UniqueConstraint("take_id", "token"),)

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    take_id: Mapped[int] = mapped_column(sa.ForeignKey("takes.id"))
    token: Mapped[int] = mapped_column(sa.BigInteger)
    owner: Mapped[str] = mapped_column(sa.String(120))
    worker: Mapped[str] = mapped_column(sa.String(120))
    node: Mapped[str] = mapped_column(sa.String(120), server_default="")
    """The machine that the worker was on."""
    started_at: Mapped[dt.datetime] = mapped_column(server_default=utcnow())
    ended_at: Mapped[dt.datetime | None]
    outcome: Mapped[str | None] = mapped_column(sa.String(24))
    """The take's status it ended in, `returned` or `taken_back`; null while it runs."""
    failure_class: Mapped[FailureClass | None] = mapped_column(
        one_of(FailureClass, "failure_class")
    )
    reason: Mapped[str] = mapped_column(sa.Text, server_default="")


class KeptEvidence(Table):
    __tablename__ = "evidence"
    __table_args__ = (
        sa.ForeignKeyConstraint(["take_id", "token"], ["attempts.take_id", "attempts.token"]),
    )

    take_id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True, autoincrement=False)
    token: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    traceback: Mapped[str] = mapped_column(sa.Text, server_default="")
    lines: Mapped[list[Any]] = mapped_column(server_default="[]")
    """What the worker last logged, oldest first."""


class PublishedClip(Table):
    __tablename__ = "clips"

    take_id: Mapped[int] = mapped_column(
        sa.ForeignKey("takes.id"), primary_key=True, autoincrement=False
    )
    token: Mapped[int] = mapped_column(sa.BigInteger)
    path: Mapped[str] = mapped_column(sa.Text, unique=True)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    frames: Mapped[int]
    fps: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    purged_at: Mapped[dt.datetime | None]
    """When its file was given up; the row stays."""


class LoggedEvent(Table):
    __tablename__ = "events"

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(24))
    """An `EventKind`; without a CHECK, since a log outlives the kinds of today."""
    at: Mapped[dt.datetime] = mapped_column(server_default=utcnow())
    shot_id: Mapped[int | None] = mapped_column(sa.ForeignKey("shots.id"), index=True)
    """Null where the event is a worker's or a node's."""
    take: Mapped[int | None]
    attempt: Mapped[int | None] = mapped_column(sa.BigInteger)
    who: Mapped[str] = mapped_column(sa.String(120))
    data: Mapped[dict[str, Any]]


class WrittenComment(Table):
    __tablename__ = "comments"
    __table_args__ = (
        sa.ForeignKeyConstraint(["shot_id", "take"], ["takes.shot_id", "takes.number"]),
        sa.CheckConstraint("frame IS NULL OR take IS NOT NULL", name="frame_shape"),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolved_by IS NULL)", name="resolved_shape"),
    )

    id: Mapped[int] = mapped_column(BIG_KEY, primary_key=True)
    shot_id: Mapped[int] = mapped_column(sa.ForeignKey("shots.id"), index=True)
    take: Mapped[int | None]
    """Its number; null where the shot is meant."""
    frame: Mapped[int | None]
    text: Mapped[str] = mapped_column(sa.Text)
    mark: Mapped[list[Any] | None]
    who: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[dt.datetime] = mapped_column(server_default=utcnow())
    resolved_at: Mapped[dt.datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(sa.String(120))


class SeenWorker(Table):
    __tablename__ = "workers"

    owner: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    """The run that it belongs to."""
    name: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    node: Mapped[str] = mapped_column(sa.String(120), server_default="")
    sick: Mapped[bool] = mapped_column(server_default=sa.false())
    """It was taken out and gets no more takes."""
    why: Mapped[str] = mapped_column(sa.Text, server_default="")
    since: Mapped[dt.datetime] = mapped_column(server_default=utcnow())
    until: Mapped[dt.datetime]
    """Beaten forward like a lease: a row that is over is of a run that died."""
    profile: Mapped[str] = mapped_column(sa.String(64), server_default="")
    """Whose model it holds; empty where nobody said."""


class SeenFleet(Table):
    __tablename__ = "fleets"

    owner: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    """The run that it is of."""
    workers: Mapped[int]
    """That hold a place on a machine, those that still load too."""
    pending: Mapped[int]
    """That wait for a place."""
    released: Mapped[int]
    """That gave their place back since the run began."""
    until: Mapped[dt.datetime]
    """As that of a worker."""


class DrainedNode(Table):
    __tablename__ = "drains"

    node: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    who: Mapped[str] = mapped_column(sa.String(120))
    why: Mapped[str] = mapped_column(sa.Text, server_default="")
    since: Mapped[dt.datetime] = mapped_column(server_default=utcnow())


class KeptFold(Table):
    __tablename__ = "kept_folds"

    version: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    """Of the code that counts: what another one counted is of no use to it."""
    newest: Mapped[int] = mapped_column(sa.BigInteger)
    """The newest event that was counted."""
    newest_at: Mapped[dt.datetime]
    """When that was: another time means another log than the one that was counted."""
    keys: Mapped[dict[str, Any]]
    """Of the events that were counted."""
    counts: Mapped[dict[str, Any]]
