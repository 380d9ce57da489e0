"""Who is a prompt about that sets a scene first: not the crowd, the lamp or whoever is busy behind."""

import pytest

from pipeline.prompts.lint import lint
from pipeline.prompts.simplify import simplify


def kept(prompt: str) -> str:
    return simplify(prompt, "L3").text


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        (
            "Tourists wander past, flags flap on the quay, and in the middle of it all a boy spins a top",
            "in the middle of it all a boy spins a top",
        ),
        ("A log shifts, sparks fly, and the cook ladles the soup", "the cook ladles the soup"),
        (
            "The porters are already stacking trunks. An old man steps forward and opens the gate",
            "An old man opens the gate",
        ),
        (
            "While the nurse waits by the door, a boy jumps off the bed",
            "a boy jumps off the bed",
        ),
        ("雨点敲打窗台，水珠飞溅，一位画家推开阁楼的窗", "一位画家推开阁楼的窗"),
        ("店员正在整理货架，女孩踮起脚摘下帽子", "女孩踮起脚摘下帽子"),
        ("路灯映在水面上，一辆电车驶过石桥", "一辆电车驶过石桥"),
    ],
)
def test_what_comes_before_who_acts_gives_way_to_him(prompt: str, left: str) -> None:
    assert kept(prompt) == left


@pytest.mark.parametrize(
    ("prompt", "left"),
    [
        ("The kettle boils over. A waiter walks past.", "The kettle boils over."),
        ("香水瓶在石台上缓缓旋转。一只白鸽从窗边飞过。", "香水瓶在石台上缓缓旋转。"),
    ],
)
def test_a_thing_that_acts_in_its_own_sentence_gives_way_to_nobody(prompt: str, left: str) -> None:
    assert kept(prompt) == left


@pytest.mark.parametrize(
    "prompt",
    [
        "Carried by two porters, the king waves",
        "Wrapped in a blanket, the girl sips her tea",
    ],
)
def test_a_state_that_opens_a_sentence_names_nobody(prompt: str) -> None:
    assert lint(prompt).subject in {"king", "girl"}


def test_who_comes_behind_the_verb_is_who_acts() -> None:
    assert lint("By the gate stands an old mule. It shakes its ears").subject == "old mule"


def test_he_and_she_of_a_couple_are_two() -> None:
    prompt = "A couple on a bench. He spreads the blanket over her knees. She pats his arm."
    assert "spreads the blanket over her knees" in kept(prompt)
    assert "pats" not in kept(prompt)
