"""How many prompts a second the lint reads, with nothing remembered from one to the next."""

import time
from typing import Any

from pipeline.prompt_lint import lint
from tests.benchmarks.simplify import COUNT, fresh


def run() -> dict[str, Any]:
    """Prompts per CPU second, and how long the word stores take to load."""
    start = time.process_time()
    lint("a swan takes off, 天鹅起飞")
    loading = time.process_time() - start
    prompts = fresh("lint")
    start = time.process_time()
    for prompt in prompts:
        lint(prompt)
    return {
        "prompts_per_cpu_second": round(COUNT / (time.process_time() - start)),
        "loading_cpu_seconds": round(loading, 2),
    }
