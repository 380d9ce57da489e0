"""Two who want something of the same shot at the same moment take turns, whichever database it is."""

from threading import Thread
from typing import Any

import pytest
from sqlalchemy import event as hooks

from farm.domain.decision import Decision, History
from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus
from farm.errors import Refused
from farm.store import Store, open_store
from farm.store.queue import leases, settle
from farm.store.shots import holds, review
from pipeline.misses import Miss, MissKind
from pipeline.result import Verdict, Zones
from tests.conftest import a_refusal
from tests.integration.farm.store.conftest import (
    OVER,
    accept,
    claim,
    kinds,
    log,
    make,
    miss,
    order,
    say,
    submit,
)


def test_a_person_who_speaks_while_the_gate_decides_is_heard_after_it(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    reject = Thread(
        target=review.review, args=(store, "demo", "sh010", ReviewStatus.REJECTED, "anna")
    )

    def decide(history: History) -> Decision:
        reject.start()
        reject.join(0.5)
        return accept(history)

    assert make(store, lease, decide)
    reject.join()

    moves = [event.data for event in log(store) if event.kind is EventKind.REVIEW_MOVED]
    assert [(each["before"], each["after"]) for each in moves] == [
        ("pending", "accepted"),
        ("accepted", "rejected"),
    ]


def test_nobody_waits_while_the_gate_thinks_about_a_miss(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    shown: list[History] = []

    def decide(history: History) -> Decision:
        review.review(store, "demo", "sh010", ReviewStatus.REJECTED, "anna")
        shown.append(history)
        return order()(history)

    assert make(store, lease, decide, verdict=Verdict.LOW_MATCH, score=0.2)

    assert len(shown) == 1
    assert kinds(store)[-2:] == [EventKind.REVIEW_MOVED, EventKind.TAKE_SUCCEEDED]


@pytest.mark.parametrize("number", [1, 2])
def test_what_the_gate_was_asked_before_holds_where_nothing_changed_meanwhile(
    store: Store, number: int
) -> None:
    """Of take 1 and of a later one: what was foreseen is what the database holds of it then."""
    submit(store, "sh010", must_keep=("red",))
    for _ in range(number - 1):
        miss(store, claim(store), seed=7)
    shown: list[History] = []

    def decide(history: History) -> Decision:
        shown.append(history)
        return order(seed=8)(history)

    missed = Miss(kind=MissKind.FLICKER, value=9.0, threshold=3.0, message="it flickers")
    lines = Zones(accept=0.6, retake=0.4)
    made = {"verdict": Verdict.LOW_MATCH, "score": 0.1 + 0.2, "misses": (missed,), "zones": lines}
    assert make(store, claim(store), decide, **made)

    assert [len(history.takes) for history in shown] == [number]


def test_a_refusal_is_thought_about_before_its_shot_is_held(store: Store) -> None:
    submit(store, "sh010")
    shown: list[History] = []

    def decide(history: History) -> Decision:
        shown.append(history)
        say(store, "UPDATE shots SET notes = 'nobody waits'")
        return order()(history)

    assert settle.declined(store, claim(store), a_refusal(), decide)[0]

    assert len(shown) == 1


def test_the_gate_is_asked_again_where_a_shot_has_another_history_by_then(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    shown: list[tuple[str, ...]] = []

    def decide(history: History) -> Decision:
        if not shown:
            say(store, "UPDATE shots SET must_keep = '[\"red\"]'")
        shown.append(history.must_keep)
        return order(seed=len(shown))(history)

    assert make(store, lease, decide, verdict=Verdict.LOW_MATCH, score=0.2)

    assert shown == [(), ("red",)]
    assert claim(store).recipe.seed == 2


def test_a_late_miss_is_nothing_that_the_gate_is_asked_about(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store, lease_seconds=OVER)
    leases.take_back(store)

    def decide(_: History) -> Decision:
        raise AssertionError("it is no longer for the gate")

    assert not make(store, lease, decide, verdict=Verdict.LOW_MATCH, score=0.2)


def test_a_release_asks_the_gate_before_the_shot_is_held(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    holds.hold(store, "demo", "sh010", "anna")
    make(store, lease, verdict=Verdict.LOW_MATCH, score=0.2)
    shown: list[History] = []

    def decide(history: History) -> Decision:
        shown.append(history)
        say(store, "UPDATE shots SET notes = 'nobody waits'")
        return order()(history)

    holds.release(store, "demo", "sh010", decide, "anna")

    assert len(shown) == 1
    assert kinds(store)[-2:] == [EventKind.REVIEW_MOVED, EventKind.TAKE_ORDERED]


def test_a_cancel_while_a_result_is_settled_waits_and_finds_nothing_to_cancel(
    store: Store,
) -> None:
    submit(store, "sh010")
    lease = claim(store)
    refused: list[str] = []

    def cancel() -> None:
        with pytest.raises(Refused) as refusal:
            review.cancel(store, "demo", "sh010", "anna")
        refused.append(str(refusal.value))

    canceller = Thread(target=cancel)

    def decide(history: History) -> Decision:
        canceller.start()
        canceller.join(0.5)
        return accept(history)

    assert make(store, lease, decide)
    canceller.join()

    assert refused == ["demo/sh010 has no take to cancel: it is accepted"]


def test_a_cancel_and_a_result_at_the_same_moment_do_not_lock_each_other_out(
    store: Store, database: str
) -> None:
    submit(store, "sh010")
    lease = claim(store)
    heard: list[str] = []

    def cancel() -> None:
        own = open_store(database)
        with pytest.raises(Refused) as refusal:
            review.cancel(own, "demo", "sh010", "anna")
        heard.append(str(refusal.value))
        own.close()

    canceller = Thread(target=cancel)

    def between_take_and_clip(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO clips"):
            canceller.start()
            canceller.join(0.5)

    hooks.listen(store.engine, "before_cursor_execute", between_take_and_clip)
    assert make(store, lease)
    canceller.join()

    assert heard == ["demo/sh010 has no take to cancel: it is accepted"]


def test_a_result_at_the_moment_its_lease_is_taken_back_is_late(
    store: Store, database: str
) -> None:
    submit(store, "sh010")
    lease = claim(store, lease_seconds=OVER)
    published: list[bool] = []

    def settle_it() -> None:
        own = open_store(database)
        published.append(make(own, lease))
        own.close()

    settler = Thread(target=settle_it)

    def between_move_and_event(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO events"):
            settler.start()
            settler.join(0.5)

    hooks.listen(store.engine, "before_cursor_execute", between_move_and_event)
    leases.take_back(store)
    settler.join()

    assert published == [False]
    assert kinds(store)[-2:] == [EventKind.LEASE_TAKEN_BACK, EventKind.LATE_RESULT]
