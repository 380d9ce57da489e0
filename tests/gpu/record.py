"""What a measurement has found so far, written whole after every stage: what is ended keeps what it has.

A stage is left out where too little time is left for it, or where it has nothing to measure. What one
raises is written down in a sentence, and the next one goes on.
"""

import gc
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.models.folders import first_line

FILE = "gpu.json"

Found = dict[str, Any]
Clock = Callable[[], float]
Ending = Callable[[float], AbstractContextManager[Any]]
"""Ends what is done in its `with` after so many seconds."""


class LeftOut(Exception):
    """A stage that cannot be measured here; its sentence says why."""


class TimeIsUp(BaseException):
    """The time of the whole measurement is over in the middle of a stage; nothing in it may go on."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing to measure."""

    name: str
    seconds: float
    """What it takes on a Hopper card, generously: with less left it is not begun, and after twice as much
    it is broken off, so that one that hangs leaves time for those after it."""
    measure: Callable[[Found], None]
    """Writes down what it finds as it finds it, so that a failure keeps what came before it. Raises
    `LeftOut` with a sentence where there is nothing to measure."""


class Record:
    """The file of a measurement."""

    def __init__(
        self,
        folder: Path,
        facts: Mapping[str, Any],
        allowed: float,
        *,
        clock: Clock = time.monotonic,
        ending: Ending = nullcontext,
        before: Mapping[str, Any] | None = None,
    ) -> None:
        """`allowed` are the seconds of all stages together, from now on; `ending` holds each to its own.
        `before` are the stages of an earlier measurement, which stand until they are measured again."""
        self.file = folder / FILE
        stages = dict(before or {})
        self.found: Found = {**facts, "seconds_allowed": allowed, "stages": stages, "whole": False}
        self._allowed, self._clock, self._begun = allowed, clock, clock()
        self._ending = ending
        folder.mkdir(parents=True, exist_ok=True)
        self._write()

    @property
    def left(self) -> float:
        """Seconds."""
        return self._begun + self._allowed - self._clock()

    def run(
        self, stages: Sequence[Stage], told: Callable[[str], None], tidy: Callable[[], None]
    ) -> bool:
        """Runs one stage after the other; whether none failed. `told` hears a line before and after each,
        `tidy` cleans up after it.
        """
        for number, stage in enumerate(stages, 1):
            told(f"{number} of {len(stages)}, {self.left:.0f} s left: {stage.name} …")
            result = self._run(stage, tidy)
            self.found["stages"][stage.name] = result
            self._write()
            told(f"{stage.name}: {_in_words(result)}")
        self.end(seconds=round(self._clock() - self._begun, 1))
        return not any("error" in each for each in self.found["stages"].values())

    def end(self, **more: Any) -> None:
        """The last thing that is written down."""
        self.found |= {**more, "whole": True}
        self._write()

    def _run(self, stage: Stage, tidy: Callable[[], None]) -> Found:
        if (left := self.left) < stage.seconds:
            return {
                "left_out": f"{max(left, 0):.0f} s were left, and it takes about {stage.seconds:.0f}"
            }
        begun, result = self._clock(), Found()
        most = min(left, 2 * stage.seconds or left)
        try:
            with self._ending(most):
                stage.measure(result)
        except LeftOut as reason:
            result["left_out"] = str(reason)
        except TimeIsUp:
            whose = "twice what it takes" if most < left else "all that was left"
            result["error"] = f"broken off after {most:.0f} s, {whose}"
        except Exception as error:  # whatever a card, a compiler or a library fails of
            result["error"] = _sentence(error)
        if "error" in result:
            gc.collect()  # what an error held, and with it the memory of the card
        tidy()
        return result | {"seconds": round(self._clock() - begun, 2)}

    def _write(self) -> None:
        """Another file first: whenever this is ended, there is a whole one."""
        whole = self.file.with_suffix(".new")
        whole.write_text(json.dumps(self.found, indent=1, ensure_ascii=False) + "\n")
        os.replace(whole, self.file)


@contextmanager
def time_is_up_after(seconds: float) -> Iterator[None]:
    """Raises `TimeIsUp` in this, the main thread, once the seconds are over."""

    def ring(_number: int, _frame: object) -> None:
        raise TimeIsUp

    before = signal.signal(signal.SIGALRM, ring)
    other, _ = signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, other)  # somebody else's alarm, a test's time out


def _sentence(error: Exception) -> str:
    """What went wrong, in one line. A compiler's error says why in the one that it wraps."""
    inner = getattr(error, "inner_exception", None)
    cause = inner if isinstance(inner, Exception) else error
    return f"{type(cause).__name__}: {first_line(cause)}"


def _in_words(result: Mapping[str, Any]) -> str:
    for key, words in (("left_out", "left out: "), ("error", "FAILED: ")):
        if key in result:
            return words + result[key]
    return json.dumps(result, ensure_ascii=False)
