"""A worker without a model: every take is made at once, and perfect. Imports little: actors load it."""

import time
from typing import Any

from farm.cluster.loading import WorkerSettings
from farm.cluster.worker import Worker
from pipeline.engines.protocol import Watcher
from pipeline.recipe import TakeOrder
from pipeline.result import Clip, Match, TakeResult, Verdict


def no_op(settings: WorkerSettings) -> Worker:
    """A worker that loads no model and has made its take at once."""
    tools: Any = None
    return Worker(settings, load=lambda _: tools, make=_made)


def _made(order: TakeOrder, _tools: object, _watcher: object) -> TakeResult:
    clip = Clip(path=order.clip, sha256="c" * 64, size=4096, frames=17, fps=8, width=64, height=64)
    match = Match(scorer="none", still_prompt=0.9, clip_prompt=0.9, clip_still=0.9)
    return TakeResult(verdict=Verdict.ACCEPTED, match=match, clip=clip, seconds={"denoise": 0.0})


def light(settings: WorkerSettings) -> Worker:
    """A worker whose takes last a moment, in steps, so that somebody may ask where they are."""
    tools: Any = None
    return Worker(settings, load=lambda _: tools, make=_made_in_steps)


def _made_in_steps(order: TakeOrder, tools: object, watcher: Watcher) -> TakeResult:
    watcher.stage("denoise")
    for step in range(order.recipe.steps):
        time.sleep(0.01)
        watcher.step(step + 1, order.recipe.steps)
    return _made(order, tools, watcher)
