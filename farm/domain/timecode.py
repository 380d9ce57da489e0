"""Frame rates that editing systems know, and the timecode of a frame at each of them. Pure."""

import math
from fractions import Fraction

RATES: dict[str, Fraction] = {
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
}
"""The rates that a delivery can be conformed to, as people write them: those with an SMPTE timecode."""


def written(rate: Fraction) -> str:
    """A rate as people write it: `29.97`, `16`."""
    for name, known in RATES.items():
        if rate == known:
            return name
    return f"{float(rate):g}"


def has_timecode(rate: Fraction) -> bool:
    """Whether SMPTE timecode counts frames at this rate."""
    return rate in RATES.values()


def timebase(rate: Fraction) -> int:
    """The frames that a second of timecode counts: 30 at 29.97."""
    return math.ceil(rate)


def is_ntsc(rate: Fraction) -> bool:
    """Whether a rate is by a thousandth slower than its timebase."""
    return rate.denominator == 1001


def timecode(frame: int, rate: Fraction) -> str:
    """`01:00:00:00` for a frame counted from 0, without drop frame: every frame has the next number.

    At 29.97 it is therefore slower than the clock, by 3.6 s an hour. Raises `ValueError` for a rate without
    timecode, and beyond its 24 hours.
    """
    if not has_timecode(rate):
        raise ValueError(f"{written(rate)} fps has no SMPTE timecode")
    base = timebase(rate)
    seconds, frames = divmod(frame, base)
    if not 0 <= seconds < 86_400:
        raise ValueError(f"timecode ends after 24 hours, and frame {frame} is beyond that")
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}:{frames:02}"


def conformed(frames: int, fps: Fraction, to: Fraction) -> int:
    """The frames of a clip at another rate that plays as long: the last one is shown for a part of its
    time rather than not at all."""
    return math.ceil(frames * to / fps)
