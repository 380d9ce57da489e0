"""The workers of all runs as they last reported, and the machines that people drained."""

import time

import pytest

from farm.domain.events import EventKind
from farm.domain.fleet_size import Headcount
from farm.domain.placement import Seat
from farm.errors import Refused, UnknownName
from farm.store import Store, workers
from farm.store.queries.headcount import headcount
from tests.integration.farm.store.conftest import log


def names(store: Store) -> list[tuple[str, str, bool]]:
    return [(each.owner, each.name, each.sick) for each in workers.workers(store)]


def test_workers_are_known_while_their_run_reports_them(store: Store) -> None:
    workers.report(store, "farm-a", {"w1": "node7", "w2": "node8"}, 60.0)
    workers.report(store, "farm-b", {"w1": "node9"}, 60.0)
    assert names(store) == [
        ("farm-a", "w1", False),
        ("farm-a", "w2", False),
        ("farm-b", "w1", False),
    ]

    workers.report(store, "farm-a", {"w2": "node8"}, 60.0)
    workers.leave(store, "farm-b")

    assert names(store) == [("farm-a", "w2", False)]


def test_how_many_are_wanted_wait_and_were_let_go_is_known_while_their_run_reports_it(
    store: Store,
) -> None:
    assert headcount(store) == Headcount(0)
    workers.report(store, "farm-a", {"w1": "node7"}, 60.0, Headcount(2, 3, released=4))
    workers.report(store, "farm-b", {"w1": "node9"}, 60.0, Headcount(1, 1))
    assert headcount(store) == Headcount(3, 4, released=4)

    workers.report(store, "farm-a", {"w1": "node7"}, 60.0, Headcount(5, 0, released=5))
    workers.leave(store, "farm-b")
    assert headcount(store) == Headcount(5, 0, released=5)

    workers.report(store, "farm-a", {"w1": "node7"}, -1.0, Headcount(5))
    assert headcount(store) == Headcount(0), "its run is dead"


def test_workers_of_a_run_that_died_are_forgotten_in_time(store: Store) -> None:
    workers.report(store, "farm-a", {"w1": "node7"}, 0.05)
    time.sleep(0.1)

    assert workers.workers(store) == []


def test_the_rows_of_a_run_that_died_long_ago_can_be_found_and_go(store: Store) -> None:
    workers.report(store, "farm-a", {"w1": "node7", "w2": "node8"}, -90.0)
    workers.fall_sick(store, "farm-a", Seat("w3", "node8"), "it broke", -90.0)
    workers.report(store, "farm-b", {}, -90.0)
    workers.report(store, "farm-c", {"w1": "node7"}, -30.0)
    workers.report(store, "farm-d", {"w1": "node7"}, 60.0)
    assert workers.dead_runs(store, 60.0) == {"farm-a": 3, "farm-b": 0}

    for owner in ("farm-a", "farm-b", "farm-c", "farm-d"):
        workers.forget(store, owner, 60.0)

    assert workers.dead_runs(store, 60.0) == {}
    assert workers.dead_runs(store, 0.0) == {"farm-c": 1}
    assert names(store) == [("farm-d", "w1", False)]


def test_a_run_that_was_forgotten_and_lives_is_known_again(store: Store) -> None:
    workers.report(store, "farm-a", {"w1": "node7"}, -90.0, Headcount(2))
    workers.forget(store, "farm-a", 60.0)
    assert headcount(store) == Headcount(0)

    workers.report(store, "farm-a", {"w1": "node7"}, 60.0, Headcount(2))

    assert names(store) == [("farm-a", "w1", False)]
    assert headcount(store) == Headcount(2)


def test_a_sick_worker_is_told_and_stays_known_until_it_is_tried_again(store: Store) -> None:
    workers.report(store, "farm-a", {"w1": "node7", "w2": "node7"}, 60.0)

    (event,) = workers.fall_sick(store, "farm-a", Seat("w1", "node7"), "three takes failed", 60.0)
    workers.report(store, "farm-a", {"w2": "node7"}, 60.0)

    assert event == log(store)[-1]
    assert (event.kind, event.production, event.shot) == (EventKind.WORKER_SICK, "", "")
    assert names(store) == [("farm-a", "w1", True), ("farm-a", "w2", False)]
    assert workers.workers(store)[0].why == "three takes failed"

    (back,) = workers.recover(store, "farm-a", Seat("w1", "node7"))

    assert back.kind is EventKind.WORKER_BACK
    assert names(store) == [("farm-a", "w2", False)]


def test_a_machine_is_drained_and_given_takes_again_by_name_and_with_a_reason(
    store: Store,
) -> None:
    workers.report(store, "farm-a", {"w1": "node7"}, 60.0)

    (event,) = workers.drain(store, "node7", "anna", "new disks")

    assert (event.kind, event.who, event.data["why"]) == (
        EventKind.NODE_DRAINED,
        "anna",
        "new disks",
    )
    [drained] = workers.drained(store)
    assert (drained.node, drained.who, drained.why) == ("node7", "anna", "new disks")
    with pytest.raises(Refused, match="node7 is drained already"):
        workers.drain(store, "node7", "bert")

    (back,) = workers.undrain(store, "node7", "bert")

    assert (back.kind, back.who) == (EventKind.NODE_BACK, "bert")
    assert workers.drained(store) == []
    with pytest.raises(Refused, match="node7 is not drained"):
        workers.undrain(store, "node7", "bert")


def test_a_machine_that_nobody_works_on_is_refused_with_those_there_are(store: Store) -> None:
    with pytest.raises(UnknownName, match="there are: none, no run is under way"):
        workers.drain(store, "node7", "anna")
    workers.report(store, "farm-a", {"w1": "node7", "w2": "node8"}, 60.0)

    with pytest.raises(
        UnknownName, match="no worker is on a machine 'node9'; there are: node7, node8"
    ):
        workers.drain(store, "node9", "anna")
