"""HTML that web pages leave in a text is read as the page showed it; what may be meant stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.prompts.markup import LONGEST, cleaned


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A fox runs left.<br>It stops.", "A fox runs left.\nIt stops."),
        ("A fox runs left.<BR />\n<br/>\nIt stops.<br>", "A fox runs left.\nIt stops."),
        ("A red fox<br/>runs left.", "A red fox runs left."),
        ("<p>A fox runs.</p><p>It stops.</p>", "A fox runs.\nIt stops."),
        ("<div class='x'>A <b>red</b> fox runs.</div>", "A red fox runs."),
        ('<span style="color:red">A fox</span> runs.', "A fox runs."),
        ('<a href="https://x.y/z">A fox</a> runs.', "A fox runs."),
        ("<!-- take 2 -->A fox runs.<o:p></o:p>", "A fox runs."),
        ("A fox runs.&nbsp;It stops.", "A fox runs. It stops."),
        ("Tom &amp; Jerry run; it&#39;s &#x4E0B;雨", "Tom & Jerry run; it's 下雨"),
        ("A fox in a &quot;SALE&quot; shirt runs.", 'A fox in a "SALE" shirt runs.'),
        ('A sign "Tom &amp; Co" glows.', 'A sign "Tom & Co" glows.'),
        ('"A fox runs.<br>It stops."', '"A fox runs.\nIt stops."'),
        ("红狐狸向左跑。<br>背景不变。", "红狐狸向左跑。\n背景不变。"),
    ],
)
def test_html_is_read_as_a_page_shows_it(text: str, shown: str) -> None:
    assert cleaned(text).text == shown
    assert cleaned(text).taken
    assert cleaned(shown) == (shown, ())


@pytest.mark.parametrize(
    "text",
    [
        "A fox runs 3 < 5 > 2 times.",
        "AT&T and R&D; salt & pepper; &foo; runs.",
        "<lora:drift:0.8> A fox runs.",
        "<sks> A fox of <s> runs.",
        "<fox> runs.",
        'A sign reading "<br>" glows and turns in the light of a lamp.',
        "A sign that says 「<b>大</b>」 glows and turns in the light of a lamp.",
        "two\n\n  lines",
        "<br>",
        "&nbsp;",
        "",
        "<br>" * LONGEST,
    ],
)
def test_what_may_be_meant_stays(text: str) -> None:
    assert cleaned(text) == (text, ())


def test_each_piece_is_named_once() -> None:
    assert cleaned("<br>A<br>B&amp;C&amp;D</p>").taken == ("<br>", "</p>", "&amp;")


@given(
    st.lists(st.sampled_from([*'<>&;/!-# \n"ab1', "<br>", "<b>", "</b>", "&amp;", "<!--", "-->"]))
)
def test_no_text_is_too_odd(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = cleaned(text)
    assert all(piece in text or piece.startswith("&") for piece in found.taken)
    assert bool(found.text.strip()) == bool(text.strip())
