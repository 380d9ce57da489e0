"""Ray actors that are given waves of takes: each attempt is told of once, whatever happens."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import tests.integration.farm.cluster.test_ray_tails
import tests.played_tools
from farm.cluster.outcome import Faulted, Lost, Made, Stopped
from farm.cluster.ray.connect import connect
from farm.cluster.ray.session import Session
from pipeline.errors import Cause
from pipeline.stages import WAITING
from tests.integration.farm.cluster.test_ray_tails import Farm, wait_for

pytestmark = pytest.mark.filterwarnings("default")  # Ray's own code warns

WAVE = 2


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One cluster for all tests of this file."""
    found = connect(None, dashboard=False, cpus=2)
    from ray import cloudpickle

    for module in (tests.integration.farm.cluster.test_ray_tails, tests.played_tools):
        cloudpickle.register_pickle_by_value(module)
    yield found
    found.close()


@pytest.fixture
def farm(session: Session, tmp_path: Path) -> Iterator[Farm]:
    made = Farm(tmp_path, workers=2, wave=WAVE)
    yield made
    made.cluster.close(grace=0)


def send_all(farm: Farm, *names: str) -> dict[str, str]:
    """To whoever is named first, once both workers are there; who got which.

    Each worker's first take computes before it is sent its second: an actor with several threads
    may begin what it is sent in any order.
    """
    wait_for(lambda: not farm.cluster.collect(0.05) and len(farm.cluster.nodes()) == 2)
    got: dict[str, str] = {}
    for name in names:
        got[name] = farm.cluster.free()[0]
        farm.cluster.send(got[name], f"{name}.1", farm.order(name), 600)
        if name in names[:2]:
            farm.begins("denoise", name)
    return got


def stages(farm: Farm) -> dict[str, str]:
    assert farm.cluster.collect(0.05) == []
    return {key: at.stage for key, at in farm.cluster.progress().items()}


def test_two_workers_share_four_takes_and_a_wave_loses_with_its_actor_what_computed(
    farm: Farm,
) -> None:
    names = ["sh010", "sh020", "sh030", "sh040"]
    go_on = [farm.holds.hold("denoise", name) for name in names]
    got = send_all(farm, *names)
    assert got["sh010"] == got["sh030"] != got["sh020"] == got["sh040"]
    assert farm.cluster.free() == []
    wait_for(lambda: [*stages(farm).values()].count("denoise") == 2)
    at = wait_for(
        lambda: len(at := stages(farm)) == 4 and [*at.values()].count(WAITING) == 2 and at
    )
    (computes,) = [name for name in ("sh010", "sh030") if at[f"{name}.1"] == "denoise"]
    (waits,) = {"sh010", "sh030"} - {computes}

    os.kill(farm.holds.process("denoise", computes), signal.SIGKILL)

    told = farm.outcomes(2)
    died, lost = told[f"{computes}.1"], told[f"{waits}.1"]
    assert isinstance(died, Faulted)
    assert (died.cause, died.sentence.split(" (")[0]) == (Cause.MACHINE, f"worker {got['sh010']}")
    assert lost == Lost(died.sentence)
    for each in go_on:
        each()
    told = farm.outcomes(2)
    assert set(told) == {"sh020.1", "sh040.1"}
    assert all(isinstance(outcome, Made) for outcome in told.values())

    wait_for(lambda: len(farm.cluster.free()) == 2)
    for name in ("sh010", "sh030"):
        farm.send(name, attempt=2)
    assert all(isinstance(outcome, Made) for outcome in farm.outcomes(2).values())


def test_a_machine_fault_of_one_costs_the_rest_of_its_wave_nothing(farm: Farm) -> None:
    farm.holds.fail("denoise", "sh010")
    go_on = farm.holds.hold("denoise", "sh010")
    farm.holds.hold("denoise", "sh020")
    send_all(farm, "sh010", "sh020", "sh030")
    wait_for(lambda: stages(farm).get("sh030.1") == WAITING)
    go_on()
    told = farm.outcomes(2)
    assert told.pop("sh010.1") == Faulted(Cause.MACHINE, "CUDA error")
    assert isinstance(told["sh030.1"], Lost | Stopped)


def test_a_take_that_waits_is_stopped_and_the_other_goes_on(farm: Farm) -> None:
    go_on = farm.holds.hold("denoise", "sh010")
    farm.holds.hold("denoise", "sh020")
    send_all(farm, "sh010", "sh020", "sh030")
    wait_for(lambda: stages(farm).get("sh030.1") == WAITING)
    farm.cluster.stop("sh030.1")
    assert farm.outcomes(1) == {"sh030.1": Stopped("asked to stop")}
    go_on()
    assert isinstance(farm.outcomes(1)["sh010.1"], Made)
