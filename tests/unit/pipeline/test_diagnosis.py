"""The ladder by diagnosis: what is made after a miss depends on what was missed."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline.ladder import End, Step, TakeFacts, climb
from pipeline.misses import Miss, MissKind
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.profiles.remedies import GRAVEST_FIRST, REMEDIES, RetakeSection, Rung, gravest
from pipeline.recipe import Recipe
from pipeline.recipe_changes import Alternate
from pipeline.result import Verdict
from tests.conftest import a_recipe

PROMPT = "Full of energy and timeless charm. The man waves, then he turns around."
OTHER = Alternate(still="a" * 64, width=80, height=48)
SPOKEN = "the clip does not show “the man waves”"


def by_diagnosis(**changes: object) -> Profile:
    retakes = RetakeSection.model_validate({"by": "diagnosis", **changes})
    return profile.load("toy").model_copy(update={"retakes": retakes})


def a_miss(kind: MissKind) -> Miss:
    return Miss(kind=kind, value=0.1, threshold=0.5, message=SPOKEN)


def a_take(
    *kinds: MissKind,
    number: int = 1,
    rung: int = 0,
    recipe: Recipe | None = None,
    verdict: Verdict | None = Verdict.LOW_MATCH,
    seconds: float = 0.0,
) -> TakeFacts:
    return TakeFacts(
        number=number,
        rung=rung,
        recipe=recipe or a_recipe(prompt=PROMPT),
        verdict=verdict,
        score=0.2 if verdict else None,
        misses=tuple(map(a_miss, kinds)),
        seconds=seconds,
    )


def climb_on(
    kinds: Sequence[MissKind], by: Profile, first: Recipe | None = None, **options: object
) -> tuple[list[Recipe], str]:
    """The recipes of takes that miss these kinds one after the other, and why it ended."""
    takes = [a_take(kinds[0], recipe=first)]
    for number in range(2, 30):
        step = climb(takes, by, **options)  # type: ignore[arg-type]
        if isinstance(step, End):
            return [take.recipe for take in takes], step.why
        kind = kinds[min(number, len(kinds)) - 1]
        takes.append(a_take(kind, number=number, rung=step.rung, recipe=step.recipe))
    raise AssertionError("it has no end")


def test_an_absent_action_loses_a_stage_after_all_that_keeps_them_and_then_gets_the_other_still() -> (
    None
):
    made, _ = climb_on([MissKind.ACTION_ABSENT], by_diagnosis(renders=9), alternates=[OTHER])
    assert [recipe.cfg_high for recipe in made] == [3.5, 3.5, 7.0, 7.0, 9.0]
    lengths = [len(recipe.prompt) for recipe in made]
    assert lengths[0] > lengths[1] == lengths[2] > lengths[3] == lengths[4]
    assert [recipe.seed - made[0].seed for recipe in made] == [0, 0, 1, 1, 1]
    assert [recipe.still == OTHER.still for recipe in made] == [False] * 4 + [True]


def test_an_absent_action_that_is_alone_keeps_its_seed_until_nothing_can_be_left_out() -> None:
    clutter = "Timeless charm. The man in the red coat waves. Steam rises."
    made, _ = climb_on([MissKind.ACTION_ABSENT], by_diagnosis(renders=9), a_recipe(prompt=clutter))
    assert [recipe.seed - made[0].seed for recipe in made] == [0, 0, 0, 1, 1]
    assert [recipe.prompt for recipe in made[2:]] == ["The man waves."] * 3


@pytest.mark.parametrize("kind", [MissKind.SUBJECT_REPLACED, MissKind.COLOUR_BURN])
def test_what_guidance_makes_worse_is_met_without_it(kind: MissKind) -> None:
    made, _ = climb_on([kind], by_diagnosis(renders=9), alternates=[OTHER])
    assert {recipe.cfg_high for recipe in made} == {3.5}
    assert len(made[1].prompt) < len(made[0].prompt)


def test_a_clip_that_stands_still_gets_guidance_and_its_words_of_motion_at_once() -> None:
    alone = "Timeless charm. The man waves. Two butterflies dance above the river."
    made, _ = climb_on([MissKind.FROZEN], by_diagnosis(), a_recipe(prompt=alone))
    assert (made[1].cfg_high, made[1].prompt) == (7.0, "The man waves.")
    staged, _ = climb_on([MissKind.FROZEN], by_diagnosis())
    assert (staged[1].cfg_high, staged[1].prompt) == (7.0, "The man waves, then he turns around.")
    assert len(staged[2].prompt) < len(staged[1].prompt)


@pytest.mark.parametrize("kind", [MissKind.BLACK, MissKind.FLICKER, MissKind.REBOUND])
def test_a_technical_defect_gets_another_seed_and_nothing_else(kind: MissKind) -> None:
    step = climb([a_take(kind, verdict=Verdict.BAD_CLIP)], by_diagnosis())
    assert isinstance(step, Step)
    assert step.changes == {"seed": (7, 8)}
    assert step.why == f"take 1: {SPOKEN}: another seed"


def test_a_defect_that_another_seed_does_not_mend_gets_a_simpler_prompt_and_then_seeds_again() -> (
    None
):
    made, why = climb_on([MissKind.BLACK], by_diagnosis(renders=6))
    seeds = [recipe.seed - made[0].seed for recipe in made]
    shorter = [len(recipe.prompt) < len(PROMPT) for recipe in made]
    assert seeds == [0, 1, 1, 2, 3, 4]
    assert shorter == [False, False, True, True, True, True]
    assert why == "6 renders in a row are the most for one shot"


def test_what_is_missed_next_decides_what_comes_next() -> None:
    kinds = [MissKind.ACTION_ABSENT, MissKind.BLACK, MissKind.FROZEN]
    made, _ = climb_on(kinds, by_diagnosis())
    assert made[1].seed == made[0].seed
    assert made[2].seed == made[1].seed + 1
    assert (made[3].cfg_high, made[3].seed) == (7.0, made[2].seed)


def test_guidance_that_was_raised_and_words_that_were_cut_stay_so() -> None:
    kinds = [MissKind.FROZEN, MissKind.ACTION_ABSENT]
    made, _ = climb_on(kinds, by_diagnosis(renders=9))
    assert [recipe.cfg_high for recipe in made] == [3.5, 7.0, 7.0, 7.0, 9.0]
    lengths = [len(recipe.prompt) for recipe in made]
    assert lengths == sorted(lengths, reverse=True)
    assert [recipe.seed - made[0].seed for recipe in made] == [0, 0, 1, 1, 1]


@pytest.mark.parametrize("kind", [MissKind.SUBJECT_MISSING, MissKind.ACTION_IMPOSSIBLE])
@pytest.mark.parametrize("by", ["article", "diagnosis"])
def test_what_was_declined_gets_the_other_still_or_a_person(kind: MissKind, by: str) -> None:
    declined = a_take(kind, verdict=None)
    step = climb([declined], by_diagnosis(by=by), alternates=[OTHER])
    assert isinstance(step, Step)
    assert step.changes.keys() == {"still", "width", "height"}
    assert step.why == f"take 1 was not rendered, {SPOKEN}: the alternate still"
    again = a_take(kind, number=2, rung=1, recipe=step.recipe, verdict=None)
    end = climb([declined, again], by_diagnosis(by=by), alternates=[OTHER])
    assert end == End(f"take 2 was not rendered: {SPOKEN}")


def test_words_that_the_still_does_not_show_are_clutter_once_the_take_was_rendered() -> None:
    kinds = (MissKind.SUBJECT_MISSING, MissKind.ACTION_ABSENT)
    step = climb([a_take(*kinds)], by_diagnosis(), alternates=[OTHER])
    assert isinstance(step, Step)
    assert step.changes.keys() == {"prompt"}


def test_declined_takes_count_as_no_render() -> None:
    declined = a_take(MissKind.SUBJECT_MISSING, verdict=None)
    only_one = by_diagnosis(renders=1)
    assert isinstance(climb([declined], only_one, alternates=[OTHER]), Step)
    assert isinstance(climb([a_take(MissKind.FROZEN)], only_one), End)


def test_a_shot_has_its_share_of_renders_and_of_seconds() -> None:
    _, why = climb_on([MissKind.BLACK], by_diagnosis(renders=3))
    assert why == "3 renders in a row are the most for one shot"
    slow = a_take(MissKind.BLACK, seconds=700.0)
    assert isinstance(climb([slow], by_diagnosis(seconds=701.0)), Step)
    assert climb([slow], by_diagnosis(seconds=600.0)) == End(
        "its takes have rendered for 700 s, 600 are the most for one shot"
    )


def test_guidance_is_skipped_with_a_word_where_it_does_not_act() -> None:
    sampler = profile.load("toy").sampler.model_copy(update={"cfg_high": 1.0, "cfg_low": 1.0})
    distilled = by_diagnosis().model_copy(update={"sampler": sampler})
    first = a_recipe(prompt=PROMPT, cfg_high=1.0, cfg_low=1.0)
    step = climb([a_take(MissKind.FROZEN, recipe=first)], distilled)
    assert isinstance(step, Step)
    assert step.changes.keys() == {"prompt"}
    assert step.why.endswith("simpler prompt (L2), guidance stays, toy is rendered without")
    bare = replace(step.recipe, prompt="The man waves.")
    end = climb([a_take(MissKind.FROZEN, recipe=bare)], distilled)
    assert isinstance(end, End)


def test_a_profile_may_mean_the_other_guidance_and_order_its_own_remedies() -> None:
    own = {MissKind.FROZEN: (Rung(cfg_low=4.0), Rung(new_seed=True))}
    made, _ = climb_on([MissKind.FROZEN], by_diagnosis(remedies=own))
    assert [(each.cfg_low, each.seed) for each in made] == [(3.5, 7), (4.0, 7), (4.0, 8), (4.0, 9)]


def test_a_low_match_without_a_kind_is_met_as_an_action_that_is_absent() -> None:
    by = by_diagnosis()
    step, like = climb([a_take()], by), climb([a_take(MissKind.ACTION_ABSENT)], by)
    assert isinstance(step, Step)
    assert isinstance(like, Step)
    assert (step.recipe, step.rung) == (like.recipe, like.rung)


def test_a_broken_clip_without_a_kind_climbs_the_ladder_all_the_same() -> None:
    step = climb([a_take(verdict=Verdict.BAD_CLIP)], by_diagnosis())
    assert isinstance(step, Step)
    assert step.changes["cfg_high"] == (3.5, 5.0)


def test_a_clip_that_leaves_its_still_gets_a_simpler_prompt_before_another_seed() -> None:
    made, _ = climb_on([MissKind.FIRST_FRAME], by_diagnosis(renders=3))
    assert [recipe.seed - made[0].seed for recipe in made] == [0, 0, 1]
    assert len(made[1].prompt) < len(PROMPT)


def test_by_the_ladder_the_kind_of_miss_makes_no_difference() -> None:
    toy = by_diagnosis(by="article")
    assert climb([a_take(MissKind.BLACK)], toy) == climb([a_take()], toy)


def test_every_kind_of_miss_has_its_rank_and_its_remedies() -> None:
    assert set(GRAVEST_FIRST) == set(REMEDIES) == set(MissKind)
    assert gravest([a_miss(MissKind.FLICKER), a_miss(MissKind.FROZEN)]) == a_miss(MissKind.FROZEN)
    assert gravest([]) is None


REAL = "A woman pours coffee while the camera slowly zooms in."


def test_a_move_of_the_camera_is_kept_until_nothing_else_is_left() -> None:
    real = profile.load("wan2.2-i2v-a14b").model_copy(update={"retakes": RetakeSection(renders=9)})
    made, _ = climb_on([MissKind.ACTION_ABSENT], real, a_recipe(prompt=REAL))
    assert [recipe.prompt for recipe in made[:2]] == [REAL, REAL]
    assert made[1].seed == made[0].seed + 1
    assert made[-1].prompt == "A woman pours coffee."


def test_seeds_that_a_person_had_are_not_taken_again() -> None:
    first = a_take(MissKind.FLICKER, recipe=a_recipe(prompt="The man waves.", seed=100))
    by_hand = a_take(MissKind.FLICKER, number=2, recipe=replace(first.recipe, seed=99))
    step = climb([first, replace(by_hand, by_hand=True)], by_diagnosis())
    assert isinstance(step, Step)
    assert step.recipe.seed == 101
