"""After a fault: again later, or give up. Pure; what a miss leads to is `pipeline.ladder`'s to say."""

import random
from dataclasses import dataclass

from farm.domain.lifecycle import FailureClass

LONGEST_BACKOFF = 300.0
"""Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """How patient the farm is with its machines."""

    max_faults: int = 5
    """Machine faults that one take may meet before a person is asked."""
    poison_workers: int = 3
    """Different workers that one take may fail on before the fault is taken to be the shot's own."""
    max_waits: int = 20
    """Times that there may be no room for a take before a person is asked."""
    backoff: float = 5.0
    """Seconds before the second attempt; doubled for each one after."""
    longest_backoff: float = LONGEST_BACKOFF
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """What a take has met before the failure at hand."""

    faults: int = 0
    """Machine faults."""
    waits: int = 0
    """Times that there was no room."""
    workers: frozenset[str] = frozenset()
    """Those that it met machine faults on."""


@dataclass(frozen=True, slots=True)
class Again:
    """The same take again, `delay` seconds from now; `counts` says whether it used up a fault."""

    delay: float
    counts: bool


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No more attempts: the take has failed and its shot goes to a person."""

    failure: FailureClass
    """Who is to blame in the end."""
    reason: str


def after_fault(
    failure: FailureClass,
    met: Met,
    worker: str,
    reason: str,
    policy: RetryPolicy,
    jitter: float | None = None,
) -> Again | GiveUp:
    """What follows a failure on `worker` of a take that had `met` its share before.

    `jitter` in 0..1 spreads the back-off over its upper half; None draws it.
    """
    match failure:
        case FailureClass.SHOT:
            return GiveUp(failure, reason)
        case FailureClass.MACHINE:
            return _after_machine(met, worker, reason, policy, jitter)
        case FailureClass.CAPACITY:
            if met.waits + 1 >= policy.max_waits:
                return GiveUp(failure, f"{reason} (there was no room {met.waits + 1} times)")
            return Again(_backoff(met.waits, policy, jitter), counts=False)
        case FailureClass.FATAL:
            return Again(policy.backoff, counts=False)
        case FailureClass.CONTENT:
            raise ValueError("a miss is no fault: it climbs the ladder")


def _after_machine(
    met: Met, worker: str, reason: str, policy: RetryPolicy, jitter: float | None
) -> Again | GiveUp:
    workers = met.workers | {worker}
    if len(workers) >= policy.poison_workers:
        return GiveUp(
            FailureClass.SHOT,
            f"it failed on {len(workers)} different workers, so the shot itself is the likely cause: "
            f"look at its still and prompt; the last failure: {reason}",
        )
    if met.faults + 1 >= policy.max_faults:
        return GiveUp(
            FailureClass.MACHINE, f"{reason} (attempt {met.faults + 1} of {policy.max_faults})"
        )
    return Again(_backoff(met.faults, policy, jitter), counts=True)


def _backoff(before: int, policy: RetryPolicy, jitter: float | None) -> float:
    """Seconds; doubled for each failure before this one, never over the longest."""
    share = random.random() if jitter is None else jitter  # noqa: S311 - spreads load, guards nothing
    full = min(policy.backoff * 2**before, policy.longest_backoff)
    return full * (0.5 + share / 2)
