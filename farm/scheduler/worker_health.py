"""Which worker is sick: one that fails take after take, where the takes are not to blame. Pure."""

from collections.abc import Hashable


class WorkerHealth:
    """Follows the workers of one run. `limit` different takes failed in a row make a worker sick."""

    def __init__(self, limit: int = 3) -> None:
        self._limit = limit
        self._failed: dict[str, set[Hashable]] = {}
        """What each worker has failed since it last made a take."""
        self._where: dict[Hashable, set[str]] = {}
        """The workers that each take failed on."""

    def made(self, worker: str, take: Hashable) -> None:
        """The worker made a take: it is well. Where else that take failed, it was not to blame."""
        self._failed.pop(worker, None)
        self._where.pop(take, None)

    def failed(self, worker: str, take: Hashable, reason: str) -> str | None:
        """The worker failed a take; a sentence where that makes it sick.

        A take that fails on a second worker says nothing of either, and counts no longer.
        """
        self._where.setdefault(take, set()).add(worker)
        mine = self._failed.setdefault(worker, set())
        mine.add(take)
        alone = [each for each in mine if self._where.get(each, {worker}) == {worker}]
        if len(alone) < self._limit:
            return None
        del self._failed[worker]
        return f"{worker} failed {self._limit} different takes in a row; the last: {reason}"
