"""How many workers there should be: never more than was said, none that has a take is let go."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.domain.fleet_size import ByDemand, ByRoom, Change, Member, Standing, change

RELEASE = 300.0


def members(*standings: Standing | float) -> list[Member]:
    """`w1`, `w2`, … as they stand; a number is the seconds that one has been idle."""
    return [
        Member(f"w{number}", each)
        if isinstance(each, Standing)
        else Member(f"w{number}", Standing.IDLE, each)
        for number, each in enumerate(standings, start=1)
    ]


PENDING, LOADING, BUSY = Standing.PENDING, Standing.LOADING, Standing.BUSY
OUT, GONE = Standing.OUT, Standing.GONE


def demand(waiting: int, most: int = 4, wave: int = 1) -> ByDemand:
    return ByDemand(most=most, waiting=waiting, wave=wave, idle_release=RELEASE)


@pytest.mark.parametrize(
    ("there", "room", "expected"),
    [
        ([], 2, Change(2)),
        ([BUSY, 9.0], 2, Change()),
        ([BUSY, 9.0], 3, Change(1)),
        ([BUSY, 9999.0], 1, Change()),  # what has its room keeps it
        ([BUSY, PENDING, PENDING, PENDING], 2, Change(0, ("w4", "w3"))),
        ([BUSY, GONE], 1, Change(0, ("w2",))),
        ([BUSY, GONE], 2, Change(1, ("w2",))),
        ([BUSY, OUT], 2, Change()),  # its place is kept
    ],
)
def test_there_is_a_worker_wherever_there_is_room(
    there: list[Standing | float], room: int, expected: Change
) -> None:
    assert change(members(*there), ByRoom(room)) == expected


@pytest.mark.parametrize(
    ("there", "by", "expected"),
    [
        ([], demand(0), Change()),
        ([], demand(2), Change(2)),
        ([], demand(9), Change(4)),
        ([BUSY, BUSY], demand(1), Change(1)),
        ([BUSY, PENDING], demand(1), Change()),
        ([BUSY, LOADING, 5.0], demand(2), Change()),
        ([BUSY, PENDING, PENDING], demand(1), Change(0, ("w3",))),
        ([BUSY, OUT], demand(9, most=3), Change(1)),
        ([], demand(5, wave=4), Change(2)),
        ([BUSY, 300.0, 299.0], demand(0), Change(0, ("w2",))),
        ([300.0, 400.0], demand(1), Change(0, ("w2",))),  # one of the two has a take to come
        ([300.0, LOADING, PENDING], demand(1), Change(0, ("w3", "w1"))),
        ([GONE, BUSY], demand(1), Change(1, ("w1",))),
        ([300.0], ByDemand(most=1, waiting=0), Change()),
    ],
)
def test_there_are_workers_for_the_takes_that_wait(
    there: list[Standing | float], by: ByDemand, expected: Change
) -> None:
    assert change(members(*there), by) == expected


FLEETS = st.lists(
    st.one_of(st.sampled_from([PENDING, LOADING, BUSY, OUT, GONE]), st.floats(0, 2 * RELEASE)),
    max_size=12,
).map(lambda each: members(*each))
DEMANDS = st.builds(
    ByDemand,
    most=st.integers(12, 16),
    waiting=st.integers(0, 40),
    wave=st.integers(1, 4),
    idle_release=st.just(RELEASE),
)


@given(FLEETS, st.one_of(DEMANDS, st.builds(ByRoom, st.integers(1, 16))))
def test_nobody_is_let_go_who_has_a_take_or_has_not_been_idle_for_long(
    there: list[Member], by: ByDemand | ByRoom
) -> None:
    found = change(there, by)

    gone = [each for each in there if each.name in found.gone]
    assert len(gone) == len(found.gone), "a name that is none, or one twice"
    for each in gone:
        assert each.standing in (PENDING, GONE) or each.idle_for >= RELEASE


@given(FLEETS, DEMANDS)
def test_there_are_never_more_than_was_said_nor_more_pending_than_takes_wait(
    there: list[Member], by: ByDemand
) -> None:
    found = change(there, by)

    after = [each for each in there if each.name not in found.gone]
    pending = found.more + sum(each.standing is PENDING for each in after)
    assert found.more >= 0
    assert len(after) + found.more <= by.most
    assert pending <= math.ceil(by.waiting / by.wave)
    assert not (found.more and set(found.gone) - {m.name for m in there if m.standing is GONE})


@given(FLEETS, DEMANDS)
def test_what_was_changed_is_left_as_it_is_at_the_next_look(
    there: list[Member], by: ByDemand
) -> None:
    found = change(there, by)

    after = [each for each in there if each.name not in found.gone]
    after += [Member(f"new{number}", PENDING) for number in range(found.more)]
    assert change(after, by) == Change()


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60))
def test_a_worker_that_came_for_a_take_stays_for_as_long_as_was_said(waits: list[int]) -> None:
    """Looks a minute apart; each worker has loaded by the next one and renders nothing."""
    idle_since: dict[str, float] = {}
    made = 0
    for minute, waiting in enumerate(waits):
        now = 60.0 * minute
        there = [Member(name, Standing.IDLE, now - since) for name, since in idle_since.items()]
        found = change(there, demand(waiting))
        for name in found.gone:
            assert now - idle_since.pop(name) >= RELEASE
        for _ in range(found.more):
            made += 1
            idle_since[f"w{made}"] = now
        assert len(idle_since) >= min(waiting, 4)
