"""How many prompts of advertising people a second the lint reads, each one new to it."""

import subprocess
import sys
from typing import Any

from pipeline.prompts.lint import lint
from tests.benchmarks.simplify import rate


def run() -> dict[str, Any]:
    """Prompts per CPU second, in a process of its own that remembers nothing."""
    command = [sys.executable, "-m", "tests.benchmarks.lint"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return {"prompts_per_cpu_second": int(answer.stdout)}


if __name__ == "__main__":
    sys.stdout.write(str(rate(lint)))
