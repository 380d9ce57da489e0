"""A run's loop: turn after turn of the same steps, which stand here in the order in which they happen."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from farm.cluster.outcome import Ended, Faulted, Made
from farm.cluster.protocol import Cluster, Progress, Report
from farm.domain.lease import Lease
from farm.errors import FarmError, SchemaError, StoreError
from farm.scheduler.dealing import Dealing
from farm.scheduler.demand import Demand
from farm.scheduler.disk_space import DiskSpace
from farm.scheduler.fleet import Fleet
from farm.scheduler.in_flight import InFlight
from farm.scheduler.keeper import Keeper
from farm.scheduler.outage import Outage
from farm.scheduler.outbox import Outbox
from farm.scheduler.pace import BUSY_POLL, IDLE_POLL, LOOK_EVERY, Timer
from farm.scheduler.run import Listeners, Run
from farm.scheduler.skewed_leases import SkewedLeases
from farm.scheduler.sweep import Sweeper
from farm.scheduler.texts_ahead import TextsAhead
from farm.scheduler.trouble import Trouble
from farm.store import Store, session, workers
from farm.store.queries import queued
from farm.store.queue import claimable, leases
from pipeline.errors import Cause

_log = logging.getLogger(__name__)


class Scheduler:
    """Drives one cluster with the takes of its run. One per process; several may share a database.

    While the database is away the renders go on; what they make is settled when it is back.
    """

    def __init__(
        self,
        run: Run,
        store: Store,
        cluster: Cluster,
        listeners: Listeners | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run = run
        self._pace = pace = run.pace
        self._store = store
        self._cluster = cluster
        self._listeners = listeners or Listeners()
        self._clock = clock
        self._fleet = Fleet(cluster, run.owner, pace)
        self._outbox = Outbox(run.media)
        self._in_flight = InFlight(run, store, self._outbox, self._listeners.announce)
        self._outage = Outage()
        self._disk_space = DiskSpace(run.media, run.least_free)
        self._dealing = Dealing(run, cluster, self._fleet)
        self._demand = Demand(cluster, self._dealing.count, self._disk_space)
        self._skewed = SkewedLeases(pace.lease_seconds)
        self._ahead = {
            each.name: TextsAhead(
                lambda most, name=each.name: queued.texts(store, name, most, run.productions)
            )
            for each in run.profiles
        }
        self._trouble = Trouble(self._listeners.on_trouble)
        self._keeper = Keeper(self._in_flight, cluster, pace, self._trouble, clock)
        self._positions: Mapping[str, Progress] = {}
        self._reports = Timer(pace.beat_seconds)
        self._take_backs = Timer(pace.beat_seconds)
        self._claims = Timer(IDLE_POLL)
        self._beats = Timer(pace.beat_seconds)
        self._extensions = Timer(pace.beat_seconds)
        self._looks = Timer(LOOK_EVERY)
        self._plenty = False
        """Whether the last claim had a take for every worker."""
        self._may_write = True
        """False once the database has a schema that this farm does not know."""

    def run(self, stop: threading.Event) -> None:
        """Works until `stop` is set, or until idle where the pace says so.

        Takes in flight at the end return to waiting. Raises `FarmError` on a fatal fault, after the
        same clean end, and where the run is stopped while the database is away.
        """
        for profile in self._run.profiles:
            self._fleet.learn(self._store, profile.name)
        try:
            with self._keeper:
                self._in_flight.settle_kept()
                self._sweep()
                done = self._turns(stop)
        finally:
            self._wind_down()
        if self._outage.away and not done:
            raise StoreError(
                "the run ended without its database; what it finished is kept in "
                f"{self._outbox.folder} and settled by the next run"
            )

    def _sweep(self) -> None:
        """The safe part of `farm sweep`: what a run that was killed left behind."""
        try:
            for find in Sweeper(store=self._store, media=self._run.media).safe_part():
                _log.info("swept: %s", find.sentence)
        except OSError as error:
            _log.warning("the media folder could not be swept: %s", error)

    def _turns(self, stop: threading.Event) -> bool:
        """Turn after turn; whether there is nothing left to do. False where the run was stopped."""
        while not stop.is_set():
            self.tick()
            if self._pace.until_idle and self.idle():
                return True
            if self._in_flight.empty:
                stop.wait(IDLE_POLL)
        return False

    def tick(self) -> None:
        """One turn. Raises `FarmError` on a fatal fault, and where nobody is left to work."""
        now = self._clock()
        self._keeper.turned(now)
        self._collect()
        if self._outage.may_ask(now):
            self._ask_database(now)
        if self._outage.away:
            self._wait_out(now)
        self._look(now)
        self._tell_trouble(now)
        if sentence := self._fleet.nobody_is_left():
            raise FarmError(sentence)

    def _ask_database(self, now: float) -> None:
        try:
            self._turn(now)
        except SchemaError:
            self._may_write = False
            raise
        except StoreError as error:
            self._outage.begin(str(error), now)

    def _turn(self, now: float) -> None:
        """What needs the database. Workers that are free get their next take before answers are
        settled: the database's fsyncs then cost no worker any time."""
        if self._outage.away:
            self._come_back(now)
        self._report(now)
        self._take_back(now)
        news = self._in_flight.unsettled > 0
        if news:
            self._claims.at_once()
        self._claim(now)
        self._settle(now)
        if news and not self._plenty:  # what was settled may have ordered more
            self._claims.at_once()
            self._claim(now)
        self._demand.tell(self._store, now)
        self._beat(now)

    # The steps of a turn.

    def _collect(self) -> None:
        """Hears what the workers answer."""
        reports = self._cluster.collect(0.0 if self._in_flight.empty else BUSY_POLL)
        self._in_flight.note(reports)
        if any(_found_disk_full(report) for report in reports):
            self._disk_space.doubt()

    def _come_back(self, now: float) -> None:
        """Other runs get a lease's time to come back too, before anything of theirs is taken back."""
        session.still_known(self._store)
        self._in_flight.settle_kept()
        self._outage.end()
        self._beats.at_once()
        self._reports.at_once()
        self._take_backs.wait(now, self._pace.lease_seconds)

    def _report(self, now: float) -> None:
        """Tells the database of the workers, and hears what it says of their machines."""
        if not self._reports.due(now):
            return
        self._reports.restart(now)
        session.still_known(self._store)
        events = self._fleet.report(self._store, now, self._pace.lease_seconds)
        self._listeners.announce(events)

    def _take_back(self, now: float) -> None:
        """Takes back what was lost, whose it may be."""
        if not self._take_backs.due(now):
            return
        self._take_backs.restart(now)
        ends = leases.far_ahead(self._store, self._skewed.seconds)
        self._listeners.announce(leases.take_back(self._store, self._skewed.over(ends, now)))
        claimable.shorten_back_offs(self._store)

    def _claim(self, now: float) -> None:
        """Leases a take for each worker that is free, and sends it there."""
        free = self._fleet.free() if self._claims.due(now) else []
        if not free or self._disk_space.trouble(now):
            return
        for ahead in self._ahead.values():
            ahead.look(now)
        claimed, events = self._dealing.claim(self._store, free, now)
        self._plenty = len(claimed) == len(free)
        if not self._plenty:
            self._claims.restart(now)
        for lease in claimed:
            self._send(lease)
        self._listeners.announce(events)

    def _send(self, lease: Lease) -> None:
        self._in_flight.begin(lease)
        order = self._ahead[lease.recipe.profile].with_order(lease.order())
        self._cluster.send(lease.worker, lease.key, order, self._pace.lease_seconds)

    def _settle(self, now: float) -> None:
        """Tells the database what the workers answered."""
        while self._in_flight.unsettled:
            for lease, report in self._in_flight.settle_next():
                self._weigh(lease, report, now)

    def _weigh(self, lease: Lease, report: Report, now: float) -> None:
        """What an answer says of its worker and of the farm."""
        match report.outcome:
            case Made(result):
                self._fleet.made(lease, result)
            case Ended():
                self._fleet.worked(lease)
            case Faulted(Cause.FATAL, sentence):
                raise FarmError(f"the run stops: {sentence}")
            case Faulted(Cause.CAPACITY) if self._disk_space.trouble(now):
                pass
            case Faulted(_, sentence) if self._fleet.failed(lease, sentence, now):
                self._reports.at_once()
            case _:
                pass

    def _beat(self, now: float) -> None:
        """Prolongs the leases; a render whose lease is lost is stopped."""
        if self._in_flight.empty or not self._beats.due(now):
            return
        self._beats.restart(now)
        steps = {
            lease: at.step if (at := self._positions.get(lease.key)) else 0
            for lease in self._in_flight.leases
        }
        held, lost = leases.beat(self._store, steps, self._pace.lease_seconds)
        self._cluster.extend([lease.key for lease in held], self._pace.lease_seconds)
        for lease in lost:
            self._cluster.stop(lease.key)

    def _wait_out(self, now: float) -> None:
        """While the database is away renders go on, and what they made is brought to safety."""
        self._keep_safe()
        if self._extensions.due(now):
            self._extensions.restart(now)
            self._cluster.extend(self._in_flight.keys, self._pace.lease_seconds)

    def _look(self, now: float) -> None:
        """Asks the workers where they are; what has stalled is given up. The queue is looked at anew."""
        if not self._looks.due(now):
            return
        self._looks.restart(now)
        self._dealing.forget()  # others may have come, or be more urgent now
        self._positions = {} if self._in_flight.empty else self._cluster.progress()
        self._listeners.on_progress(self._positions)
        rendering = self._in_flight.rendering()
        for key, why in self._fleet.stalled(rendering, self._positions, now).items():
            self._cluster.replace(key)
            self._in_flight.note([Report(rendering[key].worker, key, Faulted(Cause.MACHINE, why))])

    def _tell_trouble(self, now: float) -> None:
        """People hear what is wrong."""
        sentences = [*self._cluster.trouble(), *self._fleet.trouble()]
        away = self._outage.sentence(self._in_flight.unsettled)
        sentences += [each for each in (self._disk_space.trouble(now), away) if each]
        self._trouble.is_now(sentences)

    # The end.

    def idle(self) -> bool:
        """Whether nothing that the run serves waits or runs any more, whoever runs it."""
        if self._outage.away or not self._in_flight.empty:
            return False
        try:
            return not self._dealing.unfinished(self._store)
        except StoreError:
            return False

    def _wind_down(self) -> None:
        """Asks the takes in flight to end, settles what still comes in, and returns the rest."""
        for key in self._in_flight.keys:
            self._cluster.stop(key)
        now = self._clock()
        deadline = now + self._pace.beat_seconds
        while self._in_flight.rendering() and self._clock() < deadline:
            self._in_flight.note(self._cluster.collect(BUSY_POLL))
        try:
            if self._may_write:
                self._in_flight.close()
                workers.leave(self._store, self._run.owner)
        except StoreError as error:
            self._outage.begin(str(error), now)
        self._keep_safe()

    def _keep_safe(self) -> None:
        """Brings what is finished to where it outlasts this run, while the database is away."""
        if remark := self._in_flight.keep_safe():
            self._outage.also(remark)


def _found_disk_full(report: Report) -> bool:
    return isinstance(report.outcome, Faulted) and report.outcome.cause is Cause.CAPACITY
