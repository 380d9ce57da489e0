"""One chaos from its first shot to its last: faults, then calm, then everything is counted."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from tests.chaos import plan, runs
from tests.chaos.faults import KINDS, Blow, Kind, NotNow
from tests.chaos.studio import Site

CALM_SECONDS = 300.0
"""How long everything may take to finish after the last fault."""
AHEAD = 80
"""Faults of the plan that are tried when the next one finds nothing to strike."""


@dataclass
class Struck:
    """A fault as it happened."""

    kind: str
    at: datetime
    healed: datetime
    """When it was over; for a kill the same moment."""
    renders: int
    """How many it can have cost at most."""


@dataclass
class Diary:
    """What was done to one farm."""

    faults: list[Struck] = field(default_factory=list[Struck])
    impossible: list[str] = field(default_factory=list[str])
    """Kinds that this machine does not allow."""
    endings: list[str] = field(default_factory=list[str])
    """What did not end as it should."""
    seconds: float = 0.0
    """From the first fault to the last."""
    calm: float | None = None
    """Seconds after the last fault in which everything was finished; None where it was not."""


SLOWEST = 2.4
"""Times the seconds that were given, after which a machine that recovers slowly is left alone."""


class Story:
    """Does faults to a farm that runs."""

    def __init__(self, site: Site, seed: int, seconds: float, faults: int) -> None:
        self._site = site
        self._chance = Random(seed)
        self._seconds = seconds
        self._count = faults
        self._lasting: list[tuple[float, Blow, Struck]] = []
        self._made_before = 0
        """Takes made when the last heavy fault struck."""
        self._begun_before = 0
        """Renders begun when the last heavy or costly one struck."""
        self.diary = Diary()

    def tell(self) -> Diary:
        """Everything, in order; the farm has been swept of nothing, and no process of it runs."""
        kinds = [kind for kind in KINDS if self._site.kind in kind.databases]
        possible = [kind for kind in kinds if kind.needs(self._site)]
        self.diary.impossible = [kind.name for kind in kinds if kind not in possible]
        self._site.start()
        begun = time.monotonic()
        try:
            self._strike_all(plan.draw(possible, self._count, self._chance))
        finally:
            self._heal(lambda _: True)
        self.diary.seconds = time.monotonic() - begun
        self._calm_down()
        return self.diary

    def _strike_all(self, due: list[Kind]) -> None:
        begun = time.monotonic()
        gap = self._seconds / self._count
        following = begun
        while due and self._goes_on(begun, now := time.monotonic()):
            self._site.mind()
            self._heal(lambda end, now=now: now >= end)
            if now >= following and self._strike_one(due):
                struck = len(self.diary.faults)
                following = begun + gap * (struck + self._chance.uniform(0, 1))
                _show(f"{struck} of {self._count} faults, {now - begun:.0f} s", struck % 50 == 0)
            time.sleep(0.05)

    def _goes_on(self, begun: float, now: float) -> bool:
        """For as long as was said, and for longer where less than half of the faults has struck."""
        late = now - begun - SLOWEST * self._seconds
        return late < 0 or (2 * len(self.diary.faults) < self._count and late < CALM_SECONDS)

    def _strike_one(self, due: list[Kind]) -> bool:
        """Strikes the first fault of the plan that can, and takes it out."""
        begun, made = self._site.begun(), self._site.made()
        for kind in due[:AHEAD]:
            if kind.heavy and made <= self._made_before:
                continue
            if kind.costly and begun <= self._begun_before:
                continue
            try:
                at = datetime.now(UTC)
                blow = kind.strike(self._site, self._chance)
            except NotNow:
                continue
            if kind.heavy:
                self._made_before = made
            if kind.heavy or kind.costly:
                self._begun_before = begun
            due.remove(kind)
            struck = Struck(kind.name, at, datetime.now(UTC), kind.renders)
            self.diary.faults.append(struck)
            if blow.heal is not None:
                self._site.subjects.add(blow.subject)
                self._lasting.append((time.monotonic() + blow.seconds, blow, struck))
            return True
        return False

    def _heal(self, over: Callable[[float], bool]) -> None:
        for each in [each for each in self._lasting if over(each[0])]:
            self._lasting.remove(each)
            _, blow, struck = each
            assert blow.heal is not None
            blow.heal()
            struck.healed = datetime.now(UTC)
            self._site.subjects.discard(blow.subject)

    def _calm_down(self) -> None:
        """Nothing happens any more: what waits is made, what is broken comes back, runs end in order."""
        site = self._site
        site.orders = False
        begun = time.monotonic()
        while time.monotonic() < begun + CALM_SECONDS:
            site.mind()
            busy = site.desk.busy or site.people_busy  # first: they leave takes behind
            left = site.unfinished()
            calm = time.monotonic() - begun
            done = left == 0 and not busy
            _show(f"calm, {left} takes to finish, {calm:.0f} s", done)
            if done:
                self.diary.calm = calm
                break
            time.sleep(0.3)
        for run in site.runs:
            status = run.stop(120)
            if status != 0:
                self.diary.endings.append(f"{run.name} was asked to end and ended with {status}")
        self.diary.endings += runs.defects(site.folder)


def _show(text: str, milestone: bool) -> None:
    """Where the story is: on one line of a terminal, now and then elsewhere."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text:<60}" + ("\n" if milestone else ""))
    elif milestone:
        sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
