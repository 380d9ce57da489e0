"""The loop: take back the lost, claim, send, collect, settle, announce."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from farm.cluster import Cluster, Progress, Report
from farm.errors import FarmError
from farm.events import Event, Listener
from farm.lifecycle import FailureClass, ReviewStatus
from farm.retry import RetryPolicy
from farm.store import Store, leases, settle, views
from farm.store.leases import Lease
from farm.store.settle import Decision, History
from farm.worker import Faulted, Made, Rejected, Stopped
from pipeline.errors import Cause
from pipeline.ladder import Step, TakeFacts, best, climb, differences
from pipeline.profile import Profile
from pipeline.prompt_trace import with_negations_moved
from pipeline.recipe import TakeOrder, Verdict

IDLE_POLL = 0.5
"""Seconds between looks at an empty queue."""
LOOK_EVERY = 0.5
"""Seconds between two questions to the workers where they are."""
BUSY_POLL = 0.25
"""Seconds to wait for an answer before looking around again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a run behaves in time."""

    lease_seconds: float = 60.0
    beat_seconds: float = 5.0
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    until_idle: bool = False
    """End when nothing of the profile waits or runs any more, whoever runs it."""


class Scheduler:
    """Drives one cluster with one profile's takes. One per process; several may share a database."""

    def __init__(
        self,
        store: Store,
        cluster: Cluster,
        profile: Profile,
        owner: str,
        pace: Pace,
        listeners: Sequence[Listener] = (),
        on_progress: Callable[[Mapping[str, Progress]], None] = lambda _: None,
        on_trouble: Callable[[Sequence[str]], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._cluster = cluster
        self._profile = profile
        self._owner = owner
        self._pace = pace
        self._listeners = listeners
        self._on_progress = on_progress
        self._on_trouble = on_trouble
        self._trouble: Sequence[str] = ()
        self._clock = clock
        self._running: dict[str, Lease] = {}
        self._next_look = 0.0
        self._next_beat = 0.0
        self._next_take_back = 0.0
        self._next_claim = 0.0

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set, or until idle where the pace says so.

        Takes in flight at the end return to waiting. Raises `FarmError` on a fatal fault, after the
        same clean end.
        """
        try:
            while not stop.is_set():
                self.tick()
                if self._pace.until_idle and self._idle():
                    return
                if not self._running:
                    stop.wait(IDLE_POLL)
        finally:
            self._wind_down()

    def tick(self) -> None:
        """One round of the loop. Workers that are free get their next take before answers are
        settled: the database's fsyncs then cost no worker any time."""
        now = self._clock()
        if now >= self._next_take_back:
            self._announce(leases.take_back(self._store))
            self._next_take_back = now + self._pace.beat_seconds
        reports = self._cluster.collect(BUSY_POLL if self._running else 0.0)
        if reports:
            self._next_claim = 0.0
        self._claim(now)
        for report in reports:
            self._settle(report)
            self._next_claim = 0.0
        if reports:
            self._claim(now)
        self._beat(now)
        self._look_after_workers()

    def _look_after_workers(self) -> None:
        trouble = tuple(self._cluster.trouble())
        if trouble != self._trouble:
            self._trouble = trouble
            self._on_trouble(trouble)

    def _claim(self, now: float) -> None:
        free = self._cluster.free()
        if not free or now < self._next_claim:
            return
        claimed, events = leases.claim(
            self._store, self._owner, self._profile.name, free, self._pace.lease_seconds
        )
        if len(claimed) < len(free):
            self._next_claim = now + IDLE_POLL
        for lease in claimed:
            self._running[lease.key] = lease
            order = TakeOrder(recipe=lease.recipe, clip=lease.clip, title=lease.title)
            self._cluster.send(lease.worker, lease.key, order, self._pace.lease_seconds)
        self._announce(events)

    def _settle(self, report: Report) -> None:
        lease = self._running.pop(report.key)
        match report.outcome:
            case Made(result):
                _, events = settle.made(self._store, lease, result, self._decide)
            case Rejected(code, sentence):
                events = self._fault(lease, FailureClass.SHOT, f"{code}: {sentence}")
            case Faulted(cause, sentence):
                events = self._fault(lease, FailureClass(cause), sentence)
                if cause is Cause.FATAL:
                    self._announce(events)
                    raise FarmError(f"the run stops: {sentence}")
            case Stopped(reason):
                events = leases.release(self._store, lease, reason)
        self._announce(events)

    def _fault(self, lease: Lease, failure: FailureClass, reason: str) -> list[Event]:
        return settle.fault(self._store, lease, failure, reason, self._pace.policy)

    def _decide(self, history: History) -> Decision:
        return decide(history, self._profile)

    def _beat(self, now: float) -> None:
        if now < min(self._next_look, self._next_beat):
            return
        self._next_look = now + LOOK_EVERY
        positions = self._cluster.progress() if self._running else {}
        self._on_progress(positions)
        if now < self._next_beat or not self._running:
            return
        self._next_beat = now + self._pace.beat_seconds
        steps = {
            lease: positions[key].step if key in positions else 0
            for key, lease in self._running.items()
        }
        held, lost = leases.beat(self._store, steps, self._pace.lease_seconds)
        self._cluster.extend([lease.key for lease in held], self._pace.lease_seconds)
        for lease in lost:
            self._cluster.stop(lease.key)

    def _idle(self) -> bool:
        return not self._running and not views.unfinished(self._store, self._profile.name)

    def _wind_down(self) -> None:
        """Asks the takes in flight to end, settles what still comes in, and returns the rest."""
        for key in self._running:
            self._cluster.stop(key)
        deadline = self._clock() + self._pace.beat_seconds
        while self._running and self._clock() < deadline:
            for report in self._cluster.collect(BUSY_POLL):
                if isinstance(report.outcome, Faulted):
                    continue
                self._settle(report)
        for lease in self._running.values():
            self._announce(leases.release(self._store, lease, "the run was stopped"))
        self._running.clear()

    def _announce(self, events: Sequence[Event]) -> None:
        for event in events:
            for listener in self._listeners:
                listener(event)


def decide(history: History, profile: Profile) -> Decision:
    """What follows the latest take of a shot: accepted, the next rung, or a person. Pure."""
    latest = history.takes[-1]
    if latest.verdict is Verdict.ACCEPTED:
        why = f"take {latest.number} matches {latest.score:.2f}"
        return Decision(review=ReviewStatus.ACCEPTED, why=why, selected=latest.number)
    step = climb(history.takes, profile, must_keep=history.must_keep, alternates=history.alternates)
    if step is not None:
        step = _with_negations_moved(step, history)
        return Decision(review=ReviewStatus.PENDING, why=step.why, step=step)
    top = best(history.takes) or latest
    return Decision(
        review=ReviewStatus.NEEDS_REVIEW, why=_for_a_person(latest, top), selected=top.number
    )


def _with_negations_moved(step: Step, history: History) -> Step:
    prompts = [take.recipe.prompt for take in history.takes]
    recipe = with_negations_moved(step.recipe, prompts, history.must_keep)
    return replace(step, recipe=recipe, changes=differences(history.takes[-1].recipe, recipe))


def _for_a_person(latest: TakeFacts, top: TakeFacts) -> str:
    if latest.verdict is Verdict.UNSCORED:
        return f"the scorer could not judge take {latest.number}; a person must"
    if latest.unsure and latest.zones:
        lines = f"{latest.zones.retake:.2f} and {latest.zones.accept:.2f}"
        return (
            f"match {latest.score:.2f} of take {latest.number} lies between {lines}, where the score "
            "cannot tell; a person must"
        )
    shown = "no match" if top.score is None else f"match {top.score:.2f}"
    verdict = top.verdict.replace("_", " ") if top.verdict else "no verdict"
    return f"the ladder is at its end; the best is take {top.number}: {verdict}, {shown}"
