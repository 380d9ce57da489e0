"""The statements of the loop are served by the indexes that were made for them, in long tables too."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from farm.store import Store, claims, intake, leases
from tests.conftest import a_new_shot
from tests.integration.store.conftest import say, seats

SHOTS = 2000


@pytest.fixture(params=["mostly waiting", "mostly done"])
def long_store(request: pytest.FixtureRequest, store: Store) -> Store:
    """2,000 takes of four productions: some run, some back off, some are on hold, and the rest either
    waits or is done."""
    shots = [a_new_shot(f"sh{number:04d}", priority=number % 7) for number in range(SHOTS // 4)]
    for production in ("film", "spot", "trailer", "demo"):
        intake.submit(store, production, shots, who="anna")
    claims.claim(store, "farm-a", "toy", seats(*(f"w{number}" for number in range(40))), 60.0)
    say(
        store,
        "UPDATE takes SET due = :no, due_at = :far WHERE status = 'waiting' AND id % 10 = 3",
        no=False,
        far="2999-01-01 00:00:00.000000",
    )
    say(store, "UPDATE takes SET held = :yes WHERE id % 20 = 1", yes=True)
    if request.param == "mostly done":
        say(
            store,
            "UPDATE takes SET status = 'succeeded', verdict = 'accepted'"
            " WHERE status = 'waiting' AND id % 10 <> 3 AND id % 50 <> 0",
        )
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return store


def test_the_loop_reads_its_indexes_and_nothing_else(long_store: Store) -> None:
    look, make_due, claimants, claim, lease = _plans(long_store, _claim)
    expired, *_ = _plans(long_store, leases.take_back)

    for plan, index, column in (
        (look, "ix_takes_claim", "profile"),
        (look, "ix_takes_not_due", "due_at"),
        (make_due, "ix_takes_not_due", "due_at"),
        (claimants, "ix_takes_claim", "profile"),
        (claim, "ix_takes_claim", "profile"),
        (expired, "ix_takes_lease", "lease_until"),
    ):
        # A search by the column: "ix_… (due_at<?)", or an "Index Cond" on the line below the index.
        assert re.search(rf"{index}( \(|.*\n.*index cond: \(+){column}", plan), plan
    for plan in (look, claimants, claim, lease, expired):
        assert "seq scan on takes" not in plan
        assert not re.search(r"scan takes(?! using)", plan), plan
    assert "sort" not in claim
    assert "temp b-tree" not in claim


def _claim(store: Store) -> None:
    claims.claim(store, "farm-a", "toy", seats("w1"), 60.0)


def _plans(store: Store, work: Callable[[Store], Any]) -> list[str]:
    """The plans, in small letters, of the statements on takes that `work` sends."""
    sent: list[tuple[str, Any]] = []

    def hear(_conn: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "takes" in statement and not statement.startswith("INSERT"):
            sent.append((statement, values))

    event.listen(store.engine, "before_cursor_execute", hear)
    work(store)
    event.remove(store.engine, "before_cursor_execute", hear)
    explain = "EXPLAIN" if store.dialect == "postgresql" else "EXPLAIN QUERY PLAN"
    with store.read() as connection:
        return [
            "\n".join(
                str(row[-1]).lower()
                for row in connection.exec_driver_sql(f"{explain} {statement}", values)
            )
            for statement, values in sent
        ]
