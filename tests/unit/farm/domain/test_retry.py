"""After a fault: which ones count, how long it waits, when it is enough, and who is to blame."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.domain.lifecycle import FailureClass
from farm.domain.retry import Again, GiveUp, Met, RetryPolicy, after_fault

MACHINE, CAPACITY, FATAL, SHOT = (
    FailureClass.MACHINE,
    FailureClass.CAPACITY,
    FailureClass.FATAL,
    FailureClass.SHOT,
)
names = st.frozensets(st.sampled_from(["w1", "w2", "w3", "w4"]))
mets = st.builds(Met, faults=st.integers(0, 40), waits=st.integers(0, 40), workers=names)
jitters = st.floats(0, 1)
policies = st.builds(
    RetryPolicy,
    max_faults=st.integers(1, 40),
    poison_workers=st.integers(2, 6),
    max_waits=st.integers(1, 40),
    backoff=st.floats(0, 1000),
    longest_backoff=st.floats(0, 10_000),
)


@pytest.mark.parametrize(
    ("met", "shortest", "longest"), [(0, 2.5, 5.0), (1, 5.0, 10.0), (2, 10.0, 20.0)]
)
def test_each_machine_fault_doubles_the_wait(met: int, shortest: float, longest: float) -> None:
    policy = RetryPolicy(max_faults=9)

    delays = [
        after_fault(MACHINE, Met(faults=met), "w1", "CUDA error", policy, jitter)
        for jitter in (0, 1)
    ]

    assert delays == [Again(shortest, counts=True), Again(longest, counts=True)]


def test_the_last_fault_that_is_allowed_ends_the_take() -> None:
    policy = RetryPolicy(max_faults=3)

    assert isinstance(after_fault(MACHINE, Met(faults=1), "w1", "CUDA error", policy), Again)
    assert after_fault(MACHINE, Met(faults=2), "w1", "CUDA error", policy) == GiveUp(
        MACHINE, "CUDA error (attempt 3 of 3)"
    )


def test_a_take_that_fails_on_three_workers_is_its_shots_own_fault() -> None:
    met = Met(faults=2, workers=frozenset({"w1", "w2"}))

    answer = after_fault(MACHINE, met, "w3", "the worker died", RetryPolicy())

    assert isinstance(answer, GiveUp)
    assert answer.failure is SHOT
    assert answer.reason == (
        "it failed on 3 different workers, so the shot itself is the likely cause: look at its still "
        "and prompt; the last failure: the worker died"
    )


def test_a_take_that_fails_again_on_the_same_worker_says_nothing_of_its_shot() -> None:
    met = Met(faults=2, workers=frozenset({"w1", "w2"}))

    assert isinstance(after_fault(MACHINE, met, "w2", "the worker died", RetryPolicy()), Again)


def test_a_shot_that_can_never_work_is_given_up_at_once_in_its_own_words() -> None:
    reason = "still.unreadable: sh010.png is no picture"

    assert after_fault(SHOT, Met(), "w1", reason, RetryPolicy()) == GiveUp(SHOT, reason)


def test_a_wait_for_room_costs_nothing_and_grows() -> None:
    first, later = (
        after_fault(CAPACITY, Met(faults=2, waits=waits), "w1", "no room", RetryPolicy(), 1.0)
        for waits in (0, 3)
    )

    assert (first, later) == (Again(5.0, counts=False), Again(40.0, counts=False))


def test_a_take_that_never_finds_room_goes_to_a_person_in_the_end() -> None:
    policy = RetryPolicy(max_waits=4)

    assert isinstance(after_fault(CAPACITY, Met(waits=2), "w1", "no room", policy), Again)
    assert after_fault(CAPACITY, Met(waits=3), "w1", "no room", policy) == GiveUp(
        CAPACITY, "no room (there was no room 4 times)"
    )


@given(met=mets, policy=policies)
def test_a_farm_that_is_set_up_wrongly_costs_no_take_anything(
    met: Met, policy: RetryPolicy
) -> None:
    answer = after_fault(FATAL, met, "w1", "no ffmpeg", policy)

    assert answer == Again(policy.backoff, counts=False)


def test_a_miss_is_no_fault() -> None:
    with pytest.raises(ValueError, match="it climbs the ladder"):
        after_fault(FailureClass.CONTENT, Met(), "w1", "low match", RetryPolicy())


@given(met=mets, policy=policies, jitter=jitters)
def test_a_wait_lies_in_the_upper_half_of_its_back_off_and_under_the_longest(
    met: Met, policy: RetryPolicy, jitter: float
) -> None:
    answer = after_fault(MACHINE, met, "w1", "CUDA error", policy, jitter)

    enough = met.faults + 1 >= policy.max_faults
    poison = len(met.workers | {"w1"}) >= policy.poison_workers
    assert isinstance(answer, GiveUp) == (enough or poison)
    if isinstance(answer, Again):
        full = min(policy.backoff * 2**met.faults, policy.longest_backoff)
        assert full / 2 <= answer.delay <= full <= policy.longest_backoff
        assert answer.counts


@given(policy=policies, workers=st.randoms(use_true_random=False))
def test_no_take_goes_round_for_ever(policy: RetryPolicy, workers: Random) -> None:
    met = Met()
    for _ in range(60):
        worker = workers.choice(["w1", "w2", "w3"])
        answer = after_fault(MACHINE, met, worker, "CUDA error", policy)
        if isinstance(answer, GiveUp):
            return
        met = Met(faults=met.faults + 1, workers=met.workers | {worker})
    raise AssertionError(f"still trying after {met}")


@given(met=st.integers(0, 20), policy=policies, jitter=jitters)
def test_no_wait_is_shorter_than_half_of_the_one_before(
    met: int, policy: RetryPolicy, jitter: float
) -> None:
    patient = RetryPolicy(
        max_faults=99, backoff=policy.backoff, longest_backoff=policy.longest_backoff
    )
    first, second = (
        after_fault(MACHINE, Met(faults=met + more), "w1", "CUDA error", patient, share)
        for more, share in ((0, jitter), (1, 0.0))
    )

    assert isinstance(first, Again)
    assert isinstance(second, Again)
    assert second.delay >= first.delay / 2


def test_waits_are_spread_so_that_takes_do_not_come_back_together() -> None:
    policy = RetryPolicy(backoff=100.0)

    answers = {after_fault(MACHINE, Met(), "w1", "CUDA error", policy) for _ in range(20)}

    assert len(answers) > 10
