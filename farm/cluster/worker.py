"""The plain class that lives in an actor: one loaded model, one recipe at a time.

It answers with an `Outcome` and never raises, so that a cluster only has to carry values.
"""

import logging
import threading
import time
from collections.abc import Callable

from farm.cluster import failure
from farm.cluster.loading import WorkerSettings, load_tools
from farm.cluster.log_tail import log_tail
from farm.cluster.outcome import Declined, Made, Outcome, Position, Stopped
from farm.extras import missing
from pipeline.errors import Cause, RenderFault, RenderStopped, ShotRejected
from pipeline.recipe import Refusal, TakeOrder, TakeResult
from pipeline.take import Tools

_log = logging.getLogger(__name__)


class Worker:
    """Loads the profile's model once, then makes one take at a time.

    `render` runs in one thread; `position`, `extend` and `stop` may be called from others meanwhile.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        load: Callable[[WorkerSettings], Tools] | None = None,
        make: Callable[..., TakeResult | Refusal] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises `RenderFault` with a sentence when the model cannot be loaded."""
        from pipeline import take

        self._log = log_tail()
        self._log.listen()
        try:
            self._tools = _loaded(load or load_tools, settings)
        except Exception as error:
            if told := failure.evidence_of_load(error).traceback:
                _log.warning("the worker could not load\n%s", told)
            raise
        self._log.attach()  # to what was imported meanwhile
        self._make = make or take.make
        self._clock = clock
        self._lock = threading.Lock()
        self._job: _Job | None = None
        self._stopped_early: dict[str, str] = {}

    @property
    def device(self) -> str:
        return self._tools.engine.abilities.device

    def render(self, key: str, order: TakeOrder, lease_seconds: float) -> Outcome:
        """Makes the take `order` asks for; ends by itself once its lease is not extended in time."""
        self._log.listen()
        job = _Job(key, order, self._clock() + lease_seconds, self._clock)
        with self._lock:
            self._job = job
            job.stop_reason = self._stopped_early.pop(key, None)
        try:
            answer = self._make(order, self._tools, job)
            return Declined(answer) if isinstance(answer, Refusal) else Made(answer)
        except ShotRejected as rejection:
            return failure.rejected(rejection)
        except RenderStopped as stop:
            return Stopped(str(stop))
        except Exception as error:  # a defect, too, must not cost the actor its model
            return failure.faulted(error, self._log.lines())
        finally:
            with self._lock:
                self._job = None

    def position(self) -> Position | None:
        """Where the current take is; None between takes."""
        with self._lock:
            job = self._job
        return job.position() if job else None

    def extend(self, key: str, lease_seconds: float) -> None:
        """The lease of attempt `key` was prolonged by `lease_seconds` from now."""
        with self._lock:
            if self._job and self._job.key == key:
                self._job.deadline = self._clock() + lease_seconds

    def stop(self, key: str, reason: str = "asked to stop") -> None:
        """Ends attempt `key` at its next step, or as soon as it begins if it has not yet."""
        with self._lock:
            if self._job and self._job.key == key:
                self._job.stop_reason = reason
            elif self._job is None:
                self._stopped_early = {key: reason}


class _Job:
    """The watcher of one take: where it is, and whether it may go on."""

    def __init__(
        self, key: str, order: TakeOrder, deadline: float, clock: Callable[[], float]
    ) -> None:
        self.key = key
        self.deadline = deadline
        self.stop_reason: str | None = None
        self._title = order.title
        self._clock = clock
        self._stage = "prepare"
        self._step = 0
        self._steps = order.recipe.steps

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
