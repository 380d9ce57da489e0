"""A cluster in this process: a few threads per worker, no Ray. For laptops, debugging and tests."""

import concurrent.futures as futures
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from farm.cluster.attempts import Attempts, is_gone
from farm.cluster.loading import WorkerSettings, ask_server, let_go
from farm.cluster.outcome import FramesMade, Lost, Outcome
from farm.cluster.protocol import Models, Progress, Report
from farm.cluster.threads import Threads, threads_each
from farm.cluster.worker import Worker
from farm.domain.fleet_size import Headcount
from farm.domain.model_changes import Queue, for_a_new_worker
from farm.errors import ClusterError
from pipeline import terminal
from pipeline.errors import Cause, RenderFault
from pipeline.recipe import TakeOrder

MakeWorker = Callable[[WorkerSettings], Worker]

STOP_AGAIN = 0.5
"""Seconds between two requests to stop while the cluster closes."""
UNHEARD = 0.05
"""Seconds between two looks at frames that nobody has heard of yet."""
ASK_AGAIN = 5.0
"""Seconds until a server that did not answer is asked again."""
HOPELESS_AFTER = 5
"""Times in a row that a server did not answer which never did."""


@dataclass(frozen=True, slots=True)
class _Job:
    """An attempt, the worker that is busy with it, and its answer."""

    key: str
    worker: Worker
    answer: "futures.Future[Outcome | FramesMade]"


@dataclass(slots=True)
class _Slot:
    """Threads that render, one for the tails, the worker that loads in the first, and its attempts."""

    name: str
    profile: str
    """Whose model its worker holds or loads."""
    threads: Threads
    tail_thread: Threads
    worker: "futures.Future[Worker]"
    attempts: Attempts[_Job]
    server: str = ""
    """The one that its worker asks, where servers render."""
    retired: bool = False
    unanswered: int = 0
    """Loads in a row that failed since the server did not answer; -1 once one did."""
    again_at: float = 0.0
    """When it is asked again, by the monotonic clock."""
    asked: "futures.Future[None] | None" = None
    """Whether it answers now; nothing is loaded before it does."""

    @property
    def away(self) -> bool:
        """Whether its server did not answer, and may yet."""
        trouble = self.trouble if self.server else None
        waits = self.unanswered < HOPELESS_AFTER
        return trouble is not None and trouble.cause is Cause.MACHINE and waits

    @property
    def trouble(self) -> RenderFault | None:
        """Why its worker could not load. A defect in the loading comes out as it is."""
        if not self.worker.done() or (error := self.worker.exception()) is None:
            return None
        if not isinstance(error, RenderFault):
            raise error
        return error

    @property
    def free(self) -> bool:
        return not self.retired and self.loaded and self.attempts.room

    @property
    def loaded(self) -> bool:
        return self.worker.done() and self.trouble is None


class InlineCluster:
    """Implements `farm.cluster.Cluster` in this process."""

    def __init__(
        self,
        settings: WorkerSettings,
        workers: int = 1,
        worker: MakeWorker = Worker,
        *,
        also: Sequence[WorkerSettings] = (),
        waiting: Mapping[str, Queue] | None = None,
        ask_server: Callable[[WorkerSettings], None] = ask_server,
    ) -> None:
        """Models load in the workers' threads; `trouble` and `free` tell when one cannot. `also` are the
        settings of other profiles whose takes come, `waiting` says what waits of each now; `ask_server`
        raises `RenderFault` where a worker's server does not answer."""
        self._ask_server = ask_server
        self._settings = {each.profile.name: each for each in (settings, *also)}
        self._most_wave = max(each.profile.worker.wave for each in self._settings.values())
        self._load_seconds: dict[str, float] = {}
        self._given_up: dict[str, str] = {}
        self._make_worker = worker
        self._loading = threading.Lock()
        # Read when torch is first imported, which is when a model loads. Without it every worker takes
        # all the cores, and on a busy machine they wait for one another most of the time.
        os.environ.setdefault("OMP_NUM_THREADS", str(threads_each(settings, workers)))
        self._no_terminal = ExitStack()
        self._no_terminal.enter_context(terminal.kept_from_children())
        self._slots: list[_Slot] = []
        servers = settings.profile.engine.servers or [""] * workers
        for number, server in enumerate(servers[:workers], start=1):
            profile = self._first(waiting or {})
            self._slots.append(self._slot(f"inline-{number}", profile, server))
        self._node = socket.gethostname()
        self._drained = False
        self._closed = False
        self._untold: list[Report] = []
        """What became of takes whose worker was given up for another one's sake."""

    def free(self) -> Sequence[str]:
        """Nobody while one of them loads: see `_load_alone`."""
        self.trouble()
        self._ask_again()
        loads = any(not slot.worker.done() for slot in self._slots)
        free = [] if self._drained or loads else [slot for slot in self._slots if slot.free]
        return [slot.name for slot in sorted(free, key=lambda slot: len(slot.attempts.renders))]

    def size(self) -> int:
        return sum(not slot.retired for slot in self._slots)

    def headcount(self) -> Headcount:
        return Headcount(self.size())

    def most_demand(self) -> int:
        return 0

    def demand(self, waiting: int) -> None: ...

    def trouble(self) -> Sequence[str]:
        self._attend()
        found = [(slot.name, slot.trouble) for slot in self._slots]
        sentences = [f"{name} could not start: {fault}" for name, fault in found if fault]
        hopeless = [slot for slot in self._slots if slot.trouble and not slot.away]
        if hopeless and len(hopeless) == len(self._slots):
            raise ClusterError(f"no worker can start: {found[0][1]}")
        return [*sentences, *self._given_up.values()]

    def nodes(self) -> Mapping[str, str]:
        return {slot.name: self._node for slot in self._slots if slot.loaded and not slot.retired}

    def models(self) -> Models:
        there = [slot for slot in self._slots if not slot.retired]
        return Models(
            holds={slot.name: slot.profile for slot in there},
            loading=frozenset(slot.name for slot in there if not slot.worker.done()),
            load_seconds=self._load_seconds,
            given_up=self._given_up,
        )

    def change(self, worker: str, profile: str) -> None:
        """It loads once nothing is rendered in this process."""
        slot = self._named(worker)
        self._hold(slot, profile)

    def expect(self, queues: Mapping[str, Queue]) -> None: ...

    def leaving(self) -> Mapping[str, str]:
        return {}

    def avoid(self, nodes: Collection[str]) -> None:
        self._drained = self._node in nodes

    def send(self, worker: str, key: str, order: TakeOrder, lease_seconds: float) -> None:
        slot = self._named(worker)
        loaded = slot.worker.result()
        answer = slot.threads.submit(loaded.render, key, order, lease_seconds)
        slot.attempts.render(_Job(key, loaded, answer))

    def collect(self, timeout: float) -> Sequence[Report]:
        if self._untold:
            told, self._untold = self._untold, []
            return told
        awaited: list[futures.Future[Any]] = [job.answer for _, job in self._jobs()]
        awaited += [slot.worker for slot in self._slots if not slot.worker.done()]
        if not awaited:
            time.sleep(timeout)
        futures.wait(awaited, timeout, futures.FIRST_COMPLETED)
        done = [(slot, job) for slot, job in self._jobs() if job.answer.done()]
        return [report for slot, job in done for report in self._reports(slot, job)]

    def progress(self) -> Mapping[str, Progress]:
        found: dict[str, Progress] = {}
        for slot, job in self._jobs():
            for at in job.worker.positions():
                if at.key == job.key:
                    progress = Progress(slot.name, at.key, at.title, at.stage, at.step, at.steps)
                    found[at.key] = progress
        return found

    def extend(self, keys: Sequence[str], lease_seconds: float) -> None:
        for _, job in self._jobs():
            if job.key in keys:
                job.worker.extend(job.key, lease_seconds)

    def stop(self, key: str) -> None:
        for _, job in self._jobs():
            if job.key == key:
                job.worker.stop(key)

    def replace(self, key: str) -> None:
        """A thread cannot be ended: both are left behind, and what they still say is not heard."""
        for slot in {slot.name: slot for slot, job in self._jobs() if job.key == key}.values():
            for job in slot.attempts.end_all():
                job.worker.stop(job.key, "given up as stuck")
                if job.key != key:
                    lost = Lost(f"{slot.name} was replaced: another take was stuck on it")
                    self._untold.append(Report(slot.name, job.key, lost))
            slot.threads.abandon()
            slot.tail_thread.abandon()
            slot.threads, slot.tail_thread = self._threads(slot.name)
            slot.worker = self._load(slot)

    def retire(self, worker: str) -> None:
        self._named(worker).retired = True

    def restore(self, worker: str) -> None:
        slot = self._named(worker)
        slot.retired = False
        slot.worker = self._load(slot)

    def close(self, grace: float) -> None:
        deadline = time.monotonic() + grace
        answers = [job.answer for _, job in self._jobs()]
        while not all(answer.done() for answer in answers) and time.monotonic() < deadline:
            for _, job in self._jobs():
                job.worker.stop(job.key)  # again and again: one that comes too early is not heard
            futures.wait(answers, min(grace, STOP_AGAIN))
        self._closed = True
        for slot in self._slots:
            slot.threads.end()
            slot.tail_thread.end()
        self._no_terminal.close()

    def dashboard(self) -> str | None:
        return None

    def _named(self, worker: str) -> _Slot:
        return next(slot for slot in self._slots if slot.name == worker)

    def _jobs(self) -> list[tuple[_Slot, _Job]]:
        """All that the workers are busy with."""
        return [(slot, job) for slot in self._slots for job in slot.attempts.all]

    def _reports(self, slot: _Slot, job: _Job) -> list[Report]:
        """What there is to tell of a job that has its answer: nothing where its tail begins.

        After a machine fault, and where its server is gone, the worker is loaded anew, as an actor is, once
        its other renders have ended, as they do by themselves: no memory is left for both.
        """
        outcome = job.answer.result()
        if isinstance(outcome, FramesMade):
            if self._closed:
                slot.attempts.end(job)
                closed = Lost(f"{slot.name} was ended before the clip was sealed")
                return [Report(slot.name, job.key, closed)]
            answer = slot.tail_thread.submit(job.worker.finish, job.key)
            slot.attempts.tail(_Job(job.key, job.worker, answer))
            slot.attempts.end(job)
            return []
        slot.attempts.end(job)
        if is_gone(outcome) and slot.loaded and slot.worker.result() is job.worker:
            slot.worker = self._load(slot)
        return [Report(slot.name, job.key, outcome)]

    def _ask_again(self) -> None:
        """Servers that did not answer when their workers loaded may be back."""
        for slot in self._slots:
            if slot.loaded:
                slot.unanswered, slot.again_at = -1, 0.0
            elif slot.away and not slot.retired:
                self._ask(slot)

    def _ask(self, slot: _Slot) -> None:
        """Loads once the server answers: a load waits for all renders, and others must not wait for it."""
        now = time.monotonic()
        slot.again_at = slot.again_at or now + ASK_AGAIN
        if slot.asked is not None and slot.asked.done():
            answers, slot.asked = slot.asked.exception() is None, None
            slot.unanswered += slot.unanswered >= 0
            slot.again_at = now + ASK_AGAIN
            if answers:
                slot.again_at = 0.0
                slot.worker = self._load(slot)
        elif slot.asked is None and now >= slot.again_at:
            settings = replace(self._settings[slot.profile], server=slot.server)
            slot.asked = slot.threads.submit(self._ask_server, settings)

    def _slot(self, name: str, profile: str, server: str) -> _Slot:
        threads, tail_thread = self._threads(name)
        none: futures.Future[Worker] = futures.Future()
        slot = _Slot(name, profile, threads, tail_thread, none, Attempts[_Job](), server)
        self._hold(slot, profile)
        return slot

    def _first(self, waiting: Mapping[str, Queue]) -> str:
        """The profile whose model the next worker loads."""
        if not waiting:
            return next(iter(self._settings))
        return for_a_new_worker(waiting, Counter(slot.profile for slot in self._slots))

    def _threads(self, name: str) -> tuple[Threads, Threads]:
        """Those to load and to render in, and one for the tails."""
        return Threads(name, self._most_wave), Threads(f"{name}-tail")

    def _hold(self, slot: _Slot, profile: str) -> None:
        """`free` names nobody until it has loaded: what it is busy with of before ends first."""
        slot.profile = profile
        slot.attempts.wave = self._settings[profile].profile.worker.wave
        slot.worker = self._load(slot)

    def _attend(self) -> None:
        """A profile whose model one could not load is given up, since all workers are on this machine."""
        for slot in self._slots:
            if (fault := slot.trouble) is None or slot.profile in self._given_up:
                continue
            left = [each for each in self._settings if each not in {*self._given_up, slot.profile}]
            if left:
                self._given_up[slot.profile] = f"{slot.profile} cannot be loaded: {fault}"
        for slot in self._slots:
            if slot.worker.done() and slot.profile in self._given_up:
                self._hold(
                    slot, next(each for each in self._settings if each not in self._given_up)
                )

    def _load(self, slot: _Slot) -> "futures.Future[Worker]":
        """Once all that the workers are busy with has ended; `free` names none meanwhile."""
        settings = replace(self._settings[slot.profile], server=slot.server)
        return slot.threads.submit(self._load_alone, settings)

    def _busy(self) -> "list[futures.Future[Any]]":
        """The answers that are awaited, and those of frames whose tail has not begun."""
        found: list[futures.Future[Any]] = []
        for _, job in self._jobs():
            made = job.answer.done() and isinstance(job.answer.result(), FramesMade)
            if not job.answer.done() or (made and not self._closed):
                found.append(job.answer)
        return found

    def _load_alone(self, settings: WorkerSettings) -> Worker:
        """transformers puts functions of its own into torch while it reads a model, and another default
        precision: a second reader in the same process then misses weights that are there, and whoever
        renders computes with tensors that have no numbers."""
        with self._loading:
            # What is given up as stuck is none of the jobs any more.
            while busy := self._busy():
                if not futures.wait(busy, STOP_AGAIN).not_done:
                    time.sleep(UNHEARD)  # frames whose tail begins as soon as they are heard of
            let_go()
            begun = time.monotonic()
            worker = self._make_worker(settings)
            self._load_seconds[settings.profile.name] = time.monotonic() - begun
            return worker
