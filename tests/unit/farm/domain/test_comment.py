"""What may be said and drawn, and the sentence for what may not."""

from typing import Any

import pytest

from farm.domain.comment import MOST_POINTS, MOST_STROKES, check_frame, checked_mark, checked_text
from farm.errors import Refused


def test_words_lose_the_blanks_around_them_and_keep_their_lines() -> None:
    assert checked_text("  too dark\r\nand too slow 慢\t\n") == "too dark\nand too slow 慢"
    assert len(checked_text(" " + "é" * 4000 + " ")) == 4000


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \n\t ", "the comment has no words; say what is to be seen or done"),
        ("a" * 4001, "the comment has 4,001 characters, at most 4,000 are kept; say it in several"),
        ("a\x1b[31m", "the comment has a control character (U+001B) at 2; leave it out"),
        ("a\x00", "the comment has a control character (U+0000) at 2; leave it out"),
        ("a\tb", "the comment has a control character (U+0009) at 2; leave it out"),
        ("\ud800!", "the comment has a control character (U+D800) at 1; leave it out"),
    ],
)
def test_words_that_cannot_be_kept_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        checked_text(text)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize("frame", [0, 16])
def test_a_clip_has_its_first_and_its_last_frame(frame: int) -> None:
    check_frame(frame, 17, take=2)


@pytest.mark.parametrize("frame", [-1, 17, 2**70])
def test_a_frame_beyond_the_clip_is_refused_with_those_there_are(frame: int) -> None:
    with pytest.raises(Refused) as refusal:
        check_frame(frame, 17, take=2)

    assert str(refusal.value) == f"take 2 has no frame {frame}: the frames of its clip are 0 to 16"


def test_a_mark_is_kept_to_the_fraction_of_a_pixel() -> None:
    assert checked_mark([[[0, 1], [0.123456, 0.5]], [[1, 0]]]) == (
        ((0.0, 1.0), (0.1235, 0.5)),
        ((1.0, 0.0),),
    )
    assert checked_mark(None) is None
    assert checked_mark([]) is None
    assert checked_mark([[[0.5, 0.5]] * MOST_POINTS] * MOST_STROKES) is not None


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ("M0 0", "the mark is no list of strokes"),
        ({"strokes": []}, "the mark is no list of strokes"),
        ([[[0, 0]]] * 51, "the mark has 51 strokes, at most 50 are kept"),
        ([[[0, 0]], 7], "stroke 2 of the mark is no list of points"),
        ([[]], "stroke 1 of the mark has 0 points; draw it with 1 to 500"),
        ([[[0, 0]] * 501], "stroke 1 of the mark has 501 points; draw it with 1 to 500"),
        ([[[0, 0], 3]], "point 2 of stroke 1 is no list of two numbers"),
    ],
)
def test_what_is_no_mark_is_refused_in_a_sentence(mark: Any, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        checked_mark(mark)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    "point",
    [[0], [0, 0, 0], [1.01, 0], [0, -0.01], ["0", 0], [None, 0], [True, 0], [float("nan"), 0],
     [10**400, 0], [0, float("inf")]],
)  # fmt: skip
def test_a_point_is_two_numbers_in_parts_of_the_picture(point: Any) -> None:
    with pytest.raises(Refused) as refusal:
        checked_mark([[[0.5, 0.5], point]])

    assert str(refusal.value) == (
        "point 2 of stroke 1 of the mark is not two numbers from 0 to 1, in parts of the picture"
    )
