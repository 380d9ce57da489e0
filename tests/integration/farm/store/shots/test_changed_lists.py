"""A list that is handed in again, changed: what stays, what is changed, and what is never lost by it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from farm.domain.changes import Asked
from farm.domain.events import EventKind
from farm.domain.lifecycle import FailureClass, ReviewStatus, TakeStatus
from farm.domain.retry import RetryPolicy
from farm.domain.shot import NewShot
from farm.errors import Refused
from farm.store import Store, open_store
from farm.store.queries import media_inventory, overview, shot_story
from farm.store.queue import faults, judged_takes, leases
from farm.store.shots import holds, intake, priorities, review
from farm.store.shots.intake import Intake
from pipeline.result import Verdict
from tests.audit import Auditor
from tests.conftest import a_new_shot, a_recipe
from tests.integration.farm.store.conftest import (
    a_step,
    at_once,
    claim,
    dump,
    log,
    make,
    miss,
    nothing_to_claim,
    order,
    say,
)

LIST = "/lists/v1.csv"


@pytest.fixture(autouse=True)
def audited(store: Store) -> Iterator[None]:
    yield
    assert Auditor(store.engine).audit() == []


def row(code: str = "sh010", prompt: str = "It moves left", **changes: Any) -> NewShot:
    own = {"picture": code.ljust(64, "0"), **changes}
    return a_new_shot(code, recipe=a_recipe(prompt=prompt, still=code.ljust(64, "0")), **own)


def hand_in(
    store: Store, *rows: NewShot, shotlist: str = LIST, production: str = "ads", **asked: Any
) -> Intake:
    how = Asked(**asked)
    return intake.submit(store, production, rows, who="anna", asked=how, shotlist=shotlist)


def takes(store: Store, code: str = "sh010") -> list[tuple[str, str]]:
    """Status and prompt of each take."""
    told = shot_story.tell(store, "ads", code).takes
    return [(take.status.value, take.recipe["prompt"]) for take in told]


def test_without_being_asked_a_list_only_adds(store: Store) -> None:
    hand_in(store, row("sh010"), row("sh020"), row("sh030"))
    before = dump(store)

    done = hand_in(store, row("sh010", "It turns"), row("sh020", notes="TV"), row("sh040"))

    assert (done.added, done.differing, done.missing) == (
        ("sh040",),
        ("sh010", "sh020"),
        ("sh030",),
    )
    assert not done.whole
    after = dump(store)
    for table in ("shots", "takes", "events"):
        assert after[table][: len(before[table])] == before[table]
    assert [shot.takes for shot in overview.shots(store, "ads")] == [1, 1, 1, 1]


def test_a_waiting_take_is_replaced(store: Store) -> None:
    hand_in(store, row())

    done = hand_in(store, row(prompt="It turns", notes="TV"), update=True)

    assert (done.changed, done.whole) == (("sh010",), True)
    assert takes(store) == [("cancelled", "It moves left"), ("waiting", "It turns")]
    told = shot_story.tell(store, "ads", "sh010")
    assert (told.prompt, told.notes) == ("It turns", "TV")
    changed = next(event for event in told.events if event.kind is EventKind.SHOT_CHANGED)
    assert (changed.who, changed.data["by"]) == ("anna", "list")
    assert changed.data["changes"] == {
        "prompt": ["It moves left", "It turns"],
        "notes": ["", "TV"],
    }


def test_what_needs_no_take_is_changed_under_way(store: Store) -> None:
    hand_in(store, row("sh010"), row("sh020"))

    hand_in(store, row("sh010"), row("sh020", priority=9, must_keep=("red",)), update=True)

    assert log(store)[-1].data["changes"] == {"priority": [0, 9], "must_keep": [[], ["red"]]}
    assert claim(store).shot.code == "sh020"
    assert takes(store, "sh020") == [("running", "It moves left")]


def test_a_running_take_ends_and_its_late_result_never_stands(store: Store) -> None:
    hand_in(store, row())
    lease = claim(store)

    hand_in(store, row(prompt="It turns"), update=True)

    assert leases.beat(store, {lease: 3}, 60.0) == ([], [lease])
    assert not make(store, lease)
    assert takes(store) == [("cancelled", "It moves left"), ("waiting", "It turns")]
    make(store, claim(store))
    told = shot_story.tell(store, "ads", "sh010")
    assert (told.review, told.selected) == (ReviewStatus.ACCEPTED, 2)
    assert EventKind.LATE_RESULT in [event.kind for event in told.events]


def test_a_finished_shot_is_reopened_with_another_take(store: Store) -> None:
    hand_in(store, row())
    make(store, claim(store))

    hand_in(store, row(prompt="It turns"), update=True)

    assert takes(store) == [("succeeded", "It moves left"), ("waiting", "It turns")]
    assert shot_story.tell(store, "ads", "sh010").review is ReviewStatus.PENDING


def test_an_approval_ends_only_when_asked(store: Store) -> None:
    hand_in(store, row())
    make(store, claim(store))
    review.review(store, "ads", "sh010", ReviewStatus.APPROVED, "ben")
    changed = row(prompt="It turns", notes="TV")

    done = hand_in(store, changed, update=True)

    assert (done.changed, done.differing) == (("sh010",), ("sh010",))
    told = shot_story.tell(store, "ads", "sh010")
    assert (told.review, told.prompt, told.notes) == ("approved", "It moves left", "TV")

    assert hand_in(store, changed, update=True, reopen=True).whole
    assert takes(store)[1] == ("waiting", "It turns")
    assert shot_story.tell(store, "ads", "sh010").review is ReviewStatus.PENDING


@pytest.mark.parametrize("held", [False, True])
def test_no_take_of_before_the_change_stands_for_the_shot(store: Store, held: bool) -> None:
    hand_in(store, row())
    make(store, claim(store))
    if held:
        review.retake(store, "ads", "sh010", lambda _: a_step(), "ben")
        holds.hold(store, "ads", "sh010", "ben")

    hand_in(store, row(prompt="It turns"), update=True)

    assert shot_story.tell(store, "ads", "sh010").selected is None
    if held:
        holds.release(store, "ads", "sh010", order(), "ben")
    faults.fault(store, claim(store), FailureClass.SHOT, "it can never work", RetryPolicy())
    told = shot_story.tell(store, "ads", "sh010")
    assert (told.review, told.selected) == ("needs_review", None), "the old film is not the best"


@pytest.mark.parametrize("by_hand", [False, True])
def test_the_ladder_climbs_on_no_take_of_before_the_change(store: Store, by_hand: bool) -> None:
    hand_in(store, row())
    make(store, claim(store))
    hand_in(store, row(prompt="It turns"), update=True)
    if by_hand:
        # What the list ordered fails unjudged: the gate first hears of the take that a person orders then.
        faults.fault(store, claim(store), FailureClass.SHOT, "it can never work", RetryPolicy())
        review.retake(
            store, "ads", "sh010", lambda _: replace(a_step(prompt="It turns now"), rung=0), "ben"
        )

    lease = claim(store)
    miss(store, lease)

    (taken,) = judged_takes.history(store, lease.shot).takes
    assert taken.recipe.prompt.startswith("It turns")


def test_a_held_shot_stays_held_with_its_new_take(store: Store) -> None:
    hand_in(store, row())
    holds.hold(store, "ads", "sh010", "ben")

    hand_in(store, row(prompt="It turns"), update=True)

    assert nothing_to_claim(store)
    holds.release(store, "ads", "sh010", order(), "ben")
    assert claim(store).recipe.prompt == "It turns"


def test_an_omitted_shot_is_named_and_left(store: Store) -> None:
    hand_in(store, row())
    holds.omit(store, "ads", "sh010", "ben")
    before = dump(store)

    done = hand_in(store, row(prompt="It turns"), update=True)

    assert (done.omitted, done.differing, done.whole) == (("sh010",), ("sh010",), False)
    assert hand_in(store, row()).omitted == ("sh010",)
    assert dump(store) == before


def test_after_the_ladder_the_list_is_held_against_the_authors_prompt(store: Store) -> None:
    hand_in(store, row())
    miss(store, claim(store), prompt="It moves")

    assert hand_in(store, row()).unchanged == ("sh010",)
    assert hand_in(store, row(), update=True).whole
    assert takes(store)[-1] == ("waiting", "It moves")


def test_a_persons_priority_stands_where_the_list_says_nothing(store: Store) -> None:
    hand_in(store, row())
    priorities.set_priority(store, "ads", "sh010", 9, "ben")

    assert hand_in(store, row()).unchanged == ("sh010",)
    (found,) = hand_in(store, row(priority=5)).revisions
    assert [(each.before, each.after) for each in found.changes] == [(9, 5)]


def test_what_a_list_orders_stands_at_the_foot_of_the_ladder_and_may_be_declined(
    store: Store,
) -> None:
    hand_in(store, row())
    make(store, claim(store), order(prompt="It moves"), verdict=Verdict.LOW_MATCH, score=0.4)
    hand_in(store, row(prompt="It turns around"), update=True)

    lease = claim(store)

    assert (lease.rung, lease.by_hand, lease.recipe.prompt) == (0, False, "It turns around")


def test_a_shot_that_the_list_no_longer_has_is_omitted_when_asked(store: Store) -> None:
    hand_in(store, row("sh010"), row("sh020"))
    lease = claim(store)

    done = hand_in(store, row("sh020"), omit_missing=True)

    assert (done.gone, done.whole) == (("sh010",), True)
    assert not make(store, lease)
    told = shot_story.tell(store, "ads", "sh010")
    assert told.review is ReviewStatus.OMITTED
    assert told.events[-2].data["why"] == "omitted by anna: v1.csv no longer has it"
    assert hand_in(store, row("sh020")).whole


def test_a_production_is_fed_by_several_lists(store: Store) -> None:
    hand_in(store, row("sh010"), row("sh020"), shotlist="/a.csv")
    hand_in(store, row("sh110"), row("sh120"), shotlist="/b.csv")
    hand_in(store, row("sh110"), row("sh120"), row("sh130"), shotlist="/b2.csv")

    assert hand_in(store, row("sh010"), row("sh020"), shotlist="/a.csv").whole
    assert hand_in(store, row("sh010"), shotlist="/a2.csv").missing == ("sh020",)
    assert hand_in(store, row("sh110"), row("sh120"), shotlist="/b3.csv").missing == ("sh130",)


def test_two_productions_are_not_held_against_each_other(store: Store) -> None:
    hand_in(store, row("sh010"), production="spring")
    hand_in(store, row("sh010", "It turns"), row("sh020"), production="autumn")

    assert hand_in(store, row("sh010"), production="spring", update=True).whole
    assert [shot.prompt for shot in overview.shots(store, "autumn")] == [
        "It turns",
        "It moves left",
    ]


def test_a_list_with_bad_rows_does_not_tell_what_is_missing(store: Store) -> None:
    hand_in(store, row("sh010"), row("sh020"))

    done = intake.submit(
        store, "ads", [row("sh010")], who="anna", asked=Asked(omit_missing=True), shotlist=LIST,
        whole=False,
    )  # fmt: skip

    assert (done.missing, done.gone) == ((), ())
    assert [shot.review for shot in overview.shots(store, "ads")] == ["pending", "pending"]


def test_a_renamed_row_is_not_queued_twice(store: Store) -> None:
    old = row("sh050")
    hand_in(store, row("sh010"), old)
    new = replace(old, code="sh055")

    done = hand_in(store, row("sh010"), new, update=True)

    assert (done.added, done.twins) == ((), {"sh055": "sh050"})
    assert [shot.code for shot in overview.shots(store, "ads")] == ["sh010", "sh050"]
    assert hand_in(store, row("sh010"), new, omit_missing=True).added == ("sh055",)


def test_the_next_batch_only_adds_though_it_looks_like_the_one_before(store: Store) -> None:
    old = row("sh050")
    hand_in(store, old)

    done = hand_in(store, replace(old, code="sh055"))

    assert (done.added, done.alike, done.whole) == (("sh055",), {"sh055": "sh050"}, True)


def test_a_renaming_keeps_takes_clips_and_history(store: Store) -> None:
    old = row("sh050")
    hand_in(store, row("sh010"), old)
    claim(store)
    lease = claim(store)
    renames = {"sh050": "sh055"}

    done = hand_in(store, row("sh010"), replace(old, code="sh055"), renames=renames)

    assert (done.renamed, done.whole) == (renames, True)
    assert make(store, lease)
    told = shot_story.tell(store, "ads", "sh055")
    assert (told.review, told.takes[0].clip) == (ReviewStatus.ACCEPTED, lease.clip)
    assert "sh050" in lease.clip
    known = media_inventory.attempts_of(
        store, "ads", "sh050", media_inventory.former_codes(store)["ads", "sh050"]
    )
    assert known[lease.clip] is media_inventory.AttemptState.PUBLISHED
    again = hand_in(store, row("sh010"), replace(old, code="sh055"), renames=renames)
    assert (again.renamed, again.whole) == ({}, True)


def test_shots_change_places_and_their_clips_never_share_a_name(store: Store) -> None:
    one, other = row("sh010"), row("sh020", "It turns")
    hand_in(store, one, other)
    first = claim(store)
    make(store, first)
    swapped = replace(other, code="sh010"), replace(one, code="sh020")

    done = hand_in(store, *swapped, renames={"sh010": "sh020", "sh020": "sh010"})

    assert done.whole
    second = claim(store)
    assert (second.shot.code, second.number, second.token) == ("sh010", 1, 1)
    assert second.clip != first.clip
    assert make(store, second)
    assert [shot_story.tell(store, "ads", code).prompt for code in ("sh010", "sh020")] == [
        "It turns",
        "It moves left",
    ]


def test_a_code_may_go_to_a_new_shot_when_its_shot_is_renamed(store: Store) -> None:
    old = row("sh010")
    hand_in(store, old)

    done = hand_in(
        store, replace(old, code="sh020"), row("sh010", "It falls"), renames={"sh010": "sh020"}
    )

    assert (done.added, done.renamed, done.whole) == (("sh010",), {"sh010": "sh020"}, True)
    assert takes(store, "sh010") == [("waiting", "It falls")]
    assert takes(store, "sh020") == [("waiting", "It moves left")]


@pytest.mark.parametrize(
    ("renames", "sentence"),
    [
        ({"sh099": "sh020"}, "ads has no shot sh099 to rename; `farm shots ads` lists them"),
        ({"sh010": "sh020"}, "ads has a shot sh020 already, so sh010 cannot be called sh020"),
        ({"sh010": "SH020"}, "ads has a shot sh020 already, so sh010 cannot be called SH020"),
        ({"sh010": "sh030"}, "the list has no good row sh030, so sh010 is not renamed"),
    ],
)
def test_a_renaming_that_cannot_be_changes_nothing(
    store: Store, renames: dict[str, str], sentence: str
) -> None:
    hand_in(store, row("sh010"), row("sh020"))
    before = dump(store)

    with pytest.raises(Refused) as refusal:
        hand_in(store, row("sh010", "It turns"), row("sh020"), update=True, renames=renames)

    assert str(refusal.value).startswith(sentence)
    assert dump(store) == before


def test_strict_changes_all_or_nothing(store: Store) -> None:
    hand_in(store, row("sh010"), row("sh020"))
    before = dump(store)

    done = hand_in(store, row("sh010", "It turns"), row("sh030"), update=True, strict=True)

    assert (done.refused, done.added, done.differing) == (True, (), ("sh010",))
    assert dump(store) == before
    rows = row("sh010", "It turns"), row("sh030")
    assert hand_in(store, *rows, update=True, omit_missing=True, strict=True).whole


def test_what_is_foreseen_is_what_happens(store: Store) -> None:
    hand_in(store, row("sh010"), row("sh020"), row("sh030"), row("sh050"))
    claim(store)
    rows = [row("sh010", "It turns"), row("sh020", notes="TV"), replace(row("sh050"), code="sh055")]
    asked = Asked(update=True, omit_missing=True, renames={"sh050": "sh055"})
    before = dump(store)

    foreseen = intake.foresee(store, "ads", rows, asked=asked)

    assert dump(store) == before
    assert intake.submit(store, "ads", rows, who="anna", asked=asked, shotlist=LIST) == foreseen


def test_two_updates_at_once_change_a_shot_once(store: Store, database: str) -> None:
    codes = [f"sh{number:03d}" for number in range(20)]
    hand_in(store, *map(row, codes))
    running = [claim(store) for _ in range(5)]

    def send(number: int) -> Intake:
        own = open_store(database)
        try:
            rows = [row(code, "It turns") for code in codes]
            return hand_in(own, *(rows if number % 2 else reversed(rows)), update=True)
        finally:
            own.close()

    answers = at_once(2, send)

    assert sorted(code for answer in answers for code in answer.changed) == codes
    assert all(len(takes(store, code)) == 2 for code in codes)
    assert leases.beat(store, dict.fromkeys(running, 1), 60.0) == ([], running)


def test_an_update_that_breaks_half_way_changes_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(store, row("sh010"), row("sh020"))
    before = dump(store)
    from farm.store.shots import revising

    order_take, calls = revising.order_take, list[int]()

    def breaks(*arguments: Any, **more: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the power is gone")
        return order_take(*arguments, **more)

    monkeypatch.setattr(revising, "order_take", breaks)
    with pytest.raises(RuntimeError, match="the power is gone"):
        hand_in(store, row("sh010", "It turns"), row("sh020", "It turns"), update=True)

    assert dump(store) == before


def test_a_cancelled_declined_or_failed_shot_gets_the_take_that_the_list_asks_for(
    store: Store,
) -> None:
    hand_in(store, row())
    review.cancel(store, "ads", "sh010", "ben")

    hand_in(store, row(prompt="It turns"), update=True)

    assert takes(store)[-1] == ("waiting", "It turns")
    make(store, claim(store))
    review.review(store, "ads", "sh010", ReviewStatus.REJECTED, "ben")
    hand_in(store, row(prompt="It falls"), update=True)
    assert takes(store)[-1] == ("waiting", "It falls")
    assert shot_story.tell(store, "ads", "sh010").review is ReviewStatus.PENDING


def test_a_retake_by_hand_is_told_when_the_old_list_comes_again(store: Store) -> None:
    hand_in(store, row())
    review.retake(
        store, "ads", "sh010", lambda _: a_step(prompt="by hand"), "ben", "",
        lambda wish: replace(wish, prompt="by hand"),
    )  # fmt: skip

    (found,) = hand_in(store, row()).revisions

    assert [(each.before, each.after) for each in found.changes] == [("by hand", "It moves left")]
    assert hand_in(store, row(prompt="by hand")).whole
    assert takes(store)[-1] == (TakeStatus.WAITING.value, "by hand")


def test_a_shot_of_an_older_farm_is_compared_by_what_its_first_take_tells(store: Store) -> None:
    hand_in(store, row(), row("sh020"))
    say(store, "UPDATE events SET data = '{}' WHERE kind = 'shot_submitted'")

    assert hand_in(store, row(), row("sh020")).whole
    newer = replace(row(), recipe=replace(row().recipe, revision="f" * 12, steps=20, frames=33))
    assert hand_in(store, newer, row("sh020")).whole
    done = hand_in(store, row(prompt="It turns"), update=True)
    assert (done.changed, done.missing) == (("sh010",), ("sh020",))
    assert hand_in(store, row(prompt="It turns"), row("sh020")).whole


def test_a_new_revision_of_the_profile_is_not_the_authors_change(store: Store) -> None:
    hand_in(store, row())
    newer = {"revision": "f" * 12, "steps": 20, "cfg_high": 5.0, "still": "6" * 64, "width": 96}
    again = replace(row(), recipe=replace(row().recipe, **newer))

    assert hand_in(store, again).unchanged == ("sh010",)
    changed = replace(again, recipe=replace(again.recipe, prompt="It turns"))
    (found,) = hand_in(store, changed, update=True).revisions

    assert [each.field for each in found.changes] == ["prompt"]
    lease = claim(store)
    assert (lease.recipe.prompt, lease.recipe.revision) == ("It turns", "f" * 12)
    ordered = shot_story.tell(store, "ads", "sh010").takes[1]
    assert {"prompt", "revision", "steps"} <= ordered.changes.keys()
