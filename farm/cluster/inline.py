"""A cluster in this process: one thread per worker, no Ray. For laptops, debugging and tests."""

import concurrent.futures as futures
import os
import queue
import socket
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from farm.cluster.loading import WorkerSettings
from farm.cluster.outcome import Faulted, Outcome
from farm.cluster.protocol import Progress, Report
from farm.cluster.worker import Worker
from farm.errors import ClusterError
from pipeline import terminal
from pipeline.errors import Cause, RenderFault
from pipeline.recipe import TakeOrder

MakeWorker = Callable[[WorkerSettings], Worker]

STOP_AGAIN = 0.5
"""Seconds between two requests to stop while the cluster closes."""


@dataclass(slots=True)
class _Slot:
    """A thread, the worker that loads in it, and what it is busy with."""

    name: str
    thread: "_Thread"
    worker: "futures.Future[Worker]"
    key: str = ""
    answer: "futures.Future[Outcome] | None" = None
    retired: bool = False

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
        return not self.retired and self.loaded and self.answer is None

    @property
    def loaded(self) -> bool:
        return self.worker.done() and self.trouble is None


class _Thread:
    """Does one thing after the other. Left behind by `abandon`, it keeps no process from ending."""

    def __init__(self, name: str) -> None:
        self._work: queue.SimpleQueue[tuple[futures.Future[Any], Callable[[], Any]] | None]
        self._work = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, work: Callable[..., Any], *arguments: Any) -> "futures.Future[Any]":
        answer: futures.Future[Any] = futures.Future()
        self._work.put((answer, lambda: work(*arguments)))
        return answer

    def end(self) -> None:
        """Waits until what was begun is done; what was not begun is not done any more."""
        self.abandon()
        self._thread.join()

    def abandon(self) -> None:
        while not self._work.empty():
            self._work.get()
        self._work.put(None)

    def _run(self) -> None:
        while (item := self._work.get()) is not None:
            answer, work = item
            try:
                answer.set_result(work())
            except BaseException as error:  # whoever asks for the answer gets it
                answer.set_exception(error)


def threads_each(settings: WorkerSettings, workers: int) -> int:
    """Threads that each of that many workers computes with, on CPUs."""
    share = (os.cpu_count() or 1) // workers
    return max(1, min(int(settings.profile.worker.cpus), share))


class InlineCluster:
    """Implements `farm.cluster.Cluster` in this process."""

    def __init__(
        self, settings: WorkerSettings, workers: int = 1, worker: MakeWorker = Worker
    ) -> None:
        """Models load in the workers' threads; `trouble` and `free` tell when one cannot."""
        self._settings = settings
        self._make_worker = worker
        self._loading = threading.Lock()
        # Read when torch is first imported, which is when a model loads. Without it every worker takes
        # all the cores, and on a busy machine they wait for one another most of the time.
        os.environ.setdefault("OMP_NUM_THREADS", str(threads_each(settings, workers)))
        self._no_terminal = ExitStack()
        self._no_terminal.enter_context(terminal.kept_from_children())
        self._slots = [self._slot(f"inline-{number}") for number in range(1, workers + 1)]
        self._node = socket.gethostname()
        self._drained = False

    def free(self) -> Sequence[str]:
        self.trouble()
        return [] if self._drained else [slot.name for slot in self._slots if slot.free]

    def size(self) -> int:
        return sum(not slot.retired for slot in self._slots)

    def trouble(self) -> Sequence[str]:
        found = [(slot.name, slot.trouble) for slot in self._slots]
        sentences = [f"{name} could not start: {fault}" for name, fault in found if fault]
        if sentences and len(sentences) == len(self._slots):
            raise ClusterError(f"no worker can start: {found[0][1]}")
        return sentences

    def nodes(self) -> Mapping[str, str]:
        return {slot.name: self._node for slot in self._slots if slot.loaded and not slot.retired}

    def leaving(self) -> Mapping[str, str]:
        return {}

    def avoid(self, nodes: Collection[str]) -> None:
        self._drained = self._node in nodes

    def send(self, worker: str, key: str, order: TakeOrder, lease_seconds: float) -> None:
        slot = self._named(worker)
        slot.key = key
        slot.answer = slot.thread.submit(slot.worker.result().render, key, order, lease_seconds)

    def collect(self, timeout: float) -> Sequence[Report]:
        awaited: list[futures.Future[Any]] = [slot.answer for slot in self._slots if slot.answer]
        awaited += [slot.worker for slot in self._slots if not slot.worker.done()]
        if not awaited:
            time.sleep(timeout)
        futures.wait(awaited, timeout, futures.FIRST_COMPLETED)
        return [
            self._report(slot, slot.answer.result())
            for slot in self._slots
            if slot.answer and slot.answer.done()
        ]

    def progress(self) -> Mapping[str, Progress]:
        found = [(slot.name, slot.worker.result().position()) for slot in self._busy()]
        return {
            at.key: Progress(name, at.key, at.title, at.stage, at.step, at.steps)
            for name, at in found
            if at is not None
        }

    def extend(self, keys: Sequence[str], lease_seconds: float) -> None:
        for slot in self._busy():
            if slot.key in keys:
                slot.worker.result().extend(slot.key, lease_seconds)

    def stop(self, key: str) -> None:
        for slot in self._busy():
            if slot.key == key:
                slot.worker.result().stop(key)

    def replace(self, key: str) -> None:
        """A thread cannot be ended: it is left behind, and what it still says is not heard."""
        for slot in [slot for slot in self._busy() if slot.key == key]:
            slot.worker.result().stop(key, "given up as stuck")
            slot.thread.abandon()
            slot.answer = None
            slot.thread = _Thread(slot.name)
            slot.worker = self._load(slot.thread)

    def retire(self, worker: str) -> None:
        self._named(worker).retired = True

    def restore(self, worker: str) -> None:
        slot = self._named(worker)
        slot.retired = False
        slot.worker = self._load(slot.thread)

    def close(self, grace: float) -> None:
        deadline = time.monotonic() + grace
        renders = [slot.answer for slot in self._busy() if slot.answer]
        while not all(render.done() for render in renders) and time.monotonic() < deadline:
            for slot in self._busy():
                self.stop(slot.key)  # again and again: one that comes too early is not heard
            futures.wait(renders, min(grace, STOP_AGAIN))
        for slot in self._slots:
            slot.thread.end()
        self._no_terminal.close()

    def dashboard(self) -> str | None:
        return None

    def _named(self, worker: str) -> _Slot:
        return next(slot for slot in self._slots if slot.name == worker)

    def _busy(self) -> list[_Slot]:
        return [slot for slot in self._slots if slot.answer is not None]

    def _report(self, slot: _Slot, outcome: Outcome) -> Report:
        """After a machine fault the worker is loaded anew, as an actor would be."""
        slot.answer = None
        if isinstance(outcome, Faulted) and outcome.cause is Cause.MACHINE:
            slot.worker = self._load(slot.thread)
        return Report(slot.name, slot.key, outcome)

    def _slot(self, name: str) -> _Slot:
        thread = _Thread(name)
        return _Slot(name, thread, self._load(thread))

    def _load(self, thread: _Thread) -> "futures.Future[Worker]":
        return thread.submit(self._load_alone)

    def _load_alone(self) -> Worker:
        """transformers puts functions of its own into torch while it reads a model: a second reader in
        the same process then misses weights that are there."""
        with self._loading:
            return self._make_worker(self._settings)
