"""What becomes of an attempt that ended: published once, tried again, climbed, or given to a person."""

from dataclasses import asdict
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import event as hooks

from farm.errors import Refused
from farm.events import EventKind
from farm.lifecycle import FailureClass, ReviewStatus, ShotState, TakeStatus
from farm.retry import RetryPolicy
from farm.shot import AlternateStill
from farm.store import Store, desk, leases, open_store, settle, story, views
from farm.store.settle import Decision, History
from pipeline.ladder import Alternate, TakeFacts
from pipeline.recipe import Finding, Severity, Verdict
from tests.conftest import a_recipe, a_result
from tests.integration.store.conftest import (
    OVER,
    a_step,
    accept,
    claim,
    dump,
    end_back_offs,
    kinds,
    log,
    make,
    miss,
    nothing_to_claim,
    submit,
    value,
)

PATIENT = RetryPolicy(max_faults=3, backoff=600.0)


def needs_review(history: History) -> Decision:
    """The ladder is at its end: the first take is the best."""
    return Decision(review=ReviewStatus.NEEDS_REVIEW, why="the ladder is at its end", selected=1)


def fail(store: Store, failure: FailureClass = FailureClass.MACHINE) -> None:
    """Claims the next take and reports a fault of this class."""
    settle.fault(store, claim(store), failure, "CUDA error", PATIENT)


def test_a_finished_take_is_published_with_everything_that_is_known_of_it(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    finding = Finding("clip.flicker", Severity.WARNING, "it flickers")
    result = a_result(lease.clip, score=0.75, findings=(finding,), device="NVIDIA H200")

    published, events = settle.made(store, lease, result, accept)

    assert published
    told = story.tell(store, "demo", "sh010")
    (take,) = told.takes
    assert (take.status, take.verdict, take.match) == ("succeeded", "accepted", 0.75)
    assert take.clip == lease.clip
    assert take.result == {
        "match": asdict(result.match),
        "findings": [asdict(finding)],
        "seconds": dict(result.seconds),
        "device": "NVIDIA H200",
    }
    assert [each["outcome"] for each in take.attempts] == ["succeeded"]
    assert value(store, "SELECT token FROM clips") == lease.token
    succeeded, moved = events
    assert succeeded.kind is EventKind.TAKE_SUCCEEDED
    assert succeeded.data == {
        "verdict": "accepted",
        "rung": 0,
        "match": 0.75,
        "clip": lease.clip,
        "stages": dict(result.seconds),
        "seconds": pytest.approx(0, abs=60),
        "device": "NVIDIA H200",
    }
    assert moved.data == {
        "before": "pending",
        "after": "accepted",
        "why": "it matches",
        "selected_take": 1,
    }


def test_an_accepted_take_stands_for_its_shot(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))

    (shot,) = views.shots(store, "demo")
    assert (shot.state, shot.review, shot.selected) == ("accepted", "accepted", 1)
    assert nothing_to_claim(store)


def test_a_miss_orders_the_next_take_with_its_rung_and_its_reason(store: Store) -> None:
    submit(store, "sh010", priority=4)

    miss(store, claim(store), cfg_high=5.0, prompt="a bicycle turns")

    told = story.tell(store, "demo", "sh010")
    assert (told.state, told.review, told.selected) == ("waiting", "pending", None)
    first, second = told.takes
    assert (first.status, first.verdict, first.match) == ("succeeded", "low_match", 0.2)
    assert (second.number, second.status, second.rung) == (2, "waiting", 1)
    assert second.why == "match 0.20 is below 0.50"
    assert second.changes == {
        "cfg_high": [3.5, 5.0],
        "prompt": [a_recipe().prompt, "a bicycle turns"],
    }
    lease = claim(store)
    assert (lease.number, lease.rung) == (2, 1)
    assert lease.recipe == a_recipe(cfg_high=5.0, prompt="a bicycle turns")
    assert value(store, "SELECT rank FROM takes WHERE number = 2") == -4


def test_the_ladder_sees_every_finished_take_and_what_it_may_still_use(store: Store) -> None:
    alternate = AlternateStill(image="b.png", still="b" * 64, width=64, height=48)
    submit(store, "sh010", must_keep=("red",), alternates=(alternate,))
    miss(store, claim(store), cfg_high=5.0)
    fail(store, FailureClass.SHOT)
    desk.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "anna")
    seen: list[History] = []

    def look(history: History) -> Decision:
        seen.append(history)
        return accept(history)

    make(store, claim(store), look, verdict=Verdict.UNSCORED, score=None)

    assert seen == [
        History(
            takes=(
                TakeFacts(
                    number=1, rung=0, recipe=a_recipe(), verdict=Verdict.LOW_MATCH, score=0.2
                ),
                TakeFacts(
                    number=3,
                    rung=1,
                    recipe=a_recipe(seed=9),
                    verdict=Verdict.UNSCORED,
                    score=None,
                    by_hand=True,
                ),
            ),
            must_keep=("red",),
            alternates=(Alternate(still="b" * 64, width=64, height=48),),
        )
    ]


def test_at_the_end_of_the_ladder_the_best_take_goes_to_a_person(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)

    make(store, claim(store), needs_review, verdict=Verdict.LOW_MATCH, score=0.1)

    (shot,) = views.shots(store, "demo")
    assert (shot.state, shot.selected, shot.match) == ("needs_review", 1, 0.2)
    assert nothing_to_claim(store)


def test_a_late_result_never_overwrites_a_newer_attempt(store: Store) -> None:
    submit(store, "sh010")
    late = claim(store, "farm-a", lease_seconds=OVER)
    leases.take_back(store)
    current = claim(store, "farm-b")
    before = dump(store)

    published, (event,) = settle.made(store, late, a_result(late.clip, score=0.99), accept)

    assert not published
    assert event == log(store)[-1]
    assert (event.kind, event.attempt) == (EventKind.LATE_RESULT, late.token)
    assert event.data == {"outcome": "accepted", "clip": late.clip}
    after = dump(store)
    assert after.pop("events")[:-1] == before.pop("events")
    assert after == before

    assert make(store, current, score=0.6)
    (selected,) = views.selected_takes(store, "demo")
    assert (selected.clip, selected.match) == (current.clip, 0.6)


def test_a_late_result_is_kept_aside_while_the_take_waits_again(store: Store) -> None:
    submit(store, "sh010")
    late = claim(store, lease_seconds=OVER)
    leases.take_back(store)

    assert not make(store, late)

    assert views.shots(store, "demo")[0].state is ShotState.WAITING
    assert make(store, claim(store))


def test_the_same_result_twice_is_published_once(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)

    assert [make(store, lease), make(store, lease)] == [True, False]

    assert kinds(store)[-1] is EventKind.LATE_RESULT
    assert value(store, "SELECT count(*) FROM clips") == 1


def test_a_result_after_a_cancel_is_kept_aside(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    desk.cancel(store, "demo", "sh010", "anna")

    assert not make(store, lease)

    assert views.shots(store, "demo")[0].state is ShotState.CANCELLED
    assert value(store, "SELECT count(*) FROM clips") == 0


def test_a_late_fault_changes_nothing(store: Store) -> None:
    submit(store, "sh010")
    late = claim(store, lease_seconds=OVER)
    leases.take_back(store)
    claim(store, "farm-b")
    before = dump(store)

    assert settle.fault(store, late, FailureClass.MACHINE, "CUDA error", PATIENT) == []

    assert dump(store) == before


def test_a_machine_fault_backs_off_and_is_counted(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)

    (event,) = settle.fault(store, lease, FailureClass.MACHINE, "CUDA error", PATIENT)

    assert event == log(store)[-1]
    assert (event.kind, event.attempt) == (EventKind.TAKE_RETURNED, 1)
    assert (event.data["failure_class"], event.data["reason"]) == ("machine", "CUDA error")
    assert 150 <= event.data["delay"] <= 300
    assert value(store, "SELECT faults FROM takes") == 1
    assert nothing_to_claim(store)
    (attempt,) = story.tell(store, "demo", "sh010").takes[0].attempts
    assert (attempt["outcome"], attempt["reason"]) == ("returned", "CUDA error")
    end_back_offs(store)
    assert claim(store).token == 2


def test_too_many_machine_faults_give_the_shot_to_a_person(store: Store) -> None:
    submit(store, "sh010")
    for _ in range(3):
        fail(store)
        end_back_offs(store)

    told = story.tell(store, "demo", "sh010")
    assert (told.state, told.review, told.selected) == ("failed", "needs_review", None)
    (take,) = told.takes
    assert (take.status, take.failure_class) == ("failed", "machine")
    assert take.reason == "CUDA error (attempt 3 of 3)"
    assert [each["outcome"] for each in take.attempts] == ["returned", "returned", "failed"]
    assert kinds(store)[-2:] == [EventKind.TAKE_FAILED, EventKind.REVIEW_MOVED]
    assert nothing_to_claim(store)


def test_a_full_farm_never_costs_an_attempt(store: Store) -> None:
    submit(store, "sh010")
    for _ in range(10):
        fail(store, FailureClass.CAPACITY)
        end_back_offs(store)

    assert value(store, "SELECT faults FROM takes") == 0
    assert views.shots(store, "demo")[0].state is ShotState.WAITING


def test_a_fatal_fault_loses_nothing(store: Store) -> None:
    submit(store, "sh010")

    fail(store, FailureClass.FATAL)

    assert value(store, "SELECT faults FROM takes") == 0
    assert views.shots(store, "demo")[0].state is ShotState.WAITING


def test_a_shot_that_can_never_work_goes_to_a_person_at_once(store: Store) -> None:
    submit(store, "sh010")

    fail(store, FailureClass.SHOT)

    (shot,) = views.shots(store, "demo")
    assert (shot.state, shot.review, shot.reason) == ("failed", "needs_review", "CUDA error")
    assert nothing_to_claim(store)


def test_a_retake_that_fails_leaves_the_best_take_that_was_paid_for(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)

    fail(store, FailureClass.SHOT)

    (shot,) = views.shots(store, "demo")
    assert (shot.state, shot.review, shot.selected) == ("failed", "needs_review", 1)


def test_a_failed_retake_leaves_the_take_that_a_person_chose(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)
    make(store, claim(store))
    desk.review(store, "demo", "sh010", ReviewStatus.APPROVED, "anna", take=1)
    desk.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "anna")

    fail(store, FailureClass.SHOT)

    (shot,) = views.shots(store, "demo")
    assert (shot.state, shot.review, shot.selected) == ("failed", "needs_review", 1)


@pytest.mark.parametrize("word", [ReviewStatus.APPROVED, ReviewStatus.REJECTED])
def test_a_persons_word_stands_above_the_gate(store: Store, word: ReviewStatus) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)
    lease = claim(store)
    desk.review(store, "demo", "sh010", word, "anna", take=1)

    published, events = settle.made(store, lease, a_result(lease.clip), _never_asked)

    assert published
    assert [event.kind for event in events] == [EventKind.TAKE_SUCCEEDED]
    (shot,) = views.shots(store, "demo")
    assert (shot.review, shot.selected) == (word, 1)


def test_a_persons_word_stands_above_a_failure(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)
    desk.review(store, "demo", "sh010", ReviewStatus.APPROVED, "anna", take=1)

    fail(store, FailureClass.SHOT)

    (shot,) = views.shots(store, "demo")
    assert (shot.state, shot.review, shot.selected) == ("approved", "approved", 1)


def test_a_person_who_speaks_while_the_gate_decides_is_heard_after_it(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    reject = Thread(
        target=desk.review, args=(store, "demo", "sh010", ReviewStatus.REJECTED, "anna")
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
            desk.cancel(store, "demo", "sh010", "anna")
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
            desk.cancel(own, "demo", "sh010", "anna")
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


def test_a_decision_that_breaks_undoes_the_whole_settlement(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    before = dump(store)

    with pytest.raises(RuntimeError, match="a defect"):
        make(store, lease, _broken)

    assert dump(store) == before
    assert make(store, lease)


def test_take_numbers_are_never_used_twice(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)
    desk.cancel(store, "demo", "sh010", "anna")
    desk.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "anna")
    fail(store, FailureClass.SHOT)
    desk.retake(store, "demo", "sh010", lambda _: a_step(seed=10), "anna")

    takes = story.tell(store, "demo", "sh010").takes
    assert [(take.number, take.status) for take in takes] == [
        (1, TakeStatus.SUCCEEDED),
        (2, TakeStatus.CANCELLED),
        (3, TakeStatus.FAILED),
        (4, TakeStatus.WAITING),
    ]


def _never_asked(_: History) -> Decision:
    raise AssertionError("the gate was asked although a person had spoken")


def _broken(_: History) -> Decision:
    raise RuntimeError("a defect")
