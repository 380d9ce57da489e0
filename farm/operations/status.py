"""How productions and their shots stand, and when they will be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.operations.outlook import when_done
from farm.operations.serving import usual_names

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.domain.fleet_size import Headcount
    from farm.domain.forecast import Range
    from farm.domain.lifecycle import ShotState
    from farm.store import Store
    from farm.store.queries.overview import ProductionStatus, ShotStatus
    from farm.store.queries.queued import Queue
    from farm.store.workers import Crewman, Drained


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmStatus:
    """How a farm stands."""

    productions: Sequence["ProductionStatus"]
    """Those that were asked for."""
    archived: Sequence[str]
    """Names of all that are put away, whether asked for or not."""
    left_out: Sequence[str]
    """Names of those that are put away and were not asked for."""
    queue: "Queue"
    usual: Sequence[str]
    """The profiles whose takes a run makes that names none."""
    workers: Sequence["Crewman"]
    drained: Sequence["Drained"]
    headcount: "Headcount"
    """How many workers are wanted, wait for a place and were let go."""
    forecast: Mapping[str, "Range"]
    """When each will be done, by name; those of which nothing can be said are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotsStatus:
    """How the shots of a production stand."""

    production: str
    shots: Sequence["ShotStatus"]
    forecast: "Range | None"
    """When all of them will be done, where anything can be said of it."""


def farm_status(
    settings: "Settings", store: "Store", production: str | None = None, *, archived: bool = False
) -> FarmStatus:
    """How every production stands, or one; with `archived` also those that are put away. Which workers
    there are, and which machines are drained. Raises `UnknownName`."""
    from farm.store import workers as crew
    from farm.store.queries import overview, queued
    from farm.store.queries.headcount import headcount

    found = overview.productions(store, production)
    standing = [each for each in found if archived or production or not each.archived]
    return FarmStatus(
        productions=standing,
        archived=[each.name for each in found if each.archived],
        left_out=[each.name for each in found if each not in standing],
        queue=queued.queue(store),
        usual=usual_names(settings),
        workers=crew.workers(store),
        drained=crew.drained(store),
        headcount=headcount(store),
        forecast=when_done(settings, store),
    )


def shots_status(
    settings: "Settings", store: "Store", production: str, state: "ShotState | None" = None
) -> ShotsStatus:
    """How every shot of a production stands, or those in one state. Raises `UnknownName`."""
    from farm.store.queries import overview

    return ShotsStatus(
        production=production,
        shots=overview.shots(store, production, state),
        forecast=when_done(settings, store).get(production),
    )
