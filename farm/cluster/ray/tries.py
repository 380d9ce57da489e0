"""When an actor that failed is made anew, and when that has no hope. Pure."""

import time

from farm.cluster.outcome import Faulted
from pipeline.errors import Cause

FIRST_BACKOFF = 1.0
LONGEST_BACKOFF = 60.0
"""Seconds before a failed actor is made anew; doubled with each failure in a row."""
HOPELESS_AFTER = 5
"""Failures to start, all in a row, after which a slot counts as one that can never start."""
ROOM_PATIENCE = 30.0
"""Seconds that an actor may wait for room before people are told."""
LOAD_PATIENCE = 600.0
"""Seconds that an actor may load its model before people are told."""


class Tries:
    """The actors that one slot made, one after the other."""

    def __init__(self) -> None:
        self.fault: Faulted | None = None
        """Why the last one could not start; None once one did."""
        self._began = 0.0
        self._due = 0.0
        self._failures = 0
        self._ever_loaded = False

    @property
    def due(self) -> bool:
        """Whether the next may be made."""
        return time.monotonic() >= self._due

    @property
    def hopeless(self) -> bool:
        """None ever loaded, and none will."""
        fatal = self.fault is not None and self.fault.cause is Cause.FATAL
        return not self._ever_loaded and (fatal or self._failures >= HOPELESS_AFTER)

    @property
    def patient(self) -> bool:
        """Whether the last one has not waited for long."""
        return time.monotonic() - self._began <= ROOM_PATIENCE

    def slow(self) -> str | None:
        """What is said of the last one where it has loaded for very long."""
        waited = time.monotonic() - self._began
        if waited <= LOAD_PATIENCE:
            return None
        return f"has been loading its model for {waited / 60:.0f} min"

    def began(self) -> None:
        """One was made, and waits for room."""
        self._began = time.monotonic()

    def loaded(self) -> None:
        """One has loaded."""
        self._ever_loaded = True
        self.fault = None

    def worked(self) -> None:
        """One has made a take."""
        self._failures = 0

    def failed(self) -> None:
        """One has failed: the next is due after a while."""
        self._due = time.monotonic() + min(FIRST_BACKOFF * 2**self._failures, LONGEST_BACKOFF)
        self._failures += 1

    def forget(self) -> None:
        """What failed before says nothing any more."""
        self._due, self._failures = 0.0, 0
