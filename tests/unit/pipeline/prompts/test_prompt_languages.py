"""Languages that look like English pass as they are; traditional Chinese is read as simplified is."""

import json
from pathlib import Path
from typing import get_args

import pytest

from pipeline.prompts.grammar.lexicons import simplified
from pipeline.prompts.grammar.prompt import parse
from pipeline.prompts.lint import lint
from pipeline.prompts.reorder import better
from pipeline.prompts.simplify import Level, simplify
from pipeline.scoring import questions

DATA = json.loads(
    (Path(__file__).resolve().parents[3] / "data" / "languages.json").read_text("utf-8")
)
PAIRS = [
    ("鏡頭緩慢推進，女人轉身", "镜头缓慢推进，女人转身"),
    ("沒有文字，沒有浮水印，女人轉身", "没有文字，没有浮水印，女人转身"),
    ("氛圍感拉滿，戒指緩緩轉動", "氛围感拉满，戒指缓缓转动"),
    ("男子先抬頭，然後緩慢揮手，接著說話", "男子先抬头，然后缓慢挥手，接着说话"),
    ("女孩站著看著遠方，隨後畫面切換到海邊", "女孩站着看着远方，随后画面切换到海边"),
    ("一輛銀色轎車駛過海邊公路，引擎轟鳴", "一辆银色轿车驶过海边公路，引擎轰鸣"),
    ("廚師把醬油倒進鍋裡，熱氣升騰", "厨师把酱油倒进锅里，热气升腾"),
    ("著名的画家笑着转身，镜头推近", "著名的画家笑着转身，镜头推近"),
]


@pytest.mark.parametrize("kept", ["tuned", "held_out"])
def test_other_languages_are_told_from_english(kept: str) -> None:
    others, english = DATA[kept]["other"], DATA[kept]["en"]
    assert [each for each in others if parse(each).language != "other"] == []
    wrong = [each for each in english if parse(each).language != "en"]
    assert len(wrong) <= 0.05 * len(english), wrong


@pytest.mark.parametrize("prompt", ["Die Frau dreht langsam den Kopf", "De auto rijdt naar links"])
def test_what_looks_english_is_passed_on_with_a_note(prompt: str) -> None:
    assert [each.code for each in lint(prompt).findings] == ["prompt.language"]
    assert simplify(prompt, "L3").text == prompt


@pytest.mark.parametrize("prompt", ["Car drives", "man in hat waves", "The Citroën drives left"])
def test_short_english_stays_english(prompt: str) -> None:
    assert lint(prompt).language == "en"


@pytest.mark.parametrize(
    "prompt", ["女性がゆっくり歩く", "猫が机上跳躍", "桜吹雪、少女歩行", "渋谷駅前、雨"]
)
def test_japanese_is_not_taken_for_chinese(prompt: str) -> None:
    assert parse(prompt).language == "other"


@pytest.mark.parametrize(("written", "read"), PAIRS)
@pytest.mark.parametrize("level", get_args(Level))
def test_traditional_chinese_is_cut_where_simplified_is(
    written: str, read: str, level: Level
) -> None:
    ours, theirs = simplify(written, level), simplify(read, level)
    assert [(a.rule, a.start, a.end) for a in ours.removals] == [
        (a.rule, a.start, a.end) for a in theirs.removals
    ]
    assert simplified(ours.text) == theirs.text
    assert simplified(ours.negative) == theirs.negative
    assert set(ours.text + ours.negative) <= {*written, ",", " ", "，"}


@pytest.mark.parametrize(("written", "read"), PAIRS)
def test_traditional_chinese_is_told_what_simplified_is_in_its_own_words(
    written: str, read: str
) -> None:
    ours, theirs = lint(written), lint(read)
    assert [(a.code, a.start, a.end) for a in ours.findings] == [
        (a.code, a.start, a.end) for a in theirs.findings
    ]
    assert ours.subject in written
    assert all(action in written for action in ours.actions)
    assert parse(better(written, seconds=5)).text == better(read, seconds=5)


def test_the_case_that_lost_its_action() -> None:
    assert simplify("鏡頭緩慢推進，女人轉身", "L3").text == "女人轉身"
    cut = simplify("沒有文字，沒有浮水印，女人轉身", "L3")
    assert (cut.text, cut.negative) == ("女人轉身", "文字, 浮水印")


@pytest.mark.parametrize(
    "said", ["空拍鏡頭，雲層飄動", "縮時攝影，雲層飄動", "攝影機推近，雲層飄動"]
)
def test_what_taiwan_calls_the_camera_is_the_camera(said: str) -> None:
    assert simplify(said, "L3").text == "雲層飄動"


def test_must_keep_words_stay_as_they_are_written() -> None:
    assert "緩慢" in simplify("鏡頭緩慢推進，女人轉身", "L3", ["緩慢"]).text


def test_a_scorer_is_asked_in_the_characters_that_it_learned() -> None:
    assert [each.text for each in questions.read("鏡頭推近，女人轉身").stages] == ["女人转身"]


@pytest.mark.parametrize("text", ["著名", "站著", "乾坤", "乾淨", "皇后", "後院", "𠀋", "の裡"])
def test_simplifying_characters_keeps_their_number(text: str) -> None:
    assert len(simplified(text)) == len(text)
    assert simplified("著名") == "著名"


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("a car drives left, 16:9, 24fps, 4k, 5s", "en"),
        ("a woman walks, 85mm, f/1.4, ISO 100", "en"),
        ("ＬＯＧＯ旋转，女人转身", "zh"),
        ("Die Frau dreht den Kopf, 16:9, 24fps", "other"),
        ("Frau lächelt, 85mm, f/1.4", "other"),
    ],
)
def test_measures_and_wide_letters_are_of_no_language(prompt: str, language: str) -> None:
    assert lint(prompt).language == language
