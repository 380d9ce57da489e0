"""Takes that were declined before anything was rendered: nothing is published, and nothing is lost."""

import json
from dataclasses import asdict

import pytest

from farm.domain.decision import Decision, History
from farm.domain.gate import decide as gate
from farm.domain.lifecycle import FailureClass, ReviewStatus, ShotState
from farm.domain.retry import RetryPolicy
from farm.domain.shot import AlternateStill
from farm.store import Store
from farm.store.queries import overview, selection, shot_story
from farm.store.queue import faults, settle
from farm.store.queue.judged_takes import history
from farm.store.shots import holds, in_review, review
from pipeline.ladder import Step
from pipeline.misses import MissKind, stored
from pipeline.profiles import profile
from tests.conftest import a_recipe, a_refusal
from tests.integration.farm.store.conftest import claim, submit, value

REASON = "the still does not show a red bicycle"


def decide(so_far: History) -> Decision:
    """The gate of a farm with the toy."""
    return gate(so_far, profile.load("toy"))


def test_a_declined_take_goes_to_a_person_with_what_was_missed(store: Store) -> None:
    submit(store, "sh010")
    counted, events = settle.declined(store, claim(store), a_refusal(), decide)

    assert counted
    assert [str(event.kind) for event in events] == ["take_failed", "review_moved"]
    told = shot_story.tell(store, "demo", "sh010")
    (take,) = told.takes
    assert (take.status, take.failure_class, take.reason) == (
        "failed",
        FailureClass.CONTENT,
        REASON,
    )
    assert (told.review, told.state) == (ReviewStatus.NEEDS_REVIEW, ShotState.NEEDS_REVIEW)
    assert take.result == json.loads(json.dumps(asdict(a_refusal())))
    assert stored(take.result)[0].kind is MissKind.SUBJECT_MISSING
    assert events[1].data["why"] == f"take 1 was not rendered: {REASON}"
    assert value(store, "SELECT count(*) FROM clips") == 0


def test_a_shot_that_was_declined_is_found_with_its_still_and_the_reason(store: Store) -> None:
    submit(store, "sh010", "sh020")
    settle.declined(store, claim(store), a_refusal(), decide)

    (found,) = selection.declined(store, "demo")

    assert (found.shot, found.reason, found.still) == ("sh010", REASON, a_recipe().still)
    assert (found.prompt, found.review) == (a_recipe().prompt, ReviewStatus.NEEDS_REVIEW)
    assert selection.declined(store, "autumn") == []


def test_a_shot_that_was_declined_is_for_a_person_and_did_not_fail(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    settle.declined(store, claim(store), a_refusal(), decide)
    faults.fault(store, claim(store), FailureClass.SHOT, "its still is torn", RetryPolicy())

    (standing,) = overview.productions(store)
    asked = {"review": ShotState.NEEDS_REVIEW, "failed": ShotState.FAILED}
    found = {
        word: [shot.name.code for shot in in_review.find(store, "demo", state=state)]
        for word, state in asked.items()
    }

    assert found == {"review": ["sh010"], "failed": ["sh020"]}
    assert {state: count for state, count in standing.states.items() if count} == {
        ShotState.NEEDS_REVIEW: 1,
        ShotState.FAILED: 1,
        ShotState.WAITING: 1,
    }
    assert [shot.state for shot in overview.shots(store, "demo")] == [
        ShotState.NEEDS_REVIEW,
        ShotState.FAILED,
        ShotState.WAITING,
    ]


def test_the_alternate_still_is_tried_at_once(store: Store) -> None:
    other = AlternateStill(image="b.png", still="b" * 64, width=80, height=48)
    submit(store, "sh010", alternates=(other,))
    settle.declined(store, claim(store), a_refusal(), decide)

    told = shot_story.tell(store, "demo", "sh010")
    assert [take.status for take in told.takes] == ["failed", "waiting"]
    assert told.takes[1].recipe["still"] == "b" * 64
    assert told.takes[1].recipe["prompt"] == told.takes[0].recipe["prompt"]
    assert told.review is ReviewStatus.PENDING


def test_a_declined_take_costs_the_shot_no_render(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    settle.declined(store, lease, a_refusal(), decide)
    (fact,) = history(store, lease.shot).takes
    assert (fact.verdict, fact.score) == (None, None)
    assert fact.misses == a_refusal().misses


def test_a_late_refusal_changes_nothing(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)
    review.cancel(store, "demo", "sh010", "anna")
    assert settle.declined(store, lease, a_refusal(), decide) == (False, [])
    (shot,) = overview.shots(store, "demo")
    assert shot.state is ShotState.CANCELLED


def test_what_a_person_orders_after_that_is_made_whatever_it_looks_like(store: Store) -> None:
    submit(store, "sh010")
    first = claim(store)
    assert not first.order().insisted
    settle.declined(store, first, a_refusal(), decide)
    again = Step(rung=0, recipe=a_recipe(), why="make it all the same", changes={})
    review.retake(store, "demo", "sh010", lambda _: again, "anna")
    assert claim(store).order().insisted


@pytest.mark.parametrize("kind", [MissKind.SUBJECT_MISSING, MissKind.ACTION_IMPOSSIBLE])
def test_a_hold_over_a_declined_take_lets_the_gate_speak_at_its_release(
    store: Store, kind: MissKind
) -> None:
    other = AlternateStill(image="b.png", still="b" * 64, width=80, height=48)
    submit(store, "sh010", alternates=(other,))
    lease = claim(store)
    holds.hold(store, "demo", "sh010", "anna", "")
    settle.declined(store, lease, a_refusal(kind), decide)
    assert len(shot_story.tell(store, "demo", "sh010").takes) == 1
    holds.release(store, "demo", "sh010", decide, "anna")
    assert len(shot_story.tell(store, "demo", "sh010").takes) == 2
