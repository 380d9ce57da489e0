"""How many prompts of advertising people a second the simplifier reads, each one new to it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

from pipeline.prompts.simplify import Level, simplify

DATA = Path(__file__).resolve().parents[1] / "data"


def run() -> dict[str, Any]:
    """Prompts per CPU second, by level; each level in a process of its own that remembers nothing."""
    return {level: {"prompts_per_cpu_second": _alone(level)} for level in get_args(Level)[1:]}


def prompts() -> list[str]:
    """278 English and Chinese prompts; no two are alike."""
    files = sorted(DATA.glob("ad_prompts*.json"))
    return [row["prompt"] for file in files for row in json.loads(file.read_text())["prompts"]]


def rate(read: Callable[[str], object]) -> int:
    """Prompts per CPU second, once the word stores are loaded."""
    read("a swan, timeless charm, takes off")
    read("天鹅起飞，氛围感拉满")
    fresh = prompts()
    start = time.process_time()
    for prompt in fresh:
        read(prompt)
    return round(len(fresh) / (time.process_time() - start))


def _alone(level: str) -> int:
    command = [sys.executable, "-m", "tests.benchmarks.simplify", level]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    wanted: Any = sys.argv[1]
    sys.stdout.write(str(rate(lambda prompt: simplify(prompt, wanted))))
