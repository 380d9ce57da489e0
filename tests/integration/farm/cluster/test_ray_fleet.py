"""Workers that come and go with their machines, and with the takes that wait: on one real Ray cluster."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Lost, Made
from farm.cluster.protocol import Report
from farm.cluster.ray import cluster as ray_cluster
from farm.cluster.ray import crew, room
from farm.cluster.ray.cluster import RayCluster
from farm.cluster.ray.session import current
from farm.cluster.worker import Worker
from farm.domain.fleet_size import Headcount
from farm.domain.lifecycle import ShotState
from farm.domain.retry import RetryPolicy
from farm.scheduler.loop import Scheduler
from farm.scheduler.pace import Pace
from farm.scheduler.run import Run
from farm.store import open_store
from farm.store.queries import overview, shot_story
from farm.store.shots import intake
from pipeline.engines.protocol import Watcher
from pipeline.profiles.profile import load
from pipeline.recipe import TakeOrder
from pipeline.result import TakeResult
from pipeline.storage.folder import MediaFolder
from tests.audit import Auditor
from tests.conftest import a_new_shot, a_result, an_order, sqlite_database

pytestmark = pytest.mark.filterwarnings("default")  # Ray's own code warns

TOY = load("toy")
ON_GPUS = TOY.model_copy(update={"worker": TOY.worker.model_copy(update={"cpus": 1, "gpus": 1})})
SETTINGS = WorkerSettings(profile=ON_GPUS, media="/media")
LONG = 50_000
"""Steps of a render that no test waits for."""
STEP = 0.02
RELEASE = 1.0
HEALTH_CHECK = {
    "initial_delay_ms": "0",
    "period_ms": "500",
    "timeout_ms": "20000",
    "failure_threshold": "3",
}


def sleep_in_steps(order: TakeOrder, _tools: object, watcher: Watcher) -> TakeResult:
    watcher.stage("denoise")
    for step in range(1, order.recipe.steps + 1):
        time.sleep(STEP)
        watcher.step(step, order.recipe.steps)
    return a_result(order.clip)


def sleeper(settings: WorkerSettings) -> Worker:
    tools: Any = None
    return Worker(settings, load=lambda _: tools, make=sleep_in_steps)


class Machines:
    """A head without GPUs, and machines with one GPU each that come and go."""

    def __init__(self, cluster: Any) -> None:
        self._cluster = cluster
        self._there: list[Any] = []

    def join(self, count: int = 1) -> None:
        self._there += [self._cluster.add_node(num_cpus=1, num_gpus=1) for _ in range(count)]

    def leave(self, node_id: str = "") -> None:
        """The one of this id, else the oldest, goes at once, and all that runs on it."""
        self._leave(next((each for each in self._there if each.node_id == node_id), self._there[0]))

    def all_leave(self) -> None:
        self._leave(*self._there)

    def _leave(self, *machines: Any) -> None:
        for each in machines:
            self._there.remove(each)
            self._cluster.remove_node(each, allow_graceful=False)
        wait_for(lambda: self._known().isdisjoint(each.node_id for each in machines))

    def _known(self) -> set[str]:
        import ray

        return {node["NodeID"] for node in ray.nodes() if node["Alive"]}


@pytest.fixture(scope="module")
def ray_machines() -> Iterator[Machines]:
    """One cluster for all tests of this file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "disabled")
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_IGNORE_UNHANDLED_ERRORS", "1")
        for what, value in HEALTH_CHECK.items():  # how soon the head knows that a machine is gone
            patch.setenv(f"RAY_health_check_{what}", value)
        import ray
        from ray.cluster_utils import Cluster

        head = {"num_cpus": 1, "num_gpus": 0, "include_dashboard": False}
        cluster: Any = Cluster(initialize_head=True, head_node_args=head)
        ray.init(address=cluster.address, log_to_driver=False, logging_level=logging.ERROR)
        from ray import cloudpickle

        cloudpickle.register_pickle_by_value(sys.modules[__name__])
        yield Machines(cluster)
        ray.shutdown()
        cluster.shutdown()


@pytest.fixture
def machines(ray_machines: Machines) -> Iterator[Machines]:
    yield ray_machines
    ray_machines.all_leave()


Start = Callable[..., RayCluster]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, machines: Machines) -> Iterator[Start]:
    """A run's cluster, as one that joins has it: nothing of it is the run's own."""
    joined = current(None, embedded=False, owned=False)
    monkeypatch.setattr(ray_cluster, "connect", lambda *_, **__: joined)
    monkeypatch.setattr(room, "COUNT_EVERY", 0.2)
    monkeypatch.setattr(crew, "FIT_EVERY", 0.1)
    clusters: list[RayCluster] = []

    def started(
        workers: int | None = None, worker: Callable[[WorkerSettings], Worker] = sleeper
    ) -> RayCluster:
        made = RayCluster(SETTINGS, workers=workers, worker=worker, idle_release=RELEASE)
        clusters.append(made)
        return made

    yield started
    for each in clusters:
        each.close(grace=0)


def wait_for(happens: Callable[[], Any], seconds: float = 200) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := happens():
            return value
        time.sleep(0.02)
    raise AssertionError("it never happened")


def attended(cluster: RayCluster, happens: Callable[[], Any]) -> Any:
    """Waits as a run does, which hears what there is to hear; no take may end meanwhile."""

    def looked() -> Any:
        assert cluster.collect(0.02) == []
        return happens()

    return wait_for(looked)


def free(cluster: RayCluster, count: int) -> list[str]:
    """The names of the workers, once so many are free."""
    return attended(cluster, lambda: len(names := list(cluster.free())) == count and names)


def outcomes(cluster: RayCluster, count: int) -> list[Report]:
    reports: list[Report] = []
    wait_for(lambda: reports.extend(cluster.collect(0.2)) or len(reports) >= count)
    return reports


def test_a_machine_that_joins_gets_a_worker_and_one_that_leaves_takes_its_worker_along(
    machines: Machines, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="farm")
    machines.join()
    cluster = start()
    assert free(cluster, 1) == ["renderer-01"]

    machines.join()
    assert free(cluster, 2) == ["renderer-01", "renderer-02"]
    cluster.send("renderer-02", "k", an_order(steps=10), 600)
    assert [type(report.outcome) for report in outcomes(cluster, 1)] == [Made]

    machines.leave(cluster._slots["renderer-01"].last_node_id)
    attended(cluster, lambda: list(cluster.nodes()) == ["renderer-02"])
    attended(cluster, lambda: cluster.headcount() == Headcount(1, 0))
    machines.join()
    assert sorted(free(cluster, 2)) == ["renderer-02", "renderer-03"], "a name came back"

    told = [each for each in caplog.messages if "the fleet" in each]
    assert told == [
        "the fleet grows to 2 workers: with renderer-02",
        "the fleet shrinks to 1 workers: without renderer-01 (its machine has left or gets no takes)",
        "the fleet grows to 2 workers: with renderer-03",
    ]


def test_takes_that_wait_ask_for_machines_and_no_more_of_them_than_was_said(
    machines: Machines, start: Start
) -> None:
    cluster = start(workers=2)
    attended(cluster, lambda: cluster.most_demand() == 2)
    assert (cluster.headcount(), cluster.size()) == (Headcount(0, 0), 2)

    cluster.demand(1)
    attended(cluster, lambda: cluster.headcount() == Headcount(0, 1))
    attended(cluster, lambda: pending_demand() == 1)
    cluster.demand(2)
    attended(cluster, lambda: pending_demand() == 2)
    cluster.demand(1)
    attended(cluster, lambda: cluster.headcount() == Headcount(0, 1))
    attended(cluster, lambda: pending_demand() == 1)

    machines.join()
    (worker,) = free(cluster, 1)
    cluster.send(worker, "k", an_order(steps=LONG), 600)
    attended(cluster, lambda: cluster.headcount() == Headcount(1, 0))


def pending_demand() -> int:
    """How many actors wait for a place, as the head knows it: what Ray's autoscaler goes by."""
    from ray._private.state import actors

    found: dict[str, Any] = actors()
    return sum(
        each["State"] in ("PENDING_CREATION", "DEPENDENCIES_UNREADY") for each in found.values()
    )


def test_an_idle_worker_gives_its_gpu_back_and_comes_back_when_takes_wait(
    machines: Machines, start: Start
) -> None:
    import ray

    machines.join()
    cluster = start(workers=1)
    cluster.demand(1)
    (first,) = free(cluster, 1)
    attended(cluster, lambda: cluster.free() == [first])  # it waits for a take and is kept
    cluster.send(first, "k", an_order(steps=int(2 * RELEASE / STEP)), 600)
    busy_until = 0.0

    def ended() -> bool:
        nonlocal busy_until
        busy_until = time.monotonic()
        return bool(cluster.collect(0.2))

    wait_for(ended)
    attended(cluster, lambda: cluster.headcount() == Headcount(0, 0, released=1))

    assert time.monotonic() - busy_until >= RELEASE, "it had only just worked"
    assert (cluster.free(), cluster.nodes(), cluster.size()) == ([], {}, 1)
    wait_for(lambda: ray.available_resources().get("GPU") == 1)
    cluster.demand(1)
    (second,) = free(cluster, 1)
    assert second != first
    cluster.send(second, "k2", an_order(steps=2), 600)
    assert [type(report.outcome) for report in outcomes(cluster, 1)] == [Made]


def test_of_a_machine_that_leaves_in_a_take_the_take_is_lost_and_the_worker_gone(
    machines: Machines, start: Start
) -> None:
    machines.join()
    cluster = start()
    (first,) = free(cluster, 1)
    cluster.send(first, "k", an_order(steps=LONG), 600)
    wait_for(cluster.progress)

    machines.leave()
    (report,) = outcomes(cluster, 1)
    assert report.key == "k"
    assert isinstance(report.outcome, Lost), report.outcome

    attended(cluster, lambda: cluster.headcount() == Headcount(0, 1))
    cluster.retire(first)  # a run that hears only now that it was sick
    cluster.restore(first)
    machines.join()
    (second,) = free(cluster, 1)
    assert second != first


def test_a_run_makes_all_its_takes_once_while_machines_come_and_go(
    machines: Machines, start: Start, tmp_path: Path
) -> None:
    store = open_store(sqlite_database(tmp_path / "farm.db"))
    recipe = replace(a_new_shot("x").recipe, profile=ON_GPUS.name)
    shots = [a_new_shot(f"sh{number}", recipe=recipe) for number in range(4)]
    intake.submit(store, "ads", shots, who="anna")
    gate = tmp_path / "gate"
    tools: Any = None

    def all_but_the_first_by_the_gate(
        order: TakeOrder, _tools: object, watcher: Watcher
    ) -> TakeResult:
        while "sh0" not in order.title and not gate.exists():
            time.sleep(STEP)
            watcher.step(1, order.recipe.steps)
        return a_result(order.clip)

    cluster = start(
        2, lambda each: Worker(each, load=lambda _: tools, make=all_but_the_first_by_the_gate)
    )
    serves = Run(
        owner="farm-a",
        profiles=(ON_GPUS,),
        media=MediaFolder(tmp_path),
        pace=Pace(policy=RetryPolicy(backoff=0.0), until_idle=True),
    )
    loop = Scheduler(serves, store, cluster)
    left = False

    def turn() -> bool:
        nonlocal left
        loop.tick()
        (ads,) = overview.productions(store)
        if ads.states[ShotState.ACCEPTED] and ads.states[ShotState.RENDERING] and not left:
            left = True
            machines.leave()  # and what it renders cannot be over before
            gate.touch()
            machines.join()
        return loop.idle()

    machines.join()
    wait_for(turn)

    assert left
    takes = [take for shot in shots for take in shot_story.tell(store, "ads", shot.code).takes]
    assert [(take.number, take.status) for take in takes] == [(1, "succeeded")] * 4
    ended = [attempt["outcome"] for take in takes for attempt in take.attempts]
    assert ended.count("succeeded") == 4
    assert len(ended) > 4, "no take was lost with its machine"
    assert Auditor(store.engine).audit() == []
    wait_for(lambda: loop.tick() or cluster.headcount().released >= 1)
    store.close()
