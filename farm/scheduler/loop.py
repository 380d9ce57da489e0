"""The loop: take back the lost, claim, send, collect, settle, announce."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from farm.cluster.outcome import Faulted, Made
from farm.cluster.protocol import Cluster, Progress, Report
from farm.domain.events import Event, Listener
from farm.domain.fair_share import FairShare
from farm.domain.lease import Lease
from farm.domain.retry import RetryPolicy
from farm.errors import FarmError, SchemaError, StoreError
from farm.scheduler.disk_space import Room
from farm.scheduler.fleet import Ward
from farm.scheduler.in_flight import Books
from farm.scheduler.skewed_leases import DistantLeases
from farm.scheduler.stalls import Patience
from farm.scheduler.sweep import Sweeper
from farm.store import Store, session, workers
from farm.store.queries import overview
from farm.store.queue import claims, leases
from pipeline.errors import Cause
from pipeline.profiles.profile import Profile

_log = logging.getLogger(__name__)

IDLE_POLL = 0.5
"""Seconds between looks at an empty queue."""
LOOK_EVERY = 0.5
"""Seconds between two questions to the workers where they are."""
BUSY_POLL = 0.25
"""Seconds to wait for an answer before looking around again."""
HANGS = "the run waits for its database or for Ray, and neither answers nor fails; renders go on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a run behaves in time."""

    lease_seconds: float = 60.0
    beat_seconds: float = 5.0
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    patience: Patience = field(default_factory=Patience)
    sick_after: int = 3
    """Different takes that a worker may fail in a row before it is taken out."""
    sick_seconds: float = 3600.0
    """After this long a worker that was taken out is tried again."""
    until_idle: bool = False
    """End when nothing of the profile waits or runs any more, whoever runs it."""


class Scheduler:
    """Drives one cluster with one profile's takes. One per process; several may share a database.

    While the database is away the renders go on; what they make is settled when it is back.
    """

    def __init__(
        self,
        store: Store,
        cluster: Cluster,
        profile: Profile,
        owner: str,
        pace: Pace,
        media: Path,
        *,
        least_room: int = 0,
        among: Collection[int] | None = None,
        listeners: Sequence[Listener] = (),
        on_progress: Callable[[Mapping[str, Progress]], None] = lambda _: None,
        on_trouble: Callable[[Sequence[str]], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`least_room` bytes must be free under the media root for a take to be handed out.

        `among` are the keys of the productions whose takes are claimed and waited for; None serves
        all. What was lost, and what dead runs left behind, is taken back and settled whose it may be.
        """
        self._store = store
        self._cluster = cluster
        self._profile = profile
        self._owner = owner
        self._pace = pace
        self._media = media
        self._among = among
        self._listeners = listeners
        self._on_progress = on_progress
        self._on_trouble = on_trouble
        self._clock = clock
        self._ward = Ward(
            cluster,
            owner,
            pace.patience,
            sick_after=pace.sick_after,
            sick_seconds=pace.sick_seconds,
        )
        self._books = Books(store, profile, pace.policy, media, self._announce)
        self._room = Room(media, least_room)
        self._share = FairShare()
        self._distant = DistantLeases(pace.lease_seconds)
        self._positions: Mapping[str, Progress] = {}
        self._trouble: Sequence[str] = ()
        self._next_look = self._next_beat = self._next_extend = 0.0
        self._next_take_back = self._next_claim = self._next_report = 0.0
        self._last_turn = 0.0
        self._plenty = False
        """Whether the last claim had a take for every worker."""
        self._may_write = True
        """False once the database has a schema that this farm does not know."""

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set, or until idle where the pace says so.

        Takes in flight at the end return to waiting. Raises `FarmError` on a fatal fault, after the
        same clean end, and where the run ends while the database is away.
        """
        self._ward.learn(self._store, self._profile.name)
        ended = threading.Event()
        threading.Thread(target=self._keep, args=(ended,), name="keeper", daemon=True).start()
        try:
            self._books.settle_kept()
            self._tidy()
            while not stop.is_set():
                self.tick()
                if self._pace.until_idle and self._idle():
                    return
                if not self._books.running:
                    stop.wait(IDLE_POLL)
        finally:
            ended.set()
            self._wind_down()
        if self._books.outage.away:
            raise StoreError(
                "the run ended without its database; what it finished is kept in "
                f"{self._books.spool.folder} and settled by the next run"
            )

    def _tidy(self) -> None:
        """The safe part of `farm sweep`: what a run that was killed left behind."""
        try:
            for find in Sweeper(store=self._store, media=self._media).safe_part():
                _log.info("swept: %s", find.sentence)
        except OSError as error:
            _log.warning("the media folder could not be swept: %s", error)

    def tick(self) -> None:
        """One round of the loop."""
        now = self._last_turn = self._clock()
        reports = self._cluster.collect(BUSY_POLL if self._books.running else 0.0)
        self._books.note(reports)
        if any(_found_no_room(report) for report in reports):
            self._room.doubt()
        outage = self._books.outage
        if outage.may_ask(now):
            try:
                self._turn(now)
            except SchemaError:
                self._may_write = False
                raise
            except StoreError as error:
                outage.begin(str(error), now)
        if outage.away:
            self._wait_out(now)
        self._look(now)
        self._tell_trouble(now)
        if sentence := self._ward.nobody_is_left():
            raise FarmError(sentence)

    def _turn(self, now: float) -> None:
        """What needs the database. Workers that are free get their next take before answers are
        settled: the database's fsyncs then cost no worker any time."""
        if self._books.outage.away:
            self._come_back(now)
        if now >= self._next_report:
            self._next_report = now + self._pace.beat_seconds
            session.still_known(self._store)
            self._announce(self._ward.report(self._store, now, self._pace.lease_seconds))
        if now >= self._next_take_back:
            self._take_back(now)
        news = bool(self._books.waiting)
        if news:
            self._next_claim = 0.0
        self._claim(now)
        while self._books.waiting:
            for settled in self._books.settle_next():
                self._weigh(*settled, now)
        if news and not self._plenty:  # what was settled may have ordered more
            self._next_claim = 0.0
            self._claim(now)
        self._beat(now)

    def _take_back(self, now: float) -> None:
        self._next_take_back = now + self._pace.beat_seconds
        ends = leases.distant(self._store, self._distant.seconds)
        self._announce(leases.take_back(self._store, self._distant.over(ends, now)))
        claims.shorten_back_offs(self._store)

    def _claim(self, now: float) -> None:
        free = self._ward.free() if now >= self._next_claim else []
        if not free or self._room.trouble(now):
            return
        claimed, events = claims.claim(
            self._store,
            self._owner,
            self._profile.name,
            free,
            self._pace.lease_seconds,
            everyone=self._ward.everyone(),
            share=self._share,
            among=self._among,
        )
        self._plenty = len(claimed) == len(free)
        if not self._plenty:
            self._next_claim = now + IDLE_POLL
        for lease in claimed:
            self._books.running[lease.key] = lease
            order = lease.order()
            self._cluster.send(lease.worker, lease.key, order, self._pace.lease_seconds)
        self._announce(events)

    def _weigh(self, lease: Lease, report: Report, now: float) -> None:
        """What an answer says of its worker and of the farm."""
        match report.outcome:
            case Made(result):
                self._ward.made(lease, result)
            case Faulted(Cause.FATAL, sentence):
                raise FarmError(f"the run stops: {sentence}")
            case Faulted(Cause.CAPACITY) if self._room.trouble(now):
                pass
            case Faulted(_, sentence) if self._ward.failed(lease, sentence, now):
                self._next_report = 0.0
            case _:
                pass

    def _beat(self, now: float) -> None:
        if now < self._next_beat or not self._books.running:
            return
        self._next_beat = now + self._pace.beat_seconds
        steps = {
            lease: self._positions[key].step if key in self._positions else 0
            for key, lease in self._books.running.items()
        }
        held, lost = leases.beat(self._store, steps, self._pace.lease_seconds)
        self._cluster.extend([lease.key for lease in held], self._pace.lease_seconds)
        for lease in lost:
            self._cluster.stop(lease.key)

    def _look(self, now: float) -> None:
        """Asks the workers where they are; what is stuck is given up. The queue is looked at anew."""
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        self._share.forget()  # others may have come, or be more urgent now
        self._positions = self._cluster.progress() if self._books.running else {}
        self._on_progress(self._positions)
        rendering = self._books.rendering()
        for key, why in self._ward.look(rendering, self._positions, now).items():
            self._cluster.replace(key)
            self._books.note([Report(rendering[key].worker, key, Faulted(Cause.MACHINE, why))])

    def _tell_trouble(self, now: float) -> None:
        sentences = [*self._cluster.trouble(), *self._ward.trouble()]
        outage = self._books.outage.sentence(self._books.waiting)
        sentences += [each for each in (self._room.trouble(now), outage) if each]
        if tuple(sentences) != self._trouble:
            self._trouble = tuple(sentences)
            self._on_trouble(self._trouble)

    # While the database is away, and after.

    def _wait_out(self, now: float) -> None:
        """Renders go on, and what they made is brought to safety."""
        self._books.keep_safe()
        if now >= self._next_extend:
            self._next_extend = now + self._pace.beat_seconds
            self._cluster.extend(list(self._books.running), self._pace.lease_seconds)

    def _come_back(self, now: float) -> None:
        """Other runs get a lease's time to come back too, before anything of theirs is taken back."""
        session.still_known(self._store)
        self._books.settle_kept()
        self._books.outage.end()
        self._next_beat = self._next_report = 0.0
        self._next_take_back = now + self._pace.lease_seconds

    def _keep(self, ended: threading.Event) -> None:
        """Extends the renders' leases while the loop hangs in something that neither answers nor fails."""
        while not ended.wait(self._pace.beat_seconds):
            silent = self._clock() - self._last_turn
            if not self._books.running or silent <= 2 * self._pace.beat_seconds:
                continue
            self._cluster.extend(list(self._books.running), self._pace.lease_seconds)
            if HANGS not in self._trouble:
                self._trouble = (*self._trouble, HANGS)
                self._on_trouble(self._trouble)

    # The end.

    def _idle(self) -> bool:
        if self._books.running or self._books.outage.away:
            return False
        try:
            return not overview.unfinished(self._store, self._profile.name, self._among)
        except StoreError:
            return False

    def _wind_down(self) -> None:
        """Asks the takes in flight to end, settles what still comes in, and returns the rest."""
        for key in self._books.running:
            self._cluster.stop(key)
        now = self._clock()
        deadline = now + self._pace.beat_seconds
        while self._books.rendering() and self._clock() < deadline:
            self._books.note(self._cluster.collect(BUSY_POLL))
        try:
            if self._may_write:
                self._books.close()
                workers.leave(self._store, self._owner)
        except StoreError as error:
            self._books.outage.begin(str(error), now)
        self._books.keep_safe()

    def _announce(self, events: Sequence[Event]) -> None:
        for event in events:
            for listener in self._listeners:
                listener(event)


def _found_no_room(report: Report) -> bool:
    return isinstance(report.outcome, Faulted) and report.outcome.cause is Cause.CAPACITY
