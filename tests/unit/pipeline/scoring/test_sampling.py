"""Frames that travel to a scorer elsewhere are those that it would have looked at here."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.scoring.sampling import looked_at, sample, sampled


@given(frames=st.integers(2, 120), wanted=st.integers(2, 20))
def test_what_is_looked_at_is_the_same_when_it_is_sampled_again(frames: int, wanted: int) -> None:
    clip = np.arange(frames, dtype=np.uint8)[:, None, None, None].repeat(3, 3)
    sent = looked_at(clip, wanted, in_parts=False)
    assert len(sent) <= wanted
    assert [*sent[:, 0, 0, 0]] == sample(frames, wanted)
    for here, there in zip(sampled(clip, wanted), sampled(sent, wanted), strict=True):
        assert np.array_equal(np.asarray(here), np.asarray(there))


def test_a_scorer_that_looks_at_parts_gets_all_frames() -> None:
    clip = np.zeros((17, 2, 2, 3), np.uint8)
    assert looked_at(clip, 4, in_parts=True) is clip
