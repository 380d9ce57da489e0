"""What follows a finished take: accepted, the next rung, or a person."""

from dataclasses import replace

import pytest

from farm.domain.decision import Decision, History
from farm.domain.gate import decide
from farm.domain.lifecycle import ReviewStatus
from pipeline.coverage import Coverage, Shown, Stage
from pipeline.ladder import TakeFacts
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.profiles.remedies import RetakeSection
from pipeline.recipe import Recipe
from pipeline.recipe_changes import Alternate
from pipeline.result import Verdict, Zones
from tests.conftest import a_recipe

ACCEPTED, LOW, BAD, UNSCORED = (
    Verdict.ACCEPTED,
    Verdict.LOW_MATCH,
    Verdict.BAD_CLIP,
    Verdict.UNSCORED,
)


@pytest.fixture
def toy() -> Profile:
    """It climbs its ladder, whatever is missed."""
    return profile.load("toy").model_copy(update={"retakes": RetakeSection(by="article")})


def a_take(
    number: int,
    verdict: Verdict,
    score: float | None,
    rung: int = 0,
    recipe: Recipe | None = None,
    zones: Zones | None = None,
) -> TakeFacts:
    """A finished take; each has guidance of its own, as the ladder would give it."""
    made_of = recipe or a_recipe(cfg_high=2.0 + number)
    return TakeFacts(
        number=number, rung=rung, recipe=made_of, verdict=verdict, score=score, zones=zones
    )


def a_history(*takes: TakeFacts, **more: tuple[object, ...]) -> History:
    prompts = tuple(take.recipe.prompt for take in takes)
    return History(takes=takes, **{"prompts": prompts, "must_keep": (), "alternates": (), **more})


def test_an_accepted_take_is_selected(toy: Profile) -> None:
    history = a_history(a_take(1, LOW, 0.2), a_take(2, ACCEPTED, 0.734, rung=1))

    assert decide(history, toy) == Decision(
        review=ReviewStatus.ACCEPTED, why="take 2 matches 0.73", selected=2
    )


@pytest.mark.parametrize(("verdict", "score"), [(LOW, 0.2), (BAD, 0.9), (BAD, None)])
def test_a_miss_climbs_the_first_rung_and_selects_nothing(
    toy: Profile, verdict: Verdict, score: float | None
) -> None:
    decision = decide(a_history(a_take(1, verdict, score)), toy)

    assert (decision.review, decision.selected) == (ReviewStatus.PENDING, None)
    assert decision.step is not None
    assert decision.step.rung == 1
    assert decision.step.recipe.cfg_high == toy.ladder[0].cfg_high
    assert decision.why == decision.step.why


def test_the_ladder_is_given_the_words_to_keep_and_the_other_stills(toy: Profile) -> None:
    prompt = "a red bicycle turns slowly, cinematic, then it falls over, beautiful light"
    last = a_take(3, LOW, 0.2, rung=2, recipe=a_recipe(prompt=prompt, cfg_high=7.0))
    alternate = Alternate(still="b" * 64, width=64, height=48)

    plain = decide(a_history(last), toy).step
    kept = decide(
        a_history(last, must_keep=("beautiful light",), alternates=(alternate,)), toy
    ).step

    assert plain is not None
    assert kept is not None
    assert (plain.recipe.still, kept.recipe.still) == (a_recipe().still, "b" * 64)
    assert "beautiful light" not in plain.recipe.prompt
    assert "beautiful light" in kept.recipe.prompt


def test_what_a_simpler_prompt_no_longer_forbids_goes_to_the_negative_prompt(toy: Profile) -> None:
    prompt = "a swan takes off, pure magic, no boats"
    first = a_take(1, LOW, 0.2, recipe=a_recipe(prompt=prompt))

    praise = decide(a_history(first), toy).step
    assert praise is not None
    assert praise.recipe.prompt == "a swan takes off, no boats"
    assert praise.recipe.negative == a_recipe().negative

    second = a_take(2, LOW, 0.2, rung=1, recipe=praise.recipe)
    core = decide(a_history(first, second), toy).step
    assert core is not None
    assert core.recipe.prompt == "a swan takes off"
    assert core.recipe.negative == f"{a_recipe().negative}, boats"
    assert core.changes["negative"] == (a_recipe().negative, core.recipe.negative)

    third = a_take(3, LOW, 0.2, rung=2, recipe=core.recipe)
    last = decide(a_history(first, second, third), toy).step
    assert last is not None
    assert last.recipe.negative == core.recipe.negative


def test_at_the_end_of_the_ladder_a_person_gets_the_best_take(toy: Profile) -> None:
    takes = [a_take(1, LOW, 0.2), a_take(2, LOW, 0.41, rung=1), a_take(3, LOW, 0.3, rung=2)]
    last = a_take(4, BAD, 0.6, rung=len(toy.ladder))

    decision = decide(a_history(*takes, last), toy)

    assert decision == Decision(
        review=ReviewStatus.NEEDS_REVIEW,
        why="the ladder is at its end; the best is take 2: low match, match 0.41",
        selected=2,
    )


def test_a_clip_that_nobody_could_score_goes_to_a_person_and_is_not_made_again(
    toy: Profile,
) -> None:
    decision = decide(a_history(a_take(1, UNSCORED, None)), toy)

    assert decision == Decision(
        review=ReviewStatus.NEEDS_REVIEW,
        why="the scorer could not judge take 1; a person must",
        selected=1,
    )


def test_a_broken_clip_without_a_score_is_named_as_such(toy: Profile) -> None:
    decision = decide(a_history(a_take(1, BAD, None, rung=len(toy.ladder))), toy)

    assert decision.review is ReviewStatus.NEEDS_REVIEW
    assert "take 1: bad clip, no match" in decision.why


LINES = Zones(accept=0.6, retake=0.4)


@pytest.mark.parametrize("score", [0.4, 0.5, 0.599])
def test_a_score_between_the_lines_goes_to_a_person_and_is_not_made_again(
    toy: Profile, score: float
) -> None:
    first = a_take(1, LOW, 0.1, zones=LINES)

    decision = decide(a_history(first, a_take(2, LOW, score, rung=1, zones=LINES)), toy)

    assert decision == Decision(
        review=ReviewStatus.NEEDS_REVIEW,
        why=f"match {score:.2f} of take 2 lies between 0.40 and 0.60, where the score cannot tell; "
        "a person must",
        selected=2,
    )


def test_a_score_below_both_lines_climbs_and_names_the_lower_one(toy: Profile) -> None:
    decision = decide(a_history(a_take(1, LOW, 0.399, zones=LINES)), toy)

    assert decision.step is not None
    assert decision.why.startswith("match 0.40 is below 0.40: ")


def test_a_broken_clip_climbs_whatever_its_score(toy: Profile) -> None:
    assert decide(a_history(a_take(1, BAD, 0.5, zones=LINES)), toy).step is not None


def test_one_line_leaves_no_zone_for_a_person(toy: Profile) -> None:
    for score in (0.0, 0.499):
        take = a_take(1, LOW, score, zones=Zones.at(0.5))
        assert decide(a_history(take), toy).step is not None


@pytest.mark.parametrize("verdict", [ACCEPTED, LOW, BAD, UNSCORED])
def test_what_was_rendered_in_spite_of_everything_is_rendered_once(
    toy: Profile, verdict: Verdict
) -> None:
    despite = "“The cup” is not what the still shows: 0.00, below 0.30"
    take = replace(a_take(1, verdict, 0.7), despite=despite)

    assert decide(a_history(take), toy) == Decision(
        review=ReviewStatus.NEEDS_REVIEW,
        why=f"take 1 was rendered once, as asked, though {despite}",
        selected=1,
    )


def part(*shown: Shown) -> Coverage:
    return Coverage(
        stages=tuple(Stage(text=f"stage {n}", shown=each) for n, each in enumerate(shown))
    )


SHOWN, CUT = Shown.SHOWN, Shown.CUT


def test_a_take_that_shows_a_part_goes_to_a_person_with_what_is_missing(toy: Profile) -> None:
    first = a_take(1, LOW, 0.2)
    partly = replace(a_take(2, Verdict.PARTLY, 0.81, rung=1), coverage=part(SHOWN, CUT))

    assert decide(a_history(first, partly), toy) == Decision(
        review=ReviewStatus.NEEDS_REVIEW,
        why="take 2 shows 1 of 2: “stage 1” was cut",
        selected=2,
    )


def test_a_profile_may_accept_a_part(toy: Profile) -> None:
    lax = toy.model_copy(update={"match": toy.match.model_copy(update={"partial": "accept"})})
    partly = replace(a_take(1, Verdict.PARTLY, 0.81), coverage=part(SHOWN, CUT))

    assert decide(a_history(partly), lax) == Decision(
        review=ReviewStatus.ACCEPTED,
        why="take 1 matches 0.81 and shows 1 of 2: “stage 1” was cut",
        selected=1,
    )


def test_of_two_that_show_a_part_the_one_that_shows_more_stands_for_the_shot(toy: Profile) -> None:
    more = replace(a_take(1, Verdict.PARTLY, 0.6), coverage=part(SHOWN, SHOWN, CUT))
    less = replace(a_take(2, Verdict.PARTLY, 0.9), coverage=part(SHOWN, CUT, CUT))
    unknown = a_take(3, LOW, 0.4)

    assert decide(a_history(more, less), toy).selected == 1
    assert decide(a_history(more, a_take(2, UNSCORED, None)), toy).selected == 1
    assert decide(a_history(unknown, less), toy).selected == 2
