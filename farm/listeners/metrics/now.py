"""Gauges over the state of things, asked for when they are looked at."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from farm.domain.fleet_size import Headcount
from farm.errors import FarmError
from pipeline.storage.protocol import Media

FRESH = 2.0
"""Seconds for which one reading serves everybody who looks."""
REST = 20.0
"""But at least so many times as long as the reading took: a database with millions of takes has other
things to do."""

Pair = tuple[str, str]
"""Production and profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The state of things at one moment."""

    shots: Mapping[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    """By production and state."""
    drafts: Mapping[str, int] = field(default_factory=dict[str, int])
    """Accepted and approved shots whose take is a draft, by production; `shots` counts them too."""
    waiting: Mapping[Pair, int] = field(default_factory=dict[Pair, int])
    held: Mapping[Pair, int] = field(default_factory=dict[Pair, int])
    running: Mapping[Pair, int] = field(default_factory=dict[Pair, int])
    """Takes that run under a lease that lives."""
    waits: Mapping[str, float] = field(default_factory=dict[str, float])
    """Seconds since the longest waiting take of each profile became due."""
    workers: Mapping[str, int] = field(default_factory=dict[str, int])
    """By how they are: `live`, `sick`, `drained`."""
    holding: Mapping[str, int] = field(default_factory=dict[str, int])
    """Workers by the profile whose model they hold."""
    headcount: Headcount = field(default_factory=lambda: Headcount(0))


class Now(Collector):
    """What is true now, as last read; while the database is away that alone is told."""

    def __init__(
        self,
        read: Callable[[], Seen],
        pairs: Callable[[], Iterable[Pair]] = list,
        *,
        media: Media | None = None,
        least_room: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`read` may raise `FarmError`; `pairs` are those that ever had takes: theirs are 0, not nothing.
        `least_room` bytes should be free under `media`."""
        self._read = read
        self._pairs = pairs
        self._media = media
        self._least_room = least_room
        self._clock = clock
        self._one = threading.Lock()
        self._seen: Seen | None = None
        self._next_look = float("-inf")
        self._media_was_there = False

    def look(self) -> None:
        """Reads anew where what is known is old; who comes while somebody reads gets what is known."""
        if self._clock() < self._next_look or not self._one.acquire(blocking=False):
            return
        try:
            begun = self._clock()
            took = 0.0
            try:
                self._seen = self._read()
                took = self._clock() - begun
            except FarmError:
                self._seen = None
            self._next_look = self._clock() + max(FRESH, REST * took)
        finally:
            self._one.release()

    def collect(self) -> Iterable[GaugeMetricFamily]:
        self.look()
        seen = self._seen
        yield _one("farm_outage", "1 while the database does not answer.", seen is None)
        yield from self._media_gauges()
        if seen is not None:
            yield from self._gauges(seen)

    def _gauges(self, seen: Seen) -> Iterable[GaugeMetricFamily]:
        told = "Shots by state, those whose take is a draft too."
        yield _labelled("farm_shots", told, ("production", "state"), seen.shots)
        told = "Accepted and approved shots whose take is a draft."
        drafts = {(production,): count for production, count in seen.drafts.items()}
        yield _labelled("farm_shots_drafted", told, ("production",), drafts)
        by_pair = (
            ("farm_queue_depth", "Takes that wait, on hold ones apart.", seen.waiting),
            ("farm_takes_held", "Takes that wait and are on hold.", seen.held),
            ("farm_takes_running", "Takes that run, under a lease that lives.", seen.running),
        )
        pairs = {*self._pairs(), *(pair for _, _, counts in by_pair for pair in counts)}
        pairs = pairs or {("", "")}
        for name, told, counts in by_pair:
            counts = {pair: counts.get(pair, 0) for pair in sorted(pairs)}
            yield _labelled(name, told, ("production", "profile"), counts)
        oldest = max(seen.waits.values(), default=0.0)
        told = "How long the oldest due take has waited."
        yield _one("farm_queue_oldest_wait_seconds", told, oldest)
        told = "How long the oldest due take of a profile has waited."
        waits = {(each,): seen.waits.get(each, 0.0) for each in sorted({p for _, p in pairs})}
        yield _labelled("farm_profile_oldest_wait_seconds", told, ("profile",), waits)
        for state, told in _WORKERS.items():
            yield _one(f"farm_workers_{state}", told, seen.workers.get(state, 0))
        told = "Workers by the profile whose model they hold; a profile that has takes is 0, not nothing."
        held = {(each,): seen.holding.get(each, 0) for each in sorted({*seen.holding, *seen.waits})}
        yield _labelled("farm_workers_holding", told, ("profile",), held)
        yield _one(
            "farm_workers_wanted", "Workers that there should be now.", seen.headcount.wanted
        )
        told = "Workers that wait for a place on the cluster."
        yield _one("farm_workers_pending", told, seen.headcount.pending)
        told = "Workers of runs under way that gave their place back, as nothing waited."
        yield _one("farm_workers_released", told, seen.headcount.released)

    def _media_gauges(self) -> Iterable[GaugeMetricFamily]:
        """None for a folder that was never there: it is made with the first shots."""
        if self._media is None:
            return
        try:
            free = self._media.free()
            self._media_was_there = True
        except FileNotFoundError:
            if not self._media_was_there:
                return
            free = None
        except OSError:
            free = None
        told = "1 where the media folder can be looked at from here."
        yield _one("farm_media_reachable", told, free is not None)
        if free is not None:
            yield _one("farm_media_free_bytes", "Free in the media folder.", free)
            told = "With less than this free no take is handed out."
            yield _one("farm_media_least_bytes", told, self._least_room)


_WORKERS = {
    "live": "Workers of runs under way that may get takes.",
    "sick": "Workers that were taken out, since they failed take after take.",
    "drained": "Workers on machines that get no more takes.",
}


def _one(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, float(value))


def _labelled(
    name: str, told: str, labels: tuple[str, ...], values: Mapping[Any, float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, told, labels=labels)
    for key, value in values.items():
        family.add_metric(key, value)
    return family
