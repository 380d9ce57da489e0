"""Two readings of one word are one word; another letter is another word."""

import pytest

from pipeline.stills import spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NORDLYS", "Nordlys"),
        ("L'Été 50", "lete 5O"),
        ("Peak 11", "peak Il"),
        ("夏日 限定", "夏日限定"),
    ],
)
def test_case_accents_gaps_and_letters_that_look_alike_make_no_other_word(
    one: str, other: str
) -> None:
    assert spelling.folded(one) == spelling.folded(other)


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("nordlys", "nordlys", 0),
        ("nordlys", "nordlxs", 1),
        ("nordlys", "nordls", 1),
        ("nordlys", "nordllys", 1),
        ("夏日限定", "夏目限定", 1),
        ("", "abc", 3),
    ],
)
def test_edits_are_letters_put_in_left_out_or_replaced(one: str, other: str, count: int) -> None:
    assert spelling.edits(one, other) == count


def test_how_unlike_is_a_share_of_the_known_word() -> None:
    assert spelling.unlike("nordlxs", "nordlys") == pytest.approx(1 / 7)


@pytest.mark.parametrize(
    ("read", "share"),
    [
        ("nord", 4 / 7),
        ("lys", 3 / 7),
        ("norde", 4 / 7),
        ("nordlys", 0.0),
        ("nordls", 0.0),
        ("xyz", 0.0),
        ("", 0.0),
    ],
)
def test_what_is_left_of_a_covered_word_is_a_part_of_it(read: str, share: float) -> None:
    assert spelling.part(read, "nordlys") == pytest.approx(share)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("SALE", True),
        ("夏日", True),
        ("at", False),
        ("夏", False),
        ("OOOO0", False),
        ("||||", False),
    ],
)
def test_what_repeats_one_letter_is_a_pattern_and_no_word(text: str, is_one: bool) -> None:
    assert spelling.is_word(text) is is_one


def test_words_that_a_prompt_names_are_found_in_it_even_if_a_letter_was_misread() -> None:
    prompt = spelling.folded("The words SUMMER SALE appear below")
    assert spelling.named(spelling.folded("Summer sale"), prompt)
    assert spelling.named(spelling.folded("SUMMER SALF"), prompt)
    assert not spelling.named(spelling.folded("WINTER"), prompt)
    assert not spelling.named("", prompt)
