"""What stands where a prompt ought to be is an error; a prompt that has such a word in it is none."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.prompts.lint import lint, placeholder
from pipeline.prompts.placeholders import Sort, find

DATA = json.loads(
    (Path(__file__).resolve().parents[3] / "data" / "placeholders.json").read_text("utf-8")
)
ADS = ["ad_prompts", "ad_prompts_held_out", "ad_prompts_more", "i2v_prompts", "staged_prompts"]


@pytest.mark.parametrize("text", DATA["placeholders"])
def test_a_placeholder_is_the_only_thing_that_is_said(text: str) -> None:
    report = lint(text)
    assert [each.code for each in report.findings] == ["prompt.placeholder"]
    assert (report.subject, report.actions) == ("", ())


@pytest.mark.parametrize("text", DATA["prompts"])
def test_a_prompt_with_such_a_word_in_it_passes(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize("name", ADS)
def test_no_prompt_of_the_bars_is_taken_for_one(name: str) -> None:
    path = Path(__file__).resolve().parents[3] / "data" / f"{name}.json"
    rows = json.loads(path.read_text("utf-8"))["prompts"]
    prompts = [row if isinstance(row, str) else row["prompt"] for row in rows]
    assert [prompt for prompt in prompts if find(prompt)] == []


@pytest.mark.parametrize(
    ("text", "sort", "words"),
    [
        (" TBD ", Sort.WORD, "TBD"),
        ("a car #REF! to the left", Sort.ERROR, "#REF!"),
        ("=A1&B1", Sort.FORMULA, "=A1&B1"),
        ("{{prompt}}", Sort.GAP, "{{prompt}}"),
        ("final prompt v2.docx", Sort.ADDRESS, "final prompt v2.docx"),
    ],
)
def test_it_is_told_what_it_is_and_where(text: str, sort: Sort, words: str) -> None:
    found = find(text)
    assert found is not None
    assert (found.sort, text[slice(*found.span)]) == (sort, words)


def test_the_sentence_has_a_remedy_in_the_language_of_the_list() -> None:
    assert (told := placeholder("TBD")) is not None
    assert told.message == "“TBD” is a placeholder, not a prompt: write who does what."
    assert (told := placeholder("待定")) is not None
    assert told.message == "“待定”是占位内容，不是提示词：请写明谁在做什么。"


def test_an_error_in_quotes_is_lettering() -> None:
    assert find('a screen with "#REF!" on it blinks') is None


@given(st.text())
def test_any_text_can_be_asked_about(text: str) -> None:
    found = find(text)
    assert found is None or 0 <= found.span[0] < found.span[1] <= len(text)
