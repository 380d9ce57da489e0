"""Notation of other tools is told where it stands, read through, and gone at level one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.prompts.grammar.notation import Way, find
from pipeline.prompts.grammar.prompt import parse
from pipeline.prompts.lint import lint
from pipeline.prompts.reorder import better
from pipeline.prompts.simplify import simplify

KINDS: list[tuple[str, Way, str, str]] = [
    ("a woman (smiling:1.2) walks", Way.WEIGHT, "(smiling:1.2)", "a woman smiling walks"),
    ("a woman (smiling:1,2) walks", Way.WEIGHT, "(smiling:1,2)", "a woman smiling walks"),
    ("a ((red dress)) turns", Way.WEIGHT, "((red dress))", "a red dress turns"),
    ("((a woman:1.2) walks) left", Way.WEIGHT, "((a woman:1.2) walks)", "a woman walks left"),
    ("a [blue] car drives", Way.WEIGHT, "[blue]", "a blue car drives"),
    ("a {{blue}} car drives", Way.WEIGHT, "{{blue}}", "a blue car drives"),
    ("a (blue)1.3 car drives", Way.WEIGHT, "(blue)1.3", "a blue car drives"),
    ("a blue:1.3 car drives", Way.WEIGHT, ":1.3", "a blue car drives"),
    ("a car drives::2", Way.WEIGHT, "::2", "a car drives"),
    (r"a car \(blue\) drives", Way.WEIGHT, "\\", "a car (blue) drives"),
    ("a **blue car** drives", Way.WEIGHT, "**blue car**", "a blue car drives"),
    ("a {red|blue} car drives", Way.CHOICE, "{red|blue}", "a red car drives"),
    ("a {2$$red|blue} car drives", Way.CHOICE, "{2$$red|blue}", "a red car drives"),
    ("a {0.5::red|blue} car drives", Way.CHOICE, "{0.5::red|blue}", "a red car drives"),
    ("a [red|blue] car drives", Way.CHOICE, "[red|blue]", "a red car drives"),
    ("a [red:blue:0.5] car drives", Way.CHOICE, "[red:blue:0.5]", "a red car drives"),
    ("a [:blue:0.5] car drives", Way.CHOICE, "[:blue:0.5]", "a blue car drives"),
    ("a __color__ car drives", Way.GAP, "__color__", "a car drives"),
    ("a ${color} car drives", Way.GAP, "${color}", "a car drives"),
    ("a car drives <lora:drift:0.8>", Way.TAG, "<lora:drift:0.8>", "a car drives"),
    ("a car drives <lyco:drift:0.8>", Way.TAG, "<lyco:drift:0.8>", "a car drives"),
    ("a car drives, embedding:easy", Way.TAG, "embedding:easy", "a car drives"),
    ("a car drives (embedding:Easy:1.1)", Way.WEIGHT, "(embedding:Easy:1.1)", "a car drives"),
    ("score_9, a car drives", Way.TAG, "score_9", "a car drives"),
    ("a car drives --ar 16:9", Way.COLUMN, "--ar 16:9", "a car drives"),
    ("a car drives —ar 16:9", Way.COLUMN, "—ar 16:9", "a car drives"),
    ("a car drives --seed=5", Way.COLUMN, "--seed=5", "a car drives"),
    ("a car drives --stylize 250", Way.OPTION, "--stylize 250", "a car drives"),
    ("a car drives --fancy 3", Way.OPTION, "--fancy 3", "a car drives"),
    ("a car drives -gs 12", Way.OPTION, "-gs 12", "a car drives"),
    ("/imagine prompt: a car drives", Way.OPTION, "/imagine prompt: ", "a car drives"),
    ("a car drives, BREAK", Way.JOINT, "BREAK", "a car drives"),
    ("a car drives, AND a dog barks", Way.JOINT, "AND", "a car drives, a dog barks"),
    ("a car AND a van drive", Way.JOINT, "AND", "a car AND a van drive"),
    ("[0-3s] a car drives", Way.TIME, "[0-3s]", "a car drives"),
    ("0-3s: a car drives", Way.TIME, "0-3s:", "a car drives"),
    ("a car drives, [3-5s] it stops", Way.TIME, "[3-5s]", "a car drives, it stops"),
    ("a (blue) car drives", Way.WEIGHT, "(blue)", "a blue car drives"),
    ("a car drives -- ar 16:9", Way.COLUMN, "-- ar 16:9", "a car drives"),
    ("https://a.b/c.png a car drives", Way.REFERENCE, "https://a.b/c.png", "a car drives"),
    ("a car @image1 drives", Way.REFERENCE, "@image1", "a car drives"),
    ("女人（微笑：1.2）转身", Way.WEIGHT, "（微笑：1.2）", "女人微笑转身"),
    ("女人转身 --duration 5", Way.COLUMN, "--duration 5", "女人转身"),
    ("0-3秒：女人转身", Way.TIME, "0-3秒：", "女人转身"),
]  # fmt: skip

ORDINARY = [
    "a box (a red one) opens",
    "a sign that says [OPEN] swings",
    'a sign with "(smiling:1.2)" on it swings',
    "50mm f/1.4 -- close on a hand that waves",
    "black-and-white --- slow, a man walks",
    "A MAN AND A WOMAN DANCE",
    "a STOP AND GO sign blinks",
    "a clock (at 10:30) ticks",
    "a photo (16:9) of a man who walks",
    "scene 2 (take: 3), a man walks",
    "smile :) and wave",
    "a man walks 3 - 5 steps",
    "the score is 9:1 when he jumps",
    "a < b on the board, a man points",
    "女人（穿着红裙）转身",
    "「[开]」字招牌闪烁",
    "a man & a woman dance, 100% wool",
    "a menu (coffee: 2,50) sways",
    "a runner (bibs: 1,2) sprints",
    "a sign (floors: 1,200) glows",
]


@pytest.mark.parametrize(("prompt", "way", "words", "left"), KINDS)
def test_each_kind_is_told_with_its_place_and_gone_at_level_one(
    prompt: str, way: Way, words: str, left: str
) -> None:
    first = find(prompt)[0]
    assert (first.way, prompt[slice(*first.span)]) == (way, words)
    told = [each for each in lint(prompt).findings if each.code == "prompt.notation"]
    assert (told[0].start, told[0].end) == first.span
    assert simplify(prompt, "L1").text == left


@pytest.mark.parametrize("prompt", ORDINARY)
def test_ordinary_brackets_dashes_and_capitals_are_none(prompt: str) -> None:
    assert find(prompt) == ()
    assert "prompt.notation" not in {each.code for each in lint(prompt).findings}


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        (
            "((masterpiece)), [blurry], a woman (smiling:1.2) walks to the left",
            "a woman walks to the left",
        ),
        ("a woman in a ((red dress)) dances, (hair blowing:1.1)", "a woman dances"),
        ("[0-3s] a woman walks [3-5s] she turns", "a woman walks"),
        ("a cat jumps::2 a dog runs::1", "a cat jumps"),
        ("a man in {a cap|((a hat))} lifts a {box|bag} --v 6", "a man lifts a box"),
    ],
)
def test_who_acts_and_what_happens_are_read_through_it(prompt: str, left: str) -> None:
    assert simplify(prompt, "L3").text == left
    assert lint(prompt).subject == left.split()[1]


def test_ordinary_brackets_are_weights_where_others_have_weights() -> None:
    assert simplify("a (red) car (fast:1.2) drives", "L1").text == "a red car fast drives"
    assert simplify("a car (red) drives", "L1").text == "a car (red) drives"


def test_a_camera_move_in_brackets_keeps_them_where_nothing_else_parts_it() -> None:
    assert simplify("[Pan left] a woman walks", "L1").text == "[Pan left] a woman walks"
    assert simplify("a woman walks, [pan left]", "L1").text == "a woman walks, pan left"
    assert lint("[Pan left] a woman walks").subject == "woman"


@pytest.mark.parametrize(
    ("prompt", "negative"),
    [
        ("a car drives --no text, logos --seed 5", "text, logos"),
        ("a car drives\nNegative prompt: blurry, fog\nSteps: 20, Sampler: Euler", "blurry, fog"),
        ("a car drives, no (people:1.3)", "people"),
        ("女人转身\n负面提示词：模糊", "模糊"),
        ("a car drives --ar 16:9", ""),
    ],
)
def test_what_an_option_does_not_want_goes_to_the_negative_prompt(
    prompt: str, negative: str
) -> None:
    assert simplify(prompt, "L2").negative == negative
    assert simplify(prompt, "L0").negative == ""


def test_an_option_that_must_stay_stays_out_of_the_negative_prompt() -> None:
    kept = simplify("a car drives --no text", "L2", ["--no text"])
    assert (kept.text, kept.negative) == ("a car drives --no text", "")


@pytest.mark.parametrize(
    ("option", "column"),
    [
        ("--ar 9:16", "aspect"),
        ("--seed 7", "seed"),
        ("--no fog", "negative"),
        ("--dur 5", "seconds"),
    ],
)
def test_the_remedy_names_the_column_of_the_list(option: str, column: str) -> None:
    (finding,) = lint(f"a car drives left {option}").findings
    assert f"the column {column} of the list" in finding.message


def test_json_is_told_and_passed_on_as_it_is() -> None:
    prompt = '{"subject": "a woman", "action": "walks"}'
    assert [each.code for each in lint(prompt).findings] == ["prompt.notation"]
    assert simplify(prompt, "L3").text == prompt


def test_the_better_prompt_has_none_of_it() -> None:
    assert better("slow zoom, a ((woman)) walks --v 6", seconds=5) == "a woman walks, slow zoom"


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([*"()[]{}<>|:_-$\\*@ a1.,", "--no ", "::", "BREAK", "女"])).map(
        "".join
    )
)
def test_the_copy_that_is_read_keeps_every_place(text: str) -> None:
    copy = parse(text).unmarked
    assert len(copy) == len(text)
    assert all(old == new or new in " ," for old, new in zip(text, copy, strict=True))
    assert all(0 <= a <= b <= len(text) for each in find(text) for a, b in (each.span, *each.cuts))


@pytest.mark.parametrize(("opens", "closes"), ["()", "{}", "[]"])
def test_brackets_within_brackets_are_read_however_deep(opens: str, closes: str) -> None:
    deep = 700
    prompt = f"{opens * deep}a woman{closes * deep} walks"

    assert [finding.code for finding in lint(prompt).findings] == ["prompt.notation"]
    assert simplify(prompt, "L1").text == "a woman walks"
