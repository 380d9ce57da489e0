"""How many wrong tokens came from where lately: after some, nothing from there is looked at for a while.

Nobody guesses a token of 256 bits; but each try costs a question to the database and a row of its log.
"""

import ipaddress
import time
from collections.abc import Callable

MOST = 10
"""Wrong tokens from one address."""
WITHIN = 600.0
"""Seconds in which they count, from the first."""
REMEMBERED = 10_000
"""Addresses; the one that began first is forgotten for another."""


class WrongTokens:
    """The count, by address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: dict[str, tuple[int, float]] = {}

    def wait(self, address: str) -> float:
        """Seconds until a token from there is looked at again; 0 where one is now."""
        count, since = self._counts.get(_place(address), (0, 0.0))
        left = since + WITHIN - self._clock()
        return left if count >= MOST and left > 0 else 0.0

    def count(self, address: str) -> bool:
        """One more comes from there, wrong until it is looked at; whether it is the last that will be.

        Counted before it is looked at, so that a hundred at once are no more than ten.
        """
        place, now = _place(address), self._clock()
        count, since = self._counts.pop(place, (0, now))
        if now - since >= WITHIN:
            count, since = 0, now
        while len(self._counts) >= REMEMBERED:
            del self._counts[next(iter(self._counts))]
        self._counts[place] = (count + 1, since)
        return count + 1 == MOST

    def was_not_wrong(self, address: str) -> None:
        """The one that was counted last from there was right, or could not be looked at."""
        place = _place(address)
        count, since = self._counts.get(place, (0, 0.0))
        if count:
            self._counts[place] = (count - 1, since)


def _place(address: str) -> str:
    """Whoever has one IPv6 address has the 2^64 beside it."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))
