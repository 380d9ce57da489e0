"""The run as a Ray job, on a head of its own with a token, as a studio's cluster has one."""

import os
import runpy
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from farm.cluster.ray import jobs as ray_jobs
from farm.errors import ClusterError
from farm.operations.run import job_metadata
from tests.ray_head import Head, ray_head

pytestmark = pytest.mark.filterwarnings("default")  # Ray's own code warns

TOKEN = "a-token-for-this-test-alone"
RUN = """
import os, signal, sys, time

def end(*_):
    print("wound down cleanly", flush=True)
    sys.exit(0)

signal.signal(signal.SIGTERM, end)
print("given", sys.argv[1], "and", os.environ["FARM_DATABASE"], flush=True)
time.sleep(3000)
"""


@pytest.fixture(scope="module")
def head() -> Iterator[Head]:
    with ray_head(TOKEN) as head:
        yield head


@pytest.fixture
def jobs_address(head: Head) -> str:
    return head.jobs


def test_a_run_is_handed_over_named_followed_and_ended_cleanly(
    jobs_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN)
    monkeypatch.setenv("RAY_ADDRESS", "http://127.0.0.1:1")  # a shell's leftover must not win
    job = ray_jobs.start(
        jobs_address,
        productions=["nike_ss27", "aurum"],
        metadata=job_metadata(["nike_ss27", "aurum"], "anna"),
        arguments=["it's; $(touch /tmp/never)"],
        env={"FARM_DATABASE": "postgresql://db/farm"},
        command=(sys.executable, "-c", RUN),
    )
    assert job.startswith("farm-nike_ss27-and-1-more-20")

    log = ray_jobs.follow(jobs_address, job)
    said = "given it's; $(touch /tmp/never) and postgresql://db/farm\n"
    assert any(said in text for text in log)

    (found,) = ray_jobs.jobs(jobs_address)
    assert (found.id, found.name, found.production, found.user, found.status) == (
        job,
        "farm nike_ss27, aurum",
        "nike_ss27, aurum",
        "anna",
        "RUNNING",
    )
    assert found.started is not None
    assert said in ray_jobs.log(jobs_address, job)

    assert ray_jobs.stop(jobs_address, None, timeout=200) == "STOPPED"
    assert "wound down cleanly" in "".join(log)

    with pytest.raises(ClusterError, match=r"no run of the farm is on the cluster"):
        ray_jobs.stop(jobs_address, None, timeout=1)
    with pytest.raises(ClusterError, match=rf"there is no run farm-nope .*its runs are: {job}"):
        ray_jobs.stop(jobs_address, "farm-nope", timeout=1)
    monkeypatch.setenv("RAY_AUTH_TOKEN", "somebody-elses")
    with pytest.raises(ClusterError, match=r"refuses this token; set RAY_AUTH_TOKEN"):
        ray_jobs.jobs(jobs_address)


JOIN = """
import sys, time
from farm.cluster.ray.connect import connect

connect(sys.argv[1], True, None, job={"job_name": "farm all", "production": "all", "user": "ben"})
print("joined", flush=True)
time.sleep(3000)
"""


def test_a_run_that_joined_by_itself_is_listed_with_its_name_and_its_limits() -> None:
    environment = {"RAY_AUTH_TOKEN": TOKEN, "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
    with ray_head(TOKEN) as head, pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_TOKEN", TOKEN)
        with subprocess.Popen(
            [sys.executable, "-c", JOIN, head.address],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
        ) as run:
            try:
                assert run.stdout
                assert run.stdout.readline() == b"joined\n"
                (found,) = ray_jobs.jobs(head.jobs)
                assert (found.name, found.production, found.user, found.status) == (
                    "farm all",
                    "all",
                    "ben",
                    "RUNNING",
                )
                assert not found.submitted
                with pytest.raises(ClusterError, match="its log is, where it runs"):
                    ray_jobs.log(head.jobs, found.id)
                with pytest.raises(ClusterError, match="nothing to stop"):
                    ray_jobs.stop(head.jobs, None, timeout=1)
            finally:
                run.kill()


def test_a_cluster_without_its_token_at_hand_is_told_with_the_places_to_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "ray_token"))
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        pytest.raises(ClusterError, match=r"ray_token cannot be read .*set RAY_AUTH_TOKEN"),
    ):
        ray_jobs.jobs(f"http://127.0.0.1:{server.getsockname()[1]}")


def test_a_dashboard_that_does_not_answer_is_named() -> None:
    with pytest.raises(ClusterError, match=r"no Ray dashboard answers at http://127\.0\.0\.1:1;"):
        ray_jobs.jobs("http://127.0.0.1:1")


def test_another_kind_of_address_is_refused_with_the_right_form() -> None:
    with pytest.raises(ClusterError, match=r"give http://host:8265"):
        ray_jobs.jobs("ray://head:10001")


def test_a_head_answers_the_probe_of_its_container_without_a_token(
    head: Head, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    probe = runpy.run_path(str(Path(__file__).parents[4] / "deploy" / "health.py"))
    first_process = tmp_path / "cmdline"
    first_process.write_text("/usr/bin/ray\0start\0--head\0--block\0")
    own = probe["main"].__globals__
    own["RAYLET"] = own["RAYLET"].replace("http://127.0.0.1:52365", head.agent)
    own["CONTROL_STORE"] = own["CONTROL_STORE"].replace("http://127.0.0.1:8265", head.jobs)

    deadline = time.monotonic() + 200
    while (status := probe["main"](first_process)) and time.monotonic() < deadline:
        time.sleep(0.5)  # the agent answers some seconds after the dashboard
    assert status == 0, capsys.readouterr().out
    own["RAYLET"] = own["RAYLET"].replace("healthz", "no_such_page")
    assert probe["main"](first_process) == 1
