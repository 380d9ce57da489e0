"""What the bridge to ComfyUI servers costs: seconds of a take beside its server's, and memory over many.

The server is played, in a process of its own: it takes its time over the steps, and serves a real file.
"""

import json
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from PIL import Image

from pipeline.engines.comfyui.engine import ComfyEngine
from pipeline.engines.protocol import Attempt
from tests.comfyui.drawing import saved
from tests.comfyui.running import Process, asking
from tests.conftest import a_recipe

TAKES = 3
STEPS, STEP_SECONDS = 20, 3.0
"""A minute of a server: a distilled model on a good card. Slower ones make the share smaller."""
MANY, WARM = 200, 20
FRAMES, WIDTH, HEIGHT = 81, 832, 480


class _Nobody:
    def stage(self, name: str) -> None: ...

    def step(self, step: int, steps: int) -> None: ...


def run() -> dict[str, Any]:
    """Seconds beside the server's own, and the growth of memory."""
    with tempfile.TemporaryDirectory() as folder:
        # What large frames leave of the heap would hide what small takes leave.
        memory = _memory(Path(folder) / "one")
        return {**memory, **_overhead(Path(folder) / "two")}


def _overhead(folder: Path) -> dict[str, Any]:
    server = Process(folder, "--step-seconds", str(STEP_SECONDS))
    film = folder / "film.webp"
    film.write_bytes(saved(_noisy(), 10))
    _set(server, film=str(film))
    changes = {"frames": FRAMES, "width": WIDTH, "height": HEIGHT, "steps": STEPS}
    picture = Image.fromarray(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    engine = ComfyEngine(asking(server.address), server.address, "played")
    shares, over, computed = list[float](), list[float](), list[float]()
    own = 0.0
    try:
        for number in range(TAKES):
            before, used = time.perf_counter(), time.process_time()
            recipe = a_recipe(**changes, seed=number)
            engine.render(picture, recipe, _Nobody(), Attempt(str(number)))
            seconds = time.perf_counter() - before
            computed.append(time.process_time() - used)
            own = list(_told(server)["seconds"].values())[-1]
            over.append(seconds - own)
            shares.append((seconds - own) / own)
    finally:
        server.kill()
    return {
        "takes": TAKES,
        "server_seconds": round(own, 1),
        "file_megabytes": round(film.stat().st_size / 1e6, 1),
        "seconds_beside": round(statistics.median(over), 2),
        "percent_beside": round(100 * statistics.median(shares), 2),
        "cpu_seconds": round(statistics.median(computed), 2),
        "cpu_percent": round(100 * statistics.median(computed) / own, 2),
    }


def _memory(folder: Path) -> dict[str, Any]:
    server = Process(folder)
    engine = ComfyEngine(asking(server.address), server.address, "played")
    picture, process = Image.new("RGB", (64, 64), "teal"), psutil.Process()
    warm = 0
    try:
        for number in range(MANY):
            engine.render(picture, a_recipe(seed=number), _Nobody(), Attempt(str(number)))
            if number == WARM:
                warm = process.memory_info().rss
    finally:
        server.kill()
    grown = process.memory_info().rss - warm
    return {"many_takes": MANY, "kibibytes_per_take": round(grown / (MANY - WARM) / 1024, 1)}


def _noisy() -> Any:
    """Somewhat noisy frames of a real size: a gradient that moves, and grain."""
    rng = np.random.default_rng(7)
    across = np.linspace(0, 200, WIDTH)[None, :, None]
    grain = rng.normal(0, 3, (FRAMES, HEIGHT, WIDTH, 3))
    moving = np.arange(FRAMES)[:, None, None, None] * 0.5
    return np.clip(across + moving + grain, 0, 255).astype(np.uint8)


def _set(server: Process, **values: Any) -> None:
    request = urllib.request.Request(
        f"{server.address}/fake",
        json.dumps(values).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=30).close()


def _told(server: Process) -> Any:
    with urllib.request.urlopen(f"{server.address}/fake", timeout=30) as answer:
        return json.load(answer)
