"""The ladder: what is made after a miss, why, and when it ends."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ladder import End, Step, TakeFacts, best, climb
from pipeline.misses import Miss, MissKind
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.profiles.remedies import RetakeSection, Rung
from pipeline.recipe import GUIDANCE_CAP, Recipe
from pipeline.recipe_changes import Alternate, by_hand, differences, in_segments
from pipeline.result import Verdict
from tests.conftest import a_recipe

PROMPT = "Full of energy and timeless charm. The man waves, then he turns around."
TOY = profile.load("toy").model_copy(update={"retakes": RetakeSection(by="article")})
OTHER = Alternate(still="a" * 64, width=80, height=48)


def a_take(
    number: int = 1,
    verdict: Verdict | None = Verdict.LOW_MATCH,
    score: float | None = 0.31,
    rung: int = 0,
    *,
    by_hand: bool = False,
    **recipe: object,
) -> TakeFacts:
    return TakeFacts(
        number=number,
        rung=rung,
        recipe=a_recipe(**{"prompt": PROMPT, **recipe}),
        verdict=verdict,
        score=score,
        by_hand=by_hand,
    )


def climb_to_the_end(first: TakeFacts, toy: Profile = TOY, **options: object) -> list[TakeFacts]:
    takes = [first]
    while isinstance(step := climb(takes, toy, **options), Step):  # type: ignore[arg-type]
        takes.append(
            TakeFacts(
                number=len(takes) + 1,
                rung=step.rung,
                recipe=step.recipe,
                verdict=Verdict.LOW_MATCH,
                score=0.3,
            )
        )
        assert len(takes) < 20, "the ladder has no end"
    return takes


def test_the_rungs_simplify_the_prompt_and_raise_cfg_high_alone() -> None:
    takes = climb_to_the_end(a_take())
    assert [take.rung for take in takes] == [0, 1, 2, 3]
    assert [take.recipe.cfg_high for take in takes] == [3.5, 5.0, 7.0, 9.0]
    assert {take.recipe.cfg_low for take in takes} == {3.5}
    assert {take.recipe.seed for take in takes} == {a_recipe().seed}
    assert "timeless" not in takes[1].recipe.prompt
    assert "turns around" in takes[1].recipe.prompt
    assert len(takes[2].recipe.prompt) < len(takes[1].recipe.prompt)


def test_each_step_says_why_and_what_changed_against_the_take_before() -> None:
    step = climb([a_take()], TOY)
    assert isinstance(step, Step)
    assert step.why == "match 0.31 is below 0.50: simpler prompt (L1), cfg_high 3.5 → 5"
    assert step.changes["cfg_high"] == (3.5, 5.0)
    assert step.changes.keys() == {"cfg_high", "prompt"}


@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.UNSCORED])
def test_only_a_miss_climbs(verdict: Verdict) -> None:
    assert isinstance(climb([a_take(verdict=verdict)], TOY), End)


def test_a_broken_clip_climbs_and_is_named_as_one() -> None:
    step = climb([a_take(verdict=Verdict.BAD_CLIP, score=None)], TOY)
    assert isinstance(step, Step)
    assert step.why.startswith("take 1 is a broken clip: ")


def test_the_last_rung_takes_the_alternate_still_in_its_own_size() -> None:
    last = climb_to_the_end(a_take(), alternates=[OTHER])[-1].recipe
    assert (last.still, last.width, last.height) == (OTHER.still, 80, 48)


def test_an_alternate_that_was_tried_is_not_taken_again() -> None:
    takes = [a_take(still=OTHER.still), a_take(2, rung=2, cfg_high=7.0)]
    step = climb(takes, TOY, alternates=[OTHER])
    assert isinstance(step, Step)
    assert step.recipe.still == a_recipe().still


def test_must_keep_words_stay_on_every_rung() -> None:
    takes = climb_to_the_end(a_take(), must_keep=["timeless charm"])
    assert all("timeless charm" in take.recipe.prompt for take in takes)


def test_a_rung_that_changes_nothing_is_skipped_with_a_word() -> None:
    rungs = (Rung(simplify="L0", cfg_high=3.5), Rung(simplify="L0", cfg_high=6.0))
    step = climb([a_take()], TOY.model_copy(update={"ladder": rungs}))
    assert isinstance(step, Step)
    assert step.rung == 2
    assert "rung 1 changes nothing here" in step.why


def test_guidance_that_a_person_raised_is_never_lowered_by_a_rung() -> None:
    step = climb([a_take(cfg_high=8.0)], TOY)
    assert isinstance(step, Step)
    assert step.recipe.cfg_high == 8.0


def test_the_ladder_stands_on_the_latest_take_ordered_by_hand() -> None:
    wish = "The man opens the AURUM bottle, pours the whisky."
    takes = [
        a_take(),
        a_take(2, rung=1, cfg_high=5.0),
        a_take(3, by_hand=True, prompt=wish, cfg_high=4.0),
    ]
    step = climb(takes, TOY)
    assert isinstance(step, Step)
    assert step.rung == 1
    assert set(step.recipe.prompt.split()) <= set(wish.split()) | {"bottle.", "whisky."}


def test_the_best_take_is_sound_before_broken_and_high_before_low() -> None:
    low, high = a_take(1, score=0.2), a_take(2, score=0.4)
    broken = a_take(3, Verdict.BAD_CLIP, 0.9)
    unscored = a_take(4, Verdict.UNSCORED, None)
    accepted = a_take(5, Verdict.ACCEPTED, 0.6)
    assert best([low, high, broken, unscored]) == high
    assert best([unscored, broken]) == unscored
    assert best([low, high, accepted]) == accepted
    assert best([]) is None


def test_by_hand_without_a_wish_only_the_seed_changes() -> None:
    assert differences(a_recipe(), by_hand(a_recipe())) == {"seed": (7, 8)}


def test_by_hand_refuses_guidance_over_the_cap() -> None:
    with pytest.raises(ValueError, match=r"cfg_high 12 is outside 1 … 10"):
        by_hand(a_recipe(), cfg_high=12)


def test_by_hand_takes_every_wish() -> None:
    recipe = by_hand(a_recipe(), prompt="It grows", cfg_high=6, seed=3, still=OTHER)
    expected = replace(
        a_recipe(), prompt="It grows", cfg_high=6.0, seed=3, still=OTHER.still, width=80, height=48
    )
    assert recipe == expected


@settings(deadline=None, max_examples=60)
@given(
    rungs=st.lists(
        st.builds(
            Rung,
            simplify=st.sampled_from(["L0", "L1", "L2", "L3"]),
            cfg_high=st.floats(1, GUIDANCE_CAP),
            alternate_still=st.booleans(),
        ),
        max_size=6,
    ),
    start=st.floats(1.5, GUIDANCE_CAP),
)
def test_whatever_is_configured_the_ladder_ends_and_guidance_stays_under_the_cap(
    rungs: list[Rung], start: float
) -> None:
    toy = TOY.model_copy(update={"ladder": tuple(rungs)})
    takes = climb_to_the_end(a_take(cfg_high=start), toy, alternates=[OTHER])
    recipes: list[Recipe] = [take.recipe for take in takes]
    assert all(recipe.cfg_high <= GUIDANCE_CAP for recipe in recipes)
    assert len({recipe.hash for recipe in recipes}) == len(recipes)
    assert len(recipes) <= len(rungs) + 1


def test_the_segments_of_a_longer_clip_climb_with_it() -> None:
    recipe = in_segments(a_recipe(prompt=PROMPT), (17, 17))
    takes = climb_to_the_end(replace(a_take(), recipe=recipe))
    assert len(takes) > 2
    for take in takes:
        assert take.recipe == in_segments(take.recipe, (17, 17))
    assert takes[0].recipe.prompts[1] == "Full of energy and timeless charm. The man turns around."
    assert takes[1].recipe.prompts == ("The man waves.", "The man turns around.")
    assert takes[-1].recipe.prompts == (takes[-1].recipe.prompt,) * 2


def test_another_seed_of_a_longer_clip_is_tried_once() -> None:
    toy = TOY.model_copy(update={"retakes": RetakeSection(), "ladder": ()})
    first = replace(
        a_take(verdict=Verdict.BAD_CLIP),
        recipe=in_segments(a_recipe(prompt="The man waves."), (17, 17)),
        misses=(Miss(kind=MissKind.SEAM, value=4.0, threshold=3.0, message="one sees it"),),
    )
    step = climb([first], toy)
    assert isinstance(step, Step)
    assert step.changes == {"seed": (7, 8)}
    assert step.recipe.segments[0].seed == 8
    assert step.why.startswith("take 1: one sees it")


def ended(number: int = 1, *misses: Miss, **recipe: object) -> TakeFacts:
    why = "ended at step 5 of 8: its match was 0.10 by then, below 0.30"
    return replace(a_take(number, None, None, **recipe), ended=why, misses=misses)  # type: ignore[arg-type]


def test_a_take_that_was_ended_early_is_a_miss_as_any_other() -> None:
    diagnosing = profile.load("toy")
    unmoved = Miss(
        kind=MissKind.ACTION_ABSENT, value=0.1, threshold=0.5, message="it does not move"
    )
    missed = replace(a_take(), misses=(unmoved,))
    after_ended = climb([ended(1, unmoved)], diagnosing)
    after_missed = climb([missed], diagnosing)
    assert isinstance(after_ended, Step)
    assert isinstance(after_missed, Step)
    assert after_ended.recipe == after_missed.recipe


def test_of_a_take_that_was_ended_early_the_ladder_says_so() -> None:
    step = climb([ended()], TOY)
    assert isinstance(step, Step)
    assert step.why.startswith("take 1 was ended at step 5 of 8: its match was 0.10 by then")


def test_what_was_ended_early_counts_among_the_renders_of_a_shot() -> None:
    few = TOY.model_copy(update={"retakes": RetakeSection(by="article", renders=2)})
    end = climb([ended(), ended(2, seed=7)], few)
    assert isinstance(end, End)
    assert "2 renders in a row" in end.why


def test_what_was_ended_early_never_stands_for_its_shot() -> None:
    assert best([ended()]) is None
    assert best([a_take(1, Verdict.BAD_CLIP, None), ended(2)]) == a_take(1, Verdict.BAD_CLIP, None)
