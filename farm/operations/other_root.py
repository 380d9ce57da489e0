"""Whether a media root is another farm's: real and mounted, and what this farm published lies elsewhere.

Several farms may share one, so that files of others say nothing by themselves.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from farm.errors import StoreError
from farm.scheduler.finds import Code
from farm.store.queries import media_inventory

if TYPE_CHECKING:
    from farm.scheduler.finds import Find
    from farm.store import Store
    from pipeline.storage.protocol import Media

HARDLY = 0.1
"""Of the clips that a farm published: where fewer are there, and more of others', the root is no more
its own."""
LOOKED_FOR = 100
"""Of the oldest clips, and of the newest."""


def suspicion(store: "Store", media: "Media", finds: "Iterable[Find]") -> str:
    """Why what a sweep found speaks for another farm's media root; empty where it does not."""
    finds = [*finds]
    if not any(find.code is Code.MISSING and find.fix for find in finds):
        return ""  # nothing is approved that a repair would end
    clips = [find.code for find in finds if find.where.endswith(".mp4")]  # and no previews
    published = media_inventory.count_published(store)
    there, strays = published - clips.count(Code.MISSING), clips.count(Code.STRAY)
    if there >= published * HARDLY or strays <= there:
        return ""
    return (
        f"{media.root} looks like another farm's media root: of {published:,} clips that this farm "
        f"published {there:,} are there, and {strays:,} clips that it knows nothing of"
    )


def holds_none(store: "Store", media: "Media") -> str:
    """That none of the clips that this farm published is there, though the folder for them is; empty where
    that is not so, or where nobody can say.

    The oldest and the newest are looked for: on a network share each is a journey.
    """
    try:
        clips = media_inventory.some_published(store, LOOKED_FOR)
        if not clips or not media.sees("clips") or any(map(media.exists, clips)):
            return ""
    except (OSError, StoreError):
        return ""
    none = f"of {len(clips)} clips of this farm that were looked for none is"
    if len(clips) == 1:
        none = "the one clip that this farm published is not"
    return f"{none} in {media.root}: if that is another farm's media root, name this farm's with --media"
