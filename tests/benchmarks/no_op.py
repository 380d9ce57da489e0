"""A worker without a model: every take is made at once, and perfect. Imports little: actors load it."""

from typing import Any

from farm.worker import Worker, WorkerSettings
from pipeline.recipe import Clip, Match, TakeOrder, TakeResult, Verdict


def no_op(settings: WorkerSettings) -> Worker:
    """A worker that loads no model and has made its take at once."""
    tools: Any = None
    return Worker(settings, load=lambda _: tools, make=_made)


def _made(order: TakeOrder, _tools: object, _watcher: object) -> TakeResult:
    clip = Clip(path=order.clip, sha256="c" * 64, size=4096, frames=17, fps=8, width=64, height=64)
    match = Match(scorer="none", still_prompt=0.9, clip_prompt=0.9, clip_still=0.9)
    return TakeResult(verdict=Verdict.ACCEPTED, match=match, clip=clip, seconds={"denoise": 0.0})
