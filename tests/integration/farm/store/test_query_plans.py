"""The statements of the loop are served by the indexes that were made for them, in long tables too."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import event

from farm.domain.board_view import BoardView
from farm.store import Store
from farm.store.queries import (
    board,
    cut,
    making,
    media_inventory,
    names,
    overview,
    queued,
    selection,
    stale_takes,
    stills,
)
from farm.store.queue import claimable, claims, leases, settle
from farm.store.shots import intake
from tests.conftest import a_new_shot, a_result
from tests.integration.farm.store.conftest import accept, say, seats

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
        # Vacuumed, as PostgreSQL does by itself in time: it counts from indexes only then.
        connection.exec_driver_sql("VACUUM ANALYZE" if on_postgresql(store) else "ANALYZE")
    return store


def on_postgresql(store: Store) -> bool:
    return store.dialect == "postgresql"


def test_the_loop_reads_its_indexes_and_nothing_else(long_store: Store) -> None:
    look, claimants, claim, lease = _plans(long_store, _claim)
    _back_off_is_over(long_store)
    _, _, make_due, *_ = _plans(long_store, _claim)
    expired, *_ = _plans(long_store, leases.take_back)
    (unfinished,) = _plans(long_store, lambda store: queued.unfinished(store, "toy"))

    for plan, index, column in (
        (look, "ix_takes_claim", "profile"),
        (look, "ix_takes_not_due", "due_at"),
        (make_due, "ix_takes_not_due", "due_at"),
        (claimants, "ix_takes_claim", "profile"),
        (claim, "ix_takes_claim", "profile"),
        (expired, "ix_takes_lease", "lease_until"),
        (unfinished, "ix_takes_claim", "profile"),
    ):
        # A search by the column: "ix_… (due_at<?)", or an "Index Cond" on the line below the index.
        assert re.search(rf"{index}( \(|.*\n.*index cond: \(+){column}", plan), plan
    for plan in (look, claimants, claim, lease, expired, unfinished):
        _reads_no_table(plan)
    assert "ix_takes_lease" in unfinished
    assert "ix_takes_not_due" in unfinished
    assert "sort" not in claim
    assert "temp b-tree" not in claim


def test_a_claim_among_productions_reads_the_same_indexes(long_store: Store) -> None:
    keys = list(names.production_keys(long_store, ["film", "demo"]).values())
    look, claimants, claim, lease = _plans(long_store, lambda store: _claim(store, keys))
    first, second = _plans(long_store, lambda store: _unfinished_after_all(store, keys))

    for plan in (look, claimants, claim):
        # Production by production, never along the queue of others.
        assert re.search(
            r"ix_takes_claim( \(|.*\n.*index cond: \(+)profile.*production_id", plan
        ), plan
    for plan in (look, claimants, claim, lease, first, second):
        _reads_no_table(plan)
    for plan in (first, second):
        assert "ix_takes_claim" in plan
        assert "ix_takes_not_due" in plan
        assert "ix_takes_lease" in plan
    assert "sort" not in claim
    assert "temp b-tree" not in claim


def test_what_waits_is_counted_in_the_claims_index_and_no_further_than_is_asked(
    long_store: Store,
) -> None:
    keys = list(names.production_keys(long_store, ["film", "demo"]).values())
    for among in (None, keys):
        queue = claimable.Claimable("toy", among)
        over, count = _plans(long_store, lambda store, queue=queue: queue.count(store, 50))

        assert re.search(r"ix_takes_not_due( \(|.*\n.*index cond: \(+)due_at", over), over
        assert re.search(r"ix_takes_claim( \(|.*\n.*index cond: \(+)profile", count), count
        for plan in (over, count):
            _reads_no_table(plan)
        assert queue.count(long_store, 7) == 7
    queue = claimable.Claimable("toy", None)
    before = queue.count(long_store, SHOTS)
    _back_off_is_over(long_store)
    assert queue.count(long_store, SHOTS) == before + 1


def _unfinished_after_all(store: Store, keys: list[int]) -> None:
    """Asks of each of them, though the first has work."""
    for key in keys:
        queued.unfinished(store, "toy", [key])


def test_a_beat_and_a_result_find_their_takes_by_key(long_store: Store) -> None:
    # Of a first take nothing is read back.
    say(long_store, "UPDATE takes SET number = 2 WHERE status = 'waiting'")
    mine, _ = claims.claim(long_store, "farm-a", "toy", seats("w1", "w2"), 60.0)

    for plan in _plans(long_store, lambda store: leases.beat(store, dict.fromkeys(mine, 1), 60.0)):
        # PostgreSQL goes along the running takes where these are few: the queue costs neither anything.
        assert re.search(r"using integer primary key|pk_takes|using ix_takes_lease", plan), plan
        _reads_no_table(plan)
    answers = [(lease, a_result(lease.clip)) for lease in mine]
    moved, history = _plans(long_store, lambda store: settle.made_all(store, answers, accept))
    assert "using integer primary key" in moved or "pk_takes" in moved
    assert re.search(r"(uq|ix)_takes_\w+", history) or "sqlite_autoindex_takes" in history
    _reads_no_table(history)


def test_a_status_counts_from_indexes(long_store: Store) -> None:
    # So few takes PostgreSQL reads as quickly as their index; what counts is that the index serves.
    hint = "SET LOCAL enable_seqscan = off" if on_postgresql(long_store) else ""
    standing, declined, partly, drafts = _plans(long_store, overview.productions, hint)
    due, not_due, held, running, archived, oldest = _plans(long_store, queued.queue)

    assert "ix_takes_standing" in standing
    assert "ix_takes_declined" in declined
    assert "ix_takes_partly" in partly
    assert "ix_takes_drafts" in drafts
    for plan, index in (
        (due, "ix_takes_claim"),
        (not_due, "ix_takes_not_due"),
        (held, "ix_takes_held"),
        (archived, "ix_takes_held"),
        (running, "ix_takes_lease"),
        (oldest, "ix_takes_claim"),
    ):
        assert index in plan, plan
    for plan in (standing, declined, partly, drafts, due, held, running, archived, oldest):
        _reads_no_table(plan)


def test_the_desk_reads_indexes_alone(long_store: Store) -> None:
    hint = "SET LOCAL enable_seqscan = off" if on_postgresql(long_store) else ""
    keys = [line.id for line in board.lines(long_store, "film")[:60]]
    frozen = BoardView(miss="frozen")

    for work in (
        lambda store: board.lines(store, "film"),
        lambda store: selection.stands(store, "film"),
        lambda store: board.among(store, "film", frozen),
        lambda store: board.tiles(store, keys),
        lambda store: board.films(store, "film", "sh0001"),
        lambda store: media_inventory.clips_of(store, "film", ["sh0001", "sh0002"]),
        lambda store: board.stills(store, "film", "sh0001"),
        lambda store: stills.of_shot(store, "film", "sh0001"),
        making.making,
        making.up_next,
    ):
        (plan,) = _plans(long_store, work, hint)
        _reads_no_table(plan)
        assert not re.search(r"scan (standing|shots|clips)(?! using)|seq scan on", plan), plan


def test_the_shots_of_a_cut_are_read_by_their_keys(long_store: Store) -> None:
    hint = "SET LOCAL enable_seqscan = off" if on_postgresql(long_store) else ""
    for plan in _plans(long_store, lambda store: cut.shots(store, "film"), hint):
        _reads_no_table(plan)


def test_the_stills_of_a_production_are_read_window_by_window(long_store: Store) -> None:
    hint = "SET LOCAL enable_seqscan = off" if on_postgresql(long_store) else ""
    (plan,) = _plans(long_store, lambda store: stills.of_others(store, "film", "sh0001"), hint)
    _reads_no_table(plan)
    assert not re.search(r"scan shots(?! using)|seq scan on", plan), plan


def test_what_became_stale_is_found_by_indexes(long_store: Store) -> None:
    hint = "SET LOCAL enable_seqscan = off" if on_postgresql(long_store) else ""
    takes, wishes = _plans(
        long_store, lambda store: stale_takes.standing_takes(store, "film"), hint, of="events"
    )
    _reads_no_table(takes)
    for plan in (takes, wishes):
        assert "ix_events_shot_id" in plan, plan
        assert not re.search(r"scan (shots|events)(?! using)|seq scan on", plan), plan


def test_a_productions_newest_shots_are_found_by_their_index(long_store: Store) -> None:
    hint = "SET LOCAL enable_seqscan = off" if on_postgresql(long_store) else ""
    (plan,) = _plans(long_store, lambda store: board.newest(store, "film", 8), hint)
    assert "ix_takes_newest" in plan, plan
    assert not re.search(r"sort|temp b-tree|scan shots(?! using)|seq scan on", plan), plan


def _reads_no_table(plan: str) -> None:
    assert "seq scan on takes" not in plan, plan
    assert not re.search(r"scan (takes|latest)(?! using)", plan), plan


def _back_off_is_over(store: Store) -> None:
    """Of one take, so that the next claim makes it due."""
    say(
        store,
        "UPDATE takes SET due_at = created_at WHERE id ="
        " (SELECT min(id) FROM takes WHERE status = 'waiting' AND NOT due)",
    )


def _claim(store: Store, among: Sequence[int] | None = None) -> None:
    claims.claim(store, "farm-a", "toy", seats("w1"), 60.0, among=among)


def _plans(
    store: Store, work: Callable[[Store], Any], hint: str = "", of: str = "takes"
) -> list[str]:
    """The plans, in small letters, of the statements on a table that `work` sends; `hint` goes before."""
    sent: list[tuple[str, Any]] = []

    def hear(_conn: Any, _cursor: Any, statement: str, values: Any, _: Any, many: bool) -> None:
        if of in statement and not statement.startswith("INSERT"):
            sent.append((statement, values[0] if many else values))

    event.listen(store.engine, "before_cursor_execute", hear)
    work(store)
    event.remove(store.engine, "before_cursor_execute", hear)
    explain = "EXPLAIN" if store.dialect == "postgresql" else "EXPLAIN QUERY PLAN"
    with store.read() as connection:
        if hint:
            connection.exec_driver_sql(hint)
        return [
            "\n".join(
                str(row[-1]).lower()
                for row in connection.exec_driver_sql(f"{explain} {statement}", values)
            )
            for statement, values in sent
        ]
