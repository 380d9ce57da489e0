"""Which lines of a still have a must-keep word, or are a part of one."""

import numpy as np
import pytest

from pipeline.clips.kept_words import kept_in
from pipeline.models.text_reader import Line


def lines(*texts: str) -> list[Line]:
    """One below the other, handed over from below."""
    corners = np.array([[0, 0], [50, 0], [50, 10], [0, 10]], np.float32)
    down = np.array([0, 20], np.float32)
    return [
        Line(box=corners + row * down, text=text, confidence=0.9)
        for row, text in reversed([*enumerate(texts)])
    ]


@pytest.mark.parametrize(
    ("texts", "word", "of"),
    [
        (("SUPER", "SUMMER", "SALE"), "Super Summer Sale", {"SUPER", "SUMMER", "SALE"}),
        (("SUPER", "SUMMER", "SALE 50%"), "Super Summer Sale", {"SUPER", "SUMMER", "SALE 50%"}),
        (("THE", "NORTH", "FACE", "since 1966"), "The North Face", {"THE", "NORTH", "FACE"}),
        (("清泉", "山水", "好茶"), "清泉山水好茶", {"清泉", "山水", "好茶"}),
        (("VELVET", "SOAP"), "Velvet", {"VELVET"}),
        (("SALE", "SUMMER", "SUPER"), "Super Summer Sale", set()),
        (("SALES", "SUMMER"), "A sale", set()),
        (("CENTRE", "DAWN"), "red", set()),
        (("SUPER", "SUMMER"), "", set()),
        ((), "Sale", set()),
    ],
)
def test_lines_that_make_up_a_word_in_their_order_have_it(
    texts: tuple[str, ...], word: str, of: set[str]
) -> None:
    there = lines(*texts)
    kept = kept_in(there, [word])
    assert {line.text for line, has in zip(there, kept, strict=True) if has} == of
    assert {*kept} <= {word, ""}


def test_a_line_that_has_a_word_by_itself_is_no_part_of_another() -> None:
    there = lines("SUPER", "SUMMER", "SALE")
    assert kept_in(there, ["Super Summer Sale", "Summer"]) == [
        "Super Summer Sale",
        "Summer",
        "Super Summer Sale",
    ]
