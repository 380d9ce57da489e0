"""The states of a take and of a shot's review, and the only legal moves between them. Pure.

`farm.store.queue.transitions` and `farm.store.queue.claims` carry moves out, and nobody else; both ask this
table first.
"""

from enum import StrEnum
from typing import TypeVar


class TakeStatus(StrEnum):
    """Where a take stands."""

    WAITING = "waiting"
    """Ordered; any scheduler may claim it once it is due."""
    RUNNING = "running"
    """A worker holds the lease of its current attempt."""
    SUCCEEDED = "succeeded"
    """A clip is published; its verdict says how good it is."""
    FAILED = "failed"
    """It will not be tried again by itself; a person decides."""
    CANCELLED = "cancelled"
    """A person took it back."""


class FailureClass(StrEnum):
    """Who or what is to blame, and so what happens next."""

    CONTENT = "content"
    """The take misses: low match or bad clip. The next take climbs the ladder."""
    SHOT = "shot"
    """The shot can never work as it is; it goes to a person at once."""
    MACHINE = "machine"
    """A worker, node or disk failed: a new attempt elsewhere, with back-off, a few times."""
    CAPACITY = "capacity"
    """There was no room: it waits and costs nothing."""
    FATAL = "fatal"
    """The farm is set up wrongly: the run stops, nothing is lost."""


class ReviewStatus(StrEnum):
    """What people, or the gate for them, think of a shot."""

    PENDING = "pending"
    """Not judged yet: takes are on their way."""
    ACCEPTED = "accepted"
    """The gate passed a take; it is delivered unless a person objects."""
    NEEDS_REVIEW = "needs_review"
    """The ladder is at its end or a take failed: a person must look."""
    APPROVED = "approved"
    """A person passed a take."""
    REJECTED = "rejected"
    """A person turned the shot down; only a retake brings it back."""
    ON_HOLD = "on_hold"
    """A person stopped it for now: nothing is claimed, the gate is silent."""
    OMITTED = "omitted"
    """The shot was dropped from the production; what waited or ran is cancelled."""


class IllegalMove(ValueError):
    """A move that the table does not know: a defect in the farm, never bad input."""


_T, _R = TakeStatus, ReviewStatus

TAKE_MOVES: dict[TakeStatus, frozenset[TakeStatus]] = {
    _T.WAITING: frozenset({_T.RUNNING, _T.CANCELLED}),
    _T.RUNNING: frozenset({_T.WAITING, _T.SUCCEEDED, _T.FAILED, _T.CANCELLED}),
    _T.SUCCEEDED: frozenset(),
    _T.FAILED: frozenset(),
    _T.CANCELLED: frozenset(),
}
"""Claimed; lost, released or faulted; published; given up; cancelled. Ended takes never move:
a retake is a new take."""

REVIEW_MOVES: dict[ReviewStatus, frozenset[ReviewStatus]] = {
    _R.PENDING: frozenset(
        {_R.ACCEPTED, _R.NEEDS_REVIEW, _R.APPROVED, _R.REJECTED, _R.ON_HOLD, _R.OMITTED}
    ),
    _R.ACCEPTED: frozenset({_R.PENDING, _R.APPROVED, _R.REJECTED, _R.NEEDS_REVIEW, _R.OMITTED}),
    _R.NEEDS_REVIEW: frozenset({_R.PENDING, _R.APPROVED, _R.REJECTED, _R.OMITTED}),
    _R.APPROVED: frozenset({_R.PENDING, _R.ACCEPTED, _R.REJECTED, _R.NEEDS_REVIEW, _R.OMITTED}),
    _R.REJECTED: frozenset({_R.PENDING, _R.ACCEPTED, _R.APPROVED, _R.NEEDS_REVIEW, _R.OMITTED}),
    _R.ON_HOLD: frozenset({_R.PENDING, _R.OMITTED}),
    _R.OMITTED: frozenset(
        {_R.PENDING, _R.ACCEPTED, _R.NEEDS_REVIEW, _R.APPROVED, _R.REJECTED, _R.ON_HOLD}
    ),
}
"""A retake leads back to pending from everywhere but hold and omission, which are released first: a
release leads back to what they covered. Back to accepted, and from rejected to needs_review, leads an undo
alone; from omitted to on_hold, too."""

COVERS: frozenset[ReviewStatus] = frozenset({_R.ON_HOLD, _R.OMITTED})
"""Reviews that cover another one until they are released."""

Status = TypeVar("Status", TakeStatus, ReviewStatus)


def check(now: Status, then: Status) -> Status:
    """`then`, if the table allows the move from `now`; raises `IllegalMove` otherwise."""
    moves = TAKE_MOVES if isinstance(now, TakeStatus) else REVIEW_MOVES
    if then not in moves[now]:  # type: ignore[index]
        raise IllegalMove(f"{now} > {then} is not a legal move")
    return then


class ShotState(StrEnum):
    """What a shot "is" for people: a view over its review and its latest take, never stored."""

    WAITING = "waiting"
    RENDERING = "rendering"
    ACCEPTED = "accepted"
    NEEDS_REVIEW = "needs_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"
    ON_HOLD = "on_hold"
    OMITTED = "omitted"


def shot_state(
    review: ReviewStatus, latest: TakeStatus, blamed: FailureClass | None = None
) -> ShotState:
    """What people call a shot with this review status whose latest take stands at `latest`.

    `blamed` is what that take failed of, if it did. One that was declined did not fail: a person must
    look at its still and its prompt.
    """
    if review in COVERS:
        return ShotState(review)
    if latest is _T.RUNNING:
        return ShotState.RENDERING
    if latest is _T.WAITING:
        return ShotState.WAITING
    if review in (_R.ACCEPTED, _R.APPROVED, _R.REJECTED):
        return ShotState(review)
    if latest is _T.CANCELLED and review is _R.PENDING:
        return ShotState.CANCELLED
    failed = latest is _T.FAILED and blamed is not FailureClass.CONTENT
    return ShotState.FAILED if failed else ShotState.NEEDS_REVIEW
