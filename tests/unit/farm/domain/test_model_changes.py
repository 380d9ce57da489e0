"""Who changes its model: nobody where it does not pay, and somebody before long where takes wait."""

import heapq
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from farm.domain.model_changes import (
    WORTH,
    Change,
    Holder,
    Queue,
    changes,
    for_a_new_worker,
    worth_counting,
)

NONE = Queue(waiting=0, take_seconds=100, load_seconds=60)


def waits(count: int, unheld: float = 0.0) -> Queue:
    return replace(NONE, waiting=count, unheld=unheld)


def free(worker: str, profile: str, *cannot: str) -> Holder:
    return Holder(worker, profile, free=True, cannot=frozenset(cannot))


def busy(worker: str, profile: str) -> Holder:
    return Holder(worker, profile)


def test_a_worker_without_takes_changes_for_those_that_nobody_could_make() -> None:
    assert changes({"full": NONE, "draft": waits(1)}, [free("w1", "full")], since=0) == [
        Change("w1", "full", "draft")
    ]


def test_a_worker_without_takes_stays_where_the_others_are_done_before_it_has_loaded() -> None:
    queues = {"full": NONE, "draft": replace(waits(4), take_seconds=20)}
    others = [busy("w2", "draft")]
    assert changes(queues, [free("w1", "full"), *others]) == [Change("w1", "full", "draft")]
    assert changes(queues, [free("w1", "full"), *others, busy("w3", "draft")]) == []


def test_no_more_change_than_takes_wait_that_nobody_is_ready_for() -> None:
    idle = [free(f"w{number}", "full") for number in range(5)]
    found = changes({"full": NONE, "draft": waits(2)}, idle)
    assert [each.after for each in found] == ["draft", "draft"]
    loads = Holder("w9", "draft", loading=True)
    assert len(changes({"full": NONE, "draft": waits(2)}, [*idle, loads])) == 1


def test_those_that_have_takes_of_their_own_change_until_both_are_done_together() -> None:
    crew = [free(f"w{number}", "full") for number in range(9)] + [busy("w9", "draft")]
    found = changes({"full": waits(100), "draft": waits(100)}, crew)
    assert len(found) == 4
    moved = {each.worker for each in found}
    after = [busy(each.worker, "draft") if each.worker in moved else replace(each) for each in crew]
    assert changes({"full": waits(100), "draft": waits(100)}, after) == []


def test_a_great_fleet_is_dealt_out_as_evenly_as_a_small_one() -> None:
    crew = [free(f"w{number}", "full") for number in range(1000)]
    queues = {"full": waits(2000), "draft": waits(2000)}
    found = changes(queues, crew)
    assert 440 <= len(found) <= 500


def test_a_difference_of_less_than_a_load_moves_nobody() -> None:
    crew = [free("w1", "full"), busy("w2", "full"), busy("w3", "draft"), busy("w4", "draft")]
    assert changes({"full": waits(20), "draft": waits(21)}, crew) == []


def test_what_nobody_holds_waits_until_loads_there_and_back_are_a_tenth_of_the_work() -> None:
    queues = {"full": waits(100), "draft": waits(1)}
    crew = [free("w1", "full"), busy("w2", "full")]
    worth = WORTH * (60 + 60) / 2
    assert changes(queues, crew, since=worth - 1) == []
    assert changes(queues, crew, since=worth) == [Change("w1", "full", "draft", True)]


def test_of_two_that_nobody_holds_the_one_that_has_waited_longer_is_served() -> None:
    queues = {"full": waits(9), "draft": waits(9, unheld=5), "fast": waits(1, unheld=500)}
    assert changes(queues, [free("w1", "full")]) == [Change("w1", "full", "fast", True)]


def test_who_waits_longest_comes_before_those_whose_loads_take_less() -> None:
    slow = replace(waits(1, unheld=3000), load_seconds=90)
    queues = {"full": waits(9), "draft": slow, "fast": waits(9, unheld=2000)}
    soon, late = WORTH * (60 + 60), WORTH * (90 + 60)
    assert changes(queues, [free("w1", "full")], since=soon) == []
    assert changes(queues, [free("w1", "full")], since=late) == [
        Change("w1", "full", "draft", True)
    ]
    queues |= {"draft": replace(slow, unheld=late - 1), "fast": waits(9, unheld=5)}
    assert changes(queues, [free("w1", "full")], since=soon) == [Change("w1", "full", "fast", True)]


def test_who_waits_longest_keeps_others_only_from_the_workers_that_it_could_use() -> None:
    slow = replace(waits(1, unheld=1000), load_seconds=90)
    queues = {"full": waits(9), "draft": slow, "fast": waits(9, unheld=5)}
    crew = [busy("w1", "full"), busy("w2", "full")]
    other = free("w3", "full", "draft")
    assert changes(queues, [*crew, other], since=400) == [Change("w3", "full", "fast", True)]
    assert changes(queues, [*crew, free("w3", "full")], since=400) == []


def test_who_waits_longest_is_served_though_others_break_in_where_it_does_not_fit() -> None:
    """The wait for a worker that is busy is none of theirs."""
    slow = replace(waits(1, unheld=3 * WORTH * (90 + 60) / 2), load_seconds=90)
    queues = {"full": waits(9), "draft": slow, "fast": waits(9, unheld=5)}
    crew = [free("w1", "full"), busy("w2", "full")]
    assert changes(queues, crew, since=1) == [Change("w1", "full", "draft", True)]
    queues |= {"draft": replace(slow, unheld=slow.unheld - 1)}
    assert changes(queues, crew, since=1) == []


def test_the_last_that_holds_a_model_stays_where_another_can_change() -> None:
    queues = {"full": waits(9), "draft": waits(9), "fast": waits(9)}
    crew = [free("w1", "draft"), busy("w2", "full"), busy("w3", "full")]
    assert changes(queues, crew) == []
    assert changes(queues, [crew[0], crew[1]]) == [Change("w1", "draft", "fast", True)]


def test_who_cannot_load_it_does_not_change() -> None:
    queues = {"full": NONE, "draft": waits(3)}
    crew = [free("w1", "full", "draft"), free("w2", "full")]
    assert changes(queues, crew) == [Change("w2", "full", "draft")]


@settings(max_examples=50, deadline=None)
@given(st.integers(2, 500), st.floats(5, 300), st.floats(5, 300))
def test_who_has_nothing_to_do_changes_where_more_waits_than_is_counted(
    workers: int, take: float, load: float
) -> None:
    counted = worth_counting(workers, take, load)
    queue = Queue(waiting=counted, take_seconds=take, load_seconds=load)
    others = [busy(f"w{number}", "draft") for number in range(1, workers)]
    assert changes({"full": NONE, "draft": queue}, [free("w0", "full"), *others])


def test_a_count_has_an_end_whatever_takes_last() -> None:
    assert worth_counting(10_000, 0.0, 60.0) == worth_counting(10_000, 1e-9, 60.0) == 100_000
    assert worth_counting(0, 0.0, 60.0) == worth_counting(8, 100.0, 60.0) == 1000


def test_new_workers_are_dealt_out_by_the_work_that_waits() -> None:
    queues = {"full": waits(30), "draft": waits(10)}
    held = Counter[str]()
    for _ in range(8):
        held[for_a_new_worker(queues, held)] += 1
    assert held == {"full": 6, "draft": 2}
    assert for_a_new_worker({"full": NONE, "draft": NONE}, {}) == "full"


# A fleet played by the clock.

LOOK = 20.0
"""Seconds between two looks at most."""


@dataclass
class Fleet:
    """Workers that make takes of several profiles, one second after the other."""

    queues: dict[str, Queue]
    workers: dict[str, str]
    """The profile that each holds."""
    cannot: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    """The profiles that do not fit on a worker."""
    now: float = 0.0
    waiting: Counter[str] = field(default_factory=Counter[str])
    until: dict[str, float] = field(default_factory=dict[str, float])
    loading: set[str] = field(default_factory=set[str])
    unheld_since: dict[str, float] = field(default_factory=dict[str, float])
    broke_in: float = 0.0
    made: Counter[str] = field(default_factory=Counter[str])
    changed: list[tuple[float, Change]] = field(default_factory=list[tuple[float, Change]])
    longest_unheld: float = 0.0

    def look(self) -> None:
        for worker in [each for each, at in self.until.items() if at <= self.now]:
            del self.until[worker]
            self.made[self.workers[worker]] += worker not in self.loading
            self.loading.discard(worker)
        held = set(self.workers.values())
        for name in self.queues:
            if self.waiting[name] and name not in held:
                since = self.unheld_since.setdefault(name, self.now)
                self.longest_unheld = max(self.longest_unheld, self.now - since)
            else:
                self.unheld_since.pop(name, None)
        queues = {
            name: replace(
                queue,
                waiting=self.waiting[name],
                unheld=self.now - self.unheld_since.get(name, self.now),
            )
            for name, queue in self.queues.items()
        }
        holders = [
            Holder(
                each,
                profile,
                each not in self.until,
                each in self.loading,
                self.cannot.get(each, frozenset()),
            )
            for each, profile in self.workers.items()
        ]
        found = changes(queues, holders, self.now - self.broke_in)
        for change in found:
            if change.broke_in:
                self.broke_in = self.now
            self.workers[change.worker] = change.after
            self.loading.add(change.worker)
            self.until[change.worker] = self.now + self.queues[change.after].load_seconds
            self.changed.append((self.now, change))
        for worker, profile in self.workers.items():
            if worker not in self.until and self.waiting[profile]:
                self.waiting[profile] -= 1
                self.until[worker] = self.now + self.queues[profile].take_seconds

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.look()
            soonest = min(self.until.values(), default=end)
            self.now = min(end, max(self.now + 1, min(soonest, self.now + LOOK)))


seconds = st.floats(min_value=5, max_value=300)
of_a_profile = st.builds(
    Queue, waiting=st.integers(0, 40), take_seconds=seconds, load_seconds=seconds
)
fleets = st.builds(
    lambda each, count: Fleet(
        {f"p{number}": queue for number, queue in enumerate(each)},
        {f"w{number}": "p0" for number in range(count)},
        waiting=Counter({f"p{number}": queue.waiting for number, queue in enumerate(each)}),
    ),
    st.lists(of_a_profile, min_size=2, max_size=4),
    st.integers(1, 6),
)


@settings(max_examples=25, deadline=None)
@given(fleets, st.data())
def test_no_profile_waits_for_good_and_all_that_waits_is_made(
    fleet: Fleet, data: st.DataObject
) -> None:
    """Though each but the first profile may fit on some of the workers alone."""
    for name in [*fleet.queues][1:]:
        too_small = data.draw(
            st.sets(st.sampled_from([*fleet.workers])), label=f"too small for {name}"
        )
        for worker in too_small if len(too_small) < len(fleet.workers) else ():
            fleet.cannot[worker] = fleet.cannot.get(worker, frozenset()) | {name}
    ordered = Counter(fleet.waiting)
    longest_take = max(each.take_seconds for each in fleet.queues.values())
    longest_load = max(each.load_seconds for each in fleet.queues.values())
    turn = 2 * (WORTH * longest_load + longest_take + longest_load + LOOK)
    work = sum(each.work for each in fleet.queues.values())
    fleet.run(2 * work + 2 * len(fleet.queues) * turn)
    assert fleet.made == +ordered
    # A turn for each of the others, and what was under way when the wait began.
    assert fleet.longest_unheld <= (len(fleet.queues) + 1) * turn


@settings(max_examples=25, deadline=None)
@given(fleets)
def test_loads_for_what_nobody_holds_are_a_small_share_of_the_time(fleet: Fleet) -> None:
    """Where there is always something to do of every profile."""
    for name in fleet.queues:
        fleet.waiting[name] = 10**6
    hour = 6_000.0
    fleet.run(hour)
    lost = sum(fleet.queues[each.after].load_seconds for _, each in fleet.changed)
    at_first = len(fleet.workers) * max(each.load_seconds for each in fleet.queues.values())
    assert lost <= hour * len(fleet.workers) / WORTH + 2 * at_first


@settings(max_examples=100, deadline=None)
@given(
    st.lists(of_a_profile, min_size=2, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from("fbl")), min_size=1, max_size=12),
)
def test_nobody_changes_again_at_once(queues: list[Queue], crew: list[tuple[int, str]]) -> None:
    """What was decided stands until something else happens: the changed workers load."""
    named = {f"p{number}": queue for number, queue in enumerate(queues)}
    holders = [
        Holder(f"w{number}", f"p{which % len(queues)}", how == "f", how == "l")
        for number, (which, how) in enumerate(crew)
    ]
    found = changes(named, holders)
    assert len({each.worker for each in found}) == len(found)
    assert all(each.before != each.after for each in found)
    after = {each.worker: each.after for each in found}
    then = [
        Holder(each.worker, after[each.worker], loading=True) if each.worker in after else each
        for each in holders
    ]
    broke_in = any(each.broke_in for each in found)
    assert changes(named, then, 0.0 if broke_in else inf) == []


def test_a_fleet_of_two_kinds_changes_as_often_as_the_work_does() -> None:
    """Four hours of finals with a few drafts every ten minutes."""
    full = replace(NONE, take_seconds=230, load_seconds=60)
    draft = replace(NONE, take_seconds=20, load_seconds=60)
    fleet = Fleet({"full": full, "draft": draft}, {f"w{number}": "full" for number in range(8)})
    fleet.waiting["full"] = 10**6
    orders: list[tuple[float, int]] = [(float(at), 3) for at in range(600, 14_400, 600)]
    heapq.heapify(orders)
    while orders:
        at, count = heapq.heappop(orders)
        fleet.run(at - fleet.now)
        fleet.waiting["draft"] += count
    fleet.run(600)
    assert fleet.made["draft"] == 3 * 23
    assert fleet.longest_unheld <= 240, "a worker is free every half minute"
    assert len(fleet.changed) <= 2 * 23
    same = [pair for pair in pairwise(fleet.changed) if pair[0][1].worker == pair[1][1].worker]
    assert all(later[0] - sooner[0] >= 60 for sooner, later in same)
