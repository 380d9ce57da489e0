"""One sees where two segments meet, or does not: in clips of photographs with the seam in their middle."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from pipeline.clips import lint as clip_lint
from pipeline.clips.seams import Seam
from pipeline.findings import Severity
from pipeline.misses import MissKind
from pipeline.profiles import profile
from pipeline.storage.files import Frames
from tests.benchmarks.real_clips import shots
from tests.benchmarks.real_clips.shots import View
from tests.benchmarks.seam_clips import planted
from tests.benchmarks.seam_clips.chains import Chain

WAN = profile.load("wan2.2-i2v-a14b").clip
VIEW = View("coffee", 160, 96, 49)


def chained(film: Callable[[View], Frames]) -> Chain:
    """A good clip as two segments would show it, each softer and with a shimmer of its own."""
    frames = film(VIEW)
    first = shots.soft(frames[:17], 1)
    second = shots.soft(np.concatenate([first[-1:], frames[17:33]]), 2)
    return Chain("", first, second, "", True, frames[33:])


PAN = chained(shots.pan)


def kinds(frames: Frames, *where: Seam, prompt: str = "") -> list[str]:
    return [miss.kind.value for miss in clip_lint.lint(frames, WAN, prompt, where=where)]


@pytest.mark.parametrize(
    "film", [shots.pan, shots.zoom_in, shots.turning, shots.shaken, shots.passing, shots.parallax]
)
def test_segments_that_go_on_as_one_are_not_accused(film: Callable[[View], Frames]) -> None:
    chain = chained(film)
    assert kinds(chain.frames, chain.seam) == []


@pytest.mark.parametrize("at", [8, 14, 20, 24, 28])
def test_a_camera_that_is_held_in_a_hand_has_no_seam_wherever_segments_meet(at: int) -> None:
    frames = shots.soft(shots.shaken(VIEW))
    assert kinds(frames, Seam(at, goes_on=True)) == []


@pytest.mark.parametrize("fault", [planted.jump, planted.back, planted.darker, planted.tinted])
def test_what_one_sees_there_is_named(fault: planted.Fault) -> None:
    assert "seam" in kinds(fault(PAN), PAN.seam)
    assert "seam" not in kinds(fault(PAN)), "a clip of one segment has none"


@pytest.mark.parametrize("film", [shots.zoom_in, shots.turning, shots.shaken, shots.passing])
def test_a_motion_that_turns_back_is_named_wherever_in_the_picture_it_is(
    film: Callable[[View], Frames],
) -> None:
    chain = chained(film)
    assert "seam" in kinds(planted.back(chain), chain.seam)


def test_a_motion_may_be_another_where_another_is_asked_for() -> None:
    turned = planted.back(PAN)
    assert "seam" not in kinds(turned, replace(PAN.seam, goes_on=False))
    assert "seam" in kinds(planted.darker(PAN), replace(PAN.seam, goes_on=False))


@pytest.mark.parametrize("fault", [planted.darker, planted.tinted])
@pytest.mark.parametrize(
    "prompt",
    [
        "[0-1s] A cup stands on a table. [1-2s] The lamp goes out and the room gets dark.",
        "桌上放着一个杯子，然后灯光熄灭",
    ],
)
def test_other_light_may_begin_at_a_seam_where_it_is_asked_for(
    fault: planted.Fault, prompt: str
) -> None:
    lit = fault(PAN)
    assert "seam" not in kinds(lit, replace(PAN.seam, goes_on=False), prompt=prompt)
    assert "seam" in kinds(planted.back(PAN), PAN.seam, prompt=prompt), "a motion is still followed"


def test_it_is_told_with_its_place_and_makes_the_clip_a_bad_one() -> None:
    found = clip_lint.lint(planted.jump(PAN), WAN, "", where=[PAN.seam])
    (miss,) = (each for each in found if each.kind is MissKind.SEAM)
    assert miss.value > miss.threshold
    assert "one sees where two segments meet, at frame 18 of 27" in miss.message
    (told,) = (each for each in clip_lint.findings(found) if each.code == "clip.seam")
    assert told.severity is Severity.ERROR


def test_of_several_seams_the_one_that_is_seen_most_is_told() -> None:
    frames = np.concatenate([PAN.frames, planted.darker(chained(shots.pan))[17:]])
    where = [PAN.seam, Seam(32, goes_on=False)]
    found = [each for each in clip_lint.lint(frames, WAN, where=where) if each.kind == "seam"]
    assert len(found) <= 1


@pytest.mark.parametrize("at", [0, 1, 4])
def test_the_shortest_segments_are_looked_at(at: int) -> None:
    assert kinds(PAN.frames[:5], Seam(at, goes_on=True)) == []


def test_a_cut_at_a_seam_is_told_as_that() -> None:
    other = shots.pan(View("cat", 160, 96, 49))
    frames = np.concatenate([PAN.first, other[17:33]])
    assert "scene_jump" in kinds(frames, PAN.seam)
    assert "seam" not in kinds(frames, PAN.seam)
