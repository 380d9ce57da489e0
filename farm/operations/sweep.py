"""What is left over, lost or abandoned in the media folder and the database, and its repair."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from farm.errors import Refused
from farm.operations.other_root import suspicion
from farm.operations.workspace import media_at_hand, media_of
from farm.scheduler.finds import Code
from farm.scheduler.sweep import GRACE, Sweeper
from farm.store import Store
from farm.store.queries import media_inventory
from pipeline.storage.protocol import Media

if TYPE_CHECKING:
    from farm.config import Settings

_UNLESS = (
    "nothing was swept. Where it is the right one and the clips are lost, say so with --clips-lost"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """One thing that is not as it should be, or was not."""

    code: Code
    where: str
    """A path below the media root, a take, or a run."""
    sentence: str
    fixable: bool
    fixed: bool


def media_root(settings: "Settings", store: Store, *, clips_lost: bool = False) -> Media:
    """The media root that may be swept. Raises `Refused` where clips were published and it has no folder of
    them, unless `clips_lost` says that it is the right one, and `SettingsError`.

    A share that is not mounted looks as if every clip were lost, and a repair would end every approval.
    """
    media = media_at_hand(settings)
    if clips_lost or media.sees("clips"):
        return media_of(settings)
    if (first := next(iter(media_inventory.published(store)), None)) is not None:
        raise Refused(
            f"{media.root} has no folder `clips`, and clips were published, {first.path} among them: "
            f"mount the media root, or name it with --media or FARM_MEDIA; {_UNLESS}"
        )
    return media_of(settings)


def sweep(
    store: Store,
    media: Media,
    *,
    who: str,
    fix: bool = False,
    hashes: bool = True,
    older_than: float = GRACE,
    clips_lost: bool = False,
) -> Iterator[Swept]:
    """Everything that is not as it should be, once all of it was looked at; with `fix` each is repaired
    before it is told, where that can be.

    `hashes` compares the checksum of every clip, not only its size. Files that were touched within
    `older_than` seconds stay as they are. Raises `Refused`, and has repaired nothing, where the media root
    looks like another farm's, unless `clips_lost` says that it is the right one.
    """
    sweeper = Sweeper(store=store, media=media, who=who, grace=older_than, hashes=hashes)
    finds = list(sweeper.everything())
    if not clips_lost and (why := suspicion(store, media, finds)):
        raise Refused(f"{why}; name its own with --media or FARM_MEDIA; {_UNLESS}")
    for find in finds:
        if fix and find.fix is not None:
            find.fix()
        yield Swept(
            code=find.code,
            where=find.where,
            sentence=find.sentence,
            fixable=find.fix is not None,
            fixed=fix and find.fix is not None,
        )
