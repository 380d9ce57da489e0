"""Which takes stand on a still or on words that have changed since they were ordered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from farm.domain.forecast import Usual
from farm.domain.stale import Cost, Found, PictureFile, SourcePicture, cost_of, found
from farm.errors import SettingsError
from farm.operations.workspace import profile_of

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.domain.stale import StandingTake
    from farm.store import Store
    from pipeline.profiles.profile import Profile

    Each = Callable[[Sequence[StandingTake]], Iterable[StandingTake]]
    """Goes through the takes of which the files of stills are read, and may show how far it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleTakes:
    """What was found of a production."""

    production: str
    looked_at: int
    """Takes."""
    takes: tuple[Found, ...]
    """Those of which there is something to say, in the order of their shots."""
    cost: Cost
    """Of the stale ones."""
    takes_known: int
    """Finished takes that the seconds rest on."""

    @property
    def stale(self) -> tuple[Found, ...]:
        return tuple(each for each in self.takes if each.stale)

    def as_json(self) -> dict[str, Any]:
        return {
            "production": self.production,
            "looked_at": self.looked_at,
            "takes": [
                {
                    "shot": each.shot,
                    "take": each.take,
                    "stands": each.stands,
                    "draft": each.draft,
                    "stale": each.stale,
                    "changed": [asdict(change) for change in each.changed],
                    "picture": each.picture,
                    "image": each.image,
                    "profile": each.profile,
                    "revision_then": each.revisions[0],
                    "revision_now": each.revisions[1],
                    "under_way": each.under_way,
                    "seconds": each.seconds,
                }
                for each in self.takes
            ],
            "cost": asdict(self.cost),
            "takes_known": self.takes_known,
        }


def stale(
    settings: "Settings", store: "Store", production: str, *, each: "Each" = iter
) -> StaleTakes:
    """Looks at the take that stands for each shot, and at the newest one where none does.

    Reads the file of each still whose checksum is known. Raises `UnknownName`.
    """
    from farm.store.queries import outlook, stale_takes

    takes = stale_takes.standing_takes(store, production)
    past = outlook.past(store)
    usual = Usual(past)
    now, look = _profiles(settings), cache(_look)
    told: list[Found] = []
    for take in each(takes):
        profile = now(take.size.profile)
        revision = profile.revision if profile else None
        one = found(take, look(take.source), revision, usual, _frames(take, profile))
        if one.worth_telling:
            told.append(one)
    return StaleTakes(
        production=production,
        looked_at=len(takes),
        takes=tuple(told),
        cost=cost_of(one for one in told if one.stale),
        takes_known=usual.known,
    )


def _profiles(settings: "Settings") -> "Callable[[str], Profile | None]":
    """Profiles by name, each read once; None for one that is gone or cannot be read."""

    @cache
    def profile(name: str) -> "Profile | None":
        try:
            return profile_of(settings, name)
        except SettingsError:
            return None

    return profile


def _frames(take: "StandingTake", profile: "Profile | None") -> int:
    """Of the take that would be made now: another length was wished, or it is as long as before."""
    from farm.domain.stale import changed_since

    seconds = [change.after for change in changed_since(take.changes) if change.field == "seconds"]
    if not seconds or profile is None:
        return take.size.frames
    try:
        return profile.frames_for(seconds[-1])
    except ValueError:  # it has become too long for the profile
        return take.size.frames


def _look(source: SourcePicture | None) -> PictureFile:
    """What lies under the name of a still's file."""
    from pipeline.storage.checksums import sha256_at

    if source is None or not source.sha256:
        return PictureFile.UNKNOWN
    try:
        same = sha256_at(Path(source.image)) == source.sha256
    except OSError:
        return PictureFile.GONE
    return PictureFile.SAME if same else PictureFile.CHANGED
