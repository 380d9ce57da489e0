"""What was cut from a prompt stands in its place, and nothing of the prompt is lost."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from farm.domain.struck import Piece, pieces


def cut(prompt: str, start: int, end: int, rule: str = "look") -> dict[str, Any]:
    return {"start": start, "end": end, "text": prompt[start:end], "rule": rule}


@st.composite
def cuts(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    prompt = draw(st.text(min_size=1))
    ends = st.integers(0, len(prompt))
    spans = draw(st.lists(st.tuples(ends, ends).map(sorted), min_size=1, max_size=5))
    return prompt, [cut(prompt, start, end) for start, end in spans]


@given(cuts())
def test_the_pieces_are_the_whole_prompt_with_every_cut_marked(
    given_: tuple[str, list[dict[str, Any]]],
) -> None:
    prompt, removed = given_
    found = pieces([prompt], removed)
    assert "".join(piece.text for piece in found) == prompt
    assert all(piece.text for piece in found)
    marked = {
        at
        for at, by in enumerate(by for piece in found for by in [piece.cut_by] * len(piece.text))
        if by
    }
    assert marked == {at for each in removed for at in range(each["start"], each["end"])}


def test_it_is_the_first_prompt_that_has_the_words_there() -> None:
    removed = [cut("cinematic, a circle", 0, 11)]
    found = pieces(["a circle", "cinematic, a square", "cinematic, a circle"], removed)
    assert found == (Piece("cinematic, ", "look"), Piece("a square"))


def test_cuts_that_overlap_are_struck_once() -> None:
    removed = [
        cut("abcdef", 2, 4, "two"),
        cut("abcdef", 1, 3, "one"),
        cut("abcdef", 2, 3, "within"),
    ]
    assert pieces(["abcdef"], removed) == (
        Piece("a"),
        Piece("bc", "one"),
        Piece("d", "two"),
        Piece("ef"),
    )


def test_where_nothing_was_cut_or_no_prompt_fits_there_are_none() -> None:
    assert pieces(["a circle"], []) == ()
    assert pieces(["a circle"], [cut("a square", 2, 8)]) == ()
    assert pieces([], [cut("a square", 2, 8)]) == ()
    assert pieces(["ab"], [{"start": 1, "end": 9, "text": "bcd", "rule": "x"}]) == ()
