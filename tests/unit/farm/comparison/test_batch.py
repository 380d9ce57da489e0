"""Takes are rendered without a database: each once, each kept alive, and a failure costs no other."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from farm.cluster.outcome import Faulted, Lost, Made, Outcome, Rejected, Stopped
from farm.cluster.protocol import Progress, Report
from farm.comparison import batch
from farm.comparison.batch import Batch, Hearers, Wanted
from farm.domain.retry import RetryPolicy
from farm.errors import FarmError
from farm.scheduler.disk_space import DiskSpace
from farm.scheduler.pace import Pace
from farm.scheduler.stalls import StallLimits
from pipeline.errors import Cause
from pipeline.recipe import TakeOrder
from pipeline.result import TakeResult
from pipeline.storage.folder import MediaFolder
from tests.conftest import a_recipe, a_result
from tests.played_cluster import Clock, PlayedCluster

PACE = Pace(lease_seconds=30.0, policy=RetryPolicy(max_faults=3, backoff=0.0))
FAULT = Faulted(Cause.MACHINE, "CUDA error: an illegal memory access")


class Workers(PlayedCluster):
    """Answers each order, as soon as it is sent, with what a test says; takes are made where it says
    nothing."""

    def __init__(self, *workers: str) -> None:
        super().__init__(*workers)
        self.says: list[tuple[str, str, Outcome | None]] = []
        """Worker, or any; the title's beginning; the answer, or silence. Each is used once."""
        self.sent: list[tuple[str, TakeOrder]] = []

    def send(self, worker: str, key: str, order: TakeOrder, lease_seconds: float) -> None:
        super().send(worker, key, order, lease_seconds)
        assert lease_seconds == 30.0
        self.sent.append((worker, order))
        for each in self.says:
            if each[0] in ("", worker) and order.title.startswith(each[1]):
                self.says.remove(each)
                if each[2] is not None:
                    self.answer(worker, each[2])
                return
        self.answer(worker, Made(a_result(order.clip)))


class Heard:
    """What was told."""

    def __init__(self) -> None:
        self.made: dict[str, str] = {}
        """Clips by title."""
        self.left_out: list[str] = []
        self.trouble: list[Sequence[str]] = []

    def on_made(self, wanted: Wanted, result: TakeResult) -> None:
        assert wanted.title not in self.made, "it was made twice"
        self.made[wanted.title] = result.clip.path

    def on_left_out(self, _wanted: Wanted, sentence: str) -> None:
        self.left_out.append(sentence)


def wanted(*titles: str) -> list[Wanted]:
    def clip_of(title: str, attempt: int) -> str:
        return f"gates/{title}_a{attempt}.mp4"

    return [
        Wanted(
            title=title,
            recipe=a_recipe(seed=number),
            clip=lambda attempt, title=title: clip_of(title, attempt),
        )
        for number, title in enumerate(titles)
    ]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "IDLE_POLL", 0.0)


def a_batch(cluster: PlayedCluster, heard: Heard, folder: Path, pace: Pace = PACE) -> Batch:
    hearers = Hearers(on_made=heard.on_made, on_left_out=heard.on_left_out)
    return Batch(cluster, pace, DiskSpace(MediaFolder(folder), 0), hearers, Clock())


def test_every_take_is_made_once_by_whoever_is_free(heard: Heard, tmp_path: Path) -> None:
    cluster = Workers("w1", "w2")

    assert a_batch(cluster, heard, tmp_path).render(wanted("a", "b", "c"), threading.Event())

    assert heard.made == {title: f"gates/{title}_a1.mp4" for title in "abc"}
    assert {worker for worker, _ in cluster.sent} == {"w1", "w2"}
    assert all(order.no_decline and not order.insisted for _, order in cluster.sent)


def test_a_take_that_failed_is_made_by_another_worker_under_another_name(
    heard: Heard, tmp_path: Path
) -> None:
    cluster = Workers("w1", "w2")
    cluster.says = [("", "a", FAULT)]

    assert a_batch(cluster, heard, tmp_path).render(wanted("a", "b"), threading.Event())

    assert heard.made == {"a": "gates/a_a2.mp4", "b": "gates/b_a1.mp4"}
    first, second = [worker for worker, order in cluster.sent if order.title == "a"]
    assert first != second


def test_a_worker_that_fails_everything_costs_no_take(heard: Heard, tmp_path: Path) -> None:
    cluster = Workers("bad", "good")
    cluster.says = [("bad", "", FAULT)] * 20
    titles = "abcdefgh"

    assert a_batch(cluster, heard, tmp_path).render(wanted(*titles), threading.Event())

    assert sorted(heard.made) == list(titles)


def test_the_third_failure_of_a_take_ends_it_in_a_sentence(heard: Heard, tmp_path: Path) -> None:
    cluster = Workers("w1")
    cluster.says = [("", "b", FAULT)] * 3

    with pytest.raises(FarmError, match=r"^b cannot be made: CUDA error: .*\(attempt 3 of 3\)$"):
        a_batch(cluster, heard, tmp_path).render(wanted("a", "b"), threading.Event())

    assert list(heard.made) == ["a"]


def test_a_fatal_fault_ends_all_at_once(heard: Heard, tmp_path: Path) -> None:
    cluster = Workers("w1")
    cluster.says = [("", "a", Faulted(Cause.FATAL, "no such weights"))]

    with pytest.raises(FarmError, match=r"^a: no such weights$"):
        a_batch(cluster, heard, tmp_path).render(wanted("a", "b"), threading.Event())

    assert len(cluster.sent) == 1


def test_what_was_made_beside_a_fatal_fault_is_told_all_the_same(
    heard: Heard, tmp_path: Path
) -> None:
    """Both answers come at once; the second take was paid for."""
    cluster = Workers("w1", "w2")
    cluster.says = [("", "a", Faulted(Cause.FATAL, "no such weights"))]

    with pytest.raises(FarmError, match=r"^a: no such weights$"):
        a_batch(cluster, heard, tmp_path).render(wanted("a", "b"), threading.Event())

    assert list(heard.made) == ["b"]


def test_a_shot_that_no_machine_can_make_is_left_out_with_its_sentence(
    heard: Heard, tmp_path: Path
) -> None:
    cluster = Workers("w1")
    cluster.says = [("", "a", Rejected("still.unreadable", "its still cannot be read"))]

    assert a_batch(cluster, heard, tmp_path).render(wanted("a", "b"), threading.Event())

    assert heard.left_out == ["a: its still cannot be read"]
    assert list(heard.made) == ["b"]


@pytest.mark.parametrize("ended", [Lost("the machine is gone"), Stopped("its lease ran out")])
def test_what_is_lost_with_its_machine_counts_against_no_take(
    ended: Outcome, heard: Heard, tmp_path: Path
) -> None:
    cluster = Workers("w1")
    cluster.says = [("", "a", ended)] * 5

    assert a_batch(cluster, heard, tmp_path).render(wanted("a"), threading.Event())

    assert heard.made == {"a": "gates/a_a6.mp4"}


def test_leases_are_extended_while_a_take_lasts(heard: Heard, tmp_path: Path) -> None:
    class Slow(Workers):
        """Its first take lasts until it was extended three times."""

        def extend(self, keys: Sequence[str], lease_seconds: float) -> None:
            super().extend(keys, lease_seconds)
            if len(self.extended) == 3:
                self.answer("w1", Made(a_result("gates/a.mp4")))

    cluster = Slow("w1")
    cluster.says = [("", "a", None)]

    assert a_batch(cluster, heard, tmp_path).render(wanted("a"), threading.Event())

    assert cluster.extended == ["0.1"] * 3
    assert list(heard.made) == ["a"]


def test_a_render_that_hangs_is_replaced_and_made_again(heard: Heard, tmp_path: Path) -> None:
    cluster = Workers("w1")
    cluster.says = [("", "a", None)]
    pace = Pace(lease_seconds=30.0, policy=PACE.policy, stalls=StallLimits(total=20.0))

    assert a_batch(cluster, heard, tmp_path, pace).render(wanted("a"), threading.Event())

    assert cluster.replaced == ["0.1"]
    assert heard.made == {"a": "gates/a_a2.mp4"}


def test_once_it_is_stopped_nothing_new_begins_and_what_is_made_is_told(
    heard: Heard, tmp_path: Path
) -> None:
    stop = threading.Event()

    class Ending(Workers):
        """Stopped while it is in its take; told to end it, it has just made it."""

        def progress(self) -> Mapping[str, Progress]:
            stop.set()
            return super().progress()

        def stop(self, key: str) -> None:
            self.stopped.append(key)
            self.answer("w1", Made(a_result("gates/b.mp4")))

    cluster = Ending("w1")
    cluster.says = [("", "b", None)]

    assert not a_batch(cluster, heard, tmp_path).render(wanted("a", "b", "c"), stop)

    assert cluster.stopped == ["1.1"]
    assert list(heard.made) == ["a", "b"]


def test_without_room_nothing_is_sent_and_people_are_told(heard: Heard, tmp_path: Path) -> None:
    stop, cluster = threading.Event(), Workers("w1")

    def on_trouble(sentences: Sequence[str]) -> None:
        heard.trouble.append(sentences)
        stop.set()

    hearers = Hearers(on_made=heard.on_made, on_left_out=heard.on_left_out, on_trouble=on_trouble)
    full = DiskSpace(MediaFolder(tmp_path), 10**18)

    assert not Batch(cluster, PACE, full, hearers, Clock()).render(wanted("a"), stop)

    assert cluster.sent == []
    [[sentence]] = heard.trouble
    assert "free some" in sentence


def test_an_answer_that_nobody_waits_for_is_not_heard(heard: Heard, tmp_path: Path) -> None:
    cluster = Workers("w1")
    cluster.answers = [Report("w1", "9.9", Made(a_result("gates/x.mp4")))]

    assert a_batch(cluster, heard, tmp_path).render(wanted("a"), threading.Event())

    assert list(heard.made) == ["a"]
