"""What lives in a Ray actor: one worker, loaded when asked for, and a name to be recognised by."""

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from farm.cluster import failure
from farm.cluster.loading import WorkerSettings, let_go, why_unfit
from farm.cluster.outcome import Faulted, FramesMade, Outcome, Position
from farm.cluster.ray.followers import Followers
from farm.cluster.worker import Worker
from pipeline import terminal
from pipeline.models import device
from pipeline.recipe import TakeOrder

MakeWorker = Callable[[WorkerSettings], Worker]
CONTROL, LIFE, TAIL = "control", "life", "tail"
GROUPS = {CONTROL: 2, LIFE: 1, TAIL: 1}
"""Threads for the calls that are answered while a render runs, for the one that never is, and for the tail
of the take before. Renders have those of Ray's `max_concurrency`."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The model is in memory: the worker may be given orders."""

    place: str
    """The device and the host: `gpu0 @ node7`."""
    node: str
    """The host."""
    node_id: str
    """Ray's own name of it."""
    seconds: float = 0.0
    """How long it loaded."""


@dataclass(frozen=True, slots=True)
class StillFull:
    """The model before would not leave the memory of the GPU: a fresh process has to load."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """The machine is too small for the profile: another one may do."""

    sentence: str
    node_id: str
    node: str = ""
    """The host."""


LEFT_OVER = 2**28
"""Bytes of a GPU that may be held still once a model was let go: tables that libraries keep."""


class Renderer:
    """A `farm.cluster.worker.Worker` behind Ray's calls; `load` comes before all others."""

    _worker: Worker
    _has_loaded: threading.Event
    _place = "starting"  # Ray asks for the repr of an actor whose arguments it could not read, too

    def __init__(self, make: MakeWorker, settings: WorkerSettings, threads: int) -> None:
        terminal.leave()  # before anything is imported that starts programs
        # Read by torch's thread pools when torch is first imported, which is in `load`.
        os.environ["OMP_NUM_THREADS"] = str(threads)
        self._make = make
        self._settings = settings
        self._threads = threads
        self._followers = Followers(settings, threads)
        self._has_loaded = threading.Event()
        self._place = f"{_device()} @ {socket.gethostname()}"

    def __repr__(self) -> str:
        return f"Renderer({self._place})"

    def ping(self) -> None:
        """Answers once the actor has found room on the cluster, while the model still loads."""

    def live(self) -> None:
        """Never answers: Ray ends this call with an error in the moment that the actor dies, which it does
        where it is idle and one of its followers is gone."""
        self._has_loaded.wait()
        self._followers.wait_for_a_death()
        if self._followers:
            while self._worker.positions():  # the take that is under way says itself what happened
                time.sleep(1)
            os._exit(1)
        threading.Event().wait()

    def load(self) -> Loaded | Faulted | Unfit:
        """Loads the model; a model that cannot be loaded is an answer, with its sentence."""
        begun = time.monotonic()
        try:
            if unfit := why_unfit(self._settings):
                return Unfit(f"{self._place}: {unfit}", _node_id(), socket.gethostname())
            ranked = self._settings.profile.worker.ranks > 1
            group = self._followers.gather if ranked else None
            self._worker = self._make(replace(self._settings, group=group))
        except Exception as error:  # the actor lives on, and answers
            return failure.not_loaded(error)
        self._has_loaded.set()
        seconds = time.monotonic() - begun
        return Loaded(self._place, socket.gethostname(), _node_id(), seconds)

    def change(self, settings: WorkerSettings) -> Loaded | Faulted | Unfit | StillFull:
        """Lets its model go and loads another; it must have nothing to do."""
        if self._followers:
            return StillFull()
        self._settings = settings
        self._followers = Followers(settings, self._threads)  # they load what this one does
        if hasattr(self, "_worker"):
            del self._worker
        if let_go() > LEFT_OVER:
            return StillFull()
        return self.load()

    def render(self, key: str, order: TakeOrder, lease_seconds: float) -> Outcome | FramesMade:
        return self._worker.render(key, order, lease_seconds)

    def finish(self, key: str) -> Outcome:
        return self._worker.finish(key)

    def positions(self) -> tuple[Position, ...]:
        return self._worker.positions()

    def extend(self, key: str, lease_seconds: float) -> None:
        self._worker.extend(key, lease_seconds)

    def stop(self, key: str) -> None:
        self._worker.stop(key)


def _node_id() -> str:
    import ray

    return ray.get_runtime_context().get_node_id()


def _device() -> str:
    import ray

    return device.place(ray.get_runtime_context().get_accelerator_ids()["GPU"])
