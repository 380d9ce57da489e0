"""A cluster in this process: a few threads per worker, no Ray. For laptops, debugging and tests."""

import concurrent.futures as futures
import os
import socket
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

from farm.cluster.attempts import Attempts, is_gone
from farm.cluster.inline_slot import Job, Slot
from farm.cluster.loading import WorkerSettings, ask_server, let_go
from farm.cluster.outcome import FramesMade, Lost
from farm.cluster.protocol import Models, Progress, Report
from farm.cluster.served import Served
from farm.cluster.threads import Threads, threads_each
from farm.cluster.worker import Worker
from farm.domain.fleet_size import Headcount
from farm.domain.model_changes import Queue
from farm.errors import ClusterError
from pipeline import terminal
from pipeline.recipe import TakeOrder

MakeWorker = Callable[[WorkerSettings], Worker]

STOP_AGAIN = 0.5
"""Seconds between two requests to stop while the cluster closes."""
UNHEARD = 0.05
"""Seconds between two looks at frames that nobody has heard of yet."""


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
        self._served = Served((settings, *also))
        self._most_wave = max(each.worker.wave for each in self._served.profiles)
        self._make_worker = worker
        self._loading = threading.Lock()
        # Read when torch is first imported, which is when a model loads. Without it every worker takes
        # all the cores, and on a busy machine they wait for one another most of the time.
        os.environ.setdefault("OMP_NUM_THREADS", str(threads_each(settings, workers)))
        self._no_terminal = ExitStack()
        self._no_terminal.enter_context(terminal.kept_from_children())
        self._slots: list[Slot] = []
        servers = settings.profile.engine.servers or [""] * workers
        for number, server in enumerate(servers[:workers], start=1):
            profile = self._served.next_to_load(
                waiting or {}, [slot.profile for slot in self._slots]
            )
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
        return [*sentences, *self._served.given_up.values()]

    def nodes(self) -> Mapping[str, str]:
        return {slot.name: self._node for slot in self._slots if slot.loaded and not slot.retired}

    def models(self) -> Models:
        there = [slot for slot in self._slots if not slot.retired]
        return Models(
            holds={slot.name: slot.profile for slot in there},
            loading=frozenset(slot.name for slot in there if not slot.worker.done()),
            load_seconds=self._served.load_seconds,
            given_up=self._served.given_up,
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
        self._named(worker).send(key, order, lease_seconds)

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
            slot.end()
        self._no_terminal.close()

    def dashboard(self) -> str | None:
        return None

    def _named(self, worker: str) -> Slot:
        return next(slot for slot in self._slots if slot.name == worker)

    def _jobs(self) -> list[tuple[Slot, Job]]:
        """All that the workers are busy with."""
        return [(slot, job) for slot in self._slots for job in slot.attempts.all]

    def _reports(self, slot: Slot, job: Job) -> list[Report]:
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
            slot.begin_tail(job)
            return []
        slot.attempts.end(job)
        if is_gone(outcome) and slot.loaded and slot.worker.result() is job.worker:
            slot.worker = self._load(slot)
        return [Report(slot.name, job.key, outcome)]

    def _ask_again(self) -> None:
        """Servers that did not answer when their workers loaded may be back. Before one is,
        nothing loads there: a load waits for all renders, and others must not wait for it."""
        for slot in self._slots:
            if slot.loaded:
                slot.answered()
            elif slot.away and not slot.retired and slot.is_back(self._question(slot)):
                slot.worker = self._load(slot)

    def _question(self, slot: Slot) -> Callable[[], None]:
        """What asks the slot's server whether it is there."""
        return partial(self._ask_server, self._settings_of(slot))

    def _slot(self, name: str, profile: str, server: str) -> Slot:
        threads, tail_thread = self._threads(name)
        none: futures.Future[Worker] = futures.Future()
        slot = Slot(name, profile, threads, tail_thread, none, Attempts[Job](), server)
        self._hold(slot, profile)
        return slot

    def _threads(self, name: str) -> tuple[Threads, Threads]:
        """Those to load and to render in, and one for the tails."""
        return Threads(name, self._most_wave), Threads(f"{name}-tail")

    def _hold(self, slot: Slot, profile: str) -> None:
        """`free` names nobody until it has loaded: what it is busy with of before ends first."""
        slot.profile = profile
        slot.attempts.wave = self._served.settings[profile].profile.worker.wave
        slot.worker = self._load(slot)

    def _attend(self) -> None:
        """A profile whose model one could not load is given up, since all workers are on this machine."""
        for slot in self._slots:
            if (fault := slot.trouble) is not None and slot.profile in self._served.left:
                self._served.give_up(slot.profile, str(fault))
        for slot in self._slots:
            if slot.worker.done() and slot.profile in self._served.given_up:
                self._hold(slot, self._served.left[0])

    def _load(self, slot: Slot) -> "futures.Future[Worker]":
        """Once all that the workers are busy with has ended; `free` names none meanwhile."""
        return slot.threads.submit(self._load_alone, self._settings_of(slot))

    def _settings_of(self, slot: Slot) -> WorkerSettings:
        return replace(self._served.settings[slot.profile], server=slot.server)

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
            self._served.load_seconds[settings.profile.name] = time.monotonic() - begun
            return worker
