"""What it is worth that the tail of a take runs beside the next denoise: seconds, ratio within one run.

One worker in this process makes the same takes in both ways, in turn. Its denoise and the writing of its
clip are played and last as long as is said, as on a card that leaves the CPU alone; checks, scoring and
encoding are real besides, so that a tail lasts somewhat longer than is said.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from farm.cluster.inline import InlineCluster
from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Made
from farm.cluster.worker import Worker
from pipeline import take
from pipeline.profiles import profile
from pipeline.recipe import TakeOrder
from pipeline.stages import TAIL
from pipeline.storage.folder import MediaFolder
from tests.played_tools import a_still, an_order_for, played_tools

TAKES = 8
ROUNDS = 3
STEPS = 4
STEP_SECONDS = 0.5
TAIL_SECONDS = 0.5
MOST_SECONDS = 600.0

Seconds = dict[str, float]


def run() -> dict[str, Any]:
    """Seconds for all takes, with the tails beside the next denoise and in one piece, and their ratio."""
    rounds = [{"beside": _made(None), "in_a_row": _made(take.make)} for _ in range(ROUNDS)]
    ratios = [each["beside"]["all"] / each["in_a_row"]["all"] for each in rounds]
    tail = median(each["in_a_row"]["tail"] for each in rounds)
    return {
        "takes": TAKES,
        "denoise_seconds": STEPS * STEP_SECONDS,
        "tail_seconds": round(tail, 2),
        "beside_seconds": round(median(each["beside"]["all"] for each in rounds), 2),
        "in_a_row_seconds": round(median(each["in_a_row"]["all"] for each in rounds), 2),
        "ratio": round(median(ratios), 3),
        "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
    }


def _made(make: Callable[..., Any] | None) -> Seconds:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        still = a_still(folder, MediaFolder(folder))
        orders = [an_order_for(still, f"sh{n:03d}", steps=STEPS, seed=n) for n in range(TAKES + 1)]
        tools = played_tools(folder, _last)
        settings = WorkerSettings(profile=profile.load("toy"), media=name)
        cluster = InlineCluster(settings, 1, lambda each: Worker(each, lambda _: tools, make))
        try:
            _drive(cluster, orders[:1])  # the first one finds everything cold
            start = time.perf_counter()
            tails = _drive(cluster, orders[1:])
            return {"all": time.perf_counter() - start, "tail": median(tails)}
        finally:
            cluster.close(grace=0)


def _drive(cluster: InlineCluster, orders: list[TakeOrder]) -> list[float]:
    """Makes the takes; the seconds of their tails."""
    left, tails = list(orders), list[float]()
    end = time.monotonic() + MOST_SECONDS
    while len(tails) < len(orders):
        assert time.monotonic() < end, "takes were lost"
        for worker in cluster.free() if left else ():
            order = left.pop(0)
            cluster.send(worker, order.clip, order, MOST_SECONDS)
        for report in cluster.collect(0.05):
            assert isinstance(report.outcome, Made), report
            seconds = report.outcome.result.seconds
            tails.append(sum(seconds[stage] for stage in TAIL))
    return tails


def _last(stage: str, _name: str) -> None:
    if stage in ("denoise", "seal"):
        time.sleep(STEP_SECONDS if stage == "denoise" else TAIL_SECONDS)
