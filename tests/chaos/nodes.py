"""The Ray cluster under test: a head and a second node, each a tree of real processes."""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from tests.chaos import processes
from tests.chaos.network import Network
from tests.ports import free_ports

CPUS = 3
"""Of each node; the farm wants five in all, so most of it fits on one."""
START_SECONDS = 240.0
_NOT_YET = ("ray::IDLE", "ray::Renderer.__init__", "ray::Renderer.load")


class Node:
    """One `ray start --block` and all it started."""

    def __init__(self, name: str, folder: Path, command: list[str], env: Mapping[str, str]) -> None:
        self.name = name
        self._folder = folder
        self._command = command
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it anew; what is left of the one before goes first, as when a machine is rebooted."""
        processes.end_all(self._folder, self.name)
        if self._process is not None:
            self._process.wait()
        self._process = processes.spawn(self._command, self._folder, self._env, self.name)

    @property
    def lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def named(self, *names: str) -> list[psutil.Process]:
        """Its processes of these programs: raylet, gcs_server."""
        found: list[psutil.Process] = []
        for process in processes.marked(self._folder, self.name):
            with suppress(*processes.GONE):
                if process.name() in names:
                    found.append(process)
        return found

    def workers(self) -> list[psutil.Process]:
        """The processes of renderers on it that have loaded; Ray renames a process at every call."""
        found: list[psutil.Process] = []
        for process in processes.marked(self._folder, self.name):
            with suppress(*processes.GONE):
                line = " ".join(process.cmdline())
                if line.startswith("ray::") and not line.startswith(_NOT_YET):
                    found.append(process)
        return found


class Nodes:
    """A head and a second node."""

    def __init__(self, folder: Path, network: Network, environment: Mapping[str, str]) -> None:
        port, client = free_ports(2, network.head)
        self.address = f"{network.head}:{port}"
        self._endpoint = (network.head, port)
        self._temporary = Path(tempfile.mkdtemp(prefix="ray", dir="/tmp"))  # sockets: short paths
        ray = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block"]
        ray += ["--disable-usage-stats", f"--num-cpus={CPUS}", "--dashboard-agent-listen-port=0"]
        ray += ["--include-log-monitor=false"]
        ray += [f"--object-store-memory={100 * 2**20}"]
        env = {**environment, **_PATIENCE}
        if network.namespace is None:
            env["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # loopback alone
        head = ["--head", f"--port={port}", f"--node-ip-address={network.head}"]
        head += ["--include-dashboard=false", "--no-monitor"]
        head += [f"--ray-client-server-port={client}"]
        head += [f"--temp-dir={self._temporary}"]
        second = [f"--address={self.address}", f"--node-ip-address={network.node}"]
        self.head = Node("head", folder, [*ray, *head], env)
        self.second = Node("second", folder, [*network.inside("second"), *ray, *second], env)

    @property
    def both(self) -> list[Node]:
        return [self.head, self.second]

    @property
    def answers(self) -> bool:
        """Whether the head listens."""
        with suppress(OSError), socket.create_connection(self._endpoint, timeout=1):
            return True
        return False

    def lose_head(self) -> None:
        """The head's machine is gone, with everything on it that Ray started."""
        for process in self.head.named("gcs_server", "raylet"):
            processes.send(process, signal.SIGKILL)

    def close(self) -> None:
        shutil.rmtree(self._temporary, ignore_errors=True)


_PATIENCE = {
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_timeout_ms": "1000",
    "RAY_health_check_failure_threshold": "4",
    "RAY_health_check_initial_delay_ms": "2000",
    "RAY_gcs_rpc_server_reconnect_timeout_s": "8",
    "RAY_prestart_worker_first_driver": "0",
    "RAY_metric_cardinality_level": "low",
    "RAY_memory_monitor_refresh_ms": "0",
}
"""A node that is silent counts as dead after three seconds, so that many can die in minutes."""
