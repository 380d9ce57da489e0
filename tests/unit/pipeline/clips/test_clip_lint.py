"""What frames alone show to be wrong is found in a clip that has it, and not in one that nearly does."""

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.clips import lint as clip_lint
from pipeline.findings import Finding, Severity
from pipeline.misses import Miss, MissKind
from pipeline.profiles import profile
from pipeline.profiles.clip_section import ClipSection
from pipeline.toy import captions, drawing, world
from pipeline.toy.world import Scene

if TYPE_CHECKING:
    from pipeline.clips.encode import Frames

SECTION = ClipSection(black_luma=8.0, frozen_step=0.15)


def _moving(count: int = 9, height: int = 32, width: int = 48) -> "Frames":
    """A ramp that wanders to the right, a few levels from frame to frame."""
    ramp = 4 * np.arange(width)[None, None, :] + 5 * np.arange(count)[:, None, None]
    return np.broadcast_to((ramp % 256)[..., None], (count, height, width, 3)).astype(np.uint8)


def lint(frames: "Frames", section: ClipSection) -> tuple[Finding, ...]:
    return clip_lint.findings(clip_lint.lint(frames, section))


def _codes(frames: "Frames") -> list[str]:
    return [finding.code for finding in lint(frames, SECTION)]


def test_a_moving_clip_has_nothing_against_it() -> None:
    assert _codes(_moving()) == []


def test_black_frames_are_an_error_and_named() -> None:
    frames = _moving()
    frames[[1, 2, 3, 7]] = 3
    (finding,) = lint(frames, SECTION)
    assert (finding.code, finding.severity) == ("clip.black", Severity.ERROR)
    assert "2-4, 8 of 9" in finding.message


def test_a_black_clip_is_black_and_frozen() -> None:
    assert _codes(np.zeros((5, 16, 16, 3), np.uint8)) == ["clip.black", "clip.frozen"]


@pytest.mark.parametrize(
    ("colour", "black"),
    [((0, 0, 100), True), ((0, 12, 0), False), ((0, 11, 0), True), ((38, 0, 0), False)],
)
def test_darkness_is_what_the_eye_sees(colour: tuple[int, int, int], black: bool) -> None:
    """BT.709 luma: green weighs 0.7152, red 0.2126, blue 0.0722."""
    frames = _moving()
    frames[4] = colour
    assert ("clip.black" in _codes(frames)) is black


def test_a_still_picture_is_frozen() -> None:
    frames = np.repeat(_moving(count=1), 9, axis=0)
    (finding,) = lint(frames, SECTION)
    assert (finding.code, finding.severity) == ("clip.frozen", Severity.ERROR)
    assert "below 0.15" in finding.message


@pytest.mark.parametrize(("pixels", "frozen"), [(9, True), (11, False)])
def test_frozen_means_below_the_step_up_or_down(pixels: int, frozen: bool) -> None:
    """`pixels` of 64 flicker by one level in every channel: a mean change of pixels / 64."""
    frames = np.full((5, 8, 8, 3), 100, np.uint8)
    flicker = frames.reshape(5, 64, 3)
    flicker[1::2, :pixels] += 1
    assert _codes(frames) == (["clip.frozen"] if frozen else [])


def test_a_single_frame_cannot_be_frozen() -> None:
    assert _codes(_moving(count=1)) == []


def test_sums_over_large_frames_do_not_overflow() -> None:
    """In this size a white column wraps around to nearly 0 in 16 bits, a whole white frame in 32."""
    frames = np.zeros((2, 2828, 1986, 3), np.uint8)
    frames[1] = 255
    (finding,) = lint(frames, SECTION)
    assert finding.code == "clip.black"
    assert "1 of 2" in finding.message


BALL = Scene("red", "circle", "mist", "plain", (26.0, 32.0), 10.0, ("right",))
PROMPT = captions.short(BALL)
TOY = profile.load("toy").clip
GOOD = [
    replace(BALL, colour=colour, shape=shape, ground=ground, texture=texture, moves=(move,))
    for (colour, shape), (ground, texture), move in zip(
        world.PAIRS, product(world.GROUNDS, world.TEXTURES), 4 * world.CHANGES, strict=True
    )
]
"""24 clips of every colour, shape, ground and motion that there is."""


def kinds(frames: "Frames", prompt: str = PROMPT) -> list[str]:
    return [miss.kind.value for miss in clip_lint.lint(frames, TOY, prompt)]


def lit(frames: "Frames", levels: NDArray[np.floating]) -> "Frames":
    """Frames made brighter by so many levels each, without leaving their range."""
    return (frames + levels[:, None, None, None]).clip(2, 253).astype(np.uint8)


def saturated(frames: "Frames", by: float) -> "Frames":
    """Colours that grow by this share until the end."""
    grey = frames.mean(-1, keepdims=True)
    share = 1 + by * np.linspace(0, 1, len(frames))[:, None, None, None]
    return (grey + (frames - grey) * share).clip(2, 253).astype(np.uint8)


def joined(*pieces: "Frames") -> "Frames":
    return np.concatenate(pieces)


def test_good_clips_are_never_flagged() -> None:
    flagged = {scene: kinds(drawing.frames(scene), captions.short(scene)) for scene in GOOD}
    assert len(flagged) == 24
    assert {scene: found for scene, found in flagged.items() if found} == {}


def test_a_cut_to_another_place_is_a_scene_jump() -> None:
    elsewhere = drawing.frames(replace(BALL, ground="night", texture="stripes"))
    clip = joined(drawing.frames(BALL)[:9], elsewhere[9:])
    (miss,) = clip_lint.lint(clip, TOY, PROMPT)
    assert miss.kind is MissKind.SCENE_JUMP
    assert miss.value > miss.threshold == TOY.scene_jump
    assert "at frame 10 of 17" in miss.message


def test_a_subject_that_skips_a_few_frames_is_no_scene_jump() -> None:
    frames = drawing.frames(BALL)
    assert kinds(joined(frames[:6], frames[10:])) == []


def test_a_slow_change_of_place_is_no_scene_jump_but_drifts() -> None:
    here, there = drawing.frames(BALL), drawing.frames(replace(BALL, ground="sand"))
    share = np.linspace(0, 1, 17)[:, None, None, None]
    assert kinds((here * (1 - share) + there * share).astype(np.uint8)) == ["colour_drift"]


def test_one_flash_of_light_is_no_scene_jump_but_does_not_belong() -> None:
    night = drawing.frames(replace(BALL, ground="night"))
    night[8] = 240
    assert kinds(night) == ["stray_frame"]


@pytest.mark.parametrize(("levels", "found"), [(4.0, ["flicker"]), (1.0, [])])
def test_light_that_goes_up_and_down_flickers_above_a_few_levels(
    levels: float, found: list[str]
) -> None:
    """A clip lit `levels` more and less in turn goes up and down by twice as much."""
    assert kinds(lit(drawing.frames(BALL), levels * (-1.0) ** np.arange(17))) == found


def test_light_that_fades_does_not_flicker() -> None:
    assert kinds(lit(drawing.frames(BALL), -np.linspace(0, 60, 17))) == []


@pytest.mark.parametrize(("by", "found"), [(0.6, ["colour_burn"]), (0.1, [])])
def test_colours_that_run_away_burn(by: float, found: list[str]) -> None:
    muted = drawing.frames(BALL) // 2 + 60
    assert kinds(saturated(muted, by)) == found


@pytest.mark.parametrize(("rise", "found"), [(60.0, ["colour_burn"]), (5.0, [])])
def test_light_that_is_clipped_in_the_end_burns(rise: float, found: list[str]) -> None:
    frames = drawing.frames(BALL).astype(float)
    brighter = frames + np.linspace(0, rise, 17)[:, None, None, None]
    assert kinds(brighter.clip(0, 255).astype(np.uint8)) == found


def test_a_motion_that_swings_back_unasked_rebounds() -> None:
    frames = drawing.frames(BALL)
    (miss,) = clip_lint.lint(joined(frames[::2], frames[-3::-2]), TOY, PROMPT)
    assert miss.kind is MissKind.REBOUND
    assert miss.value == 1.0


def test_a_motion_that_goes_back_half_the_way_does_not_rebound() -> None:
    frames = drawing.frames(BALL)
    assert kinds(joined(frames[::2], frames[-2:8:-2])) == []


@pytest.mark.parametrize(
    "prompt",
    [
        "The red circle moves right and back.",
        "The red circle moves right, then moves left.",
        "红色圆形向右移动，再回到原处。",
        "A girl waves at the camera.",
    ],
)
def test_a_motion_that_comes_back_as_asked_does_not_rebound(prompt: str) -> None:
    frames = drawing.frames(BALL)
    assert kinds(joined(frames[::2], frames[-3::-2]), prompt) == []


def test_kinds_that_a_profile_calls_errors_are_errors_too() -> None:
    miss = Miss(kind=MissKind.LABEL_LOST, value=1, threshold=0.2, message="x")
    asked = profile.load("wan2.2-i2v-a14b").lettering.errors
    assert [each.severity.value for each in clip_lint.findings((miss,), asked)] == ["error"]
    assert [each.severity.value for each in clip_lint.findings((miss,))] == ["warning"]


def test_only_what_breaks_a_clip_is_an_error() -> None:
    severity = {
        finding.code: finding.severity.value
        for finding in clip_lint.findings(
            tuple(Miss(kind=kind, value=0, threshold=1, message="x") for kind in MissKind)
        )
    }
    errors = {code for code, each in severity.items() if each == "error"}
    assert errors == {
        "clip.first_frame",
        "clip.black",
        "clip.fade",
        "clip.stray_frame",
        "clip.tone_jump",
        "clip.frozen",
        "clip.stalled",
        "clip.doubled",
        "clip.seam",
        "clip.scene_jump",
        "clip.flicker",
        "clip.colour_burn",
    }
    warnings = {"clip.rebound", "clip.subject_drift", "clip.colour_drift"}
    assert {severity[code] for code in warnings} == {"warning"}
