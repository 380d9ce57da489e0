"""Which events were counted, by their keys. Pure.

PostgreSQL gives out keys when rows are written and shows rows when their transaction ends, so a row may
appear below others that were counted long ago: a list of 100,000 shots is one transaction of half a
minute. So what was counted is kept as ranges, and what lies between them is looked for again until no
transaction is left that could still fill it.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

LOOK_BACK = 1000
"""Keys below the newest whose gaps are never taken for empty: a row gets its key a moment before its
transaction gets the number that a `Horizon` is told by."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far the log of events is complete, at one moment."""

    newest: int
    """The highest key to be seen then."""
    begun: int = 0
    """The next transaction that writes will have this number, or a higher one."""
    ended: int = 0
    """All transactions with lower numbers have ended. `begun` where none was under way."""


class Keys:
    """The keys of events that were counted."""

    def __init__(self, complete: int = 0, ranges: Sequence[tuple[int, int]] = ()) -> None:
        """All up to `complete`, and `ranges` above it, first and last key of each, in order."""
        self._complete = complete
        self._firsts = [first for first, _ in ranges]
        self._lasts = [last for _, last in ranges]
        self._before: Horizon | None = None

    @property
    def newest(self) -> int:
        """The highest key that was counted; 0 where none was."""
        return self._lasts[-1] if self._lasts else self._complete

    def add(self, key: int) -> None:
        """Counts a key. Raises `ValueError` where it was counted before."""
        place = bisect_right(self._firsts, key)
        if key <= self._complete or (place and key <= self._lasts[place - 1]):
            raise ValueError(f"event {key} would be counted twice")
        joins_left = place > 0 and self._lasts[place - 1] == key - 1
        joins_right = place < len(self._firsts) and self._firsts[place] == key + 1
        if joins_left and joins_right:
            self._lasts[place - 1] = self._lasts.pop(place)
            del self._firsts[place]
        elif joins_left:
            self._lasts[place - 1] = key
        elif joins_right:
            self._firsts[place] = key
        else:
            self._firsts.insert(place, key)
            self._lasts.insert(place, key)

    def gaps(self) -> list[tuple[int, int]]:
        """Where events may still appear below the newest: pairs of keys that enclose each gap."""
        lasts = [self._complete, *self._lasts]
        return [
            (last, first)
            for last, first in zip(lasts, self._firsts, strict=False)
            if first - last > 1
        ]

    def settle(self, horizon: Horizon) -> None:
        """Takes for empty what no transaction can fill any more.

        `horizon` was read before the events that were added since the last call, each of which was
        looked for in all gaps and above.
        """
        before, self._before = self._before, horizon
        if horizon.ended >= horizon.begun:
            self._close(horizon.newest)
        elif before is not None and horizon.ended >= before.begun:
            self._close(before.newest)
        elif before is not None:
            self._before = before

    def _close(self, up_to: int) -> None:
        complete = min(up_to, self.newest - LOOK_BACK)
        place = bisect_right(self._firsts, complete)
        if not place:
            self._complete = max(self._complete, complete)
            return
        self._complete = max(complete, self._lasts[place - 1], self._complete)
        del self._firsts[:place], self._lasts[:place]

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON."""
        ranges = list(map(list, zip(self._firsts, self._lasts, strict=True)))
        return {"complete": self._complete, "ranges": ranges}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """What `as_dict` wrote. Raises `KeyError`, `TypeError` or `ValueError` for anything else."""
        return cls(int(kept["complete"]), [(int(a), int(b)) for a, b in kept["ranges"]])
