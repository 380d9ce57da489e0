"""Ray actors as the farm's workers, on one small embedded cluster with a worker that only sleeps."""

import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

import tests.played_tools
from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted, Made, Position, Stopped
from farm.cluster.protocol import Cluster, Progress, Report
from farm.cluster.ray import session as ray_session
from farm.cluster.ray import tries
from farm.cluster.ray.cluster import RayCluster
from farm.cluster.ray.connect import connect
from farm.cluster.ray.session import Session
from farm.cluster.worker import Worker
from farm.errors import ClusterError
from pipeline.engines.protocol import Watcher
from pipeline.errors import Cause, RenderFault
from pipeline.profiles.profile import load
from pipeline.recipe import TakeOrder
from pipeline.result import Clip, Match, TakeResult, Verdict
from tests.conftest import an_order
from tests.played_tools import ClockedWorker, PlayedClock

pytestmark = pytest.mark.filterwarnings("default")  # Ray's own code warns

SETTINGS = WorkerSettings(profile=load("toy"), media="/media")
RESULT = TakeResult(
    verdict=Verdict.ACCEPTED,
    match=Match(scorer="none"),
    clip=Clip(path="clips/a.mp4", sha256="b" * 64, size=1, frames=17, fps=8, width=64, height=64),
)
STEP = 0.02


JOB = {"job_name": "farm nike_ss27", "production": "nike_ss27", "user": "anna"}
LONG = 50_000
"""Steps of a render that no test waits for."""
LEASE = 900
"""Seconds, longer than any test lasts."""


def sleep_in_steps(order: TakeOrder, _tools: object, watcher: Watcher) -> TakeResult:
    watcher.stage("denoise")
    for step in range(1, order.recipe.steps + 1):
        time.sleep(STEP)
        watcher.step(step, order.recipe.steps)
    return RESULT


def sleeper(settings: WorkerSettings) -> Worker:
    tools: Any = None
    return Worker(settings, load=lambda _: tools, make=sleep_in_steps)


def held_by(gate: Path) -> Callable[[WorkerSettings], Worker]:
    """Workers whose renders stay in their first step until the gate is there."""

    def stays(order: TakeOrder, _tools: object, watcher: Watcher) -> TakeResult:
        watcher.stage("denoise")
        while not gate.exists():
            time.sleep(STEP)
            watcher.step(1, order.recipe.steps)
        return RESULT

    tools: Any = None
    return lambda settings: Worker(settings, load=lambda _: tools, make=stays)


def loads_again_by(
    gate: Path, worker: Callable[[WorkerSettings], Worker] = sleeper
) -> Callable[[WorkerSettings], Worker]:
    """Of these the first loads at once, and all later ones once the gate is there."""

    def loaded(settings: WorkerSettings) -> Worker:
        first = is_new(gate.with_name("first"))
        while not (first or gate.exists()):
            time.sleep(STEP)
        return worker(settings)

    return loaded


def is_new(place: Path) -> bool:
    """Whether nobody has made this file yet; now it is there."""
    try:
        place.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One cluster for all tests of this file: it takes five seconds and 700 MB."""
    found = connect(None, dashboard=True, cpus=2, job=JOB)
    from ray import cloudpickle

    for module in (sys.modules[__name__], tests.played_tools):
        cloudpickle.register_pickle_by_value(module)
    yield found
    found.close()


Start = Callable[..., RayCluster]


@pytest.fixture
def start(session: Session) -> Iterator[Start]:
    clusters: list[RayCluster] = []

    def started(
        worker: Callable[[WorkerSettings], Worker] = sleeper, workers: int = 1
    ) -> RayCluster:
        cluster = RayCluster(SETTINGS, workers=workers, worker=worker)
        clusters.append(cluster)
        return cluster

    yield started
    for cluster in clusters:
        cluster.close(grace=0)


def wait_for(happens: Callable[[], Any], seconds: float = 200) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := happens():
            return value
        time.sleep(0.02)
    raise AssertionError("it never happened")


def all_free(cluster: RayCluster) -> list[str]:
    return wait_for(lambda: len(free := list(cluster.free())) == cluster.size() and free)


def answers(cluster: RayCluster, number: int = 1) -> list[Report]:
    reports: list[Report] = []
    wait_for(lambda: reports.extend(cluster.collect(0.2)) or len(reports) >= number)
    return reports


def in_a_step(cluster: RayCluster, *keys: str) -> Mapping[str, Progress]:
    """Waits until the renders with `keys` have begun to denoise."""

    def positions() -> Mapping[str, Progress] | None:
        found = cluster.progress()
        return found if all(key in found and found[key].step for key in keys) else None

    return wait_for(positions)


def listed_actors(session: Session, cluster: RayCluster) -> dict[str, Any]:
    """What the dashboard would show, living actors only, by name."""
    from ray.util.state import list_actors

    found: list[Any] = list_actors(session.dashboard, detail=True)
    ours = [actor for actor in found if actor.ray_namespace == cluster.namespace]
    return {actor.name: actor for actor in ours if actor.state == "ALIVE"}


def test_takes_are_made_on_two_actors_at_once(start: Start, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    cluster = start(held_by(gate), workers=2)
    assert all_free(cluster) == ["renderer-01", "renderer-02"]
    cluster.send("renderer-01", "k1", an_order(), LEASE)
    cluster.send("renderer-02", "k2", an_order(), LEASE)
    assert cluster.free() == []
    assert set(in_a_step(cluster, "k1", "k2")) == {"k1", "k2"}
    gate.touch()
    assert sorted(answers(cluster, 2), key=lambda report: report.key) == [
        Report("renderer-01", "k1", Made(RESULT)),
        Report("renderer-02", "k2", Made(RESULT)),
    ]
    assert all_free(cluster) == ["renderer-01", "renderer-02"]


def test_the_dashboard_names_workers_and_takes_as_people_do(session: Session, start: Start) -> None:
    from ray.util.state import list_tasks

    cluster: Cluster = start()
    assert isinstance(cluster, RayCluster)
    title = "nike_ss27/sh077 take 3"
    cluster.send(all_free(cluster)[0], "k", an_order(title, steps=LONG), LEASE)
    in_a_step(cluster, "k")
    actor = listed_actors(session, cluster)["renderer-01"]
    assert actor.class_name == "Renderer"
    assert actor.repr_name == f"Renderer(cpu @ {os.uname().nodename})"

    def tasks() -> dict[str, str]:
        found: list[Any] = list_tasks(session.dashboard)
        return {task.name: task.state for task in found}

    assert wait_for(lambda: tasks().get(title) == "RUNNING")
    assert not [name for name in tasks() if "position" in name], "polling hides the renders"


def test_progress_tells_how_far_a_take_is(start: Start) -> None:
    cluster = start()
    cluster.send(all_free(cluster)[0], "k", an_order("nike_ss27/sh020 take 3", steps=LONG), LEASE)
    at = in_a_step(cluster, "k")["k"]
    assert at == Progress("renderer-01", "k", "nike_ss27/sh020 take 3", "denoise", at.step, LONG)
    assert wait_for(lambda: (now := cluster.progress().get("k")) and now.step > at.step)


def test_a_worker_that_does_not_answer_is_left_out_and_holds_nobody_up(
    start: Start, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"

    class Mute(Worker):
        def positions(self) -> tuple[Position, ...]:
            while not gate.exists():
                time.sleep(STEP)
            return super().positions()

    tools: Any = None
    cluster = start(lambda settings: Mute(settings, lambda _: tools, sleep_in_steps))
    cluster.send(all_free(cluster)[0], "k", an_order(steps=LONG), LEASE)
    assert [cluster.progress() for _ in range(20)] == [{}] * 20
    gate.touch()
    in_a_step(cluster, "k")
    cluster.stop("k")
    assert answers(cluster) == [Report("renderer-01", "k", Stopped("asked to stop"))]


def test_a_killed_worker_is_a_machine_fault_and_a_fresh_one_takes_its_place(
    session: Session, start: Start
) -> None:
    cluster = start(workers=2)
    all_free(cluster)
    cluster.send("renderer-01", "k1", an_order(steps=LONG), LEASE)
    cluster.send("renderer-02", "k2", an_order(steps=LONG), LEASE)
    in_a_step(cluster, "k1", "k2")
    os.kill(listed_actors(session, cluster)["renderer-01"].pid, signal.SIGKILL)
    (report,) = answers(cluster)
    assert (report.worker, report.key) == ("renderer-01", "k1")
    assert isinstance(report.outcome, Faulted)
    assert report.outcome.cause is Cause.MACHINE
    assert report.outcome.sentence.startswith("worker renderer-01 (cpu @ ")
    assert "\n" not in report.outcome.sentence
    assert cluster.size() == 2
    assert wait_for(cluster.free) == ["renderer-01"]
    cluster.send("renderer-01", "k3", an_order(), LEASE)
    assert answers(cluster) == [Report("renderer-01", "k3", Made(RESULT))]
    assert list(cluster.progress()) == ["k2"], "the other worker has not noticed anything"


def test_after_a_machine_fault_the_actor_is_replaced(
    session: Session, start: Start, tmp_path: Path
) -> None:
    def broken(*_: object) -> TakeResult:
        raise RenderFault(Cause.MACHINE, "CUDA error: an illegal memory access")

    tools: Any = None
    again = tmp_path / "again"
    cluster = start(loads_again_by(again, lambda each: Worker(each, lambda _: tools, broken)))
    cluster.send(all_free(cluster)[0], "k", an_order(), LEASE)
    before = listed_actors(session, cluster)["renderer-01"].pid
    outcome = answers(cluster)[0].outcome
    assert outcome == Faulted(Cause.MACHINE, "CUDA error: an illegal memory access")
    assert isinstance(outcome, Faulted)
    assert ", in broken\n" in outcome.evidence.traceback
    assert cluster.free() == []
    again.touch()
    all_free(cluster)
    assert listed_actors(session, cluster)["renderer-01"].pid != before


def test_of_a_worker_that_crashed_its_last_words_are_kept(start: Start) -> None:
    def crash(*_: object) -> TakeResult:
        import ctypes
        import logging

        logging.getLogger("a.driver").warning("the device is not well")
        ctypes.string_at(0)
        raise AssertionError("it lives")

    tools: Any = None
    cluster = start(lambda settings: Worker(settings, lambda _: tools, crash))
    cluster.send(all_free(cluster)[0], "k", an_order(), LEASE)
    (report,) = answers(cluster)
    assert isinstance(report.outcome, Faulted)
    said = "\n".join(report.outcome.evidence.lines)
    assert "Segmentation fault" in said or "SIGSEGV" in said
    assert "in crash" in said, "where it crashed"


def test_a_model_that_cannot_load_says_in_the_log_of_the_run_where_it_failed(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    def no_such_module(_: WorkerSettings) -> Worker:
        raise ModuleNotFoundError("No module named 'flash_attn'")

    cluster = start(no_such_module)
    with pytest.raises(ClusterError, match="No module named 'flash_attn'"):
        wait_for(lambda: cluster.free() or cluster.trouble())
    assert "renderer-01 could not start" in caplog.text
    assert ", in no_such_module" in caplog.text


def test_the_jobs_page_names_the_run_and_its_productions(session: Session) -> None:
    with urllib.request.urlopen(f"{session.dashboard}/api/jobs/", timeout=200) as answer:
        (job,) = json.load(answer)
    assert job["type"] == "DRIVER"
    assert job["metadata"] == JOB


def test_a_worker_that_dies_between_two_takes_costs_nobody_an_attempt(
    session: Session, start: Start
) -> None:
    cluster = start()
    all_free(cluster)
    before = listed_actors(session, cluster)["renderer-01"].pid
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: not cluster.free())
    cluster.send(all_free(cluster)[0], "k", an_order(), LEASE)
    assert answers(cluster) == [Report("renderer-01", "k", Made(RESULT))]
    assert listed_actors(session, cluster)["renderer-01"].pid != before


def test_a_stop_ends_a_render_that_would_go_on(start: Start) -> None:
    cluster = start()
    cluster.send(all_free(cluster)[0], "k", an_order(steps=LONG), LEASE)
    in_a_step(cluster, "k")
    cluster.stop("k")
    assert answers(cluster) == [Report("renderer-01", "k", Stopped("asked to stop"))]


def test_a_worker_whose_lease_is_not_extended_ends_its_render_by_itself(
    start: Start, tmp_path: Path
) -> None:
    clock, tools = PlayedClock(tmp_path / "clock"), None
    cluster = start(
        lambda each: ClockedWorker(each, clock, load=lambda _: tools, make=sleep_in_steps)
    )
    cluster.send(all_free(cluster)[0], "k", an_order(steps=LONG), lease_seconds=10)
    for extension in (1, 2, 3):
        at = in_a_step(cluster, "k")["k"].step
        cluster.extend(["k"], 10)
        wait_for(lambda extension=extension: clock.extensions("k") == extension)
        clock.set(9.0 * extension)
        wait_for(lambda at=at: (now := cluster.progress().get("k")) and now.step > at + 1)
    assert cluster.collect(0) == [], "it outlived its first lease by the extensions"
    clock.set(100.0)
    assert answers(cluster)[0].outcome == Stopped("its lease was not extended in time")


def cannot_load(_: WorkerSettings) -> Worker:
    raise RenderFault(Cause.FATAL, "/weights holds no model_index.json; download it again")


def test_a_model_that_cannot_be_loaded_is_told_in_its_sentence(start: Start) -> None:
    cluster = start(cannot_load, workers=2)
    with pytest.raises(ClusterError, match=r"no worker can start: /weights holds no model_index"):
        wait_for(lambda: cluster.trouble() and None)
    with pytest.raises(ClusterError, match="download it again"):
        cluster.free()


def test_a_worker_that_dies_while_loading_is_given_up_after_a_few_tries(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_: WorkerSettings) -> Worker:
        os._exit(1)

    monkeypatch.setattr(tries, "FIRST_BACKOFF", 0.01)
    cluster = start(dies)
    sentences: list[str] = []
    with pytest.raises(ClusterError, match="no worker can start: it died while it loaded"):
        wait_for(lambda: sentences.extend(cluster.trouble()) or cluster.free())
    assert "renderer-01 could not start and tries again" in sentences[0]


def test_one_worker_in_trouble_does_not_keep_the_other_from_working(
    start: Start, tmp_path: Path
) -> None:
    loads, again = [tmp_path / f"load{number}" for number in range(3)], tmp_path / "again"

    def only_the_first_time(settings: WorkerSettings) -> Worker:
        """It fails while the other one loads, and is there again once that was seen."""
        number = next(number for number, each in enumerate(loads) if is_new(each))
        while not [loads[1], loads[1], again][number].exists():
            time.sleep(STEP)
        if number:
            return sleeper(settings)
        raise RenderFault(Cause.MACHINE, "the GPU fell off the bus")

    cluster = start(only_the_first_time, workers=2)
    (name,) = wait_for(lambda: cluster.trouble() and cluster.free())
    (sentence,) = cluster.trouble()
    again.touch()
    assert sentence.endswith("the GPU fell off the bus")
    assert name not in sentence
    cluster.send(name, "k", an_order(), LEASE)
    assert answers(cluster)[0].outcome == Made(RESULT)
    all_free(cluster)
    assert cluster.trouble() == [], "the other was tried again"


def test_a_render_that_is_given_up_is_not_heard_of_and_a_fresh_worker_takes_its_place(
    session: Session, start: Start, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    cluster = start(loads_again_by(again))
    cluster.send(all_free(cluster)[0], "stuck", an_order(steps=LONG), LEASE)
    in_a_step(cluster, "stuck")
    before = listed_actors(session, cluster)["renderer-01"].pid

    cluster.replace("stuck")

    assert (cluster.free(), cluster.size()) == ([], 1)
    again.touch()
    cluster.send(all_free(cluster)[0], "next", an_order(), LEASE)
    assert answers(cluster) == [Report("renderer-01", "next", Made(RESULT))]
    assert listed_actors(session, cluster)["renderer-01"].pid != before


def test_a_retired_worker_is_gone_until_it_is_restored(session: Session, start: Start) -> None:
    cluster = start(workers=2)
    all_free(cluster)

    cluster.retire("renderer-01")

    assert (cluster.free(), cluster.size()) == (["renderer-02"], 1)
    assert list(cluster.nodes()) == ["renderer-02"]
    wait_for(lambda: "renderer-01" not in listed_actors(session, cluster))
    cluster.restore("renderer-01")
    assert wait_for(lambda: len(cluster.free()) == 2)


def test_a_machine_to_avoid_keeps_its_render_and_gets_no_more(start: Start) -> None:
    cluster = start(workers=2)
    all_free(cluster)
    here = socket.gethostname()
    assert cluster.nodes() == {"renderer-01": here, "renderer-02": here}
    cluster.send("renderer-01", "k", an_order(), LEASE)

    cluster.avoid([here])

    assert cluster.free() == []
    assert answers(cluster) == [Report("renderer-01", "k", Made(RESULT))]
    wait_for(lambda: not cluster.free() and not cluster.nodes())
    wait_for(lambda: not cluster.collect(0) and cluster.headcount().pending == 2)
    wait_for(lambda: not cluster.free() and all(each.actor_id for each in cluster._slots.values()))
    cluster.avoid([])
    assert cluster.leaving() == {}
    names = wait_for(lambda: not cluster.collect(0) and len(cluster.free()) == 2 and cluster.free())
    assert {"renderer-01", "renderer-02"}.isdisjoint(names)


def test_a_machine_that_is_too_small_for_the_profile_is_passed_over_and_told_of(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "ROOM_PATIENCE", 0.0)
    large = replace(SETTINGS, gpu_memory_gb=80.0)
    cluster = RayCluster(large, workers=1, worker=sleeper)
    try:
        (sentence,) = wait_for(
            lambda: [each for each in cluster.trouble() if "wants a GPU" in each]
        )
    finally:
        cluster.close(grace=0)
    assert "renderer-01 waits for room on the cluster" in sentence
    assert "toy wants a GPU with 80 GB, and there is none" in sentence


def test_closing_ends_what_still_renders(session: Session, start: Start) -> None:
    cluster = start()
    cluster.send(all_free(cluster)[0], "k", an_order(steps=LONG), LEASE)
    cluster.close(grace=200)  # the render would outlast it
    assert answers(cluster)[0].outcome == Stopped("asked to stop")
    assert wait_for(lambda: not listed_actors(session, cluster))


def test_a_silent_head_is_given_time_before_the_run_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ray_session, "CHECK_SECONDS", 0)
    with socket.create_server(("127.0.0.1", 0)) as node:
        cut_off = Session(
            None, False, False, head=("127.0.0.1", 1), node=node.getsockname(), folder=None
        )
        assert not cut_off.head_answers()
        monkeypatch.setattr(ray_session, "HEAD_PATIENCE", 0)
        with pytest.raises(ClusterError, match=r"the Ray head at 127\.0\.0\.1:1 has not answered"):
            cut_off.head_answers()


@pytest.mark.usefixtures("session")
def test_the_run_keeps_its_own_way_of_ending_on_sigterm() -> None:
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_the_dashboard_of_an_embedded_cluster_opens_without_a_password(session: Session) -> None:
    assert session.dashboard is not None
    assert session.dashboard.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{session.dashboard}/api/version", timeout=200) as answer:
        assert json.load(answer)["ray_version"]


def test_an_embedded_cluster_listens_on_loopback_alone(session: Session) -> None:
    mine = psutil.Process().children(recursive=True)
    listening = {
        connection.laddr.ip
        for process in mine
        if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening
    assert {address.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}


CHILD = """
import json, os, time
import psutil
from farm.cluster.ray.cluster import RayCluster
from farm.errors import ClusterError
from farm.cluster.worker import Worker, WorkerSettings
from pipeline.profiles.profile import load

def sleeper(settings):
    return Worker(settings, load=lambda _: None, make=lambda *_: time.sleep(1000))

cluster = RayCluster(
    WorkerSettings(profile=load("toy"), media="/media"), workers=1, dashboard=False, worker=sleeper
)
while not cluster.free():
    cluster.collect(0.2)
cluster.send("renderer-01", "k", ORDER, 900)
children = psutil.Process().children(recursive=True)
for child in children:
    if child.name().startswith("ray::") and "Agent" not in child.name():
        child.kill()
while not (reports := cluster.collect(0.2)):
    pass
while not cluster.free():
    cluster.collect(0.2)
next(child for child in children if child.name() == "raylet").kill()
try:
    while True:
        cluster.collect(0.2)
except ClusterError as error:
    print(json.dumps({"cause": reports[0].outcome.cause, "lost": str(error)}))
assert cluster.free() == [] and cluster.collect(0) == []
cluster.close(1)
"""


def test_nothing_of_ray_reaches_stdout_not_even_when_worker_and_cluster_die(tmp_path: Path) -> None:
    order = f"__import__('pickle').loads({pickle.dumps(an_order())!r})"
    done = subprocess.run(
        [sys.executable, "-c", CHILD.replace("ORDER", order)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert done.stdout == json.dumps(said) + "\n"
    assert said["cause"] == "machine"
    assert said["lost"].startswith("Ray's process on this machine (the raylet) has died")


def test_an_address_where_nothing_answers_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "a token")
    code = "import ray; ray.init = None\n"  # it tries for a minute: nobody may ask it to
    code += "from farm.cluster.ray.connect import connect; connect('127.0.0.1:1', False, None)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "ClusterError: no Ray cluster answers at" in done.stderr


def test_an_embedded_cluster_leaves_its_folder_only_where_its_logs_are_wanted() -> None:
    script = """
import sys
from pathlib import Path
from farm.cluster.ray.connect import connect
folder = Path(sys.argv[1])
for keep_logs in (True, False):
    session = connect(None, False, 1, folder)
    assert session.folder.parent == folder, session.folder
    session.close(keep_logs=keep_logs)
    print(len(list(folder.glob("session_2*"))), (folder / "session_latest").is_symlink())
"""
    with tempfile.TemporaryDirectory() as folder:  # a short path: sockets lie below it
        command = [sys.executable, "-c", script, folder]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert told.splitlines() == ["1 True", "1 False"]


def test_a_cluster_remembers_that_an_actor_failed(start: Start) -> None:
    cluster = start(worker=sleeper)
    all_free(cluster)
    slot = cluster._slots["renderer-01"]
    assert not slot.ever_failed
    cluster.send("renderer-01", "k", an_order(steps=LONG), LEASE)
    cluster.replace("k")
    assert slot.ever_failed
