"""Takes that are rendered on a cluster without a database: sent, kept alive, tried again, and told."""

import threading
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from farm.cluster.outcome import Declined, Ended, Faulted, Lost, Made, Rejected, Stopped
from farm.cluster.protocol import Cluster, Progress, Report
from farm.domain.lifecycle import FailureClass
from farm.domain.placement import Guest, Seat, seat
from farm.domain.retry import GiveUp, Met, after_fault
from farm.errors import FarmError
from farm.scheduler.disk_space import DiskSpace
from farm.scheduler.pace import BUSY_POLL, IDLE_POLL, LOOK_EVERY, Pace, Timer
from farm.scheduler.stalls import Movement, UsualTimes, why_stalled
from farm.scheduler.trouble import Trouble
from pipeline.errors import Cause
from pipeline.recipe import Recipe, TakeOrder
from pipeline.result import TakeResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A take that is to be made."""

    title: str
    """As people know it."""
    recipe: Recipe
    clip: Callable[[int], str]
    """Where the clip of each attempt goes, by its number from 1; no two are the same."""

    def order(self, attempt: int) -> TakeOrder:
        """What a worker is asked for: the take, whatever the still and the prompt look like together."""
        return TakeOrder(
            recipe=self.recipe, clip=self.clip(attempt), title=self.title, no_decline=True
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearers:
    """Who hears what becomes of the takes."""

    on_made: Callable[[Wanted, TakeResult], None]
    on_left_out: Callable[[Wanted, str], None]
    """Told, in a sentence, of a take that no machine can make."""
    on_progress: Callable[[Mapping[str, Progress]], None] = lambda _: None
    on_trouble: Callable[[Sequence[str]], None] = lambda _: None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Try:
    """A take on its way."""

    number: int
    wanted: Wanted
    attempt: int = 1
    met: Met = field(default_factory=Met)
    failed_on: frozenset[Seat] = frozenset()
    due: float = 0.0

    @property
    def key(self) -> str:
        return f"{self.number}.{self.attempt}"


class Batch:
    """The takes of one cluster's profile, until each is made or left out. Used once."""

    def __init__(
        self,
        cluster: Cluster,
        pace: Pace,
        disk_space: DiskSpace,
        hearers: Hearers,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cluster = cluster
        self._pace = pace
        self._disk_space = disk_space
        self._hearers = hearers
        self._clock = clock
        self._waiting: list[_Try] = []
        self._running: dict[str, tuple[_Try, Seat]] = {}
        self._movements: dict[str, Movement] = {}
        self._usual = UsualTimes()
        self._trouble = Trouble(hearers.on_trouble)
        self._extensions = Timer(pace.beat_seconds)
        self._looks = Timer(LOOK_EVERY)

    def render(self, wanted: Sequence[Wanted], stop: threading.Event) -> bool:
        """Whether all of them were made or left out; False once `stop` is set.

        Raises `FarmError` where the farm is set up wrongly, and for a take that failed too often; what
        else was made by then has been told.
        """
        self._waiting = [_Try(number=number, wanted=each) for number, each in enumerate(wanted)]
        try:
            while self._waiting or self._running:
                if stop.is_set():
                    return False
                self._turn()
                if not self._running:
                    stop.wait(IDLE_POLL)
        finally:
            self._wind_down()
        return True

    def _turn(self) -> None:
        self._hear_all(self._cluster.collect(BUSY_POLL if self._running else 0.0))
        now = self._clock()
        self._look(now)
        self._send(now)
        if self._running and self._extensions.due(now):
            self._extensions.restart(now)
            self._cluster.extend([*self._running], self._pace.lease_seconds)

    def _send(self, now: float) -> None:
        """Gives the free workers what is due; what failed on one goes to another, where there is one."""
        due = {each.number: each for each in self._waiting if each.due <= now}
        self._cluster.demand(len(due))
        free = self._cluster.free() if due else []
        if not free or self._disk_space.trouble(now):
            return
        nodes = self._cluster.nodes()
        guests = [Guest(number, each.failed_on) for number, each in due.items()]
        everyone = [Seat(name, node) for name, node in nodes.items()]
        for number, place in seat(
            guests, [Seat(name, nodes.get(name, "")) for name in free], everyone
        ):
            each = due[number]
            self._waiting.remove(each)
            self._running[each.key] = each, place
            order = each.wanted.order(each.attempt)
            self._cluster.send(place.worker, each.key, order, self._pace.lease_seconds)

    def _hear_all(self, reports: Sequence[Report]) -> None:
        """Every answer, though one of them ends it all: the others were paid for."""
        first: FarmError | None = None
        for report in reports:
            try:
                self._hear(report)
            except FarmError as error:
                first = first or error
        if first:
            raise first

    def _hear(self, report: Report) -> None:
        """What becomes of an attempt that was answered."""
        if report.key not in self._running:
            return
        each, place = self._running.pop(report.key)
        wanted = each.wanted
        match report.outcome:
            case Made(result):
                self._usual.learn(_kind(wanted.recipe), result.seconds, wanted.recipe.all_steps)
                self._hearers.on_made(wanted, result)
            case Rejected(_, sentence):
                self._hearers.on_left_out(wanted, f"{wanted.title}: {sentence}")
            case Declined(refusal):
                self._hearers.on_left_out(wanted, f"{wanted.title}: {refusal.misses[0].message}")
            case Ended(ended):
                self._hearers.on_left_out(wanted, f"{wanted.title}: {ended.reason}")
            case Faulted(Cause.FATAL, sentence):
                raise FarmError(f"{wanted.title}: {sentence}")
            case Faulted(cause, sentence):
                if cause is Cause.CAPACITY:
                    self._disk_space.doubt()
                self._waiting.append(self._again(each, place, FailureClass(cause), sentence))
            case Lost() | Stopped():
                self._waiting.append(replace(each, attempt=each.attempt + 1))

    def _again(self, each: _Try, place: Seat, failure: FailureClass, why: str) -> _Try:
        """The next attempt of a take that failed. Raises `FarmError` where there is none."""
        then = after_fault(failure, each.met, place.worker, why, self._pace.policy)
        if isinstance(then, GiveUp):
            raise FarmError(f"{each.wanted.title} cannot be made: {then.reason}")
        met, failed_on = each.met, each.failed_on
        if then.counts:
            met = replace(met, faults=met.faults + 1, workers=met.workers | {place.worker})
            failed_on |= {place}
        else:
            met = replace(met, waits=met.waits + 1)
        return replace(
            each,
            attempt=each.attempt + 1,
            met=met,
            failed_on=failed_on,
            due=self._clock() + then.delay,
        )

    def _look(self, now: float) -> None:
        """Asks the workers where they are; a render that has stalled is given up."""
        if not self._looks.due(now):
            return
        self._looks.restart(now)
        self._cluster.avoid(set(self._cluster.leaving()))
        positions = self._cluster.progress() if self._running else {}
        self._hearers.on_progress(positions)
        for key, why in self._stalled(positions, now).items():
            self._cluster.replace(key)
            self._hear(Report(self._running[key][1].worker, key, Faulted(Cause.MACHINE, why)))
        full = self._disk_space.trouble(now)
        self._trouble.is_now([*self._cluster.trouble(), *([full] if full else [])])

    def _stalled(self, positions: Mapping[str, Progress], now: float) -> dict[str, str]:
        for key in self._movements.keys() - self._running.keys():
            del self._movements[key]
        found: dict[str, str] = {}
        for key, (each, _) in self._running.items():
            movement = self._movements.setdefault(key, Movement(started=now, moved=now))
            if at := positions.get(key):
                movement.seen(at.stage, at.step, at.steps, now)
            usual = self._usual.seconds(_kind(each.wanted.recipe), movement)
            if why := why_stalled(movement, now, usual, self._pace.stalls):
                found[key] = why
        return found

    def _wind_down(self) -> None:
        """Asks what still renders to end; what is made all the same is told, since it is paid for."""
        for key in self._running:
            self._cluster.stop(key)
        deadline = self._clock() + self._pace.beat_seconds
        while self._running and self._clock() < deadline:
            for report in self._cluster.collect(BUSY_POLL):
                each, _ = self._running.pop(report.key, (None, None))
                if each and isinstance(report.outcome, Made):
                    self._hearers.on_made(each.wanted, report.outcome.result)


def _kind(recipe: Recipe) -> Hashable:
    """Takes of one kind last about as long as each other."""
    return recipe.width, recipe.height, recipe.frames
