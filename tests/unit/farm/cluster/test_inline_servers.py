"""Workers that ask servers, in this process: one for each, and a server that is away is asked again."""

from contextlib import contextmanager
from typing import Any

import pytest

from farm.cluster import inline_slot
from farm.cluster.inline import InlineCluster
from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Lost
from farm.cluster.worker import Worker
from farm.errors import ClusterError
from pipeline.errors import Cause, RenderFault, RenderLost
from tests.comfyui.running import asking, until
from tests.conftest import an_order

ONE, TWO = "http://one:8188", "http://two:8188"
SETTINGS = WorkerSettings(profile=asking(ONE, TWO), media="/media")
TOOLS: Any = None


class Servers:
    """Which of them are away, and who asked them."""

    def __init__(self) -> None:
        self.away: set[str] = set()
        self.asked: list[str] = []
        self.probed: list[str] = []
        self.lost = False

    def worker(self, settings: WorkerSettings) -> Worker:
        self.asked.append(settings.server)
        if settings.server in self.away:
            raise RenderFault(Cause.MACHINE, f"{settings.server} does not answer")
        return Worker(settings, load=lambda _: TOOLS, make=self._make)

    def answers(self, settings: WorkerSettings) -> None:
        self.probed.append(settings.server)
        if settings.server in self.away:
            raise RenderFault(Cause.MACHINE, f"{settings.server} does not answer")

    def _make(self, *_: object) -> Any:
        raise RenderLost("the server is gone")


@contextmanager
def cluster_of(servers: "Servers") -> Any:
    cluster = InlineCluster(SETTINGS, 2, servers.worker, ask_server=servers.answers)
    try:
        yield cluster
    finally:
        cluster.close(grace=200)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inline_slot, "ASK_AGAIN", 0.05)


def test_each_worker_has_a_server_of_its_own() -> None:
    servers = Servers()
    with cluster_of(servers) as cluster:
        until(lambda: len(cluster.free()) == 2)
    assert sorted(servers.asked) == [ONE, TWO]


def test_a_server_that_comes_back_gets_its_worker() -> None:
    servers = Servers()
    servers.away = {TWO}
    with cluster_of(servers) as cluster:
        until(lambda: "does not answer" in " ".join(cluster.trouble()))
        until(lambda: list(cluster.nodes()) == ["inline-1"])
        assert list(cluster.free()) == [
            "inline-1"
        ]  # who asks this again and again gives a server up
        servers.away.clear()
        until(lambda: len(cluster.free()) == 2)
    assert servers.asked.count(ONE) == 1


def test_servers_that_never_answer_end_the_run() -> None:
    servers = Servers()
    servers.away = {ONE, TWO}

    def hopeless() -> bool:
        try:
            cluster.free()
        except ClusterError as error:
            return "does not answer" in str(error)
        return False

    with cluster_of(servers) as cluster:
        until(hopeless)
    assert servers.probed.count(ONE) >= inline_slot.HOPELESS_AFTER
    assert servers.asked.count(ONE) == 1, "nothing is loaded before it answers"


def test_a_server_that_is_away_keeps_no_other_waiting() -> None:
    servers = Servers()
    servers.away = {TWO}
    with cluster_of(servers) as cluster:
        until(lambda: list(cluster.free()) == ["inline-1"])
        until(lambda: cluster.free() and servers.probed.count(TWO) >= 2)
        assert list(cluster.free()) == ["inline-1"]
    assert servers.asked.count(TWO) == 1


def test_a_server_that_is_gone_costs_the_take_nothing_and_is_asked_for_anew() -> None:
    servers = Servers()
    with cluster_of(servers) as cluster:
        until(lambda: len(cluster.free()) == 2)
        cluster.send("inline-1", "1.1", an_order(), 60.0)
        reports: list[Any] = []
        until(lambda: reports.extend(cluster.collect(0.1)) or reports)
        assert [report.outcome for report in reports] == [Lost("the server is gone")]
        until(lambda: servers.asked.count(ONE) == 2)
