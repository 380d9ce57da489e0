"""The farm's series: a listener that counts, and a registry that tells."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from farm.domain.events import Event
from farm.listeners.metrics.fold import SECONDS, Fold, Labels, Moment, Timing
from farm.listeners.metrics.now import Now

PAIR = ("production", "profile")


class FarmMetrics:
    """The farm's series. Call it with each event; it is a `farm.domain.events.Listener`."""

    def __init__(self, now: Now | None = None, fold: Fold | None = None) -> None:
        """Goes on with `fold`, which belongs to it from then on."""
        self.fold = fold or Fold()
        self.registry = CollectorRegistry()
        self.counting = threading.Lock()
        """Held by whoever counts or tells: a server answers from threads of its own."""
        if now is not None:
            self.registry.register(now)
        self.registry.register(_Counted(self))

    def __call__(self, event: Event) -> None:
        """Counts one event."""
        with self.counting:
            self.count(
                event.kind, event.production, event.profile, event.data,
                at=event.at, attempt=(event.shot_key, event.take, event.attempt),
            )  # fmt: skip

    def count(
        self,
        kind: str,
        production: str,
        profile: str,
        data: Mapping[str, Any] | None,
        *,
        at: datetime,
        attempt: tuple[int | None, int | None, int | None],
    ) -> None:
        """Counts an event by its parts; `attempt` are the shot's key, since its code may change while it
        renders, and the numbers of take and attempt. `counting` is held."""
        shot, take, token = attempt
        name = "" if token is None else f"{shot}/{take}/{token}"
        self.fold.count(kind, production, profile, data, Moment(name, at.timestamp()))

    def text(self) -> str:
        """All series in Prometheus' text format."""
        return generate_latest(self.registry).decode()

    @property
    def worker_seconds(self) -> float:
        """Of all attempts."""
        return sum(self.fold.spent.values())


class _Counted(Collector):
    """What was counted, told at each look."""

    def __init__(self, metrics: FarmMetrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        with self._metrics.counting:
            return list(_families(self._metrics.fold))


def _families(fold: Fold) -> Iterable[Metric]:
    yield from _spent(fold)
    counters = (
        ("farm_takes", "Finished takes.", (*PAIR, "verdict", "rung"), fold.takes),
        (
            "farm_attempts_failed",
            "Attempts that failed.",
            (*PAIR, "failure_class"),
            fold.failed,
        ),
        (
            "farm_takes_ended_early",
            "Takes ended in the middle, since they would not have been accepted.",
            PAIR,
            fold.ended_early,
        ),
        ("farm_steps_spared", "Steps that these were not rendered for.", PAIR, fold.steps_spared),
        ("farm_leases_taken_back", "Leases that ran out.", PAIR, fold.taken_back),
        ("farm_workers_taken_out", "Workers taken out as sick.", (), {(): fold.sick}),
        (
            "farm_workers_changed",
            "Workers that let the model of one profile go for that of another.",
            ("before", "after"),
            fold.changed,
        ),
        ("farm_late_results", "Results that came after their lease.", PAIR, fold.late),
    )
    for name, told, labels, counts in counters:
        counter = CounterMetricFamily(name, told, labels=labels)
        for key, count in counts.items():
            counter.add_metric(key, count)
        yield counter
    yield _histogram(
        "farm_stage_seconds", "Wall seconds of a stage.", (*PAIR, "stage"), fold.stages
    )
    yield _histogram("farm_take_wait_seconds", "From due to started.", PAIR, fold.waits)


def _spent(fold: Fold) -> Iterable[Metric]:
    spent = GaugeMetricFamily(
        "farm_worker_seconds",
        "Seconds that attempts held their workers, by the device they were made on; none where nothing was "
        "made. What a worker had at once counts once.",
        labels=(*PAIR, "device"),
    )
    for key, seconds in fold.spent.items():
        spent.add_metric(key, seconds)
    yield spent
    each = GaugeMetricFamily(
        "farm_gpu_seconds_per_accepted_clip",
        "Seconds that attempts held their workers over accepted clips, by the device they were made on; a "
        "draft is no clip.",
        labels=(*PAIR, "device"),
    )
    for key, value in per_accepted_clip(fold).items():
        each.add_metric(key, value)
    yield each


def per_accepted_clip(fold: Fold) -> Mapping[Labels, float]:
    """Seconds that attempts held their workers over accepted clips, by production, profile and the device
    that made those clips, `mixed` where there were several."""
    clips: dict[tuple[str, str], dict[str, int]] = {}
    for (production, profile, device), count in fold.accepted.items():
        clips.setdefault((production, profile), {})[device] = count
    spent: dict[tuple[str, str], float] = {}
    for (production, profile, _), seconds in fold.spent.items():
        pair = (production, profile)
        spent[pair] = spent.get(pair, 0.0) + seconds
    return {
        (*pair, next(iter(by_device)) if len(by_device) == 1 else "mixed"): (
            spent.get(pair, 0.0) / sum(by_device.values())
        )
        for pair, by_device in clips.items()
    }


def _histogram(
    name: str, told: str, labels: Sequence[str], timings: Mapping[Labels, Timing]
) -> HistogramMetricFamily:
    family = HistogramMetricFamily(name, told, labels=labels)
    for key, timing in timings.items():
        so_far = 0
        buckets: list[tuple[str, float]] = []
        for bound, count in zip((*SECONDS, float("inf")), timing.buckets, strict=True):
            so_far += count
            buckets.append((floatToGoString(bound), so_far))
        family.add_metric(key, buckets, timing.total)
    return family
