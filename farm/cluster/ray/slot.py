"""One place for a worker on a Ray cluster: its actor, and a fresh one whenever that fails."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from farm.cluster.attempts import Attempts, beside, blamed, is_gone
from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted, FramesMade, Lost, Outcome, Position
from farm.cluster.protocol import Progress, Report
from farm.cluster.ray.actor import CONTROL, LIFE, TAIL, Loaded, StillFull, Unfit
from farm.cluster.ray.refs import lost_with_machine, ready, value, why
from farm.cluster.ray.tries import Tries
from farm.domain.fleet_size import Standing
from pipeline.errors import Cause
from pipeline.recipe import TakeOrder
from pipeline.stages import WAITING

if TYPE_CHECKING:
    from ray import ObjectRef


@dataclass(frozen=True, slots=True)
class Job:
    """An attempt that an actor is busy with."""

    key: str
    title: str
    answer: "ObjectRef[Outcome | FramesMade]"


class Slot:
    """Holds at most one actor and gives it a render, or a wave of them, beside the tail of the last."""

    def __init__(
        self,
        name: str,
        make_actor: Callable[[WorkerSettings], Any],
        wants: str,
        settings: WorkerSettings,
        give_back: Callable[[], None] = lambda: None,
    ) -> None:
        """`settings` are those of the profile whose model it loads first; `give_back` is called once an
        actor has been ended."""
        self._give_back = give_back
        self.name = name
        self._settings = settings
        self._before: WorkerSettings | None = None
        """Of the profile that it goes back to, where it cannot load the one that it changes to."""
        self._changes = False
        """Whether it changes as soon as it has nothing to do."""
        self._attempts = Attempts[Job](settings.profile.worker.wave)
        self._untold: list[Report] = []
        self.loading: ObjectRef[Loaded | Faulted | Unfit | StillFull] | None = None
        self.asked: ObjectRef[tuple[Position, ...]] | None = None
        self.life: ObjectRef[None] | None = None
        """Has an answer as soon as the actor is dead."""
        self.tries = Tries()
        self._make_actor = make_actor
        self._wants = wants
        self._waiting: set[str] = set()
        """The keys of the takes that the actor last said were waiting."""
        self._actor: Any = None
        self._ping: ObjectRef[None] | None = None
        """Has an answer as soon as the actor has found room."""
        self._quiet_since = 0.0
        """When the last of its takes ended, or its actor had loaded."""
        self._loaded: Loaded | None = None
        self.ever_failed = False
        """An actor died here, could not start or was given up: Ray's logs may tell more."""
        self.retired = False
        """No actor is made here until it is restored."""
        self.machine_left = False
        """The machine is gone, or gets no more takes: no actor is made here any more."""
        self.last_node_id = ""
        """Ray's name of the machine that an actor last loaded on; empty where none did."""
        self.unfit: Unfit | None = None
        """Where the last actor found itself, if that was a machine too small for it."""

    @property
    def profile(self) -> str:
        """Whose model it holds or loads, or will once it has nothing to do."""
        return self._settings.profile.name

    @property
    def server(self) -> str:
        """The one that its worker asks; empty where none renders."""
        return self._settings.server

    @property
    def jobs(self) -> list[Job]:
        """The attempts that it is busy with."""
        return self._attempts.all

    @property
    def renders(self) -> int:
        """How many takes its actor renders."""
        return len(self._attempts.renders)

    @property
    def free(self) -> bool:
        """Whether it may be given a take."""
        held = self._loaded is not None and not self._changes
        return self._attempts.room and held and not self.retired

    @property
    def will_be_free(self) -> bool:
        """Whether it is not, but will be as soon as it has loaded."""
        return self._changes or (self._loaded is None and not self.retired)

    @property
    def idle(self) -> bool:
        """Whether its actor has nothing to do."""
        return self._loaded is not None and not self.jobs

    @property
    def standing(self) -> Standing:
        """How it counts among the workers of its run."""
        if self.jobs or self._untold:
            return Standing.BUSY
        if self.machine_left:
            return Standing.GONE
        if self.retired:
            return Standing.OUT
        if self._loaded is not None:
            return Standing.IDLE
        return Standing.LOADING if self._has_room else Standing.PENDING

    @property
    def idle_for(self) -> float:
        """Seconds since its actor had something to do; 0 where it has, or there is none."""
        return time.monotonic() - self._quiet_since if self.idle else 0.0

    @property
    def node(self) -> str | None:
        """The host of the loaded worker; None while there is none."""
        return self._loaded.node if self._loaded else None

    @property
    def actor_id(self) -> str:
        """Ray's own name of the actor; empty while there is none."""
        return self._actor._actor_id.hex() if self._actor is not None else ""

    def trouble(self) -> str | None:
        """A sentence on why there is no worker here yet."""
        if fault := self.tries.fault:
            return f"{self.name} could not start and tries again: {fault.sentence}"
        if self.loading is None or self.tries.patient:
            return None
        if not self._has_room:
            seen = f" ({self.unfit.sentence})" if self.unfit else ""
            return f"{self.name} waits for room on the cluster: it wants {self._wants}{seen}"
        return f"{self.name} {told}" if (told := self.tries.slow()) else None

    def start_if_due(self) -> None:
        """Makes an actor where there is none and the back-off is over. The head must be there."""
        from ray.exceptions import RayError

        if self.retired or self.machine_left or self._actor is not None or not self.tries.due:
            return
        try:
            self._actor = self._make_actor(self._settings)
        except RayError as error:  # the actor before it still has the name
            self._give_back()
            self._could_not_start(Faulted(Cause.MACHINE, why(error)))
            return
        self._attempts.wave = self._settings.profile.worker.wave
        self.tries.began()
        self._ping = self._control("ping")
        self.life = self._control("live", group=LIFE)
        self.loading = self._actor.load.remote()

    def take_load(self) -> Loaded | Faulted | Unfit | StillFull:
        """The worker is ready, or says why it cannot be; `loading` must have its answer."""
        ref, self.loading = self.loading, None
        answer = value(ref, "it died while it loaded its model")
        if isinstance(answer, Lost):
            answer = Faulted(Cause.MACHINE, answer.reason)
        if isinstance(answer, Loaded):
            self._is_loaded(answer)
        elif isinstance(answer, StillFull):
            self.kill()  # and is made anew at once
        elif self._before is not None and not _may_pass(answer):
            self._go_back()
        elif isinstance(answer, Unfit):
            self.unfit = answer
            self.kill()
        else:
            self._could_not_start(answer)
        return answer

    def _is_loaded(self, answer: Loaded) -> None:
        self._loaded, self._before = answer, None
        self.last_node_id = answer.node_id
        self._quiet_since = time.monotonic()
        self.tries.loaded()

    def change(self, settings: WorkerSettings) -> None:
        """Its actor lets its model go, once it has nothing to do, and loads that of another profile."""
        self._before, self._settings = self._settings, settings
        self.tries = Tries()
        self._changes = True
        self._change_if_idle()

    def take_instead(self, settings: WorkerSettings) -> None:
        """What it should load cannot be loaded: it tries another profile's model."""
        self._settings, self._before = settings, None
        self.tries = Tries()
        self.kill()

    def _change_if_idle(self) -> None:
        if self._changes and not self.jobs:
            self._changes = False
            self._reload()

    def _reload(self) -> None:
        self._attempts.wave = self._settings.profile.worker.wave
        self._loaded = None
        if self._actor is not None:  # else a fresh one loads it anyway
            self.tries.began()
            self.loading = self._actor.change.remote(self._settings)

    def _go_back(self) -> None:
        assert self._before is not None
        self._settings, self._before = self._before, None
        self._reload()

    def take_death(self) -> None:
        """An actor that died between two renders is made anew; it costs nobody an attempt."""
        self.machine_left |= lost_with_machine(self.life)
        self._replace()

    def send(self, key: str, order: TakeOrder, lease_seconds: float) -> None:
        """Starts a render on a free worker; the dashboard shows it by the order's title."""
        render = self._actor.render.options(name=order.title)
        self._attempts.render(Job(key, order.title, render.remote(key, order, lease_seconds)))

    def take_answer(self, job: Job) -> list[Report]:
        """What there is to tell of `job`, whose answer must have come: nothing where its tail begins.

        A failed actor is made anew, and what else it was busy with ends with it.
        """
        outcome = value(job.answer, self._died)
        self.machine_left |= lost_with_machine(job.answer)
        told = [self._report(job, outcome)]
        self._let_go(job)
        if isinstance(outcome, FramesMade):
            return self._begin_tail(job)
        if is_gone(outcome):
            told += self._end_jobs(beside(outcome, job.title))
            self._replace()
        else:
            self.tries.worked()
            if self.retired and not self.jobs:
                self.kill()
            self._change_if_idle()
        return told

    def take_untold(self) -> list[Report]:
        """What became of takes whose actor was given up for another one's sake."""
        told, self._untold = self._untold, []
        return told

    def ask(self) -> "ObjectRef[tuple[Position, ...]] | None":
        """Asks a busy worker where it is; None while an earlier question is open."""
        if self.asked is not None:
            return None
        self._waiting = set()  # of what is not answered nobody is known to be innocent
        self.asked = self._control("positions")
        return self.asked

    def take_positions(self) -> list[Progress]:
        """What the worker answered; `asked` must have it. Nothing when it is in no take, or dead."""
        ref, self.asked = self.asked, None
        found = value(ref, "")
        keys = {job.key for job in self.jobs}
        if not isinstance(found, tuple):
            return []
        seen = [at for at in cast(Sequence[Position], found) if at.key in keys]
        self._waiting = {at.key for at in seen if at.stage == WAITING}
        return [Progress(self.name, at.key, at.title, at.stage, at.step, at.steps) for at in seen]

    def extend(self, keys: Collection[str], lease_seconds: float) -> None:
        """Prolongs the leases of those of its attempts that are among `keys`."""
        for job in self.jobs:
            if job.key in keys:
                self._control("extend", job.key, lease_seconds)

    def stop(self, key: str) -> None:
        """Asks its actor to end this attempt."""
        self._control("stop", key)

    def replace(self, job: Job) -> None:
        """Ends the actor in the middle of `job`, whose answer is not waited for any more."""
        self._let_go(job)
        why = f"{self.name} was replaced: {job.title} was stuck on it"
        self._untold += self._end_jobs(Lost(why))
        self._replace()

    def retire(self) -> None:
        """Ends the actor once it has nothing to do, and no other is made until `restore`."""
        self.retired = True
        if not self.jobs:
            self.kill()

    def restore(self) -> None:
        self.retired = False
        self.tries.forget()

    def leave(self) -> None:
        """Ends an idle actor for good: a name is that of a worker on one machine."""
        self.machine_left = True
        self.kill()

    def kill(self) -> None:
        """Ends the actor at once, whatever it does."""
        import ray

        if self._actor is not None:
            ray.kill(self._actor)
            self._give_back()
        self._actor = self._loaded = self.loading = self.asked = self.life = None
        self._changes = False

    @property
    def _died(self) -> str:
        place = self._loaded.place if self._loaded else "not loaded"
        return f"worker {self.name} ({place}) died"

    @property
    def _has_room(self) -> bool:
        """Whether there is an actor that has found room on the cluster."""
        return self._actor is not None and ready(self._ping)

    def _let_go(self, job: Job) -> None:
        self._quiet_since = time.monotonic()
        self.asked = None
        self._attempts.end(job)

    def _begin_tail(self, job: Job) -> list[Report]:
        if self._actor is None:
            closed = Lost(f"{self.name} was ended before the clip was sealed")
            return [Report(self.name, job.key, closed)]
        options = {"name": f"{job.title}, tail", "concurrency_group": TAIL}
        answer = self._actor.finish.options(**options).remote(job.key)
        self._attempts.tail(Job(job.key, job.title, answer))
        return []

    def _end_jobs(self, otherwise: Outcome) -> list[Report]:
        """What becomes of all that it is busy with: the answers that have come, `otherwise` of the rest."""
        ends = [value(job.answer, self._died) if ready(job.answer) else None for job in self.jobs]
        told = [
            self._report(job, otherwise if end is None or end == FramesMade() else end)
            for job, end in zip(self.jobs, ends, strict=True)
        ]
        self._attempts.end_all()
        return told

    def _report(self, job: Job, outcome: Outcome) -> Report:
        waited = job.key in self._waiting and job in self._attempts.renders
        return Report(self.name, job.key, blamed(outcome, waited=waited))

    def _control(self, method: str, *args: object, group: str = CONTROL) -> Any:
        """Polled often: as task events these calls would push the renders out of the dashboard."""
        call = getattr(self._actor, method)
        return call.options(concurrency_group=group, enable_task_events=False).remote(*args)

    def _could_not_start(self, fault: Faulted) -> None:
        self.tries.fault = fault
        self._replace()

    def _replace(self) -> None:
        self.kill()
        self.ever_failed = True
        self.tries.failed()


def _may_pass(answer: Faulted | Unfit) -> bool:
    """Whether the same model may well be loaded by a fresh actor on the same machine."""
    return isinstance(answer, Faulted) and answer.cause is not Cause.FATAL
