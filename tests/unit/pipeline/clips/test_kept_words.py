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


def placed(*texts: tuple[str, float, float]) -> list[Line]:
    """Lines of ten pixels a letter, each with its left and upper edge."""
    return [
        Line(
            box=np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * [10 * len(text), 10]
            + np.array([left, top]),
            text=text,
            confidence=0.9,
        )
        for text, left, top in texts
    ]


BOTTLE = [("SUPER", 0, 0), ("SUMMER", 0, 20), ("SALE", 10, 40)]
OTHER = [(text, left + 90, top + 3) for text, left, top in BOTTLE]


@pytest.mark.parametrize(
    ("others", "more"),
    [
        (OTHER, 3),
        ([("NEW", 70, 21)], 0),
        ([("NEW", 60, 39), ("TODAY", 65, 1), ("ONLY", 66, 12)], 0),
        ([("A WIDE HEADLINE ABOVE", 0, -20), *OTHER], 3),
        ([(text, left, top + 70) for text, left, top in BOTTLE], 3),
        ([("ONLY TODAY", -120, 20)], 0),
    ],
)
def test_a_word_over_several_lines_is_read_whatever_stands_beside_it(
    others: list[tuple[str, float, float]], more: int
) -> None:
    there = placed(*BOTTLE, *others)
    kept = kept_in(there, ["Super Summer Sale"])
    assert [bool(each) for each in kept[:3]] == [True] * 3
    assert sum(map(bool, kept)) == 3 + more


def test_a_word_may_begin_or_end_within_a_line_of_its_column() -> None:
    beside = ("TODAY", 120.0, 21.0)
    there = placed(("NEW SUPER", 0, 0), beside, ("SUMMER", 0, 20), ("SALE", 0, 40))
    assert [bool(each) for each in kept_in(there, ["Super Summer Sale"])] == [1, 0, 1, 1]
    there = placed(("SUPER", 0, 0), beside, ("SUMMER", 0, 20), ("SALE 50%", 0, 40))
    assert [bool(each) for each in kept_in(there, ["Super Summer Sale"])] == [1, 0, 1, 1]
    there = placed(("SUPER", 0, 0), ("MER", 200, 20), ("SUM", 0, 20), ("SALE", 0, 40))
    assert [bool(each) for each in kept_in(there, ["Summer Super"])] == [0, 0, 0, 0]


def test_a_word_may_go_down_like_stairs() -> None:
    there = placed(("SUPER", 0, 0), ("SUMMER", 60, 20), ("SALE", 130, 40))
    assert all(kept_in(there, ["Super Summer Sale"]))


def test_many_lines_of_one_text_are_read_in_no_time() -> None:
    there = placed(*(("haha", 0, 20 * row) for row in range(60)))
    assert all(kept_in(there, ["ha" * 40]))


def test_a_line_that_has_a_word_by_itself_is_no_part_of_another() -> None:
    there = lines("SUPER", "SUMMER", "SALE")
    assert kept_in(there, ["Super Summer Sale", "Summer"]) == [
        "Super Summer Sale",
        "Summer",
        "Super Summer Sale",
    ]
