"""Timecode counts every frame, and a conformed clip plays as long as it did."""

from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.domain.timecode import (
    RATES,
    conformed,
    has_timecode,
    is_ntsc,
    timebase,
    timecode,
    written,
)


@given(st.integers(0, 24 * 3600 * 24 - 1), st.sampled_from(sorted(RATES)))
def test_timecode_is_that_of_another_library(frame: int, name: str) -> None:
    rate = RATES[name]
    there = otio.opentime.RationalTime(frame, float(rate)).to_timecode(
        float(rate), drop_frame=False
    )
    assert timecode(frame, rate) == there


def test_timecode_has_no_hour_24_and_no_odd_rates() -> None:
    assert timecode(24 * 3600 * 25 - 1, Fraction(25)) == "23:59:59:24"
    for frame in (24 * 3600 * 25, -1):
        with pytest.raises(ValueError, match="24 hours"):
            timecode(frame, Fraction(25))
    for rate in (8, 16, 15):
        assert not has_timecode(Fraction(rate))
        with pytest.raises(ValueError, match="has no SMPTE timecode"):
            timecode(0, Fraction(rate))


def test_rates_are_what_their_names_say() -> None:
    assert {name: (timebase(rate), is_ntsc(rate)) for name, rate in RATES.items()} == {
        "24": (24, False), "25": (25, False), "29.97": (30, True), "30": (30, False),
    }  # fmt: skip
    assert [written(RATES[name]) for name in RATES] == list(RATES)
    assert written(Fraction(16)) == "16"


def test_no_frame_is_lost_and_none_is_added() -> None:
    assert conformed(81, Fraction(16), Fraction(24)) == 122  # 121.5
    assert conformed(81, Fraction(16), Fraction(25)) == 127  # 126.6
    assert conformed(17, Fraction(8), Fraction(24)) == 51


@given(st.integers(1, 500), st.sampled_from([8, 16]), st.sampled_from(sorted(RATES)))
def test_a_conformed_clip_is_longer_by_less_than_a_frame(frames: int, fps: int, name: str) -> None:
    rate = RATES[name]
    longer = conformed(frames, Fraction(fps), rate) / rate - Fraction(frames, fps)
    assert 0 <= longer < 1 / rate
