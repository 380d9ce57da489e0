"""Read-only questions to the database, answered with frozen values."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import sqlalchemy as sa
from sqlalchemy import orm

from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import FailureClass, ReviewStatus, ShotState, TakeStatus, shot_state
from farm.errors import UnknownName
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
    archived: int = 0
    """Takes that wait in archived productions."""
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


def productions(
    store: Store, name: str | None = None, *, among: Collection[str] | None = None
) -> list[ProductionStatus]:
    """How every production stands, the one called `name`, or those `among`. Raises `UnknownName`."""
    with store.read() as connection:
        return productions_in(connection, name, among=among)


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
    if name is not None and name not in counts:
        raise unknown(connection, name)
    return [
        ProductionStatus(
            name=each,
            shots=sum(states.values()),
            weight=weights[each],
            takes=takes[each],
            states=states,
            archived=archived[each],
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
_HELD_IN_ARCHIVES = sa.select(sa.func.count(Take.profile)).where(
    _HELD,
    Take.production_id.in_(sa.select(Production.id).where(Production.archived_at.is_not(None))),
)


def queue(store: Store, among: Collection[int] | None = None) -> Queue:
    """What waits and runs now; of the productions with these keys alone, where they are given."""
    chosen = sa.true() if among is None else Take.production_id.in_(among)
    with store.read() as connection:
        waiting = Counter[str]()
        for kind in (_CLAIMABLE, sa.and_(_NOT_DUE, ~Take.held)):
            by_profile = sa.select(Take.profile, sa.func.count()).where(kind, chosen)
            for profile, count in connection.execute(by_profile.group_by(Take.profile)):
                waiting[profile] += count
        # Of the column that its index holds: SQLite would count from a longer one otherwise.
        held, running = (
            connection.execute(sa.select(sa.func.count(column)).where(kind, chosen)).scalar_one()
            for column, kind in ((Take.profile, _HELD), (Take.lease_until, _RUNNING))
        )
        in_archives = connection.execute(_HELD_IN_ARCHIVES.where(chosen)).scalar_one()
        oldest, now = connection.execute(
            sa.select(
                sa.func.min(Take.due_at, type_=Take.due_at.type),
                sa.type_coerce(utcnow(), Take.due_at.type),
            ).where(_CLAIMABLE, chosen)
        ).one()
    wait = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
    return Queue(
        waiting=dict(waiting),
        held=held - in_archives,
        running=running,
        oldest_wait=wait,
        archived=in_archives,
    )


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


def unfinished(store: Store, profile: str, among: Collection[int] | None = None) -> bool:
    """Whether takes of a profile wait, back off or run, whoever runs them; none that is on hold.

    `among` are the keys of the productions that count; None counts all.
    """
    with store.read() as connection:
        for production in [None] if among is None else sorted(among):
            statement, values = _UNFINISHED, {"profile": profile}
            if production is not None:
                statement, values = _UNFINISHED_OF_ONE, {**values, "production": production}
            if connection.execute(statement, values).scalar():
                return True
    return False


def _unfinished_statement(*where: sa.ColumnElement[bool]) -> sa.Select[bool]:
    # Each by its index, and ordered as that is: PostgreSQL would read the table for any row.
    first = sa.select(Take.id).where(Take.profile == sa.bindparam("profile"), *where).limit(1)
    kinds = (
        first.where(_CLAIMABLE).order_by(Take.production_id, Take.rank, Take.id),
        first.where(_NOT_DUE, ~Take.held).order_by(Take.due_at),
        first.where(_RUNNING).order_by(Take.lease_until),
    )
    return sa.select(sa.or_(*(kind.scalar_subquery().is_not(None) for kind in kinds)))


_UNFINISHED = _unfinished_statement()
_UNFINISHED_OF_ONE = _unfinished_statement(Take.production_id == sa.bindparam("production"))


def production_keys(store: Store, names: Collection[str]) -> dict[str, int]:
    """The keys of productions by name. Raises `UnknownName` with every name that there is not, and
    those that come near it."""
    with store.read() as connection:
        rows = connection.execute(sa.select(Production.name, Production.id)).all()
    known = {row.name: row.id for row in rows}
    if wrong := [name for name in dict.fromkeys(names) if name not in known]:
        raise UnknownName("\n".join(_no_such(name, list(known)) for name in wrong))
    return {name: known[name] for name in names}


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


MOST_NAMES = 12
"""Productions that an error names where none comes near the one that was asked for."""


def _no_such(name: str, known: Collection[str]) -> str:
    """The sentence that names those that come near, or some of those that there are."""
    if near := get_close_matches(name, known) or _alike(name, known):
        return f"there is no production {name!r}; did you mean {' or '.join(near[:3])}?"
    some = ", ".join(sorted(known)[:MOST_NAMES]) or "none yet"
    more = f" and {len(known) - MOST_NAMES} more" if len(known) > MOST_NAMES else ""
    return f"there is no production {name!r}; there are: {some}{more}"


def _alike(name: str, known: Collection[str]) -> list[str]:
    """Those that differ in case alone, or of which one is part of the other."""
    wanted = name.casefold()
    return [
        each for each in sorted(known) if wanted in each.casefold() or each.casefold() in wanted
    ]
