"""A real ComfyUI for the contract suite: one at an address, or a checkout that is started here.

`FARM_TEST_COMFYUI` is the address of a server that is idle, `FARM_TEST_COMFYUI_PROFILE` the file of a
profile whose models it has; without that no take is made there. `FARM_TEST_COMFYUI_DIR` is a checkout,
started on the CPU with models by chance, on a loopback port, and stopped again; all of its files are in a
folder of the tests. `FARM_TEST_COMFYUI_PYTHON` is the Python that has its requirements, by itself that of a
virtual environment in the checkout. Nothing of ComfyUI is imported.
"""

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

from pipeline.profiles import profile
from pipeline.profiles.profile import Profile
from tests.comfyui import tiny
from tests.comfyui.running import answers, asking, until
from tests.ports import free_ports

ADDRESS = os.environ.get("FARM_TEST_COMFYUI", "").rstrip("/")
CHECKOUT = os.environ.get("FARM_TEST_COMFYUI_DIR", "")
PROFILE = os.environ.get("FARM_TEST_COMFYUI_PROFILE", "")
START_SECONDS = 240.0
FIRST_TINY = (0, 19)
"""The first version that loads `tests.comfyui.tiny`: those before take a width of texts for granted."""
_VERSION = re.compile(r"""__version__ = ["']([\d.]+)""")


def asked() -> bool:
    """Whether there is one. Raises `ValueError` where it is not clear which."""
    if ADDRESS and CHECKOUT:
        raise ValueError("set FARM_TEST_COMFYUI or FARM_TEST_COMFYUI_DIR, not both")
    return bool(ADDRESS or CHECKOUT)


def makes_takes() -> bool:
    """Whether it has models, or can be given some."""
    if CHECKOUT:
        return version_of(Path(CHECKOUT)) >= FIRST_TINY
    return bool(ADDRESS and PROFILE)


def version_of(checkout: Path) -> tuple[int, ...]:
    """As its own file says."""
    found = _VERSION.search((checkout / "comfyui_version.py").read_text())
    assert found, f"{checkout} does not say which ComfyUI it is"
    return tuple(int(part) for part in found[1].split("."))


class Checkout:
    """A server out of a checkout, in a process of its own; `close` ends it."""

    def __init__(self, checkout: Path, folder: Path) -> None:
        self.folder = folder
        """Its inputs, outputs and models."""
        self._checkout = checkout.resolve()
        (port,) = free_ports(1)
        self.address = f"http://127.0.0.1:{port}"
        (folder / "user").mkdir(parents=True)
        if version_of(checkout) >= FIRST_TINY:
            tiny.write(folder / "models")
        self._command = [
            _python(self._checkout), "main.py", "--cpu", "--listen", "127.0.0.1", "--port", str(port),
            "--base-directory", str(folder), "--disable-all-custom-nodes", "--disable-api-nodes",
        ]  # fmt: skip
        self.start()

    def start(self) -> None:
        """Until it answers."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._checkout,
                env={"OMP_NUM_THREADS": "1"} | os.environ,  # so tiny models take no more than that
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        try:
            until(lambda: answers(self.address) or self._process.poll() is not None, START_SECONDS)
        except BaseException:  # nobody else would end it
            self.kill()
            raise
        assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]

    def kill(self) -> None:
        """As the machine would that goes down."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        self.kill()


def told(address: str) -> dict[str, Any]:
    """What a server says of itself."""
    with urllib.request.urlopen(f"{address}/system_stats", timeout=30) as answer:
        return json.load(answer)["system"]


def profile_for(address: str) -> Profile:
    """One that the server at the address can make takes of."""
    if not (ADDRESS and PROFILE):
        return asking(address, version=told(address)["comfyui_version"])
    place = Path(PROFILE)
    given = profile.load(place.stem, place.parent)
    engine = given.engine.model_copy(update={"servers": (address,)})
    return given.model_copy(update={"engine": engine})


def _python(checkout: Path) -> str:
    named = os.environ.get("FARM_TEST_COMFYUI_PYTHON", "")
    own = [checkout / folder / "bin" / "python" for folder in (".venv", "venv")]
    return named or next((str(each) for each in own if each.exists()), sys.executable)
