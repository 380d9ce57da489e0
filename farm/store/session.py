"""The engine, its transactions, and the translation of database errors into sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from farm.errors import SchemaError, StoreError
from farm.store import schema
from farm.store.tables import REVISION


@dataclass(frozen=True, slots=True)
class Store:
    """An open database at the right schema revision."""

    engine: sa.Engine

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction that may write. On SQLite it takes the write lock at once: a transaction
        that reads first and writes later could lose an update or fail half-way."""
        with sentences(self.engine), self.engine.begin() as connection:
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


def open_store(url: str) -> Store:
    """Opens the database and checks its schema; an empty SQLite file is given its tables first.

    Raises `SchemaError` or `StoreError`, each with a sentence that names the remedy.
    """
    engine = make_engine(url)
    with sentences(engine):
        now = schema.current(engine)
        if now is None and engine.dialect.name == "sqlite":
            schema.upgrade(url)
            now = schema.current(engine)
    if now != REVISION:
        shown = engine.url.render_as_string(hide_password=True)
        raise SchemaError(
            f"{shown}: the database is at schema revision {now or 'none'}, this farm needs "
            f"{REVISION}; "
            + (
                "run `farm db upgrade`"
                if schema.is_known(now)
                else "it was made by a newer farm: upgrade this one"
            )
        )
    return Store(engine)


def make_engine(url: str) -> sa.Engine:
    """An engine for `url`. Raises `StoreError` for a URL that cannot be one."""
    try:
        parsed = sa.make_url(url)
        options: dict[str, Any] = {"pool_pre_ping": True}
        if parsed.get_backend_name() == "postgresql":
            options |= {"connect_args": {"connect_timeout": 10}}
        engine = sa.create_engine(parsed, **options)
    except (exc.ArgumentError, exc.NoSuchModuleError, ImportError) as error:
        raise StoreError(
            f"{_without_password(url)!r} is not a database URL the farm knows; "
            "use sqlite:///farm.db or postgresql://user@host/name"
        ) from error
    if engine.dialect.name == "sqlite":
        _tune_sqlite(engine)
    elif engine.dialect.name != "postgresql":
        raise StoreError(f"the farm runs on SQLite and PostgreSQL, not on {engine.dialect.name}")
    return engine


def _tune_sqlite(engine: sa.Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, see _on_begin
        for pragma in (
            "busy_timeout=30000",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def sentences(engine: sa.Engine) -> Iterator[None]:
    """Turns what the database driver raises into a `StoreError` of one sentence."""
    try:
        yield
    except exc.OperationalError as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise StoreError(f"{shown}: {_first_line(error)}") from error


def _first_line(error: exc.OperationalError) -> str:
    return str(error.orig).strip().splitlines()[0] if error.orig else str(error)


def _without_password(url: str) -> str:
    try:
        return sa.make_url(url).render_as_string(hide_password=True)
    except exc.ArgumentError:
        return url.split("@")[-1]
