"""A Ray head of a test's own: with a token, on loopback, on ports and in a folder of its own."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from farm.cluster.ray.address import answers
from tests.ports import free_ports


@dataclass(frozen=True)
class Head:
    """Where a head is reached."""

    jobs: str
    """The jobs API: `http://127.0.0.1:8265`."""
    address: str
    """What a run joins: `127.0.0.1:6379`."""
    agent: str
    """The agent of its one node: `http://127.0.0.1:52365`."""


@contextlib.contextmanager
def ray_head(token: str, **environment: str) -> Iterator[Head]:
    """A head with two CPUs; `environment` reaches the jobs on it.

    Never ended by `ray stop`, which ends everybody's.
    """
    port, dashboard, client, agent = free_ports(4)
    folder = Path(tempfile.mkdtemp(prefix="ray", dir="/tmp"))  # Ray's sockets want short paths
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
            *("--num-cpus=2", "--disable-usage-stats", f"--temp-dir={folder}", f"--port={port}"),
            *(f"--dashboard-port={dashboard}", f"--ray-client-server-port={client}"),
            f"--dashboard-agent-listen-port={agent}",
        ],
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": token,
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # loopback alone
            **environment,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait_for(dashboard)
        at = "http://127.0.0.1"
        yield Head(f"{at}:{dashboard}", f"127.0.0.1:{port}", f"{at}:{agent}")
    finally:
        _end(process)
        shutil.rmtree(folder, ignore_errors=True)


def _end(head: subprocess.Popen[bytes]) -> None:
    """The head and all it started: workers live in process groups of their own."""
    family = [psutil.Process(head.pid), *psutil.Process(head.pid).children(recursive=True)]
    head.terminate()
    _, alive = psutil.wait_procs(family, timeout=8)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    head.wait()


def _wait_for(dashboard: int) -> None:
    """The dashboard answers some seconds before the agent that takes jobs."""
    deadline = time.monotonic() + 200
    while not answers(("127.0.0.1", dashboard), seconds=1):
        assert time.monotonic() < deadline, f"no dashboard on port {dashboard}"
        time.sleep(0.2)
