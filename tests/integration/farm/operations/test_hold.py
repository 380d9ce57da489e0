"""Shots are held, released and dropped by name or as a whole; the gate speaks on what came meanwhile."""

import pytest

from farm.config import Settings
from farm.domain.lifecycle import ReviewStatus
from farm.errors import Refused
from farm.operations import hold
from farm.operations.per_shot import PerShot
from farm.store import Store
from farm.store.shots import in_review
from tests.integration.farm.store.conftest import claim, make, nothing_to_claim, submit


def test_what_waits_is_held_as_a_whole_and_lets_go_again(settings: Settings, farm: Store) -> None:
    submit(farm, "sh010", "sh020", "sh030")
    make(farm, claim(farm))
    both = PerShot(done=("sh020", "sh030"), refused=())

    assert hold.hold(farm, "demo", who="anna") == both
    assert nothing_to_claim(farm)
    assert hold.release(settings, farm, "demo", who="anna") == both
    assert claim(farm).shot.code == "sh020"


def test_a_refusal_stands_beside_what_was_done(farm: Store) -> None:
    submit(farm, "sh010", "sh020")
    make(farm, claim(farm))

    assert hold.hold(farm, "demo", ["sh010", "sh020"], who="anna") == PerShot(
        done=("sh020",), refused=("demo/sh010 is accepted; there is nothing to hold",)
    )


def test_the_gate_speaks_at_a_release(settings: Settings, farm: Store) -> None:
    submit(farm, "sh010")
    lease = claim(farm)
    hold.hold(farm, "demo", who="anna")
    make(farm, lease)

    hold.release(settings, farm, "demo", ["sh010"], who="anna")

    [shot] = in_review.find(farm, "demo")
    assert (shot.review, shot.selected) == (ReviewStatus.ACCEPTED, 1)


def test_a_release_of_all_leaves_what_was_omitted(settings: Settings, farm: Store) -> None:
    submit(farm, "sh010", "sh020")
    hold.omit(farm, "demo", ["sh010"], who="anna")
    hold.hold(farm, "demo", who="anna")

    assert hold.release(settings, farm, "demo", who="anna").done == ("sh020",)


def test_nothing_to_hold_or_release_is_refused(settings: Settings, farm: Store) -> None:
    submit(farm, "sh010")
    make(farm, claim(farm))
    with pytest.raises(Refused, match="nothing to hold"):
        hold.hold(farm, "demo", who="anna")
    with pytest.raises(Refused, match="nothing to release"):
        hold.release(settings, farm, "demo", who="anna")
