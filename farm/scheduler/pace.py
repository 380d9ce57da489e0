"""How a run behaves in time: what can be set, what is fixed, and what is due when. Pure."""

from dataclasses import dataclass, field

from farm.domain.retry import RetryPolicy
from farm.scheduler.stalls import StallLimits

IDLE_POLL = 0.5
"""Seconds between looks at an empty queue."""
LOOK_EVERY = 0.5
"""Seconds between two questions to the workers where they are."""
COUNT_EVERY = 1.0
"""Seconds between two counts of what waits, where the number of workers goes by it."""
BUSY_POLL = 0.25
"""Seconds to wait for an answer before looking around again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a run behaves in time."""

    lease_seconds: float = 60.0
    beat_seconds: float = 5.0
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    stalls: StallLimits = field(default_factory=StallLimits)
    sick_after: int = 3
    """Different takes that a worker may fail in a row before it is taken out."""
    sick_seconds: float = 3600.0
    """After this long a worker that was taken out is tried again."""
    until_idle: bool = False
    """End when nothing of the profile waits or runs any more, whoever runs it."""


class Timer:
    """When something that is done again and again is due, in seconds of the scheduler's clock."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._next = 0.0

    def due(self, now: float) -> bool:
        return now >= self._next

    def restart(self, now: float) -> None:
        """It is done: the next time is after as long as usual."""
        self.wait(now, self._every)

    def wait(self, now: float, seconds: float) -> None:
        """It is not due for so long."""
        self._next = now + seconds

    def at_once(self) -> None:
        """It is due, whenever it was done last."""
        self._next = 0.0
