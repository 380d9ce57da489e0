"""Gives a farm what it needs before it can work: its settings' file, an empty shot list, its tables."""

from pathlib import Path
from typing import TYPE_CHECKING

from farm.errors import FarmError, Refused

if TYPE_CHECKING:
    from farm.config import Settings


def write_settings(folder: Path) -> Path:
    """Writes a `farm.toml` with every setting, its default and its reason; where it lies.

    Raises `Refused` where there is one.
    """
    from farm import config
    from farm.settings_template import template

    place = folder / config.FILE
    if place.exists():
        raise Refused(f"{place} is there already; move it away to have a new one")
    folder.mkdir(parents=True, exist_ok=True)
    place.write_text(template(), encoding="utf-8")
    return place


def write_empty_list(place: Path) -> None:
    """Writes an empty shot list, by the ending of its name. Raises `Refused` where there is such a file,
    and `ShotListError`."""
    from farm.shotlist.formats import blank

    if place.exists():
        raise Refused(f"{place} is there already; name another file, or move it away")
    place.parent.mkdir(parents=True, exist_ok=True)
    blank.write(place)


def upgrade(settings: "Settings") -> str:
    """Brings the database to the schema of this farm; its revision. Raises `StoreError`."""
    from farm.store import migrate

    return migrate(settings.database)


def revisions(settings: "Settings") -> tuple[str | None, str]:
    """The schema revision that the database is at, if any, and the one that this farm needs.

    Raises `StoreError`.
    """
    from farm.store import revisions as of_database

    return of_database(settings.database)


def check_tables(settings: "Settings") -> None:
    """Raises `FarmError` with everything in which the database's tables are not what this farm expects,
    and `StoreError`, also where the database is at another revision."""
    from farm.store import schema, session

    with session.visit(settings.database) as engine:
        session.refuse_other(engine)
        found = schema.differences(engine)
    if found:
        raise FarmError("\n".join(["the database differs:", *found]))
