"""When it will be done, for `status`, `shots` and the live display."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from farm.domain.forecast import Range, forecast
from farm.errors import SettingsError

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store

LONGEST = 4
"""Takes that a shot of a profile that cannot be read may need: those of the usual ladder."""


def when_done(settings: "Settings", store: "Store") -> dict[str, Range]:
    """When each production will be done, by name; those of which nothing can be said are left out."""
    from farm.store.queries import outlook

    seen = outlook.outlook(store)
    most = {name: most_takes(settings, name) for name in outlook.profiles_of(seen.open_productions)}
    return forecast(seen.open_productions, seen.past, seen.workers, most)


def most_takes(settings: "Settings", profile: str) -> int:
    """How many takes a shot of the profile may need before a person looks."""
    from farm.operations.workspace import profile_of

    try:
        found = profile_of(settings, profile)
    except SettingsError:
        return LONGEST
    rungs = len(found.ladder) + 1 if found.retakes.by == "article" else found.retakes.renders
    return min(rungs, found.retakes.renders)


def latest(ranges: Mapping[str, Range]) -> Range | None:
    """When all of them will be done."""
    ends = list(ranges.values())
    if not ends:
        return None
    return Range(
        low_seconds=max(each.low_seconds for each in ends),
        high_seconds=max(each.high_seconds for each in ends),
        workers=ends[0].workers,
        takes_known=ends[0].takes_known,
        chance=ends[0].chance if len(ends) == 1 else None,
    )
