"""A simplified prompt tells which rules made it, and its negations move to the negative prompt."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.prompts.provenance import trace, with_negations_moved
from pipeline.prompts.simplify import simplify
from tests.conftest import a_recipe

WRITTEN = "Timeless charm, a swan takes off, no boats, the camera never shakes"


@pytest.mark.parametrize(
    ("prompt", "negative"),
    [
        ("A swan takes off, no boats, without any text", "boats, text"),
        ("Don't show any faces. A hand strikes a match", "faces"),
        ("The vase does not move and there is no text, a petal falls", "move, text"),
        ("A swan takes off, avoid extra fingers", "extra fingers"),
        ("A swan takes off, no text, watermarks or logos", "text, watermarks, logos"),
        ("天鹅起飞，不要出现文字和水印", "文字，水印"),
        ("天鹅起飞，无文字，没有多余的人", "文字, 多余的人"),
        ("天鹅起飞，无文字无水印", "文字，水印"),
        ("天鵝起飛，沒有文字沒有浮水印", "文字，浮水印"),
        ("天鹅起飞，不要出现无人机", "无人机"),
        ("女孩微笑着看镜头，不要毫无生气的眼神", "毫无生气的眼神"),
        ("女孩微笑着看镜头，避免人物面无表情", "人物面无表情"),
        ("女孩微笑着看镜头，避免画面没有层次", "画面没有层次"),
        ("天鹅起飞，不要出现红色禁止标志", "红色禁止标志"),
        ("天鹅起飞，不要空无一人的街道", "空无一人的街道"),
        ("天鹅起飞，不要模糊不要抖动", "模糊，抖动"),
        ("模特涂抹面霜，不要变形", "变形"),
        ("A swan takes off", ""),
    ],
)
def test_what_is_not_wanted_is_told_without_its_negation(prompt: str, negative: str) -> None:
    assert simplify(prompt, "L2").negative == negative


def test_a_negation_that_stays_in_the_prompt_stays_out_of_the_negative_prompt() -> None:
    prompt = "A swan takes off, no boats"
    assert simplify(prompt, "L1").negative == ""
    assert simplify(prompt, "L2", ["no boats"]).negative == ""


def test_the_trace_names_the_rules_and_what_they_cut() -> None:
    simpler = simplify(WRITTEN, "L2").text
    found = trace([WRITTEN], simpler, [])
    assert found is not None
    assert [(piece.rule, piece.text) for piece in found.removals] == [
        ("abstract_clause", "Timeless charm, "),
        ("limit", ", no boats, the camera never shakes"),
    ]


def test_the_trace_goes_back_to_the_prompt_that_was_written() -> None:
    first = simplify(WRITTEN, "L1").text
    second = simplify(WRITTEN, "L3").text
    assert trace([WRITTEN, first], second, []) == simplify(WRITTEN, "L3")


def test_a_prompt_that_was_there_or_that_somebody_wrote_has_no_trace() -> None:
    assert trace([WRITTEN], WRITTEN, []) is None
    assert trace([WRITTEN], "A goose lands", []) is None
    assert trace([], WRITTEN, []) is None


def test_negations_move_once_and_beside_what_is_there() -> None:
    recipe = a_recipe(prompt=simplify(WRITTEN, "L2").text, negative="blurry, Boats")
    moved = with_negations_moved(recipe, [WRITTEN], [])
    assert moved.negative == "blurry, Boats, shakes"
    assert with_negations_moved(moved, [WRITTEN], []) == moved


def test_nothing_moves_where_nothing_was_cut() -> None:
    recipe = a_recipe(prompt=WRITTEN)
    assert with_negations_moved(recipe, [WRITTEN], []) is recipe


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(WRITTEN.replace(",", " ,").split()), max_size=20).map(" ".join))
def test_the_negative_prompt_has_words_of_the_prompt_alone(prompt: str) -> None:
    negative = simplify(prompt, "L2").negative
    assert set(negative.replace(",", " ").split()) <= set(prompt.replace(",", " ").split())
