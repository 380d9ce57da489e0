"""Keeps the renders' leases alive from a thread of its own while the loop hangs in something."""

import threading
from collections.abc import Callable

from farm.cluster.protocol import Cluster
from farm.scheduler.in_flight import InFlight
from farm.scheduler.pace import Pace
from farm.scheduler.trouble import Trouble

HANGS = "the run waits for its database or for Ray, and neither answers nor fails; renders go on"


class Keeper:
    """Watches one scheduler's loop from `with` on; what hangs neither answers nor fails."""

    def __init__(
        self,
        in_flight: InFlight,
        cluster: Cluster,
        pace: Pace,
        trouble: Trouble,
        clock: Callable[[], float],
    ) -> None:
        self._in_flight = in_flight
        self._cluster = cluster
        self._pace = pace
        self._trouble = trouble
        self._clock = clock
        self._last_turn = 0.0
        self._ended = threading.Event()

    def turned(self, now: float) -> None:
        """The loop has begun a turn."""
        self._last_turn = now

    def __enter__(self) -> None:
        self._ended = threading.Event()
        threading.Thread(target=self._keep, args=(self._ended,), name="keeper", daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()

    def _keep(self, ended: threading.Event) -> None:
        while not ended.wait(self._pace.beat_seconds):
            silent = self._clock() - self._last_turn
            if self._in_flight.empty or silent <= 2 * self._pace.beat_seconds:
                continue
            self._cluster.extend(self._in_flight.keys, self._pace.lease_seconds)
            self._trouble.also(HANGS)
