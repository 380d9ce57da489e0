"""The faults: each strikes one part of the farm, and says how it is healed where it lasts."""

import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from tests.chaos import processes, runs
from tests.chaos.databases import PostgresqlDatabase, SqliteDatabase
from tests.chaos.nodes import Node
from tests.chaos.runs import Run
from tests.chaos.studio import LEASE_SECONDS, RUNS, WORKERS, Site

Heal = Callable[[], None]


class NotNow(Exception):
    """There is nothing that this fault could strike at the moment."""


@dataclass(frozen=True, slots=True)
class Blow:
    """A fault that struck."""

    subject: str
    """What it lies on while it lasts."""
    seconds: float = 0.0
    heal: Heal | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault."""

    name: str
    weight: float
    """How often, beside the others."""
    least: int
    """Times in a whole chaos, whatever the weights say."""
    strike: Callable[[Site, Random], Blow]
    """Raises `NotNow`."""
    databases: Sequence[str] = ("sqlite", "postgresql")
    needs: Callable[[Site], bool] = lambda _: True
    """False where this machine does not allow it."""
    heavy: bool = False
    """Takes the farm seconds to get over: strikes only once a take was made since the last of these."""
    renders: int = 1
    """How many renders one of these can cost at most: all of a run's, or of both runs'."""
    costly: bool = False
    """Costs a render, or the time of one: strikes only once one was begun since the last of these, or it
    would hit workers that load and runs that have not got in since, and the farm would never be at work."""


# Workers.


def kill_worker(site: Site, chance: Random) -> Blow:
    worker = _worker(site, chance)
    processes.send(worker, signal.SIGKILL)
    return Blow("worker")


def kill_worker_in_look(site: Site, chance: Random) -> Blow:
    """A worker dies while it looks at an unfinished take, which may be about to end early."""
    looking = {mark.name for mark in (site.folder / "looks").iterdir()}
    found = [
        each for node in site.nodes.both for each in node.workers() if str(each.pid) in looking
    ]
    if not found:
        raise NotNow
    processes.send(chance.choice(found), signal.SIGKILL)
    return Blow("worker")


def stumble(site: Site, chance: Random) -> Blow:
    """A worker stands still, and goes on before anybody has lost patience."""
    return _freeze(_worker(site, chance), chance.uniform(0.3, 1.5))


def freeze_worker(site: Site, chance: Random) -> Blow:
    """A worker stands still until it counts as stuck; then it goes on, as a zombie."""
    return _freeze(_worker(site, chance), chance.uniform(8, 12))


def _freeze(process: processes.psutil.Process, seconds: float) -> Blow:
    processes.send(process, signal.SIGSTOP)
    return Blow(f"process {process.pid}", seconds, lambda: processes.send(process, signal.SIGCONT))


def _worker(site: Site, chance: Random) -> processes.psutil.Process:
    found = [worker for node in site.nodes.both for worker in node.workers()]
    found = [worker for worker in found if f"process {worker.pid}" not in site.subjects]
    if not found:
        raise NotNow
    return chance.choice(found)


# Runs, and whoever hands in shots.


def kill_run(site: Site, chance: Random) -> Blow:
    run = _run(site, chance)
    run.signal(signal.SIGKILL)
    return Blow(run.name)


def end_run(site: Site, chance: Random) -> Blow:
    """As when a machine is shut down in order."""
    run = _run(site, chance)
    run.signal(signal.SIGTERM)
    return Blow(run.name)


def freeze_run(site: Site, chance: Random) -> Blow:
    """A run stands still past its lease while its workers render on, and finishes late."""
    run = _run(site, chance)
    run.signal(signal.SIGSTOP)
    seconds = chance.uniform(LEASE_SECONDS + 1, LEASE_SECONDS + 4)
    return Blow(run.name, seconds, lambda: run.signal(signal.SIGCONT))


def clock_ahead(site: Site, chance: Random) -> Blow:
    """A run dies, and its next process has a clock that is an hour ahead; so does that die."""
    run = _run(site, chance)
    run.signal(signal.SIGKILL)
    run.ahead = 3600.0

    def heal() -> None:
        run.ahead = 0.0
        run.signal(signal.SIGKILL)

    return Blow(run.name, chance.uniform(12, 15), heal)


def kill_desk(site: Site, chance: Random) -> Blow:
    if not site.desk.kill():
        raise NotNow
    return Blow("desk")


def approve_while_remade(site: Site, chance: Random) -> Blow:
    """A draft is approved, and its final ordered, while somebody else has it made again."""
    if (found := site.approvable_draft()) is None:
        raise NotNow
    runs.remake_and_approve(site.folder, site.environment, *found, late=chance.choice((0, 3, 15)))
    return Blow("draft")


def _run(site: Site, chance: Random) -> Run:
    found = [run for run in site.runs if run.lives and run.name not in site.subjects]
    if not found:
        raise NotNow
    return chance.choice(found)


# Nodes.


def kill_raylet(site: Site, chance: Random) -> Blow:
    for raylet in _second(site).named("raylet"):
        processes.send(raylet, signal.SIGKILL)
    return Blow("second")


def take_idle_machine(site: Site, chance: Random) -> Blow:
    """As an autoscaler does, in order, with a machine on which no worker is."""
    second = _second(site)
    if second.workers():
        raise NotNow
    for raylet in second.named("raylet"):
        processes.send(raylet, signal.SIGTERM)
    return Blow("second")


def freeze_raylet(site: Site, chance: Random) -> Blow:
    raylets = _second(site).named("raylet")
    for raylet in raylets:
        processes.send(raylet, signal.SIGSTOP)

    def heal() -> None:
        for raylet in raylets:
            processes.send(raylet, signal.SIGCONT)

    return Blow("second", chance.uniform(1, 6), heal)


def cut_off(site: Site, chance: Random) -> Blow:
    """The second node's cable is pulled; what renders there knows nothing of it."""
    _second(site)
    site.network.pull()
    return Blow("second", chance.uniform(2, 12), site.network.plug_in)


def kill_head(site: Site, chance: Random) -> Blow:
    if not site.nodes.head.lives or not site.nodes.answers:
        raise NotNow
    site.nodes.lose_head()
    return Blow("head")


def _second(site: Site) -> Node:
    if "second" in site.subjects or not site.nodes.second.named("raylet"):
        raise NotNow
    return site.nodes.second


# The database.


def lock_database(site: Site, chance: Random) -> Blow:
    database = _database(site)
    assert isinstance(database, SqliteDatabase)
    database.lock()
    return Blow("database", chance.uniform(1, 6), database.mend)


def restart_database(site: Site, chance: Random) -> Blow:
    database = _postgresql(site)
    database.stop()
    return Blow("database", chance.uniform(0.5, 3), database.mend)


def stop_database(site: Site, chance: Random) -> Blow:
    database = _postgresql(site)
    database.stop()
    return Blow("database", 30.0, database.mend)


def cut_connections(site: Site, chance: Random) -> Blow:
    _postgresql(site).relay.cut()
    return Blow("connections")


def end_sessions(site: Site, chance: Random) -> Blow:
    _postgresql(site).end_sessions()
    return Blow("connections")


def hang_connections(site: Site, chance: Random) -> Blow:
    database = _postgresql(site)
    database.relay.hang()
    return Blow("database", chance.uniform(1, 7), database.mend)


def _database(site: Site) -> object:
    if "database" in site.subjects:
        raise NotNow
    return site.database


def _postgresql(site: Site) -> PostgresqlDatabase:
    database = _database(site)
    assert isinstance(database, PostgresqlDatabase)
    return database


# The disk.


def fill_media(site: Site, chance: Random) -> Blow:
    if "media" in site.subjects:
        raise NotNow
    site.media.fill()
    return Blow("media", chance.uniform(1, 5), site.media.free)


_SQLITE, _POSTGRESQL = ("sqlite",), ("postgresql",)
WORKER = 2
"""Takes that a worker may be busy with: a render and a tail."""
RUN = WORKERS * WORKER
DRAFTS = WORKER
"""Takes of the run that makes drafts."""
ALL = RUNS * RUN + DRAFTS
"""Takes at once."""

KINDS = (
    Kind("worker killed", 16, 5, kill_worker, costly=True, renders=WORKER),
    Kind("worker killed in a look", 3, 2, kill_worker_in_look, renders=WORKER),
    Kind("draft approved while it is made again", 3, 2, approve_while_remade, renders=0),
    Kind("worker stands still for a moment", 22, 5, stumble),
    Kind("worker frozen until it is stuck", 6, 3, freeze_worker, costly=True, renders=WORKER),
    Kind("run killed", 5, 3, kill_run, heavy=True, renders=RUN),
    Kind("run told to end", 2, 2, end_run, heavy=True, renders=RUN),
    Kind("run frozen past its lease", 5, 3, freeze_run, costly=True, renders=RUN),
    Kind("run with a clock an hour ahead", 0.5, 2, clock_ahead, heavy=True, renders=2 * RUN),
    Kind("desk killed while it hands in", 3, 2, kill_desk),
    Kind("raylet killed", 2, 3, kill_raylet, heavy=True, renders=ALL),
    Kind("idle machine taken by an autoscaler", 2, 3, take_idle_machine, heavy=True, renders=ALL),
    Kind("raylet frozen", 3, 2, freeze_raylet, costly=True, renders=ALL),
    Kind("head killed", 0.6, 3, kill_head, heavy=True, renders=ALL),
    Kind(
        "node cut off",
        3,
        3,
        cut_off,
        needs=lambda site: site.network.namespace is not None,
        costly=True,
        renders=ALL,
    ),
    Kind("database locked", 16, 5, lock_database, _SQLITE, costly=True, renders=ALL),
    Kind(
        "database crashed and restarted",
        4,
        3,
        restart_database,
        _POSTGRESQL,
        heavy=True,
        renders=ALL,
    ),
    Kind("database away for 30 s", 0.1, 1, stop_database, _POSTGRESQL, heavy=True, renders=ALL),
    Kind("connections cut", 12, 5, cut_connections, _POSTGRESQL, renders=ALL),
    Kind("sessions ended by the server", 6, 3, end_sessions, _POSTGRESQL, renders=ALL),
    Kind("connections hang", 4, 3, hang_connections, _POSTGRESQL, renders=ALL),
    Kind(
        "media folder full",
        4,
        3,
        fill_media,
        needs=lambda site: site.media.can_be_filled,
        renders=ALL,
    ),
)
