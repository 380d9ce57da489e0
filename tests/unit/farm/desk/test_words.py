"""The pages have every text that they ask for, in both languages, and none that nobody asks for."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.desk import words
from farm.domain.board_view import Order
from farm.domain.lifecycle import ShotState
from farm.domain.stale import MATTER
from pipeline.misses import MissKind

DESK = Path(words.__file__).parent
TEMPLATES = "\n".join(
    each.read_text(encoding="utf-8") for each in sorted((DESK / "templates").glob("*.html"))
)
EITHER = r"""\bt\(["'](\w+)["'] if [^)]*? else ["'](\w+)["']\)"""
NAMED = set(re.findall(r"""\bt\(["'](\w+)["']\)""", TEMPLATES)) | {
    key for pair in re.findall(EITHER, TEMPLATES) for key in pair
}
BY_VALUE = (
    {each.value for each in ShotState}
    | {f"sort_{each}" for each in Order}
    | {f"wish_{each}" for each in MATTER}
    | set(re.findall(r'"(key_\w+)"', TEMPLATES))
)
"""Asked for by a state, an order, a field of a wish or a key."""


def test_every_text_that_a_page_asks_for_is_there() -> None:
    assert sorted(NAMED | BY_VALUE) == sorted((NAMED | BY_VALUE) & words.TEXTS.keys())


def test_no_text_is_there_that_no_page_asks_for() -> None:
    assert sorted(words.TEXTS.keys() - NAMED - BY_VALUE) == []


def test_every_text_is_there_in_both_languages() -> None:
    for key, texts in words.TEXTS.items():
        assert len(texts) == len(words.LANGUAGES)
        assert all(text.strip() == text != "" for text in texts), key
    with_han = {key for key, (_, zh) in words.TEXTS.items() if re.search(r"[\u4e00-\u9fff]", zh)}
    assert words.TEXTS.keys() - with_han == {"of", "language"}
    assert [key for key, (en, _) in words.TEXTS.items() if re.search(r"[\u4e00-\u9fff]", en)] == [
        "language"
    ]


def test_what_is_filled_in_is_the_same_in_both() -> None:
    for key, (en, zh) in words.TEXTS.items():
        assert set(re.findall(r"{\w+}", en)) == set(re.findall(r"{\w+}", zh)), key


def test_every_miss_has_words_in_both_languages() -> None:
    assert words.MISSES.keys() == {each.value for each in MissKind}
    assert words.miss("en", "colour_burn") == "colour burn"
    assert words.miss("zh", "colour_burn") == "颜色过曝"
    assert words.miss("zh", "of_tomorrow") == "of tomorrow"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-TW", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("de;q=1, zh;q=0.5, en;q=0.4", "zh"),
        ("en;q=0.4, zh;q=0.5", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=x", "en"),
        ("fr, de", "en"),
        ("ZH-hans", "zh"),
    ],
)
def test_the_language_is_the_one_that_the_browser_wants_most(accepted: str, language: str) -> None:
    assert words.preferred(accepted) == language


@given(st.text())
def test_whatever_a_browser_accepts_there_is_a_language(accepted: str) -> None:
    assert words.preferred(accepted) in words.LANGUAGES
