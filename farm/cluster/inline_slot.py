"""One place for a worker in this process: its threads, its worker, its attempts and the server it asks."""

import concurrent.futures as futures
import time
from collections.abc import Callable
from dataclasses import dataclass

from farm.cluster.attempts import Attempts
from farm.cluster.outcome import FramesMade, Outcome
from farm.cluster.threads import Threads
from farm.cluster.worker import Worker
from pipeline.errors import Cause, RenderFault
from pipeline.recipe import TakeOrder

ASK_AGAIN = 5.0
"""Seconds until a server that did not answer is asked again."""
HOPELESS_AFTER = 5
"""Times in a row that a server did not answer which never did."""


@dataclass(frozen=True, slots=True)
class Job:
    """An attempt, the worker that is busy with it, and its answer."""

    key: str
    worker: Worker
    answer: "futures.Future[Outcome | FramesMade]"


@dataclass(slots=True)
class Slot:
    """Threads that render, one for the tails, the worker that loads in the first, and its attempts."""

    name: str
    profile: str
    """Whose model its worker holds or loads."""
    threads: Threads
    tail_thread: Threads
    worker: "futures.Future[Worker]"
    attempts: Attempts[Job]
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

    def send(self, key: str, order: TakeOrder, lease_seconds: float) -> None:
        """Starts a render; its worker must have loaded."""
        loaded = self.worker.result()
        answer = self.threads.submit(loaded.render, key, order, lease_seconds)
        self.attempts.render(Job(key, loaded, answer))

    def begin_tail(self, job: Job) -> None:
        """The frames of `job` are made: their tail begins, or waits for the one before."""
        answer = self.tail_thread.submit(job.worker.finish, job.key)
        self.attempts.tail(Job(job.key, job.worker, answer))
        self.attempts.end(job)

    def is_back(self, ask: Callable[[], None]) -> bool:
        """Whether the server of one that is `away` answers again; it is asked now and then, by `ask`."""
        now = time.monotonic()
        self.again_at = self.again_at or now + ASK_AGAIN
        if self.asked is not None and self.asked.done():
            answers, self.asked = self.asked.exception() is None, None
            self.unanswered += self.unanswered >= 0
            self.again_at = 0.0 if answers else now + ASK_AGAIN
            return answers
        if self.asked is None and now >= self.again_at:
            self.asked = self.threads.submit(ask)
        return False

    def answered(self) -> None:
        """Its worker has loaded, so its server is there."""
        self.unanswered, self.again_at = -1, 0.0

    def end(self) -> None:
        """Waits until its threads have done what they began."""
        self.threads.end()
        self.tail_thread.end()
