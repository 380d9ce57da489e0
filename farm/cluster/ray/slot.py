"""One place for a worker on a Ray cluster: its actor, and a fresh one whenever that fails."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from farm.cluster.outcome import Faulted, Lost, Outcome, Position
from farm.cluster.protocol import Progress, Report
from farm.cluster.ray.actor import CONTROL, LIFE, Loaded, Unfit
from farm.cluster.ray.refs import ready, value, why
from pipeline.errors import Cause
from pipeline.recipe import TakeOrder

if TYPE_CHECKING:
    from ray import ObjectRef

FIRST_BACKOFF = 1.0
LONGEST_BACKOFF = 60.0
"""Seconds before a failed actor is made anew; doubled with each failure in a row."""
HOPELESS_AFTER = 5
"""Failures to start, all in a row, after which a slot counts as one that can never start."""
ROOM_PATIENCE = 30.0
"""Seconds that an actor may wait for room before people are told."""
LOAD_PATIENCE = 600.0
"""Seconds that an actor may load its model before people are told."""


@dataclass(frozen=True, slots=True)
class Job:
    """The attempt that an actor is busy with."""

    key: str
    title: str
    answer: "ObjectRef[Outcome]"


class Slot:
    """Holds at most one actor and gives it at most one render."""

    def __init__(self, name: str, make_actor: Callable[[], Any], wants: str) -> None:
        self.name = name
        self.job: Job | None = None
        self.loading: ObjectRef[Loaded | Faulted | Unfit] | None = None
        self.asked: ObjectRef[Position | None] | None = None
        self.life: ObjectRef[None] | None = None
        """Has an answer as soon as the actor is dead."""
        self.fault: Faulted | None = None
        """Why the last actor could not start; None once one did."""
        self._make_actor = make_actor
        self._wants = wants
        self._actor: Any = None
        self._ping: ObjectRef[None] | None = None
        self._loaded: Loaded | None = None
        self._made_at = 0.0
        self._due = 0.0
        self._failures = 0
        self._ever_loaded = False
        self.ever_failed = False
        """An actor died here, could not start or was given up: Ray's logs may tell more."""
        self.retired = False
        """No actor is made here until it is restored."""
        self.unfit: Unfit | None = None
        """Where the last actor found itself, if that was a machine too small for it."""

    @property
    def free(self) -> bool:
        return self._loaded is not None and self.job is None

    @property
    def node(self) -> str | None:
        """The host of the loaded worker; None while there is none."""
        return self._loaded.node if self._loaded else None

    @property
    def node_id(self) -> str | None:
        return self._loaded.node_id if self._loaded else None

    @property
    def actor_id(self) -> str:
        """Ray's own name of the actor; empty while there is none."""
        return self._actor._actor_id.hex() if self._actor is not None else ""

    @property
    def hopeless(self) -> bool:
        """No actor ever loaded here, and none will."""
        fatal = self.fault is not None and self.fault.cause is Cause.FATAL
        return not self._ever_loaded and (fatal or self._failures >= HOPELESS_AFTER)

    def trouble(self) -> str | None:
        """A sentence on why there is no worker here yet."""
        if self.fault is not None:
            return f"{self.name} could not start and tries again: {self.fault.sentence}"
        waited = time.monotonic() - self._made_at
        if self.loading is None or waited <= ROOM_PATIENCE:
            return None
        if not ready(self._ping):
            seen = f" ({self.unfit.sentence})" if self.unfit else ""
            return f"{self.name} waits for room on the cluster: it wants {self._wants}{seen}"
        if waited > LOAD_PATIENCE:
            return f"{self.name} has been loading its model for {waited / 60:.0f} min"
        return None

    def start_if_due(self) -> None:
        """Makes an actor where there is none and the back-off is over. The head must be there."""
        from ray.exceptions import RayError

        if self.retired or self._actor is not None or time.monotonic() < self._due:
            return
        try:
            self._actor = self._make_actor()
        except RayError as error:  # the actor before it still has the name
            self._could_not_start(Faulted(Cause.MACHINE, why(error)))
            return
        self._made_at = time.monotonic()
        self._ping = self._control("ping")
        self.life = self._control("live", group=LIFE)
        self.loading = self._actor.load.remote()

    def take_load(self) -> None:
        """The worker is ready, or says why it cannot be; `loading` must have its answer."""
        ref, self.loading = self.loading, None
        answer = value(ref, "it died while it loaded its model")
        if isinstance(answer, Lost):
            answer = Faulted(Cause.MACHINE, answer.reason)
        if isinstance(answer, Faulted):
            self._could_not_start(answer)
            return
        if isinstance(answer, Unfit):
            self.unfit = answer
            self.kill()
            return
        self._loaded = answer
        self._ever_loaded = True
        self.fault = None

    def take_death(self) -> None:
        """An actor that died between two renders is made anew; it costs nobody an attempt."""
        self._replace()

    def send(self, key: str, order: TakeOrder, lease_seconds: float) -> None:
        """Starts a render on a free worker; the dashboard shows it by the order's title."""
        render = self._actor.render.options(name=order.title)
        self.job = Job(key, order.title, render.remote(key, order, lease_seconds))

    def take_answer(self, job: Job) -> Report:
        """The outcome of `job`, whose answer must have come. A failed actor is made anew."""
        self.job = self.asked = None
        place = self._loaded.place if self._loaded else "not loaded"
        outcome = value(job.answer, f"worker {self.name} ({place}) died")
        if _worker_is_gone(outcome):
            self._replace()
        else:
            self._failures = 0
        return Report(self.name, job.key, outcome)

    def ask(self) -> "ObjectRef[Position | None] | None":
        """Asks a busy worker where it is; None while an earlier question is open."""
        if self.asked is not None:
            return None
        self.asked = self._control("position")
        return self.asked

    def take_position(self) -> Progress | None:
        """What the worker answered; `asked` must have it. None when it is in no take, or dead."""
        ref, self.asked = self.asked, None
        at = value(ref, "")
        if self.job is None or not isinstance(at, Position) or at.key != self.job.key:
            return None
        return Progress(self.name, at.key, at.title, at.stage, at.step, at.steps)

    def extend(self, lease_seconds: float) -> None:
        if self.job is not None:
            self._control("extend", self.job.key, lease_seconds)

    def stop(self) -> None:
        if self.job is not None:
            self._control("stop", self.job.key)

    def replace(self) -> None:
        """Ends the actor in the middle of its render, whose answer is not waited for any more."""
        self.job = None
        self._replace()

    def retire(self) -> None:
        """Ends the actor, and no other is made until `restore`."""
        self.retired = True
        self.kill()

    def restore(self) -> None:
        self.retired = False
        self._due, self._failures = 0.0, 0

    def leave(self) -> None:
        """Ends an idle actor; the next one is made at once, wherever there is room."""
        self.kill()

    def kill(self) -> None:
        """Ends the actor at once, whatever it does."""
        import ray

        if self._actor is not None:
            ray.kill(self._actor)
        self._actor = self._loaded = self.loading = self.asked = self.life = None

    def _control(self, method: str, *args: object, group: str = CONTROL) -> Any:
        """Polled often: as task events these calls would push the renders out of the dashboard."""
        call = getattr(self._actor, method)
        return call.options(concurrency_group=group, enable_task_events=False).remote(*args)

    def _could_not_start(self, fault: Faulted) -> None:
        self.fault = fault
        self._replace()

    def _replace(self) -> None:
        self.kill()
        self.ever_failed = True
        self._due = time.monotonic() + min(FIRST_BACKOFF * 2**self._failures, LONGEST_BACKOFF)
        self._failures += 1


def _worker_is_gone(outcome: Outcome) -> bool:
    machine = isinstance(outcome, Faulted) and outcome.cause is Cause.MACHINE
    return machine or isinstance(outcome, Lost)
