"""PSNR and SSIM of two films, held against scikit-image's."""

import numpy as np
import pytest
from skimage import metrics

from pipeline.clips import fidelity
from pipeline.storage.files import Frames
from tests.pictures import photograph


def film(noise: float, frames: int = 3) -> Frames:
    """A photograph that moves, with noise on it."""
    picture = np.asarray(photograph("china"))[:96, :128]
    rng = np.random.default_rng(4)
    moved = np.stack([np.roll(picture, number, 1) for number in range(frames)])
    return np.clip(moved + rng.normal(0, noise, moved.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("noise", [1.0, 8.0, 60.0])
def test_both_are_what_scikit_image_says(noise: float) -> None:
    one, other = film(0), film(noise)

    assert fidelity.psnr(one, other) == pytest.approx(metrics.peak_signal_noise_ratio(one, other))
    luma = [each @ np.asarray([0.2126, 0.7152, 0.0722]) for each in (one, other)]
    wanted = [
        metrics.structural_similarity(*both, data_range=255.0) for both in zip(*luma, strict=True)
    ]
    assert fidelity.ssim(one, other) == pytest.approx(np.mean(wanted))


def test_a_film_is_like_itself() -> None:
    assert fidelity.psnr(film(3), film(3)) is None
    assert fidelity.ssim(film(3), film(3)) == 1.0


def test_one_frame_that_differs_is_seen() -> None:
    other = film(0)
    other[1] = 255 - other[1]
    assert fidelity.ssim(film(0), other) < 0.9
    psnr = fidelity.psnr(film(0), other)
    assert psnr is not None
    assert psnr < 15


def test_films_of_different_shapes_are_not_compared() -> None:
    with pytest.raises(ValueError, match="are not compared"):
        fidelity.psnr(film(0), film(0, frames=2))
    with pytest.raises(ValueError, match="are not compared"):
        fidelity.ssim(film(0), film(0)[:, :32])


def test_frames_that_are_too_small_are_told() -> None:
    with pytest.raises(ValueError, match="6 x 96 pixels are too small"):
        fidelity.ssim(film(0)[:, :, :6], film(0)[:, :, :6])


def test_films_are_held_against_each_other_frame_by_frame() -> None:
    one, other = film(0, 5), film(0, 5)
    assert fidelity.difference(one, other) == fidelity.Difference(
        frames=5, differing=0, first=None, psnr=None
    )
    other[2, 0, 0, 0] ^= 1
    other[4] = film(8, 5)[4]

    found = fidelity.difference(iter(one), iter(other))

    assert (found.frames, found.differing, found.first) == (5, 2, 2)
    assert found.psnr == pytest.approx(fidelity.psnr(one, other))


@pytest.mark.parametrize("other", [film(0, 2), film(0, 4), film(0)[:, :90]])
def test_films_of_other_lengths_and_sizes_have_no_difference(other: Frames) -> None:
    with pytest.raises(ValueError, match=r"not compared|shorter|longer"):
        fidelity.difference(film(0), other)
