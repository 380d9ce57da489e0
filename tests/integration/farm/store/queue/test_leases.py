"""A take comes to one worker at a time, in the right order, and comes back when that worker is lost."""

import time

import pytest
from sqlalchemy.exc import IntegrityError

from farm.domain.events import EventKind
from farm.domain.lifecycle import FailureClass
from farm.domain.retry import RetryPolicy
from farm.store import Store, open_store
from farm.store.queries import queued, shot_story
from farm.store.queue import claims, faults, leases
from tests.conftest import a_recipe
from tests.integration.farm.store.conftest import (
    OVER,
    at_once,
    claim,
    dump,
    end_back_offs,
    log,
    make,
    nothing_to_claim,
    say,
    seats,
    submit,
    value,
)

ONE_ACTIVE = r"uq_takes_active|failed: takes.shot_id\n"
"""What each database says when its index refuses a second active take."""


def test_the_highest_priority_goes_first_and_then_the_oldest(store: Store) -> None:
    for code, priority in (("low", -1), ("first", 0), ("second", 0), ("urgent", 9)):
        submit(store, code, priority=priority)

    claimed, _ = claims.claim(store, "farm-a", "toy", seats("w1", "w2", "w3"), 60.0)

    assert [lease.shot.code for lease in claimed] == ["urgent", "first", "second"]
    assert [lease.worker for lease in claimed] == ["w1", "w2", "w3"]
    assert claim(store).shot.code == "low"


def test_a_retake_does_not_jump_the_queue_of_its_own_priority(store: Store) -> None:
    submit(store, "sh010", "sh020")
    lease = claim(store)
    leases.release(store, lease, "the run was asked to stop")

    assert [claim(store).shot.code, claim(store).shot.code] == ["sh010", "sh020"]


def test_a_claim_takes_no_more_than_there_are_workers(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")

    claimed, events = claims.claim(store, "farm-a", "toy", seats("w1", "w2"), 60.0)

    assert (len(claimed), len(events)) == (2, 2)
    assert queued.queue(store).running == 2
    assert claims.claim(store, "farm-a", "toy", [], 60.0) == ([], [])


def test_a_claim_takes_what_there_is_when_there_are_more_workers(store: Store) -> None:
    submit(store, "sh010")

    claimed, _ = claims.claim(store, "farm-a", "toy", seats("w1", "w2", "w3"), 60.0)

    assert [(lease.shot.code, lease.worker) for lease in claimed] == [("sh010", "w1")]
    assert nothing_to_claim(store)


def test_a_claim_never_takes_a_take_of_another_profile(store: Store) -> None:
    submit(store, "toy1", recipe=a_recipe(profile="toy"))
    submit(store, "wan1", recipe=a_recipe(profile="wan2.2-i2v-a14b"), priority=9)

    claimed, _ = claims.claim(store, "farm-a", "toy", seats("w1", "w2"), 60.0)

    assert [lease.shot.code for lease in claimed] == ["toy1"]
    assert queued.queue(store).waiting == {"wan2.2-i2v-a14b": 1}


def test_claimers_at_once_never_get_the_same_take(store: Store, database: str) -> None:
    codes = [f"sh{number:03d}" for number in range(120)]
    submit(store, *codes)

    def take_all(number: int) -> list[str]:
        own = open_store(database)
        mine: list[str] = []
        while True:
            claimed, _ = claims.claim(own, f"farm-{number}", "toy", seats("w1", "w2"), 60.0)
            if not claimed:
                own.close()
                return mine
            mine += [lease.shot.code for lease in claimed]

    taken = [code for mine in at_once(8, take_all) for code in mine]

    assert sorted(taken) == codes
    assert value(store, "SELECT count(*) FROM attempts") == 120
    assert value(store, "SELECT max(token) FROM takes") == 1


def test_a_lease_names_its_attempt_its_place_and_its_clip(store: Store) -> None:
    submit(store, "sh010")
    first = claim(store)
    leases.release(store, first, "stopped")

    second = claim(store, "farm-b")

    assert (first.token, second.token) == (1, 2)
    assert first.key != second.key
    assert second.title == "demo/sh010 take 1"
    assert second.clip == "clips/demo/sh010/sh010_t01_a1.2_farm-b.mp4"
    assert first.clip != second.clip
    assert (second.owner, second.worker) == ("farm-b", "farm-b/w1")
    assert second.order().previews


def test_a_start_is_announced_with_how_long_the_take_waited(store: Store) -> None:
    begun = time.monotonic()
    submit(store, "sh010")
    time.sleep(0.05)

    _, (started,) = claims.claim(store, "farm-a", "toy", seats("w1"), 60.0)

    assert started == log(store)[-1]
    assert (started.kind, started.take, started.attempt) == (EventKind.TAKE_STARTED, 1, 1)
    assert (started.who, started.data["owner"]) == ("w1", "farm-a")
    assert 0.05 <= started.data["wait"] < time.monotonic() - begun + 0.1


def test_a_beat_keeps_a_lease_that_would_have_run_out(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store, lease_seconds=OVER)

    assert leases.beat(store, {lease: 3}, 60.0) == ([lease], [])

    assert leases.take_back(store) == []
    assert value(store, "SELECT step FROM takes") == 3


def test_a_beat_tells_which_leases_are_lost(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    lost = claim(store, lease_seconds=OVER)
    kept = claim(store)
    ended = claim(store)
    make(store, ended)
    leases.take_back(store)
    claim(store, "farm-b")
    before = dump(store)["takes"]

    assert leases.beat(store, {lost: 5, kept: 6, ended: 7}, 60.0) == ([kept], [lost, ended])

    after = dump(store)["takes"]
    assert [a != b for a, b in zip(before, after, strict=True)] == [False, True, False]


def test_a_lease_from_a_clock_that_was_ahead_is_named_and_taken_back_by_name(store: Store) -> None:
    submit(store, "sh010", "sh020")
    claim(store, lease_seconds=60.0)
    ahead = claim(store, lease_seconds=3600.0)

    assert list(leases.far_ahead(store, 300.0)) == [(ahead.take_id, ahead.token)]
    assert leases.take_back(store) == []
    assert leases.take_back(store, [(ahead.take_id, ahead.token + 1)]) == []
    (event,) = leases.take_back(store, [(ahead.take_id, ahead.token)])

    assert (event.shot, event.attempt) == ("sh020", 1)
    assert claim(store).shot.code == "sh020"


def test_a_lease_is_not_taken_back_before_its_time(store: Store) -> None:
    submit(store, "sh010")
    claim(store, lease_seconds=60.0)

    assert leases.take_back(store) == []
    assert nothing_to_claim(store)
    say(store, "UPDATE takes SET lease_until = '2000-01-01 00:00:00.000000'")
    (event,) = leases.take_back(store)

    assert event == log(store)[-1]
    assert (event.kind, event.take, event.attempt) == (EventKind.LEASE_TAKEN_BACK, 1, 1)
    assert event.data["owner"] == "farm-a"


def test_a_lost_machine_costs_an_attempt_and_never_a_take(store: Store) -> None:
    submit(store, "sh010")
    for _ in range(5):
        claim(store, lease_seconds=OVER)
        leases.take_back(store)

    lease = claim(store)

    assert (lease.number, lease.token) == (1, 6)
    assert value(store, "SELECT faults FROM takes") == 0
    attempts = shot_story.tell(store, "demo", "sh010").takes[0].attempts
    assert [each["outcome"] for each in attempts] == ["taken_back"] * 5 + [None]
    assert "farm-a no longer answers" in attempts[0]["reason"]


def test_taking_back_twice_gives_a_take_back_once(store: Store, database: str) -> None:
    submit(store, *[f"sh{number:03d}" for number in range(20)])
    claims.claim(store, "farm-a", "toy", seats(*(f"w{number}" for number in range(20))), OVER)

    def take_back(_: int) -> list[str]:
        own = open_store(database)
        events = leases.take_back(own)
        own.close()
        return [event.shot for event in events]

    shots = [shot for mine in at_once(4, take_back) for shot in mine]

    assert len(shots) == len(set(shots)) == 20


def test_a_release_costs_nothing_and_is_due_at_once(store: Store) -> None:
    submit(store, "sh010")
    lease = claim(store)

    (event,) = leases.release(store, lease, "the run was asked to stop")

    assert event == log(store)[-1]
    assert (event.kind, event.data["failure_class"]) == (EventKind.TAKE_RETURNED, None)
    assert value(store, "SELECT faults FROM takes") == 0
    assert claim(store).take_id == lease.take_id


def test_a_release_of_a_lost_lease_changes_nothing(store: Store) -> None:
    submit(store, "sh010")
    lost = claim(store, lease_seconds=OVER)
    leases.take_back(store)
    held = claim(store, "farm-b")
    before = dump(store)

    assert leases.release(store, lost, "stopped") == []

    assert dump(store) == before
    assert leases.beat(store, {held: 1}, 60.0) == ([held], [])


def test_a_take_that_backs_off_is_claimed_once_it_is_due(store: Store) -> None:
    submit(store, "sh010", "sh020")
    faults.fault(
        store, claim(store), FailureClass.MACHINE, "CUDA error", RetryPolicy(backoff=600.0)
    )

    assert claim(store).shot.code == "sh020"
    assert nothing_to_claim(store)
    end_back_offs(store)

    assert claim(store).shot.code == "sh010"


def test_a_take_that_is_due_again_does_not_wake_another_profile(store: Store) -> None:
    submit(store, "wan1", recipe=a_recipe(profile="wan"))
    lease = claim(store, profile="wan")
    faults.fault(store, lease, FailureClass.MACHINE, "CUDA error", RetryPolicy(backoff=600.0))
    end_back_offs(store)

    assert nothing_to_claim(store, "toy")
    assert claim(store, profile="wan").shot.code == "wan1"


def test_an_idle_claim_does_not_wait_for_a_writer(store: Store) -> None:
    with store.write() as connection:
        connection.exec_driver_sql("DELETE FROM productions")
        assert nothing_to_claim(store)  # who waited would not get the lock while this one holds it


def test_only_one_take_of_a_shot_can_wait_or_run(store: Store) -> None:
    submit(store, "sh010")
    add = (
        "INSERT INTO takes (shot_id, production_id, number, recipe, recipe_hash, profile, status, verdict)"
        " SELECT id, production_id, 2, '{}', 'x', 'toy', :status, :verdict FROM shots"
    )

    with pytest.raises(IntegrityError, match=ONE_ACTIVE):
        say(store, add, status="waiting", verdict=None)
    claim(store)
    with pytest.raises(IntegrityError, match=ONE_ACTIVE):
        say(store, add, status="waiting", verdict=None)
    say(store, add, status="succeeded", verdict="accepted")
