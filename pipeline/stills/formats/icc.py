"""Writes colour profiles for pictures that name their primaries and curve instead of carrying a profile."""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Curve = float | None
"""An exponent: light = value ** curve; None for the curve of sRGB."""

D50 = np.array([0.9642, 1.0, 0.8249])
"""The white of profiles and of CIELAB, as XYZ."""
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)
_D65 = (0.3127, 0.3290)


@dataclass(frozen=True, slots=True)
class Primaries:
    """Where a picture's white and its colours lie, each as x and y of CIE 1931."""

    white: tuple[float, float]
    red: tuple[float, float]
    green: tuple[float, float]
    blue: tuple[float, float]

    def near(self, other: "Primaries") -> bool:
        """Whether nobody could tell the two apart."""
        mine, others = np.array(_points(self)), np.array(_points(other))
        return bool(np.abs(mine - others).max() < 0.003)

    def possible(self) -> bool:
        """Whether they span a triangle of colours at all."""
        corners = np.array([[1.0, *point] for point in (self.red, self.green, self.blue)])
        heights = [self.white[1], self.red[1], self.green[1], self.blue[1]]
        inside = all(-0.2 < each < 1.2 for point in _points(self) for each in point)
        return inside and abs(np.linalg.det(corners)) > 0.01 and 0 not in heights


SRGB = Primaries(_D65, (0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
ADOBE_RGB = Primaries(_D65, (0.640, 0.330), (0.210, 0.710), (0.150, 0.060))
ADOBE_CURVE = 563 / 256
_C, _DCI = (0.310, 0.316), (0.314, 0.351)
NUMBERED = {
    1: SRGB,
    4: Primaries(_C, (0.67, 0.33), (0.21, 0.71), (0.14, 0.08)),
    5: Primaries(_D65, (0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
    6: Primaries(_D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    7: Primaries(_D65, (0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    8: Primaries(_C, (0.681, 0.319), (0.243, 0.692), (0.145, 0.049)),
    9: Primaries(_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    11: Primaries(_DCI, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    12: Primaries(_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
    22: Primaries(_D65, (0.630, 0.340), (0.295, 0.605), (0.155, 0.077)),
}
"""By their numbers in ITU-T H.273, table 2."""


def profile(primaries: Primaries, curve: Curve) -> bytes:
    """An ICC profile (version 4, three primaries and one curve) of a display with these.

    Raises `ValueError` where no colours lie between the primaries.
    """
    if not primaries.possible():
        raise ValueError("its primaries span no colours")
    columns = to_d50(primaries).T
    tags = {b"wtpt": _xyz(D50)}
    tags |= {
        name: _xyz(column)
        for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)
    }
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(curve))
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = start + len(body)
    head = struct.pack(
        ">I4sI4s4s4s12x4s", size, b"", 0x04300000, b"mntr", b"RGB ", b"XYZ ", b"acsp"
    )
    return (head + bytes(28) + _numbers(D50)).ljust(128, b"\0") + table + body


def transfer_of(profile_data: bytes) -> int | None:
    """The transfer function (H.273) that a profile's own `cicp` tag names; None without one."""
    try:
        count = min(struct.unpack_from(">I", profile_data, 128)[0], 100)
        for i in range(count):
            name, offset, _ = struct.unpack_from(">4sII", profile_data, 132 + 12 * i)
            if name == b"cicp":
                return profile_data[offset + 9]
    except (struct.error, IndexError):
        return None
    return None


def to_d50(primaries: Primaries) -> NDArray[np.float64]:
    """From linear RGB to XYZ, its white adapted to the D50 of profiles (Bradford); a matrix of 3 x 3."""
    white, *corners = (np.array([x / y, 1.0, (1 - x - y) / y]) for x, y in _points(primaries))
    colours = np.stack(corners, axis=1)
    colours = colours * np.linalg.solve(colours, white)
    cones = (_BRADFORD @ D50) / (_BRADFORD @ white)
    return np.linalg.inv(_BRADFORD) @ np.diag(cones) @ _BRADFORD @ colours


def _points(primaries: Primaries) -> tuple[tuple[float, float], ...]:
    return primaries.white, primaries.red, primaries.green, primaries.blue


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ " + bytes(4) + _numbers(values)


def _curve(curve: Curve) -> bytes:
    if curve is not None:
        return b"para" + bytes(8) + _numbers(np.array([curve]))
    parts = np.array([2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])
    return b"para" + struct.pack(">4xHxx", 3) + _numbers(parts)


def _numbers(values: NDArray[np.float64]) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))
