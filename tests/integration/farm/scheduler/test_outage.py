"""The database goes away in the middle of everything; nothing that was rendered is lost or doubled."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from farm.cluster.outcome import Faulted
from farm.domain.lifecycle import ShotState
from farm.errors import StoreError
from farm.scheduler.keeper import HANGS
from farm.scheduler.loop import Scheduler
from farm.scheduler.outbox import FOLDER, Outbox, read
from farm.scheduler.pace import Pace
from farm.scheduler.run import Listeners, Run
from farm.store import Store, open_store, schema, session
from farm.store.queries import overview, shot_story
from farm.store.queue import claims, leases, settle
from farm.store.shots import intake
from pipeline.errors import Cause
from pipeline.findings import Finding, Severity
from pipeline.profiles import profile
from pipeline.result import Verdict
from pipeline.storage.folder import MediaFolder
from tests.audit import Auditor
from tests.conftest import OwnServer, a_new_shot, a_result, own_postgresql_server
from tests.integration.farm.store.conftest import accept, claim, seats, submit
from tests.memory_media import MemoryMedia
from tests.played_cluster import PlayedCluster

PACE = Pace(lease_seconds=60.0, beat_seconds=0.2)


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    with own_postgresql_server() as running:
        yield running


@pytest.fixture
def url(server: OwnServer) -> Iterator[str]:
    with server.database() as database:
        schema.upgrade(database)
        yield database


def let_leases_end(url: str) -> None:
    """As if the database had been away for longer than they last."""
    with closing(open_store(url)) as store, store.write() as connection:
        connection.exec_driver_sql("UPDATE takes SET lease_until = '2000-01-01'")


class Farm:
    """A scheduler on a played cluster, in real time."""

    def __init__(self, url: str, media: Path, *workers: str, owner: str = "farm:1:aaaaaa") -> None:
        self.store = open_store(url)
        self.cluster = PlayedCluster(*workers)
        self.trouble: Sequence[str] = ()
        self.told: list[Sequence[str]] = []
        self.outbox = media / FOLDER
        self.scheduler = Scheduler(
            Run(owner=owner, profiles=(profile.load("toy"),), media=MediaFolder(media), pace=PACE),
            self.store,
            self.cluster,
            Listeners(on_trouble=self._on_trouble),
        )

    def _on_trouble(self, sentences: Sequence[str]) -> None:
        self.trouble = sentences
        self.told.append(sentences)

    def submit(self, *codes: str) -> None:
        intake.submit(self.store, "ads", [a_new_shot(code) for code in codes], who="anna")

    def ticks_until(self, done: Any, seconds: float = 200.0) -> None:
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, f"still not; trouble: {self.trouble}"
            self.scheduler.tick()
            time.sleep(0.02)

    def kept(self) -> list[str]:
        return sorted(place.name for place in self.outbox.glob("*"))

    def states(self) -> dict[str, ShotState]:
        return {shot.code: shot.state for shot in overview.shots(self.store, "ads")}

    def close(self) -> None:
        self.store.close()

    def audit(self) -> list[str]:
        return Auditor(self.store.engine).audit()


MakeFarm = Callable[..., Farm]


@pytest.fixture
def farms() -> Iterator[MakeFarm]:
    """Makes farms, and closes them at the end."""
    made: list[Farm] = []

    def make(*arguments: Any, **more: Any) -> Farm:
        made.append(Farm(*arguments, **more))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_what_is_made_while_the_database_is_away_is_settled_when_it_is_back(
    server: OwnServer, url: str, tmp_path: Path, farms: MakeFarm
) -> None:
    farm = farms(url, tmp_path, "w1", "w2")
    farm.submit("sh010", "sh020", "sh030")
    farm.ticks_until(lambda: len(farm.cluster.busy) == 2)
    server.stop()
    farm.cluster.made("w1", Verdict.ACCEPTED, 0.9)
    farm.cluster.extended.clear()
    farm.ticks_until(lambda: farm.kept() and farm.cluster.extended)

    assert "the database is away, renders go on and 1 finished takes wait" in farm.trouble[0]
    assert list(farm.cluster.busy) == ["w2"], "the other render was not left alone"
    server.start()
    let_leases_end(url)
    farm.ticks_until(lambda: not farm.trouble)
    farm.cluster.made("w2", Verdict.ACCEPTED, 0.8)
    farm.ticks_until(lambda: farm.states().get("sh020") is ShotState.ACCEPTED)

    assert farm.kept() == []
    for code in ("sh010", "sh020"):
        told = shot_story.tell(farm.store, "ads", code)
        assert (told.state, len(told.takes[0].attempts)) == (ShotState.ACCEPTED, 1)
    assert farm.audit() == []


def test_a_connection_that_lay_idle_while_the_server_restarted_is_made_anew(
    server: OwnServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(url)) as store:
        monkeypatch.setattr(session, "TRUSTED", float("inf"))
        submit(store, "sh010")
        server.stop()
        server.start()
        with pytest.raises(StoreError):
            overview.productions(
                store
            )  # it served a moment ago: nobody asked whether it still does
        assert len(overview.productions(store)) == 1

        server.stop()
        server.start()
        monkeypatch.setattr(session, "TRUSTED", 0.0)

        assert len(overview.productions(store)) == 1


def test_another_run_takes_nothing_back_before_everybody_could_come_back(
    server: OwnServer, url: str, tmp_path: Path, farms: MakeFarm
) -> None:
    first = farms(url, tmp_path, "w1")
    other = farms(url, tmp_path, owner="farm:2:bbbbbb")
    first.submit("sh010")
    first.ticks_until(lambda: first.cluster.busy)
    other.scheduler.tick()
    server.stop()
    other.ticks_until(lambda: other.trouble)
    first.ticks_until(lambda: first.trouble)
    server.start()
    let_leases_end(url)

    other.ticks_until(lambda: not other.trouble)
    other.scheduler.tick()
    first.ticks_until(lambda: not first.trouble)
    first.cluster.made("w1", Verdict.ACCEPTED, 0.9)
    first.ticks_until(lambda: first.states()["sh010"] is ShotState.ACCEPTED)

    assert len(shot_story.tell(first.store, "ads", "sh010").takes[0].attempts) == 1


def test_a_run_that_dies_during_the_outage_leaves_its_results_to_the_next(
    server: OwnServer, url: str, tmp_path: Path, farms: MakeFarm
) -> None:
    farm = farms(url, tmp_path, "w1")
    farm.submit("sh010")
    farm.ticks_until(lambda: farm.cluster.busy)
    server.stop()
    farm.cluster.made("w1", Verdict.ACCEPTED, 0.9)
    farm.ticks_until(farm.kept)
    server.start()
    let_leases_end(url)

    heir = farms(url, tmp_path, "w1", owner="farm:2:bbbbbb")
    stop = threading.Event()
    stop.set()
    heir.scheduler.run(stop)

    told = shot_story.tell(heir.store, "ads", "sh010")
    assert (told.state, len(told.takes[0].attempts)) == (ShotState.ACCEPTED, 1)
    assert heir.kept() == []
    assert heir.audit() == []


def test_a_run_that_is_stopped_during_the_outage_says_where_its_results_are(
    server: OwnServer, url: str, tmp_path: Path, farms: MakeFarm
) -> None:
    farm = farms(url, tmp_path, "w1", "w2")
    farm.submit("sh010", "sh020")
    stop, said = threading.Event(), list[str]()

    def work() -> None:
        with pytest.raises(StoreError) as refusal:
            farm.scheduler.run(stop)
        said.append(str(refusal.value))

    run = threading.Thread(target=work)
    run.start()
    _wait_for(lambda: len(farm.cluster.busy) == 2)
    server.stop()
    farm.cluster.made("w1", Verdict.ACCEPTED, 0.9)
    _wait_for(farm.kept)
    stop.set()
    run.join(200)
    server.start()

    [sentence] = said
    assert sentence == (
        "the run ended without its database; what it finished is kept in "
        f"{farm.outbox} and settled by the next run"
    )
    assert len(farm.kept()) == 1


def test_an_answer_that_was_lost_on_its_way_back_is_asked_for_again_and_nothing_is_doubled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, farms: MakeFarm
) -> None:
    farm = farms(f"sqlite:///{tmp_path / 'farm.db'}", tmp_path, "w1")
    farm.submit("sh010")
    farm.ticks_until(lambda: farm.cluster.busy)
    real, lost = settle.made_all, [StoreError("the connection was cut after COMMIT")]

    def made(*arguments: Any) -> Any:
        answer = real(*arguments)
        if lost:
            raise lost.pop()
        return answer

    monkeypatch.setattr(settle, "made_all", made)
    farm.cluster.made("w1", Verdict.ACCEPTED, 0.9)
    farm.scheduler.tick()
    assert (len(farm.kept()), len(farm.trouble)) == (1, 1)
    farm.ticks_until(lambda: not farm.trouble)

    assert (farm.kept(), farm.states()["sh010"]) == ([], ShotState.ACCEPTED)
    assert farm.audit() == []


def test_faults_and_rejections_wait_for_the_database_too(
    server: OwnServer, url: str, tmp_path: Path, farms: MakeFarm
) -> None:
    farm = farms(url, tmp_path, "w1")
    farm.submit("sh010")
    farm.ticks_until(lambda: farm.cluster.busy)
    server.stop()
    farm.cluster.answer("w1", Faulted(Cause.MACHINE, "CUDA error"))
    farm.ticks_until(lambda: farm.trouble)
    server.start()
    farm.ticks_until(lambda: not farm.trouble)

    [attempt, *_] = shot_story.tell(farm.store, "ads", "sh010").takes[0].attempts
    assert (attempt["outcome"], attempt["reason"]) == ("returned", "CUDA error")


def test_results_that_cannot_be_kept_are_told_of_and_wait_in_memory(
    server: OwnServer, url: str, tmp_path: Path, farms: MakeFarm
) -> None:
    farm = farms(url, tmp_path, "w1")
    farm.submit("sh010")
    farm.ticks_until(lambda: farm.cluster.busy)
    farm.outbox.write_text("a file where the folder should be")
    server.stop()
    farm.cluster.made("w1", Verdict.ACCEPTED, 0.9)
    farm.ticks_until(lambda: farm.trouble and "they wait in memory" in farm.trouble[0])
    server.start()
    farm.ticks_until(lambda: not farm.trouble)

    assert farm.states()["sh010"] is ShotState.ACCEPTED


def test_a_database_that_hangs_does_not_cost_the_renders_their_leases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, farms: MakeFarm
) -> None:
    farm = farms(f"sqlite:///{tmp_path / 'farm.db'}", tmp_path, "w1")
    farm.submit("sh010")
    farm.ticks_until(lambda: farm.cluster.busy)
    hangs, goes_on, stop = threading.Event(), threading.Event(), threading.Event()
    real = leases.beat

    def beat(*arguments: Any) -> Any:
        hangs.set()
        assert goes_on.wait(200)
        return real(*arguments)

    monkeypatch.setattr(leases, "beat", beat)
    run = threading.Thread(target=farm.scheduler.run, args=[stop])
    run.start()
    assert hangs.wait(200)
    farm.cluster.extended.clear()
    _wait_for(lambda: len(farm.cluster.extended) >= 2 and (HANGS,) in farm.told)
    stop.set()
    goes_on.set()
    run.join(200)

    assert not run.is_alive()
    assert HANGS not in farm.trouble


def test_a_kept_result_is_read_as_it_was(store: Store) -> None:
    submit(store, "sh010", must_keep=("red",))
    lease = claim(store, "host:1:abcdef")
    result = a_result(
        lease.clip, Verdict.LOW_MATCH, 0.3, findings=(Finding("clip.dark", Severity.WARNING, "暗"),)
    )
    media = MemoryMedia()
    outbox = Outbox(media)
    outbox.keep(lease, result)
    outbox.keep(lease, result)

    [name] = media.files
    assert name == f"{FOLDER}/abcdef_{lease.key}.json"
    assert read(media, name) == (lease, result)
    assert list(outbox.waiting()) == [(lease, result)]
    outbox.drop(lease)
    assert media.files == {}


def test_a_file_that_is_no_kept_result_is_left_where_it_is() -> None:
    media = MemoryMedia()
    media.put(f"{FOLDER}/broken.json", b'{"lease":')
    media.put(f"{FOLDER}/other.json", json.dumps({"lease": {}, "result": {}}).encode())

    assert list(Outbox(media).waiting()) == []
    assert len(media.files) == 2


def test_a_result_of_another_database_is_not_settled_here(tmp_path: Path, farms: MakeFarm) -> None:
    here, there = (open_store(f"sqlite:///{tmp_path / name}.db") for name in ("here", "there"))
    for store in (here, there):
        submit(store, "sh010", production="ads")
    (mine,), _ = claims.claim(here, "host:1:aaaaaa", "toy", seats("w1"), 60.0)
    (theirs,), _ = claims.claim(there, "host:2:bbbbbb", "toy", seats("w1"), 60.0)
    assert mine.key == theirs.key
    Outbox(MediaFolder(tmp_path)).keep(theirs, a_result(theirs.clip))
    heir = farms(f"sqlite:///{tmp_path / 'here.db'}", tmp_path)
    stop = threading.Event()
    stop.set()

    heir.scheduler.run(stop)

    assert len(heir.kept()) == 1
    assert heir.states()["sh010"] is ShotState.RENDERING
    assert settle.made(here, mine, a_result(mine.clip), accept)[0]
    for store in (here, there):
        store.close()


def _wait_for(done: Any, seconds: float = 200.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)
