"""A piece of a picture is found where it went, and another letter in it is told by its pixels."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from pipeline.stills import found_again
from tests.pictures import lettered, photograph

BOX = np.array([[120, 88], [310, 88], [310, 138], [120, 138]], np.float32)


def written(word: str, right: int = 0, light: float = 1.0, soft: float = 0.0) -> np.ndarray:
    """A word on a dark plate before a photograph."""
    plate = lettered(Image.new("RGB", (220, 90), "#402030"), word, (0.07, 0.15), 40)
    image = photograph("coffee").resize((600, 400))
    image.paste(plate, (110 + right, 70))
    if soft:
        image = image.filter(ImageFilter.GaussianBlur(soft))
    return found_again.luma((np.asarray(image) * light).astype(np.uint8))


STILL = written("NORDLYS")
PIECE = found_again.cut_out(STILL, BOX)


def alike(frame: np.ndarray, near: np.ndarray = BOX) -> float:
    return found_again.settle(PIECE, frame, near)[1]


@pytest.mark.parametrize(
    "frame", [STILL, written("NORDLYS", light=0.8), written("NORDLYS", soft=0.8)]
)
def test_the_same_letters_are_alike_if_darker_or_softer(frame: np.ndarray) -> None:
    assert alike(frame) > 0.85


@pytest.mark.parametrize("frame", [written("NORDLXS"), written(" "), written("NORDLYS", soft=7)])
def test_another_letter_none_and_a_blur_are_not(frame: np.ndarray) -> None:
    assert alike(frame) < 0.75


def test_it_is_found_where_it_went() -> None:
    moved = written("NORDLYS", right=110)
    where, score = found_again.seek(PIECE, STILL, moved)
    assert score > 0.6
    placed, likeness = found_again.settle(PIECE, moved, where)
    assert likeness > 0.85
    assert np.abs(placed - BOX - [110, 0]).max() < 3


def test_a_box_outside_the_picture_is_found_nowhere() -> None:
    outside = found_again.Piece(BOX - 1000, PIECE.cut)
    assert found_again.seek(outside, STILL, STILL)[1] == -1.0
    assert alike(STILL, BOX - 1000) < 0.5


def test_a_flat_piece_is_like_nothing() -> None:
    flat = np.full((24, 100), 90, np.uint8)
    assert found_again.likeness(flat, flat) == 0.0
