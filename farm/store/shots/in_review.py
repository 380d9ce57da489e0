"""Shots as people decide about them: found by their names, with their latest take, and held where asked."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from farm.domain.lifecycle import ReviewStatus, ShotState, TakeStatus, shot_state
from farm.domain.shot import AlternateStill, ShotName
from farm.errors import Refused, UnknownName
from farm.store.session import Store
from farm.store.tables import Production, PublishedClip, Shot, Take
from pipeline.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotInReview:
    """One shot as it lies before a person: what it is now and what its latest take was."""

    name: ShotName
    state: ShotState
    review: ReviewStatus
    covered: ReviewStatus | None
    """The review that a hold or an omission covers."""
    image: str
    aspect: str | None
    must_keep: tuple[str, ...]
    alternates: tuple[AlternateStill, ...]
    take_id: int
    token: int
    number: int
    status: TakeStatus
    """Of the latest take, whatever the review covers."""
    recipe: Recipe
    takes: tuple[int, ...]
    """Numbers of the takes that have a clip."""
    purged: tuple[int, ...]
    """Numbers of the takes whose clip was removed for good."""
    selected: int | None


def find(
    store: Store, production: str, codes: Sequence[str] = (), state: ShotState | None = None
) -> list[ShotInReview]:
    """The shots named by `codes`, or all of a production, in order; only those in `state` if given.

    Raises `UnknownName` for a production or codes that do not exist.
    """
    with store.read() as connection:
        return _find(connection, production, codes, state)


def because(done: str, why: str) -> str:
    """What was done, and why where somebody said so."""
    return f"{done}: {why}" if why else done


def said(state: ShotState | ReviewStatus) -> str:
    """As people say it: `on hold`."""
    return state.replace("_", " ")


def one_shot(connection: sa.Connection, production: str, code: str) -> ShotInReview:
    """One shot, its rows locked until the transaction ends. Raises `UnknownName`, and `Refused` where its
    production is archived."""
    refuse_archived(connection, production)
    # Before anything of it is read: PostgreSQL would otherwise join the shot as it is after a wait
    # with the latest take as it was before.
    connection.execute(
        sa.select(Shot.id)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production, Shot.code == code)
        .with_for_update(of=Shot.__table__, key_share=True)
    )
    return _find(connection, production, [code], None, lock=True)[0]


def refuse_archived(connection: sa.Connection, production: str) -> None:
    """Raises `Refused` where a production is archived; else it cannot be before the transaction ends."""
    archived = connection.execute(
        sa.select(Production.archived_at)
        .where(Production.name == production)
        .with_for_update(read=True, key_share=True)
    ).scalar()
    if archived is not None:
        raise Refused(
            f"{production} is archived since {archived.astimezone():%d %b %Y}; "
            f"`farm archive {production} --undo` first"
        )


def _find(
    connection: sa.Connection,
    production: str,
    codes: Sequence[str],
    state: ShotState | None,
    *,
    lock: bool = False,
) -> list[ShotInReview]:
    wanted = [Production.name == production, *([Shot.code.in_(codes)] if codes else [])]
    statement = (
        sa.select(
            Shot.id, Shot.code, Shot.review, Shot.review_before, Shot.image, Shot.aspect,
            Shot.must_keep, Shot.alternates, Shot.selected_take, Take.id.label("take_id"),
            Take.token, Take.number, Take.recipe, Take.status, Take.failure_class,
        )
        .join(Production, Production.id == Shot.production_id)
        .join(Take, sa.and_(Take.shot_id == Shot.id, Take.number == Shot.takes_made))
        .where(*wanted)
        .order_by(Shot.id)
    )  # fmt: skip
    if lock:
        statement = statement.with_for_update(of=Take.__table__)
    rows = connection.execute(statement).all()
    refuse_unknown(connection, production, codes, {row.code for row in rows})
    clips = _takes_made(connection, wanted, PublishedClip.purged_at.is_(None))
    purged = _takes_made(connection, wanted, PublishedClip.purged_at.is_not(None))
    shots = [
        ShotInReview(
            name=ShotName(row.id, production, row.code),
            state=shot_state(row.review, row.status, row.failure_class),
            review=row.review,
            covered=row.review_before,
            image=row.image,
            aspect=row.aspect,
            must_keep=tuple(row.must_keep),
            alternates=tuple(AlternateStill(**each) for each in row.alternates),
            take_id=row.take_id,
            token=row.token,
            number=row.number,
            status=row.status,
            recipe=Recipe.from_dict(row.recipe),
            takes=clips.get(row.id, ()),
            purged=purged.get(row.id, ()),
            selected=row.selected_take,
        )
        for row in rows
    ]
    return [shot for shot in shots if state is None or shot.state is state]


def _takes_made(
    connection: sa.Connection,
    wanted: Sequence[sa.ColumnElement[bool]],
    clip: sa.ColumnElement[bool],
) -> dict[int, tuple[int, ...]]:
    """The numbers of the takes whose clips are so, by shot."""
    rows = connection.execute(
        sa.select(Take.shot_id, Take.number)
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .outerjoin(PublishedClip, PublishedClip.take_id == Take.id)
        .where(*wanted, Take.status == TakeStatus.SUCCEEDED, clip)
        .order_by(Take.shot_id, Take.number)
    )
    found: dict[int, tuple[int, ...]] = {}
    for row in rows:
        found[row.shot_id] = (*found.get(row.shot_id, ()), row.number)
    return found


def refuse_unknown(
    connection: sa.Connection, production: str, codes: Sequence[str], found: set[str]
) -> None:
    """Raises `UnknownName` for a production that does not exist, or for codes not among those found."""
    known = connection.execute(sa.select(sa.exists().where(Production.name == production))).scalar()
    if not known:
        names = connection.execute(sa.select(Production.name).order_by(Production.name)).scalars()
        raise UnknownName(
            f"there is no production {production!r}; there are: {', '.join(names) or 'none yet'}"
        )
    missing = [code for code in codes if code not in found]
    if missing:
        raise UnknownName(
            f"{production} has no shot {', '.join(missing)}; `farm shots {production}` lists them"
        )
