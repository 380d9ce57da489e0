"""Where a visible label stands: in the corner where the least happens. Pure."""

from collections.abc import Iterator

import numpy as np

from pipeline.storage.files import Frames

Place = tuple[int, int]
"""Left and top, in pixels, both even: pictures of films are coarser in colour than in light."""


def quietest(frames: Frames, wide: int, high: int, margin: int) -> Place:
    """The corner for a label of `wide` x `high` pixels that stands on all of these frames.

    Frames are (count, height, width, 3), 0..255. It counts how much the pictures change there from one to
    the next, and how much stands in them; where corners are alike, the lower right one. Raises `ValueError`
    where the label does not fit.
    """
    height, width = frames.shape[1:3]
    if wide + 2 * margin > width or high + 2 * margin > height:
        raise ValueError(f"a label of {wide} x {high} does not fit into {width} x {height}")
    return min(
        _corners(width, height, wide, high, margin),
        key=lambda place: _unrest(
            frames[:, place[1] : place[1] + high, place[0] : place[0] + wide]
        ),
    )


def _corners(width: int, height: int, wide: int, high: int, margin: int) -> Iterator[Place]:
    left, top, right, bottom = (
        each // 2 * 2 for each in (margin, margin, width - margin - wide, height - margin - high)
    )
    yield from ((right, bottom), (left, bottom), (right, top), (left, top))


def _unrest(part: Frames) -> float:
    """Mean change of light from frame to frame, and from each dot to the next."""
    light = part.mean(axis=-1, dtype=np.float32)
    changes = [np.abs(np.diff(light, axis=axis)) for axis in range(3)]
    return sum(float(each.mean()) for each in changes if each.size)
