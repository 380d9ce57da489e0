"""Threads that do one thing after the other and may be left behind, and how many a worker computes with."""

import concurrent.futures as futures
import os
import queue
import threading
from collections.abc import Callable
from typing import Any

from farm.cluster.loading import WorkerSettings


class Threads:
    """Each does one thing after the other. Left behind by `abandon`, they keep no process from ending."""

    def __init__(self, name: str, number: int = 1) -> None:
        self._work: queue.SimpleQueue[tuple[futures.Future[Any], Callable[[], Any]] | None]
        self._work = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=name, daemon=True) for _ in range(number)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[..., Any], *arguments: Any) -> "futures.Future[Any]":
        answer: futures.Future[Any] = futures.Future()
        self._work.put((answer, lambda: work(*arguments)))
        return answer

    def end(self) -> None:
        """Waits until what was begun is done; what was not begun is not done any more."""
        self.abandon()
        for thread in self._threads:
            thread.join()

    def abandon(self) -> None:
        while not self._work.empty():
            self._work.get()
        for _ in self._threads:
            self._work.put(None)

    def _run(self) -> None:
        while (item := self._work.get()) is not None:
            self._do(*item)
            item = None  # it holds the model that it was done with, which may be let go

    @staticmethod
    def _do(answer: "futures.Future[Any]", work: Callable[[], Any]) -> None:
        try:
            answer.set_result(work())
        except BaseException as error:  # whoever asks for the answer gets it
            answer.set_exception(error)


def threads_each(settings: WorkerSettings, workers: int) -> int:
    """Threads that each of that many workers computes with, on CPUs."""
    share = (os.cpu_count() or 1) // workers
    return max(1, min(int(settings.profile.worker.cpus), share))
