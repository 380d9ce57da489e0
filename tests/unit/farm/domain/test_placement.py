"""A take that failed somewhere goes somewhere else, as long as there is anywhere else."""

from hypothesis import given
from hypothesis import strategies as st

from farm.domain.placement import Guest, Seat, seat

A1, A2, B1 = Seat("w1", "a"), Seat("w2", "a"), Seat("w3", "b")


def test_takes_that_never_failed_sit_where_there_is_room_in_their_order() -> None:
    assert seat([Guest(7), Guest(8), Guest(9)], [A1, B1], [A1, B1]) == [(7, A1), (8, B1)]


def test_a_take_does_not_return_to_the_worker_that_failed_it() -> None:
    failed = Guest(7, frozenset({A1}))

    assert seat([failed], [A1, A2], [A1, A2]) == [(7, A2)]


def test_another_machine_is_better_than_another_worker_of_the_same() -> None:
    failed = Guest(7, frozenset({A1}))

    assert seat([failed], [A1, A2, B1], [A1, A2, B1]) == [(7, B1)]


def test_a_take_waits_for_a_busy_worker_rather_than_fail_again_where_it_did() -> None:
    failed = Guest(7, frozenset({A1}))

    assert seat([failed, Guest(8)], [A1], [A1, B1]) == [(8, A1)]


def test_a_take_that_failed_everywhere_sits_anywhere() -> None:
    failed = Guest(7, frozenset({A1, B1}))

    assert seat([failed], [A1], [A1, B1]) == [(7, A1)]


def test_one_worker_alone_gets_its_own_failures_again() -> None:
    assert seat([Guest(7, frozenset({A1}))], [A1], [A1]) == [(7, A1)]


def test_the_one_with_the_fewest_choices_chooses_first() -> None:
    picky = Guest(8, frozenset({A1}))

    assert seat([Guest(7), picky], [A2, A1], [A1, A2]) == [(7, A1), (8, A2)]


seats = st.lists(
    st.builds(Seat, st.sampled_from(["w1", "w2", "w3", "w4"]), st.sampled_from(["a", "b"])),
    unique=True,
    max_size=8,
)
failures = st.lists(seats.map(frozenset), max_size=8)


@given(free=seats, busy=seats, failed_on=failures)
def test_nobody_sits_twice_and_nobody_where_it_failed_while_there_is_another(
    free: list[Seat], busy: list[Seat], failed_on: list[frozenset[Seat]]
) -> None:
    everyone = {*free, *busy}
    guests = [Guest(number, failed) for number, failed in enumerate(failed_on)]

    seated = seat(guests, free, everyone)

    assert len({place for _, place in seated}) == len(seated) <= len(free)
    assert [take for take, _ in seated] == sorted(take for take, _ in seated)
    for take, place in seated:
        assert place in free
        assert place not in failed_on[take] or everyone <= failed_on[take]
