"""The files of SQLite databases: that one is there, for SQLite makes whatever it is asked to open."""

import difflib
import os
from pathlib import Path

import sqlalchemy as sa

from farm.errors import NoDatabase

BEGINS = b"SQLite format 3\0"
"""The first bytes of each."""


def refuse_absent(url: sa.URL) -> None:
    """Raises `NoDatabase` where opening `url` would make a file, with the one that was perhaps meant."""
    named = url.database or ":memory:"
    if url.get_backend_name() != "sqlite" or named == ":memory:" or named.startswith("file:"):
        return
    file = Path(named)
    if os.path.lexists(file) or not file.parent.is_dir():  # without its folder nothing is made
        return
    meant = _meant(file)
    remedy = (
        f"did you mean {url.set(database=str(file.with_name(meant)))}? If it is to be new, "
        "`farm db upgrade` makes it"
        if meant
        else "`farm submit` and `farm db upgrade` make it, or name another with --database or FARM_DATABASE"
    )
    raise NoDatabase(f"{url}: there is no such file; {remedy}", file, meant=bool(meant))


def _meant(file: Path) -> str | None:
    """The name of the database beside a file that is called nearly so, or of the only one."""
    try:
        found = [each.name for each in file.parent.iterdir() if _is_database(each)]
    except OSError:
        return None
    near = difflib.get_close_matches(file.name, found, n=1)
    return next(iter([*near, *(found if len(found) == 1 else [])]), None)


def _is_database(file: Path) -> bool:
    if not file.is_file():  # a pipe would be waited for
        return False
    try:
        with file.open("rb") as opened:
            return opened.read(len(BEGINS)) == BEGINS
    except OSError:
        return False
