"""What people do to shots: each wish is carried out whole, or refused with a reason."""

from dataclasses import replace
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import event as hooks

from farm.domain.decision import Decision, History
from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.domain.shot import Wish
from farm.errors import Refused, UnknownName
from farm.store import Store, open_store
from farm.store.queries import overview, shot_story
from farm.store.queue import leases
from farm.store.shots import in_review, review
from pipeline.result import Verdict
from tests.conftest import a_recipe
from tests.integration.farm.store.conftest import (
    a_step,
    claim,
    dump,
    fail,
    kinds,
    log,
    make,
    miss,
    nothing_to_claim,
    order,
    submit,
    value,
)

APPROVED, REJECTED = ReviewStatus.APPROVED, ReviewStatus.REJECTED


def retake(store: Store, code: str = "sh010", **changes: object) -> None:
    """Anna asks for a retake with these changes to the recipe."""
    review.retake(store, "demo", code, lambda _: a_step(**changes), "anna")


def test_a_retake_is_ordered_by_hand_and_reopens_the_review(store: Store) -> None:
    submit(store, "sh010", priority=3)
    make(store, claim(store))

    retake(store, seed=9)

    told = shot_story.tell(store, "demo", "sh010")
    assert (told.state, told.review, told.selected) == ("waiting", "pending", 1)
    assert (told.takes[1].number, told.takes[1].changes) == (2, {"seed": [7, 9]})
    moved, ordered = log(store)[-2:]
    assert (moved.kind, moved.who) == (EventKind.REVIEW_MOVED, "anna")
    assert moved.data["why"] == "retake asked for by anna"
    assert (ordered.kind, ordered.who, ordered.take) == (EventKind.TAKE_ORDERED, "anna", 2)
    lease = claim(store)
    assert (lease.number, lease.recipe) == (2, a_recipe(seed=9))


def test_a_retake_replaces_a_take_that_still_waits(store: Store) -> None:
    submit(store, "sh010")

    retake(store, seed=9)

    takes = shot_story.tell(store, "demo", "sh010").takes
    assert [(take.status, take.reason) for take in takes] == [
        ("cancelled", "replaced: retake asked for by anna"),
        ("waiting", ""),
    ]
    assert kinds(store)[-2:] == [EventKind.TAKE_CANCELLED, EventKind.TAKE_ORDERED]
    assert claim(store).recipe == a_recipe(seed=9)


def test_what_a_person_wrote_for_a_retake_is_wished_from_now_on(store: Store) -> None:
    submit(store, "sh010")

    def written(wish: Wish) -> Wish:
        return replace(wish, prompt="a blue car", seconds=1.5)

    review.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "anna", "why not", written)

    told = shot_story.tell(store, "demo", "sh010")
    changed = next(event for event in told.events if event.kind is EventKind.SHOT_CHANGED)
    assert told.prompt == "a blue car"
    assert changed.data["changes"] == {
        "prompt": [a_recipe().prompt, "a blue car"],
        "seconds": [None, 1.5],
    }
    assert (changed.data["by"], changed.data["why"]) == (
        "hand",
        "retake asked for by anna: why not",
    )


def test_a_retake_is_refused_while_a_take_renders(store: Store) -> None:
    submit(store, "sh010")
    claim(store)
    before = dump(store)

    with pytest.raises(Refused) as refusal:
        retake(store)

    assert str(refusal.value) == (
        "demo/sh010 take 1 is rendering; let it end, or `farm cancel demo sh010` first"
    )
    assert dump(store) == before


def test_a_failed_shot_can_be_retaken(store: Store) -> None:
    submit(store, "sh010")
    fail(store)

    retake(store, still="6" * 64)

    assert claim(store).recipe.still == "6" * 64


def test_a_retake_sees_the_shot_as_it_lies_before_the_person(store: Store) -> None:
    submit(store, "sh010", must_keep=("red",), aspect="16:9")
    miss(store, claim(store), cfg_high=5.0)
    make(store, claim(store))
    seen: list[in_review.ShotInReview] = []

    def plan(found: in_review.ShotInReview) -> review.Step:
        seen.append(found)
        return a_step(seed=9)

    review.retake(store, "demo", "sh010", plan, "anna")

    (found,) = seen
    assert (found.name.production, found.name.code) == ("demo", "sh010")
    assert (found.state, found.review) == (ShotState.ACCEPTED, ReviewStatus.ACCEPTED)
    assert (found.image, found.aspect, found.must_keep) == ("sh010.png", "16:9", ("red",))
    assert (found.number, found.recipe) == (2, a_recipe(cfg_high=5.0))
    assert (found.takes, found.selected) == ((1, 2), 2)


def test_a_plan_that_breaks_orders_nothing(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    before = dump(store)

    def plan(_: in_review.ShotInReview) -> review.Step:
        raise Refused("cfg_high 12 is above 10")

    with pytest.raises(Refused, match="above 10"):
        review.retake(store, "demo", "sh010", plan, "anna")

    assert dump(store) == before


def test_a_waiting_take_is_cancelled(store: Store) -> None:
    submit(store, "sh010")

    events = review.cancel(store, "demo", "sh010", "anna")

    assert events == log(store)[-1:]
    assert (events[0].kind, events[0].take, events[0].attempt) == (
        EventKind.TAKE_CANCELLED,
        1,
        None,
    )
    assert (events[0].who, events[0].data) == ("anna", {"reason": "cancelled by anna"})
    assert overview.shots(store, "demo")[0].state is ShotState.CANCELLED
    assert nothing_to_claim(store)


def test_a_running_take_is_cancelled_and_its_worker_loses_the_lease(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)

    review.cancel(store, "demo", "sh010", "anna")

    assert leases.beat(store, {lease: 1}, 60.0) == ([], [lease])
    (attempt,) = shot_story.tell(store, "demo", "sh010").takes[0].attempts
    assert (attempt["outcome"], attempt["reason"]) == ("cancelled", "cancelled by anna")
    assert attempt["ended_at"] is not None


def test_a_cancelled_retake_leaves_the_best_earlier_take_to_a_person(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)
    make(store, claim(store), order(cfg_high=7.0), verdict=Verdict.LOW_MATCH, score=0.1)

    review.cancel(store, "demo", "sh010", "anna")

    (shot,) = overview.shots(store, "demo")
    assert (shot.state, shot.review, shot.selected) == ("needs_review", "needs_review", 1)


def test_a_take_that_has_ended_cannot_be_cancelled(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))

    with pytest.raises(Refused, match=r"^demo/sh010 has no take to cancel: it is accepted$"):
        review.cancel(store, "demo", "sh010", "anna")


def test_an_approval_names_the_take_and_the_person(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)
    make(store, claim(store))

    events = review.review(store, "demo", "sh010", APPROVED, "anna", take=1)

    assert events == log(store)[-1:]
    assert events[0].data == {
        "before": "accepted",
        "after": "approved",
        "why": "approved by anna",
        "selected_take": 1,
    }
    (shot,) = overview.shots(store, "demo")
    assert (shot.state, shot.selected) == ("approved", 1)


def test_approving_twice_announces_it_once(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    review.review(store, "demo", "sh010", APPROVED, "anna")
    before = dump(store)

    assert review.review(store, "demo", "sh010", APPROVED, "anna") == []

    assert dump(store) == before


@pytest.mark.parametrize("word", [APPROVED, REJECTED])
@pytest.mark.parametrize("take", [0, 2])
def test_only_a_take_with_a_clip_can_be_chosen(store: Store, word: ReviewStatus, take: int) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)

    with pytest.raises(Refused) as refusal:
        review.review(store, "demo", "sh010", word, "anna", take=take)

    assert str(refusal.value) == f"demo/sh010 take {take} has no clip; takes with one: 1"


def test_a_shot_without_a_clip_cannot_be_approved(store: Store) -> None:
    submit(store, "sh010")

    with pytest.raises(
        Refused,
        match=r"^demo/sh010 has no take with a clip to approve; `farm show demo sh010` says why$",
    ):
        review.review(store, "demo", "sh010", APPROVED, "anna")


def test_a_rejected_shot_is_brought_back_by_a_retake(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    review.review(store, "demo", "sh010", REJECTED, "anna")
    assert overview.shots(store, "demo")[0].state is ShotState.REJECTED

    retake(store, seed=9)
    make(store, claim(store))

    (shot,) = overview.shots(store, "demo")
    assert (shot.state, shot.selected) == ("accepted", 2)


def test_a_move_that_the_table_does_not_know_is_refused(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))

    with pytest.raises(Refused, match=r"^demo/sh010 is accepted; it cannot be on_hold$"):
        review.review(store, "demo", "sh010", ReviewStatus.ON_HOLD, "anna")


def test_a_wish_while_the_next_take_is_ordered_finds_that_take(store: Store, database: str) -> None:
    submit(store, "sh010")
    lease = claim(store)

    def cancel() -> None:
        own = open_store(database)
        review.cancel(own, "demo", "sh010", "anna")
        own.close()

    canceller = Thread(target=cancel)

    def as_it_is_ordered(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO takes"):
            canceller.start()
            canceller.join(0.5)

    hooks.listen(store.engine, "before_cursor_execute", as_it_is_ordered)
    assert make(store, lease, order(cfg_high=5.0), verdict=Verdict.LOW_MATCH, score=0.2)
    canceller.join()

    takes = shot_story.tell(store, "demo", "sh010").takes
    assert [take.status for take in takes] == ["succeeded", "cancelled"]


def test_a_cancel_while_the_gate_thinks_about_a_miss_is_heard_before_it(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)

    def decide(history: History) -> Decision:
        review.cancel(store, "demo", "sh010", "anna")
        return order(cfg_high=5.0)(history)

    assert not make(store, lease, decide, verdict=Verdict.LOW_MATCH, score=0.2)

    (take,) = shot_story.tell(store, "demo", "sh010").takes
    assert (take.status, take.clip) == ("cancelled", None)


def test_shots_are_found_by_code_and_by_state(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    make(store, claim(store))

    def codes(*wanted: str, state: ShotState | None = None) -> list[str]:
        return [each.name.code for each in in_review.find(store, "demo", wanted, state)]

    assert codes() == ["sh010", "sh020", "sh030"]
    assert codes("sh030", "sh010") == ["sh010", "sh030"]
    assert codes(state=ShotState.WAITING) == ["sh020", "sh030"]
    assert codes("sh010", state=ShotState.WAITING) == []


def test_an_unknown_production_is_answered_with_those_there_are(store: Store) -> None:
    with pytest.raises(UnknownName, match=r"^there is no production 'dmo'; there are: none yet$"):
        in_review.find(store, "dmo")
    submit(store, "sh010")
    submit(store, "sh010", production="autumn")

    with pytest.raises(UnknownName) as refusal:
        review.cancel(store, "dmo", "sh010", "anna")

    assert str(refusal.value) == "there is no production 'dmo'; there are: autumn, demo"


def test_an_unknown_shot_is_answered_with_the_way_to_list_them(store: Store) -> None:
    submit(store, "sh010")

    with pytest.raises(UnknownName) as refusal:
        in_review.find(store, "demo", ["sh010", "sh011", "sh012"])

    assert str(refusal.value) == "demo has no shot sh011, sh012; `farm shots demo` lists them"
    with pytest.raises(UnknownName, match="demo has no shot sh011;"):
        retake(store, "sh011")
    assert kinds(store) == [EventKind.SHOT_SUBMITTED, EventKind.TAKE_ORDERED]
    assert value(store, "SELECT takes_made FROM shots") == 1
