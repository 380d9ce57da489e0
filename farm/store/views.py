"""Read-only questions to the database, answered with frozen values."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from farm.errors import UnknownName
from farm.events import Event, EventKind
from farm.lifecycle import FailureClass, ReviewStatus, ShotState, TakeStatus, shot_state
from farm.store.session import Store
from farm.store.tables import Attempt, LoggedEvent, Production, PublishedClip, Shot, Take, utcnow
from pipeline.recipe import Recipe, Verdict


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
    seconds: float | None
    """Wall seconds of all attempts that ended."""
    prompt: str
    reason: str
    """What the latest take failed of, where it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits and what runs, over all productions."""

    waiting: Mapping[str, int]
    """Takes waiting, by profile; those that back off count too, those on hold do not."""
    held: int
    """Takes that wait and are on hold."""
    running: int
    oldest_wait: float
    """Seconds since the longest waiting take became due; 0 where none waits."""


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


def productions(store: Store, name: str | None = None) -> list[ProductionStatus]:
    """How every production stands, or the one called `name`. Raises `UnknownName`."""
    with store.read() as connection:
        return productions_in(connection, name)


def productions_in(connection: sa.Connection, name: str | None = None) -> list[ProductionStatus]:
    """As `productions`, in a transaction of the caller's."""
    statement = (
        sa.select(
            Production.name,
            Production.weight,
            Shot.review,
            Take.status,
            sa.func.count().label("shots"),
            sa.func.sum(Shot.takes_made).label("takes"),
        )
        .join(Shot, Shot.production_id == Production.id)
        .join(Take, sa.and_(Take.shot_id == Shot.id, Take.number == Shot.takes_made))
        .group_by(Production.name, Production.weight, Shot.review, Take.status)
        .order_by(Production.name)
    )
    if name is not None:
        statement = statement.where(Production.name == name)
    counts: dict[str, dict[ShotState, int]] = {}
    takes: dict[str, int] = {}
    weights: dict[str, float] = {}
    for row in connection.execute(statement):
        states = counts.setdefault(row.name, dict.fromkeys(ShotState, 0))
        states[shot_state(row.review, row.status)] += row.shots
        takes[row.name] = takes.get(row.name, 0) + row.takes
        weights[row.name] = row.weight
    for row in connection.execute(_DECLINED_BY_PRODUCTION):
        if states := counts.get(row.name):
            states[shot_state(row.review, TakeStatus.FAILED)] -= row.shots
            states[shot_state(row.review, TakeStatus.FAILED, FailureClass.CONTENT)] += row.shots
    if name is not None and name not in counts:
        raise unknown(connection, name)
    return [
        ProductionStatus(
            name=each,
            shots=sum(states.values()),
            weight=weights[each],
            takes=takes[each],
            states=states,
        )
        for each, states in counts.items()
    ]


def shots(store: Store, production: str, state: ShotState | None = None) -> list[ShotStatus]:
    """Every shot of a production on one line, in the order of submission. Raises `UnknownName`."""
    latest = orm.aliased(Take, name="latest")
    standing = orm.aliased(Take, name="standing")
    statement = (
        sa.select(
            Shot.id, Shot.code, Shot.review, Shot.takes_made, Shot.selected_take, Shot.prompt,
            latest.status, latest.rung, latest.reason, latest.failure_class,
            sa.func.coalesce(standing.verdict, latest.verdict).label("verdict"),
            sa.func.coalesce(standing.match, latest.match).label("match"),
        )
        .join(Production, Production.id == Shot.production_id)
        .join(latest, sa.and_(latest.shot_id == Shot.id, latest.number == Shot.takes_made))
        .outerjoin(
            standing,
            sa.and_(standing.shot_id == Shot.id, standing.number == Shot.selected_take),
        )
        .where(Production.name == production)
        .order_by(Shot.id)
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
            seconds=seconds.get(row.id),
            prompt=row.prompt,
            reason=row.reason,
        )
        for row in rows
    ]
    return [shot for shot in found if state is None or shot.state is state]


# As in the indexes' own WHERE, so that the planners count from those.
_CLAIMABLE = sa.text("takes.status = 'waiting' AND takes.due AND NOT takes.held")
_NOT_DUE = sa.text("takes.status = 'waiting' AND NOT takes.due")
_HELD = sa.text("takes.status = 'waiting' AND takes.held")
_RUNNING = sa.text("takes.status = 'running'")


def queue(store: Store) -> Queue:
    """What waits and runs now."""
    with store.read() as connection:
        waiting = Counter[str]()
        for kind in (_CLAIMABLE, sa.and_(_NOT_DUE, ~Take.held)):
            by_profile = sa.select(Take.profile, sa.func.count()).where(kind)
            for profile, count in connection.execute(by_profile.group_by(Take.profile)):
                waiting[profile] += count
        # Of the column that its index holds: SQLite would count from a longer one otherwise.
        held, running = (
            connection.execute(sa.select(sa.func.count(column)).where(kind)).scalar_one()
            for column, kind in ((Take.profile, _HELD), (Take.lease_until, _RUNNING))
        )
        oldest, now = connection.execute(
            sa.select(
                sa.func.min(Take.due_at, type_=Take.due_at.type),
                sa.type_coerce(utcnow(), Take.due_at.type),
            ).where(_CLAIMABLE)
        ).one()
    wait = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    return Queue(waiting=dict(waiting), held=held, running=running, oldest_wait=wait)


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


def unfinished(store: Store, profile: str) -> bool:
    """Whether takes of a profile wait, back off or run, whoever runs them; none that is on hold."""
    with store.read() as connection:
        return bool(connection.execute(_UNFINISHED, {"profile": profile}).scalar())


def _unfinished_statement() -> sa.Select[bool]:
    # Each by its index, and ordered as that is: PostgreSQL would read the table for any row.
    first = sa.select(Take.id).where(Take.profile == sa.bindparam("profile")).limit(1)
    kinds = (
        first.where(_CLAIMABLE).order_by(Take.production_id, Take.rank, Take.id),
        first.where(_NOT_DUE, ~Take.held).order_by(Take.due_at),
        first.where(_RUNNING).order_by(Take.lease_until),
    )
    return sa.select(sa.or_(*(kind.scalar_subquery().is_not(None) for kind in kinds)))


_UNFINISHED = _unfinished_statement()


def events(store: Store, after: int = 0) -> Iterator[tuple[int, Event]]:
    """Every event whose key is above `after`, oldest first, with its key, streamed."""
    with store.read() as connection:
        yield from _keyed_events(connection, LoggedEvent.id > after)


def read_events(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Iterator[Event]:
    """The events that `where` picks, oldest first."""
    return (event for _, event in _keyed_events(connection, where))


def _keyed_events(
    connection: sa.Connection, where: sa.ColumnElement[bool]
) -> Iterator[tuple[int, Event]]:
    statement = (
        sa.select(LoggedEvent, Shot.code, Production.name, Take.profile)
        .outerjoin(Shot, Shot.id == LoggedEvent.shot_id)
        .outerjoin(Production, Production.id == Shot.production_id)
        .outerjoin(
            Take, sa.and_(Take.shot_id == LoggedEvent.shot_id, Take.number == LoggedEvent.take)
        )
        .where(where)
        .order_by(LoggedEvent.id)
        .execution_options(yield_per=1000)
    )
    for row in connection.execute(statement):
        yield (
            row.id,
            Event(
                kind=EventKind(row.kind),
                at=row.at,
                production=row.name or "",
                shot=row.code or "",
                profile=row.profile or "",
                take=row.take,
                attempt=row.attempt,
                who=row.who,
                data=row.data,
            ),
        )


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


def unknown(connection: sa.Connection, production: str, code: str | None = None) -> UnknownName:
    """The error that names what there is instead."""
    names = list(connection.execute(sa.select(Production.name).order_by(Production.name)).scalars())
    if code is not None and production in names:
        return UnknownName(
            f"{production} has no shot {code!r}; `farm shots {production}` lists them"
        )
    return UnknownName(
        f"there is no production {production!r}; there are: {', '.join(names) or 'none yet'}"
    )
