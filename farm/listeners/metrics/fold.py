"""What the events come to: counts, and how long things took, by production and profile. Pure.

Plain numbers, so that a fold can be kept and gone on with; `VERSION` changes with this file, since what
an older text counted is not what this one would have.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from farm.domain.events import EventKind
from farm.domain.lifecycle import FailureClass
from pipeline.recipe import Verdict

VERSION = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()

SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000)
"""Upper bounds of the buckets that durations are counted in; one more bucket has none."""

COUNTED = frozenset(
    {
        EventKind.TAKE_STARTED,
        EventKind.TAKE_SUCCEEDED,
        EventKind.TAKE_FAILED,
        EventKind.TAKE_RETURNED,
        EventKind.TAKE_CANCELLED,
        EventKind.LEASE_TAKEN_BACK,
        EventKind.LATE_RESULT,
        EventKind.WORKER_SICK,
    }
)
"""Kinds of which the data matter; of the others it is enough that they were."""

Labels = tuple[str, ...]
"""Production and profile, and what the series has beside them."""


@dataclass(slots=True)
class Timing:
    """Durations: how many fell into each bucket, and their sum in seconds."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(SECONDS) + 1))
    total: float = 0.0

    def observe(self, seconds: float) -> None:
        self.buckets[bisect_left(SECONDS, seconds)] += 1
        self.total += seconds


class Fold:
    """Counts event after event. What can be counted of a production stands at 0 before it happens:
    a series that is born at 9 has never risen."""

    def __init__(self) -> None:
        self.takes: dict[Labels, int] = {}
        """By verdict and rung."""
        self.failed: dict[Labels, int] = {}
        """By failure class."""
        self.taken_back: dict[Labels, int] = {}
        self.late: dict[Labels, int] = {}
        self.sick = 0
        self.stages: dict[Labels, Timing] = {}
        """By stage."""
        self.waits: dict[Labels, Timing] = {}
        self.spent: dict[Labels, float] = {}
        """Seconds of attempts, by the device that they were made on, where they made anything."""
        self.accepted: dict[Labels, int] = {}
        """By device."""
        self.meet("", "")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every production and profile that there were events of."""
        return [(production, profile) for production, profile in self.waits if production]

    def meet(self, production: str, profile: str) -> None:
        """Makes the series of a production and a profile, all at 0."""
        pair = (production, profile)
        if pair in self.waits:
            return
        self.waits[pair] = Timing()
        self.taken_back[pair] = self.late[pair] = 0
        self.failed |= {(*pair, failure): 0 for failure in FailureClass}
        self.takes |= {(*pair, verdict, "0"): 0 for verdict in Verdict}

    def count(
        self, kind: str, production: str, profile: str, data: Mapping[str, Any] | None
    ) -> None:
        """Counts one event; `data` may be left out for a kind that is not among `COUNTED`."""
        pair = (production, profile)
        if pair not in self.waits and production and profile:
            self.meet(production, profile)
        if data is None or kind not in COUNTED:
            return
        if pair not in self.waits:
            self.meet(production, profile)
        if seconds := data.get("seconds"):
            _add(self.spent, (*pair, data.get("device") or ""), seconds)
        match kind:
            case EventKind.TAKE_STARTED:
                self.waits[pair].observe(data["wait"])
            case EventKind.TAKE_SUCCEEDED:
                self._made(pair, data)
            case EventKind.TAKE_FAILED | EventKind.TAKE_RETURNED if data["failure_class"]:
                _add(self.failed, (*pair, data["failure_class"]), 1)
            case EventKind.LEASE_TAKEN_BACK:
                self.taken_back[pair] += 1
                _add(self.failed, (*pair, FailureClass.MACHINE), 1)
            case EventKind.LATE_RESULT:
                self.late[pair] += 1
            case EventKind.WORKER_SICK:
                self.sick += 1
            case _:
                pass

    def _made(self, pair: tuple[str, str], data: Mapping[str, Any]) -> None:
        _add(self.takes, (*pair, data["verdict"], str(data["rung"])), 1)
        if data["verdict"] == Verdict.ACCEPTED:
            _add(self.accepted, (*pair, data.get("device") or ""), 1)
        for stage, seconds in data["stages"].items():
            self.stages.setdefault((*pair, stage), Timing()).observe(seconds)

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain JSON."""
        plain = {name: _pairs(getattr(self, name)) for name in _NUMBERS}
        timed = {
            name: [[*key, each.buckets, each.total] for key, each in getattr(self, name).items()]
            for name in _TIMINGS
        }
        return {**plain, **timed, "sick": self.sick}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """What `as_dict` wrote. Raises `KeyError`, `TypeError` or `ValueError` for anything else."""
        fold = cls()
        for name in _NUMBERS:
            setattr(fold, name, {tuple(map(str, key)): value for *key, value in kept[name]})
        for name in _TIMINGS:
            timings = {
                tuple(map(str, key)): Timing(list(map(int, buckets)), float(total))
                for *key, buckets, total in kept[name]
            }
            setattr(fold, name, timings)
        fold.sick = int(kept["sick"])
        return fold


_NUMBERS = ("takes", "failed", "taken_back", "late", "spent", "accepted")
_TIMINGS = ("stages", "waits")


def _add(counts: dict[Labels, Any], key: Labels, much: float) -> None:
    counts[key] = counts.get(key, 0) + much


def _pairs(counts: Mapping[Labels, float]) -> list[list[Any]]:
    return [[*key, value] for key, value in counts.items()]
