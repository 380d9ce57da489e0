"""The files of SQLite databases: that one is there, for SQLite makes whatever it is asked to open."""

import difflib
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import sqlalchemy as sa

from farm.errors import NoDatabase, StoreError

BEGINS = b"SQLite format 3\0"
"""The first bytes of each."""
OWN_TABLES = {"alembic_version", "takes"}
"""What a farm's database has and others hardly have together."""
MOST_NEAR = 3
"""Files with similar names that are looked into."""


def refuse_in_memory(url: sa.URL) -> None:
    """Raises `StoreError` for a database of SQLite that ends with the command that opened it."""
    if url.get_backend_name() == "sqlite" and _file(url) is None:
        raise StoreError(
            f"{url}: such a database is in memory and begins anew with each command; name a file, such as "
            "sqlite:///farm.db"
        )


def refuse_absent(url: sa.URL) -> None:
    """Raises `NoDatabase` where opening `url` would make a file, with the one that was perhaps meant."""
    file = _file(url) if url.get_backend_name() == "sqlite" else None
    # Without its folder nothing is made.
    if file is None or os.path.lexists(file) or not file.parent.is_dir():
        return
    meant = _meant(file)
    remedy = (
        f"did you mean {_beside(url, meant)}? If it is to be new, `farm db upgrade` makes it"
        if meant
        else "`farm submit` and `farm db upgrade` make it, or name another with --database or FARM_DATABASE"
    )
    raise NoDatabase(f"{url}: there is no such file; {remedy}", file, meant=bool(meant))


def _file(url: sa.URL) -> Path | None:
    """The file that SQLite opens for a URL, which may hold one of SQLite's own (`file:farm.db?uri=true`);
    None for a database in memory."""
    [named], options = url.get_dialect()().create_connect_args(url)
    if options.get("uri") and named.startswith("file:"):
        parts = urlsplit(named)
        in_memory = parse_qs(parts.query).get("mode") == ["memory"]
        named = "" if in_memory else unquote(parts.path)
    return Path(named) if named not in ("", ":memory:") else None


def _beside(url: sa.URL, file: Path) -> sa.URL:
    """The same for another file."""
    if "uri" in url.query:
        return url.set(database=f"file:{quote(str(file))}")
    return url.set(database=str(Path(url.database or "").with_name(file.name)))


def _meant(file: Path) -> Path | None:
    """The database beside a file that is called nearly so and is no other program's, or else the only one
    of a farm."""
    try:
        found = {each.name: each for each in file.parent.iterdir() if _is_database(each)}
    except OSError:
        return None
    for name in difflib.get_close_matches(file.name, found, n=MOST_NEAR):
        if _is_of_a_farm(found[name]) is not False:
            return found[name]
    farms = [each for each in found.values() if _is_of_a_farm(each)]
    return farms[0] if len(farms) == 1 else None


def _is_database(file: Path) -> bool:
    try:
        if not file.is_file():  # a pipe would be waited for
            return False
        with file.open("rb") as opened:
            return opened.read(len(BEGINS)) == BEGINS
    except OSError:
        return False


def _is_of_a_farm(file: Path) -> bool | None:
    """Whether a database has a farm's tables; None where it cannot be read. Leaves nothing beside it."""
    # With `immutable` SQLite makes no files for those that read, but it does not look into the journal.
    how = "mode=ro" if file.with_name(f"{file.name}-wal").exists() else "immutable=1"
    where = f"file:{quote(str(file.absolute()))}?{how}"
    try:
        with closing(sqlite3.connect(where, uri=True, timeout=1.0)) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {name for (name,) in names} >= OWN_TABLES
    except sqlite3.Error:
        return None
