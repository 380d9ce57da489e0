"""What one worker is busy with: renders, and takes on their way from their frames to a clip. Pure."""

from typing import Generic, TypeVar

from farm.cluster.outcome import Faulted, Lost, Outcome
from pipeline.errors import Cause

MOST_TAILS = 1
"""Takes more than are rendered at once that may be without their clip yet: their frames fill the memory."""

Job = TypeVar("Job")


class Attempts(Generic[Job]):
    """The jobs of one worker, whatever a cluster knows a job by."""

    def __init__(self, wave: int = 1) -> None:
        """`wave` is how many renders there may be at once."""
        self.wave = wave
        self._renders: list[Job] = []
        self._tails: list[Job] = []

    @property
    def all(self) -> list[Job]:
        """The oldest first."""
        return [*self._tails, *self._renders]

    @property
    def renders(self) -> list[Job]:
        """The oldest first."""
        return list(self._renders)

    @property
    def room(self) -> bool:
        """Whether there is room for another render."""
        return len(self._renders) < self.wave and len(self.all) < self.wave + MOST_TAILS

    def render(self, job: Job) -> None:
        """A render begins."""
        self._renders.append(job)

    def tail(self, job: Job) -> None:
        """A take's frames are made; its tail begins, or waits for the one before."""
        self._tails.append(job)

    def end(self, job: Job) -> None:
        """It is over, as far as this job goes."""
        jobs = self._renders if any(job is each for each in self._renders) else self._tails
        jobs.remove(job)

    def end_all(self) -> list[Job]:
        """All are over; which they were."""
        ended = self.all
        self._renders, self._tails = [], []
        return ended


def is_gone(outcome: Outcome) -> bool:
    """Whether the worker is of no more use that ended an attempt so."""
    machine = isinstance(outcome, Faulted) and outcome.cause is Cause.MACHINE
    return machine or isinstance(outcome, Lost)


def blamed(outcome: Outcome, *, waited: bool) -> Outcome:
    """What counts for a take that ended so: a death that nobody tells of was not one's that `waited`."""
    if waited and isinstance(outcome, Faulted) and not outcome.evidence:
        return Lost(outcome.sentence)
    return outcome


def beside(outcome: Outcome, title: str) -> Outcome:
    """What it is to the other takes of a worker that the take of this title ended so.

    Which of them killed it nobody knows, so a death counts for each; a fault that the worker lived to
    tell of is that one take's own.
    """
    if isinstance(outcome, Faulted) and outcome.evidence:
        return Lost(f"its worker was replaced, since {title} failed on it: {outcome.sentence}")
    return outcome
