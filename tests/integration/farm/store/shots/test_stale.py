"""Who decides about a shot that is not as they saw it is told what happened, and nothing is done."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from farm.domain.lifecycle import ReviewStatus
from farm.errors import Refused, Stale
from farm.store import Store
from farm.store.shots import holds, priorities, review
from tests.integration.farm.store.conftest import (
    a_step,
    accept,
    claim,
    dump,
    log,
    make,
    miss,
    submit,
)

APPROVED, REJECTED, ACCEPTED = (
    ReviewStatus.APPROVED,
    ReviewStatus.REJECTED,
    ReviewStatus.ACCEPTED,
)
Decide = Callable[..., Any]


def approve(store: Store, **seen: Any) -> None:
    review.review(store, "demo", "sh010", APPROVED, "anna", 1, **seen)


def retake(store: Store, who: str = "anna", **seen: Any) -> None:
    review.retake(store, "demo", "sh010", lambda _: a_step(seed=9), who, **seen)


DECISIONS = [
    pytest.param(approve, id="approve"),
    pytest.param(
        lambda s, **seen: review.review(s, "demo", "sh010", REJECTED, "anna", **seen), id="reject"
    ),
    pytest.param(lambda s, **seen: holds.hold(s, "demo", "sh010", "anna", **seen), id="hold"),
    pytest.param(lambda s, **seen: holds.omit(s, "demo", "sh010", "anna", **seen), id="omit"),
    pytest.param(retake, id="retake"),
    pytest.param(
        lambda s, **seen: priorities.set_priority(s, "demo", "sh010", 9, "anna", **seen),
        id="priority",
    ),
]
every_decision = pytest.mark.parametrize("decide", DECISIONS)


@every_decision
def test_a_take_that_the_person_did_not_know_is_told_with_who_ordered_it_and_when(
    store: Store, decide: Decide
) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    retake(store, who="ben")
    before = dump(store)

    with pytest.raises(Stale) as refusal:
        decide(store, newest=1)

    assert re.fullmatch(
        r"demo/sh010 has a newer take than 1: take 2 was ordered by ben on \d\d \w+ at [\d:]{8}; "
        "look at it first",
        str(refusal.value),
    )
    assert dump(store) == before
    decide(store, newest=2, known=ReviewStatus.PENDING)
    assert len(log(store)) > len(before["events"])


@every_decision
def test_a_review_that_somebody_else_moved_is_told_with_who_and_why(
    store: Store, decide: Decide
) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    review.review(store, "demo", "sh010", REJECTED, "ben", why="too dark")
    before = dump(store)

    with pytest.raises(Stale) as refusal:
        decide(store, newest=1, known=ACCEPTED)

    assert re.fullmatch(
        r"demo/sh010 is not accepted any more: ben moved it to rejected on \d\d \w+ at [\d:]{8} "
        r"\(rejected by ben: too dark\); look at it again first",
        str(refusal.value),
    )
    assert dump(store) == before


def release(store: Store, **seen: Any) -> None:
    holds.release(store, "demo", "sh010", accept, "anna", **seen)


def cancel(store: Store, **seen: Any) -> None:
    review.cancel(store, "demo", "sh010", "anna", **seen)


@pytest.mark.parametrize("decide", [release, cancel])
def test_what_is_let_go_on_or_cancelled_must_be_as_it_was_seen(
    store: Store, decide: Decide
) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    retake(store, who="ben")
    holds.hold(store, "demo", "sh010", "ben")
    holds.omit(store, "demo", "sh010", "carl", "cut from the film")
    before = dump(store)

    with pytest.raises(Stale, match="than 1: take 2 was ordered by ben on "):
        decide(store, newest=1, known=ReviewStatus.OMITTED)
    with pytest.raises(
        Stale, match=r"not on hold any more: carl moved it to omitted on .*the film"
    ):
        decide(store, newest=2, known=ReviewStatus.ON_HOLD)

    assert dump(store) == before


def test_what_is_as_it_was_seen_is_let_go_on_and_cancelled(store: Store) -> None:
    submit(store, "sh010")
    holds.hold(store, "demo", "sh010", "ben")
    release(store, newest=1, known=ReviewStatus.ON_HOLD)
    cancel(store, newest=1, known=ReviewStatus.PENDING)
    assert log(store)[-1].kind == "take_cancelled"


def test_a_priority_that_somebody_else_gave_is_told_with_who_and_why(store: Store) -> None:
    submit(store, "sh010", priority=2)
    priorities.set_priority(store, "demo", "sh010", 5, "ben", "the client waits")
    before = dump(store)

    with pytest.raises(Stale) as refusal:
        priorities.set_priority(store, "demo", "sh010", 0, "anna", seen=2)

    assert re.fullmatch(
        r"demo/sh010 has priority 2 no more: ben gave it 5 on \d\d \w+ at [\d:]{8} "
        r"\(the client waits\); look at it again first",
        str(refusal.value),
    )
    assert priorities.set_priority(store, "demo", "sh010", 5, "anna", seen=2) == []
    assert dump(store) == before
    assert priorities.set_priority(store, "demo", "sh010", 0, "ben", seen=2)
    assert priorities.set_priority(store, "demo", "sh010", 1, "anna", seen=0)


def test_a_priority_that_a_list_gave_is_told_too(store: Store) -> None:
    submit(store, "sh010", priority=2)
    with pytest.raises(
        Stale, match=r"^demo/sh010 has priority 2 and not 0; look at it again first$"
    ):
        priorities.set_priority(store, "demo", "sh010", 9, "anna", seen=0)


def test_the_gate_is_told_as_the_farm(store: Store) -> None:
    submit(store, "sh010")
    miss(store, claim(store))
    make(store, claim(store))

    with pytest.raises(Stale, match="than 1: take 2 was ordered by the farm on "):
        approve(store, newest=1)
    with pytest.raises(Stale, match=r"any more: the farm moved it to accepted on .*it matches\)"):
        approve(store, known=ReviewStatus.PENDING)


def test_what_the_person_did_elsewhere_is_no_surprise(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))
    review.review(store, "demo", "sh010", REJECTED, "anna")

    approve(store, newest=1, known=ACCEPTED)

    assert log(store)[-1].data["after"] == "approved"


def test_a_shot_that_is_as_the_person_saw_it_is_decided(store: Store) -> None:
    submit(store, "sh010")
    make(store, claim(store))

    approve(store, newest=1, known=ACCEPTED)

    assert log(store)[-1].data["after"] == "approved"


def test_nobody_can_have_seen_what_never_was(store: Store) -> None:
    submit(store, "sh010")

    with pytest.raises(Stale, match=r"^demo/sh010 is pending and not approved; look at it again"):
        holds.hold(store, "demo", "sh010", "anna", known=APPROVED)
    with pytest.raises(Refused, match=r"^demo/sh010 has no take 2; its newest is take 1$"):
        holds.hold(store, "demo", "sh010", "anna", newest=2)
