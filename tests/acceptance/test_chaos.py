"""A short chaos on real processes loses and doubles nothing; `make chaos` does hundreds of faults."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHORT = ("--database", "sqlite", "--seconds", "20", "--faults", "12", "--seed", "6")


def test_a_dozen_faults_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *SHORT, "--folder", str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (found,) = json.loads(done.stdout.splitlines()[-1])
    assert found["faults"] >= 6
    assert found["takes_made"] >= 30
    assert (found["lost"], found["doubled"], found["damaged"], found["orphans"]) == (0, 0, 0, 0)
    assert found["wrong"] == []
    assert not list(tmp_path.iterdir()), "it left something behind"
