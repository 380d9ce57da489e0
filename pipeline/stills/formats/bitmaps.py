"""Reads what the header of a Windows bitmap (BMP, version 4 and 5) says of its colours."""

import struct
from dataclasses import dataclass

from pipeline.stills.formats.icc import SRGB, Primaries

_HEADER = 14
"""Bytes of the file's own header, before that of the bitmap."""
_KIND, _PROFILE = _HEADER + 56, _HEADER + 112
_SRGB_LIKE = (b"BGRs", b" niW")
"""sRGB, and the colours of Windows, which are the same."""


@dataclass(frozen=True, slots=True)
class BitmapColours:
    """One of the three, or none where the profile lies in another file."""

    as_srgb: bool = False
    primaries: Primaries | None = None
    """With a white of D65: the header names none."""
    gamma: float | None = None
    """Light is written with this exponent, as PNG tells it: 0.4545 for a display of 2.2."""
    profile: tuple[int, int] | None = None
    """Where in the file it begins, and its bytes."""


def colours(head: bytes) -> BitmapColours | None:
    """By a file's beginning; None where it says nothing."""
    try:
        size = struct.unpack_from("<I", head, _HEADER)[0]
        kind = head[_KIND : _KIND + 4]
        if size < 108 or head[:2] != b"BM":
            return None
        if kind in _SRGB_LIKE:
            return BitmapColours(as_srgb=True)
        if kind == bytes(4):
            return _calibrated(head)
        if kind == b"DEBM" and size >= 124:
            start, length = struct.unpack_from("<II", head, _PROFILE)
            return BitmapColours(profile=(_HEADER + start, length))
    except struct.error:
        return None
    return BitmapColours()


def _calibrated(head: bytes) -> BitmapColours | None:
    values = struct.unpack_from("<9I3I", head, _KIND + 4)
    points = [tuple(value / 2**30 for value in values[at : at + 3]) for at in (0, 3, 6)]
    if not all(map(sum, points)):
        return None  # written by programs that have nothing to say
    red, green, blue = ((x / (x + y + z), y / (x + y + z)) for x, y, z in points)
    found = Primaries(SRGB.white, red, green, blue)
    gamma = sum(values[9:]) / 3 / 65536
    if not found.possible():
        return None
    return BitmapColours(primaries=found, gamma=1 / gamma if 0.1 <= gamma <= 10 else None)
