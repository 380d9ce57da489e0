"""Ray actors that render a take beside the tail of the one before: both are told of, whatever happens."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

import tests.played_tools
from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted, Lost, Made, Outcome, Stopped
from farm.cluster.protocol import Report
from farm.cluster.ray.cluster import RayCluster
from farm.cluster.ray.connect import connect
from farm.cluster.ray.session import Session
from farm.cluster.worker import Worker
from pipeline.errors import Cause, RenderFault
from pipeline.profiles.profile import load
from pipeline.recipe import TakeOrder
from pipeline.storage.folder import MediaFolder
from tests.played_tools import (
    ClockedWorker,
    Holds,
    PlayedClock,
    a_still,
    an_order_for,
    in_waves,
    played_tools,
)

pytestmark = pytest.mark.filterwarnings("default")  # Ray's own code warns

PATIENCE = 200


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One cluster for all tests of this file: it takes five seconds and 700 MB."""
    found = connect(None, dashboard=False, cpus=1)
    from ray import cloudpickle

    for module in (sys.modules[__name__], tests.played_tools):
        cloudpickle.register_pickle_by_value(module)
    yield found
    found.close()


class Farm:
    """A cluster over a media root with one still."""

    def __init__(self, folder: Path, workers: int = 1, wave: int = 1) -> None:
        media = folder / "media"
        media.mkdir()
        self.holds = Holds(folder / "holds", RenderFault(Cause.MACHINE, "CUDA error"))
        self._still = a_still(folder, MediaFolder(media))
        self.clock = PlayedClock(folder / "clock")
        holds, clock = self.holds, self.clock

        def worker(settings: WorkerSettings) -> Worker:
            folder = Path(settings.media)
            wave = settings.profile.worker.wave
            tools = played_tools(folder, holds, keeps=True, wave=wave)
            return ClockedWorker(settings, clock, load=lambda _: tools)

        profile = in_waves(wave) if wave > 1 else load("toy")
        settings = WorkerSettings(profile=profile, media=str(media))
        self.cluster = RayCluster(settings, workers=workers, worker=worker)

    def order(self, name: str) -> TakeOrder:
        return an_order_for(self._still, name)

    def send(self, name: str, lease_seconds: float = 600, attempt: int = 1) -> None:
        """As soon as the worker has room; nothing may come to its end until then."""
        wait_for(lambda: not self.cluster.collect(0.05) and self.cluster.free())
        self.cluster.send("renderer-01", f"{name}.{attempt}", self.order(name), lease_seconds)

    def outcomes(self, number: int) -> dict[str, Outcome]:
        told: list[Report] = []
        wait_for(lambda: told.extend(self.cluster.collect(0.2)) or len(told) >= number)
        assert len(told) == number, "an attempt was told of twice"
        return {report.key: report.outcome for report in told}

    def begins(self, stage: str, name: str) -> None:
        """Waits for that stage of that take; nothing may come to its end until then."""

        def begun() -> bool:
            assert self.cluster.collect(0.05) == []
            return self.holds.begun(stage, name) > 0

        wait_for(begun)

    def extend(self, lease_seconds: float, *keys: str) -> None:
        """Until the worker has heard it: of a take that has begun."""
        before = {key: self.clock.extensions(key) for key in keys}
        wait_for(
            lambda: not self.cluster.collect(0) and set(keys) <= self.cluster.progress().keys()
        )
        self.cluster.extend(keys, lease_seconds)
        wait_for(lambda: all(self.clock.extensions(key) > before[key] for key in keys))

    def with_both(self) -> Callable[[], None]:
        """sh010 is in its tail and sh020 in its denoise; what ends the wait of the tail."""
        seal = self.holds.hold("seal", "sh010")
        self.holds.hold("denoise", "sh020")
        self.send("sh010")
        self.begins("seal", "sh010")
        self.send("sh020")
        self.begins("denoise", "sh020")
        return seal


@pytest.fixture
def farm(session: Session, tmp_path: Path) -> Iterator[Farm]:
    made = Farm(tmp_path)
    yield made
    made.cluster.close(grace=0)


def wait_for(happens: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if value := happens():
            return value
        time.sleep(0.02)
    raise AssertionError("it never happened")


def test_a_tail_runs_beside_the_next_render_on_the_same_actor(farm: Farm) -> None:
    go_on = farm.with_both()
    both = {"sh010.1": ("renderer-01", "encode"), "sh020.1": ("renderer-01", "denoise")}
    wait_for(
        lambda: both == {key: (at.worker, at.stage) for key, at in farm.cluster.progress().items()}
    )
    assert farm.cluster.free() == []
    assert farm.holds.process("seal", "sh010") == farm.holds.process("denoise", "sh020")
    go_on()
    assert isinstance(farm.outcomes(1)["sh010.1"], Made)
    wait_for(lambda: list(farm.cluster.progress()) == ["sh020.1"])
    farm.cluster.stop("sh020.1")
    (farm.holds.folder / "hold denoise sh020").unlink()
    assert farm.outcomes(1) == {"sh020.1": Stopped("asked to stop")}


def test_an_actor_that_is_killed_with_two_takes_is_told_of_for_both_and_the_tail_is_decoded_again(
    farm: Farm,
) -> None:
    go_on = farm.with_both()
    os.kill(farm.holds.process("seal", "sh010"), signal.SIGKILL)
    go_on()
    told = farm.outcomes(2)
    assert set(told) == {"sh010.1", "sh020.1"}
    for outcome in told.values():
        assert isinstance(outcome, Faulted)
        assert outcome.sentence.startswith("worker renderer-01 (cpu @ ")

    steps = farm.holds.begun("denoise", "sh010")
    farm.send("sh010", attempt=2)
    assert isinstance(farm.outcomes(1)["sh010.2"], Made)
    assert farm.holds.begun("denoise", "sh010") == steps, "it was denoised again"


def test_a_machine_fault_of_the_render_costs_the_tail_a_decode_and_no_fault(farm: Farm) -> None:
    farm.holds.fail("denoise", "sh020")
    go_on = farm.with_both()
    before = farm.holds.process("seal", "sh010")
    (farm.holds.folder / "hold denoise sh020").unlink()
    told = farm.outcomes(2)
    assert told["sh020.1"] == Faulted(Cause.MACHINE, "CUDA error")
    why = "its worker was replaced, since ads/sh020 take 1 failed on it: CUDA error"
    assert told["sh010.1"] == Lost(why)
    go_on()
    farm.send("sh010", attempt=2)
    assert isinstance(farm.outcomes(1)["sh010.2"], Made)
    assert farm.holds.process("seal", "sh010") != before, "the actor was not made anew"


def test_a_tail_that_is_given_up_takes_the_render_with_it_and_both_are_told_of_once(
    farm: Farm,
) -> None:
    farm.with_both()
    before = farm.holds.process("seal", "sh010")
    farm.cluster.replace("sh010.1")
    why = "renderer-01 was replaced: ads/sh010 take 1 was stuck on it"
    assert farm.outcomes(1) == {"sh020.1": Lost(why)}
    wait_for(lambda: not psutil.pid_exists(before))


def test_both_leases_of_a_worker_are_extended_and_end_by_themselves_where_they_are_not(
    farm: Farm,
) -> None:
    go_on = farm.holds.hold("score", "sh010")
    farm.send("sh010", lease_seconds=10)
    farm.begins("score", "sh010")
    farm.send("sh020", lease_seconds=10)
    farm.extend(10, "sh010.1", "sh020.1")
    farm.clock.set(9.0)
    farm.extend(10, "sh010.1", "sh020.1")
    farm.clock.set(18.0)
    farm.extend(10, "sh020.1")
    farm.clock.set(27.0)
    go_on()
    told = farm.outcomes(2)
    assert told["sh010.1"] == Stopped("its lease was not extended in time")
    assert isinstance(told["sh020.1"], Made)


def test_a_retired_worker_and_one_on_a_drained_machine_finish_their_tail_first(farm: Farm) -> None:
    go_on = farm.holds.hold("seal", "sh010")
    farm.send("sh010")
    farm.begins("seal", "sh010")
    actor = farm.holds.process("seal", "sh010")
    farm.cluster.avoid(farm.cluster.nodes().values())
    farm.cluster.retire("renderer-01")
    assert farm.cluster.free() == []
    go_on()
    assert isinstance(farm.outcomes(1)["sh010.1"], Made)
    wait_for(lambda: not psutil.pid_exists(actor))
