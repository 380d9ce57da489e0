"""How many prompts a second the simplifier reads, with nothing remembered from one to the next."""

import time
from typing import Any

from pipeline.prompt_simplify import Level, simplify

PROMPTS = (
    "A barista with a green scarf lifts the jug, then pours the milk in a slow stream. The whole "
    "scene is full of warmth and timeless charm, ultra detailed, 8k, cinematic.",
    "A grey van, parked beside a red barn under a stormy sky, slowly rolls off to the right.",
    "极致奢华、充满张力的画面，滑板少年腾空跃起，然后把滑板踢向空中，镜头缓缓推近",
)
COUNT = 1500
LEVELS: tuple[Level, ...] = ("L1", "L2", "L3")


def run() -> dict[str, Any]:
    """Prompts per CPU second, by level."""
    return {level: {"prompts_per_cpu_second": _rate(level)} for level in LEVELS}


def _rate(level: Level) -> int:
    fresh = [f"{level} {number} {PROMPTS[number % len(PROMPTS)]}" for number in range(COUNT)]
    start = time.process_time()
    for prompt in fresh:
        simplify(prompt, level)
    return round(COUNT / (time.process_time() - start))
