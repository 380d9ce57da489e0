"""After a fault: again later, or give up. Pure; what a miss leads to is `pipeline.ladder`'s to say."""

import random
from dataclasses import dataclass

from farm.lifecycle import FailureClass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How patient the farm is with its machines."""

    max_faults: int = 3
    """Machine faults that one take may meet before a person is asked."""
    backoff: float = 5.0
    """Seconds before the second attempt; doubled for each one after."""
    longest_backoff: float = 300.0
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Again:
    """The same take again, `delay` seconds from now; `counts` says whether it used up a fault."""

    delay: float
    counts: bool


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No more attempts: the take has failed and its shot goes to a person."""

    reason: str


def after_fault(
    failure: FailureClass,
    faults: int,
    reason: str,
    policy: RetryPolicy,
    jitter: float | None = None,
) -> Again | GiveUp:
    """What follows a failed attempt of a take that had met `faults` machine faults before it.

    `jitter` in 0..1 spreads the back-off over its upper half; None draws it.
    """
    if failure is FailureClass.SHOT:
        return GiveUp(reason)
    if failure in (FailureClass.CAPACITY, FailureClass.FATAL):
        return Again(delay=policy.backoff, counts=False)
    if failure is FailureClass.CONTENT:
        raise ValueError("a miss is no fault: it climbs the ladder")
    if faults + 1 >= policy.max_faults:
        return GiveUp(f"{reason} (attempt {faults + 1} of {policy.max_faults})")
    share = random.random() if jitter is None else jitter  # noqa: S311 - spreads load, guards nothing
    full = min(policy.backoff * 2**faults, policy.longest_backoff)
    return Again(delay=full * (0.5 + share / 2), counts=True)
