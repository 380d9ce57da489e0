"""Which profiles stand for others, which two make pairs, and which pairs those are."""

from typing import Any

import pytest

from farm.domain.stand_in import is_exact, judged_by, planned, why_not_comparable
from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.recipe_changes import in_segments
from tests.conftest import a_new_shot, a_recipe

TOY = profile.load("toy")


def changed(name: str = "toy-fast", **sections: Any) -> Profile:
    """The toy under another name, with these keys of its tables, or keys of its own, set."""
    values: dict[str, Any] = TOY.model_dump(mode="json", exclude_unset=True) | {"name": name}
    for key, value in sections.items():
        values[key] = values.get(key, {}) | value if isinstance(value, dict) else value
    return Profile.model_validate(values)


FAST = changed(speed={"guidance": "above_boundary"}, stands_for="toy")


@pytest.mark.parametrize(
    ("sections", "exact"),
    [
        ({}, True),
        ({"speed": {}}, True),
        ({"speed": {"guidance": "always", "compile": False}}, True),
        ({"speed": {"compile": True, "decode": "float32"}}, True),
        ({"speed": {"quantisation": {"low": "int8"}}}, False),
        ({"speed": {"decode": "bfloat16"}}, False),
        ({"stands_for": "toy"}, False),
        ({"sampler": {"steps": 4}}, True),
    ],
)
def test_a_profile_is_exact_unless_it_is_sped_up_or_stands_for_another(
    sections: dict[str, Any], exact: bool
) -> None:
    assert is_exact(changed(**sections)) is exact


def test_two_that_differ_in_speed_make_pairs() -> None:
    assert list(why_not_comparable(FAST, TOY)) == []


@pytest.mark.parametrize(
    ("stand_in", "exact", "told"),
    [
        (TOY, TOY, "toy cannot be held against itself"),
        (changed("b", sampler={"steps": 4}), FAST, "toy-fast is not exact, it stands for toy"),
        (
            changed("b", sampler={"steps": 4}),
            changed("c", speed={"cache": {"threshold": 0.1}}),
            "c is not exact, it has a [speed] of its own",
        ),
        (changed("b", stands_for="toy"), TOY, f"both are of revision {TOY.revision}"),
        (
            changed(speed={"compile": True}, frame={"fps": 16}),
            TOY,
            "[frame] fps is 16 and 8: give both the same",
        ),
        (
            changed(speed={"compile": True}, frame={"default_frames": 13}),
            TOY,
            "[frame] default_frames is 13 and 17",
        ),
        (changed(frame={"area": "128p"}), TOY, "[frame] area is 128p and 64p"),
        (
            changed(speed={"compile": True}, match={"threshold": 0.4}),
            TOY,
            "judged by other rules, [match] threshold differs",
        ),
        (
            changed(speed={"compile": True}, clip={"flicker": 9.0}),
            TOY,
            "judged by other rules, [clip] flicker differs",
        ),
    ],
)
def test_what_keeps_two_from_making_pairs_is_a_sentence(
    stand_in: Profile, exact: Profile, told: str
) -> None:
    [sentence] = why_not_comparable(stand_in, exact)
    assert told in sentence


def test_all_that_keeps_two_from_making_pairs_is_told_at_once() -> None:
    other = changed(frame={"fps": 16, "grid": 32}, match={"threshold": 0.4})
    assert len(list(why_not_comparable(other, TOY))) == 3


def test_other_rules_of_judging_are_told_apart() -> None:
    others = [changed(match={"threshold": 0.4}), changed(clip={"flicker": 9.0})]
    assert len({judged_by(each) for each in (TOY, *others)}) == 3
    assert judged_by(FAST) == judged_by(TOY)


def test_where_a_scorer_is_asked_is_no_rule() -> None:
    elsewhere = changed(match={"where": "own", "device": "cpu", "gpus": 0.1}, sampler={"steps": 4})
    assert judged_by(elsewhere) == judged_by(TOY)
    assert list(why_not_comparable(elsewhere, TOY)) == []


def test_both_takes_of_a_pair_have_the_still_the_words_and_the_seed_of_their_shot() -> None:
    fast = changed(
        sampler={"steps": 4, "cfg_high": 1.0, "cfg_low": 1.0, "negative": "rain"}, stands_for="toy"
    )
    shot = a_new_shot(recipe=a_recipe(negative="blurry, still picture, fog"), negative="fog")

    [pair] = planned([shot], 1, fast, TOY)

    one, other = pair.exact, pair.stand_in
    assert (one.profile, one.revision) == ("toy", TOY.revision)
    assert (other.profile, other.revision) == ("toy-fast", fast.revision)
    assert (one.steps, one.cfg_high, one.negative) == (8, 3.0, "blurry, still picture, fog")
    assert (other.steps, other.cfg_high, other.negative) == (4, 1.0, "rain, fog")
    for key in ("still", "prompt", "seed", "width", "height", "frames", "fps"):
        assert getattr(one, key) == getattr(other, key) == getattr(shot.recipe, key)


def test_both_takes_of_a_longer_shot_have_its_segments() -> None:
    recipe = in_segments(a_recipe(), (17, 17))
    _, pair = planned([a_new_shot(recipe=recipe)], 2, changed(sampler={"steps": 4}), TOY)
    assert pair.exact.segments == pair.stand_in.segments
    assert pair.exact.lengths == (17, 17)
    assert pair.exact.segments[0].seed == pair.seed != recipe.seed


def test_seeds_are_the_lists_own_first_and_always_the_same() -> None:
    shots = [a_new_shot("sh010", recipe=a_recipe(seed=7)), a_new_shot("sh020")]
    pairs = planned(shots, 3, FAST, TOY)
    again = planned(shots[:1], 2, FAST, TOY)
    assert [(each.shot, each.number) for each in pairs] == [
        (code, number) for code in ("sh010", "sh020") for number in (1, 2, 3)
    ]
    assert pairs[0].seed == 7
    assert [each.seed for each in again] == [each.seed for each in pairs[:2]]
    assert len({each.seed for each in pairs[1:3] + pairs[4:]}) == 4
