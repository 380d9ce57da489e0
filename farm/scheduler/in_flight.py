"""What is out with the workers of one run, and what they answered: told to the database in order.

While the database is away the answers wait; finished takes are kept in the outbox meanwhile.
"""

from collections import deque
from collections.abc import Callable, Sequence

from farm.cluster.outcome import Declined, Ended, Faulted, Lost, Made, Rejected, Stopped
from farm.cluster.protocol import Report
from farm.domain.decision import Decision, History
from farm.domain.events import Event
from farm.domain.evidence import NONE, Evidence
from farm.domain.gate import decide
from farm.domain.lease import Lease
from farm.domain.lifecycle import FailureClass
from farm.scheduler.outbox import Outbox
from farm.scheduler.run import Run
from farm.store import Store
from farm.store.queue import faults, leases, settle
from farm.store.queue.settle import Answer
from pipeline.result import TakeResult

MOST_TOGETHER = 100
"""Finished takes that are told in one transaction, so that it stays short after an outage."""

Announce = Callable[[Sequence[Event]], None]


class InFlight:
    """One scheduler's leases and answers. What needs the database raises `StoreError`."""

    def __init__(self, run: Run, store: Store, outbox: Outbox, announce: Announce) -> None:
        self._leases: dict[str, Lease] = {}
        """Every lease that the database has not been told the end of, by key."""
        self._answers: deque[Report] = deque()
        """What the database does not know yet, the oldest first."""
        self._store = store
        self._first = run.profiles[0]
        self._profiles = {each.name: each for each in run.profiles}
        self._policy = run.pace.policy
        self._outbox = outbox
        self._announce = announce

    def begin(self, lease: Lease) -> None:
        """A worker gets the take of this lease."""
        self._leases[lease.key] = lease

    @property
    def empty(self) -> bool:
        """Whether the database was told the end of every lease."""
        return not self._leases

    @property
    def keys(self) -> list[str]:
        """The keys of the leases that the database has not been told the end of."""
        return list(self._leases)

    @property
    def leases(self) -> list[Lease]:
        """The leases that the database has not been told the end of."""
        return list(self._leases.values())

    def note(self, reports: Sequence[Report]) -> None:
        """The workers answered; `settle_next` tells the database."""
        self._answers += reports

    @property
    def unsettled(self) -> int:
        """How many answers the database does not know yet."""
        return len(self._answers)

    def rendering(self) -> dict[str, Lease]:
        """The leases whose workers have not answered yet."""
        answered = {report.key for report in self._answers}
        return {key: lease for key, lease in self._leases.items() if key not in answered}

    def settle_next(self) -> list[tuple[Lease, Report]]:
        """Tells the database of the oldest answer, and forgets it only then; none for one of no lease.

        Finished takes that wait together are told together: they share a wait for the disk.
        """
        oldest = self._answers[0]
        if oldest.key not in self._leases:
            self._answers.popleft()
            return []
        told = self._made_together()
        if told:
            events = self._settle_made([(lease, result) for lease, _, result in told])
        else:
            events = self._settle(self._leases[oldest.key], oldest)
        settled = [(lease, report) for lease, report, _ in told] or [
            (self._leases[oldest.key], oldest)
        ]
        for _, report in settled:
            self._answers.popleft()
            del self._leases[report.key]
        self._announce(events)
        return settled

    def _made_together(self) -> list[tuple[Lease, Report, TakeResult]]:
        """The oldest answers, as far as they are finished takes, no two of one shot."""
        found: dict[int, tuple[Lease, Report, TakeResult]] = {}
        for report in self._answers:
            lease = self._leases.get(report.key)
            if lease is None or not isinstance(report.outcome, Made):
                break
            if lease.shot.id in found or len(found) == MOST_TOGETHER:
                break
            found[lease.shot.id] = lease, report, report.outcome.result
        return list(found.values())

    def _settle_made(self, answers: Sequence[Answer]) -> list[Event]:
        _, events = settle.made_all(self._store, answers, self._decide)
        for lease, _ in answers:
            self._outbox.drop(lease)
        return events

    def _settle(self, lease: Lease, report: Report) -> list[Event]:
        match report.outcome:
            case Made(result):
                return self._settle_made([(lease, result)])
            case Declined(refusal):
                _, events = settle.declined(self._store, lease, refusal, self._decide)
                return events
            case Ended(ended):
                _, events = settle.ended_early(self._store, lease, ended, self._decide)
                return events
            case Rejected(code, sentence):
                return self._fault(lease, FailureClass.SHOT, f"{code}: {sentence}")
            case Faulted(cause, sentence, evidence):
                return self._fault(lease, FailureClass(cause), sentence, evidence)
            case Lost(reason):
                return leases.lose(self._store, lease, reason)
            case Stopped(reason):
                return leases.release(self._store, lease, reason)

    def _fault(
        self, lease: Lease, failure: FailureClass, reason: str, evidence: Evidence = NONE
    ) -> list[Event]:
        return faults.fault(self._store, lease, failure, reason, self._policy, evidence)

    def _decide(self, history: History) -> Decision:
        """By the profile of the take that is judged: the newest of those that count."""
        name = history.takes[-1].recipe.profile if history.takes else ""
        return decide(history, self._profiles.get(name, self._first))

    def settle_kept(self) -> None:
        """Settles what runs that are no more could not tell the database, as far as it is this one."""
        for lease, result in self._outbox.waiting():
            mine = lease.key in self._leases
            if mine or lease.recipe.profile not in self._profiles:
                continue
            if settle.is_attempt(self._store, lease):
                self._announce(self._settle_made([(lease, result)]))

    def keep_safe(self) -> str | None:
        """Brings the finished takes that wait to where they outlast this run; a remark where it cannot."""
        remark: str | None = None
        for report in self._answers:
            lease = self._leases.get(report.key)
            if lease is None or not isinstance(report.outcome, Made):
                continue
            try:
                self._outbox.keep(lease, report.outcome.result)
            except OSError as error:
                place = self._outbox.folder
                remark = f"{place} cannot be written ({error.strerror}), so they wait in memory"
        return remark

    def close(self) -> None:
        """Settles what was answered and returns the rest.

        What failed only now may have failed of the end itself: it is returned like the rest.
        """
        self._answers = deque(
            each for each in self._answers if not isinstance(each.outcome, Faulted)
        )
        while self._answers:
            self.settle_next()
        for lease in self._leases.values():
            self._announce(leases.release(self._store, lease, "the run was stopped"))
        self._leases.clear()
