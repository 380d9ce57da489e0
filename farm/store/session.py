"""The engine, its transactions, and the translation of database errors into sentences."""

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from farm.errors import NoDatabase, SchemaError, StoreError
from farm.extras import missing
from farm.store import schema, sent_forms, sqlite_files
from farm.store.tables import REVISION

PATIENCE = 30.0
"""Seconds to wait for SQLite's write lock."""
# A server that is cut off shall fail, and before the leases end that wait for its answer.
IMPATIENT = {
    "connect_timeout": 10,
    "tcp_user_timeout": 15_000,
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
}
"""How long a PostgreSQL server may keep silent: seconds, and milliseconds where libpq wants them."""
TRUSTED = 1.0
"""Seconds for which a connection that served is taken to serve still."""

logging.getLogger("psycopg").setLevel(logging.ERROR)  # what it warns of, it raises as well


@dataclass(frozen=True, slots=True)
class Store:
    """An open database at the right schema revision."""

    engine: sa.Engine
    key: str = ""
    """What is written is written once under it; empty for as often as it is asked for."""

    def once(self, key: str) -> "Store":
        """The same database for one transaction: under this key one is made, on whatever machine, and
        every further one raises `Repeated`. An empty key holds nothing back."""
        return replace(self, key=key)

    @property
    def was_done(self) -> bool:
        """Whether the transaction under the key was made."""
        if not self.key:
            return False
        with self.read() as connection:
            return sent_forms.is_noted(connection, self.key)

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction that may write. On SQLite it takes the write lock at once: a transaction
        that reads first and writes later could lose an update or fail half-way."""
        with sentences(self.engine), self.engine.begin() as connection:
            if self.key:
                sent_forms.note(connection, self.key)
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One transaction that only reads, and on SQLite waits for no writer."""
        with (
            sentences(self.engine),
            self.engine.connect().execution_options(sqlite_begin="DEFERRED") as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def in_one_message(connection: sa.Connection) -> Iterator[None]:
    """For writes of which none needs another's answer: PostgreSQL gets them together.

    What is wrong with one of them is raised by it or a later one, or at the end, then as the driver's
    own error.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield
    finally:
        if driver.closed and not connection.invalidated:
            connection.invalidate()


def open_store(url: str, *, make: bool = True) -> Store:
    """Opens the database and checks its schema; `make` gives SQLite its file and its tables first, where
    there are none.

    Raises `NoDatabase`, `SchemaError` or `StoreError`, each with a sentence that names the remedy.
    """
    with ExitStack() as if_refused:
        engine = make_engine(url)
        if_refused.callback(engine.dispose)
        if not make:
            sqlite_files.refuse_absent(engine.url)
        with sentences(engine):
            now = schema.current(engine)
            if now is None and engine.dialect.name == "sqlite" and make:
                schema.upgrade(url)
                now = schema.current(engine)
        if now != REVISION:
            raise _refusal(engine, now)
        if_refused.pop_all()
    return Store(engine)


def open_existing(url: str) -> Store | None:
    """The database if there is one, for somebody who only looks; None where `open_store` would make one.

    Raises as that does.
    """
    try:
        with visit(url) as engine:
            if engine.dialect.name == "sqlite" and schema.current(engine) is None:
                return None
    except NoDatabase:
        return None
    return open_store(url)


def still_known(store: Store) -> None:
    """Raises `SchemaError` where the database was upgraded under a farm that does not know how."""
    with sentences(store.engine):
        refuse_other(store.engine)


def refuse_other(engine: sa.Engine) -> None:
    """Raises `SchemaError` where the database is at another revision than this farm needs, or at none."""
    now = schema.current(engine)
    if now != REVISION:
        raise _refusal(engine, now)


@contextmanager
def visit(url: str, *, make: bool = False) -> Iterator[sa.Engine]:
    """The engine of a database at whatever revision, for a short while. Raises `StoreError`, also where
    there is no file of SQLite's, unless it may `make` one."""
    engine = make_engine(url)
    try:
        if not make:
            sqlite_files.refuse_absent(engine.url)
        with sentences(engine):
            yield engine
    finally:
        engine.dispose()


def migrate(url: str) -> str:
    """Brings a database to the newest schema; the revision it is at then. Raises `StoreError`."""
    with visit(url, make=True) as engine:
        now = schema.current(engine)
        if not schema.is_known(now):
            raise _refusal(engine, now)
        schema.upgrade(url)
    return REVISION


def revisions(url: str) -> tuple[str | None, str]:
    """The revision a database is at, and the one this farm needs. Raises `StoreError`."""
    with visit(url) as engine:
        return schema.current(engine), REVISION


def _refusal(engine: sa.Engine, now: str | None) -> SchemaError:
    shown = engine.url.render_as_string(hide_password=True)
    remedy = (
        "run `farm db upgrade`"
        if schema.is_known(now)
        else "it was made by a newer farm: upgrade this one"
    )
    return SchemaError(
        f"{shown}: the database is at schema revision {now or 'none'}, "
        f"this farm needs {REVISION}; {remedy}"
    )


def make_engine(url: str) -> sa.Engine:
    """An engine for `url`. Raises `StoreError` for a URL that cannot be one, and for one in memory."""
    try:
        parsed = sa.make_url(url)
        sqlite_files.refuse_in_memory(parsed)
        options: dict[str, Any] = {}
        if parsed.get_backend_name() == "postgresql":
            options["connect_args"] = dict(IMPATIENT)
        engine = sa.create_engine(parsed, **options)
    except (exc.ArgumentError, exc.NoSuchModuleError, ImportError) as error:
        raise StoreError(
            missing(error)
            or f"{_without_password(url)!r} is not a database URL the farm knows; "
            "use sqlite:///farm.db or postgresql://user@host/name"
        ) from error
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    elif engine.dialect.name == "postgresql":
        _ping_what_lay_idle(engine)
    else:
        raise StoreError(f"the farm runs on SQLite and PostgreSQL, not on {engine.dialect.name}")
    return engine


def _ping_what_lay_idle(engine: sa.Engine) -> None:
    """A server that was restarted has closed what lies in the pool. SQLAlchemy's own `pool_pre_ping`
    asks before every transaction, which a busy run pays for in each of its turns."""

    @event.listens_for(engine, "checkin")
    def _on_checkin(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _on_checkout(connection: Any, record: Any, _proxy: Any) -> None:
        used = record.info.get("used")
        if used is None or time.monotonic() - used < TRUSTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise exc.DisconnectionError from error


def _tune_sqlite(engine: sa.Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, see _on_begin
        connection.execute(f"PRAGMA busy_timeout={PATIENCE * 1000:.0f}")
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Of two that make a new file's switch at once SQLite turns one away, whatever its busy timeout."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(0.02)


@contextmanager
def sentences(engine: sa.Engine) -> Iterator[None]:
    """Turns what the database driver raises into a `StoreError` of one sentence."""
    try:
        yield
    except exc.DatabaseError as error:
        if type(error) not in (exc.OperationalError, exc.DatabaseError):
            raise  # a statement of ours was wrong: a defect, not the database's state
        raise _said(engine, error.orig) from error
    except (exc.InterfaceError, exc.TimeoutError) as error:  # no connection, or none is free
        raise _said(engine, error) from error
    except engine.dialect.loaded_dbapi.OperationalError as error:
        raise _said(engine, error) from error


def _said(engine: sa.Engine, error: BaseException | None) -> StoreError:
    shown = engine.url.render_as_string(hide_password=True)
    why = str(error).strip().splitlines()[0]
    return StoreError(f"{shown}: {why}{_remedy(engine.url, why)}")


def _remedy(url: sa.URL, why: str) -> str:
    """What to do about a SQLite file that cannot be used; its own words say only that it cannot."""
    named = "name another with --database or FARM_DATABASE"
    if url.database and why == "unable to open database file":
        file = Path(url.database).absolute()
        if os.path.isdir(file):
            return f": this is a folder; name a file in it, as {file / 'farm.db'}"
        if not os.path.isdir(file.parent):
            return f": there is no folder {file.parent}; make it, or {named}"
        return f": let this user read and write it and its folder, or {named}"
    if why == "file is not a database":
        return f"; {named}"
    if why == "database disk image is malformed":
        return f": it is damaged; bring back a copy of it, or {named}"
    return ""


def _without_password(url: str) -> str:
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except exc.ArgumentError:
        return url.split("@")[-1]
