"""A recipe of several segments: what follows from what, and that recipes of one stay what they were."""

import json
from dataclasses import asdict, replace

import pytest

from pipeline.recipe import Recipe, Segment
from pipeline.recipe_changes import (
    by_hand,
    differences,
    each_segment,
    in_segments,
    next_seed,
    with_prompt,
)
from tests.conftest import a_recipe

STAGED = in_segments(a_recipe(prompt="The red circle moves left, then grows."), (17, 17))


def test_recipes_of_one_segment_are_what_they_were_before_there_were_several() -> None:
    assert a_recipe().hash == "f88ad67015caf9bf0efb25855a381fda14b1a9b2bcf96917488eaad6f12beb07"
    other = in_segments(a_recipe(seed=9), (13,))
    assert other == a_recipe(seed=9, frames=13)
    assert other.hash == "59db6886d78bb19f21b0cf8cfd09ae12c4865132fc75e08fbe03f8955e21d60c"
    assert "segments" not in other.as_dict()
    assert each_segment(other) == (other,)
    assert (other.lengths, other.seams, other.all_steps) == ((13,), (), 8)


def test_a_recipe_tells_its_segments() -> None:
    first, second = STAGED.segments
    assert (STAGED.frames, STAGED.lengths, STAGED.seams, STAGED.all_steps) == (
        33,
        (17, 17),
        (16,),
        16,
    )
    assert (first.prompt, second.prompt) == ("The red circle moves left.", "The red circle grows.")
    assert first.seed == STAGED.seed != second.seed
    assert STAGED.hash != replace(STAGED, segments=()).hash
    for written in (STAGED.as_dict(), asdict(STAGED)):
        assert Recipe.from_dict(json.loads(json.dumps(written))) == STAGED
    assert Recipe.from_dict(asdict(a_recipe())) == a_recipe()


def test_each_segment_is_a_recipe_of_its_own_and_the_later_ones_have_no_still_by_name() -> None:
    first, second = each_segment(STAGED)
    assert first == a_recipe(prompt="The red circle moves left.")
    assert (second.still, second.frames, second.segments) == ("", 17, ())
    assert (second.seed, second.prompt) == (STAGED.segments[1].seed, "The red circle grows.")


def test_segments_follow_what_is_changed() -> None:
    other = next_seed(STAGED)
    assert other.seed == STAGED.seed + 1 == other.segments[0].seed
    assert other.segments[1].seed != STAGED.segments[1].seed
    simpler = with_prompt(other, "The red circle moves left.")
    assert {each.prompt for each in simpler.segments} == {"The red circle moves left."}
    assert simpler.lengths == STAGED.lengths
    assert differences(STAGED, simpler).keys() == {"prompt", "seed"}


def test_another_length_by_hand_makes_other_segments() -> None:
    longer = by_hand(a_recipe(), lengths=(17, 13))
    assert (longer.frames, longer.lengths) == (29, (17, 13))
    assert differences(a_recipe(), longer) == {"frames": (17, 29)}
    shorter = by_hand(longer, lengths=(13,))
    assert shorter == a_recipe(frames=13)
    simpler = by_hand(STAGED, simplify_to="L3")
    assert (
        {simpler.prompt} == {each.prompt for each in simpler.segments} == {"The red circle grows."}
    )


def test_segments_that_make_no_such_clip_are_refused() -> None:
    with pytest.raises(ValueError, match="make no clip of 17 frames"):
        replace(STAGED, frames=17)
    with pytest.raises(ValueError, match="from seed 8 on"):
        replace(STAGED, seed=8)
    with pytest.raises(ValueError, match="make no clip"):
        a_recipe(segments=(Segment(frames=9, seed=7, prompt="it grows"),))
