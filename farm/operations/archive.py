"""Productions that are finished and put away, and brought back."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from farm.store import Store


def archive(store: "Store", production: str, *, who: str, why: str = "") -> int:
    """Puts a production away; how many takes of it wait until it is brought back.

    Raises `UnknownName`, and `Refused` while anything of it renders or where it is archived already.
    """
    from farm.store.shots import archive as archives

    [event] = archives.archive(store, production, who, why)
    return event.data["waiting"]


def restore(store: "Store", production: str, *, who: str, why: str = "") -> None:
    """Lets an archived production go on where it was. Raises `UnknownName` and `Refused`."""
    from farm.store.shots import archive as archives

    archives.restore(store, production, who, why)
