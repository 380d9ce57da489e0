"""The plain class that lives in an actor: one loaded model, a render or a wave of them, a tail beside it.

It answers with an `Outcome` and never raises, so that a cluster only has to carry values.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from farm.cluster import failure
from farm.cluster.loading import WorkerSettings, load_tools
from farm.cluster.log_tail import log_tail
from farm.cluster.outcome import (
    Declined,
    Ended,
    Faulted,
    FramesMade,
    Lost,
    Made,
    Outcome,
    Position,
    Rejected,
    Stopped,
)
from farm.extras import missing
from pipeline import take
from pipeline.engines.turns import BESIDE
from pipeline.errors import Cause, RenderFault, RenderLost, RenderStopped, ShotRejected
from pipeline.recipe import TakeOrder
from pipeline.result import EndedEarly, Refusal, TakeResult
from pipeline.stages import WAITING
from pipeline.take import Tools

_log = logging.getLogger(__name__)

Answer = TypeVar("Answer")
Make = Callable[..., TakeResult | Refusal | EndedEarly | take.Rendered]


class Worker:
    """Loads the profile's model once, then renders one take at a time, beside the tail of the one before;
    or as many as the profile's `worker.wave` says, which take turns at the model.

    `render` runs in so many threads and `finish` in another; `positions`, `extend` and `stop` may be called
    from others meanwhile.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        load: Callable[[WorkerSettings], Tools] | None = None,
        make: Callable[..., TakeResult | Refusal | EndedEarly] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`make` makes a take in one piece: then none has a tail. Raises `RenderFault` with a sentence
        when the model cannot be loaded."""
        self._log = log_tail()
        self._log.listen()
        try:
            self._tools = _loaded(load or load_tools, settings)
        except Exception as error:
            if told := failure.evidence_of_load(error).traceback:
                _log.warning("the worker could not load\n%s", told)
            raise
        self._log.attach()  # to what was imported meanwhile
        self._make: Make = make or take.render
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}
        """The attempts that are not over, by key."""
        self._renders = 0
        self._wave = settings.profile.worker.wave
        self._stopped_early: dict[str, str] = {}
        """Why attempts are not to begin that were stopped before their render did, by key."""

    @property
    def device(self) -> str:
        return self._tools.engine.abilities.device

    def render(self, key: str, order: TakeOrder, lease_seconds: float) -> Outcome | FramesMade:
        """Makes the take `order` asks for, or the frames of it, for `finish`; ends by itself once its
        lease is not extended in time."""
        job = self._begin(key, order, lease_seconds)
        answer = self._answered(lambda: self._make(order, self._tools, job))
        with self._lock:
            self._renders -= 1
        if isinstance(answer, take.Rendered):
            job.wait(answer)
            return FramesMade()
        return self._end(job, answer)

    def finish(self, key: str) -> Outcome:
        """Judges and seals the take whose frames `render` made, under the same lease."""
        job = self._jobs.get(key)
        if job is None or (rendered := job.rendered) is None:
            return Lost(f"the worker holds no frames of attempt {key}")
        return self._end(job, self._answered(lambda: take.finish(rendered, self._tools, job)))

    def positions(self) -> tuple[Position, ...]:
        """Where its takes are, the one that began first before the other; none between takes."""
        with self._lock:
            return tuple(job.position() for job in self._jobs.values())

    def extend(self, key: str, lease_seconds: float) -> None:
        """The lease of attempt `key` was prolonged by `lease_seconds` from now."""
        with self._lock:
            if job := self._jobs.get(key):
                job.deadline = self._clock() + lease_seconds

    def stop(self, key: str, reason: str = "asked to stop") -> None:
        """Ends attempt `key` at its next step or stage, or as soon as it begins if it has not yet."""
        with self._lock:
            if job := self._jobs.get(key):
                job.stop_reason = reason
            elif self._renders < self._wave:
                self._stopped_early[key] = reason

    def _begin(self, key: str, order: TakeOrder, lease_seconds: float) -> "_Job":
        job = _Job(key, order, self._clock() + lease_seconds, self._clock)
        with self._lock:
            self._jobs[key] = job
            self._renders += 1
            job.stop_reason = self._stopped_early.pop(key, None)
            if self._renders == self._wave:  # none is left that has not begun
                self._stopped_early.clear()
        return job

    def _answered(self, work: Callable[[], Answer]) -> Answer | Rejected | Stopped | Lost | Faulted:
        """What the work gives, or what its exception stands for."""
        self._log.listen()
        try:
            return work()
        except ShotRejected as rejection:
            return failure.rejected(rejection)
        except RenderStopped as stop:
            return Stopped(str(stop))
        except RenderLost as lost:
            return Lost(str(lost))
        except Exception as error:  # a defect, too, must not cost the actor its model
            return failure.faulted(error, self._log.lines())

    def _end(
        self,
        job: "_Job",
        answer: TakeResult | Refusal | EndedEarly | Rejected | Stopped | Lost | Faulted,
    ) -> Outcome:
        """A machine's fault ends the other takes, too: a scorer that fails of it would not say so."""
        with self._lock:
            del self._jobs[job.key]
            if isinstance(answer, Faulted) and answer.cause is Cause.MACHINE:
                for other in self._jobs.values():
                    other.stop_reason = other.stop_reason or BESIDE
        match answer:
            case Refusal():
                return Declined(answer)
            case EndedEarly():
                return Ended(answer)
            case TakeResult():
                return Made(answer)
            case _:
                return answer


class _Job:
    """The watcher of one take: where it is, and whether it may go on."""

    def __init__(
        self, key: str, order: TakeOrder, deadline: float, clock: Callable[[], float]
    ) -> None:
        self.key = key
        self.deadline = deadline
        self.stop_reason: str | None = None
        self.rendered: take.Rendered | None = None
        """Its frames, once they are made."""
        self._title = order.title
        self._clock = clock
        self._stage = "prepare"
        self._step = 0
        self._steps = order.recipe.all_steps

    def wait(self, rendered: take.Rendered) -> None:
        """Its frames are made, and its tail has not begun."""
        self.rendered, self._stage = rendered, WAITING

    def stage(self, name: str) -> None:
        self._stage = name
        self._may_go_on()

    def step(self, step: int, steps: int) -> None:
        self._step, self._steps = step, steps
        self._may_go_on()

    def position(self) -> Position:
        return Position(self.key, self._title, self._stage, self._step, self._steps)

    def _may_go_on(self) -> None:
        if self.stop_reason is not None:
            raise RenderStopped(self.stop_reason)
        if self._clock() > self.deadline:
            raise RenderStopped("its lease was not extended in time")


def _loaded(load: Callable[[WorkerSettings], Tools], settings: WorkerSettings) -> Tools:
    try:
        return load(settings)
    except ModuleNotFoundError as error:
        if sentence := missing(error):
            raise RenderFault(Cause.FATAL, sentence) from error
        raise
