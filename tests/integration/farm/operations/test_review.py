"""Shots are cancelled, approved and rejected; each answer tells of which."""

from farm.operations import review
from farm.operations.per_shot import PerShot
from farm.operations.review import Cancelled
from farm.store import Store
from tests.integration.farm.store.conftest import claim, make, submit


def test_takes_that_wait_or_render_are_cancelled(farm: Store) -> None:
    submit(farm, "sh010", "sh020")
    claim(farm)

    assert review.cancel(farm, "demo", ["sh010", "sh020"], who="anna").done == (
        Cancelled("sh010", 1),
        Cancelled("sh020", 1),
    )
    assert review.cancel(farm, "demo", ["sh010"], who="anna").refused == (
        "demo/sh010 has no take to cancel: it is cancelled",
    )


def test_shots_are_passed_and_turned_down(farm: Store) -> None:
    submit(farm, "sh010", "sh020")
    make(farm, claim(farm))

    assert review.reject(farm, "demo", ["sh010"], who="anna") == PerShot(
        done=("sh010",), refused=()
    )
    passed = review.approve(farm, "demo", ["sh010", "sh020"], take=1, who="anna")
    assert passed.done == ("sh010",)
    assert passed.refused == ("demo/sh020 take 1 has no clip; takes with one: none",)
