"""Shots are cancelled, approved and rejected; each answer tells of which."""

from typing import Any

import pytest

from farm.domain.lifecycle import ReviewStatus
from farm.operations import hold, review
from farm.operations.per_shot import PerShot
from farm.operations.review import Cancelled
from farm.store import Store
from tests.integration.farm.store.conftest import claim, make, miss, submit


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


@pytest.mark.parametrize("decide", [review.approve, review.reject, hold.hold, hold.omit])
def test_a_shot_that_is_not_as_the_person_saw_it_is_refused_beside_the_others(
    farm: Store, decide: Any
) -> None:
    submit(farm, "sh010", "sh020")
    miss(farm, claim(farm))

    newer = decide(farm, "demo", ["sh010", "sh020"], newest=1, who="anna")
    moved = decide(farm, "demo", ["sh010"], known=ReviewStatus.ACCEPTED, who="anna").refused

    assert "demo/sh010 has a newer take than 1: take 2 was ordered by the farm" in newer.refused[0]
    assert newer.stale == ("sh010",)
    assert moved == ("demo/sh010 is pending and not accepted; look at it again first",)
