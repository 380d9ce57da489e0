"""Read-only questions to the database, answered with frozen values."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from farm.domain.lifecycle import FailureClass, ReviewStatus, ShotState, TakeStatus, shot_state
from farm.store.queries.names import unknown
from farm.store.queries.standing import LATEST, STANDING, shots_with_takes
from farm.store.session import Store
from farm.store.tables import Attempt, Production, PublishedClip, Shot, Take
from pipeline.coverage import Coverage
from pipeline.recipe import Recipe
from pipeline.result import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionStatus:
    """How a production stands."""

    name: str
    shots: int
    weight: float
    """Its share of the workers, against the others'."""
    takes: int
    """Takes ordered so far, of all shots."""
    states: Mapping[ShotState, int]
    """Shots by state; every state is a key."""
    partly: int = 0
    """Shots, accepted ones or a person's, whose take shows only a part of what they ask for."""
    drafts: int = 0
    """Shots, accepted or approved ones, whose take is a draft: they wait for their finals."""
    archived: dt.datetime | None = None
    """Since when it is archived, if it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotStatus:
    """One shot on one line."""

    code: str
    state: ShotState
    review: ReviewStatus
    takes: int
    rung: int
    selected: int | None
    verdict: Verdict | None
    match: float | None
    coverage: Coverage | None
    """What the take that stands for it, else its latest, shows of its prompt; None where nobody knows."""
    seconds: float | None
    """Wall seconds of all attempts that ended."""
    prompt: str
    reason: str
    """What the latest take failed of, where it did."""
    draft: bool = False
    """The take that stands for it, else its latest, is a draft."""


# The WHERE as in its index. They are few, and looked up first: counting all others reads no take.
_DECLINED = (
    sa.select(Take.shot_id, Take.number)
    .where(sa.text("takes.status = 'failed' AND takes.failure_class = 'content'"))
    .cte("declined")
    .prefix_with("MATERIALIZED")
)
_DECLINED_BY_PRODUCTION = (
    sa.select(Production.name, Shot.review, sa.func.count().label("shots"))
    .select_from(_DECLINED)
    .join(
        Shot,
        sa.and_(Shot.id == _DECLINED.c.shot_id, Shot.takes_made == _DECLINED.c.number),
    )
    .join(Production, Production.id == Shot.production_id)
    .group_by(Production.name, Shot.review)
)


_PARTLY = (
    sa.select(Take.shot_id, Take.number)
    .where(sa.text("takes.verdict = 'partly'"))
    .cte("partly")
    .prefix_with("MATERIALIZED")
)
_PARTLY_BY_PRODUCTION = (
    sa.select(Production.name, sa.func.count().label("shots"))
    .select_from(_PARTLY)
    .join(Shot, sa.and_(Shot.id == _PARTLY.c.shot_id, Shot.selected_take == _PARTLY.c.number))
    .join(Production, Production.id == Shot.production_id)
    .where(Shot.review.in_((ReviewStatus.ACCEPTED, ReviewStatus.NEEDS_REVIEW)))
    .group_by(Production.name)
)

_DRAFTS = (
    sa.select(Take.shot_id, Take.number)
    .where(sa.text("takes.draft_for IS NOT NULL"))
    .cte("drafts")
    .prefix_with("MATERIALIZED")
)
_DRAFTS_BY_PRODUCTION = (
    sa.select(Production.name, Take.status, sa.func.count().label("shots"))
    .select_from(_DRAFTS)
    .join(Shot, sa.and_(Shot.id == _DRAFTS.c.shot_id, Shot.selected_take == _DRAFTS.c.number))
    .join(Take, sa.and_(Take.shot_id == Shot.id, Take.number == Shot.takes_made))
    .join(Production, Production.id == Shot.production_id)
    .where(Shot.review.in_((ReviewStatus.ACCEPTED, ReviewStatus.APPROVED)))
    .group_by(Production.name, Take.status)
)


def productions(
    store: Store, name: str | None = None, *, among: Collection[str] | None = None
) -> list[ProductionStatus]:
    """How every production stands, the one called `name`, or those `among`. Raises `UnknownName`."""
    with store.read() as connection:
        return productions_in(connection, name, among=among)


_PASSED = (ShotState.ACCEPTED, ShotState.APPROVED)


def productions_in(
    connection: sa.Connection, name: str | None = None, *, among: Collection[str] | None = None
) -> list[ProductionStatus]:
    """As `productions`, in a transaction of the caller's."""
    statement = (
        sa.select(
            Production.name,
            Production.weight,
            Production.archived_at,
            Shot.review,
            Take.status,
            sa.func.count().label("shots"),
            sa.func.sum(Shot.takes_made).label("takes"),
        )
        .join(Shot, Shot.production_id == Production.id)
        .join(Take, sa.and_(Take.shot_id == Shot.id, Take.number == Shot.takes_made))
        .group_by(
            Production.name,
            Production.weight,
            Production.archived_at,
            Shot.review,
            Take.status,
        )
        .order_by(Production.name)
    )
    if name is not None:
        statement = statement.where(Production.name == name)
    if among is not None:
        statement = statement.where(Production.name.in_(among))
    counts: dict[str, dict[ShotState, int]] = {}
    takes: dict[str, int] = {}
    weights: dict[str, float] = {}
    archived: dict[str, dt.datetime | None] = {}
    for row in connection.execute(statement):
        states = counts.setdefault(row.name, dict.fromkeys(ShotState, 0))
        states[shot_state(row.review, row.status)] += row.shots
        takes[row.name] = takes.get(row.name, 0) + row.takes
        weights[row.name] = row.weight
        archived[row.name] = row.archived_at
    for row in connection.execute(_DECLINED_BY_PRODUCTION):
        if states := counts.get(row.name):
            states[shot_state(row.review, TakeStatus.FAILED)] -= row.shots
            states[shot_state(row.review, TakeStatus.FAILED, FailureClass.CONTENT)] += row.shots
    partly = {row.name: row.shots for row in connection.execute(_PARTLY_BY_PRODUCTION)}
    drafts = dict.fromkeys(counts, 0)
    for row in connection.execute(_DRAFTS_BY_PRODUCTION):
        if row.name in drafts and shot_state(ReviewStatus.ACCEPTED, row.status) in _PASSED:
            drafts[row.name] += row.shots
    if name is not None and name not in counts:
        raise unknown(connection, name)
    return [
        ProductionStatus(
            name=each,
            shots=sum(states.values()),
            weight=weights[each],
            takes=takes[each],
            states=states,
            partly=partly.get(each, 0),
            drafts=drafts[each],
            archived=archived[each],
        )
        for each, states in counts.items()
    ]


def shots(store: Store, production: str, state: ShotState | None = None) -> list[ShotStatus]:
    """Every shot of a production on one line, in the order of submission. Raises `UnknownName`."""
    statement = shots_with_takes(
        production,
        LATEST.rung, LATEST.reason,
        sa.func.coalesce(STANDING.verdict, LATEST.verdict).label("verdict"),
        STANDING.coverage.label("of_standing"), LATEST.coverage.label("of_latest"),
        STANDING.draft_for.label("standing_draft"), LATEST.draft_for.label("latest_draft"),
    )  # fmt: skip
    with store.read() as connection:
        rows = connection.execute(statement).all()
        if not rows:
            raise unknown(connection, production)
        seconds = _seconds_by_shot(connection, production)
    found = [
        ShotStatus(
            code=row.code,
            state=shot_state(row.review, row.status, row.failure_class),
            review=row.review,
            takes=row.takes_made,
            rung=row.rung,
            selected=row.selected_take,
            verdict=Verdict(row.verdict) if row.verdict else None,
            match=row.match,
            coverage=_coverage(row.of_latest if row.selected_take is None else row.of_standing),
            seconds=seconds.get(row.id),
            prompt=row.prompt,
            reason=row.reason,
            draft=_is_draft(row),
        )
        for row in rows
    ]
    return [shot for shot in found if state is None or shot.state is state]


def _is_draft(row: sa.Row[*tuple[Any, ...]]) -> bool:
    shown = row.latest_draft if row.selected_take is None else row.standing_draft
    return shown is not None


def _coverage(kept: Mapping[str, Any] | None) -> Coverage | None:
    return Coverage.from_dict(kept) if kept else None


def latest_stages(
    store: Store, profile: str, count: int = 200
) -> list[tuple[Recipe, Mapping[str, float]]]:
    """Recipe and seconds by stage of the takes made last with a profile, among the last `count` of all."""
    statement = (
        sa.select(Take.profile, Take.recipe, Take.result)
        .join(PublishedClip, PublishedClip.take_id == Take.id)
        .order_by(PublishedClip.take_id.desc())
        .limit(count)
    )
    with store.read() as connection:
        rows = connection.execute(statement).all()
    return [
        (Recipe.from_dict(row.recipe), row.result["seconds"])
        for row in rows
        if row.profile == profile and row.result
    ]


def _seconds_by_shot(connection: sa.Connection, production: str) -> dict[int, float]:
    rows = connection.execute(
        sa.select(Take.shot_id, Attempt.started_at, Attempt.ended_at)
        .join(Attempt, Attempt.take_id == Take.id)
        .join(Shot, Shot.id == Take.shot_id)
        .join(Production, Production.id == Shot.production_id)
        .where(Production.name == production, Attempt.ended_at.is_not(None))
    )
    seconds: dict[int, float] = {}
    for row in rows:
        ran = (row.ended_at - row.started_at).total_seconds()
        seconds[row.shot_id] = seconds.get(row.shot_id, 0.0) + ran
    return seconds
