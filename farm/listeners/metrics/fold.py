"""What the events come to: counts, and how long things took, by production and profile. Pure.

Plain numbers, so that a fold can be kept and gone on with; `VERSION` changes with this file, since what
an older text counted is not what this one would have.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from farm.domain.events import EventKind
from farm.domain.lifecycle import FailureClass
from pipeline.result import Verdict

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
        EventKind.WORKER_CHANGED,
    }
)
"""Kinds of which the data matter; of the others it is enough that they were."""

MOST_EARLY = 1000
"""Ends whose beginnings are waited for: PostgreSQL may show an event below others that were counted."""

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


@dataclass(frozen=True, slots=True)
class Moment:
    """When an event happened, and to which attempt."""

    attempt: str
    """A name that no other attempt has; empty where it is about none."""
    at: float
    """Seconds of the database's clock."""


class Shares:
    """Seconds that attempts held their workers. What several had at once, a tail beside the next render or
    the takes of a wave, is shared in equal parts: `farm.domain.spending` says the same of whole logs."""

    def __init__(self) -> None:
        self._there: dict[str, tuple[float, dict[str, float]]] = {}
        """By worker: until when it is shared, and what each attempt that is on it had so far."""
        self._on: dict[str, str] = {}
        """The worker of each attempt that is on one."""
        self._early: dict[str, None] = {}
        """Attempts whose end was told before their beginning, the oldest first."""

    def begin(self, worker: str, moment: Moment) -> None:
        if moment.attempt in self._early:
            del self._early[moment.attempt]
            return
        had = self._share(worker, moment.at)
        had[moment.attempt] = 0.0
        self._on[moment.attempt] = worker

    def end(self, moment: Moment) -> float | None:
        """What the attempt had; None where its beginning was not told."""
        worker = self._on.pop(moment.attempt, None)
        if worker is None:
            self._early[moment.attempt] = None
            if len(self._early) > MOST_EARLY:
                del self._early[next(iter(self._early))]
            return None
        had = self._share(worker, moment.at)
        seconds = had.pop(moment.attempt)
        if not had:
            del self._there[worker]
        return seconds

    def _share(self, worker: str, at: float) -> dict[str, float]:
        before, had = self._there.get(worker, (at, dict[str, float]()))
        for attempt in had:
            had[attempt] += max(0.0, at - before) / len(had)
        self._there[worker] = max(at, before), had
        return had

    def as_list(self) -> list[Any]:
        """All of it as plain JSON."""
        return [[*self._early], [[worker, at, had] for worker, (at, had) in self._there.items()]]

    @classmethod
    def from_list(cls, kept: Sequence[Any]) -> Self:
        """What `as_list` wrote. Raises as `Fold.from_dict`."""
        shares = cls()
        early, there = kept
        shares._early = {str(attempt): None for attempt in early}
        for worker, at, had in there:
            seconds = {str(attempt): float(much) for attempt, much in had.items()}
            shares._there[str(worker)] = float(at), seconds
            shares._on |= dict.fromkeys(seconds, str(worker))
        return shares


class Fold:
    """Counts event after event. What can be counted of a production stands at 0 before it happens:
    a series that is born at 9 has never risen."""

    def __init__(self) -> None:
        self.takes: dict[Labels, int] = {}
        """By verdict and rung."""
        self.failed: dict[Labels, int] = {}
        """By failure class."""
        self.ended_early: dict[Labels, int] = {}
        self.steps_spared: dict[Labels, int] = {}
        """Of takes that were ended early."""
        self.taken_back: dict[Labels, int] = {}
        self.late: dict[Labels, int] = {}
        self.sick = 0
        self.changed: dict[Labels, int] = {}
        """Workers that changed their models, by the profiles before and after."""
        self.stages: dict[Labels, Timing] = {}
        """By stage."""
        self.waits: dict[Labels, Timing] = {}
        self.spent: dict[Labels, float] = {}
        """Seconds that attempts held their workers, by the device that they were made on, where they made
        anything."""
        self.shares = Shares()
        self.accepted: dict[Labels, int] = {}
        """By device; drafts are none."""
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
        self.ended_early[pair] = self.steps_spared[pair] = 0
        self.failed |= {(*pair, failure): 0 for failure in FailureClass}
        self.takes |= {(*pair, verdict, "0"): 0 for verdict in Verdict}

    def count(
        self,
        kind: str,
        production: str,
        profile: str,
        data: Mapping[str, Any] | None,
        moment: Moment | None = None,
    ) -> None:
        """Counts one event; `data` may be left out for a kind that is not among `COUNTED`. Without its
        `moment` an attempt counts as if it had had its worker alone."""
        pair = (production, profile)
        if pair not in self.waits and production and profile:
            self.meet(production, profile)
        if data is None or kind not in COUNTED:
            return
        if pair not in self.waits:
            self.meet(production, profile)
        if (seconds := data.get("seconds")) is not None:
            shared = self.shares.end(moment) if moment and moment.attempt else None
            seconds = seconds if shared is None else min(seconds, shared)
            _add(self.spent, (*pair, data.get("device") or ""), seconds)
        match kind:
            case EventKind.TAKE_STARTED:
                self.waits[pair].observe(data["wait"])
                if moment and moment.attempt:
                    self.shares.begin(f"{data.get('owner')}/{data.get('worker')}", moment)
            case EventKind.TAKE_SUCCEEDED:
                self._made(pair, data)
            case EventKind.TAKE_FAILED | EventKind.TAKE_RETURNED if data["failure_class"]:
                _add(self.failed, (*pair, data["failure_class"]), 1)
                if spared := data.get("steps_spared"):
                    self.ended_early[pair] += 1
                    self.steps_spared[pair] += spared
            case EventKind.LEASE_TAKEN_BACK:
                self.taken_back[pair] += 1
                _add(self.failed, (*pair, FailureClass.MACHINE), 1)
            case EventKind.LATE_RESULT:
                self.late[pair] += 1
            case EventKind.WORKER_SICK:
                self.sick += 1
            case EventKind.WORKER_CHANGED:
                _add(self.changed, (data["before"], data["after"]), 1)
            case _:
                pass

    def _made(self, pair: tuple[str, str], data: Mapping[str, Any]) -> None:
        _add(self.takes, (*pair, data["verdict"], str(data["rung"])), 1)
        if data["verdict"] == Verdict.ACCEPTED and not data.get("draft"):
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
        return {**plain, **timed, "sick": self.sick, "shares": self.shares.as_list()}

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
        fold.shares = Shares.from_list(kept["shares"])
        return fold


_NUMBERS = (
    "takes", "failed", "ended_early", "steps_spared", "taken_back", "late", "spent", "accepted", "changed"
)  # fmt: skip
_TIMINGS = ("stages", "waits")


def _add(counts: dict[Labels, Any], key: Labels, much: float) -> None:
    counts[key] = counts.get(key, 0) + much


def _pairs(counts: Mapping[Labels, float]) -> list[list[Any]]:
    return [[*key, value] for key, value in counts.items()]
