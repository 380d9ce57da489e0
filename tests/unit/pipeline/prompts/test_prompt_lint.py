"""Each finding has a prompt that shows it and one that nearly does, in English and in Chinese."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.findings import Severity
from pipeline.prompts.findings import Code
from pipeline.prompts.grammar.clauses import HAN
from pipeline.prompts.grammar.prompt import parse
from pipeline.prompts.lint import MOST_WORDS, PromptFinding, lint

LONG = "a cook with " + ", ".join(f"pot {n} of soup" for n in range(20))
LONG_ZH = "厨师站在灶台前，" + "，".join("架子上摆着一口锅" for _ in range(12))


def codes(prompt: str, seconds: float = 5.0) -> set[str]:
    return {finding.code for finding in lint(prompt, seconds=seconds).findings}


def the(prompt: str, code: str, seconds: float = 5.0) -> list[PromptFinding]:
    return [each for each in lint(prompt, seconds=seconds).findings if each.code == code]


SHOWN = {
    "prompt.empty": ["", "   ", "\n\t"],
    "prompt.placeholder": [
        "TBD",
        "#REF!",
        '=HYPERLINK("a","b")',
        "x",
        "-",
        "🎬🎬",
        "待定",
        "，。",
        "待補充",
    ],
    "prompt.notation": [
        "a woman (smiling:1.2) walks",
        "a car drives left --ar 16:9",
        "a car drives left <lora:drift:0.8>",
        "女人（转身：1.2）",
        "Une ((femme)) marche",
    ],
    "prompt.html": ["A swan takes off.<br>It lands.", "天鹅起飞。&nbsp;它落下。"],
    "prompt.no_subject": [
        "Make it move",
        "Bring this photo to life",
        "She smiles",
        "Add some motion",
        "让她动起来",
        "动起来",
        "给画面加点动态",
    ],
    "prompt.no_action": [
        "a mossy stone beside a pond",
        "Let it move",
        "An elegant vision of tomorrow's luxury",
        "Make our sofa look cozy and premium",
        "A man sits in a café",
        "池塘边长满青苔的石头",
        "让模特动起来",
        "重新定义奢华生活",
    ],
    "prompt.subject_late": [
        "slow pan across the desk, a clerk stamps the letter",
        "In a tiled kitchen, a boy peels an orange.",
        "award-winning, 4k, a swan takes off",
        "镜头推近，书法家写下一个字",
        "清晨的院子里，奶奶喂鸡",
        "高级感拉满，腕表的表盘缓缓打开，机芯转动",
    ],
    "prompt.abstract": [
        "A kite rises, evoking a sense of freedom",
        "timeless elegance, a ring turns on velvet",
        "Indulge in pure luxury: a spoon breaks the crust",
        "Freedom starts here. A van rolls off.",
        "风筝升起，自由自在，尽显活力",
        "氛围感拉满，戒指缓缓转动",
        "致敬每一份热爱，工匠敲打铜片",
    ],
    "prompt.static": [
        "A brown bag with brass buckles and a long strap, placed on a stone wall beside a rusty gate "
        "and a row of tall cypress trees, swings open",
        "a clerk, a desk lamp with a green shade, four stacks of paper, a brass bell, a wooden clock "
        "on the wall, stamps a letter",
        "一个棕色手提包，配有黄铜搭扣，表面光滑，放在石墙上，旁边是生锈的铁门，缓缓打开",
    ],
    "prompt.two_subjects": [
        "A potter shapes a vase, a rocket lifts off from the desert",
        "The van is parked by the road, a whale leaps out of the sea",
        "陶艺师拉坯，火箭从沙漠升空",
        "货车停在路边，鲸鱼跃出海面",
    ],
    "prompt.too_many_actions": [
        "The clerk opens the drawer, takes out a stamp, stamps the letter, folds it, seals it, walks "
        "to the door and throws it into the box",
        "店员打开抽屉，取出印章，盖章，折好信纸，封口，走到门口，投进邮筒",
    ],
    "prompt.scene_change": [
        "A clerk stamps a letter, cut to a beach at night",
        "A clerk stamps a letter, then suddenly we are in a submarine",
        "店员盖章，画面切换到夜晚的海滩",
        "店员盖章，转场，他在潜艇里转身",
    ],
    "prompt.negation": [
        "A swan takes off, no boats, without any text",
        "Don't show the label. A cork pops out",
        "天鹅起飞，不要出现船，无文字",
        "天鹅起飞，全程不眨眼",
    ],
    "prompt.camera_only": [
        "Camera orbits slowly around the vase",
        "slow zoom in on a brass bell",
        "镜头环绕花瓶",
        "镜头缓缓拉远",
    ],
    "prompt.too_long": [LONG + ", " + LONG + " and he stirs", LONG_ZH + "，他搅拌锅里的汤"],
    "prompt.language": [
        "Une femme marche dans la rue, puis elle sourit",
        "Ein Hund springt über den Zaun",
        "女性がゆっくり歩いて、コーヒーを飲む",
        "고양이가 공을 물고 뛴다",
        "Кошка прыгает на стол",
    ],
}

NEARLY = {
    "prompt.empty": ["-", "跑", "8"],
    "prompt.placeholder": [
        "a test tube fills",
        "the word TODO is written on a wall",
        "跑",
        "待机的手机亮起",
    ],
    "prompt.notation": [
        "a woman (a tall one) walks",
        "a sign that says [OPEN] swings",
        "black-and-white --- slow, a man walks",
        "A MAN AND A WOMAN DANCE",
        "女人（穿着红裙）转身",
    ],
    "prompt.html": ["A swan takes off <3", "<lens-flare> A swan of R&D takes off"],
    "prompt.no_subject": [
        "Make the swan move its wings",
        "Let the boy run to the gate",
        "The eye opens",
        "让男孩跑向大门",
        "眼睛睁开",
    ],
    "prompt.no_action": [
        "The running shoe stands on a rock; waves hit the sole",
        "Have the model smile and wave",
        "a stack of plates is knocked over",
        "A man sits up",
        "跑鞋放在石头上，海浪拍打鞋底",
        "让模特转身微笑",
        "老人垂钓",
    ],
    "prompt.subject_late": [
        "A clerk stamps the letter, slow pan across the desk",
        "a boy in a tiled kitchen peels an orange",
        "Close-up of a swan that takes off",
        "书法家写下一个字，镜头推近",
        "奶奶在院子里喂鸡",
    ],
    "prompt.abstract": [
        "A white cat bats a ball with its paw",
        "soft light glides across a glass",
        "自信微笑的男子挥手",
        "女孩转身微笑，阳光洒在她的脸上",
    ],
    "prompt.static": [
        "A clerk in a green cap stamps the letter",
        "The bag, placed on a wall, swings open",
        "店员戴着绿帽子，在信上盖章",
    ],
    "prompt.two_subjects": [
        "A potter shapes a vase, the clay spins, water drips from his hands",
        "A mother lifts her baby, the baby giggles",
        "A man throws a stick and the dog fetches the stick",
        "The motorcycle leans into the curve, the rider lowers his head",
        "a man and a woman dance",
        "陶艺师拉坯，陶土旋转，水滴落下",
        "外婆把红包递给孙子，孙子抱住外婆",
        "茶壶倾斜，茶水注入杯中，热气升腾",
    ],
    "prompt.too_many_actions": [
        "The clerk opens the drawer, stamps the letter and smiles",
        "A cat bats a ball, its body rocks, its tail sways, its ears twitch",
        "店员打开抽屉，盖章，微笑",
    ],
    "prompt.scene_change": [
        "A clerk cuts a ribbon to the rhythm",
        "The chef cuts two slices",
        "厨师切下两片面包",
        "少女换上外套，转身",
    ],
    "prompt.negation": [
        "A clerk ties a knot",
        "A nodding dog turns its head",
        "不锈钢水壶倾斜，水不断流出",
        "无人机掠过麦田",
        "特别的女孩转身告别",
    ],
    "prompt.camera_only": [
        "Camera orbits around the vase, a petal falls",
        "The panda looks at the camera and sneezes",
        "a room with a desk, camera static",
        "镜头环绕花瓶，一片花瓣落下",
        "熊猫看向镜头，打了个喷嚏",
    ],
    "prompt.too_long": [LONG + " stirs", "厨师搅拌锅里的汤，" * 9],
    "prompt.language": [
        "A barista in the café pours a crème",
        "「NORVA」跑鞋踩进水坑",
        "Burger, fries",
    ],
}


@pytest.mark.parametrize(("code", "prompt"), [(c, p) for c, each in SHOWN.items() for p in each])
def test_a_prompt_that_shows_it_is_told(code: str, prompt: str) -> None:
    assert code in codes(prompt)


@pytest.mark.parametrize(("code", "prompt"), [(c, p) for c, each in NEARLY.items() for p in each])
def test_a_prompt_that_nearly_shows_it_is_not(code: str, prompt: str) -> None:
    assert code not in codes(prompt)


def test_every_code_has_both() -> None:
    assert set(SHOWN) == set(NEARLY) == {code.value for code in Code}


def test_a_good_prompt_has_nothing_said_about_it() -> None:
    assert codes("The sneaker lands in a puddle, water sprays to both sides.") == set()
    assert codes("跑鞋踩进水坑，水花向两侧飞溅") == set()


# Spans


@pytest.mark.parametrize(
    ("prompt", "code", "words"),
    [
        ("A kite rises, pure magic, and dips", "prompt.abstract", ["pure magic"]),
        ("A dreamy boat drifts past", "prompt.abstract", ["dreamy"]),
        ("A swan lands, no boats, no text", "prompt.negation", ["no boats", "no text"]),
        ("The vase does not shake, a petal falls", "prompt.negation", ["does not shake"]),
        ("camera pans left, a clerk waves", "prompt.subject_late", ["a clerk"]),
        ("A clerk waves, cut to a beach", "prompt.scene_change", ["cut to a beach"]),
        ("Slow zoom in on the vase", "prompt.camera_only", ["Slow zoom in on the vase"]),
        ("风筝升起，氛围感拉满", "prompt.abstract", ["氛围感拉满"]),
        ("天鹅降落，不要出现船", "prompt.negation", ["不要出现船"]),
        ("镜头推近，店员挥手", "prompt.subject_late", ["店员"]),
    ],
)
def test_the_span_is_what_the_advice_is_about(prompt: str, code: str, words: list[str]) -> None:
    assert [prompt[each.start : each.end] for each in the(prompt, code)] == words


def test_what_is_too_long_begins_where_it_becomes_too_long() -> None:
    prompt = " ".join(["very"] * MOST_WORDS) + " old clerk waves"
    [finding] = the(prompt, "prompt.too_long")
    assert prompt[finding.start : finding.end] == "old clerk waves"


# Seconds


def test_shorter_clips_hold_fewer_actions() -> None:
    prompt = "The clerk opens the drawer, stamps the letter and throws it away"
    assert codes(prompt, seconds=5) == set()
    assert codes(prompt, seconds=2) == {"prompt.too_many_actions"}
    assert "2 s" in the(prompt, "prompt.too_many_actions", seconds=2)[0].message


def test_one_action_fits_into_any_clip() -> None:
    assert codes("The clerk throws the letter away", seconds=0.5) == set()


# Advice


def test_advice_is_one_sentence_in_the_prompts_language() -> None:
    for prompt in [prompt for each in SHOWN.values() for prompt in each]:
        report = lint(prompt)
        for finding in report.findings:
            chinese = re.search(rf"[{HAN}]{{4}}", finding.message) is not None
            in_chinese = report.language == "zh"
            assert finding.message.endswith("。" if in_chinese else ".")
            assert chinese or report.language != "zh"
            assert "{" not in finding.message


def test_what_wastes_a_render_is_an_error_and_what_mends_itself_is_less() -> None:
    severities = {
        each.code: each.severity for p in SHOWN.values() for x in p for each in lint(x).findings
    }
    assert severities["prompt.empty"] is Severity.ERROR
    assert severities["prompt.placeholder"] is Severity.ERROR
    assert severities["prompt.notation"] is Severity.WARNING
    assert severities["prompt.no_action"] is Severity.ERROR
    assert severities["prompt.scene_change"] is Severity.ERROR
    assert severities["prompt.negation"] is Severity.WARNING
    assert severities["prompt.subject_late"] is Severity.INFO
    assert severities["prompt.language"] is Severity.INFO


# Who acts, and what happens


@pytest.mark.parametrize(
    ("prompt", "subject", "actions"),
    [
        ("A clerk in a cap stamps a letter and waves", "clerk", ["stamps a letter", "waves"]),
        ("A cat bats a ball, its tail sways", "cat", ["bats a ball", "its tail sways"]),
        ("slow dolly in on the steak, steam rises", "steak", ["steam rises"]),
        ("Create a video of a dog running on the beach", "dog", ["running on the beach"]),
        ("A dog sits by the door, then it chases a fly", "dog", ["chases a fly"]),
        ("画面中的男子先抬头，然后缓慢挥手", "男子", ["先抬头", "缓慢挥手"]),
        ("一辆银色轿车，停在路边，驶向远方", "银色轿车", ["驶向远方"]),
        ("让女孩转身微笑", "女孩", ["转身微笑"]),
    ],
)
def test_the_report_names_who_acts_and_what_happens(
    prompt: str, subject: str, actions: list[str]
) -> None:
    report = lint(prompt)
    assert (report.subject, list(report.actions)) == (subject, actions)


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("A clerk waves", "en"),
        ("店员挥手", "zh"),
        ("NORVA 店员在 café 里挥手", "zh"),
        ("Un homme marche dans la rue", "other"),
        ("", "other"),
    ],
)
def test_the_language_is_told(prompt: str, language: str) -> None:
    assert lint(prompt).language == language


# What is promised for any text

WORDS = [each for prompts in SHOWN.values() for prompt in prompts for each in prompt.split()]
jumbled = st.lists(st.sampled_from([*WORDS, ", ", "，", "不", "no ", "\n", "\u0301"]), max_size=25)
anything = st.one_of(
    st.text(), jumbled.map(" ".join), jumbled.map("".join), st.text(st.characters(codec=None))
)


@settings(deadline=None, max_examples=80)
@given(anything, st.floats(0.1, 20))
@example("\ud800 a 女孩 \udfff walks", 5.0)
@example("\x00", 5.0)
def test_any_text_is_read_and_every_span_lies_within_it(prompt: str, seconds: float) -> None:
    report = lint(prompt, seconds=seconds)
    for finding in report.findings:
        assert 0 <= finding.start <= finding.end <= len(prompt)
        assert finding.start < finding.end or finding.code == "prompt.empty"
    told = " ".join(parse(prompt).unmarked.split())
    assert report.subject in prompt or report.subject in told
    assert all(each and (each in prompt or each in told) for each in report.actions)
