"""The workers of all runs, as they last reported, and the machines that people drained."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from farm.domain.events import Event, EventKind
from farm.domain.fleet_size import Headcount
from farm.domain.placement import Seat
from farm.errors import Refused, UnknownName
from farm.store.column_types import utcnow
from farm.store.queue.event_log import write_event
from farm.store.session import Store
from farm.store.tables import DrainedNode, SeenFleet, SeenWorker

_LIVES = SeenWorker.until > utcnow()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crewman:
    """One worker of a run that lives."""

    owner: str
    name: str
    node: str
    profile: str
    """Whose model it holds; empty where that is not known."""
    sick: bool
    why: str
    """Why it was taken out, where it was."""
    since: dt.datetime
    """When it was first seen, or fell sick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """A machine that gets no more takes."""

    node: str
    who: str
    why: str
    since: dt.datetime


def report(
    store: Store,
    owner: str,
    nodes: Mapping[str, str],
    seconds: float,
    headcount: Headcount | None = None,
    profiles: Mapping[str, str] | None = None,
) -> None:
    """Notes a run's workers with the machine of each, for the next `seconds`; forgets its others, but
    not those that are sick. How many it wants is `headcount`, none but these where that is None; whose
    models they hold `profiles` says, by worker."""
    mine = SeenWorker.owner == owner
    holds = profiles or {}
    with store.write() as connection:
        seen = connection.execute(
            sa.select(SeenWorker.name, SeenWorker.node, SeenWorker.profile, SeenWorker.sick).where(
                mine
            )
        ).all()
        known = {row.name: (row.node, row.profile) for row in seen}
        until = utcnow(sa.literal(seconds, sa.Float))
        # What has changed alone, all at once: there may be thousands, of which nothing is new.
        gone = [{"gone": row.name} for row in seen if row.name not in nodes and not row.sick]
        if gone:
            left = SeenWorker.name == sa.bindparam("gone")
            connection.execute(sa.delete(SeenWorker).where(mine, left, ~SeenWorker.sick), gone)
        new = [
            {"name": name, "node": node, "profile": holds.get(name, "")}
            for name, node in nodes.items()
            if known.get(name) != (node, holds.get(name, ""))
        ]
        if new:
            told = {each: sa.bindparam(each) for each in ("node", "profile")}
            values = told | {"until": until}
            connection.execute(_noted(connection, owner, sa.bindparam("name"), **values), new)
        connection.execute(sa.update(SeenWorker).where(mine).values(until=until))
        count = headcount or Headcount(len(nodes))
        numbers = {"workers": count.workers, "pending": count.pending, "released": count.released}
        values = numbers | {"until": until}
        noted = _upsert(connection, SeenFleet).values(owner=owner, **values)
        connection.execute(noted.on_conflict_do_update(index_elements=["owner"], set_=values))


def leave(store: Store, owner: str) -> None:
    """The run has ended: its workers are gone."""
    with store.write() as connection:
        connection.execute(sa.delete(SeenWorker).where(SeenWorker.owner == owner))
        connection.execute(sa.delete(SeenFleet).where(SeenFleet.owner == owner))


def dead_runs(store: Store, seconds: float) -> dict[str, int]:
    """Runs of which nothing was heard for so long, though none said that it ended; how many workers the
    tables name of each. Whoever asks for workers is told of those that live, so that nothing needs them."""
    over = utcnow(sa.literal(-seconds, sa.Float))
    crews = (
        sa.select(SeenWorker.owner, sa.func.count().label("workers"))
        .group_by(SeenWorker.owner)
        .having(sa.func.max(SeenWorker.until) < over)
    )
    with store.read() as connection:
        fleets = connection.execute(sa.select(SeenFleet.owner).where(SeenFleet.until < over))
        found = dict.fromkeys(fleets.scalars(), 0)
        return found | {row.owner: row.workers for row in connection.execute(crews)}


def forget(store: Store, owner: str, seconds: float) -> None:
    """The rows of a run of which nothing was heard for so long; one that is heard of again writes them
    anew."""
    over = utcnow(sa.literal(-seconds, sa.Float))
    with store.write() as connection:
        for table in (SeenWorker, SeenFleet):
            connection.execute(sa.delete(table).where(table.owner == owner, table.until < over))


def fall_sick(store: Store, owner: str, seat: Seat, why: str, seconds: float) -> list[Event]:
    """Notes that a worker was taken out, and why; `report` keeps the note alive."""
    with store.write() as connection:
        values = {
            "node": seat.node,
            "sick": True,
            "why": why,
            "since": utcnow(),
            "until": utcnow(sa.literal(seconds, sa.Float)),
        }
        connection.execute(_noted(connection, owner, seat.worker, **values))
        data = {"worker": seat.worker, "node": seat.node, "owner": owner, "why": why}
        return [write_event(connection, EventKind.WORKER_SICK, None, data=data)]


def recover(store: Store, owner: str, seat: Seat) -> list[Event]:
    """A worker that was taken out is tried again."""
    with store.write() as connection:
        connection.execute(
            sa.delete(SeenWorker).where(SeenWorker.owner == owner, SeenWorker.name == seat.worker)
        )
        data = {"worker": seat.worker, "node": seat.node, "owner": owner}
        return [write_event(connection, EventKind.WORKER_BACK, None, data=data)]


def changed(
    store: Store, owner: str, seat: Seat, before: str, after: str, waiting: int
) -> list[Event]:
    """A worker lets the model of one profile go for that of another, of which so many takes wait."""
    with store.write() as connection:
        data = {"worker": seat.worker, "node": seat.node, "owner": owner}
        data |= {"before": before, "after": after, "waiting": waiting}
        return [write_event(connection, EventKind.WORKER_CHANGED, None, data=data)]


def drain(store: Store, node: str, who: str, why: str = "") -> list[Event]:
    """From now on a machine gets no more takes. Raises `UnknownName` where no run has a worker there."""
    with store.write() as connection:
        known = set(connection.execute(sa.select(SeenWorker.node).where(_LIVES)).scalars()) - {""}
        if node not in known:
            there = ", ".join(sorted(known)) or "none, no run is under way"
            raise UnknownName(f"no worker is on a machine {node!r}; there are: {there}")
        if connection.execute(_drained_at(node)).first():
            raise Refused(f"{node} is drained already")
        connection.execute(sa.insert(DrainedNode).values(node=node, who=who, why=why))
        data = {"node": node, "why": why}
        return [write_event(connection, EventKind.NODE_DRAINED, None, who=who, data=data)]


def undrain(store: Store, node: str, who: str, why: str = "") -> list[Event]:
    """A drained machine gets takes again. Raises `Refused` where it is not drained."""
    with store.write() as connection:
        gone = connection.execute(sa.delete(DrainedNode).where(DrainedNode.node == node))
        if not gone.rowcount:
            raise Refused(f"{node} is not drained; `farm status` shows which machines are")
        data = {"node": node, "why": why}
        return [write_event(connection, EventKind.NODE_BACK, None, who=who, data=data)]


def workers(store: Store) -> list[Crewman]:
    """The workers of all runs that live, by run and name."""
    statement = (
        sa.select(
            SeenWorker.owner, SeenWorker.name, SeenWorker.node, SeenWorker.profile, SeenWorker.sick,
            SeenWorker.why, SeenWorker.since,
        )
        .where(_LIVES)
        .order_by(SeenWorker.owner, SeenWorker.name)
    )  # fmt: skip
    with store.read() as connection:
        return [Crewman(**row._mapping) for row in connection.execute(statement)]


def drained(store: Store) -> list[Drained]:
    """The machines that people drained."""
    statement = sa.select(
        DrainedNode.node, DrainedNode.who, DrainedNode.why, DrainedNode.since
    ).order_by(DrainedNode.node)
    with store.read() as connection:
        return [Drained(**row._mapping) for row in connection.execute(statement)]


def _drained_at(node: str) -> sa.Select[str]:
    return sa.select(DrainedNode.node).where(DrainedNode.node == node)


def _noted(connection: sa.Connection, owner: str, name: object, **values: object) -> sa.Insert:
    """Adds a worker's row, or brings it up to date."""
    return (
        _upsert(connection, SeenWorker)
        .values(owner=owner, name=name, **values)
        .on_conflict_do_update(index_elements=["owner", "name"], set_=values)
    )


def _upsert(connection: sa.Connection, table: type) -> "sqlite.Insert | postgresql.Insert":
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return insert(table)
