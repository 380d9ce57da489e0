"""A shot that is held or omitted is left alone, and goes on where it was once it is released."""

import pytest

from farm.domain.decision import Decide, Decision, History
from farm.domain.events import EventKind
from farm.domain.lifecycle import FailureClass, ReviewStatus, ShotState, TakeStatus
from farm.errors import Refused
from farm.store import Store
from farm.store.queries import queued, selection, shot_story
from farm.store.queue import faults, leases
from farm.store.shots import holds, review
from pipeline.result import Verdict
from tests.integration.farm.store.conftest import (
    OVER,
    PATIENT,
    accept,
    claim,
    end_back_offs,
    kinds,
    log,
    make,
    miss,
    nothing_to_claim,
    order,
    submit,
    value,
)


def hold(store: Store, code: str = "sh010", why: str = "") -> None:
    holds.hold(store, "demo", code, "anna", why)


def release(store: Store, code: str = "sh010", decide: Decide = accept) -> None:
    holds.release(store, "demo", code, decide, "bert")


def omit(store: Store, code: str = "sh010") -> None:
    holds.omit(store, "demo", code, "anna", "cut")


def never(_: History) -> Decision:
    raise AssertionError("the gate has nothing to say here")


def test_what_is_on_hold_is_not_claimed_and_does_not_keep_a_run_from_ending(store: Store) -> None:
    submit(store, "sh010", "sh020")
    hold(store, why="the client thinks")

    other = claim(store)
    assert other.shot.code == "sh020"
    assert nothing_to_claim(store)
    assert queued.unfinished(store, "toy")
    make(store, other)
    assert not queued.unfinished(store, "toy")
    told = shot_story.tell(store, "demo", "sh010")
    assert (told.state, told.takes[0].status) == ("on_hold", "waiting")
    assert (told.events[-1].who, told.events[-1].data["why"]) == (
        "anna",
        "held by anna: the client thinks",
    )

    release(store, decide=never)

    assert claim(store).shot.code == "sh010"
    assert log(store)[-2].data["why"] == "released by bert"


@pytest.mark.parametrize("ending", ["stopped", "faulted", "lost"])
def test_a_render_that_comes_back_while_its_shot_is_on_hold_waits_for_the_release(
    store: Store, ending: str
) -> None:
    submit(store, "sh010")
    lease = claim(store, lease_seconds=OVER if ending == "lost" else 60.0)
    hold(store)
    if ending == "stopped":
        leases.release(store, lease, "the run was stopped")
    elif ending == "faulted":
        faults.fault(store, lease, FailureClass.MACHINE, "CUDA error", PATIENT)
        end_back_offs(store)
    else:
        leases.take_back(store)

    assert nothing_to_claim(store)
    release(store, decide=never)
    assert claim(store).token == 2


def test_a_render_under_way_ends_in_peace_and_the_gate_speaks_at_the_release(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    hold(store)

    assert make(store, lease, never)
    assert shot_story.tell(store, "demo", "sh010").review is ReviewStatus.ON_HOLD
    release(store)

    told = shot_story.tell(store, "demo", "sh010")
    assert (told.review, told.selected) == (ReviewStatus.ACCEPTED, 1)
    assert kinds(store)[-3:] == [
        EventKind.TAKE_SUCCEEDED,
        EventKind.REVIEW_MOVED,
        EventKind.REVIEW_MOVED,
    ]


def test_a_miss_during_a_hold_climbs_at_the_release(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    hold(store)
    make(store, lease, never, verdict=Verdict.LOW_MATCH, score=0.2)
    assert nothing_to_claim(store)

    release(store, decide=order(cfg_high=5.0))

    assert (claim(store).number, claim_rung(store)) == (2, 1)


def claim_rung(store: Store) -> int:
    return value(store, "SELECT max(rung) FROM takes")


def test_a_take_that_failed_during_a_hold_goes_to_a_person_at_the_release(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    hold(store)
    faults.fault(store, lease, FailureClass.SHOT, "still.altered: it changed", PATIENT)

    release(store, decide=never)

    told = shot_story.tell(store, "demo", "sh010")
    assert (told.review, told.state) == (ReviewStatus.NEEDS_REVIEW, ShotState.FAILED)


def test_a_take_on_hold_can_be_cancelled(store: Store) -> None:
    submit(store, "sh010")
    hold(store)

    review.cancel(store, "demo", "sh010", "bert")

    release(store, decide=never)
    assert shot_story.tell(store, "demo", "sh010").state is ShotState.CANCELLED


def test_a_retake_cancelled_during_a_hold_shows_a_person_the_takes_before(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store))
    hold(store)
    review.cancel(store, "demo", "sh010", "bert")

    release(store, decide=never)

    told = shot_story.tell(store, "demo", "sh010")
    assert (told.review, told.selected) == (ReviewStatus.NEEDS_REVIEW, 1)


@pytest.mark.parametrize("claimed", [False, True])
def test_an_omission_cancels_what_waits_or_runs(store: Store, claimed: bool) -> None:
    submit(store, "sh010")
    if claimed:
        claim(store)

    omit(store)

    told = shot_story.tell(store, "demo", "sh010")
    assert (told.state, told.takes[0].status) == (ShotState.OMITTED, TakeStatus.CANCELLED)
    assert told.takes[0].reason == "omitted by anna: cut"
    assert value(store, "SELECT count(*) FROM attempts WHERE ended_at IS NULL") == 0
    assert [event.who for event in told.events[-2:]] == ["anna", "anna"]
    assert not queued.unfinished(store, "toy")


@pytest.mark.parametrize("then", [ReviewStatus.APPROVED, ReviewStatus.REJECTED])
def test_a_release_brings_back_the_review_that_was_covered(
    store: Store, then: ReviewStatus
) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    review.review(store, "demo", "sh010", then, "carl")
    omit(store)

    release(store, decide=never)

    told = shot_story.tell(store, "demo", "sh010")
    assert (told.review, told.selected) == (then, 1)
    moved = told.events[-1].data
    assert (moved["before"], moved["after"]) == ("omitted", then)


def test_an_omission_of_a_held_shot_comes_back_to_what_the_hold_covered(store: Store) -> None:
    submit(store, "sh010")
    hold(store)
    omit(store)

    release(store, decide=never)

    assert shot_story.tell(store, "demo", "sh010").review is ReviewStatus.PENDING


def test_an_omitted_shot_is_in_no_delivery(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    omit(store)

    passed = frozenset({ReviewStatus.ACCEPTED, ReviewStatus.APPROVED})
    assert selection.selected_takes(store, "demo", passed) == []


def test_hold_omission_and_release_are_refused_where_they_make_no_sense(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    for wish, sentence in (
        (hold, "demo/sh010 is accepted; there is nothing to hold"),
        (release, "demo/sh010 is accepted; there is nothing to release"),
    ):
        with pytest.raises(Refused, match=f"^{sentence}$"):
            wish(store)
    omit(store)
    with pytest.raises(Refused, match="demo/sh010 is omitted already"):
        omit(store)
    with pytest.raises(Refused, match="is omitted; there is nothing to hold"):
        hold(store)
    with pytest.raises(Refused, match="is omitted; `farm release demo sh010` first"):
        review.review(store, "demo", "sh010", ReviewStatus.APPROVED, "anna")
    with pytest.raises(Refused, match="is omitted; `farm release demo sh010` first"):
        review.retake(store, "demo", "sh010", lambda _: pytest.fail("not asked"), "anna")
