"""Orders tell the texts of takes that wait, and the database is asked for them now and then."""

import pytest

from farm.errors import StoreError
from farm.scheduler.texts_ahead import ASK_EVERY, MOST_TAKES, TextsAhead
from tests.conftest import an_order


def test_an_order_tells_what_was_last_found() -> None:
    answers = iter([("a",), ("b", "c")])
    ahead = TextsAhead(lambda most: next(answers))
    assert ahead.with_order(an_order()).ahead == ()
    ahead.look(0.0)
    assert ahead.with_order(an_order()).ahead == ("a",)
    ahead.look(ASK_EVERY - 1)
    assert ahead.with_order(an_order()).ahead == ("a",)
    ahead.look(ASK_EVERY)
    assert ahead.with_order(an_order()).ahead == ("b", "c")


def test_no_more_takes_are_asked_for_than_an_order_should_carry() -> None:
    asked: list[int] = []
    TextsAhead(lambda most: asked.append(most) or ()).look(0.0)
    assert asked == [MOST_TAKES]


def test_a_database_that_is_away_is_asked_again_at_once() -> None:
    def away(_most: int) -> tuple[str, ...]:
        raise StoreError("away")

    ahead = TextsAhead(away)
    for _ in range(2):
        with pytest.raises(StoreError):
            ahead.look(0.0)
    assert ahead.with_order(an_order()).ahead == ()
