"""Simplifying only removes: what goes at each level, what stays, and what is promised for any text."""

import re
from itertools import chain

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.prompts.grammar.clauses import HAN
from pipeline.prompts.simplify import Level, simplify

LEVELS: tuple[Level, ...] = ("L0", "L1", "L2", "L3")

PROMPTS = [
    "A baker in a striped shirt dusts the table, kneads the dough and grins. The bakery is full of charm.",
    "Hyperrealistic, award-winning, 4k, an old sailor slowly lifts his cap to the camera",
    "A grey van with roof racks, parked beside a red barn, under a stormy sky, rolls off to the right.",
    "The girl first squats, then leaps over the rope and giggles with her eyes shut.",
    "The teapot does not shake and there is no logo, warm light slides over the lid",
    "A fox waits in the snow, then suddenly we are in a subway and the fox runs past the seats.",
    "slow push in on the pancake, steam curls, syrup drips over the edge",
    "The guitarist (in a cap) strums, then bows; the crowd cheers, camera pans left, camera tilts up",
    'A courier opens the "FLINT" parcel, in a dreamy and luxurious mood, pours out beads, and waves',
    "女孩先低头，然后眨眼，最后用力挥手",
    "极致奢华、充满张力的画面，滑板少年腾空跃起，把滑板踢向空中",
    "厨师手持「青禾」酱油站在灶台前，拧开瓶盖，把酱油倒进锅里，不要出现文字",
    "一辆红色卡车，车身线条硬朗，配有20英寸轮毂，停在山路旁，缓缓驶向隧道",
    "少年在桥上奔跑随后画面切换到清晨的海边他转身",
    "镜头缓慢推近，花艺师剪下玫瑰，花瓣飘落，窗外下着雪",
    "a ((painter:1.2) in [a hat]) {dips|lifts} her __size__ brush BREAK a dog barks --no text --seed 5",
    "鏡頭緩慢推進，女人(微笑:1.1)轉身，站著看著遠方，沒有浮水印 <lora:x:0.8>",
]


def simplified(prompt: str, level: Level, *must_keep: str) -> str:
    return simplify(prompt, level, must_keep).text


# What goes at the first level


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        (PROMPTS[0], "A baker in a striped shirt dusts the table, kneads the dough and grins."),
        (PROMPTS[1], "an old sailor slowly lifts his cap to the camera"),
        (PROMPTS[10], "滑板少年腾空跃起，把滑板踢向空中"),
        ("Luxury reimagined. A ring turns on velvet.", "A ring turns on velvet."),
        ("A diver sinks into the reef, evoking a sense of wonder", "A diver sinks into the reef"),
        ("A kite rises, 8k, (masterpiece:1.2), dips and spins", "A kite rises, dips and spins"),
        ("雨滴落在伞面上，电影质感，超高清，8K", "雨滴落在伞面上"),
        ("一只狐狸跃过小溪，彰显自由精神", "一只狐狸跃过小溪"),
    ],
)
def test_praise_and_quality_words_go_at_level_one(prompt: str, left: str) -> None:
    assert simplified(prompt, "L1") == left


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("A skater glides with timeless elegance across the ice", "A skater glides across the ice"),
        ("An epic bike ride starts as the rider jumps", "bike ride starts as the rider jumps"),
        ("A dreamy and luxurious boat drifts past", "A boat drifts past"),
        ("充满活力的少年跳上台阶", "少年跳上台阶"),
    ],
)
def test_praise_inside_a_clause_goes_alone(prompt: str, left: str) -> None:
    assert simplified(prompt, "L1") == left


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        (PROMPTS[2], "A grey van with roof racks, rolls off to the right."),
        (PROMPTS[12], "一辆红色卡车，缓缓驶向隧道"),
        ("In a tiled kitchen, a boy peels an orange.", "a boy peels an orange."),
        ("The singer bows. The background is a plain wall.", "The singer bows."),
    ],
)
def test_what_the_still_already_shows_goes_at_level_one(prompt: str, left: str) -> None:
    assert simplified(prompt, "L1") == left


@pytest.mark.parametrize(
    "prompt",
    [
        "a harbour with many boats and a lighthouse, camera pans left",
        "the old mill in Utrecht, Netherlands, camera tilts up",
        "a smiling man sitting at a desk with a lamp",
        "A dog is lying by the gate, then it suddenly starts chasing a ball.",
        "a closeup of a mossy stone",
        "女孩站在海边，转身挥手",
        "The heron does not move, mist drifts by",
    ],
)
def test_a_plain_prompt_stays_as_it_is_at_level_one(prompt: str) -> None:
    assert simplify(prompt, "L1").text == prompt
    assert simplify(prompt, "L1").removals == ()


# Level two: subject, actions in order, one camera move


@pytest.mark.parametrize(
    ("prompt", "stages"),
    [
        ("A man is reading a map, then he suddenly starts packing a tent.", ["reading", "packing"]),
        ("A cat is sitting on a wall, then it suddenly jumps down.", ["sitting", "then", "jumps"]),
        ("The clown first juggles, then trips and finally bows.", ["juggles", "then", "finally"]),
        ("小男孩先洗手，接着擦干，最后吃苹果", ["先洗手", "接着擦干", "最后吃苹果"]),
    ],
)
def test_stages_and_their_order_survive_level_two(prompt: str, stages: list[str]) -> None:
    text = simplified(prompt, "L2")
    places = [text.find(stage) for stage in stages]
    assert -1 not in places
    assert places == sorted(places)


def test_level_two_keeps_one_camera_move() -> None:
    assert simplified("A monk walks, camera pans left, camera zooms in", "L2") == (
        "A monk walks, camera pans left"
    )
    assert simplified("僧人行走，镜头左移，镜头拉远", "L2") == "僧人行走，镜头左移"


def test_level_two_drops_what_must_not_happen_and_keeps_who_it_was_about() -> None:
    assert simplified(PROMPTS[4], "L2") == "The teapot, warm light slides over the lid"
    assert simplified("骑手冲过终点，不要出现水印", "L2") == "骑手冲过终点"


def test_level_two_drops_a_scene_change_and_keeps_the_stage_word() -> None:
    assert (
        simplified(PROMPTS[5], "L2") == "A fox waits in the snow, then the fox runs past the seats."
    )
    assert simplified("少年在桥上奔跑随后画面变成夜晚他转身", "L2") == "少年在桥上奔跑随后他转身"


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        (PROMPTS[13], "少年在桥上奔跑"),
        (
            "A potter turns a vase, then the film cuts to a market and she waves",
            "A potter turns a vase",
        ),
        # It only comes closer, or nothing happened before.
        (
            "A potter turns a vase, cut to a close-up, the clay shines and spins",
            "A potter turns a vase, the clay shines and spins",
        ),
        ("A potter in a shed, cut to a market, she waves", "A potter in a shed, she waves"),
    ],
)
def test_what_happens_where_the_picture_is_cut_to_is_another_shot(prompt: str, left: str) -> None:
    assert simplified(prompt, "L2") == left


def test_a_must_keep_word_survives_a_cut() -> None:
    prompt = "A potter turns a vase, then we cut to a market, she lifts the LUMO bag"
    assert "LUMO" in simplified(prompt, "L2", "LUMO")


def test_level_two_drops_what_happens_outside() -> None:
    assert simplified(PROMPTS[14], "L2") == "镜头缓慢推近，花艺师剪下玫瑰，花瓣飘落"


@pytest.mark.parametrize(
    ("prompt", "simpler"),
    [
        (
            "A baker kneads dough. Two golden butterflies dance above the river.",
            "A baker kneads dough.",
        ),
        # To go the same way makes no company of two.
        (
            "The purple star moves right. Two golden butterflies fly down to the right.",
            "The purple star moves right.",
        ),
        # The light before anybody is named is there already; what drifts or steams is not.
        ("Light falls evenly over the room. A baker kneads dough.", "A baker kneads dough."),
        ("光线洒满房间。面包师揉面团。", "面包师揉面团。"),
        ("Steam rises. A baker kneads dough.", "Steam rises. A baker kneads dough."),
        (
            "A woman waits at the stop, a bus arrives.",
            "A woman waits at the stop, a bus arrives.",
        ),
    ],
)
def test_level_two_drops_what_strangers_do_where_the_main_subject_acts(
    prompt: str, simpler: str
) -> None:
    assert simplified(prompt, "L2") == simpler


def test_level_two_keeps_a_stranger_who_must_be_kept() -> None:
    prompt = "A baker kneads dough. Two golden butterflies dance above the river."
    assert simplify(prompt, "L2", ["golden butterflies"]).text == prompt


def test_a_list_of_things_is_one_action() -> None:
    prompt = "a cook tosses carrots, leeks, and mushrooms in a pan, steam rises"
    assert simplified(prompt, "L2") == prompt


# Level three: the subject and one action


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        (PROMPTS[0], "A baker kneads the dough."),
        (PROMPTS[2], "A grey van rolls off to the right."),
        (PROMPTS[3], "The girl leaps over the rope."),
        (PROMPTS[5], "A fox runs past the seats."),
        (PROMPTS[9], "女孩用力挥手"),
        (PROMPTS[10], "滑板少年把滑板踢向空中"),
        (PROMPTS[12], "一辆红色卡车缓缓驶向隧道"),
        (PROMPTS[14], "花艺师剪下玫瑰"),
        ("The man raises his head, holds a cup, then walks away.", "The man walks away."),
        ("A woman sits in a café. She stirs her tea. She looks up.", "A woman stirs her tea."),
        ("A boy is standing and slowly folding a kite.", "A boy is slowly folding a kite."),
        ("The dancer bows, hair flying, and jumps", "The dancer jumps"),
        ("水壶倾斜，热水缓缓倒入碗中，蒸汽升腾", "水壶，热水缓缓倒入碗中"),
    ],
)
def test_level_three_is_the_subject_and_the_action_that_matters(prompt: str, left: str) -> None:
    assert simplified(prompt, "L3") == left


def test_a_subject_stays_when_something_else_acts() -> None:
    assert simplified("The boot stands on a rock; waves hit the sole and foam flies.", "L3") == (
        "The boot; waves hit the sole."
    )
    assert simplified(PROMPTS[6], "L3") == "the pancake, syrup drips over the edge"


def test_a_noun_that_looks_like_a_verb_is_no_action() -> None:
    assert simplified("The running shoe turns, a hand ties it", "L3") == "The running shoe turns"
    assert simplified("跑车停在路边，引擎轰鸣，突然冲向弯道", "L3") == "跑车突然冲向弯道"


def test_without_an_action_nothing_more_is_lost() -> None:
    for prompt in ("Make it move", "让它动起来", "a lake with mountains, camera static"):
        assert simplified(prompt, "L3") == prompt


# Must-keep words


def test_a_must_keep_word_decides_which_action_matters() -> None:
    prompt = "The man kicks the ball, pours the NORD cola, drinks it"
    assert simplified(prompt, "L3") == "The man drinks it"
    assert simplified(prompt, "L3", "NORD") == "The man pours the NORD cola"


def test_a_must_keep_word_stays_beside_the_action_that_matters() -> None:
    assert simplified(PROMPTS[11], "L3", "青禾").startswith("厨师手持「青禾」酱油")
    assert simplified(PROMPTS[11], "L3", "青禾").endswith("把酱油倒进锅里")
    assert simplified(PROMPTS[2], "L3", "roof racks") == (
        "A grey van with roof racks rolls off to the right."
    )
    assert "4k" in simplified(PROMPTS[1], "L3", "4K")


# Other languages


@pytest.mark.parametrize(
    "prompt",
    [
        "Une femme marche dans la rue, puis elle sourit, 8k, ultra",
        "Eine Frau gießt Milch in ein Glas und lächelt, 8k",
        "Un hombre salta a la piscina, 8k, cinematic",
        "O homem abre a garrafa e bebe, 8k",
        "女性がゆっくり歩いて、コーヒーを飲む、8k",
        "여자가 걷는다, 8k, masterpiece",
        "Женщина идёт по улице, 8k",
        "🎬🎬🎬",
    ],
)
def test_other_languages_pass_unchanged(prompt: str) -> None:
    for level in LEVELS:
        assert simplify(prompt, level).text == prompt


# What is promised for any text

WORDS = sorted(set(chain.from_iterable(re.findall(r"[\w「」]+|[^\w\s]\s*", p) for p in PROMPTS)))
GLUE = [
    " ",
    "  ",
    ", ",
    "，",
    "。",
    ". ",
    " and ",
    " then ",
    "然后",
    "(",
    ")",
    "「",
    '"',
    "\n",
    "\u0301",
    "ß",
    "İ",
]
jumbled = st.lists(st.sampled_from(WORDS) | st.sampled_from(GLUE), max_size=30).map("".join)
spoken = st.lists(st.sampled_from(PROMPTS), min_size=1, max_size=2).map(" ".join)
prompts = st.one_of(
    spoken,
    jumbled,
    jumbled.map(lambda text: f"a woman {text} walks"),
    st.text(),
    st.text(st.characters(codec=None)),
)
levels = st.sampled_from(LEVELS)
any_text = settings(deadline=None, max_examples=60)


def told(text: str) -> list[str]:
    """Words of writings with spaces, and single Chinese characters."""
    return re.findall(rf"[{HAN}]|[^\W_{HAN}]+", text)


def is_subsequence(words: list[str], of: list[str]) -> bool:
    rest = iter(of)
    return all(word in rest for word in words)


@any_text
@given(prompts, levels)
def test_simplifying_only_removes_whole_words(prompt: str, level: Level) -> None:
    assert is_subsequence(told(simplify(prompt, level).text), told(prompt))


@any_text
@given(prompts, levels)
def test_the_removals_are_exactly_what_is_missing(prompt: str, level: Level) -> None:
    result = simplify(prompt, level)
    left, at = "", 0
    for removal in result.removals:
        assert prompt[removal.start : removal.end] == removal.text
        left, at = left + prompt[at : removal.start], removal.end
    assert left + prompt[at:] == result.text


@any_text
@given(prompts, levels)
def test_simplifying_twice_is_simplifying_once(prompt: str, level: Level) -> None:
    once = simplify(prompt, level).text
    assert simplify(once, level).text == once


@any_text
@given(prompts)
def test_a_higher_level_is_never_longer(prompt: str) -> None:
    texts = [simplify(prompt, level).text for level in LEVELS]
    assert texts[0] == prompt
    assert [len(text) for text in texts] == sorted(map(len, texts), reverse=True)


@any_text
@given(prompts, levels)
@example("masterpiece, 8k", "L1")
@example("不要变形", "L3")
def test_a_prompt_never_becomes_empty(prompt: str, level: Level) -> None:
    assert bool(simplify(prompt, level).text.strip()) == bool(prompt.strip())


@any_text
@given(st.data(), prompts, levels)
def test_must_keep_words_stay(data: st.DataObject, prompt: str, level: Level) -> None:
    words = told(prompt) or [prompt]
    kept = data.draw(st.lists(st.sampled_from(words), max_size=3))
    text = simplify(prompt, level, [*kept, "absent", ""]).text
    assert [word for word in kept if word not in text] == []
    assert simplify(text, level, kept).text == text


@any_text
@given(spoken, levels)
def test_nothing_dangles_after_a_cut(prompt: str, level: Level) -> None:
    result = simplify(prompt, level)
    if result.removals:
        assert "  " not in result.text
        assert not re.search(r"^[\s,;，；、]|[\s,;，；、]$|[,;，；]\s*[,;.，；。]", result.text)
        assert not re.search(r"(?i)^(?:and|then|然后)\b|(?:\b(?:and|then)|然后)\W*$", result.text)
