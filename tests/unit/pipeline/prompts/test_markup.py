"""HTML that was pasted into a text is told, and what only looks a little like it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.prompts.lint import lint
from pipeline.prompts.markup import first_html


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("A fox runs left.<br>It stops.", "<br>"),
        ("A fox runs left.<BR />It stops.", "<BR />"),
        ("<p><br></p>", "<p>"),
        ('A 5" disc turns.<br>A 7" one stops.', "<br>"),
        ('<span title="a > b">A fox</span> runs.', '<span title="a > b">'),
        ('a <b 5" x <br> 7" y>', "<br>"),
        ("<br/>A fox runs.", "<br/>"),
        ("<div class='x'>A fox runs.</div>", "<div class='x'>"),
        ("A fox</b> runs.", "</b>"),
        ("In the <style>old</style> way a fox runs.", "<style>"),
        ('<link rel="a"> A fox runs.', '<link rel="a">'),
        ("<!-- take 2 -->A fox runs.", "<!--"),
        ("<![if !supportLists]>A fox runs.", "<!["),
        ("<!DOCTYPE html>A fox runs.", "<!DOCTYPE"),
        ("A fox runs.&nbsp;It stops.", "&nbsp;"),
        ("Tom &amp;amp; Jerry run.", "&amp;"),
        ("&lt;b&gt;A fox runs.", "&lt;"),
        ("It&#39;s a fox.", "&#39;"),
        ("It&#x4E0B;s a fox.", "&#x4E0B;"),
        ("红狐狸向左跑。<br>背景不变。", "<br>"),
    ],
)
def test_the_first_piece_of_html_is_told(text: str, piece: str) -> None:
    span = first_html(text)
    assert span is not None
    assert text[slice(*span)] == piece


@pytest.mark.parametrize(
    "text",
    [
        'I <3 foxes; a fox runs 3 < 5 > 2 times, a < b, a<b and c>d, 5".',
        "AT&T and R&D; fish & chips, &c; &foo; &copy2026, &lt, a=1&copy=2 runs.",
        "<lora:x:1> <lora:drift:0.8> <lens-flare> A fox runs.",
        "<sks> A fox of <s0> runs in the <style> of <fox>.",
        "A fox -> a hare <- a dog => runs <-> stops. [image] {fox} ((fox:1.2))",
        "<b",
        "< br >",
        "",
    ],
)
def test_what_is_no_html_is_not_told(text: str) -> None:
    assert first_html(text) is None


def test_html_in_a_prompt_is_a_remark_on_it() -> None:
    prompt = "A swan takes off.<br>It lands."
    (found,) = [each for each in lint(prompt).findings if each.code == "prompt.html"]
    assert prompt[found.start : found.end] == "<br>"
    assert found.message == "“<br>” is HTML, and is read here as words: write the text without it."
    (found,) = [
        each for each in lint("天鹅起飞。<br>它落下。").findings if each.code == "prompt.html"
    ]
    assert found.message == "“<br>”是网页代码，在这里会当成文字来读：请改写成不带代码的文字。"


def test_html_is_told_beside_notation() -> None:
    prompt = "(a swan:1.3) takes off.<br/>It lands & rests."
    (found,) = [each for each in lint(prompt).findings if each.code == "prompt.html"]
    assert prompt[found.start : found.end] == "<br/>"
    others = [each for each in lint(prompt).findings if each.code == "prompt.notation"]
    assert [prompt[each.start : each.end] for each in others] == ["(a swan:1.3)"]


@given(
    st.lists(st.sampled_from([*"<>&;/!-# \n\"'ab1=", "<br", "<b>", "</b>", "&amp;", "<!--", "-->"]))
)
def test_no_text_is_too_odd(pieces: list[str]) -> None:
    text = "".join(pieces)
    start, end = first_html(text) or (0, 0)
    assert text[start:end] == "" or text[start] in "<&"
