"""The final of an approved draft is ordered once, goes back to it, and begins the ladder anew."""

from collections.abc import Iterator
from typing import Any

import pytest

from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus
from farm.errors import Refused, Stale, UnknownName
from farm.operations.metrics_feed import Figures
from farm.store import Store
from farm.store.queries import overview, selection, shot_story
from farm.store.queue.judged_takes import history
from farm.store.shots import finals, holds, in_review, review
from pipeline.recipe import Recipe
from tests.audit import Auditor
from tests.conftest import a_recipe
from tests.integration.farm.store.conftest import a_step, claim, fail, log, make, miss, submit

APPROVED = ReviewStatus.APPROVED


def drafted(store: Store, code: str = "sh010") -> None:
    """A shot whose draft the gate accepted."""
    submit(store, code, recipe=a_recipe(profile="toy-draft", steps=4), draft_for="toy")
    make(store, claim(store, profile="toy-draft"))


def approved(store: Store, take: int | None = None) -> None:
    review.review(store, "demo", "sh010", APPROVED, "anna", take)


def plan(draft: Recipe, name: str) -> Recipe:
    return a_recipe(profile=name, prompt=draft.prompt, seed=draft.seed)


def order(store: Store, **more: Any) -> None:
    finals.order(store, "demo", "sh010", plan, "anna", **more)


@pytest.fixture(autouse=True)
def audited(store: Store) -> Iterator[None]:
    """What the events tell is what the tables hold, whatever a test did."""
    yield
    assert Auditor(store.engine).audit() == []


def takes(store: Store) -> list[tuple[int, str, str | None, int | None]]:
    story = shot_story.tell(store, "demo", "sh010")
    return [(t.number, t.recipe["profile"], t.draft_for, t.final_of) for t in story.takes]


def test_the_final_is_ordered_with_its_own_profile_and_goes_back_to_the_draft(
    store: Store,
) -> None:
    drafted(store)
    approved(store)
    order(store, why="the client likes it")

    assert takes(store) == [(1, "toy-draft", "toy", None), (2, "toy", None, 1)]
    (shot,) = in_review.find(store, "demo")
    assert (shot.review, shot.selected) == (ReviewStatus.PENDING, None)
    story = shot_story.tell(store, "demo", "sh010")
    assert story.takes[0].finals == (2,)
    last = log(store)[-1]
    assert (last.kind, last.data["final_of"]) == (EventKind.TAKE_ORDERED, 1)
    assert last.data["why"] == "final of take 1 ordered by anna: the client likes it"


def test_what_the_ladder_makes_of_a_final_goes_back_to_the_draft_too_and_begins_anew(
    store: Store,
) -> None:
    drafted(store)
    approved(store)
    order(store)
    miss(store, claim(store))

    assert takes(store)[2:] == [(3, "toy", None, 1)]
    (shot,) = in_review.find(store, "demo")
    assert [take.number for take in history(store, shot.name).takes] == [2]


def test_a_worker_is_told_that_a_final_was_approved_and_no_take_of_the_ladder_after_it(
    store: Store,
) -> None:
    submit(store, "sh010", recipe=a_recipe(profile="toy-draft", steps=4), draft_for="toy")
    draft = claim(store, profile="toy-draft")
    make(store, draft)
    approved(store)
    order(store)
    final = claim(store)
    miss(store, final)
    after = claim(store)

    leases = (draft, final, after)
    assert [each.order().approved for each in leases] == [False, True, False]
    assert not final.order().insisted  # a still that cannot serve its words declines it as ever


def test_the_metrics_tell_a_shot_with_a_draft_from_one_with_a_full_take(store: Store) -> None:
    def told() -> tuple[str, ...]:
        lines = Figures(store).series.text().splitlines()
        return tuple(
            each for each in lines if each.startswith("farm_shots") and not each.endswith(" 0.0")
        )

    drafted(store)
    approved(store)
    drafts = 'farm_shots_drafted{production="demo"} 1.0'
    assert told() == ('farm_shots{production="demo",state="approved"} 1.0', drafts)

    order(store)
    make(store, claim(store))

    assert told() == ('farm_shots{production="demo",state="accepted"} 1.0',)


def test_what_the_ladder_or_a_person_makes_of_a_draft_is_a_draft(store: Store) -> None:
    submit(store, "sh010", recipe=a_recipe(profile="toy-draft", steps=4), draft_for="toy")
    miss(store, claim(store, profile="toy-draft"), profile="toy-draft", seed=8)
    make(store, claim(store, profile="toy-draft"))
    review.retake(store, "demo", "sh010", lambda _: a_step(profile="toy-draft"), "anna")

    assert [take[2:] for take in takes(store)] == [("toy", None)] * 3
    told = [each.data for each in log(store) if each.kind is EventKind.TAKE_ORDERED]
    assert [data.get("draft_for") for data in told] == ["toy"] * 3


def test_a_draft_approved_while_it_is_made_again_is_not_taken_for_another(store: Store) -> None:
    drafted(store)
    review.retake(store, "demo", "sh010", lambda _: a_step(profile="toy-draft"), "ben")
    approved(store, 1)
    before = takes(store)

    with pytest.raises(Refused, match="demo/sh010 had take 1 approved, and take 2 is under way"):
        order(store, take=1)
    make(store, claim(store, profile="toy-draft"))
    with pytest.raises(Refused, match="take 2 was made since"):
        order(store)
    assert takes(store) == before

    order(store, take=1)
    assert takes(store)[-1] == (3, "toy", None, 1)


def test_two_people_order_one_final(store: Store) -> None:
    drafted(store)
    approved(store)
    order(store, newest=1, known=APPROVED)

    with pytest.raises(Stale):
        finals.order(store, "demo", "sh010", plan, "ben", newest=1, known=APPROVED)
    with pytest.raises(Refused):
        order(store)
    assert len(takes(store)) == 2


def test_a_final_that_failed_is_ordered_again_once_the_draft_is_approved_again(
    store: Store,
) -> None:
    drafted(store)
    approved(store)
    order(store)
    fail(store)
    with pytest.raises(Refused, match="no selected take"):
        approved(store)
    approved(store, 1)

    order(store)
    assert takes(store)[-1] == (3, "toy", None, 1)


def test_no_final_of_what_is_unknown_or_covered(store: Store) -> None:
    drafted(store)
    with pytest.raises(UnknownName):
        finals.order(store, "demo", "sh999", plan, "anna")
    approved(store)
    holds.omit(store, "demo", "sh010", "anna")
    with pytest.raises(Refused, match="is omitted"):
        order(store)


def test_a_draft_is_neither_delivered_nor_counted_as_done(store: Store) -> None:
    drafted(store)
    drafted(store, "sh020")
    approved(store)
    passed = frozenset({APPROVED, ReviewStatus.ACCEPTED})

    assert selection.selected_takes(store, "demo", passed) == []
    looked = selection.selected_takes(store, "demo", passed, drafts=True)
    assert [(take.shot, take.draft) for take in looked] == [("sh010", True), ("sh020", True)]
    assert finals.with_approved_drafts(store, "demo") == ["sh010"]
    (production,) = overview.productions(store)
    assert production.drafts == 2
    assert [shot.draft for shot in overview.shots(store, "demo")] == [True, True]

    order(store)
    make(store, claim(store))
    (delivered,) = selection.selected_takes(store, "demo", passed)
    assert (delivered.shot, delivered.take) == ("sh010", 2)
    (production,) = overview.productions(store)
    assert production.drafts == 1


def test_a_draft_that_is_made_again_does_not_count_as_accepted(store: Store) -> None:
    drafted(store)
    review.retake(store, "demo", "sh010", lambda _: a_step(profile="toy-draft"), "ben")
    approved(store, 1)
    (production,) = overview.productions(store)
    assert production.drafts == 0  # the shot waits


def test_the_events_tell_a_draft(store: Store) -> None:
    drafted(store)
    ordered = next(each for each in log(store) if each.kind is EventKind.TAKE_ORDERED)
    assert (ordered.data["draft_for"], ordered.data["why"]) == ("toy", "submitted, as a draft")
    submitted = log(store)[0]
    assert submitted.data["profile"] == "toy"
