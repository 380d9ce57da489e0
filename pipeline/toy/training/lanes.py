"""Makes parts side by side, each in a process of its own, with a bar for each."""

import multiprocessing
import os
import signal
import time
from collections.abc import Sequence
from multiprocessing import parent_process
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path
from queue import Empty

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from pipeline.toy.training import parts
from pipeline.toy.training.parts import Part
from pipeline.toy.training.workshop import Stopped, Workshop

LANES = 2
LOOK_EVERY = 0.25
"""Seconds between looks at the processes, and between what a process tells of its steps."""
GRACE = 120.0
"""Seconds that a process has to save where it is."""

News = tuple[str, int, int, float] | str
"""Part, steps done, steps, loss; or a sentence."""


class Failed(Exception):
    """A part cannot be made; the message names it and the remedy."""


def make(wanted: Sequence[Part], folder: Path, device: str = "cpu", *, quick: bool = False) -> None:
    """Makes those of the parts that the folder lacks, two at a time.

    `quick` takes two steps for each: a trial of the whole way. Raises `Failed`, and `Stopped` on
    Ctrl-C, once every process has saved where it is.
    """
    workshop = Workshop(folder)
    lacking = [part for part in wanted if not workshop.has(part.name)]
    at_hand = {part.name for part in parts.PARTS if workshop.has(part.name) or part in lacking}
    for part in lacking:
        if unmet := [need for need in part.needs if need not in at_hand]:
            raise Failed(
                f"{part.name} needs {', '.join(unmet)}, not in {folder} yet: make it first"
            )
    lanes = _Lanes(wanted, workshop, device, quick)
    try:
        with lanes.bars:
            lanes.run(lacking)
    except KeyboardInterrupt:
        raise Stopped from None
    finally:
        lanes.end()


class _Lanes:
    """The processes that run, and the bar of every part."""

    def __init__(
        self, wanted: Sequence[Part], workshop: Workshop, device: str, quick: bool
    ) -> None:
        self.bars = Progress(
            TextColumn("{task.description:>8}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._workshop, self._device, self._quick = workshop, device, quick
        self._spawn = multiprocessing.get_context("spawn")
        self._ending: Event = self._spawn.Event()
        self._news: Queue[News] = self._spawn.Queue()
        self._running: dict[str, SpawnProcess] = {}
        self._rows = {
            part.name: self.bars.add_task(
                part.name, total=part.steps_to_make(quick) or 1, note="", start=False
            )
            for part in wanted
        }

    def run(self, waiting: Sequence[Part]) -> None:
        """Makes the parts, each as soon as what it needs is made and a lane is free."""
        self._mark_made()
        while waiting or self._running:
            waiting = [part for part in waiting if not self._start(part)]
            time.sleep(LOOK_EVERY)
            self._hear()
            self._collect()

    def end(self) -> None:
        """Asks every process to save and go, and waits for it."""
        self._ending.set()
        for process in self._running.values():
            process.join(GRACE)
            process.terminate()

    def _start(self, part: Part) -> bool:
        if len(self._running) == LANES or not all(map(self._workshop.has, part.needs)):
            return False
        arguments = (part.name, self._workshop.folder, self._device, self._quick)
        process = self._spawn.Process(target=_work, args=(*arguments, self._news, self._ending))
        process.start()
        self._running[part.name] = process
        self.bars.start_task(self._rows[part.name])
        return True

    def _hear(self) -> None:
        while True:
            try:
                news = self._news.get_nowait()
            except Empty:
                return
            if isinstance(news, str):
                self.bars.console.print(news)
            else:
                name, done, _, loss = news
                self.bars.update(self._rows[name], completed=done, note=f"loss {loss:.4f}")

    def _collect(self) -> None:
        for name, process in [*self._running.items()]:
            if process.exitcode is None:
                continue
            del self._running[name]
            if not self._workshop.has(name):
                raise Failed(f"{name} failed: see above; the same command goes on from there")
            self._mark_made()

    def _mark_made(self) -> None:
        for name, row in self._rows.items():
            if self._workshop.has(name):
                total = self.bars.tasks[row].total
                self.bars.update(row, completed=total, note="made")


def _work(
    name: str, folder: Path, device: str, quick: bool, news: "Queue[News]", ending: Event
) -> None:
    """Makes one part in this process, on one thread."""
    os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"  # read when torch is imported
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Ctrl-C the parent says when to end
    torch.set_num_threads(1)
    part, parent, told_at = parts.named(name), parent_process(), 0.0

    def told(done: int, of: int, loss: float) -> None:
        nonlocal told_at
        if time.monotonic() - told_at > LOOK_EVERY:
            news.put((name, done, of, loss))
            told_at = time.monotonic()
        if ending.is_set() or not (parent and parent.is_alive()):
            raise Stopped

    workshop = Workshop(folder, device, told, news.put)
    try:
        part.make(workshop, part.steps_to_make(quick))
    except Stopped:
        return
    workshop.drop(f"{name}.unfinished")
