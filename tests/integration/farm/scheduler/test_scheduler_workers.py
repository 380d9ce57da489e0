"""Workers fail, fall sick, hang and are drained; the scheduler moves their takes and says why."""

import shutil
import threading
from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from farm.cluster.outcome import Faulted, Lost
from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import FailureClass, ShotState, TakeStatus
from farm.domain.placement import Seat
from farm.domain.retry import RetryPolicy
from farm.errors import FarmError, SchemaError
from farm.scheduler.loop import Scheduler
from farm.scheduler.pace import Pace
from farm.scheduler.run import Listeners, Run
from farm.scheduler.stalls import StallLimits
from farm.store import open_store, workers
from farm.store.queries import overview, shot_story
from farm.store.queries.shot_story import TakeStory
from farm.store.queue import claims
from farm.store.shots import intake
from pipeline.errors import Cause
from pipeline.profiles import profile
from pipeline.result import Verdict
from pipeline.storage.folder import MediaFolder
from tests.audit import Auditor
from tests.conftest import a_new_shot, sqlite_database
from tests.integration.farm.store.conftest import say
from tests.played_cluster import Clock, PlayedCluster

BROKEN = Faulted(Cause.MACHINE, "CUDA error")
FULL = Faulted(Cause.CAPACITY, "the memory of cuda ran out")


class Played:
    """A scheduler on a played cluster, and what it said."""

    def __init__(
        self, folder: Path, *workers: str, cluster: PlayedCluster | None = None, **pace: Any
    ) -> None:
        self.store = open_store(sqlite_database(folder / "farm.db"))
        self.cluster = cluster or PlayedCluster(*workers)
        self.clock = Clock()
        self.heard: list[Event] = []
        self.trouble: Sequence[str] = ()
        defaults = {"policy": RetryPolicy(backoff=0.0), "beat_seconds": 1.0}
        serves = Run(
            owner="farm-a",
            profiles=(profile.load("toy"),),
            media=MediaFolder(folder),
            pace=Pace(**{**defaults, **pace}),
            least_free=1,
        )
        listeners = Listeners(events=[self.heard.append], on_trouble=self._on_trouble)
        self.scheduler = Scheduler(serves, self.store, self.cluster, listeners, self.clock)

    def _on_trouble(self, sentences: Sequence[str]) -> None:
        self.trouble = sentences

    def submit(self, *codes: str, production: str = "ads") -> None:
        intake.submit(self.store, production, [a_new_shot(code) for code in codes], who="anna")

    def ticks(self, count: int = 2) -> None:
        for _ in range(count):
            self.scheduler.tick()

    def makes(self, worker: str) -> None:
        self.cluster.made(worker, Verdict.ACCEPTED, 0.9)

    def take(self, code: str = "sh010") -> TakeStory:
        return shot_story.tell(self.store, "ads", code).takes[-1]

    def workers_of(self, code: str = "sh010") -> list[str]:
        return [attempt["worker"] for attempt in self.take(code).attempts]

    def shot_at(self, worker: str) -> str:
        return self.cluster.busy[worker][1].title


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Any]:
    played: list[Played] = []

    def make(*workers: str, **pace: Any) -> Played:
        played.append(Played(tmp_path, *workers, **pace))
        return played[-1]

    yield make
    for each in played:
        assert Auditor(each.store.engine).audit() == []
        each.store.close()


def test_a_fault_moves_the_take_to_another_worker(play: Any) -> None:
    farm: Played = play("w1", "w2")
    farm.submit("sh010")
    farm.ticks()
    farm.cluster.answer("w1", BROKEN)
    farm.ticks()

    assert farm.workers_of() == ["w1", "w2"]
    assert farm.take().attempts[1]["node"] == "node-w2"


def test_a_worker_that_has_only_just_loaded_is_claimed_for_with_its_machine(play: Any) -> None:
    class Loading(PlayedCluster):
        """Learns where its workers are when it is asked which are free, as Ray actors are."""

        seen = False

        def free(self) -> Sequence[str]:
            self.seen = True
            return super().free()

        def nodes(self) -> Mapping[str, str]:
            return super().nodes() if self.seen else {}

    farm: Played = play(cluster=Loading("w1"))
    farm.submit("sh010")

    farm.scheduler.tick()

    assert farm.take().attempts[0]["node"] == "node-w1"


def test_what_a_dead_run_with_a_clock_ahead_left_is_taken_over_in_a_few_lease_times(
    play: Any,
) -> None:
    farm: Played = play("w1", lease_seconds=3.0)
    farm.submit("sh010")
    claims.claim(farm.store, "farm-b", "toy", [Seat("w9", "node9")], 3600.0)
    farm.ticks()
    assert not farm.cluster.busy

    while not farm.cluster.busy and farm.clock.now < 60:
        farm.ticks()

    assert farm.clock.now > 15
    assert farm.workers_of() == ["w9", "w1"]


def test_a_take_waits_for_a_busy_worker_rather_than_return_to_the_one_that_failed_it(
    play: Any,
) -> None:
    farm: Played = play("w1", "w2")
    farm.submit("sh010", "sh020")
    farm.ticks()
    farm.cluster.answer("w1", BROKEN)
    farm.ticks(5)
    assert "w1" not in farm.cluster.busy

    farm.makes("w2")
    farm.ticks()

    assert farm.workers_of() == ["w1", "w2"]


def test_a_worker_alone_gets_its_failures_again(play: Any) -> None:
    farm: Played = play("w1")
    farm.submit("sh010")
    farm.ticks()
    farm.cluster.answer("w1", BROKEN)
    farm.ticks()

    assert farm.workers_of() == ["w1", "w1"]


def test_a_shot_that_fails_on_three_workers_goes_to_a_person_and_never_round(play: Any) -> None:
    farm: Played = play("w1", "w2", "w3", "w4")
    farm.submit("poison", "sh020")
    farm.ticks()
    for _ in range(3):
        worker = next(w for w in farm.cluster.busy if "poison" in farm.shot_at(w))
        farm.cluster.answer(worker, Faulted(Cause.MACHINE, f"{worker} died"))
        farm.ticks()

    take = farm.take("poison")
    assert len(set(farm.workers_of("poison"))) == 3
    assert (take.status, take.failure_class) == (TakeStatus.FAILED, FailureClass.SHOT)
    assert "failed on 3 different workers" in take.reason
    assert shot_story.tell(farm.store, "ads", "poison").state is ShotState.FAILED
    assert farm.cluster.retired == [], "the workers were blamed for the shot"


def test_a_worker_that_fails_three_takes_in_a_row_is_taken_out_and_says_why(play: Any) -> None:
    farm: Played = play("w1", "w2", sick_seconds=600.0, stalls=StallLimits(least=10_000.0))
    farm.submit(*(f"sh{number:03d}" for number in range(8)))
    farm.ticks()
    for _ in range(3):
        farm.cluster.answer("w1", BROKEN)
        farm.makes("w2")
        farm.ticks()

    assert farm.cluster.retired == ["w1"]
    sentence = (
        "w1 failed 3 different takes in a row; the last: CUDA error; it is taken out for 10 min"
    )
    assert farm.trouble == (sentence,)
    [sick] = [event for event in farm.heard if event.kind is EventKind.WORKER_SICK]
    assert sick.data == {
        "worker": "w1", "node": "node-w1", "owner": "farm-a", "why": sentence
    }  # fmt: skip
    [told] = [worker for worker in workers.workers(farm.store) if worker.sick]
    assert (told.name, told.node, told.why) == ("w1", "node-w1", sentence)

    farm.clock.now += 600.0
    farm.ticks()

    assert (farm.cluster.retired, farm.trouble) == ([], ())
    assert EventKind.WORKER_BACK in {event.kind for event in farm.heard}
    assert not any(worker.sick for worker in workers.workers(farm.store))


def test_a_worker_without_memory_does_not_eat_the_queue(play: Any) -> None:
    farm: Played = play("w1", "w2")
    farm.submit(*(f"sh{number:03d}" for number in range(8)))
    farm.ticks()
    for _ in range(3):
        farm.cluster.answer("w1", FULL)
        farm.makes("w2")
        farm.ticks()

    assert farm.cluster.retired == ["w1"]
    with farm.store.read() as connection:
        faults = connection.exec_driver_sql("SELECT sum(faults) FROM takes").scalar()
    assert faults == 0


def test_a_run_whose_workers_are_all_sick_ends_in_a_sentence_and_loses_nothing(play: Any) -> None:
    farm: Played = play("w1", policy=RetryPolicy(backoff=600.0))
    farm.submit("sh010", "sh020", "sh030", "sh040")
    farm.cluster.reflex = BROKEN

    with pytest.raises(FarmError, match="every worker was taken out: w1 failed 3 different"):
        farm.scheduler.run(threading.Event())

    assert {shot.state for shot in overview.shots(farm.store, "ads")} == {ShotState.WAITING}


def test_a_lost_machine_costs_nothing(play: Any) -> None:
    farm: Played = play("w1", "w2")
    farm.submit("sh010")
    for _ in range(6):
        farm.ticks()
        worker = next(iter(farm.cluster.busy))
        farm.cluster.answer(worker, Lost("its node was taken away"))
    farm.ticks()

    take = farm.take()
    assert [each["outcome"] for each in take.attempts] == ["taken_back"] * 6 + [None]
    assert take.attempts[0]["reason"] == "its node was taken away"
    assert farm.cluster.retired == []


def test_a_full_media_folder_stops_the_handing_out_and_not_the_run(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    farm: Played = play("w1")
    farm.submit("sh010", "sh020")
    farm.ticks()
    usage = namedtuple("Usage", "total used free")
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, 0))
        farm.cluster.answer("w1", Faulted(Cause.CAPACITY, "the media folder has no room left"))
        farm.ticks(10)
        assert farm.cluster.busy == {}
        assert "has 0 MiB left" in farm.trouble[0]
        assert farm.cluster.retired == []
    farm.ticks(12)

    assert (farm.trouble, len(farm.cluster.busy)) == ((), 1)


def test_a_render_that_hangs_is_taken_back_and_its_worker_replaced(play: Any) -> None:
    stalls = StallLimits(factor=10.0, least=20.0, total=10_000.0)
    farm: Played = play("w1", "w2", stalls=stalls)
    farm.submit("sh010", "sh020")
    farm.ticks()
    farm.makes("w2")
    farm.cluster.positions["w1"] = ("denoise", 5)
    farm.clock.step = 7.0
    farm.ticks(3)
    assert farm.cluster.replaced == []

    farm.ticks(3)

    assert len(farm.cluster.replaced) == 1
    first, second = farm.take().attempts
    assert (first["outcome"], second["worker"]) == ("returned", "w2")
    assert "it is stuck: nothing has moved for" in first["reason"]
    assert "at step 5 of 8, where a step takes 0.19 s" in first["reason"]


def test_a_render_that_takes_too_long_in_all_is_taken_back(play: Any) -> None:
    farm: Played = play("w1", stalls=StallLimits(total=30.0))
    farm.submit("sh010")
    for step in range(8):
        farm.cluster.positions["w1"] = ("denoise", step)
        farm.clock.now += 5.0
        farm.ticks(1)

    assert "a take may last 30 s" in farm.take().attempts[0]["reason"]


def test_what_is_usual_is_known_from_earlier_runs(play: Any) -> None:
    farm: Played = play("w1")
    farm.submit("sh010")
    farm.ticks()
    farm.makes("w1")
    farm.ticks()

    [(recipe, seconds)] = overview.latest_stages(farm.store, "toy")

    assert (recipe.steps, seconds["denoise"]) == (8, 1.5)
    assert overview.latest_stages(farm.store, "wan") == []


def test_a_drained_machine_finishes_what_it_has_and_gets_no_more(play: Any) -> None:
    farm: Played = play("w1", "w2")
    farm.submit("sh010", "sh020", "sh030", "sh040")
    farm.ticks()
    workers.drain(farm.store, "node-w1", "anna", "new disks")
    farm.ticks()
    assert farm.cluster.closed == {"node-w1"}
    assert farm.trouble == ("node-w1 is drained by anna: new disks",)

    farm.makes("w1")
    farm.makes("w2")
    farm.ticks()

    assert list(farm.cluster.busy) == ["w2"]
    assert farm.take("sh010").status is TakeStatus.SUCCEEDED
    workers.undrain(farm.store, "node-w1", "anna")
    farm.ticks()
    assert set(farm.cluster.busy) == {"w1", "w2"}


def test_a_notice_from_the_cluster_does_the_same_as_a_drain(play: Any) -> None:
    farm: Played = play("w1", "w2")
    farm.submit("sh010", "sh020", "sh030", "sh040")
    farm.cluster.notices = {"node-w1": "the cluster drains it"}
    farm.ticks()

    assert list(farm.cluster.busy) == ["w2"]
    assert farm.trouble == ("node-w1 gets no more takes: the cluster drains it",)


def test_a_rush_job_gets_through_beside_a_batch_that_goes_on(play: Any) -> None:
    farm: Played = play("w1")
    farm.submit(*(f"sh{number:03d}" for number in range(50)), production="batch")
    order: list[str] = []
    for turn in range(12):
        if turn == 4:
            farm.submit("rush1", "rush2", production="ads")
        farm.ticks()
        order.append(farm.shot_at("w1"))
        farm.makes("w1")

    rushed = [place for place, title in enumerate(order) if title.startswith("ads/")]
    assert rushed == [4, 6] or rushed == [5, 7], order


def test_weights_share_the_workers_between_productions(play: Any) -> None:
    farm: Played = play("w1")
    for production in ("big", "small"):
        farm.submit(*(f"sh{number:03d}" for number in range(30)), production=production)
    say(farm.store, "UPDATE productions SET weight = 3 WHERE name = 'big'")
    order: list[str] = []
    for _ in range(16):
        farm.ticks()
        order.append(farm.shot_at("w1").partition("/")[0])
        farm.makes("w1")

    assert (order.count("big"), order.count("small")) == (12, 4)


def test_a_schema_that_changes_under_a_run_ends_it_in_a_sentence(play: Any) -> None:
    farm: Played = play("w1")
    farm.submit("sh010")
    farm.ticks()
    say(farm.store, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(SchemaError, match="schema revision 9999, this farm needs"):
        farm.ticks(3)
