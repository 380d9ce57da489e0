"""Wall seconds of a take by stage, and its turns at what it shares with other takes."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from pipeline.engines.protocol import Watcher
from pipeline.engines.turns import Phase, Turn, Turns
from pipeline.errors import is_the_machines
from pipeline.scoring.protocol import TurnToAsk
from pipeline.stages import LOADING, WAITING

TURN_SECONDS = 0.5
"""Between two looks of a take that waits for its turn at whether it may go on."""


class StageClock:
    """Wall seconds by stage; tells the watcher which stage begins, and the steps."""

    def __init__(self, watcher: Watcher, before: Mapping[str, float] | None = None) -> None:
        """`before` are the seconds of the stages before."""
        self.seconds = dict(before or {})
        self._watcher = watcher
        self._stage, self._since = "", 0.0

    def stage(self, name: str) -> None:
        """The stage before ends, this one begins; a wait is no stage's time."""
        self.stop()
        self._watcher.stage(name)
        if name != WAITING:
            self._stage = "denoise" if name == LOADING else name
            self._since = time.perf_counter()

    def step(self, step: int, steps: int) -> None:
        self._watcher.step(step, steps)

    @contextmanager
    def turn(self, lock: TurnToAsk) -> Iterator[None]:
        """Holds the lock; the wait for it is no stage's, and whoever may end a stage may end the wait."""
        self.stop()
        while not lock.acquire(timeout=TURN_SECONDS):
            self._watcher.stage(WAITING)
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def computing(self, turns: Turns, phase: Phase) -> Iterator[Callable[[], None]]:
        """Has the engine for itself, but while what this gives is called: it parks the take.

        A wait is no stage's time. Where the machine fails the take, none that waits goes on.
        """
        turn, broken = turns.ask(phase), False
        try:
            self._wait_for(turn)
            yield lambda: self._park(turn)
            self.stop()
        except Exception as error:
            broken = is_the_machines(error)
            raise
        finally:
            turn.end(broken=broken)

    def _park(self, turn: Turn) -> None:
        """At the boundary: the stage goes on when the low phase's turn comes, which may be at once."""
        turn.park()
        if not turn.comes(0):
            stage = self._stage
            self._wait_for(turn)
            self.stage(stage)

    def _wait_for(self, turn: Turn) -> None:
        self.stop()
        seconds = 0.0
        while not turn.comes(seconds):
            self._watcher.stage(WAITING)
            seconds = TURN_SECONDS

    def add(self, **seconds: float) -> None:
        """Seconds that another attempt spent on these stages of the same take."""
        for stage, spent in seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + spent

    def stop(self) -> None:
        """The stage that runs ends, and none begins."""
        if self._stage:
            self.add(**{self._stage: time.perf_counter() - self._since})
            self._stage = ""
