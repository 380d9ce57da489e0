"""The questions that `farm status`, `shots`, `show` and `report` ask, and the deliveries'."""

import time

import pytest

from farm.domain.events import EventKind
from farm.domain.lifecycle import FailureClass, ReviewStatus, ShotState
from farm.errors import UnknownName
from farm.store import Store
from farm.store.queries import events, overview, queued, selection, shot_story
from farm.store.queries.overview import ShotStatus
from farm.store.queue import leases
from farm.store.shots import review
from pipeline.result import Verdict
from tests.conftest import a_recipe
from tests.integration.farm.store.conftest import (
    OVER,
    a_step,
    claim,
    fail,
    log,
    make,
    miss,
    nothing_to_claim,
    submit,
)


@pytest.fixture
def busy(store: Store) -> Store:
    """A production with a shot in each state that a run leads to, and one that only waits."""
    submit(store, "accepted", "missed", "failed", "cancelled", "rejected", "running", "waiting")
    make(store, claim(store), score=0.75)
    lease = claim(store)
    fail(store)
    review.cancel(store, "demo", "cancelled", "anna")
    make(store, claim(store))
    review.review(store, "demo", "rejected", ReviewStatus.REJECTED, "anna")
    claim(store)
    miss(store, lease, cfg_high=5.0)
    submit(store, "sh010", production="autumn")
    return store


def test_a_production_is_counted_by_the_states_of_its_shots(busy: Store) -> None:
    autumn, demo = overview.productions(busy)

    assert (autumn.name, autumn.shots, autumn.takes) == ("autumn", 1, 1)
    assert (demo.name, demo.shots, demo.takes) == ("demo", 7, 8)
    assert set(demo.states) == set(ShotState)
    assert {state: count for state, count in demo.states.items() if count} == {
        ShotState.ACCEPTED: 1,
        ShotState.WAITING: 2,
        ShotState.FAILED: 1,
        ShotState.CANCELLED: 1,
        ShotState.REJECTED: 1,
        ShotState.RENDERING: 1,
    }


def test_one_production_is_shown_alone(busy: Store) -> None:
    assert [each.name for each in overview.productions(busy, "demo")] == ["demo"]


def test_each_shot_stands_on_one_line_in_the_order_it_came(busy: Store) -> None:
    lines = {shot.code: shot for shot in overview.shots(busy, "demo")}

    assert list(lines) == [
        "accepted",
        "missed",
        "failed",
        "cancelled",
        "rejected",
        "running",
        "waiting",
    ]
    seconds = lines["accepted"].seconds
    assert seconds is not None
    assert 0 <= seconds < 60
    assert lines["accepted"] == ShotStatus(
        code="accepted",
        state=ShotState.ACCEPTED,
        review=ReviewStatus.ACCEPTED,
        takes=1,
        rung=0,
        selected=1,
        verdict=Verdict.ACCEPTED,
        match=0.75,
        coverage=None,
        seconds=seconds,
        prompt=a_recipe().prompt,
        reason="",
    )
    assert (lines["missed"].takes, lines["missed"].rung) == (2, 1)
    assert lines["failed"].reason == "still.unreadable: it is broken"
    assert lines["cancelled"].reason == "cancelled by anna"
    assert lines["running"].seconds is None
    assert lines["waiting"].verdict is None


def test_shots_are_listed_by_state(busy: Store) -> None:
    waiting = overview.shots(busy, "demo", ShotState.WAITING)

    assert [shot.code for shot in waiting] == ["missed", "waiting"]
    assert overview.shots(busy, "demo", ShotState.APPROVED) == []


def test_a_line_shows_the_take_that_stands_for_the_shot_rather_than_the_latest(
    store: Store,
) -> None:
    submit(store, "sh010")
    make(store, claim(store), score=0.9)
    review.retake(store, "demo", "sh010", lambda _: a_step(seed=9), "anna")

    (shot,) = overview.shots(store, "demo")

    assert (shot.state, shot.takes, shot.selected, shot.match) == ("waiting", 2, 1, 0.9)


def test_seconds_are_those_of_all_attempts(store: Store) -> None:
    submit(store, "sh010")
    for _ in range(2):
        claim(store, lease_seconds=OVER)
        time.sleep(0.1)
        leases.take_back(store)

    (shot,) = overview.shots(store, "demo")

    assert shot.seconds is not None
    assert 0.2 <= shot.seconds < 60


def test_a_story_tells_takes_attempts_and_events_in_their_order(store: Store) -> None:
    submit(store, "sh010", "other", notes="hero")
    lost = claim(store, "farm-a", lease_seconds=OVER)
    leases.take_back(store)
    miss(store, claim(store, "farm-b"), cfg_high=5.0)
    make(store, claim(store))  # of the other shot
    make(store, claim(store))

    told = shot_story.tell(store, "demo", "sh010")

    assert [(take.number, take.rung, take.verdict) for take in told.takes] == [
        (1, 0, Verdict.LOW_MATCH),
        (2, 1, Verdict.ACCEPTED),
    ]
    first, second = told.takes[0].attempts
    assert (first["attempt"], first["worker"], first["outcome"]) == (1, lost.worker, "taken_back")
    assert (second["attempt"], second["worker"], second["outcome"]) == (
        2,
        "farm-b/w1",
        "succeeded",
    )
    assert first["started_at"] <= first["ended_at"] <= second["started_at"]
    assert [event.kind for event in told.events] == [
        EventKind.SHOT_SUBMITTED,
        EventKind.TAKE_ORDERED,
        EventKind.TAKE_STARTED,
        EventKind.LEASE_TAKEN_BACK,
        EventKind.TAKE_STARTED,
        EventKind.TAKE_SUCCEEDED,
        EventKind.TAKE_ORDERED,
        EventKind.TAKE_STARTED,
        EventKind.TAKE_SUCCEEDED,
        EventKind.REVIEW_MOVED,
    ]
    assert {event.shot for event in told.events} == {"sh010"}
    assert [event.at for event in told.events] == sorted(event.at for event in told.events)
    assert all(event.at.utcoffset() is not None for event in told.events)


def test_deliveries_find_the_selected_takes_under_the_reviews_they_ask_for(busy: Store) -> None:
    (accepted,) = selection.selected_takes(busy, "demo", frozenset({ReviewStatus.ACCEPTED}))

    assert (accepted.shot, accepted.take, accepted.match) == ("accepted", 1, 0.75)
    assert accepted.clip == "clips/demo/accepted/accepted_t01_a1.1_farm-a.mp4"
    assert (accepted.frames, accepted.fps, accepted.width, accepted.height) == (17, 8, 64, 64)
    assert (accepted.prompt, accepted.still) == (a_recipe().prompt, a_recipe().still)
    assert accepted.recipe_hash == a_recipe().hash
    assert [take.shot for take in selection.selected_takes(busy, "demo")] == [
        "accepted",
        "rejected",
    ]
    assert selection.selected_takes(busy, "autumn") == []


def test_the_queue_tells_what_waits_what_runs_and_for_how_long(store: Store) -> None:
    assert queued.queue(store) == queued.Queue(waiting={}, held=0, running=0, oldest_wait=0.0)
    submit(store, "sh010", "sh020", "sh030")
    submit(store, "wan1", recipe=a_recipe(profile="wan"))
    claim(store)
    fail(store, FailureClass.MACHINE)
    time.sleep(0.1)

    queue = queued.queue(store)

    assert (queue.waiting, queue.running) == ({"toy": 2, "wan": 1}, 1)
    assert 0.1 <= queue.oldest_wait < 60


def test_what_only_backs_off_is_unfinished_but_does_not_wait(store: Store) -> None:
    submit(store, "sh010")
    fail(store, FailureClass.MACHINE)

    assert nothing_to_claim(store)
    assert queued.unfinished(store, "toy")
    assert queued.queue(store).waiting == {"toy": 1}
    assert queued.queue(store).oldest_wait == 0.0


def test_a_profile_is_unfinished_while_a_take_of_it_waits_or_runs(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    make(store, claim(store))
    assert (queued.unfinished(store, "toy"), queued.unfinished(store, "wan")) == (True, False)
    fail(store)
    running = claim(store)
    assert queued.unfinished(store, "toy")

    make(store, running)

    assert not queued.unfinished(store, "toy")


def test_events_are_read_on_from_where_a_reader_was(store: Store) -> None:
    submit(store, "sh010")
    keys = [key for key, _ in events.events(store)]
    make(store, claim(store))

    later = list(events.events(store, after=keys[-1]))

    assert [event.kind for _, event in later] == [
        EventKind.TAKE_STARTED,
        EventKind.TAKE_SUCCEEDED,
        EventKind.REVIEW_MOVED,
    ]
    assert keys + [key for key, _ in later] == sorted(key for key, _ in events.events(store))


def test_a_long_log_is_read_to_its_end(store: Store) -> None:
    submit(store, *[f"sh{number:04d}" for number in range(1100)])

    assert len(log(store)) == 2200


@pytest.mark.parametrize(
    "ask",
    [overview.productions, overview.shots, selection.selected_takes, selection.stands],
)
def test_an_unknown_production_is_answered_with_those_there_are(busy: Store, ask: object) -> None:
    assert callable(ask)
    with pytest.raises(UnknownName) as refusal:
        ask(busy, "dmo")

    assert str(refusal.value) == "there is no production 'dmo'; there are: autumn, demo"


def test_an_unknown_shot_is_answered_with_the_way_to_list_them(busy: Store) -> None:
    with pytest.raises(UnknownName, match=r"^demo has no shot 'x'; `farm shots demo` lists them$"):
        shot_story.tell(busy, "demo", "x")
    with pytest.raises(UnknownName, match=r"^there is no production 'dmo'"):
        shot_story.tell(busy, "dmo", "accepted")
