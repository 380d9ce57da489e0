"""Black and frozen clips are found, dark and slow ones are left alone."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline.clip_lint import lint
from pipeline.profile import ClipSection
from pipeline.recipe import Severity

if TYPE_CHECKING:
    from pipeline.encode import Frames

SECTION = ClipSection(black_luma=8.0, frozen_step=0.15)


def _moving(count: int = 9, height: int = 32, width: int = 48) -> "Frames":
    """A ramp that wanders to the right, a few levels from frame to frame."""
    ramp = 4 * np.arange(width)[None, None, :] + 5 * np.arange(count)[:, None, None]
    return np.broadcast_to((ramp % 256)[..., None], (count, height, width, 3)).astype(np.uint8)


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
