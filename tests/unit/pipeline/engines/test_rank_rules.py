"""Which clips ranks can share, and what is said of the others."""

import pytest

from pipeline.engines import rank_rules
from pipeline.profiles import profile


@pytest.mark.parametrize(
    ("size", "frames", "tokens"), [((832, 480), 81, 32_760), ((1280, 720), 81, 75_600)]
)
def test_the_usual_sizes_divide_by_all_counts(
    size: tuple[int, int], frames: int, tokens: int
) -> None:
    assert rank_rules.tokens_of(*size, frames) == tokens
    assert [rank_rules.why_undivided(*size, frames, count) for count in rank_rules.COUNTS] == [
        None
    ] * 3


@pytest.mark.parametrize("count", rank_rules.COUNTS)
def test_a_size_that_does_not_divide_is_named_with_one_that_does(count: int) -> None:
    told = rank_rules.why_undivided(624, 624, 81, count)
    assert told is not None
    assert told.startswith(f"624x624 with 81 frames is 31,941 tokens, which {count} GPUs")
    across, down = map(int, told.split("crop the still to ")[1].split(",")[0].split("x"))
    assert rank_rules.why_undivided(across, down, 81, count) is None
    assert (across, down) <= (624, 624)


def test_a_smaller_clip_is_named_even_where_nothing_within_it_divides() -> None:
    told = rank_rules.why_undivided(16, 16, 5, 4)
    assert told is not None
    assert "crop" not in told


@pytest.mark.parametrize(
    ("name", "count", "remedy"),
    [
        ("toy", 3, "take 2, 4 or 8"),
        ("wan2.2-i2v-a14b-24gb", 2, 'set "resident"'),
        ("wan2.2-i2v-a14b-fast", 2, "speed.cache"),
        ("wan2.2-i2v-a14b", 2, "speed.compile"),
    ],
)
def test_profiles_that_ranks_cannot_render_are_told_what_to_change(
    name: str, count: int, remedy: str
) -> None:
    assert remedy in (rank_rules.why_not_in_ranks(profile.load(name), count) or "")


def test_the_toy_can_be_rendered_by_ranks() -> None:
    assert rank_rules.why_not_in_ranks(profile.load("toy"), 2) is None


def test_a_profile_that_ends_takes_early_is_refused_with_the_remedy() -> None:
    toy = profile.load("toy")
    looking = toy.model_copy(update={"early": toy.early.model_copy(update={"mode": "shadow"})})
    assert rank_rules.why_not_in_ranks(toy, 2) is None
    told = rank_rules.why_not_in_ranks(looking, 2)
    assert told is not None
    assert 'early.mode "shadow"' in told
    assert 'set "off"' in told
