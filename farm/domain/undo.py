"""What takes a person's last decision on a shot back, or why nothing does. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from farm.domain.events import Event, EventKind, clock, in_short
from farm.domain.lifecycle import COVERS, ReviewStatus

Logged = tuple[int, Event]
"""An event with its number in the log."""

REMARKS = frozenset({EventKind.COMMENT_WRITTEN, EventKind.COMMENT_RESOLVED})
"""Kinds that change nothing of a shot."""
JUDGED = frozenset({ReviewStatus.APPROVED, ReviewStatus.REJECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewBack:
    """A review goes back to what it was, and the take that stood for the shot stands for it again."""

    undoes: int
    """The decision, by its number in the log."""
    decided: str
    """What it was, in the participle: `approved`."""
    review: ReviewStatus
    selected: int | None
    cancelled: int | None = None
    """The take that the decision cancelled; it is to be ordered again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityBack:
    """A priority goes back to what it was."""

    undoes: int
    decided: str
    priority: int


Back = ReviewBack | PriorityBack


def undone(events: Sequence[Logged], who: str, now: dt.datetime, within: float) -> Back | str:
    """What takes back the last decision of `who` on a shot, by all its events in order; or why it cannot
    be taken back, in words that follow the shot's name.

    A decision can be taken back for `within` seconds, by nobody else, and while nothing else happened to
    the shot; comments are no happening. `now` is by the clock of the events.
    """
    happened = [(key, event) for key, event in events if event.kind not in REMARKS]
    own = [each for each in happened if each[1].who == who and decision(each[1])]
    if "undoes" in happened[-1][1].data:
        return "has nothing to undo: the last decision was taken back"
    key, last = happened[-1]
    decided = decision(last)
    if decided and last.who != who:
        return f"was {decided} by {last.who} on {clock(last.at)}; nobody else can undo that"
    if not decided:
        return _otherwise(last, own[-1][1] if own else None, who)
    age = (now - last.at).total_seconds()
    if age > within:
        return f"was {decided} {age:.0f} s ago; a decision can be undone for {within:g} s"
    if last.kind is EventKind.PRIORITY_SET:
        return PriorityBack(undoes=key, decided=decided, priority=last.data["before"])
    return _review_back(happened, decided)


def decision(event: Event) -> str:
    """What a person decided by an event that may be undone, in the participle; empty for any other.

    A release, a retake, a cancellation and what the gate says are no such decisions.
    """
    data = event.data
    if event.kind is EventKind.PRIORITY_SET and "undoes" not in data:
        return f"given priority {data['after']}"
    if event.kind is not EventKind.REVIEW_MOVED or "undoes" in data:
        return ""
    before, after = ReviewStatus(data["before"]), ReviewStatus(data["after"])
    if after in JUDGED and before not in COVERS:
        return after.value
    if after is ReviewStatus.ON_HOLD and before not in COVERS:
        return "held"
    return "omitted" if after is ReviewStatus.OMITTED is not before else ""


def _review_back(happened: Sequence[Logged], decided: str) -> Back | str:
    key, last = happened[-1]
    selected = next(
        (
            event.data["selected_take"]
            for _, event in reversed(happened[:-1])
            if event.kind is EventKind.REVIEW_MOVED
        ),
        None,
    )
    if selected != last.data["selected_take"] and selected in _purged(happened):
        return f"cannot be as before: take {selected} stood for it, whose clip was purged"
    return ReviewBack(
        undoes=key,
        decided=decided,
        review=ReviewStatus(last.data["before"]),
        selected=selected,
        cancelled=_cancelled(happened),
    )


def _purged(happened: Sequence[Logged]) -> set[int | None]:
    return {
        event.take
        for _, event in happened
        if event.kind is EventKind.TAKE_PURGED and event.data["clip"] is not None
    }


def _cancelled(happened: Sequence[Logged]) -> int | None:
    """The take that the last event, an omission, cancelled: both have one reason."""
    last = happened[-1][1]
    for _, before in happened[-2:-1]:
        omitted = last.data["after"] == ReviewStatus.OMITTED
        if omitted and before.kind is EventKind.TAKE_CANCELLED:
            return before.take if before.data["reason"] == last.data["why"] else None
    return None


def _otherwise(last: Event, own: Event | None, who: str) -> str:
    """Why there is nothing to undo though the last event is no decision."""
    if last.who == who and last.kind is EventKind.TAKE_ORDERED:
        return f"has take {last.take} ordered by {who}: a retake is cancelled, not undone"
    if own is None:
        return f"has nothing to undo: {who} decided nothing about it"
    return (
        f"was {decision(own)} by {who} on {clock(own.at)}, and since then: {in_short(last)}; what "
        "something else followed cannot be undone"
    )
