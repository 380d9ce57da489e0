"""Faults that everyone sees, in clips of photographs: each is named where it is, not where it nearly is."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from pipeline.clips import asked
from pipeline.clips import lint as clip_lint
from pipeline.misses import MissKind
from pipeline.profiles import profile
from pipeline.prompts.grammar.prompt import ParsedPrompt, parse
from pipeline.storage.files import Frames
from tests.benchmarks.real_clips import faults, shots
from tests.benchmarks.real_clips.shots import View

WAN = profile.load("wan2.2-i2v-a14b").clip
VIEW = View("coffee", 160, 96, 25)
PAN = shots.pan(VIEW)
STILL = Image.fromarray(PAN[0])
CHANCE = np.random.default_rng(12)
Change = Callable[[Frames], Frames]


def kinds(frames: Frames, prompt: str = "", still: Image.Image | None = STILL) -> list[str]:
    return [miss.kind.value for miss in clip_lint.lint(frames, WAN, prompt, still)]


def planted(fault: faults.Fault) -> Frames:
    return fault(PAN, CHANCE)


def at(frames: Frames, number: int, colour: int | Frames) -> Frames:
    made = frames.copy()
    made[number] = colour
    return made


def shown_again(*numbers: int) -> Frames:
    """The clip in which these frames show the one before them once more."""
    order = np.arange(len(PAN))
    order[list(numbers)] -= 1
    return PAN[order]


def standing(first: int, count: int) -> Frames:
    """A clip that goes on with what it would have shown, after so many frames that repeat one."""
    order = np.arange(len(PAN))
    order[first + 1 : first + 1 + count] = first
    return PAN[order]


SHOWS = {
    "stray_frame": [
        at(PAN, 9, 255),
        at(PAN, 9, 128),
        at(at(PAN, 9, 250), 10, 250),
        at(PAN, 12, (PAN[12] * 0.8).astype(np.uint8)),
        planted(faults.noisy(1)),
        planted(faults.broken_blocks(0.15)),
        planted(faults.ghost),
    ],
    "black": [at(PAN, 9, 0), at(PAN, 24, 0)],
    "tone_jump": [
        planted(faults.from_frame_2(faults.darker(0.1))),
        planted(faults.from_frame_2(faults.lifted(12))),
        planted(faults.from_frame_2(faults.coloured(0.75))),
        planted(faults.from_frame_2(faults.tinted(8, 0, -8))),
        planted(faults.from_frame_2(faults.contrasted(0.85))),
        planted(faults.over_the_first(faults.darker(0.25), 4)),
        planted(faults.from_the_middle(faults.darker(0.2))),
        at(PAN, 24, 200),
    ],
    "fade": [
        planted(faults.late_fade(255, 0.7)),
        planted(faults.late_fade(255, 0.7, 0.6)),
        planted(faults.late_fade(128, 0.7)),
        planted(faults.late_fade(0, 0.7, 0.88)),
    ],
    "stalled": [
        planted(faults.freezes_after(0.2)),
        planted(faults.freezes_between(0.4, 0.7, jumps=False)),
        standing(10, 4),
        standing(2, 20),
        standing(1, 22),
        shots.soft(planted(faults.freezes_after(0.5))),
    ],
    "doubled": [
        planted(faults.doubled(2)),
        planted(faults.doubled(3)),
        shots.soft(planted(faults.doubled(2))),
        shown_again(5, 12, 20),
    ],
    "colour_drift": [planted(faults.slowly(faults.coloured(0.35)))],
}
NEARLY = {
    "a frame that is lit a little more": at(PAN, 9, (PAN[9] * 1.02).astype(np.uint8)),
    "a frame that jumps a little in the hand": at(PAN, 9, PAN[11]),
    "a little darker from frame 2": planted(faults.from_frame_2(faults.darker(0.015))),
    "as bright as before": planted(faults.from_frame_2(faults.lifted(2))),
    "light that dims until the end": planted(faults.slowly(faults.darker(0.5))),
    "a veil that stays thin": planted(faults.late_fade(255, 0.7, 0.25)),
    "two frames shown again": shown_again(5, 15),
    "colours that pale a little": planted(faults.slowly(faults.coloured(0.85))),
    "noise that is grain": np.clip(PAN + CHANCE.normal(0, 4, PAN.shape), 0, 255).astype(np.uint8),
}


@pytest.mark.parametrize(
    ("kind", "frames"), [(kind, frames) for kind, clips in SHOWS.items() for frames in clips]
)
def test_a_fault_is_named(kind: str, frames: Frames) -> None:
    assert kind in kinds(frames)


@pytest.mark.parametrize("what", NEARLY)
def test_what_nearly_is_one_is_not_accused(what: str) -> None:
    assert kinds(NEARLY[what], still=None) == []


@pytest.mark.parametrize("what", shots.GOOD)
def test_good_clips_are_not_accused(what: str) -> None:
    film, prompt = shots.GOOD[what]
    frames = film(VIEW)
    assert kinds(frames, prompt, Image.fromarray(frames[0])) == []


def test_every_new_kind_has_a_clip_that_shows_it() -> None:
    at_hand = {*SHOWS, "first_frame", "scene_jump", "frozen", "rebound", "flicker", "colour_burn"}
    at_hand.add("seam")  # test_seams.py
    at_hand |= {"label_changed", "label_lost", "text_appeared"}  # integration: test_lettering.py
    told_by_scorers = {kind.value for kind in MissKind if kind.value.startswith(("subject", "act"))}
    assert {kind.value for kind in MissKind} - at_hand - told_by_scorers == {
        "attribute_contradicted",
        "wrong_order",
    }


@pytest.mark.parametrize("how", faults.FIRST)
def test_a_first_frame_that_is_not_the_still_is_named_by_itself(how: str) -> None:
    other = shots.filmed(View("flower", 160, 96, 1))[0]
    still = Image.fromarray(faults.other_first(how, PAN, other))
    assert kinds(PAN, still=still) == ["first_frame"]


@pytest.mark.parametrize("change", [shots.soft, shots.compressed])
def test_a_first_frame_that_was_made_softer_or_compressed_is_the_still(change: Change) -> None:
    assert kinds(change(PAN)) == []


def test_a_still_of_another_size_is_fitted_before_it_is_compared() -> None:
    large = STILL.resize((480, 288), Image.Resampling.LANCZOS)
    assert kinds(PAN, still=large) == []
    assert kinds(PAN, still=large.rotate(180)) == ["first_frame"]


def test_a_thing_that_shines_on_a_black_ground_is_not_black() -> None:
    ring = shots.product(View("coffee", 160, 96, 17)) * 0
    spot = np.linspace(20, 60, 17).astype(int)
    for number, frame in enumerate(ring):
        frame[30:44, spot[number] : spot[number] + 14] = 230
    assert float(ring.mean()) < WAN.black_luma
    assert kinds(ring, still=None) == []
    assert kinds(ring // 12, still=None)[0] == "black"


def test_one_white_frame_is_no_lightning() -> None:
    prompt = "Lightning flashes over the hills"
    lit = shots.lightning(VIEW)
    assert kinds(lit, prompt, None) == []
    assert kinds(lit, still=None) == ["stray_frame"]
    assert kinds(at(PAN, 12, 255), prompt) == ["stray_frame"]


def test_a_jump_right_after_the_first_frame_is_none_that_was_asked_for() -> None:
    prompt = "The lamp goes out"
    assert kinds(planted(faults.from_the_middle(faults.darker(0.3))), prompt) == []
    assert kinds(planted(faults.from_frame_2(faults.darker(0.3))), prompt) == ["tone_jump"]


def test_the_place_and_the_number_are_told() -> None:
    (miss,) = clip_lint.lint(at(PAN, 9, 255), WAN, "", STILL)
    assert "counted from 1: 10 of 25" in miss.message
    assert miss.value > miss.threshold == WAN.stray_frame
    (miss,) = clip_lint.lint(standing(10, 5), WAN, "", STILL)
    assert (miss.value, miss.threshold) == (5.0, 3.0)
    assert "from frame 11 to 16 of 25" in miss.message
    (miss,) = clip_lint.lint(shown_again(5, 12, 20), WAN, "", STILL)
    assert (miss.value, miss.threshold) == (3.0, 2.0)
    assert "6, 13, 21" in miss.message


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_the_shortest_clips_are_looked_at(count: int) -> None:
    assert kinds(PAN[:count]) == []


def test_a_slow_pan_that_was_drawn_pixel_by_pixel_is_neither_doubled_nor_stalled() -> None:
    whole = shots.filmed(View("coffee", 200, 96, 1))[0]
    frames = np.stack([whole[:, number // 3 : number // 3 + 160] for number in range(33)])
    assert kinds(frames, still=None) == []


ASKED = {
    asked.other_light: (
        [
            "The sun rises over the bay",
            "A lamp is switched on",
            "灯光渐渐变暗",
            "The screen lights up",
            "闪电划过",
        ],
        [
            "A lamp stands on the desk",
            "Soft light falls on her face",
            "柔和的灯光下，她微笑",
            "The sun is bright",
        ],
    ),
    asked.may_rest: (
        ["The car drives in and stops", "She stands still", "车子停下"],
        ["The car drives by", "她向前走"],
    ),
    asked.may_step: (["Stop-motion, a clay puppet walks", "手绘动画风格"], ["A woman walks"]),
    asked.may_cover: (["Fog rolls in", "烟雾升起"], ["A boat drifts by"]),
}


@pytest.mark.parametrize(
    ("rule", "prompt", "is_asked"),
    [
        (rule, prompt, number == 0)
        for rule, lists in ASKED.items()
        for number, prompts in enumerate(lists)
        for prompt in prompts
    ],
)
def test_what_a_prompt_asks_for(
    rule: Callable[[ParsedPrompt], bool], prompt: str, is_asked: bool
) -> None:
    assert rule(parse(prompt)) is is_asked
