"""When what waits will be done: a range, from how long takes last and how many a shot may need. Pure.

The range goes from all accepted at once to all climbing their ladder. Where enough productions are known
it is narrower: how many takes shots needed is drawn again from them, a production first and then its
shots, since productions differ more than shots do.
"""

import random
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LEAST_TAKES = 3
"""Finished takes of a profile before anything is said."""
LEAST_PRODUCTIONS = 8
"""Productions from which takes per shot can be drawn: with fewer an interval held the truth far too
seldom (24 % of the times with one, 51 % with three, 83 % with eight)."""
LEAST_SHOTS = 5
"""Finished shots that make a production one of them."""
DRAWS = 80
DRAWN_SHOTS = 30
"""Shots that are drawn for a production; more make its mean no truer."""
INTERVAL = (0.1, 0.9)


@dataclass(frozen=True, slots=True)
class Size:
    """What the seconds of a take depend on."""

    profile: str
    pixels: int
    frames: int
    steps: int

    @property
    def work(self) -> int:
        return self.pixels * self.frames * self.steps


@dataclass(frozen=True, slots=True)
class PastTake:
    """A take that was made."""

    production: str
    shot: int
    size: Size
    seconds: float
    """From its start to its end."""
    takes_of_shot: int | None
    """How many takes its shot needed; None while that is not known."""
    tail: float = 0.0
    """Seconds of it beside which its worker could render another take."""
    render: float | None = None
    """Seconds of its stages before them, without those in which others of a wave computed; None where
    nobody noted them."""

    @property
    def busy(self) -> float:
        """Seconds that it kept its worker from others of its kind."""
        before = self.seconds - self.tail
        return max(before if self.render is None else min(before, self.render), self.tail)


@dataclass(frozen=True, slots=True)
class OpenTake:
    """A take that waits or runs, or so many alike."""

    size: Size
    number: int
    """The take's number in its shot."""
    running: bool = False
    count: float = 1.0


@dataclass(frozen=True, slots=True)
class OpenProduction:
    """What of a production is not done."""

    name: str
    weight: float
    takes: tuple[OpenTake, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Seconds from now; of one worker's time where none is at work."""

    low_seconds: float
    high_seconds: float
    workers: int
    takes_known: int
    """Finished takes that it rests on."""
    chance: float | None = None
    """The share of cases that such a range holds; None where it is the range of all that is possible."""


def forecast(
    open_productions: Sequence[OpenProduction],
    past: Sequence[PastTake],
    workers: int,
    most: Mapping[str, int],
) -> dict[str, Range]:
    """When each production will be done, by name; those of which nothing can be said are left out.

    `most` are the takes that a shot may need, by profile. Productions share the workers by weight; one
    for whose model no worker is there is told by itself, in one worker's time.
    """
    usual = Usual(past)
    rest = [each for each in open_productions if each.takes]
    served = [each for each in rest if _is_served(each, rest)] if workers else []
    alone = [each for each in rest if each not in served]
    found: dict[str, Range] = {}
    for together, hands in ((served, workers), *(([each], 0) for each in alone)):
        if all(
            usual.knows(each.takes) for each in together
        ):  # else nobody knows how long they wait
            found |= _ranges(together, usual, hands, _needed(past), most)
    return found


def _is_served(production: OpenProduction, everything: Sequence[OpenProduction]) -> bool:
    """Whether takes of its models are rendered, where any are: a worker has one model."""
    at_work = {take.size.profile for each in everything for take in each.takes if take.running}
    return not at_work or {take.size.profile for take in production.takes} <= at_work


def _ranges(
    told: Sequence[OpenProduction],
    usual: "Usual",
    workers: int,
    needed: Sequence[Sequence[int]],
    most: Mapping[str, int],
) -> dict[str, Range]:
    drawn = _drawn(told, usual, workers, needed, most)
    if drawn is None:
        low = _finish(told, [_least(each.takes, usual) for each in told], workers)
        high = _finish(told, [_most(each.takes, usual, most) for each in told], workers)
        chance = None
    else:
        low, high = ([_quantile(ends, each) for ends in drawn] for each in INTERVAL)
        chance = INTERVAL[1] - INTERVAL[0]
    return {
        each.name: Range(
            low_seconds=low[number],
            high_seconds=max(low[number], high[number]),
            workers=workers,
            takes_known=usual.known,
            chance=chance,
        )
        for number, each in enumerate(told)
    }


class Usual:
    """How long takes usually last, or keep their worker busy: of the same size, or scaled to it."""

    def __init__(self, past: Iterable[PastTake]) -> None:
        self._by_size: dict[Size, list[PastTake]] = {}
        self._by_profile: dict[str, list[PastTake]] = {}
        for take in past:
            self._by_size.setdefault(take.size, []).append(take)
            self._by_profile.setdefault(take.size.profile, []).append(take)
        self.known = sum(map(len, self._by_size.values()))

    def knows(self, takes: Iterable[OpenTake]) -> bool:
        profiles = {take.size.profile for take in takes}
        return all(len(self._by_profile.get(each, ())) >= LEAST_TAKES for each in profiles)

    def seconds(self, size: Size, *, busy: bool = False) -> float:
        seen = self._by_size.get(size, ())
        if len(seen) >= LEAST_TAKES:
            return statistics.median(take.busy if busy else take.seconds for take in seen)
        seen = self._by_profile[size.profile]
        rates = [(take.busy if busy else take.seconds) / take.size.work for take in seen]
        return statistics.median(rates) * size.work


@dataclass(frozen=True, slots=True)
class _Load:
    """Worker seconds of a production, and of the longest row of takes that cannot go side by side."""

    work: float
    row: float


def _least(takes: Iterable[OpenTake], usual: Usual) -> _Load:
    """All accepted at once; what runs is as good as done."""
    return _load([(each.size, 1, each.count) for each in takes if not each.running], usual)


def _most(takes: Iterable[OpenTake], usual: Usual, most: Mapping[str, int]) -> _Load:
    """All climb to the end of their ladder."""
    return _load([(each.size, _left(each, most), each.count) for each in takes], usual)


def _left(take: OpenTake, most: Mapping[str, int]) -> int:
    return max(1, most.get(take.size.profile, 1) - take.number + 1)


def _load(rows: Sequence[tuple[Size, float, float]], usual: Usual) -> _Load:
    """Of so many shots with so many takes of a size each: size, takes, shots."""
    return _Load(
        sum(usual.seconds(size, busy=True) * takes * shots for size, takes, shots in rows),
        max((usual.seconds(size) * takes for size, takes, _ in rows), default=0.0),
    )


def _finish(
    productions: Sequence[OpenProduction], loads: Sequence[_Load], workers: int
) -> list[float]:
    """When each is done if the workers are shared by weight, and never before its longest row is."""
    room = max(1, workers)
    left = {number: load.work for number, load in enumerate(loads)}
    ends = [load.row for load in loads]
    now = 0.0
    while left:
        weights = sum(productions[number].weight for number in left)
        rate = {number: room * productions[number].weight / weights for number in left}
        step = min(left[number] / rate[number] for number in left)
        now += step
        left = {number: work - step * rate[number] for number, work in left.items()}
        for number in [number for number, work in left.items() if work <= 1e-9 * (1 + now)]:
            ends[number] = max(ends[number], now)
            del left[number]
    return ends


def _needed(past: Iterable[PastTake]) -> list[list[int]]:
    """How many takes the finished shots of each production needed, of those with enough of them."""
    found: dict[str, dict[int, int]] = {}
    for take in past:
        if take.takes_of_shot is not None:
            found.setdefault(take.production, {})[take.shot] = take.takes_of_shot
    return [list(shots.values()) for shots in found.values() if len(shots) >= LEAST_SHOTS]


def _drawn(
    productions: Sequence[OpenProduction],
    usual: Usual,
    workers: int,
    needed: Sequence[Sequence[int]],
    most: Mapping[str, int],
) -> list[list[float]] | None:
    """When each production was done in each draw; None where too few are known to draw from."""
    if len(needed) < LEAST_PRODUCTIONS:
        return None
    chance = random.Random(0)  # noqa: S311 - the same question has the same answer
    ends: list[list[float]] = [[] for _ in productions]
    for _ in range(DRAWS):
        loads = [
            _draw(each.takes, usual, chance.choice(needed), most, chance) for each in productions
        ]
        for row, end in zip(ends, _finish(productions, loads, workers), strict=True):
            row.append(end)
    return ends


def _draw(
    takes: Sequence[OpenTake],
    usual: Usual,
    needed: Sequence[int],
    most: Mapping[str, int],
    chance: random.Random,
) -> _Load:
    """The load if the shots need as many takes as some of a past production did."""
    shots = sum(take.count for take in takes)
    drawn = chance.choices(
        takes, [take.count for take in takes], k=min(DRAWN_SHOTS, round(shots) or 1)
    )
    rows: list[tuple[Size, float, float]] = []
    for take in drawn:
        longer = [each for each in needed if each >= take.number]
        more = (chance.choice(longer) - take.number + 1) if longer else 1
        half = 0.5 if take.running else 0.0  # it is somewhere on its way
        rows.append((take.size, min(more, _left(take, most)) - half, shots / len(drawn)))
    return _load(rows, usual)


def _quantile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def in_words(what: Range) -> str:
    """`done in 4 to 15 min`; where no worker is there, what one would need."""
    low, high = spoken(what.low_seconds), spoken(what.high_seconds)
    if low.split()[-1] == high.split()[-1] and low != high:
        low = low.split()[0]
    span = f"about {high}" if low == high else f"{low} to {high}"
    if not what.workers:
        return f"{span} of one worker's time"
    sure = f" ({what.chance:.0%} of the time)" if what.chance else ""
    return f"done in {span}{sure}"


def spoken(seconds: float) -> str:
    """Seconds as people say them: `40 s`, `12 min`, `5.5 h`, `3 days`."""
    for unit, size, until in (("s", 1, 100), ("min", 60, 100), ("h", 3600, 48)):
        if round(seconds / size) < until:
            number = seconds / size
            return f"{number:.1f} {unit}" if unit == "h" and number < 10 else f"{number:.0f} {unit}"
    return f"{seconds / 86400:.0f} days"
