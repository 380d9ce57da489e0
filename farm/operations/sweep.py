"""What is left over, lost or abandoned in the media folder and the database, and its repair."""

from collections.abc import Iterator
from dataclasses import dataclass

from farm.scheduler.finds import Code
from farm.scheduler.sweep import GRACE, Sweeper
from farm.store import Store
from pipeline.storage.protocol import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """One thing that is not as it should be, or was not."""

    code: Code
    where: str
    """A path below the media root, a take, or a run."""
    sentence: str
    fixable: bool
    fixed: bool


def sweep(
    store: Store,
    media: Media,
    *,
    who: str,
    fix: bool = False,
    hashes: bool = True,
    older_than: float = GRACE,
) -> Iterator[Swept]:
    """Everything that is not as it should be, once all of it was looked at; with `fix` each is repaired
    before it is told, where that can be.

    `hashes` compares the checksum of every clip, not only its size. Files that were touched within
    `older_than` seconds stay as they are.
    """
    sweeper = Sweeper(store=store, media=media, who=who, grace=older_than, hashes=hashes)
    for find in list(sweeper.everything()):
        if fix and find.fix is not None:
            find.fix()
        yield Swept(
            code=find.code,
            where=find.where,
            sentence=find.sentence,
            fixable=find.fix is not None,
            fixed=fix and find.fix is not None,
        )
