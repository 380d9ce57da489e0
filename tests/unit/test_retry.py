"""After a fault: which ones count, how long it waits, and when it is enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.lifecycle import FailureClass
from farm.retry import Again, GiveUp, RetryPolicy, after_fault

faults = st.integers(0, 40)
jitters = st.floats(0, 1)
policies = st.builds(
    RetryPolicy,
    max_faults=st.integers(1, 40),
    backoff=st.floats(0, 1000),
    longest_backoff=st.floats(0, 10_000),
)


@pytest.mark.parametrize(
    ("met", "shortest", "longest"), [(0, 2.5, 5.0), (1, 5.0, 10.0), (2, 10.0, 20.0)]
)
def test_each_machine_fault_doubles_the_wait(met: int, shortest: float, longest: float) -> None:
    policy = RetryPolicy(max_faults=9)

    delays = [
        after_fault(FailureClass.MACHINE, met, "CUDA error", policy, jitter) for jitter in (0, 1)
    ]

    assert delays == [Again(shortest, counts=True), Again(longest, counts=True)]


def test_the_last_fault_that_is_allowed_ends_the_take() -> None:
    policy = RetryPolicy(max_faults=3)

    assert isinstance(after_fault(FailureClass.MACHINE, 1, "CUDA error", policy), Again)
    assert after_fault(FailureClass.MACHINE, 2, "CUDA error", policy) == GiveUp(
        "CUDA error (attempt 3 of 3)"
    )


def test_a_shot_that_can_never_work_is_given_up_at_once_in_its_own_words() -> None:
    reason = "still.unreadable: sh010.png is no picture"

    assert after_fault(FailureClass.SHOT, 0, reason, RetryPolicy()) == GiveUp(reason)


@pytest.mark.parametrize("failure", [FailureClass.CAPACITY, FailureClass.FATAL])
@given(met=faults, policy=policies)
def test_what_the_take_is_not_to_blame_for_never_counts_and_never_ends_it(
    failure: FailureClass, met: int, policy: RetryPolicy
) -> None:
    assert after_fault(failure, met, "no room", policy) == Again(policy.backoff, counts=False)


def test_a_miss_is_no_fault() -> None:
    with pytest.raises(ValueError, match="it climbs the ladder"):
        after_fault(FailureClass.CONTENT, 0, "low match", RetryPolicy())


@given(met=faults, policy=policies, jitter=jitters)
def test_a_wait_lies_in_the_upper_half_of_its_back_off_and_under_the_longest(
    met: int, policy: RetryPolicy, jitter: float
) -> None:
    answer = after_fault(FailureClass.MACHINE, met, "CUDA error", policy, jitter)

    if met + 1 >= policy.max_faults:
        assert isinstance(answer, GiveUp)
        return
    assert isinstance(answer, Again)
    full = min(policy.backoff * 2**met, policy.longest_backoff)
    assert full / 2 <= answer.delay <= full <= policy.longest_backoff
    assert answer.counts


@given(met=st.integers(0, 20), policy=policies, jitter=jitters)
def test_no_wait_is_shorter_than_half_of_the_one_before(
    met: int, policy: RetryPolicy, jitter: float
) -> None:
    patient = RetryPolicy(
        max_faults=99, backoff=policy.backoff, longest_backoff=policy.longest_backoff
    )
    first, second = (
        after_fault(FailureClass.MACHINE, met + more, "CUDA error", patient, share)
        for more, share in ((0, jitter), (1, 0.0))
    )

    assert isinstance(first, Again)
    assert isinstance(second, Again)
    assert second.delay >= first.delay / 2


def test_waits_are_spread_so_that_takes_do_not_come_back_together() -> None:
    policy = RetryPolicy(backoff=100.0)

    answers = {after_fault(FailureClass.MACHINE, 0, "CUDA error", policy) for _ in range(20)}

    assert len(answers) > 10
