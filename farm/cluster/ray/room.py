"""How much room a cluster has for workers, counted again as machines come and go."""

import time
from collections.abc import Collection

from farm.cluster.loading import WorkerSettings
from farm.cluster.ray.machines import place_labels
from farm.cluster.ray.plan import Plan, plan, summed
from farm.cluster.ray.session import Session

COUNT_EVERY = 5.0
"""Seconds between two counts."""


class Room:
    """What the workers of one run may have of its cluster."""

    def __init__(self, session: Session, settings: WorkerSettings) -> None:
        self._session = session
        self._settings = settings
        self._labels = None if session.embedded else place_labels(settings.tags, ())
        self._next = 0.0

    def plan(self, workers: int | None) -> Plan:
        """For so many workers, or as many as there is room for now. The head must be there."""
        return self._plan(workers)[0]

    def count(self) -> tuple[int, Collection[str]] | None:
        """How many workers there is room for, and Ray's names of the machines that are there; None where
        that cannot have changed, or was counted just now. The head must be there."""
        if self._session.embedded or time.monotonic() < self._next:
            return None
        now, machines = self._plan(None)
        return now.workers, machines

    def _plan(self, workers: int | None) -> tuple[Plan, Collection[str]]:
        self._next = time.monotonic() + COUNT_EVERY
        machines = self._session.machines(self._labels)
        profile = self._settings.profile
        planned = plan(
            profile.worker,
            summed(machines.values(), profile.worker),
            workers,
            embedded=self._session.embedded,
            match=profile.match,
        )
        return planned, machines
