"""How long a clip may be, and how it is parted into segments."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from pipeline.recipe import whole

WAN = profile.load("wan2.2-i2v-a14b")
TOY = profile.load("toy")

REVISIONS = {
    "toy": "022fbda687eb",
    "wan2.2-i2v-a14b": "6bc1b64f3d89",
    "wan2.2-i2v-a14b-24gb": "ec85fcedb4a8",
    "wan2.2-i2v-a14b-24gb-draft": "f23663cfb89d",
    "wan2.2-i2v-a14b-24gb-float8": "a77a4a6c26a9",
    "wan2.2-i2v-a14b-draft": "2dd542943417",
    "wan2.2-i2v-a14b-fast": "0f3e54badb69",
}
"""As they were when every clip was one segment."""


def framed(before: Profile, **frame: Any) -> Profile:
    values = before.model_dump()
    values["frame"] |= frame
    return Profile.model_validate(values)


@pytest.mark.parametrize(("name", "revision"), REVISIONS.items())
def test_longer_clips_leave_the_revisions_as_they_were(name: str, revision: str) -> None:
    made = profile.load(name)
    assert made.revision == revision
    assert framed(made, longest_frames=None).revision == revision


@pytest.mark.parametrize(
    ("seconds", "lengths"),
    [
        (None, (81,)),
        (4, (65,)),
        (5, (81,)),
        (5.06, (81,)),
        (5.3, (45, 41)),
        (6, (49, 49)),
        (7, (57, 57)),
        (8, (65, 65)),
        (8.06, (65, 65)),
    ],
)
def test_seconds_become_segments(seconds: float | None, lengths: tuple[int, ...]) -> None:
    assert WAN.lengths_for(WAN.frames_for(seconds)) == lengths


@given(st.integers(1, 60), st.integers(0, 60))
def test_segments_make_up_the_clip_and_are_as_even_as_may_be(most: int, groups: int) -> None:
    made = framed(TOY, max_frames=4 * most + 1, longest_frames=481, default_frames=5)
    frames = 4 * groups + 1
    lengths = made.lengths_for(frames)
    assert whole(lengths) == frames
    assert max(lengths) <= made.frame.max_frames
    assert max(lengths) - min(lengths) <= 4
    assert all(each % 4 == 1 for each in lengths)
    assert len(lengths) == max(1, -(-groups // most)), "no more of them than it needs"


def test_what_is_longer_is_told_the_longest() -> None:
    assert TOY.longest == 33 / 8
    with pytest.raises(ValueError, match=r"at most 8\.06 s \(129 frames at 16 fps\)"):
        WAN.frames_for(8.1)
    with pytest.raises(ValueError, match=r"at most 5\.06 s \(81 frames"):
        framed(WAN, longest_frames=None).frames_for(5.1)


@pytest.mark.parametrize("frames", [80, 77, 130])
def test_a_longest_that_no_segments_make_is_refused(frames: int) -> None:
    with pytest.raises(ValidationError, match="longest_frames must be 4k"):
        framed(WAN, longest_frames=frames)


def test_segments_of_one_frame_are_refused() -> None:
    with pytest.raises(ValidationError, match="lead nowhere"):
        framed(WAN, max_frames=1, default_frames=1, longest_frames=5)
