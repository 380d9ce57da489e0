"""Tells a cluster how many takes wait, where that decides how many workers there are."""

from collections.abc import Callable

from farm.cluster.protocol import Cluster
from farm.scheduler.disk_space import DiskSpace
from farm.scheduler.pace import COUNT_EVERY, Timer
from farm.store import Store


class Demand:
    """Counts what one run may claim. Times are seconds of the scheduler's clock."""

    def __init__(
        self, cluster: Cluster, count: Callable[[Store, int], int], disk_space: DiskSpace
    ) -> None:
        """`count` counts what waits, up to so many takes."""
        self._cluster = cluster
        self._count = count
        self._disk_space = disk_space
        self._counts = Timer(COUNT_EVERY)

    def tell(self, store: Store, now: float) -> None:
        """Counts, where that is due and makes a difference; what may not begin asks for nobody."""
        most = self._cluster.most_demand()
        if not most or not self._counts.due(now):
            return
        self._counts.restart(now)
        full = self._disk_space.trouble(now)
        self._cluster.demand(0 if full else self._count(store, most))
