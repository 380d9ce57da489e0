"""Every move writes its event in its own transaction: neither is ever there without the other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event

from farm.domain.events import Event, EventKind
from farm.domain.lease import Lease
from farm.domain.lifecycle import FailureClass, ReviewStatus
from farm.domain.retry import RetryPolicy
from farm.store import Store
from farm.store.queue import claims, faults, leases, settle
from farm.store.shots import archive, comments, delivered, holds, priorities, purging, review, undo
from farm.store.shots.comments import Said
from pipeline.result import Verdict
from tests.conftest import a_result
from tests.integration.farm.store.conftest import (
    OVER,
    a_step,
    accept,
    claim,
    dump,
    log,
    make,
    order,
    seats,
    submit,
)

K = EventKind
WEAK = {"verdict": Verdict.LOW_MATCH, "score": 0.2}


@dataclass(frozen=True)
class Move:
    """One thing that can happen to a shot, and the events it must leave."""

    name: str
    begin: Callable[[Store], Any]
    act: Callable[[Store, Any], list[Event]]
    kinds: tuple[EventKind, ...]


def _nothing(_: Store) -> None:
    return None


def _expired(store: Store) -> Lease:
    return claim(store, lease_seconds=OVER)


def _late(store: Store) -> Lease:
    lease = _expired(store)
    leases.take_back(store)
    return lease


def _accepted(store: Store) -> None:
    make(store, claim(store))


def _rejected(store: Store) -> None:
    _accepted(store)
    review.review(store, "demo", "sh010", ReviewStatus.REJECTED, "anna")


def _retaken(store: Store) -> None:
    make(store, claim(store), order(cfg_high=5.0), **WEAK)


def _claim(store: Store, _: Any) -> list[Event]:
    return claims.claim(store, "farm-a", "toy", seats("w1"), 60.0)[1]


def _make(store: Store, lease: Lease) -> list[Event]:
    return settle.made(store, lease, a_result(lease.clip), accept)[1]


def _miss(store: Store, lease: Lease) -> list[Event]:
    return settle.made(store, lease, a_result(lease.clip, **WEAK), order(cfg_high=5.0))[1]


def _fault(failure: FailureClass) -> Callable[[Store, Lease], list[Event]]:
    return lambda store, lease: faults.fault(store, lease, failure, "broken", RetryPolicy())


def _purge(store: Store, _: Any) -> list[Event]:
    [take] = purging.old_takes(store, "demo", 0.0)
    loss = purging.Loss(
        take_id=take.take_id, number=1, clip=take.clip, sha256=take.sha256, files=("a.mp4",), size=1
    )
    return purging.give_up(store, take.shot, [loss], keep_selected=False, who="anna")[1]


MOVES = [
    Move("claim", _nothing, _claim, (K.TAKE_STARTED,)),
    Move("release", claim, lambda s, lease: leases.release(s, lease, "stop"), (K.TAKE_RETURNED,)),
    Move("take back", _expired, lambda s, _: leases.take_back(s), (K.LEASE_TAKEN_BACK,)),
    Move("fault", claim, _fault(FailureClass.MACHINE), (K.TAKE_RETURNED,)),
    Move("full farm", claim, _fault(FailureClass.CAPACITY), (K.TAKE_RETURNED,)),
    Move("give up", claim, _fault(FailureClass.SHOT), (K.TAKE_FAILED, K.REVIEW_MOVED)),
    Move("accept", claim, _make, (K.TAKE_SUCCEEDED, K.REVIEW_MOVED)),
    Move("miss", claim, _miss, (K.TAKE_SUCCEEDED, K.TAKE_ORDERED)),
    Move("late", _late, _make, (K.LATE_RESULT,)),
    Move(
        "cancel",
        _nothing,
        lambda s, _: review.cancel(s, "demo", "sh010", "anna"),
        (K.TAKE_CANCELLED,),
    ),
    Move(
        "cancel a retake",
        _retaken,
        lambda s, _: review.cancel(s, "demo", "sh010", "anna"),
        (K.TAKE_CANCELLED, K.REVIEW_MOVED),
    ),
    Move(
        "approve",
        _accepted,
        lambda s, _: review.review(s, "demo", "sh010", ReviewStatus.APPROVED, "anna"),
        (K.REVIEW_MOVED,),
    ),
    Move(
        "retake",
        _accepted,
        lambda s, _: review.retake(s, "demo", "sh010", lambda _: a_step(seed=9), "anna"),
        (K.REVIEW_MOVED, K.TAKE_ORDERED),
    ),
    Move(
        "archive",
        _nothing,
        lambda s, _: archive.archive(s, "demo", "anna"),
        (K.PRODUCTION_ARCHIVED,),
    ),
    Move(
        "restore",
        lambda s: archive.archive(s, "demo", "anna"),
        lambda s, _: archive.restore(s, "demo", "anna"),
        (K.PRODUCTION_RESTORED,),
    ),
    Move(
        "deliver",
        _accepted,
        lambda s, _: [delivered.note(s, "demo", "anna", clips=1, undelivered=[], to="delivery")],
        (K.PRODUCTION_DELIVERED,),
    ),
    Move("purge", _accepted, _purge, (K.TAKE_PURGED,)),
    Move(
        "undo",
        _rejected,
        lambda s, _: undo.undo(s, "demo", "sh010", "anna", 60)[1],
        (K.REVIEW_MOVED,),
    ),
    Move(
        "undo an omission",
        lambda s: holds.omit(s, "demo", "sh010", "anna"),
        lambda s, _: undo.undo(s, "demo", "sh010", "anna", 60)[1],
        (K.REVIEW_MOVED, K.TAKE_ORDERED),
    ),
    Move(
        "undo a priority",
        lambda s: priorities.set_priority(s, "demo", "sh010", 9, "anna"),
        lambda s, _: undo.undo(s, "demo", "sh010", "anna", 60)[1],
        (K.PRIORITY_SET,),
    ),
    Move(
        "comment",
        _accepted,
        lambda s, _: comments.write(s, "demo", "sh010", Said(text="too dark", take=1), "anna")[1],
        (K.COMMENT_WRITTEN,),
    ),
    Move(
        "resolve",
        lambda s: comments.write(s, "demo", "sh010", Said(text="too dark"), "anna"),
        lambda s, _: comments.resolve(s, "demo", 1, "anna")[1],
        (K.COMMENT_RESOLVED,),
    ),
]

every_move = pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)


@every_move
def test_a_move_returns_the_events_that_it_wrote_and_no_others(store: Store, move: Move) -> None:
    submit(store, "sh010")
    begun = move.begin(store)
    before = len(log(store))

    returned = move.act(store, begun)

    assert returned == log(store)[before:]
    assert tuple(each.kind for each in returned) == move.kinds


@every_move
def test_a_move_whose_event_cannot_be_written_is_not_made(store: Store, move: Move) -> None:
    submit(store, "sh010")
    begun = move.begin(store)
    before = dump(store)

    def refuse_the_last(_conn: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("INSERT INTO events") and move.kinds[-1] in str(values):
            raise RuntimeError("the log is full")

    event.listen(store.engine, "before_cursor_execute", refuse_the_last)
    with pytest.raises(RuntimeError, match="the log is full"):
        move.act(store, begun)
    event.remove(store.engine, "before_cursor_execute", refuse_the_last)

    assert dump(store) == before
    assert tuple(each.kind for each in move.act(store, begun)) == move.kinds
