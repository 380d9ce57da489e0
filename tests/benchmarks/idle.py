"""What a farm costs that has nothing to do: the CPU time of `farm run` over half a minute.

In per cent of one core, of the run's own process: with a worker in it, and with an embedded Ray, whose
processes are counted by themselves. The worker has loaded the toy and waits.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil

from farm.store import open_store, workers

SECONDS = 30.0
PATIENCE = 300.0
"""Seconds to wait until the worker is there."""


def run() -> dict[str, Any]:
    """Per cent of one core, by kind of cluster."""
    return {"seconds": SECONDS, "inline": _measure("inline"), "ray": _measure("ray")}


def _measure(cluster: str) -> dict[str, float]:
    with _running(cluster) as process:
        before, start = _spent(process), time.perf_counter()
        time.sleep(SECONDS)
        after, seconds = _spent(process), time.perf_counter() - start
    shares = {name: 100 * (after[name] - before[name]) / seconds for name in after}
    return {name: round(share, 2) for name, share in shares.items()}


@contextmanager
def _running(cluster: str) -> Iterator[psutil.Process]:
    """A run with one worker that has loaded."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "farm", "run", "--cluster", cluster, "--workers", "1"]
        store = open_store(f"sqlite:///{folder}/farm.db")
        with subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                end = time.monotonic() + PATIENCE
                while not workers.workers(store):
                    assert process.poll() is None, "the run has ended"
                    assert time.monotonic() < end, "no worker came"
                    time.sleep(0.5)
                time.sleep(5)  # what starting leaves behind
                yield psutil.Process(process.pid)
            finally:
                process.terminate()
                store.close()


def _spent(process: psutil.Process) -> dict[str, float]:
    """CPU seconds so far, of the run and of the processes that it started."""
    others = 0.0
    for child in process.children(recursive=True):
        try:
            others += sum(child.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return {"farm_percent": sum(process.cpu_times()[:2]), "others_percent": others}
