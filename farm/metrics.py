"""A listener that folds events into Prometheus series, and serves or prints them.

Counters and histograms come from events alone, so the same numbers come out whether they were
heard one by one during a run or read back from the database. Gauges are asked for when looked at.
"""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from farm.events import Event, EventKind

disable_created_metrics()  # when a process first counted something says nothing about the farm

SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000)


class Now(Collector):
    """Gauges over the state of things, read from the database at each look."""

    def __init__(
        self,
        shots: Callable[[], Mapping[tuple[str, str], int]],
        waiting: Callable[[], tuple[Mapping[str, int], float]],
    ) -> None:
        """`shots` counts by (production, state); `waiting` gives takes by profile and the oldest wait."""
        self._shots = shots
        self._waiting = waiting

    def collect(self) -> Iterable[GaugeMetricFamily]:
        shots = GaugeMetricFamily("farm_shots", "Shots by state.", labels=["production", "state"])
        for (production, state), count in self._shots().items():
            shots.add_metric([production, state], count)
        by_profile, oldest = self._waiting()
        depth = GaugeMetricFamily("farm_queue_depth", "Takes that wait.", labels=["profile"])
        for profile, count in by_profile.items():
            depth.add_metric([profile], count)
        wait = GaugeMetricFamily(
            "farm_queue_oldest_wait_seconds", "How long the oldest due take has waited.", oldest
        )
        return [shots, depth, wait]


class FarmMetrics:
    """The farm's series. Call it with each event; it is a `farm.events.Listener`."""

    def __init__(self, now: Now | None = None) -> None:
        self.registry = CollectorRegistry()
        if now is not None:
            self.registry.register(now)
        self.registry.register(_PerAcceptedClip(self))
        self.worker_seconds = 0.0
        self.accepted = 0
        self._takes = self._counter("farm_takes", "Finished takes.", "verdict", "rung")
        self._failed = self._counter(
            "farm_attempts_failed", "Attempts that failed.", "failure_class"
        )
        self._taken_back = self._counter("farm_leases_taken_back", "Leases that ran out.")
        self._sick = self._counter("farm_workers_taken_out", "Workers taken out as sick.")
        self._late = self._counter("farm_late_results", "Results that came after their lease.")
        self._stages = self._histogram("farm_stage_seconds", "Wall seconds of a stage.", "stage")
        self._waits = self._histogram("farm_take_wait_seconds", "From due to started.")

    def __call__(self, event: Event) -> None:
        """Counts one event."""
        data = event.data
        self.worker_seconds += data.get("seconds") or 0.0
        match event.kind:
            case EventKind.TAKE_STARTED:
                self._waits.observe(data["wait"])
            case EventKind.TAKE_SUCCEEDED:
                self._takes.labels(data["verdict"], str(data["rung"])).inc()
                self.accepted += data["verdict"] == "accepted"
                for stage, seconds in data["stages"].items():
                    self._stages.labels(stage).observe(seconds)
            case EventKind.TAKE_FAILED | EventKind.TAKE_RETURNED if data["failure_class"]:
                self._failed.labels(data["failure_class"]).inc()
            case EventKind.LEASE_TAKEN_BACK:
                self._taken_back.inc()
                self._failed.labels("machine").inc()
            case EventKind.LATE_RESULT:
                self._late.inc()
            case EventKind.WORKER_SICK:
                self._sick.inc()
            case _:
                pass

    def text(self) -> str:
        """All series in Prometheus' text format."""
        return generate_latest(self.registry).decode()

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(name, help_text, labels, registry=self.registry)

    def _histogram(self, name: str, help_text: str, *labels: str) -> Histogram:
        return Histogram(name, help_text, labels, registry=self.registry, buckets=SECONDS)


class _PerAcceptedClip(Collector):
    def __init__(self, metrics: FarmMetrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[GaugeMetricFamily]:
        spent = GaugeMetricFamily(
            "farm_worker_seconds",
            "Seconds of all attempts; GPU seconds where workers hold a GPU.",
            self._metrics.worker_seconds,
        )
        families = [spent]
        if self._metrics.accepted:
            families.append(
                GaugeMetricFamily(
                    "farm_gpu_seconds_per_accepted_clip",
                    "Worker seconds of all attempts over accepted clips; CPU seconds on CPU workers.",
                    self._metrics.worker_seconds / self._metrics.accepted,
                )
            )
        return families


def serve(metrics: FarmMetrics, host: str, port: int) -> tuple[int, Callable[[], None]]:
    """Serves the series over HTTP; the port in use (0 picks one) and a function that ends it.

    Raises `OSError` when the port is taken.
    """
    from prometheus_client import start_http_server

    server, thread = start_http_server(port, addr=host, registry=metrics.registry)

    def close() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return server.server_port, close
