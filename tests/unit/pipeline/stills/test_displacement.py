"""Where what one picture shows is in the next."""

import numpy as np
from PIL import Image

from pipeline.stills.displacement import displacement


def test_what_has_moved_is_found_where_it_is_now() -> None:
    rng = np.random.default_rng(1)
    coarse = Image.fromarray(rng.integers(0, 255, (12, 20), np.uint8)).resize((160, 96))
    ground = np.asarray(coarse)
    moved = np.roll(ground, (1, 3), (0, 1))
    flow = displacement(ground, moved)[16:-16, 16:-16]
    assert np.allclose(np.median(flow, axis=(0, 1)), (3, 1), atol=0.2)


def test_hardly_a_picture_has_not_moved() -> None:
    assert not displacement(np.zeros((4, 9), np.uint8), np.ones((4, 9), np.uint8)).any()
