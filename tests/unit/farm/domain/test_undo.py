"""What takes a decision back, told of events alone; and why nothing does."""

import datetime as dt
import re
from typing import Any

import pytest

from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import ReviewStatus
from farm.domain.undo import Back, Logged, PriorityBack, ReviewBack, decision, undone

K, R = EventKind, ReviewStatus
BEGAN = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)


def told(*events: tuple[Any, ...]) -> list[Logged]:
    """A shot's events, ten seconds apart: kind, who, take, data."""
    return [
        (
            number,
            Event(
                kind=kind, at=BEGAN + dt.timedelta(seconds=10 * number), shot="sh010",
                who=who, take=take, data=data,
            ),
        )
        for number, (kind, who, take, data) in enumerate(
            [(K.SHOT_SUBMITTED, "anna", None, {}), (K.TAKE_ORDERED, "farm", 1, {}), *events]
        )
    ]  # fmt: skip


def moved(
    before: str, after: str, who: str = "anna", selected: int | None = 1, **more: Any
) -> tuple[Any, ...]:
    why = f"{after} by {who}"
    data = {"before": before, "after": after, "why": why, "selected_take": selected}
    return K.REVIEW_MOVED, who, None, data | more


ACCEPTED = moved("pending", "accepted", "farm")
APPROVED = moved("accepted", "approved", selected=2)
PRIORITY = (K.PRIORITY_SET, "anna", None, {"before": 0, "after": 9, "why": ""})
OMITTED = moved("pending", "omitted", selected=None)
COMMENT = (K.COMMENT_WRITTEN, "ben", 1, {"comment": 1, "frame": None, "text": "?"})


def cancelled(reason: str, who: str = "anna") -> tuple[Any, ...]:
    return K.TAKE_CANCELLED, who, 1, {"reason": reason}


def undo(events: list[Logged], after: float = 5.0, who: str = "anna", within: float = 60) -> Any:
    """`after` seconds from the last event."""
    now = events[-1][1].at + dt.timedelta(seconds=after)
    return undone(events, who, now, within)


@pytest.mark.parametrize(
    ("events", "back"),
    [
        ((ACCEPTED, APPROVED), ReviewBack(undoes=3, decided="approved", review=R.ACCEPTED, selected=1)),
        (
            (ACCEPTED, APPROVED, moved("approved", "approved", selected=1)),
            ReviewBack(undoes=4, decided="approved", review=R.APPROVED, selected=2),
        ),
        (
            (moved("pending", "rejected", selected=None),),
            ReviewBack(undoes=2, decided="rejected", review=R.PENDING, selected=None),
        ),
        (
            (moved("pending", "approved", selected=1),),
            ReviewBack(undoes=2, decided="approved", review=R.PENDING, selected=None),
        ),
        (
            (moved("pending", "on_hold", selected=None),),
            ReviewBack(undoes=2, decided="held", review=R.PENDING, selected=None),
        ),
        (
            (moved("pending", "on_hold", selected=None), moved("on_hold", "omitted", selected=None)),
            ReviewBack(undoes=3, decided="omitted", review=R.ON_HOLD, selected=None),
        ),
        (
            (cancelled("omitted by anna"), OMITTED),
            ReviewBack(undoes=3, decided="omitted", review=R.PENDING, selected=None, cancelled=1),
        ),
        (
            (cancelled("cancelled by anna"), OMITTED),
            ReviewBack(undoes=3, decided="omitted", review=R.PENDING, selected=None),
        ),
        ((ACCEPTED, PRIORITY), PriorityBack(undoes=3, decided="given priority 9", priority=0)),
        (
            (ACCEPTED, APPROVED, COMMENT),
            ReviewBack(undoes=3, decided="approved", review=R.ACCEPTED, selected=1),
        ),
    ],
)  # fmt: skip
def test_a_decision_goes_back_to_what_was_before_it(events: Any, back: Back) -> None:
    assert undo(told(*events)) == back


@pytest.mark.parametrize(
    ("events", "sentence"),
    [
        ((), "has nothing to undo: anna decided nothing about it"),
        ((ACCEPTED,), "has nothing to undo: anna decided nothing about it"),
        (
            (ACCEPTED, moved("accepted", "rejected", "ben")),
            "was rejected by ben on DAY; nobody else can undo that",
        ),
        (
            (ACCEPTED, APPROVED, moved("approved", "rejected", "ben")),
            "was rejected by ben on DAY; nobody else can undo that",
        ),
        (
            (ACCEPTED, PRIORITY, (K.TAKE_STARTED, "farm-a", 1, {})),
            "was given priority 9 by anna on DAY, and since then: take 1 started by farm-a on DAY; "
            "what something else followed cannot be undone",
        ),
        (
            (ACCEPTED, APPROVED, moved("approved", "needs_review", "farm")),
            "was approved by anna on DAY, and since then: review moved to needs review by farm on "
            "DAY; what something else followed cannot be undone",
        ),
        (
            (ACCEPTED, APPROVED, moved("approved", "accepted", undoes=3)),
            "has nothing to undo: the last decision was taken back",
        ),
        (
            (ACCEPTED, PRIORITY, (K.PRIORITY_SET, "anna", None, {"after": 0, "undoes": 3})),
            "has nothing to undo: the last decision was taken back",
        ),
        (
            (moved("accepted", "pending"), (K.TAKE_ORDERED, "anna", 2, {})),
            "has take 2 ordered by anna: a retake is cancelled, not undone",
        ),
        ((cancelled("cancelled by anna"),), "has nothing to undo: anna decided nothing about it"),
        (
            (moved("omitted", "approved"),),
            "has nothing to undo: anna decided nothing about it",
        ),
        (
            (
                ACCEPTED,
                (K.TAKE_PURGED, "ben", 1, {"clip": "a.mp4"}),
                APPROVED,
            ),
            "cannot be as before: take 1 stood for it, whose clip was purged",
        ),
    ],
)
def test_what_cannot_be_taken_back_is_told_with_the_reason(events: Any, sentence: str) -> None:
    reason = undo(told(*events))

    assert re.sub(r"\d\d \w+ at [\d:]{8}", "DAY", reason) == sentence


def test_a_purge_of_what_no_clip_was_hinders_nothing() -> None:
    left = (K.TAKE_PURGED, "ben", 1, {"clip": None})

    assert isinstance(undo(told(ACCEPTED, left, APPROVED)), ReviewBack)


def test_a_decision_can_be_taken_back_for_a_while() -> None:
    events = told(ACCEPTED, APPROVED)

    assert isinstance(undo(events, after=60), ReviewBack)
    assert undo(events, after=61) == "was approved 61 s ago; a decision can be undone for 60 s"
    assert isinstance(undo(events, after=61, within=90), ReviewBack)


@pytest.mark.parametrize(
    ("event", "decided"),
    [
        (moved("on_hold", "pending"), ""),
        (moved("omitted", "rejected"), ""),
        (moved("on_hold", "on_hold"), ""),
        (moved("needs_review", "pending"), ""),
        (moved("accepted", "rejected"), "rejected"),
        (moved("accepted", "rejected", undoes=7), ""),
        (COMMENT, ""),
    ],
)
def test_a_release_a_retake_and_an_undo_are_no_decisions(event: Any, decided: str) -> None:
    assert decision(told(event)[-1][1]) == decided
