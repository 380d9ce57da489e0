"""What a very long shot list costs: `farm submit` of 10,000 and of 100,000 shots with one still.

The whole command on SQLite, in a process of its own: read, checked, fitted, linted and written. Each
prompt is another one. Peak memory is what the process held at most, the interpreter included.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from PIL import Image

from farm.domain.lifecycle import ShotState
from farm.store import open_store
from farm.store.queries import overview

SHOTS = (10_000, 100_000)
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "grey", "white")


def run() -> dict[str, Any]:
    """Seconds and peak memory by the number of shots."""
    figures = {f"shots_{count}": _submit(count) for count in SHOTS}
    first, *_, last = (each["peak_mib"] for each in figures.values())
    return {**figures, "memory_ratio": round(last / first, 2)}


def _submit(shots: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_list(folder, shots)
        start = time.perf_counter()
        peak = _farm(folder, "submit", "shots.csv", "--production", "bench")
        seconds = time.perf_counter() - start
        _check(folder, shots)
    return {"seconds": round(seconds, 1), "peak_mib": round(peak, 1)}


def _write_list(folder: Path, shots: int) -> None:
    Image.linear_gradient("L").convert("RGB").save(folder / "still.png")
    rows = (
        f"sh{number:06d},still.png,"
        f"The {COLOURS[number % 8]} circle passes {number} houses and moves {('left', 'right')[number % 2]}"
        for number in range(shots)
    )
    with (folder / "shots.csv").open("w") as file:
        file.write("shot,image,prompt\n")
        file.writelines(f"{row}\n" for row in rows)


def _farm(folder: Path, *arguments: str) -> float:
    """Runs a command to its end; the MiB that it held at most."""
    with subprocess.Popen(
        [sys.executable, "-m", "farm", *arguments],
        cwd=folder,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
    ) as command:
        _, status, used = os.wait4(command.pid, 0)
        command.returncode = os.waitstatus_to_exitcode(status)
    assert command.returncode == 0
    return used.ru_maxrss / 1024


def _check(folder: Path, shots: int) -> None:
    store = open_store(f"sqlite:///{folder / 'farm.db'}")
    (standing,) = overview.productions(store)
    store.close()
    assert standing.states[ShotState.WAITING] == shots
