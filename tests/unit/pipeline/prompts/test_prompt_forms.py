"""Prompts that are filled in like a form, ordered like a film, or written without punctuation."""

import pytest

from pipeline.prompts.lint import lint
from pipeline.prompts.simplify import simplify


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        (
            "scene: pine forest; light: low sun; action: the ranger lifts the axe; "
            "camera: slow arc right; end: she nods",
            "the ranger lifts the axe",
        ),
        ("场景：老茶馆；动作：掌柜提起铜壶；镜头：缓慢横移；结尾：茶客微笑", "掌柜提起铜壶"),
        ("【场景】码头，海鸥盘旋；【动作】水手抛出缆绳；【镜头】固定", "水手抛出缆绳"),
    ],
)
def test_what_stands_in_the_field_of_the_action_stays(prompt: str, left: str) -> None:
    assert simplify(prompt, "L3").text == left


def test_the_label_of_the_action_stays_as_long_as_more_than_it_does() -> None:
    simpler = simplify("【场景】码头；【动作】水手抛出缆绳，浪花飞溅；【镜头】固定", "L2").text
    assert simpler.startswith("【动作】水手抛出缆绳")


def test_a_word_in_such_brackets_that_is_no_label_is_lettering() -> None:
    assert "【极光】" in simplify("【极光】腕表缓缓旋转", "L3").text


def test_what_is_ordered_is_no_action() -> None:
    prompt = "想要一个小狗在沙滩上的视频，小狗叼起一根树枝"
    assert lint(prompt).actions == ("叼起一根树枝",)
    assert "叼起一根树枝" in simplify(prompt, "L3").text


def test_spaces_divide_chinese_that_has_no_other_punctuation() -> None:
    prompt = "海边黄昏 情侣站在栈桥上看海 男生突然单膝跪下 女生捂住嘴"
    assert simplify(prompt, "L3").text == "男生突然单膝跪下"


@pytest.mark.parametrize(
    "prompt",
    [
        "The camera slowly dollies in on a vase. Nothing else in the room moves.",
        "镜头从门口缓缓推近，掠过长桌，阳光洒在地板上，无人",
    ],
)
def test_where_only_light_moves_the_camera_stays(prompt: str) -> None:
    simpler = simplify(prompt, "L3").text
    assert "dollies in" in simpler or "缓缓推近" in simpler
