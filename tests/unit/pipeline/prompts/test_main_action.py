"""Which one action is left at L3: what an author leads up to, and never what the still shows already."""

import pytest

from pipeline.prompts.lint import lint
from pipeline.prompts.simplify import simplify


def kept(prompt: str, *must_keep: str) -> str:
    return simplify(prompt, "L3", must_keep).text


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        (
            "A cook cracks two eggs, shakes it once and flips the omelette",
            "A cook flips the omelette",
        ),
        ("A smith heats the bar, turns it over and hammers it flat", "A smith hammers it flat"),
        ("A porter sets down the trunk, tips his cap and strides off", "A porter strides off"),
        ("先放下报纸，接着摘下眼镜，随后望向窗外", "望向窗外"),
        ("老船长先收起地图，接着戴上帽子，最后望向大海", "老船长望向大海"),
        ("铁匠夹起铁条，翻了翻，把它敲平", "铁匠把它敲平"),
    ],
)
def test_what_is_led_up_to_comes_last(prompt: str, left: str) -> None:
    assert kept(prompt) == left


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        (
            "A nurse closes the curtain, pulls up a chair and sits by the bed",
            "A nurse sits by the bed",
        ),
        (
            "A gull circles the mast, spreads its wings and lands on the rail",
            "A gull lands on the rail",
        ),
        ("公交车驶过路口，减速，停在站牌前", "公交车停在站牌前"),
        ("老人推开院门，放下竹篮，坐在石凳上", "老人坐在石凳上"),
    ],
)
def test_where_somebody_comes_to_rest_is_led_up_to(prompt: str, left: str) -> None:
    assert kept(prompt) == left


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("A cat sits on the sill, yawns and stretches", "A cat stretches"),
        ("A boy bounces a ball, sitting on the steps", "A boy bounces a ball"),
        ("女孩坐在窗边，翻开一本书", "女孩翻开一本书"),
        ("男孩拍着皮球，奶奶坐在门口", "男孩拍着皮球"),
    ],
)
def test_where_somebody_rests_already_is_no_action(prompt: str, left: str) -> None:
    assert kept(prompt) == left


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("A girl throws the ball, laughs and claps", "A girl throws the ball"),
        ("A smith hammers the bar, wipes his brow and nods", "A smith hammers the bar"),
        ("女孩抛出皮球，大笑，鼓掌", "女孩抛出皮球"),
    ],
)
def test_a_reaction_at_the_end_is_not_what_it_was_about(prompt: str, left: str) -> None:
    assert kept(prompt) == left


def test_a_gesture_that_is_said_to_come_last_does() -> None:
    assert kept("First she folds the map, finally she looks up at the tower") == (
        "she looks up at the tower"
    )


def test_a_list_of_many_things_leads_up_to_nothing() -> None:
    prompt = "The boy runs off, kicks a ball, climbs a tree, walks home and closes the door"
    assert "closes the door" not in kept(prompt)


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        (
            "A painting hangs on the wall, the curtain sways in the breeze",
            "the curtain sways in the breeze",
        ),
        ("A poster is taped to the door, a globe spins on the desk", "a globe spins on the desk"),
        ("Copper pans hang from the ceiling, soup boils over", "soup boils over"),
        ("墙上挂着一幅画，窗帘轻轻飘动", "窗帘轻轻飘动"),
        ("书架上堆满了书，吊扇缓缓转动", "吊扇缓缓转动"),
    ],
)
def test_what_hangs_on_a_wall_goes(prompt: str, left: str) -> None:
    assert kept(prompt) == left


def test_what_hangs_on_a_wall_is_no_second_subject() -> None:
    report = lint("Books line the wall, an old man reads")
    assert report.subject == "old man"
    assert "prompt.two_subjects" not in {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("A lantern hangs from a branch, it swings in the wind", "A lantern swings in the wind"),
        ("A bell hangs from the beam", "A bell hangs from the beam"),
    ],
)
def test_what_hangs_and_moves_stays(prompt: str, left: str) -> None:
    assert kept(prompt) == left


def test_a_must_keep_word_outweighs_the_order() -> None:
    prompt = "The man kicks the ball, pours the NORD cola, drinks it"
    assert kept(prompt) != kept(prompt, "NORD")
    assert "NORD" in kept(prompt, "NORD")


def told(prompt: str, seconds: float) -> bool:
    found = lint(prompt, seconds=seconds).findings
    return "prompt.too_many_actions" in {finding.code for finding in found}


@pytest.mark.parametrize(
    "prompt",
    [
        "A gymnast steps forward, bows, raises both arms, rises onto her toes and spins once",
        "The child shakes his head, lifts his chin, turns once, claps and jumps",
        "体操运动员走上前，鞠躬，举起双臂，踮起脚尖，转一圈",
    ],
)
def test_gestures_are_over_at_once(prompt: str) -> None:
    assert not told(prompt, seconds=5)
    assert told(prompt, seconds=2)


def test_as_many_actions_that_take_their_time_do_not_fit() -> None:
    assert told(
        "A cook peels a carrot, chops it, fries it, stirs the soup and pours it out", seconds=5
    )


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        (
            "Rain falls and people hurry past behind him as the cellist draws his bow over the strings",
            "the cellist draws his bow over the strings",
        ),
        (
            "Cyclists roll by in the background, and a girl in a blue coat blows a soap bubble",
            "a girl blows a soap bubble",
        ),
        ("蒸锅冒着热气，身后的行人来来往往，摊主翻动煎饼", "摊主翻动煎饼"),
        ("薄雾在山谷里飘荡，远处几个农民在插秧，牧童吹起竹笛", "牧童吹起竹笛"),
    ],
)
def test_what_goes_on_around_the_shot_goes(prompt: str, left: str) -> None:
    assert kept(prompt) == left


def test_who_acts_in_the_background_is_the_subject_where_nobody_else_acts() -> None:
    assert kept("A red kite loops in the background") == "A red kite loops in the background"


def test_what_somebody_did_before_names_nobody() -> None:
    prompt = "After locking the shed and pulling off his gloves, the gardener climbs the ladder"
    assert kept(prompt) == "the gardener climbs the ladder"
    assert not [each for each in lint(prompt).findings if each.code == "prompt.two_subjects"]


def test_what_comes_of_a_tool_is_an_action() -> None:
    assert kept("铁匠用锉刀锉平一把钥匙，抬头看了一眼镜头") == "铁匠用锉刀锉平一把钥匙"


def test_praise_with_an_adverb_goes() -> None:
    prompt = "A canoe glides over the lake, simply beautiful, absolutely gorgeous"
    assert simplify(prompt, "L1").text == "A canoe glides over the lake"
