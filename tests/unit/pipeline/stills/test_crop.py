"""Crops by arithmetic: inside the picture, of the ratio asked for, around the subject if it fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.stills import crop
from pipeline.stills.subject import Box

SIDES = st.integers(16, 4000)
RATIOS = st.floats(0.25, 4.0)
SHARES = st.floats(0, 1)


@st.composite
def boxes(draw: st.DrawFn, width: int, height: int) -> Box:
    x = sorted((draw(SHARES), draw(SHARES)))
    y = sorted((draw(SHARES), draw(SHARES)))
    return x[0] * width, y[0] * height, x[1] * width, y[1] * height


@given(width=SIDES, height=SIDES, ratio=RATIOS, data=st.data())
def test_the_largest_window_lies_in_the_picture_and_has_the_ratio(
    width: int, height: int, ratio: float, data: st.DataObject
) -> None:
    around = data.draw(st.none() | boxes(width, height))
    left, top, right, bottom = crop.largest((width, height), ratio, around)
    assert left >= 0
    assert top >= 0
    assert right <= width + 1e-6
    assert bottom <= height + 1e-6
    assert (right - left) / (bottom - top) == pytest.approx(ratio)
    assert right - left == pytest.approx(width) or bottom - top == pytest.approx(height)


@given(width=SIDES, height=SIDES, ratio=RATIOS, data=st.data())
def test_a_subject_that_fits_into_the_window_is_whole_in_it(
    width: int, height: int, ratio: float, data: st.DataObject
) -> None:
    box = data.draw(boxes(width, height))
    window = crop.largest((width, height), ratio, box)
    fits = box[2] - box[0] <= window[2] - window[0] and box[3] - box[1] <= window[3] - window[1]
    if fits:
        assert window[0] <= box[0] + 1e-6
        assert window[1] <= box[1] + 1e-6
        assert window[2] >= box[2] - 1e-6
        assert window[3] >= box[3] - 1e-6


def test_the_window_is_centred_on_the_subject_as_far_as_the_picture_allows() -> None:
    assert crop.largest((300, 100), 1.0) == (100, 0, 200, 100)
    assert crop.largest((300, 100), 1.0, (60, 0, 80, 100)) == (20, 0, 120, 100)
    assert crop.largest((300, 100), 1.0, (0, 0, 20, 100)) == (0, 0, 100, 100)
    assert crop.largest((100, 300), 1.0, (0, 280, 100, 300)) == (0, 200, 100, 300)


@given(width=SIDES, height=SIDES, data=st.data(), room=st.floats(0, 0.4))
def test_a_proposal_lies_in_the_picture_and_keeps_the_ratio(
    width: int, height: int, data: st.DataObject, room: float
) -> None:
    box = data.draw(boxes(width, height))
    window = crop.largest((width, height), 1.5)
    proposed = crop.proposal((width, height), window, box, {"left": room}, 8)
    if proposed:
        assert (proposed[2] - proposed[0]) / (proposed[3] - proposed[1]) == pytest.approx(1.5)
        assert min(proposed) >= 0
        assert proposed[2] <= width + 1e-6
        assert proposed[3] <= height + 1e-6


def test_a_proposal_leaves_room_where_the_subject_goes() -> None:
    window = (0.0, 0.0, 1000.0, 1000.0)
    proposed = crop.proposal((1000, 1000), window, (450, 450, 550, 550), {"left": 0.3}, 50)
    assert proposed
    left, _, right, _ = proposed
    assert (450 - left) / (right - left) == pytest.approx(0.3)


def test_a_proposal_that_changes_hardly_anything_is_none() -> None:
    window = (0.0, 0.0, 1000.0, 1000.0)
    assert crop.proposal((1000, 1000), window, (60, 60, 940, 940), {}, 50) is None
