"""A visible label stands in the corner where the least happens."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.delivery.ai_labels.place import quietest

WIDE, HIGH, MARGIN = 60, 20, 6
HEIGHT, WIDTH = 108, 192
CORNERS = {
    "upper left": (slice(0, 40), slice(0, 90)),
    "upper right": (slice(0, 40), slice(110, None)),
    "lower left": (slice(70, None), slice(0, 90)),
    "lower right": (slice(70, None), slice(110, None)),
}


def grey(count: int = 5) -> np.ndarray:
    return np.full((count, HEIGHT, WIDTH, 3), 128, np.uint8)


def corner_of(left: int, top: int) -> str:
    return f"{'upper' if top < HEIGHT / 2 else 'lower'} {'left' if left < WIDTH / 2 else 'right'}"


@pytest.mark.parametrize("quiet", CORNERS)
def test_it_goes_where_nothing_moves(quiet: str) -> None:
    frames, chance = grey(), np.random.default_rng(7)
    for name, (rows, columns) in CORNERS.items():
        if name != quiet:
            for frame in frames:
                part = frame[rows, columns]
                part[:] = int(chance.integers(0, 255))
    assert corner_of(*quietest(frames, WIDE, HIGH, MARGIN)) == quiet


@pytest.mark.parametrize("quiet", CORNERS)
def test_it_goes_where_nothing_stands(quiet: str) -> None:
    frames, chance = grey(), np.random.default_rng(7)
    for name, (rows, columns) in CORNERS.items():
        if name != quiet:
            part = frames[0, rows, columns]
            frames[:, rows, columns] = chance.integers(0, 255, part.shape, dtype=np.uint8)
    assert corner_of(*quietest(frames, WIDE, HIGH, MARGIN)) == quiet


def test_of_corners_that_are_alike_it_takes_the_lower_right_one() -> None:
    assert quietest(grey(), WIDE, HIGH, MARGIN) == (WIDTH - MARGIN - WIDE, HEIGHT - MARGIN - HIGH)


@given(
    st.integers(20, 300), st.integers(20, 300), st.integers(1, 200), st.integers(1, 200),
    st.integers(0, 20), st.integers(1, 3),
)  # fmt: skip
def test_it_lies_whole_in_the_picture_or_is_refused(
    width: int, height: int, wide: int, high: int, margin: int, count: int
) -> None:
    frames = np.zeros((count, height, width, 3), np.uint8)
    if wide + 2 * margin > width or high + 2 * margin > height:
        with pytest.raises(ValueError, match="does not fit"):
            quietest(frames, wide, high, margin)
        return
    left, top = quietest(frames, wide, high, margin)
    assert left % 2 == top % 2 == 0
    assert 0 <= left <= width - wide
    assert 0 <= top <= height - high
