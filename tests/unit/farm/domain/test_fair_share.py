"""Workers are shared between productions by weight: nobody waits for another's thousands."""

from collections import Counter
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from farm.domain.fair_share import Claimant, FairShare


def claimants(**weights: float) -> dict[int, Claimant]:
    """Productions 1, 2, … with these weights, all equally urgent."""
    return {
        number: Claimant(weight, rank=0) for number, weight in enumerate(weights.values(), start=1)
    }


def dealt(share: FairShare, wanting: Mapping[int, Claimant], turns: int) -> Counter[int]:
    """Turns for productions that are known anew, as at the first claim of a moment."""
    share.learn(wanting)
    return share.deal(turns)


def test_equal_productions_take_turns() -> None:
    assert dealt(FairShare(), claimants(a=1, b=1), 10) == {1: 5, 2: 5}


def test_turns_follow_the_weights() -> None:
    assert dealt(FairShare(), claimants(a=3, b=1), 12) == {1: 9, 2: 3}


def test_one_turn_at_a_time_is_shared_like_many_at_once() -> None:
    share = FairShare()

    given_to = [next(iter(dealt(share, claimants(a=3, b=1), 1))) for _ in range(12)]

    assert (given_to.count(1), given_to.count(2)) == (9, 3)


def test_a_rush_job_gets_through_beside_a_batch_and_the_batch_goes_on() -> None:
    share = FairShare()
    batch = claimants(batch=1)
    for _ in range(500):
        dealt(share, batch, 1)

    both = claimants(batch=1, rush=1)
    turns = [next(iter(dealt(share, both, 1))) for _ in range(8)]

    assert turns.index(2) <= 1, "the rush job waited for more than one take of the batch"
    assert turns.count(1) == 4, "the batch starves"


def test_nobody_saves_up_turns_while_there_is_nothing_to_render() -> None:
    share = FairShare()
    both = claimants(a=1, b=1)
    dealt(share, both, 2)
    dealt(share, {1: both[1]}, 100)

    assert dealt(share, both, 10) == {1: 5, 2: 5}


def test_the_more_urgent_goes_first_where_clocks_are_level() -> None:
    level = {1: Claimant(1, rank=0), 2: Claimant(1, rank=-9)}

    assert dealt(FairShare(), level, 1) == {2: 1}


def test_turns_that_were_of_no_use_are_not_lost() -> None:
    share = FairShare()
    both = claimants(a=1, b=1)
    dealt(share, both, 4)
    share.give_back(1, 2)

    assert dealt(share, both, 2) == {1: 2}


def test_who_has_no_more_gets_no_turn_until_it_is_known_again() -> None:
    share = FairShare()
    both = claimants(a=1, b=1)
    dealt(share, both, 2)
    share.has_no_more(1)

    assert share.deal(4) == {2: 4}
    share.forget()
    assert not share.anybody_wants
    assert set(dealt(share, both, 4)) == {1, 2}


def test_nothing_is_dealt_where_nobody_wants_anything() -> None:
    assert dealt(FairShare(), {}, 5) == {}


weights = st.lists(st.integers(1, 20), min_size=1, max_size=6)


@given(weights=weights, turns=st.integers(1, 400))
def test_everybody_gets_its_share_to_within_one_turn_of_each_other(
    weights: list[int], turns: int
) -> None:
    wanting = {number: Claimant(weight, 0) for number, weight in enumerate(weights)}

    shares = dealt(FairShare(), wanting, turns)

    assert sum(shares.values()) == turns
    for number, weight in enumerate(weights):
        exact = turns * weight / sum(weights)
        assert abs(shares[number] - exact) <= len(weights)
