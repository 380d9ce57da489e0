"""Writes that go to the server together: all or none, and one sentence where it is cut off."""

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from farm.errors import StoreError
from farm.store import Store, open_store
from farm.store.session import in_one_message
from farm.store.tables import DrainedNode
from tests.conftest import Server

DRAIN = sa.insert(DrainedNode)
WRONG = (exc.IntegrityError, psycopg.IntegrityError)


def drained(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(sa.select(DrainedNode.node)).scalars())


def test_all_of_them_are_committed(store: Store) -> None:
    with store.write() as connection, in_one_message(connection):
        connection.execute(DRAIN, {"node": "node7", "who": "anna"})
        connection.execute(DRAIN, [{"node": node, "who": "anna"} for node in ("node8", "node9")])

    assert drained(store) == ["node7", "node8", "node9"]


def test_one_that_was_wrong_is_a_defect_and_undoes_the_others(store: Store) -> None:
    with pytest.raises(WRONG):
        _drain(store, "node7", "node7", "node8")

    assert drained(store) == []


def test_code_that_fails_between_them_undoes_them(store: Store) -> None:
    with pytest.raises(RuntimeError, match="a defect"):
        _drain_and_break(store)

    assert drained(store) == []


@pytest.mark.parametrize("after", [0, 1])
def test_a_connection_cut_between_them_is_one_sentence_and_none_is_kept(
    postgresql: Server, migrated: str, caplog: pytest.LogCaptureFixture, after: int
) -> None:
    """`after` the cut come more statements, or only the end."""
    with postgresql.database(migrated) as url:
        store = open_store(url)

        with pytest.raises(StoreError, match="server closed the connection"):
            _write_and_be_cut(store, postgresql, 100 * after)

        assert drained(store) == []
        assert not caplog.records
        store.close()


def _write_and_be_cut(store: Store, server: Server, more: int) -> None:
    with store.write() as connection:
        pid = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        with in_one_message(connection):
            connection.execute(DRAIN, {"node": "node7", "who": "anna"})
            server.tell(f"SELECT pg_terminate_backend({pid}, 5000)")
            for number in range(more):
                rows = [{"node": f"node{number}.{n}", "who": "anna"} for n in range(20)]
                connection.execute(DRAIN, rows)


def _drain(store: Store, *nodes: str) -> None:
    with store.write() as connection, in_one_message(connection):
        for node in nodes:
            connection.execute(DRAIN, {"node": node, "who": "anna"})


def _drain_and_break(store: Store) -> None:
    with store.write() as connection, in_one_message(connection):
        connection.execute(DRAIN, {"node": "node7", "who": "anna"})
        raise RuntimeError("a defect")
