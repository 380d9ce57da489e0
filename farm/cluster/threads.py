"""Threads that work off what they are given, for a cluster in this process."""

import concurrent.futures as futures
import queue
import threading
from collections.abc import Callable
from typing import Any


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
            answer, work = item
            try:
                answer.set_result(work())
            except BaseException as error:  # whoever asks for the answer gets it
                answer.set_exception(error)
