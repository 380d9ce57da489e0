"""Runs played servers, in threads of a test or in processes to be killed; and profiles that ask them."""

import asyncio
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from tests.comfyui.fake import Fake
from tests.ports import free_ports

ROOT = Path(__file__).parents[2]
FILES = {
    "high": "high.safetensors",
    "low": "low.safetensors",
    "text_encoder": "umt5.safetensors",
    "vae": "wan_2.1_vae.safetensors",
}

SERVER = "http://render1:8188"
THEIRS: dict[str, Any] = {
    "1": {"class_type": "MyLoader", "inputs": {"name": "x"}, "_meta": {"title": "Loader"}},
    "5": {"class_type": "LoadImage", "inputs": {"image": "old.png"}},
    "7": {
        "class_type": "MySampler",
        "inputs": {"model": ["1", 0], "image": ["5", 0], "text": "old", "not": "old", "seed": 1,
                   "w": 8, "h": 8, "n": 5, "cfg": 1.0},
    },
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["7", 0]}},
    "9": {"class_type": "SaveVideo", "inputs": {"video": ["8", 0]}},
}  # fmt: skip
SLOTS = {
    "still": "5.image", "prompt": "7.text", "negative": "7.not", "seed": "7.seed",
    "width": "7.w", "height": "7.h", "frames": "7.n", "cfg_high": "7.cfg",
    "cfg_low": ["7.cfg"], "images": "8",
}  # fmt: skip


def asking(*servers: str, version: str = "0.33.0", **engine: Any) -> Profile:
    """The toy's profile, rendered by these servers."""
    return Profile.model_validate(values(*servers, version=version, **engine))


def theirs(graph: Any = None, **slots: Any) -> Profile:
    """The same by a studio's own graph."""
    return asking(SERVER, their_graph="graph.json", graph=graph or THEIRS, slots=SLOTS | slots)


def values(*servers: str, version: str = "0.33.0", **engine: Any) -> dict[str, Any]:
    """What stands in such a profile's file."""
    found = profile.load("toy").model_dump(mode="json", exclude_defaults=True)
    del found["model"]
    found["name"] = "comfy"
    found["model"] = {"boundary": 0.9}
    served = {"kind": "comfyui", "servers": servers, "version": version}
    found["engine"] = served | (engine if "their_graph" in engine else FILES | engine)
    return found


def write_profile(folder: Path, *servers: str, name: str = "comfy") -> None:
    """The same as a file, where whatever is whole passes."""
    text = (Path(profile.__file__).parent / "toy.toml").read_text()
    head, _, rest = text.partition("[model]")
    _, _, rest = rest.partition("[sampler]")
    files = "\n".join(f'{key} = "{file}"' for key, file in FILES.items())
    engine = f'[engine]\nkind = "comfyui"\nservers = {list(servers)}\nversion = "0.33.0"\n{files}\n'
    text = f"{head}{engine}[model]\nboundary = 0.9\n[sampler]{rest}"
    for before, after in (
        ('name = "toy"', f'name = "{name}"'),
        ("threshold = 0.5", "threshold = 0.0"),
        ("decline_without_room = true", "decline = false"),
    ):
        assert before in text
        text = text.replace(before, after)
    (folder / f"{name}.toml").write_text(text)


@contextmanager
def playing(folder: Path, **options: Any) -> Iterator[tuple[Fake, str]]:
    """A server in a thread, and its address."""
    (port,), started = free_ports(1), threading.Event()
    held: list[Any] = []

    async def serve() -> None:
        fake, over = Fake(folder, **options), asyncio.Event()
        runner = web.AppRunner(fake.app(), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        held.extend([fake, asyncio.get_running_loop(), over])
        started.set()
        await over.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(200)
    fake, loop, over = held
    try:
        yield fake, f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(200)


class Process:
    """A server in a process of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self._options = options
        (self._port,) = free_ports(1)
        self.address = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.comfyui.fake", "--port", str(self._port)]
        command += ["--folder", str(self.folder), *self._options]
        self._process = subprocess.Popen(command, cwd=ROOT)
        until(lambda: answers(self.address))

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


def until(holds: Any, seconds: float = 200.0) -> None:
    """Waits until it does."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def answers(address: str) -> bool:
    """Whether a server is there."""
    try:
        with urllib.request.urlopen(f"{address}/queue", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False
