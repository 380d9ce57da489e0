"""A farm in an empty folder, driven through its command line as a user would."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from farm import demo
from farm.cli import farm
from tests.pictures import ground

ROOT = Path(__file__).resolve().parents[2]
STILL = demo.folder() / "stills" / "red_circle.png"
PATIENCE = 200.0
"""Seconds to wait for what comes: a machine may be slow, and no wait lasts longer than it must."""


@dataclass
class Answer:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class FarmFolder:
    """An empty folder with a farm in it; `run` runs one command to its end."""

    path: Path
    settings: dict[str, str]
    module: str = "farm"
    """What is run as the command."""
    started: list[subprocess.Popen[str]] = field(default_factory=list[subprocess.Popen[str]])

    def run(self, *arguments: str, **settings: str) -> Answer:
        return self.end_of(self.start(*arguments, **settings))

    def start(
        self, *arguments: str, module: str | None = None, **settings: str
    ) -> subprocess.Popen[str]:
        """Starts a command in a process group of its own and returns at once."""
        process = subprocess.Popen(
            [sys.executable, "-m", module or self.module, *arguments],
            cwd=self.path,
            env=os.environ | self.settings | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def write_list(self, text: str, name: str = "shots.csv") -> Path:
        place = self.path / name
        place.write_text(text, encoding="utf-8")
        return place

    def picture(self, name: str, size: tuple[int, int] = (96, 96), colour: str = "teal") -> Path:
        place = self.path / name
        ground(size, colour).save(place)
        return place

    def submit(self, shots: int, production: str = "ads", profile: str = "toy") -> None:
        """Hands in a list of that many shots, all of one picture that the toy can film."""
        shutil.copy(STILL, self.path / "still.png")
        rows = [f"sh{number:03d},still.png,The red circle moves left" for number in range(shots)]
        self.write_list("shot,image,prompt\n" + "\n".join(rows))
        answer = self.run("submit", "shots.csv", "-p", production, "--profile", profile)
        assert answer.status == 0, answer.err

    def shots(self, production: str = "ads") -> list[dict[str, Any]]:
        return self._told("shots", production)["shots"]

    def story(self, code: str, production: str = "ads") -> dict[str, Any]:
        return self._told("show", production, code)

    def _told(self, *arguments: str) -> Any:
        """What a command tells as JSON. In this process: tests ask again and again, and a process that
        starts for each answer would take the machine away from what they wait for."""
        with contextlib.chdir(self.path):
            told = CliRunner().invoke(farm, [*arguments, "--json"], env=self.settings)
        assert told.exit_code == 0, told.output
        return json.loads(told.stdout)

    def end_of(self, process: subprocess.Popen[str]) -> Answer:
        """What a command that was started answers once it ends."""
        out, err = process.communicate(timeout=PATIENCE)
        return Answer(process.returncode, out, err)

    def wait_for(self, what: Callable[[], Any], seconds: float = PATIENCE) -> Any:
        """The first true answer of `what`; says how every command stands that was started if none comes."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := what():
                return found
            time.sleep(0.1)
        raise AssertionError("\n".join([f"nothing after {seconds} s", *map(_stand, self.started)]))

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()


def _stand(process: subprocess.Popen[str]) -> str:
    """How a command that was started stands now, and what it said."""
    command = process.args
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        return f"{command}: still ran\n{out}{err}"
    out, err = process.communicate()
    return f"{command}: ended with {process.returncode}\n{out}{err}"


@pytest.fixture
def farm_folder(tmp_path: Path) -> Iterator[FarmFolder]:
    folder = FarmFolder(
        tmp_path,
        {
            "FARM_LEASE_SECONDS": "4",
            "FARM_BEAT_SECONDS": "1",
            "FARM_BACKOFF_SECONDS": "0.2",
            "FARM_PROFILES": str(tmp_path / "profiles"),
            "FARM_USER": "anna",
            "OMP_NUM_THREADS": "1",
        },
    )
    _write_profiles(tmp_path / "profiles")
    yield folder
    folder.close()


@pytest.fixture
def light_farm(farm_folder: FarmFolder) -> FarmFolder:
    """A farm whose workers carry a played model without torch: for what is no matter of frames.

    All else is real. Each worker of the toy takes nine seconds of the machine before its first take.
    """
    farm_folder.module = "tests.chaos.run"
    step = os.environ.get("CHAOS_STEP_SECONDS", "0.02")  # any will do: tests go by no seconds
    farm_folder.settings |= {"PYTHONPATH": str(ROOT), "CHAOS_STEP_SECONDS": step}
    return farm_folder


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """What a light run is told as `CHAOS_GATE`: its takes stay in their middle until the file is there."""
    return tmp_path / "gate"


def _write_profiles(folder: Path) -> None:
    """`slow` has a middle to be held in; `picky` lets nothing pass and climbs its rungs."""
    folder.mkdir()
    toy = (resources.files("pipeline") / "profiles" / "toy.toml").read_text()
    toy = toy.replace("decline_without_room = true", "decline = false")
    assert "decline = false" in toy, "what the toy does not know would be declined"
    slow = toy.replace('name = "toy"', 'name = "slow"').replace("steps = 8", "steps = 40")
    assert slow.count("steps = 40") == 1
    lax = slow.replace("threshold = 0.5", "threshold = 0.0")
    (folder / "slow.toml").write_text(lax)
    quick = toy.replace('name = "toy"', 'name = "quick"').replace(
        "threshold = 0.5", "threshold = 0.0"
    )
    (folder / "quick.toml").write_text(quick)
    picky = toy.replace('name = "toy"', 'name = "picky"').replace(
        "threshold = 0.5", "threshold = 1.0"
    )
    picky = picky.replace("[retakes]\n", '[retakes]\nby = "article"\n')
    (folder / "picky.toml").write_text(picky)
