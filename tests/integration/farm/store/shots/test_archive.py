"""An archived production stays as it is until it is brought back, whoever wishes what meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest

from farm.domain.events import EventKind
from farm.domain.fair_share import FairShare
from farm.domain.lifecycle import FailureClass, ReviewStatus
from farm.errors import Refused, UnknownName
from farm.store import Store
from farm.store.queries import overview, queued
from farm.store.queue import claims, leases
from farm.store.shots import archive, holds, intake, priorities, review
from tests.audit import Auditor
from tests.conftest import a_new_shot
from tests.integration.farm.store.conftest import (
    OVER,
    a_step,
    accept,
    at_once,
    claim,
    fail,
    log,
    make,
    nothing_to_claim,
    seats,
    submit,
)


def test_what_waits_is_not_claimed_and_no_run_waits_for_it(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    holds.hold(store, "demo", "sh020", "anna")
    fail(store, FailureClass.MACHINE)

    [event] = archive.archive(store, "demo", "anna", "on air")

    assert (event.kind, event.who) == (EventKind.PRODUCTION_ARCHIVED, "anna")
    assert event.data == {"production": "demo", "waiting": 3, "why": "on air"}
    assert nothing_to_claim(store)
    assert not queued.unfinished(store, "toy")
    queue = queued.queue(store)
    assert (queue.waiting, queue.held, queue.archived) == ({}, 0, 3)
    assert [bool(each.archived) for each in overview.productions(store)] == [True]


def test_a_run_that_knew_of_its_takes_claims_none(store: Store) -> None:
    submit(store, "sh010", "sh020")
    share = FairShare()
    claims.claim(store, "farm-a", "toy", seats("w1"), 60.0, share=share)
    review.cancel(store, "demo", "sh010", "anna")
    assert share.anybody_wants
    archive.archive(store, "demo", "anna")

    assert claims.claim(store, "farm-a", "toy", seats("w2"), 60.0, share=share) == ([], [])


def test_it_comes_back_as_it_was(store: Store) -> None:
    submit(store, "sh010", "sh020")
    holds.hold(store, "demo", "sh010", "anna")
    archive.archive(store, "demo", "anna")

    [event] = archive.restore(store, "demo", "bert", "a new market")

    assert event.data == {"production": "demo", "why": "a new market"}
    assert claim(store).shot.code == "sh020"
    assert nothing_to_claim(store), "sh010 is on hold still"
    assert Auditor(store.engine).audit() == []


def test_nothing_is_archived_while_it_renders(store: Store) -> None:
    submit(store, *(f"sh{number:03d}" for number in range(7)))
    running = [claim(store) for _ in range(6)]

    with pytest.raises(Refused) as refusal:
        archive.archive(store, "demo", "anna")

    assert str(refusal.value) == (
        "demo cannot be archived while takes of it render: sh000, sh001, sh002, sh003, sh004 and 1 "
        "more; let them end, or `farm cancel demo SHOT` first"
    )
    assert queued.queue(store).waiting == {"toy": 1}, "nothing was changed"
    for lease in running:
        make(store, lease)
    assert archive.archive(store, "demo", "anna")


@pytest.mark.parametrize(
    "wish",
    [
        lambda s: review.retake(s, "demo", "sh010", lambda _: a_step(seed=9), "anna"),
        lambda s: review.cancel(s, "demo", "sh020", "anna"),
        lambda s: review.review(s, "demo", "sh010", ReviewStatus.REJECTED, "anna"),
        lambda s: holds.hold(s, "demo", "sh020", "anna"),
        lambda s: holds.omit(s, "demo", "sh010", "anna"),
        lambda s: holds.release(s, "demo", "sh020", accept, "anna"),
        lambda s: priorities.set_priority(s, "demo", "sh020", 5, "anna"),
        lambda s: priorities.set_weight(s, "demo", 5.0, "anna"),
        lambda s: intake.submit(s, "demo", [a_new_shot("sh030")], who="anna"),
    ],
)
def test_every_wish_is_refused_with_the_way_back(
    store: Store, wish: Callable[[Store], Any]
) -> None:
    submit(store, "sh010", "sh020")
    make(store, claim(store))
    archive.archive(store, "demo", "anna")
    before = len(log(store))

    with pytest.raises(
        Refused, match=r"^demo is archived since .*; `farm archive demo --undo` first$"
    ):
        wish(store)

    assert len(log(store)) == before


def test_twice_is_once_too_often(store: Store) -> None:
    submit(store, "sh010")
    with pytest.raises(Refused, match="demo is not archived"):
        archive.restore(store, "demo", "anna")
    archive.archive(store, "demo", "anna")
    with pytest.raises(Refused, match="demo is archived already"):
        archive.archive(store, "demo", "anna")
    with pytest.raises(UnknownName, match="there is no production 'film'; there are: demo"):
        archive.archive(store, "film", "anna")


def test_a_late_result_of_an_archived_production_is_kept_aside(store: Store) -> None:
    submit(store, "sh010")
    late = claim(store, lease_seconds=OVER)
    leases.take_back(store)
    archive.archive(store, "demo", "anna")

    assert not make(store, late)

    assert Auditor(store.engine).audit() == []


def test_archiving_while_everybody_claims_and_retakes_leaves_nothing_to_claim(store: Store) -> None:
    codes = [f"sh{number:03d}" for number in range(24)]
    submit(store, *codes)
    done: list[bool] = []

    def work(number: int) -> None:
        owner = f"farm-{number}"
        for turn in range(8):
            try:
                if number == 0:
                    archive.archive(store, "demo", "anna")
                    done.append(True)
                    return
                given, _ = claims.claim(store, owner, "toy", seats(f"{owner}/w1"), 60.0)
                for lease in given:
                    make(store, lease)
                review.retake(
                    store, "demo", codes[turn], lambda _: a_step(seed=number * 100 + 50), "bert"
                )
            except Refused:
                continue

    at_once(4, work)

    if not done:
        assert not overview.productions(store)[0].archived
        archive.archive(store, "demo", "anna")
    assert nothing_to_claim(store)
    assert Auditor(store.engine).audit() == []


def test_a_fault_in_an_open_production_changes_nothing_here(store: Store) -> None:
    submit(store, "sh010")
    submit(store, "sh010", production="film")
    archive.archive(store, "demo", "anna")

    lease = claim(store)
    assert lease.shot.production == "film"
    make(store, lease)
    assert nothing_to_claim(store)
