"""A final follows the draft that was approved, and no other; it shows what the draft showed."""

from dataclasses import replace

import pytest

from farm.domain.drafts import (
    FULL,
    Tie,
    Tied,
    approved_draft,
    draft_name,
    final_recipe,
    misfit,
    other_profile,
)
from farm.domain.lifecycle import ReviewStatus, TakeStatus
from pipeline.profiles import profile
from tests.conftest import a_recipe

APPROVED, MADE = ReviewStatus.APPROVED, TakeStatus.SUCCEEDED
DRAFT = Tie(draft_for="toy")


def a_take(number: int, tie: Tie = DRAFT, status: TakeStatus = MADE, *, by_list: bool) -> Tied:
    return Tied(number=number, status=status, tie=tie, by_list=by_list)


FIRST = a_take(1, by_list=True)


def refusal(*since: Tied, named: int | None = None, selected: int | None = 1) -> str:
    found = approved_draft(APPROVED, selected, [FIRST, *since], named)
    assert isinstance(found, str), found
    return found


def test_an_approved_draft_may_have_its_final() -> None:
    assert approved_draft(APPROVED, 1, [FIRST]) is FIRST
    assert approved_draft(APPROVED, 1, [FIRST], 1) is FIRST


@pytest.mark.parametrize("review", [each for each in ReviewStatus if each is not APPROVED])
def test_what_nobody_approved_has_none(review: ReviewStatus) -> None:
    found = approved_draft(review, 1, [FIRST])
    assert isinstance(found, str)
    assert "nobody has approved its draft, take 1" in found


def test_a_full_take_has_none() -> None:
    full = a_take(1, FULL, by_list=True)
    assert approved_draft(APPROVED, 1, [full]) == "has no draft to make a final of"
    assert approved_draft(APPROVED, None, [full]) == "has no draft to make a final of"
    assert approved_draft(APPROVED, 1, [full], 2) == "has no draft 2"


def test_a_draft_that_nobody_could_see_yet_is_told_as_it_is() -> None:
    waits = a_take(1, status=TakeStatus.WAITING, by_list=True)
    said = approved_draft(ReviewStatus.PENDING, None, [waits])
    assert said == "has no approved draft: its newest, take 1, is waiting"


def test_another_take_than_the_one_that_was_approved_is_not_meant() -> None:
    said = refusal(a_take(2, by_list=False), named=2)
    assert said == "has take 1 standing for it, not take 2; approve the one you mean"


@pytest.mark.parametrize("status", [TakeStatus.WAITING, TakeStatus.RUNNING])
@pytest.mark.parametrize("named", [None, 1])
def test_a_draft_that_is_made_again_is_not_taken_for_another(
    status: TakeStatus, named: int | None
) -> None:
    said = refusal(a_take(2, status=status, by_list=False), named=named)
    assert "take 2 is under way, which makes it again" in said


def test_a_draft_that_was_made_again_has_to_be_named() -> None:
    again = a_take(2, by_list=False)
    assert "take 2 was made since" in refusal(again)
    assert approved_draft(APPROVED, 1, [FIRST, again], 1) is FIRST
    assert approved_draft(APPROVED, 2, [FIRST, again]) is again


@pytest.mark.parametrize("named", [None, 1])
def test_a_draft_of_another_wish_is_refused_though_it_is_named(named: int | None) -> None:
    for status in (MADE, TakeStatus.FAILED, TakeStatus.CANCELLED):
        said = refusal(a_take(2, status=status, by_list=True), named=named)
        assert "take 2 was ordered since with another wish" in said


@pytest.mark.parametrize("named", [None, 1])
def test_a_draft_has_one_final(named: int | None) -> None:
    final = a_take(2, Tie(final_of=1), by_list=True)
    assert refusal(final, named=named) == "has the final of take 1 already: take 2"
    waits = replace(final, status=TakeStatus.WAITING)
    assert "take 2 is under way, which is its final" in refusal(waits, named=named)


@pytest.mark.parametrize("named", [None, 1])
def test_the_second_who_orders_a_final_hears_of_the_first(named: int | None) -> None:
    """The order has taken the draft from its place already."""
    final = a_take(2, Tie(final_of=1), by_list=True)
    waits = replace(final, status=TakeStatus.WAITING)
    said = approved_draft(ReviewStatus.PENDING, None, [FIRST, waits], named)
    assert said == "has take 2 under way, which is the final of take 1"
    for selected in (None, 2):
        said = approved_draft(ReviewStatus.ACCEPTED, selected, [FIRST, final], named)
        assert said == "has the final of take 1 already: take 2"


@pytest.mark.parametrize("named", [None, 1])
def test_of_a_final_that_was_made_again_the_take_that_stands_is_named(named: int | None) -> None:
    final, again = (
        a_take(2, Tie(final_of=1), by_list=True),
        a_take(3, Tie(final_of=1), by_list=False),
    )
    takes = [FIRST, final, again]
    for selected, told in ((2, 2), (3, 3), (None, 3)):
        said = approved_draft(APPROVED, selected, takes, named)
        assert said == f"has the final of take 1 already: take {told}"

    runs = replace(again, status=TakeStatus.RUNNING)
    said = approved_draft(ReviewStatus.PENDING, 2, [FIRST, final, runs], named)
    assert said == "has take 3 under way, which makes the final of take 1 again"
    said = refusal(replace(final, status=TakeStatus.FAILED), runs, named=named)
    assert said == "had take 1 approved, and take 3 is under way, which makes its final again"


@pytest.mark.parametrize("status", [TakeStatus.FAILED, TakeStatus.CANCELLED])
def test_a_final_that_came_to_nothing_may_be_ordered_again(status: TakeStatus) -> None:
    final = a_take(2, Tie(final_of=1), status, by_list=True)
    assert approved_draft(APPROVED, 1, [FIRST, final]) is FIRST


def test_a_final_shows_what_the_draft_showed_as_its_own_profile_makes_it() -> None:
    draft, full = profile.load("toy-draft"), profile.load("toy")
    approved = a_recipe(
        prompt="the red circle moves", negative=f"{draft.sampler.negative}, watermark", steps=4,
        cfg_high=1.0, cfg_low=1.0, profile=draft.name, revision=draft.revision,
    )  # fmt: skip
    full = full.model_copy(
        update={"sampler": full.sampler.model_copy(update={"negative": "grain"})}
    )

    final = final_recipe(approved, draft, full)

    assert final == replace(
        approved, negative="grain, watermark", steps=8, cfg_high=3.0, cfg_low=3.0, profile="toy",
        revision=full.revision,
    )  # fmt: skip
    assert other_profile(final, full, draft) == approved


def test_profiles_that_make_other_clips_are_no_drafts_of_each_other() -> None:
    draft, full = profile.load("toy-draft"), profile.load("toy")
    assert misfit(draft, full) == ""
    assert misfit(full, full) == "is the profile of the finals itself"
    for changes, told in (
        ({"fps": 16}, "frames per second 16, not 8"),
        ({"area": "128p"}, "pixels of a frame 16384, not 4096"),
        ({"grid": 32}, "grid of sides 32, not 16"),
        ({"max_frames": 9}, "frames made in one go 9, not 17"),
        ({"longest_frames": None}, "makes clips of 2.12 s at most, toy of 4.12 s"),
    ):
        other = draft.model_copy(update={"frame": draft.frame.model_copy(update=changes)})
        assert told in misfit(other, full)
        with pytest.raises(ValueError, match="toy-draft makes"):
            final_recipe(a_recipe(), other, full)


def test_every_packaged_draft_fits_the_profile_that_it_is_called_after() -> None:
    drafts = [name for name in profile.names() if name.endswith("-draft")]
    assert {"toy-draft", "wan2.2-i2v-a14b-draft", "wan2.2-i2v-a14b-24gb-draft"} <= set(drafts)
    for name in drafts:
        full = profile.load(name.removesuffix("-draft"))
        assert draft_name(full.name) == name
        assert misfit(profile.load(name), full) == ""
    assert draft_name("toy", "own") == "own"


def test_a_draft_that_is_longer_than_its_final_may_be_is_refused() -> None:
    draft, full = profile.load("toy-draft"), profile.load("toy")
    full = full.model_copy(update={"frame": full.frame.model_copy(update={"longest_frames": None})})
    long = replace(a_recipe(), frames=draft.frame.longest)
    with pytest.raises(ValueError, match=r"its draft has 33 frames, and toy makes 17 at most"):
        final_recipe(long, draft, full)


@pytest.mark.parametrize(
    ("negative", "own"),
    [
        ("blur", ""), ("blur, watermark", "watermark"), ("blurry picture", "blurry picture"),
        ("watermark", "watermark"),
    ],
)  # fmt: skip
def test_words_of_a_profile_are_taken_off_whole(negative: str, own: str) -> None:
    one, other = (
        each.model_copy(update={"sampler": each.sampler.model_copy(update={"negative": words})})
        for each, words in ((profile.load("toy-draft"), "blur"), (profile.load("toy"), "grain"))
    )
    made = other_profile(replace(a_recipe(), negative=negative), one, other)
    assert made.negative == ", ".join(filter(None, ["grain", own]))
