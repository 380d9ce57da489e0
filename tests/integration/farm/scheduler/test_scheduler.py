"""The loop, driven tick by tick on a cluster of plain lists and a clock of its own."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import event as hooks

from farm.cluster.outcome import Faulted, Rejected
from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import ShotState, TakeStatus
from farm.domain.retry import RetryPolicy
from farm.errors import FarmError
from farm.scheduler.loop import Scheduler
from farm.scheduler.pace import Pace
from farm.scheduler.run import Listeners, Run
from farm.store import Store, open_store
from farm.store.queries import overview, selection, shot_story
from farm.store.queries.names import production_keys
from farm.store.queue import claims, leases
from farm.store.shots import intake
from pipeline.errors import Cause
from pipeline.profiles import profile
from pipeline.result import Verdict
from pipeline.storage.folder import MediaFolder
from tests.conftest import a_new_shot, sqlite_database
from tests.integration.farm.store.conftest import seats
from tests.played_cluster import Clock, PlayedCluster


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(sqlite_database(tmp_path / "farm.db"))
    yield store
    store.close()


def a_scheduler(
    store: Store, cluster: PlayedCluster, heard: list[Event] | None = None, **pace: float | bool
) -> Scheduler:
    defaults = {"policy": RetryPolicy(backoff=0.0), "beat_seconds": 1.0}
    serves = Run(
        owner="farm-a",
        profiles=(profile.load("toy"),),
        media=media_of(store),
        pace=Pace(**{**defaults, **pace}),
    )
    listeners = Listeners(events=[heard.append] if heard is not None else [])
    return Scheduler(serves, store, cluster, listeners, Clock())


def media_of(store: Store) -> MediaFolder:
    """The folder of the database is the media root."""
    assert store.engine.url.database
    return MediaFolder(Path(store.engine.url.database).parent)


def submit(store: Store, *codes: str) -> None:
    intake.submit(store, "ads", [a_new_shot(code) for code in codes], who="anna")


def states(store: Store) -> list[ShotState]:
    return [shot.state for shot in overview.shots(store, "ads")]


def test_each_free_worker_gets_one_take_under_its_own_title(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    cluster = PlayedCluster("w1", "w2")
    a_scheduler(store, cluster).tick()
    titles = {order.title for _, order in cluster.busy.values()}
    assert titles == {"ads/sh010 take 1", "ads/sh020 take 1"}
    assert states(store) == [ShotState.RENDERING, ShotState.RENDERING, ShotState.WAITING]


def test_a_miss_climbs_and_the_end_of_the_ladder_is_a_person(store: Store) -> None:
    submit(store, "sh010")
    cluster = PlayedCluster("w1")
    heard: list[Event] = []
    scheduler = a_scheduler(store, cluster, heard)
    for score in (0.1, 0.3, 0.2, 0.25):
        scheduler.tick()
        if "w1" not in cluster.busy:
            break
        cluster.made("w1", Verdict.LOW_MATCH, score)
    scheduler.tick()
    assert states(store) == [ShotState.NEEDS_REVIEW]
    told = shot_story.tell(store, "ads", "sh010")
    assert len(told.takes) > 2
    assert [take.rung for take in told.takes] == [*range(len(told.takes))]
    assert told.selected == 2
    assert [event.kind for event in heard] == [event.kind for event in told.events[2:]]


def test_takes_that_are_finished_together_are_settled_in_one_transaction(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    cluster = PlayedCluster("w1", "w2", "w3")
    scheduler = a_scheduler(store, cluster)
    scheduler.tick()
    for worker in ("w1", "w2", "w3"):
        cluster.made(worker, Verdict.ACCEPTED, 0.9)
    clips: list[int] = []
    hooks.listen(
        store.engine,
        "commit",
        lambda connection: clips.append(
            connection.exec_driver_sql("SELECT count(*) FROM clips").scalar_one()
        ),
    )

    scheduler.tick()

    assert states(store) == [ShotState.ACCEPTED] * 3
    assert set(clips) == {0, 3}


def test_a_machine_fault_makes_a_new_attempt_of_the_same_take(store: Store) -> None:
    submit(store, "sh010")
    cluster = PlayedCluster("w1")
    scheduler = a_scheduler(store, cluster)
    scheduler.tick()
    cluster.answer("w1", Faulted(Cause.MACHINE, "the device fell off"))
    scheduler.tick()
    scheduler.tick()
    cluster.made("w1", Verdict.ACCEPTED, 0.9)
    scheduler.tick()
    [take] = shot_story.tell(store, "ads", "sh010").takes
    assert take.status is TakeStatus.SUCCEEDED
    assert [attempt["outcome"] for attempt in take.attempts] == ["returned", "succeeded"]


def test_a_rejected_shot_goes_to_a_person_at_once(store: Store) -> None:
    submit(store, "sh010")
    cluster = PlayedCluster("w1")
    scheduler = a_scheduler(store, cluster)
    scheduler.tick()
    cluster.answer("w1", Rejected("still.altered", "the still was altered"))
    scheduler.tick()
    [shot] = overview.shots(store, "ads")
    assert (shot.state, shot.takes) == (ShotState.FAILED, 1)
    assert shot.reason == "still.altered: the still was altered"


def test_beats_keep_leases_and_a_lost_one_stops_its_worker(store: Store) -> None:
    submit(store, "sh010", "sh020")
    cluster = PlayedCluster("w1", "w2")
    scheduler = a_scheduler(store, cluster)
    scheduler.tick()
    cluster.extended.clear()
    [(lost, _), (kept, _)] = [cluster.busy["w1"], cluster.busy["w2"]]
    with store.write() as connection:
        connection.exec_driver_sql(
            "UPDATE takes SET lease_until = '2000-01-01 00:00:00.000000' WHERE id = "
            + lost.partition(".")[0]
        )
    leases.take_back(store)
    scheduler.tick()
    scheduler.tick()
    assert cluster.stopped == [lost]
    assert kept in cluster.extended
    assert lost not in cluster.extended


def test_a_fatal_fault_stops_the_run_and_returns_everything(store: Store) -> None:
    submit(store, "sh010", "sh020")
    cluster = PlayedCluster("w1", "w2")
    scheduler = a_scheduler(store, cluster, until_idle=True)
    scheduler.tick()
    cluster.answer("w1", Faulted(Cause.FATAL, "there is no ffmpeg"))
    with pytest.raises(FarmError, match="there is no ffmpeg"):
        scheduler.run(threading.Event())
    assert states(store) == [ShotState.WAITING, ShotState.WAITING]


def test_a_stopped_run_settles_what_is_done_and_returns_the_rest(store: Store) -> None:
    submit(store, "sh010", "sh020")
    cluster = PlayedCluster("w1", "w2")
    scheduler = a_scheduler(store, cluster)
    scheduler.tick()
    cluster.made("w1", Verdict.ACCEPTED, 0.9)
    stop = threading.Event()
    stop.set()
    scheduler.run(stop)
    assert states(store) == [ShotState.ACCEPTED, ShotState.WAITING]


def test_until_idle_waits_for_takes_that_others_run(store: Store) -> None:
    submit(store, "sh010")
    claims.claim(store, "farm-b", "toy", seats("b1"), 60.0)
    stop = threading.Event()
    scheduler = a_scheduler(store, PlayedCluster("w1"), until_idle=True)
    loop = threading.Thread(target=scheduler.run, args=(stop,))
    loop.start()
    loop.join(timeout=1.5)
    assert loop.is_alive()
    stop.set()
    loop.join(timeout=240)
    assert not loop.is_alive()


def test_a_late_result_is_told_and_publishes_nothing(store: Store) -> None:
    submit(store, "sh010")
    cluster = PlayedCluster("w1")
    heard: list[Event] = []
    scheduler = a_scheduler(store, cluster, heard)
    scheduler.tick()
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE takes SET lease_until = '2000-01-01 00:00:00.000000'")
    leases.take_back(store)
    cluster.made("w1", Verdict.ACCEPTED, 0.9)
    scheduler.tick()
    assert EventKind.LATE_RESULT in {event.kind for event in heard}
    assert states(store) == [ShotState.RENDERING], "the next attempt is under way"
    assert selection.selected_takes(store, "ads") == []


def test_trouble_is_told_once_and_again_only_when_it_changes(store: Store) -> None:
    submit(store, "sh010")
    cluster = PlayedCluster("w1")
    told: list[Sequence[str]] = []
    serves = Run(owner="a", profiles=(profile.load("toy"),), media=media_of(store))
    scheduler = Scheduler(serves, store, cluster, Listeners(on_trouble=told.append), Clock())
    cluster.troubles = ["w2 waits for room"]
    scheduler.tick()
    scheduler.tick()
    cluster.troubles = []
    scheduler.tick()
    assert told == [("w2 waits for room",), ()]


# Some productions alone.


def serving(
    store: Store,
    cluster: PlayedCluster,
    *names: str,
    owner: str = "farm-a",
    heard: list[Event] | None = None,
) -> Scheduler:
    """A run that is to end when it has nothing left, of these productions."""
    serves = Run(
        owner=owner,
        profiles=(profile.load("toy"),),
        media=media_of(store),
        pace=Pace(policy=RetryPolicy(backoff=0.0), beat_seconds=1.0, until_idle=True),
        productions=list(production_keys(store, names).values()),
    )
    listeners = Listeners(events=[heard.append] if heard is not None else [])
    return Scheduler(serves, store, cluster, listeners, Clock())


def states_of(store: Store, production: str) -> set[ShotState]:
    return {shot.state for shot in overview.shots(store, production)}


def test_a_run_for_one_production_renders_it_ends_and_leaves_the_others_alone(
    store: Store,
) -> None:
    submit(store, "sh010", "sh020")
    intake.submit(store, "film", [a_new_shot("sh010"), a_new_shot("sh020")], who="anna")
    cluster = PlayedCluster("w1", "w2", "w3")
    scheduler = serving(store, cluster, "film")

    scheduler.tick()
    assert sorted(order.title for _, order in cluster.busy.values()) == [
        "film/sh010 take 1",
        "film/sh020 take 1",
    ]
    for worker in list(cluster.busy):
        cluster.made(worker, Verdict.ACCEPTED, 0.9)
    scheduler.tick()

    assert scheduler.idle(), "it waits for nothing that it does not serve"
    assert states_of(store, "film") == {ShotState.ACCEPTED}
    assert states_of(store, "ads") == {ShotState.WAITING}


def test_two_runs_with_different_productions_share_a_database(store: Store) -> None:
    submit(store, "sh010", "sh020")
    intake.submit(store, "film", [a_new_shot("sh010"), a_new_shot("sh020")], who="anna")
    one, other = PlayedCluster("w1", "w2", "w3"), PlayedCluster("w1", "w2", "w3")
    serving(store, one, "ads").tick()
    serving(store, other, "film", owner="farm-b").tick()

    assert sorted(order.title for _, order in one.busy.values()) == [
        "ads/sh010 take 1",
        "ads/sh020 take 1",
    ]
    assert sorted(order.title for _, order in other.busy.values()) == [
        "film/sh010 take 1",
        "film/sh020 take 1",
    ]


def test_a_run_for_one_production_takes_back_what_dead_runs_left_of_others(store: Store) -> None:
    submit(store, "sh010")
    intake.submit(store, "film", [a_new_shot("sh010")], who="anna")
    claims.claim(store, "dead", "toy", seats("w9"), -1.0)
    cluster = PlayedCluster("w1")
    heard: list[Event] = []
    serving(store, cluster, "film", heard=heard).tick()

    assert EventKind.LEASE_TAKEN_BACK in {event.kind for event in heard}
    assert states_of(store, "ads") == {ShotState.WAITING}
    assert {order.title for _, order in cluster.busy.values()} == {"film/sh010 take 1"}
