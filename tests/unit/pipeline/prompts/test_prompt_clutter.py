"""What is left at level three of wishes that are buried in clutter: who acts, and the one motion."""

import random

import pytest

from pipeline.prompts.lint import lint
from pipeline.prompts.simplify import simplify
from pipeline.toy import captions, choosing, world
from pipeline.toy.world import Scene

PRAISE_ZH = (
    "极致唯美，尽显东方韵味。",
    "震撼人心的视觉盛宴，充满诗意。",
    "电影质感，超高清，8K，大师级作品。",
    "致敬每一个勇敢的灵魂。",
)
STATIC_ZH = (
    "地面平整均匀，纹理细腻。",
    "背景是柔和的暖色调，光线均匀。",
    "构图居中，画面简洁。",
    "光线均匀地洒在整个画面上，空气清新。",
)
SECOND_ZH = (
    "一只灰猫慢慢走过，望着天空。",
    "两只金色蝴蝶在上方飞舞，然后飞向右下方。",
    "一只银色的鸟绕着它一圈圈盘旋。",
    "一朵小小的白云从背景中飘过。",
)


def scenes(seed: str, count: int) -> list[Scene]:
    """One motion each, every fourth with two."""
    rng = random.Random(seed)
    return [
        choosing.choose(rng, moves=choosing.choose_stages(rng), free=False)
        if number % 4 == 3
        else choosing.choose(rng, moves=(world.MOTIONS[number % len(world.MOTIONS)],))
        for number in range(count)
    ]


def buried(wish: str, rng: random.Random, *, chinese: bool) -> str:
    clutter = (PRAISE_ZH, STATIC_ZH, SECOND_ZH)
    if not chinese:
        clutter = (captions.PRAISE, captions.STATIC, captions.SECOND)
    praise, static, second = (rng.choice(each) for each in clutter)
    glue = "" if chinese else " "
    return glue.join((praise, static, wish, second))


def core(text: str) -> str:
    return simplify(text, "L3").text.rstrip(".。").casefold()


def leftovers(cases: list[tuple[str, list[str]]]) -> dict[str, str]:
    """Prompt → what level three made of it, where that is none of the wanted sentences."""
    made = {prompt: core(prompt) for prompt, _ in cases}
    return {prompt: made[prompt] for prompt, wanted in cases if made[prompt] not in wanted}


def test_a_plain_wish_in_english_clutter_is_all_that_is_left() -> None:
    rng = random.Random("plain")
    cases = [
        (
            captions.cluttered(scene, rng),
            [
                f"the {scene.colour} {scene.shape} {captions.ENGLISH[move][0]}"
                for move in scene.moves
            ],
        )
        for scene in scenes("plain", 300)
    ]
    assert leftovers(cases) == {}


def test_a_wish_as_anyone_might_write_it_in_english_clutter_is_all_that_is_left() -> None:
    rng = random.Random("phrased")
    cases: list[tuple[str, list[str]]] = []
    for scene in scenes("phrased", 300):
        wish = captions.english(scene, rng)
        if "does not move" in wish:
            continue  # what must not be goes to the negative prompt
        named = [f"{article} {scene.colour} {scene.shape}" for article in ("a", "the")]
        wanted = [
            f"{name} {act}"
            for name in named
            for move in scene.moves
            for act in captions.ENGLISH[move]
        ]
        wish = wish[0].upper() + wish[1:].rstrip(".") + "."
        cases.append((buried(wish, rng, chinese=False), wanted))
    assert leftovers(cases) == {}


def test_a_wish_in_chinese_clutter_is_all_that_is_left() -> None:
    rng = random.Random("chinese")
    cases: list[tuple[str, list[str]]] = []
    for scene in scenes("chinese", 300):
        wish = captions.chinese(scene, rng)
        name = wish[: wish.index(next(s for s in _shapes(scene) if s in wish))]
        named = [name + shape for shape in _shapes(scene)]
        acts = [act for move in scene.moves for act in captions.CHINESE[move]]
        wanted = [who + act for who in named for act in acts]
        cases.append((buried(wish.rstrip("。") + "。", rng, chinese=True), wanted))
    assert leftovers(cases) == {}


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("The ground is even and calm. The red star moves left.", "The red star moves left."),
        ("The shelf is made of oak. A candle flickers.", "A candle flickers."),
        ("An old barn stands on a hill. A horse gallops past.", "A horse gallops past."),
        ("球场空旷。少年跃向篮筐。", "少年跃向篮筐。"),
        ("盛夏的味道。西瓜慢慢裂开。", "西瓜慢慢裂开。"),
    ],
)
def test_a_name_that_does_nothing_goes_at_level_three(prompt: str, left: str) -> None:
    assert simplify(prompt, "L3").text == left


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("The jar is tall. A hand lifts it.", "The jar. A hand lifts it."),
        ("The jar stands on oak; honey drips down.", "The jar; honey drips down."),
        ("The kettle is steel. Its lid pops off.", "The kettle. Its lid pops off."),
    ],
)
def test_a_name_stays_that_the_action_needs(prompt: str, left: str) -> None:
    assert simplify(prompt, "L3").text == left


def test_a_name_stays_that_must_be_kept() -> None:
    prompt = "The NORD kettle stands on oak. A waiter pours wine."
    assert simplify(prompt, "L3", ["NORD"]).text == "The NORD kettle. A waiter pours wine."


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("The chef smiles. A waiter pours wine by the window.", "The chef smiles."),
        ("The cone melts. A bee circles around it and stings a boy.", "The cone melts."),
        ("The star rests. Two butterflies dance above.", "The star rests."),
        ("A vase stays perfectly still on a tray. A cat walks past it.",
         "A vase stays perfectly still on a tray."),
        ("Foam rises in a glass. A waiter drops a plate.", "Foam rises in a glass."),
        ("主厨对着盘子微笑。一名服务员在旁边切柠檬，扔进杯子里。", "主厨对着盘子微笑。"),
        ("地面光可鉴人。一辆跑车缓缓转动。几位老人举起手机拍照。", "一辆跑车缓缓转动。"),
        ("A motorcycle leans into the bend. A driver honks.", "A motorcycle leans into the bend."),
        ("紫砂壶静止不动。一只猫从架子上跳下。", "紫砂壶静止不动。"),
    ],
)  # fmt: skip
def test_what_the_main_subject_does_wins_over_a_strangers_stronger_verb(
    prompt: str, left: str
) -> None:
    assert simplify(prompt, "L3").text == left


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("A girl watches as a baker kneads the dough.", "a baker kneads the dough."),
        ("The cake sits on a table. A baker dusts it with sugar.", "A baker dusts it with sugar."),
        ("A vase stays still. Light sweeps over the glass.", "Light sweeps over the glass."),
    ],
)
def test_whoever_acts_beside_one_that_does_not_is_the_hero(prompt: str, left: str) -> None:
    assert simplify(prompt, "L3").text.endswith(left)


@pytest.mark.parametrize(
    "far", ["A cloud drifts through the background.", "一朵白云从背景中飘过。"]
)
def test_what_stays_still_wins_over_what_is_far_off(far: str) -> None:
    still = "红色方块静止不动。" if far[0] == "一" else "The red square rests. "
    assert simplify(still + far, "L3").text == still.strip()


def test_light_before_what_stays_still_only_sets_the_scene() -> None:
    prompt = "Light falls over the whole scene. The red square rests."
    assert simplify(prompt, "L3").text == "The red square rests."


def test_a_stranger_that_must_be_kept_may_still_be_the_hero() -> None:
    prompt = "The chef smiles. A waiter pours NORD cola by the window."
    assert "pours NORD cola" in simplify(prompt, "L3", ["NORD"]).text


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("Everything looks clean and calm. A boy jumps.", "A boy jumps."),
        ("The court is empty, lines freshly painted. A boy jumps.", "A boy jumps."),
        ("The kitchen is bright, with copper pans along the wall. A boy jumps.", "A boy jumps."),
        ("Glow like never before. A boy jumps.", "A boy jumps."),
        ("Pure adrenaline meets engineering. A boy jumps.", "A boy jumps."),
        ("地面刚刷过漆，摆着青花瓷碗，宛如画卷。少年跳起。", "少年跳起。"),
        ("科技点亮生活。为无畏者而生。少年跳起。", "少年跳起。"),
    ],
)
def test_how_things_look_and_what_is_praised_is_no_action(prompt: str, left: str) -> None:
    assert simplify(prompt, "L3").text == left


def test_a_plural_without_an_article_is_no_verb_before_another() -> None:
    assert lint("neon signs glow on the wall").subject == "neon signs"


def _shapes(scene: Scene) -> tuple[str, ...]:
    return captions.CHINESE_SHAPES[scene.shape]
