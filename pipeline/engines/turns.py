"""Who computes where takes share an engine: the high phases of those that are there, then their low ones.

Experts that change places are fetched once for a wave of takes so, and not once for each of them.
"""

import threading
from enum import StrEnum

from pipeline.errors import RenderStopped

BESIDE = "another take failed of the machine beside it"


class Phase(StrEnum):
    """Which part of its way a take asks its turn for."""

    HIGH = "high"
    """Its steps above the boundary."""
    LOW = "low"
    """Its steps below the boundary and its decode."""
    DECODE = "decode"
    """Its decode alone, which asks no expert."""


class Turns:
    """The turns of one engine. One take computes at a time; all others wait."""

    def __init__(self, wave: int = 1) -> None:
        """`wave` is how many takes go through both phases together, at most."""
        self._wave = wave
        self._changed = threading.Condition()
        self._waiting: list[Turn] = []
        """In the order in which they asked for their phase."""
        self._computes: Turn | None = None
        self._phase = Phase.HIGH
        """Of whoever computed last: that expert is on the card."""

    def ask(self, phase: Phase = Phase.HIGH) -> "Turn":
        """A turn for one more take, which must be ended, whether it came or not."""
        turn = Turn(self, phase)
        with self._changed:
            self._wait_for(turn)
        return turn

    def _wait_for(self, turn: "Turn") -> None:
        self._waiting.append(turn)
        self._pass_on()

    def _pass_on(self) -> None:
        """To the next that waits, where nobody computes."""
        if self._computes is not None or not self._waiting:
            return
        turn = self._next()
        self._waiting.remove(turn)
        self._computes = turn
        if turn.phase is not Phase.DECODE:
            self._phase = turn.phase
        self._changed.notify_all()

    def _next(self) -> "Turn":
        if ready := [turn for turn in self._waiting if turn.phase is Phase.DECODE]:
            return ready[0]
        high = [turn for turn in self._waiting if turn.phase is Phase.HIGH]
        low = [turn for turn in self._waiting if turn.phase is Phase.LOW]
        grows = self._phase is Phase.HIGH and len(low) < self._wave
        return high[0] if high and (grows or not low) else low[0]


class Turn:
    """One take's: it is waited for, handed on at the boundary, and ended."""

    def __init__(self, turns: Turns, phase: Phase) -> None:
        self.phase = phase
        self._turns = turns
        self._broken = False

    def comes(self, timeout: float) -> bool:
        """Whether the take may compute; waits up to `timeout` seconds for it.

        Raises `RenderStopped` where a take failed of the machine while this one waited.
        """
        turns = self._turns
        with turns._changed:
            turns._changed.wait_for(lambda: self._broken or turns._computes is self, timeout)
            if self._broken:
                raise RenderStopped(BESIDE)
            return turns._computes is self

    def park(self) -> None:
        """The take is at the boundary: it asks for its low phase, and others may compute."""
        turns = self._turns
        with turns._changed:
            self.phase, turns._computes = Phase.LOW, None
            turns._wait_for(self)

    def end(self, *, broken: bool = False) -> None:
        """The take computes no more; none that waits goes on where the machine failed it (`broken`)."""
        turns = self._turns
        with turns._changed:
            if turns._computes is self:
                turns._computes = None
            if self in turns._waiting:
                turns._waiting.remove(self)
            if broken:
                for turn in turns._waiting:
                    turn._broken = True
                turns._waiting.clear()
                turns._changed.notify_all()
            turns._pass_on()
