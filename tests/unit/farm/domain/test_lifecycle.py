"""The table of moves, move by move, in the notation "running > waiting", and what people call a shot."""

from itertools import product
from typing import Any

import pytest

from farm.domain.lifecycle import (
    REVIEW_MOVES,
    TAKE_MOVES,
    FailureClass,
    IllegalMove,
    ReviewStatus,
    ShotState,
    TakeStatus,
    check,
    shot_state,
)

LEGAL_TAKES = """
waiting > running
waiting > cancelled
running > waiting
running > succeeded
running > failed
running > cancelled
"""

LEGAL_REVIEWS = """
pending > accepted
pending > needs_review
pending > approved
pending > rejected
pending > on_hold
pending > omitted
accepted > pending
accepted > approved
accepted > rejected
accepted > needs_review
accepted > omitted
needs_review > pending
needs_review > approved
needs_review > rejected
needs_review > omitted
approved > pending
approved > accepted
approved > rejected
approved > needs_review
approved > omitted
rejected > pending
rejected > accepted
rejected > needs_review
rejected > approved
rejected > omitted
on_hold > pending
on_hold > omitted
omitted > pending
omitted > on_hold
omitted > accepted
omitted > needs_review
omitted > approved
omitted > rejected
"""

EVERY_MOVE = [
    pytest.param(kind, now, then, f"{now} > {then}" in legal.splitlines(), id=f"{now} > {then}")
    for kind, legal in ((TakeStatus, LEGAL_TAKES), (ReviewStatus, LEGAL_REVIEWS))
    for now, then in product(kind, kind)
]


@pytest.mark.parametrize(("kind", "now", "then", "legal"), EVERY_MOVE)
def test_a_move_is_legal_exactly_where_the_table_says_so(
    kind: Any, now: str, then: str, legal: bool
) -> None:
    if legal:
        assert check(kind(now), kind(then)) is kind(then)
    else:
        with pytest.raises(IllegalMove, match=f"^{now} > {then} is not a legal move$"):
            check(kind(now), kind(then))


def test_every_status_has_its_row_in_the_table() -> None:
    assert set(TAKE_MOVES) == set(TakeStatus)
    assert set(REVIEW_MOVES) == set(ReviewStatus)


@pytest.mark.parametrize(
    ("review", "latest", "state"),
    [
        ("pending", "waiting", "waiting"),
        ("pending", "running", "rendering"),
        ("pending", "succeeded", "needs_review"),
        ("pending", "failed", "failed"),
        ("pending", "cancelled", "cancelled"),
        ("needs_review", "succeeded", "needs_review"),
        ("needs_review", "failed", "failed"),
        ("needs_review", "cancelled", "needs_review"),
        ("accepted", "succeeded", "accepted"),
        ("approved", "succeeded", "approved"),
        ("approved", "running", "rendering"),
        ("approved", "failed", "approved"),
        ("approved", "cancelled", "approved"),
        ("rejected", "waiting", "waiting"),
        ("rejected", "cancelled", "rejected"),
        ("on_hold", "waiting", "on_hold"),
        ("on_hold", "running", "on_hold"),
        ("omitted", "succeeded", "omitted"),
    ],
)
def test_what_a_shot_is_follows_from_its_review_and_its_latest_take(
    review: str, latest: str, state: str
) -> None:
    assert shot_state(ReviewStatus(review), TakeStatus(latest)) is ShotState(state)


@pytest.mark.parametrize("review", [ReviewStatus.PENDING, ReviewStatus.NEEDS_REVIEW])
def test_a_take_that_was_declined_did_not_fail(review: ReviewStatus) -> None:
    state = shot_state(review, TakeStatus.FAILED, FailureClass.CONTENT)

    assert state is ShotState.NEEDS_REVIEW
    assert shot_state(review, TakeStatus.FAILED, FailureClass.MACHINE) is ShotState.FAILED


def test_every_pair_of_statuses_has_a_name() -> None:
    for review, latest in product(ReviewStatus, TakeStatus):
        assert shot_state(review, latest) in ShotState
