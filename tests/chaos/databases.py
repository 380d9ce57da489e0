"""The database under test, and what can happen to one: SQLite in a file, PostgreSQL behind a relay."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.chaos.relay import Relay
from tests.conftest import OwnServer, own_postgresql_server


class Database:
    """Where the farm keeps its books."""

    def __init__(self, url: str, true_url: str) -> None:
        """`url` is the farm's way to it, `true_url` ours, on which no fault lies."""
        self.url = url
        self.engine = sa.create_engine(true_url, poolclass=sa.NullPool)

    def ask(self, question: str) -> list[tuple[object, ...]] | None:
        """The rows of a reading question; None while the database does not answer."""
        with suppress(DBAPIError), self.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(question)]
        return None

    def mend(self) -> None:
        """Ends whatever was done to it."""


class SqliteDatabase(Database):
    """A file; another process may hold its write lock."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"sqlite:///{place}", f"sqlite:///{place}")
        self._place = place
        self._release = threading.Event()

    def lock(self) -> None:
        """Somebody holds the write lock until `mend`."""
        self._release = threading.Event()
        held = threading.Event()
        threading.Thread(target=self._hold, args=(self._release, held), daemon=True).start()
        held.wait(10)

    def mend(self) -> None:
        self._release.set()

    def _hold(self, release: threading.Event, held: threading.Event) -> None:
        connection = sqlite3.connect(self._place, timeout=8, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            held.set()
            release.wait(60)
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError:  # a frozen run holds it: just as well
            held.set()
        finally:
            connection.close()


class PostgresqlDatabase(Database):
    """A server of our own; the farm reaches it through a relay."""

    def __init__(self, server: OwnServer, name: str, relay: Relay) -> None:
        true_url = sa.make_url(server.url).set(database=name, drivername="postgresql+psycopg")
        super().__init__(
            f"postgresql://postgres@127.0.0.1:{relay.port}/{name}",
            true_url.render_as_string(hide_password=False),
        )
        self.relay = relay
        self._server = server
        self._runs = True

    def stop(self) -> None:
        """As in a crash: nobody is told, transactions are cut in the middle."""
        self._runs = False
        self._server.stop()

    def mend(self) -> None:
        self.relay.flow()
        if not self._runs:
            self._server.start()
            self._runs = True

    def end_sessions(self) -> None:
        """The server throws everybody out, in the middle of whatever they do."""
        with suppress(psycopg.Error):
            self._server.tell(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )


@contextmanager
def database(kind: str, folder: Path) -> Iterator[Database]:
    """A database of `kind`, with the farm's tables yet to come."""
    if kind == "sqlite":
        yield SqliteDatabase(folder / "farm.db")
        return
    with ExitStack() as stack:
        server = stack.enter_context(own_postgresql_server())
        name = sa.make_url(stack.enter_context(server.database())).database
        assert name is not None
        host = sa.make_url(server.url).query["host"]
        relay = Relay(f"{host}/.s.PGSQL.5432")
        stack.callback(relay.close)
        made = PostgresqlDatabase(server, name, relay)
        stack.callback(made.mend)
        yield made
