"""Leases that end too far ahead, given under a skewed clock: over once nobody beats them. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

TOO_FAR = 5
"""Own leases from now. A run with far longer ones may live: it beats them, so their ends move."""

Attempt = tuple[int, int]
"""A take's key and its token."""


class SkewedLeases:
    """Remembers when each of them last moved, by the clock of whoever looks."""

    def __init__(self, lease_seconds: float) -> None:
        self.seconds = TOO_FAR * lease_seconds
        """Leases that end later than this are looked at."""
        self._seen: dict[Attempt, tuple[datetime, float]] = {}

    def over(self, ends: Mapping[Attempt, datetime], now: float) -> Sequence[Attempt]:
        """Those of `ends` whose end nobody has moved for as long as that; `now` in seconds."""
        self._seen = {
            attempt: before
            if (before := self._seen.get(attempt)) and before[0] == end
            else (end, now)
            for attempt, end in ends.items()
        }
        return [each for each, (_, since) in self._seen.items() if now - since > self.seconds]
