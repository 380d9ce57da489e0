"""Which part of a picture is kept, by arithmetic alone: never stretched, and around the subject."""

from collections.abc import Mapping

from pipeline.stills.subject import Box

_MARGIN = 0.05
"""Of the window's side, around a subject that goes nowhere."""
_HARDLY_OTHER = 0.9
"""A proposal that shares this much of its area with what is there is none."""


def largest(size: tuple[int, int], ratio: float, around: Box | None = None) -> Box:
    """The largest window of a ratio (width / height) in a picture, in its pixels.

    In the middle, or with the middle of `around` as near to its own as the picture allows.
    """
    width, height = size
    across, down = (height * ratio, height) if width / height >= ratio else (width, width / ratio)
    return placed(size, (min(across, width), min(down, height)), around)


def placed(size: tuple[int, int], window: tuple[float, float], around: Box | None) -> Box:
    """A window of this width and height in a picture, as near around a box as the picture allows."""
    left, top, right, bottom = around or (0, 0, *size)
    across = _start(size[0], window[0], (left + right) / 2)
    down = _start(size[1], window[1], (top + bottom) / 2)
    return across, down, across + window[0], down + window[1]


def proposal(
    size: tuple[int, int],
    window: Box,
    subject: Box,
    room: Mapping[str, float],
    smallest: float,
) -> Box | None:
    """A window of the same ratio that shows the subject larger, in the middle, with room to act.

    `room` is the margin wanted towards `left`, `right`, `up` and `down`, as shares of the window's
    side; `smallest` the least width in pixels. None where it would be about the same window.
    """
    ratio = (window[2] - window[0]) / (window[3] - window[1])
    before, after, above, below = (
        max(room.get(side, 0.0), _MARGIN) for side in ("left", "right", "up", "down")
    )
    wide = (subject[2] - subject[0]) / (1 - before - after)
    high = (subject[3] - subject[1]) / (1 - above - below)
    most = largest(size, ratio)
    width = min(max(wide, high * ratio, smallest), most[2] - most[0])
    height = width / ratio
    # A subject that needs room on one side stands towards the other.
    middle_x = (subject[0] + subject[2]) / 2 + (after - before) / 2 * width
    middle_y = (subject[1] + subject[3]) / 2 + (below - above) / 2 * height
    proposed = placed(size, (width, height), (middle_x, middle_y, middle_x, middle_y))
    return None if overlap(proposed, window) > _HARDLY_OTHER else proposed


def inside(box: Box, window: Box) -> Box:
    """The part of a box within a window, as shares of the window."""
    across, down = window[2] - window[0], window[3] - window[1]
    return (
        _within((box[0] - window[0]) / across),
        _within((box[1] - window[1]) / down),
        _within((box[2] - window[0]) / across),
        _within((box[3] - window[1]) / down),
    )


def cut_off(box: Box, window: Box) -> float:
    """The share of a box that lies outside a window."""
    return 1 - area(_common(box, window)) / max(area(box), 1e-9)


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    common = area(_common(one, other))
    return common / max(area(one) + area(other) - common, 1e-9)


def area(box: Box) -> float:
    return max(box[2] - box[0], 0.0) * max(box[3] - box[1], 0.0)


def _common(one: Box, other: Box) -> Box:
    return (
        max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
    )  # fmt: skip


def _start(whole: float, part: float, middle: float) -> float:
    return min(max(middle - part / 2, 0.0), whole - part)


def _within(share: float) -> float:
    return min(max(share, 0.0), 1.0)
