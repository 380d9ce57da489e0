"""Productions that ComfyUI servers render: by two of them, and while everything dies that can."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
import sqlalchemy as sa

from tests.chaos.checker import Findings, check
from tests.comfyui import holding
from tests.comfyui.fake import Fake
from tests.comfyui.running import Process, playing, write_profile

SHOTS = 6
CODES = [f"sh{number:03d}" for number in range(SHOTS)]
RUN = ("run", "--profile", "comfy", "--until-idle")


def test_two_servers_render_a_production(farm_folder: Any, tmp_path: Path) -> None:
    with playing(tmp_path / "one") as (one, first), playing(tmp_path / "two") as (two, second):
        until_both_are_asked(one, two)
        farm_folder.settings["FARM_LEASE_SECONDS"] = "60"  # a busy machine is no part of this
        write_profile(farm_folder.path / "profiles", first, second)
        farm_folder.submit(SHOTS, profile="comfy")
        looked = farm_folder.run("check", "--json", FARM_PROFILE="comfy").json["checks"]
        served = {each["name"]: each for each in looked if each["name"].startswith("server")}
        assert [each["ok"] for each in served.values()] == [True, True]
        assert "ComfyUI 0.33.0 on NVIDIA Fake 4090, 20 GB" in served["server 1"]["message"]

        done = farm_folder.run(*RUN, "--cluster", "inline")
        assert done.status == 0, done.err
        found = checked(farm_folder)
        assert found.wrong() == []
        assert one.posted
        assert two.posted
        assert one.deleted == one.posted
        assert len(one.posted) + len(two.posted) == found.takes == found.attempts


def test_servers_and_a_worker_with_its_own_model_finish_one_production(
    farm_folder: Any, tmp_path: Path
) -> None:
    with playing(tmp_path / "one") as (one, first), playing(tmp_path / "two") as (two, second):
        until_both_are_asked(one, two)
        farm_folder.settings["FARM_LEASE_SECONDS"] = "60"
        write_profile(farm_folder.path / "profiles", first, second)
        farm_folder.picture("still.png")
        rows = "".join(
            f"sh{number:03d},still.png,The red circle moves left.,{'comfy' if number < 4 else 'toy'}\n"
            for number in range(SHOTS)
        )
        farm_folder.write_list("shot,image,prompt,profile\n" + rows)
        assert farm_folder.run("submit", "shots.csv", "-p", "ads").status == 0
        both = farm_folder.run("run", "--profile", "toy", "--profile", "comfy", "--until-idle")
        assert "servers make the takes of comfy" in " ".join(both.err.split())

        servers = farm_folder.start(*RUN, "--cluster", "inline")
        own = farm_folder.run("run", "--profile", "toy", "--until-idle", "--cluster", "inline")
        assert own.status == 0, own.err
        assert farm_folder.end_of(servers).status == 0
        assert one.posted
        assert two.posted
        assert checked(farm_folder).wrong() == []
        assert not {"waiting", "rendering"} & {shot["state"] for shot in farm_folder.shots()}


def test_a_server_that_lacks_something_is_named_and_the_other_one_renders(
    farm_folder: Any, tmp_path: Path
) -> None:
    with playing(tmp_path / "one") as (one, first), playing(tmp_path / "two") as (two, second):
        one.models["vae"].clear()
        write_profile(farm_folder.path / "profiles", first, second)
        farm_folder.submit(2, profile="comfy")
        looked = farm_folder.run("check", FARM_PROFILE="comfy")
        assert looked.status == 1
        assert f"{first} has no wan_2.1_vae.safetensors" in " ".join(looked.out.split())
        done = farm_folder.run(*RUN, "--cluster", "inline")
        assert done.status == 0, done.err
        assert one.posted == []
        assert len(two.posted) >= 2


@pytest.fixture
def served(farm_folder: Any, tmp_path: Path) -> Iterator[list[Process]]:
    """Two servers in processes, whose takes stay in their middle."""
    servers = [Process(tmp_path / name) for name in ("one", "two")]
    may_end(servers, 0)
    farm_folder.settings["FARM_LEASE_SECONDS"] = "8"
    write_profile(farm_folder.path / "profiles", *(each.address for each in servers))
    farm_folder.submit(SHOTS, profile="comfy")
    yield servers
    for each in servers:
        each.kill()


def test_servers_and_runs_that_are_killed_lose_nothing_and_nothing_is_made_twice(
    farm_folder: Any, served: list[Process]
) -> None:
    killed = farm_folder.start(*RUN, "--cluster", "inline")
    farm_folder.wait_for(lambda: rendering(farm_folder) == 2)
    served[0].kill()
    served[0].start()
    may_end(served, 1)  # of each, and the rest of the six stays
    farm_folder.wait_for(lambda: finished(served))
    farm_folder.wait_for(lambda: rendering(farm_folder))
    killed.kill()
    killed.communicate()
    served[1].kill()
    served[1].start()
    may_end(served, SHOTS)
    done = farm_folder.run(*RUN, "--cluster", "inline")
    assert done.status == 0, done.err
    # Two takes with each server that died, and two with the run.
    assert checked(farm_folder, renders=6).wrong() == []
    assert set(finished(served).values()) == {1}, "a take was finished twice"


def test_a_worker_that_is_killed_costs_no_render(farm_folder: Any, served: list[Process]) -> None:
    run = farm_folder.start(*RUN, "--cluster", "ray")
    farm_folder.wait_for(lambda: rendering(farm_folder) == 2)
    workers = farm_folder.wait_for(lambda: len(found := actors(run.pid)) == 2 and found)
    os.kill(workers[0], signal.SIGKILL)
    may_end(served, SHOTS)
    ended = farm_folder.end_of(run)
    assert ended.status == 0, ended.err
    found = checked(farm_folder, renders=2)
    assert found.wrong() == []
    assert found.attempts > found.takes, "nothing was out with the worker: the test proves nothing"
    made = finished(served)
    assert set(made.values()) == {1}, "a take was finished twice"
    assert len(made) == found.takes


def until_both_are_asked(one: Fake, two: Fake) -> None:
    """Neither finishes a take before, so that it cannot make them all."""
    one.stays = two.stays = lambda _node, _step: not (one.posted and two.posted)


def may_end(servers: list[Process], takes: int) -> None:
    """So many takes of each server may end; the next one stays in its middle."""
    for each in servers:
        holding.hold(each.folder, takes)


def checked(farm_folder: Any, renders: int = 0) -> Findings:
    with database(farm_folder) as engine:
        return check(engine, farm_folder.path / "media", acknowledged=CODES, renders=renders)


@contextmanager
def database(farm_folder: Any) -> Iterator[sa.Engine]:
    engine = sa.create_engine(
        f"sqlite:///{farm_folder.path / 'farm.db'}", poolclass=sa.pool.NullPool
    )
    try:
        yield engine
    finally:
        engine.dispose()


def rendering(farm_folder: Any) -> int:
    return sum(shot["state"] == "rendering" for shot in farm_folder.shots())


def finished(servers: list[Process]) -> Counter[str]:
    """How often each recipe was rendered to its end, by its hash."""
    return Counter(each for server in servers for each in holding.finished(server.folder))


def actors(pid: int) -> list[int]:
    """The processes of a run's workers on its own Ray."""
    found = psutil.Process(pid).children(recursive=True)
    return [each.pid for each in found if _is_a_worker(each)]


def _is_a_worker(process: psutil.Process) -> bool:
    """By its title, which is that of the take that it renders, where it does."""
    title = " ".join(process.cmdline())
    return title.startswith("ray::") and ("Renderer" in title or "ads/sh" in title)
