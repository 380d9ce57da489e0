"""What a list changes of a shot that is there: what is a change, what is none, and what each costs."""

from dataclasses import replace
from typing import Any

import pytest

from farm.domain.changes import (
    Follows,
    Standing,
    applicable,
    compare,
    differences,
    follows,
    is_renamed,
    recipe_for,
    wish_after,
)
from farm.domain.lifecycle import ReviewStatus, TakeStatus
from farm.domain.shot import AlternateStill, NewShot, seed_for
from pipeline.recipe import Recipe
from pipeline.recipe_changes import in_segments
from tests.conftest import a_new_shot, a_recipe

OWN = seed_for("ads", "sh010")


def listed(recipe: dict[str, Any] | None = None, **row: Any) -> NewShot:
    """A row as the farm reads it: its seed is the farm's own unless it names one."""
    seed = OWN if row.get("seed") is None else row["seed"]
    own = {"seed": seed, **(recipe or {})}
    return a_new_shot("sh010", **{"picture": "p" * 64, "recipe": a_recipe(**own), **row})


def standing(shot: NewShot, *, latest: Recipe | None = None, **changes: Any) -> Standing:
    """What was taken in as `shot`, with a first take that waits."""
    has = Standing(
        production="ads",
        codes=frozenset({"sh010"}),
        wish=shot.wish,
        told=True,
        by_hand=frozenset(),
        review=ReviewStatus.PENDING,
        status=TakeStatus.WAITING,
        number=1,
        first=shot.recipe,
        latest=latest or shot.recipe,
    )
    return replace(has, **changes)


def changed(has: Standing, shot: NewShot) -> list[tuple[str, Any, Any]]:
    return [(each.field, each.before, each.after) for each in compare(has, shot)]


def test_the_same_row_changes_nothing() -> None:
    row = listed(seconds=2.0, notes="hero", must_keep=("shoe",), seed=7, aspect="16:9")

    assert changed(standing(row), row) == []


@pytest.mark.parametrize(
    ("before", "after", "field", "values"),
    [
        (listed(), listed({"prompt": "It turns"}), "prompt", (a_recipe().prompt, "It turns")),
        (listed(notes="TV"), listed(), "notes", ("TV", "")),
        (listed(), listed(priority=9), "priority", (0, 9)),
        (listed(), listed(must_keep=("shoe",)), "must_keep", ([], ["shoe"])),
        (listed(), listed(negative="rain"), "negative", ("", "rain")),
        (listed(seconds=2.0), listed({"frames": 13}, seconds=1.5), "seconds", (2.0, 1.5)),
        (listed(seconds=1.5), listed({"frames": 13}), "seconds", (1.5, None)),
        (listed(), listed(seed=9), "seed", (None, 9)),
        (listed(seed=9), listed(), "seed", (9, None)),
        (listed(), listed(aspect="1:1"), "aspect", (None, "1:1")),
        (listed(), listed({"profile": "wan"}), "profile", ("toy", "wan")),
    ],
)
def test_another_value_is_a_change_of_its_field(
    before: NewShot, after: NewShot, field: str, values: tuple[Any, Any]
) -> None:
    latest = replace(before.recipe, frames=17)

    assert (field, *values) in changed(standing(before, latest=latest), after)
    assert len(changed(standing(before, latest=latest), after)) == 1


def test_what_makes_the_same_clip_is_no_change() -> None:
    assert changed(standing(listed(seconds=2.0)), listed(seconds=2.1)) == []
    assert changed(standing(listed(aspect="16:9")), listed(aspect="32:18")) == []
    assert changed(standing(listed()), listed(seed=OWN)) == []
    assert changed(standing(listed(must_keep=("a", "b"))), listed(must_keep=("b", "a"))) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It turns.\nIt stops.", "It turns.\r\nIt stops."),
        ("It turns. It stops.", "It  turns. It\u00a0stops."),
        ("Die Tür öffnet sich", "Die Tu\u0308r o\u0308ffnet sich"),
    ],
    ids=["ends of lines", "blanks", "accents"],
)
def test_the_same_words_that_another_program_saved_are_no_change(before: str, after: str) -> None:
    shot = listed({"prompt": before}, negative=before, notes=before)

    assert changed(standing(shot), listed({"prompt": after}, negative=after, notes=after)) == []


def test_another_end_of_a_line_is_a_change_since_a_sentence_may_end_there() -> None:
    shot = listed({"prompt": "He sits down\nHe reads a letter"})

    after = listed({"prompt": "He sits down He reads a letter"})
    assert [field for field, *_ in changed(standing(shot), after)] == ["prompt"]


def test_the_same_picture_under_another_name_is_no_change() -> None:
    assert changed(standing(listed(image="a.png")), listed(image="b.png")) == []
    saved_anew = listed(image="b.png", picture="q" * 64)
    assert changed(standing(listed(image="a.png")), saved_anew) == []


def test_another_picture_under_the_same_name_is_a_change() -> None:
    other = listed({"still": "6" * 64}, picture="q" * 64)

    ((field, before, after),) = changed(standing(listed()), other)

    assert field == "still"
    assert (before["picture"], after["picture"]) == ("p" * 64, "q" * 64)


def test_a_picture_that_is_only_cut_otherwise_is_the_same_one() -> None:
    still = {"still": "6" * 64}

    assert [each[0] for each in changed(standing(listed()), listed(still, aspect="16:9"))] == [
        "aspect"
    ]
    newer = listed({**still, "revision": "f" * 12, "steps": 20, "negative": "n"})
    assert changed(standing(listed()), newer) == []


def test_alternates_are_compared_by_their_pictures() -> None:
    one = AlternateStill(image="a.png", still="7" * 64, width=64, height=64, picture="a" * 64)
    moved = replace(one, image="elsewhere/a.png")
    other = replace(one, still="8" * 64, picture="b" * 64)

    assert changed(standing(listed(alternates=(one,))), listed(alternates=(moved,))) == []
    for after in ((other,), (), (one, other)):
        ((field, _, _),) = changed(standing(listed(alternates=(one,))), listed(alternates=after))
        assert field == "alternates"


def test_what_the_ladder_chose_is_no_wish() -> None:
    simpler = a_recipe(prompt="a bicycle", seed=OWN + 1, cfg_high=7.0, still="9" * 64)

    assert changed(standing(listed(), latest=simpler, number=4), listed()) == []


def test_what_a_person_wrote_last_is_held_against_the_list() -> None:
    has = standing(listed({"prompt": "by hand"}), by_hand=frozenset({"prompt"}))

    assert changed(has, listed()) == [("prompt", "by hand", a_recipe().prompt)]
    assert changed(has, listed({"prompt": "by hand"})) == []


def test_where_the_list_says_nothing_a_persons_word_stands() -> None:
    by_hand = listed({"frames": 13}, seconds=1.5, negative="rain", seed=9, priority=5)
    has = standing(by_hand, by_hand=frozenset({"seconds", "negative", "seed", "priority"}))

    assert changed(has, listed()) == []
    recipe = recipe_for(has, listed({"prompt": "It turns"}))
    assert (recipe.frames, recipe.seed) == (13, 9)
    assert recipe.negative == f"{a_recipe().negative}, rain"
    after = listed({"prompt": "It turns"})
    wish = wish_after(has, after, compare(has, after))
    assert (wish.prompt, wish.seconds, wish.seed) == ("It turns", 1.5, 9)


def test_an_aspect_by_hand_keeps_its_still_until_the_picture_changes() -> None:
    wide = listed({"still": "w" * 64, "width": 80, "height": 48}, aspect="16:9")
    has = standing(wide, by_hand=frozenset({"aspect"}))

    recipe = recipe_for(has, listed({"prompt": "It turns"}))
    assert (recipe.still, recipe.width, recipe.height) == ("w" * 64, 80, 48)
    other = listed({"still": "6" * 64}, picture="q" * 64)
    assert [each[0] for each in changed(has, other)] == ["still", "aspect"]
    assert recipe_for(has, other).still == "6" * 64


def test_a_renamed_shot_keeps_the_seed_that_the_farm_chose() -> None:
    has = standing(listed(), codes=frozenset({"sh010", "sh015"}))
    row = replace(listed({"seed": seed_for("ads", "sh015")}), code="sh015")

    assert changed(has, row) == []
    assert recipe_for(has, row).seed == OWN


def test_of_a_shot_of_an_older_farm_nothing_false_is_said() -> None:
    rain = {"negative": "blurry, still picture, rain"}
    has = standing(listed(rain), told=False)

    assert changed(has, listed(rain, negative="rain", seconds=2.0)) == []
    newer = {"negative": "noise, rain", "revision": "f" * 12, "frames": 33, "fps": 16}
    assert changed(has, listed(newer, negative="rain")) == []
    assert [each[0] for each in changed(has, listed({"negative": "blurry, still picture"}))] == [
        "negative"
    ]
    assert [each[0] for each in changed(has, listed({**rain, "frames": 13}, negative="rain"))] == [
        "seconds"
    ]


@pytest.mark.parametrize(
    ("review", "status", "reopen", "then"),
    [
        ("pending", "waiting", False, Follows.REPLACES),
        ("on_hold", "waiting", False, Follows.REPLACES),
        ("pending", "running", False, Follows.ENDS),
        ("pending", "cancelled", False, Follows.ORDERS),
        ("accepted", "succeeded", False, Follows.ORDERS),
        ("needs_review", "failed", False, Follows.ORDERS),
        ("rejected", "succeeded", False, Follows.ORDERS),
        ("approved", "succeeded", False, Follows.STAYS_APPROVED),
        ("approved", "running", False, Follows.STAYS_APPROVED),
        ("approved", "succeeded", True, Follows.ORDERS),
        ("omitted", "cancelled", True, Follows.STAYS_OMITTED),
    ],
)
def test_what_comes_of_another_prompt(
    review: str, status: str, reopen: bool, then: Follows
) -> None:
    has = standing(listed(), review=ReviewStatus(review), status=TakeStatus(status))
    row = listed({"prompt": "It turns"}, notes="TV")
    changes = compare(has, row)

    assert follows(has, row, changes, reopen) is then
    left = {"prompt", "notes"} - {each.field for each in applicable(changes, then)}
    assert left == {
        Follows.STAYS_APPROVED: {"prompt"},
        Follows.STAYS_OMITTED: {"prompt", "notes"},
    }.get(then, set())


def test_what_needs_no_take_touches_none_even_of_an_approved_shot() -> None:
    has = standing(listed(), review=ReviewStatus.APPROVED, status=TakeStatus.SUCCEEDED)
    row = listed(notes="TV", priority=9, must_keep=("shoe",))

    assert follows(has, row, compare(has, row), reopen=False) is Follows.NOTHING


def test_a_wish_that_makes_the_same_recipe_needs_no_take() -> None:
    row = listed(aspect="1:1")  # of a picture that is square

    has = standing(listed())
    assert follows(has, row, compare(has, row), reopen=False) is Follows.NOTHING


def test_a_renamed_row_is_recognised_by_its_picture_and_its_recipe() -> None:
    has = standing(listed())

    assert is_renamed(has, replace(listed(), code="sh015", notes="new"))
    assert is_renamed(has, replace(listed(image="b.png"), code="sh015"))
    assert not is_renamed(has, listed({"prompt": "It turns"}))
    assert not is_renamed(has, listed(seed=9))
    assert not is_renamed(has, listed(picture="q" * 64, image="other.png"))


def test_a_wish_by_hand_differs_by_files_not_by_how_they_are_cut() -> None:
    wish = listed().wish
    cut = replace(wish, aspect="16:9", still=replace(wish.still, still="6" * 64))

    assert [each.field for each in differences(wish, cut)] == ["aspect"]


def test_a_length_that_a_person_gave_keeps_its_segments_and_they_follow_the_list() -> None:
    by_hand = listed(seconds=4.0)
    latest = in_segments(by_hand.recipe, (17, 17))
    has = standing(by_hand, latest=latest, by_hand=frozenset({"seconds", "seed"}))

    recipe = recipe_for(has, listed({"prompt": "The man waves, then he turns around."}))

    assert (recipe.frames, recipe.lengths) == (33, (17, 17))
    assert recipe.prompts == ("The man waves.", "The man turns around.")
    assert recipe == in_segments(recipe, (17, 17))
