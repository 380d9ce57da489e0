"""Where a scene's shape is in every frame, and whether it stays in the picture."""

from dataclasses import replace

import pytest

from pipeline.toy import world
from pipeline.toy.world import Scene

SCENE = Scene("red", "circle", "cream", "plain", (32.0, 30.0), 10.0, ("left",))


def ends(*moves: str) -> tuple[float, float, float]:
    """Where the scene's shape is in its last frame when it does this."""
    (place,) = world.path(replace(SCENE, moves=moves), [world.FRAMES - 1])
    return place


@pytest.mark.parametrize(
    ("move", "place"),
    [
        ("left", (16, 30, 10)),
        ("right", (48, 30, 10)),
        ("up", (32, 14, 10)),
        ("down", (32, 46, 10)),
        ("grow", (32, 30, 10 * world.GROWN)),
        ("shrink", (32, 30, 10 * world.SHRUNK)),
        ("rest", (32, 30, 10)),
    ],
)
def test_each_motion_goes_its_whole_way(move: str, place: tuple[float, float, float]) -> None:
    assert ends(move) == pytest.approx(place)


def test_a_motion_is_even_and_starts_at_the_centre() -> None:
    across = [x for x, _, _ in world.path(SCENE)]
    assert across == pytest.approx([32 - step for step in range(17)])


def test_the_second_of_two_moves_begins_half_way() -> None:
    places = world.path(replace(SCENE, moves=("up", "right")))
    assert places[8] == pytest.approx((32, 22, 10))
    assert places[4][0] == places[8][0] == 32
    assert places[16] == pytest.approx((40, 22, 10))


def test_a_shape_that_grows_and_shrinks_again_is_followed_through_both() -> None:
    assert ends("grow", "shrink")[2] == pytest.approx(10 * world.STAGED_GROWN * world.STAGED_SHRUNK)


def test_a_shape_fits_when_it_stays_in_the_frame_to_its_end() -> None:
    assert world.fits(SCENE)
    assert not world.fits(replace(SCENE, centre=(25.0, 30.0)))
    assert world.fits(replace(SCENE, centre=(25.0, 30.0)), margin=-2.5)
    assert not world.fits(SCENE, margin=8)


def test_a_shape_that_leaves_the_frame_only_half_way_does_not_fit() -> None:
    out_and_back = replace(SCENE, centre=(16.0, 30.0), moves=("left", "right"))
    assert not world.fits(out_and_back)


def test_held_out_pairs_leave_every_colour_and_shape_in_training() -> None:
    assert not set(world.HELD_OUT) & set(world.SEEN)
    assert {colour for colour, _ in world.SEEN} == set(world.COLOURS)
    assert {shape for _, shape in world.SEEN} == set(world.SHAPES)
