"""Checked shots wait on disk, in their order, and can be read as often as is wanted."""

import pytest

from farm.shotlist import Pile
from farm.shotlist.spill import CHUNK
from tests.conftest import a_new_shot


@pytest.mark.parametrize("count", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 3])
def test_a_pile_gives_back_what_was_put_there(count: int) -> None:
    shots = [a_new_shot(f"sh{number:04d}") for number in range(count)]
    pile = Pile()
    for shot in shots:
        pile.put(shot)

    assert len(pile) == count
    assert [*pile] == shots
    assert [*pile] == shots, "a second time"


def test_two_readers_of_a_pile_do_not_disturb_each_other() -> None:
    pile = Pile()
    for number in range(2 * CHUNK + 1):
        pile.put(a_new_shot(f"sh{number:04d}"))

    assert all(one == other for one, other in zip(pile, pile, strict=True))
