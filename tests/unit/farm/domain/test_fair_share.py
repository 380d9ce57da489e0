"""Workers are shared between productions by weight: nobody waits for another's thousands."""

from hypothesis import given
from hypothesis import strategies as st

from farm.domain.fair_share import Claimant, FairShare


def claimants(**weights: float) -> dict[int, Claimant]:
    """Productions 1, 2, … with these weights, all equally urgent."""
    return {
        number: Claimant(weight, rank=0) for number, weight in enumerate(weights.values(), start=1)
    }


def test_equal_productions_take_turns() -> None:
    assert FairShare().deal(claimants(a=1, b=1), 10) == {1: 5, 2: 5}


def test_turns_follow_the_weights() -> None:
    assert FairShare().deal(claimants(a=3, b=1), 12) == {1: 9, 2: 3}


def test_one_turn_at_a_time_is_shared_like_many_at_once() -> None:
    share = FairShare()

    dealt = [next(iter(share.deal(claimants(a=3, b=1), 1))) for _ in range(12)]

    assert (dealt.count(1), dealt.count(2)) == (9, 3)


def test_a_rush_job_gets_through_beside_a_batch_and_the_batch_goes_on() -> None:
    share = FairShare()
    batch = claimants(batch=1)
    for _ in range(500):
        share.deal(batch, 1)

    both = claimants(batch=1, rush=1)
    turns = [next(iter(share.deal(both, 1))) for _ in range(8)]

    assert turns.index(2) <= 1, "the rush job waited for more than one take of the batch"
    assert turns.count(1) == 4, "the batch starves"


def test_nobody_saves_up_turns_while_there_is_nothing_to_render() -> None:
    share = FairShare()
    both = claimants(a=1, b=1)
    share.deal(both, 2)
    share.deal({1: both[1]}, 100)

    dealt = share.deal(both, 10)

    assert dealt == {1: 5, 2: 5}


def test_the_more_urgent_goes_first_where_clocks_are_level() -> None:
    level = {1: Claimant(1, rank=0), 2: Claimant(1, rank=-9)}

    assert FairShare().deal(level, 1) == {2: 1}


def test_turns_that_were_of_no_use_are_not_lost() -> None:
    share = FairShare()
    both = claimants(a=1, b=1)
    share.deal(both, 4)
    share.give_back(1, both[1], 2)

    assert share.deal(both, 2) == {1: 2}


def test_nothing_is_dealt_where_nobody_wants_anything() -> None:
    assert FairShare().deal({}, 5) == {}


weights = st.lists(st.integers(1, 20), min_size=1, max_size=6)


@given(weights=weights, turns=st.integers(1, 400))
def test_everybody_gets_its_share_to_within_one_turn_of_each_other(
    weights: list[int], turns: int
) -> None:
    wanting = {number: Claimant(weight, 0) for number, weight in enumerate(weights)}

    dealt = FairShare().deal(wanting, turns)

    assert sum(dealt.values()) == turns
    for number, weight in enumerate(weights):
        exact = turns * weight / sum(weights)
        assert abs(dealt[number] - exact) <= len(weights)
