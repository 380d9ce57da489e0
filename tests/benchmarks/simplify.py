"""How many prompts a second the simplifier reads, with nothing remembered from one to the next."""

import re
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
_CLAUSE = re.compile(r"^|, |\. |，|、")
LEVELS: tuple[Level, ...] = ("L1", "L2", "L3")


def run() -> dict[str, Any]:
    """Prompts per CPU second, by level."""
    return {level: {"prompts_per_cpu_second": _rate(level)} for level in LEVELS}


def fresh(salt: str) -> list[str]:
    """Prompts of which no two share a clause."""
    return [
        _CLAUSE.sub(rf"\g<0>{salt}{number} ", PROMPTS[number % len(PROMPTS)])
        for number in range(COUNT)
    ]


def _rate(level: Level) -> int:
    prompts = fresh(level)
    simplify("a swan takes off, 天鹅起飞", level)  # loads the word stores
    start = time.process_time()
    for prompt in prompts:
        simplify(prompt, level)
    return round(COUNT / (time.process_time() - start))
