"""How light and colour change from one frame to the next, the camera's own movement taken out."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.stills.shrinking import blurred

Numbers = NDArray[np.floating]

LUMA = (0.2126, 0.7152, 0.0722)
"""What red, green and blue weigh in BT.709."""
_SOFTER = 1.0
"""Pixels that small frames are blurred by, so that a movement of two of them still looks like a slope."""
_ROUNDS = 2
"""Times that what moves by itself is found again and weighs less."""
_ROWS = 2
"""Every so manieth row is looked at: the ones between say the same after blurring."""
_LEAST_OFF = 0.5
"""Levels that a pixel may lie off what the camera's movement and the light explain, at least."""
GREY = 1.0
"""Levels, squared, of colour that grey pixels may have by chance."""
PALE = 3.0
"""Levels of colour below which a picture has none that could fade."""


@dataclass(frozen=True)
class Tones:
    """Of every step between frames, each (frames - 1,)."""

    light: Numbers
    """Levels (0..255) by which all grows brighter."""
    contrast: Numbers
    """The logarithm of what contrast is multiplied by."""
    colour: Numbers
    """The logarithm of what saturation is multiplied by."""
    tint: Numbers
    """Levels of red and of blue, against green, that come over all: (frames - 1, 2)."""
    spread: Numbers
    """The standard deviation of light in the two frames, levels."""
    colours: Numbers
    """The same of how far colours lie from grey."""
    explained: Numbers
    """Share of the change of light that all this and the camera's movement explain, 0..1."""

    @cached_property
    def parts(self) -> Numbers:
        """The same in levels that the eye sees: light, contrast, colour, tint; (frames - 1, 5)."""
        # Half the colour gone is seen in a pale picture, too, where it is few levels.
        seen = np.where(self.colours > PALE, self.colours + 2 * PALE, 0)
        columns = [self.light, self.contrast * self.spread, self.colour * seen, *self.tint.T]
        return np.stack(columns, 1)

    @cached_property
    def size(self) -> Numbers:
        """How large each step is in levels, all parts together."""
        return np.linalg.norm(self.parts, axis=1)


def measure(small: NDArray[np.float32]) -> Tones:
    """The steps of small frames (frames, height, width, 3), 0..255.

    Light is taken to change by a factor and an offset and the camera to move by a shift, a zoom and a
    turn; all of it is fitted at once, by least squares that let go of what moves by itself.
    """
    luma = small @ np.asarray(LUMA, np.float32)
    light = blurred(luma, _SOFTER)
    red, blue = (blurred(small[..., channel] - luma, _SOFTER) for channel in (0, 2))
    level, step = _middles(light), np.diff(light, axis=0)
    centred = level - level.mean((1, 2), keepdims=True)
    columns = _columns(*flow(level), centred, np.ones_like(level))
    flat = _flat(step)
    found, weights, off = _fitted(columns, flat)
    moved = found[:, :4]
    shades = [_still(plane, moved) for plane in (red, blue)]
    chroma = np.concatenate([_flat(_middles(plane)) for plane in (red, blue)], 1)
    change = np.concatenate(shades, 1)
    of_red = np.broadcast_to(np.arange(chroma.shape[1]) < flat.shape[1], chroma.shape)
    shaded = np.stack([chroma, of_red, ~of_red], -1).astype(np.float32)
    tint, _, _ = _fitted(shaded, change, np.tile(weights, 2), GREY * chroma.shape[1])
    return Tones(
        light=found[:, 5],
        contrast=found[:, 4],
        colour=tint[:, 0],
        tint=tint[:, 1:],
        spread=level.std((1, 2)),
        colours=np.sqrt((chroma**2).mean(1)),
        explained=1 - off.mean(1) / np.maximum(np.abs(flat).mean(1), 1e-6),
    )


def _middles(planes: Numbers) -> Numbers:
    """Halfway between neighbours: a fit against these prefers neither of the two."""
    return (planes[1:] + planes[:-1]) / 2


def flow(planes: Numbers) -> tuple[Numbers, ...]:
    """What a shift to the side and down, a zoom and a turn would each change: (frames, height, width)."""
    height, width = planes.shape[1:]
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    down, across = (down - height / 2) / height, (across - width / 2) / height
    slope_down, slope = (np.asarray(each) for each in np.gradient(planes, axis=(1, 2)))
    zoom, turn = across * slope + down * slope_down, across * slope_down - down * slope
    return slope, slope_down, zoom, turn


def _columns(*planes: Numbers) -> Numbers:
    return np.stack([_flat(plane) for plane in planes], -1)


def _flat(planes: Numbers) -> Numbers:
    """Of planes (frames, height, width) what is looked at: (frames, pixels)."""
    return planes[:, ::_ROWS].reshape(len(planes), -1)


def _fitted(
    columns: Numbers, change: Numbers, weights: Numbers | float = 1.0, doubt: float = 0.0
) -> tuple[Numbers, Numbers, Numbers]:
    """What of each column makes the change; how far each pixel is to be believed, and lies off.

    With `doubt` the first column needs so much to lie in it before it is believed.
    """
    at_first = weights * np.ones_like(change)
    found, off = _solved(columns, change, at_first, doubt)
    for _ in range(_ROUNDS - 1):
        found, off = _solved(columns, change, at_first * _believed(off), doubt)
    return found, at_first * _believed(off), off


def _believed(off: Numbers) -> Numbers:
    """The weight of each pixel, 0..1, by how far it lies off."""
    usual = np.maximum(2.2 * np.median(off, axis=1, keepdims=True), _LEAST_OFF)
    return 1 / np.maximum(1, off / usual) ** 2


def _solved(
    columns: Numbers, change: Numbers, weights: Numbers, doubt: float
) -> tuple[Numbers, Numbers]:
    """What of each column makes the change, and how far each pixel lies off."""
    weighed = (columns * weights[..., None]).swapaxes(1, 2).astype(np.float64)
    squares = weighed @ columns + 1e-3 * np.eye(columns.shape[-1])
    squares[:, 0, 0] += doubt
    found = np.linalg.solve(squares, weighed @ change[..., None])[..., 0]
    return found, np.abs(change - (columns @ found[..., None])[..., 0])


def _still(plane: Numbers, moved: Numbers) -> Numbers:
    """The change of a plane of colour without what the camera's movement makes of it."""
    change = _flat(np.diff(plane, axis=0))
    return change - (_columns(*flow(_middles(plane))) @ moved[..., None])[..., 0]
