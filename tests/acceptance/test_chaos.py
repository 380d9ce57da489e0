"""Short chaoses on real processes lose and double nothing; `make chaos` does hundreds of faults."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
# However slow the machine is: each wait in it ends as soon as what it waits for is there.
pytestmark = pytest.mark.timeout(900)
SHORT = ("--database", "sqlite", "--seconds", "20", "--faults", "12", "--seed", "6")


def test_a_dozen_faults_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    found = told("tests.chaos", *SHORT, "--folder", str(tmp_path))
    assert found["faults"] >= 6
    assert found["takes_made"] >= 30
    assert (found["lost"], found["doubled"], found["damaged"], found["orphans"]) == (0, 0, 0, 0)
    assert found["wrong"] == []
    assert not list(tmp_path.iterdir()), "it left something behind"


def test_a_server_its_worker_and_the_run_die_in_turn_and_nothing_is_made_twice(
    tmp_path: Path,
) -> None:
    order = ["worker", "server", "run"]
    found = told("tests.chaos.every_order", "--order", ",".join(order), "--folder", str(tmp_path))
    assert found["order"] == order
    assert found["attempts"] >= found["takes_made"] + len(order), "not each of them hit a take"
    assert found["rendered"] == found["takes_made"] >= found["shots"]
    assert (found["rendered_twice"], found["lost"], found["doubled"]) == (0, 0, 0)
    assert found["wrong"] == []
    assert not list(tmp_path.iterdir()), "it left something behind"


def told(module: str, *options: str) -> Any:
    """What a chaos came to, as its last line says."""
    done = subprocess.run(
        [sys.executable, "-m", module, *options],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=840,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = json.loads(done.stdout.splitlines()[-1])
    return found
