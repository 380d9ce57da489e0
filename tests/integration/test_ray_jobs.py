"""The run as a Ray job, on a head of its own with a token, as a studio's cluster has one."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from farm.cluster import ray_jobs
from farm.cluster.ray_session import answers
from farm.errors import ClusterError

pytestmark = pytest.mark.filterwarnings("default")  # Ray's own code warns

TOKEN = "a-token-for-this-test-alone"
RUN = """
import os, signal, sys, time

def end(*_):
    print("wound down cleanly", flush=True)
    sys.exit(0)

signal.signal(signal.SIGTERM, end)
print("given", sys.argv[1], "and", os.environ["FARM_DATABASE"], flush=True)
time.sleep(300)
"""


def free_ports(number: int) -> list[int]:
    """Ports outside the range that Ray gives to its workers (10002 … 19999)."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


@pytest.fixture
def jobs_address() -> Iterator[str]:
    """A head of this test's own, on loopback; never ended by `ray stop`, which ends everybody's."""
    head, dashboard, client = free_ports(3)
    folder = Path(tempfile.mkdtemp(prefix="ray", dir="/tmp"))  # Ray's sockets want short paths
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
            *("--num-cpus=2", "--disable-usage-stats", f"--temp-dir={folder}", f"--port={head}"),
            *(f"--dashboard-port={dashboard}", f"--ray-client-server-port={client}"),
            "--dashboard-agent-listen-port=0",
        ],
        env={
            **os.environ,
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": TOKEN,
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # loopback alone
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for_agent(f"http://127.0.0.1:{dashboard}", dashboard)
        yield f"http://127.0.0.1:{dashboard}"
    finally:
        end(process)
        shutil.rmtree(folder, ignore_errors=True)


def end(head: subprocess.Popen[bytes]) -> None:
    """The head and all it started: workers live in process groups of their own."""
    family = [psutil.Process(head.pid), *psutil.Process(head.pid).children(recursive=True)]
    head.terminate()
    _, alive = psutil.wait_procs(family, timeout=8)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    head.wait()


def wait_for_agent(address: str, port: int) -> None:
    """The dashboard answers some seconds before the agent that takes jobs."""
    deadline = time.monotonic() + 60
    while not answers(("127.0.0.1", port), seconds=1):
        assert time.monotonic() < deadline, f"no dashboard at {address}"
        time.sleep(0.2)


def test_a_run_is_handed_over_named_followed_and_ended_cleanly(
    jobs_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN)
    monkeypatch.setenv("RAY_ADDRESS", "http://127.0.0.1:1")  # a shell's leftover must not win
    job = ray_jobs.start(
        jobs_address,
        name="nike night render",
        production="nike_ss27",
        user="anna",
        arguments=["it's; $(touch /tmp/never)"],
        env={"FARM_DATABASE": "postgresql://db/farm"},
        command=(sys.executable, "-c", RUN),
    )
    assert job.startswith("farm-nike_ss27-20")

    log = ray_jobs.follow(jobs_address, job)
    said = "given it's; $(touch /tmp/never) and postgresql://db/farm\n"
    assert any(said in text for text in log)

    (found,) = ray_jobs.jobs(jobs_address)
    assert (found.id, found.name, found.production, found.user, found.status) == (
        job,
        "nike night render",
        "nike_ss27",
        "anna",
        "RUNNING",
    )
    assert found.started is not None

    assert ray_jobs.stop(jobs_address, None, timeout=30) == "STOPPED"
    assert "wound down cleanly" in "".join(log)

    with pytest.raises(ClusterError, match=r"no run of the farm is on the cluster"):
        ray_jobs.stop(jobs_address, None, timeout=1)
    with pytest.raises(ClusterError, match=rf"there is no run farm-nope .*its runs are: {job}"):
        ray_jobs.stop(jobs_address, "farm-nope", timeout=1)
    monkeypatch.setenv("RAY_AUTH_TOKEN", "somebody-elses")
    with pytest.raises(ClusterError, match=r"refuses this token; set RAY_AUTH_TOKEN"):
        ray_jobs.jobs(jobs_address)


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
