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
from farm.store.queue import leases
from farm.store.shots import review
from tests.integration.farm.store.conftest import (
    OVER,
    accept,
    claim,
    kinds,
    log,
    make,
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
