"""A shot list comes into the production once, however often and by however many it is sent."""

from dataclasses import asdict

import pytest

from farm.domain.changes import Change, Follows
from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.store import Store, open_store
from farm.store.queries import overview, shot_story
from farm.store.shots import intake
from farm.store.shots.intake import Intake
from pipeline.findings import Finding, Severity
from tests.conftest import a_new_shot, a_recipe
from tests.integration.farm.store.conftest import at_once, claim, dump, log, miss, submit


def test_a_submitted_shot_waits_with_everything_that_its_row_said(store: Store) -> None:
    finding = Finding("still.upscaled", Severity.WARNING, "the picture is small")
    shot = a_new_shot(
        "sh010",
        priority=5,
        aspect="16:9",
        must_keep=("red", "自行车"),
        notes="hero shot",
        findings=(finding,),
    )

    intake.submit(store, "demo", [shot], who="anna")

    told = shot_story.tell(store, "demo", "sh010")
    assert (told.state, told.review) == (ShotState.WAITING, ReviewStatus.PENDING)
    assert (told.image, told.prompt, told.notes) == (shot.image, shot.recipe.prompt, "hero shot")
    assert (told.priority, told.must_keep) == (5, ("red", "自行车"))
    assert told.findings == (asdict(finding),)
    (take,) = told.takes
    assert (take.number, take.rung, take.recipe) == (1, 0, shot.recipe.as_dict())
    assert claim(store).recipe == shot.recipe


def test_submitting_the_same_list_twice_changes_nothing(store: Store) -> None:
    shots = [a_new_shot("sh010"), a_new_shot("sh020", recipe=a_recipe(seed=8))]
    first = intake.submit(store, "demo", shots, who="anna")
    before = dump(store)

    second = intake.submit(store, "demo", shots, who="ben")

    assert first == Intake(added=("sh010", "sh020"), unchanged=(), differing=())
    assert second == Intake(added=(), unchanged=("sh010", "sh020"), differing=())
    assert dump(store) == before


def test_a_changed_shot_is_reported_and_left_alone(store: Store) -> None:
    submit(store, "sh010", "sh020")
    before = dump(store)
    changed = a_new_shot("sh020", recipe=a_recipe(prompt="a blue car"))

    answer = intake.submit(store, "demo", [a_new_shot("sh010"), changed], who="anna")

    assert (answer.added, answer.unchanged, answer.differing) == ((), ("sh010",), ("sh020",))
    (found,) = answer.revisions
    assert found.changes == (Change("prompt", a_recipe().prompt, "a blue car"),)
    assert (found.applied, found.follows) == ((), Follows.REPLACES)
    assert dump(store) == before


def test_shots_that_are_new_join_those_that_are_there(store: Store) -> None:
    submit(store, "sh010")

    answer = intake.submit(store, "demo", [a_new_shot("sh010"), a_new_shot("sh020")], who="anna")

    assert (answer.added, answer.unchanged) == (("sh020",), ("sh010",))
    assert [shot.code for shot in overview.shots(store, "demo")] == ["sh010", "sh020"]


def test_two_productions_may_use_the_same_code(store: Store) -> None:
    submit(store, "sh010", production="spring")
    submit(store, "sh010", production="autumn")

    assert [each.name for each in overview.productions(store)] == ["autumn", "spring"]


def test_each_new_shot_writes_that_it_came_and_that_its_take_was_ordered(store: Store) -> None:
    submit(store, "sh010")

    came, ordered = log(store)
    assert (came.kind, came.who, came.take) == (EventKind.SHOT_SUBMITTED, "anna", None)
    assert came.data == {
        "image": "sh010.png",
        "profile": "toy",
        "list": "",
        "wish": {
            "negative": "",
            "seconds": None,
            "seed": None,
            "still": {"image": "sh010.png", "picture": "", "still": a_recipe().still},
            "profile": "toy",
        },
    }
    assert (ordered.kind, ordered.who, ordered.take) == (EventKind.TAKE_ORDERED, "anna", 1)
    assert ordered.data == {
        "rung": 0,
        "why": "submitted",
        "changes": {},
        "removed": [],
        "recipe_hash": a_recipe().hash,
    }


def test_a_list_of_many_chunks_is_added_whole_and_says_how_far_it_is(store: Store) -> None:
    codes = [f"sh{number:04d}" for number in range(2 * intake.CHUNK + 1)]
    done: list[int] = []

    answer = intake.submit(
        store, "demo", [a_new_shot(code) for code in codes], who="anna", on_shots=done.append
    )

    assert answer.added == tuple(codes)
    assert done == [intake.CHUNK, intake.CHUNK, 1]
    assert [shot.code for shot in overview.shots(store, "demo")] == codes
    assert len(log(store)) == 2 * len(codes)


def test_a_submission_that_breaks_half_way_adds_nothing(store: Store) -> None:
    def break_at_the_second(_: int, calls: list[int] = []) -> None:  # noqa: B006 - counts calls
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the power is gone")

    shots = [a_new_shot(f"sh{number:04d}") for number in range(intake.CHUNK + 1)]
    with pytest.raises(RuntimeError, match="the power is gone"):
        intake.submit(store, "demo", shots, who="anna", on_shots=break_at_the_second)

    assert not any(dump(store).values())


def test_an_empty_list_makes_no_production(store: Store) -> None:
    assert intake.submit(store, "demo", [], who="anna") == Intake((), (), ())
    assert overview.productions(store) == []
    assert not any(dump(store).values())


def test_submissions_at_once_add_each_shot_once(store: Store, database: str) -> None:
    shots = [a_new_shot(f"sh{number:03d}") for number in range(40)]

    def send(number: int) -> Intake:
        own = open_store(database)
        try:
            return intake.submit(own, "demo", shots[number * 5 : number * 5 + 25], who="anna")
        finally:
            own.close()

    answers = at_once(4, send)

    assert sorted(code for answer in answers for code in answer.added) == [s.code for s in shots]
    assert sum(len(answer.unchanged) for answer in answers) == 4 * 25 - 40
    assert [shot.takes for shot in overview.shots(store, "demo")] == [1] * 40


def test_a_shot_is_compared_with_its_first_take_not_with_a_later_one(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store), cfg_high=5.0)

    answer = intake.submit(store, "demo", [a_new_shot("sh010")], who="anna")

    assert answer.unchanged == ("sh010",)
