"""What a failed attempt leads to: the same take again, later, or a person."""

from farm.domain.events import EventKind
from farm.domain.lifecycle import FailureClass, ReviewStatus, ShotState
from farm.store import Store
from farm.store.queries import overview, shot_story
from farm.store.queue import faults, leases
from farm.store.shots import review
from tests.integration.farm.store.conftest import (
    OVER,
    PATIENT,
    a_step,
    claim,
    dump,
    end_back_offs,
    fail,
    kinds,
    log,
    make,
    miss,
    nothing_to_claim,
    submit,
    value,
)


def test_a_late_fault_changes_nothing(store: Store) -> None:
    submit(store, "sh010")
    late = claim(store, lease_seconds=OVER)
    leases.take_back(store)
    claim(store, "farm-b")
    before = dump(store)

    assert faults.fault(store, late, FailureClass.MACHINE, "CUDA error", PATIENT) == []

    assert dump(store) == before


def test_a_machine_fault_backs_off_and_is_counted(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)

    (event,) = faults.fault(store, lease, FailureClass.MACHINE, "CUDA error", PATIENT)

    assert event == log(store)[-1]
    assert (event.kind, event.attempt) == (EventKind.TAKE_RETURNED, 1)
    assert (event.data["failure_class"], event.data["reason"]) == ("machine", "CUDA error")
    assert 150 <= event.data["delay"] <= 300
    assert value(store, "SELECT faults FROM takes") == 1
    assert nothing_to_claim(store)
    (attempt,) = shot_story.tell(store, "demo", "sh010").takes[0].attempts
    assert (attempt["outcome"], attempt["reason"]) == ("returned", "CUDA error")
    end_back_offs(store)
    assert claim(store).token == 2


def test_too_many_machine_faults_give_the_shot_to_a_person(store: Store) -> None:
    submit(store, "sh010")
    for _ in range(3):
        fail(store, FailureClass.MACHINE, "CUDA error")
        end_back_offs(store)

    told = shot_story.tell(store, "demo", "sh010")
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
    assert overview.shots(store, "demo")[0].state is ShotState.WAITING


def test_a_fatal_fault_loses_nothing(store: Store) -> None:
    submit(store, "sh010")

    fail(store, FailureClass.FATAL)

    assert value(store, "SELECT faults FROM takes") == 0
    assert overview.shots(store, "demo")[0].state is ShotState.WAITING


def test_a_shot_that_can_never_work_goes_to_a_person_at_once(store: Store) -> None:
    submit(store, "sh010")

    fail(store)

    (shot,) = overview.shots(store, "demo")
    assert (shot.state, shot.review, shot.reason) == (
        "failed",
        "needs_review",
        "still.unreadable: it is broken",
    )
    assert nothing_to_claim(store)


def test_a_retake_that_fails_leaves_the_best_take_that_was_paid_for(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)

    fail(store)

    (shot,) = overview.shots(store, "demo")
    assert (shot.state, shot.review, shot.selected) == ("failed", "needs_review", 1)


def test_a_failed_retake_leaves_the_take_that_a_person_chose(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)
    make(store, claim(store))
    review.review(store, "demo", "sh010", ReviewStatus.APPROVED, "anna", take=1)
    review.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "anna")

    fail(store)

    (shot,) = overview.shots(store, "demo")
    assert (shot.state, shot.review, shot.selected) == ("failed", "needs_review", 1)


def test_a_persons_word_stands_above_a_failure(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)
    review.review(store, "demo", "sh010", ReviewStatus.APPROVED, "anna", take=1)

    fail(store)

    (shot,) = overview.shots(store, "demo")
    assert (shot.state, shot.review, shot.selected) == ("approved", "approved", 1)
