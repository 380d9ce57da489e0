"""The processes that chaos starts: each marked in its environment, so that none outlives it."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

MARK = "CHAOS_MARK"
"""Names the chaos that a process belongs to; children inherit it, orphans keep it."""
PART = "CHAOS_PART"
"""Names the part of the farm: a Ray node, a run."""
GONE = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


def spawn(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], part: str
) -> subprocess.Popen[bytes]:
    """Starts a part of the farm in a session of its own; what it says goes to `PART.log`."""
    with (folder / f"{part}.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | environment | {MARK: str(folder), PART: part},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def marked(folder: Path, part: str | None = None) -> Iterator[psutil.Process]:
    """Every living process of the chaos in `folder`, or of one part of it."""
    for process in psutil.process_iter():
        with suppress(*GONE):
            environment = process.environ()
            if environment.get(MARK) != str(folder) or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if part is None or environment.get(PART) == part:
                yield process


def send(process: psutil.Process, number: signal.Signals) -> None:
    """Sends a signal, if the process is still there."""
    with suppress(*GONE):
        process.send_signal(number)


def end_all(folder: Path, part: str | None = None) -> None:
    """Kills every process of the chaos in `folder`, or of one part, until none is left."""
    for _ in range(50):
        if not (left := list(marked(folder, part))):
            return
        for process in left:
            send(process, signal.SIGKILL)
        psutil.wait_procs(left, timeout=0.5)
    raise RuntimeError(f"some processes of {folder} outlive SIGKILL")
