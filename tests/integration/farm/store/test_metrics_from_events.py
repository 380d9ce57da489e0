"""The same metrics come out whether events are heard during a run or read back from the database."""

import time
from typing import Any

from farm.domain import lease
from farm.domain.decision import Decide
from farm.domain.events import Event
from farm.domain.lifecycle import FailureClass
from farm.domain.retry import RetryPolicy
from farm.listeners.metrics import FarmMetrics
from farm.store import Store
from farm.store.queue import claims, faults, leases, settle
from farm.store.shots import review
from pipeline.result import Verdict
from tests.conftest import a_result
from tests.integration.farm.store.conftest import (
    OVER,
    a_step,
    accept,
    claim,
    end_back_offs,
    log,
    order,
    seats,
    submit,
)


def test_metrics_read_from_the_database_are_those_that_were_heard_live(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030")
    live = FarmMetrics()

    for event in _a_run(store):
        live(event)

    again = FarmMetrics()
    for event in log(store):
        again(event)
    assert again.text() == live.text()
    assert (
        'farm_takes_total{production="demo",profile="toy",rung="0",verdict="low_match"} 1.0'
        in live.text()
    )
    assert (
        'farm_takes_total{production="demo",profile="toy",rung="0",verdict="accepted"} 1.0'
        in live.text()
    )
    assert (
        'farm_takes_total{production="demo",profile="toy",rung="1",verdict="accepted"} 1.0'
        in live.text()
    )
    assert (
        'farm_attempts_failed_total{failure_class="machine",production="demo",profile="toy"} 2.0'
        in live.text()
    )
    assert (
        'farm_attempts_failed_total{failure_class="shot",production="demo",profile="toy"} 1.0'
        in live.text()
    )
    assert 'farm_leases_taken_back_total{production="demo",profile="toy"} 1.0' in live.text()
    assert 'farm_late_results_total{production="demo",profile="toy"} 1.0' in live.text()
    assert (
        'farm_stage_seconds_sum{production="demo",profile="toy",stage="denoise"} 4.5' in live.text()
    )
    assert "farm_gpu_seconds_per_accepted_clip" in live.text()


def _a_run(store: Store) -> list[Event]:
    """One of everything; the events as the scheduler's listeners hear them."""
    heard: list[Event] = []

    def take(lease_seconds: float = 60.0) -> lease.Lease:
        (lease,), events = claims.claim(store, "farm-a", "toy", seats("w1"), lease_seconds)
        heard.extend(events)
        return lease

    def made(lease: lease.Lease, decide: Decide, **result: Any) -> None:
        heard.extend(settle.made(store, lease, a_result(lease.clip, **result), decide)[1])

    def fault(failure: FailureClass) -> None:
        heard.extend(faults.fault(store, take(), failure, "broken", RetryPolicy()))

    late = take(OVER)
    heard += leases.take_back(store)
    made(late, accept)
    fault(FailureClass.MACHINE)
    end_back_offs(store)
    made(take(), order(cfg_high=5.0), verdict=Verdict.LOW_MATCH, score=0.2)
    heard += leases.release(store, take(), "the run was asked to stop")
    fault(FailureClass.SHOT)
    heard += review.retake(store, "demo", "sh020", lambda _: a_step(seed=9), "anna")
    heard += review.cancel(store, "demo", "sh020", "anna")
    made(take(), accept)
    made(take(), accept)
    return heard


def test_seconds_of_attempts_that_came_to_nothing_are_counted_too(store: Store) -> None:
    submit(store, "sh010", "sh020")
    claim(store, lease_seconds=OVER)
    claim(store, "farm-b")
    time.sleep(0.05)

    leases.take_back(store)
    review.cancel(store, "demo", "sh020", "anna")

    series = FarmMetrics()
    for event in log(store):
        series(event)
    assert 0.1 <= series.worker_seconds < 60
