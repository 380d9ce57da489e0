"""Who makes what at which step, what waits, and what is out of order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from farm.desk.access import require
from farm.desk.places import Desk, ask, desk_of, is_part, together
from farm.desk.rendering import page
from farm.domain.roles import Action

if TYPE_CHECKING:
    from farm.domain.fleet_size import Headcount
    from farm.store.queries.making import Making
    from farm.store.queries.queued import Queue
    from farm.store.workers import Crewman, Drained


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWork:
    """A worker with what it makes."""

    worker: "Crewman"
    makes: "Sequence[Making]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page shows."""

    workers: Sequence[AtWork]
    drains: "Sequence[Drained]"
    headcount: "Headcount"
    queue: "Queue"
    next: "Sequence[Making]"

    @property
    def drained(self) -> frozenset[str]:
        return frozenset(each.node for each in self.drains)


async def workers(request: web.Request) -> web.Response:
    """The workers of all runs, and the queue."""
    require(request, Action.LOOK)
    desk = desk_of(request)
    if is_part(request):
        shown = await together(desk, "workers", _shown, desk)
    else:
        shown = await ask(_shown, desk)
    return page(request, "workers.html", shown=shown, ray=_ray(desk))


def _shown(desk: Desk) -> Shown:
    from farm.store import workers as crew
    from farm.store.queries import making, queued
    from farm.store.queries.headcount import headcount

    makes = making.making(desk.store)
    return Shown(
        workers=[
            AtWork(
                worker=each,
                makes=[
                    make for make in makes if (make.owner, make.worker) == (each.owner, each.name)
                ],
            )
            for each in crew.workers(desk.store)
        ],
        drains=crew.drained(desk.store),
        headcount=headcount(desk.store),
        queue=queued.queue(desk.store),
        next=making.up_next(desk.store),
    )


def _ray(desk: Desk) -> str:
    """Where Ray's dashboard is; empty where the farm renders without Ray."""
    return desk.settings.jobs_address if desk.settings.cluster == "ray" else ""
