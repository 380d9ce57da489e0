"""The facts the farm announces. The store writes each in the transaction that makes it true;
metrics, logs and the live display only listen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

LONGEST_WHY = 500
"""Characters of the reason that a person gives, of which a sentence of the log is made."""


class EventKind(StrEnum):
    """What happened; the docstring names the keys of `Event.data`."""

    SHOT_SUBMITTED = "shot_submitted"
    """A shot entered the database. image, profile, list (the file it came with), wish (what its row
    said of negative, seconds, seed, still and profile)"""
    SHOT_CHANGED = "shot_changed"
    """Something else is wished of a shot. changes (field: before, after), by (`list` or `hand`), why,
    wish (as above, now)"""
    SHOT_RENAMED = "shot_renamed"
    """A shot has another code. before, after"""
    TAKE_ORDERED = "take_ordered"
    """A take is made and waits. rung, why, changes, removed (what simplifying cut: rule, start,
    end, text, in characters of the prompt it was cut from), recipe_hash; draft_for of a draft (the
    profile of its final), final_of where a final is ordered (the draft's number); and undoes, where an
    omission was taken back (that one's number in the log)"""
    TAKE_STARTED = "take_started"
    """waiting > running: a worker holds the lease. worker, owner, wait (seconds since ordered or due)"""
    TAKE_RETURNED = "take_returned"
    """running > waiting: released or faulted. failure_class (or null), reason, delay, seconds"""
    LEASE_TAKEN_BACK = "lease_taken_back"
    """running > waiting: the lease ran out without a beat. worker, owner, reason, seconds"""
    TAKE_SUCCEEDED = "take_succeeded"
    """running > succeeded. verdict, rung, match, clip, stages (seconds by stage), seconds, device; and
    draft, where it is one"""
    TAKE_FAILED = "take_failed"
    """running > failed. failure_class, reason, seconds; and steps_spared and device, where it was ended
    early, since it would not have been accepted"""
    TAKE_CANCELLED = "take_cancelled"
    """waiting or running > cancelled. reason, seconds"""
    LATE_RESULT = "late_result"
    """An attempt that had lost its lease reported after all; kept aside, never published. outcome, clip"""
    REVIEW_MOVED = "review_moved"
    """A shot's review status moved. before, after, why, selected_take; and undoes, where it takes a
    decision back (that one's number in the log)"""
    PRIORITY_SET = "priority_set"
    """A shot goes earlier or later than before. before, after, why; and undoes as above"""
    COMMENT_WRITTEN = "comment_written"
    """A person said something of a shot, a take or a frame. comment (its number), frame (or null), text"""
    COMMENT_RESOLVED = "comment_resolved"
    """A person said that a comment is seen to. comment (its number), frame (or null), text"""
    WEIGHT_SET = "weight_set"
    """A production's share of the workers changed. production, before, after, why"""
    TAKE_PURGED = "take_purged"
    """Files of a take were removed for good. clip (its published clip, or null where that was none of
    them), sha256 (of the clip), files, size (bytes of all of them), why"""
    PRODUCTION_ARCHIVED = "production_archived"
    """A production was put away: what waits of it waits. production, waiting (takes), why"""
    PRODUCTION_RESTORED = "production_restored"
    """An archived production goes on. production, why"""
    PRODUCTION_DELIVERED = "production_delivered"
    """A production's clips were handed out. production, clips (how many), undelivered (codes of shots whose
    clips are gone or altered), to (a folder, or who made it for whom); label, where a visible one was asked
    for (its language) or waived (`none`), with waived_by and waived_for"""
    WORKER_SICK = "worker_sick"
    """A worker failed take after take and was taken out. worker, node, owner, why"""
    WORKER_BACK = "worker_back"
    """A worker that was taken out is tried again. worker, node, owner"""
    WORKER_CHANGED = "worker_changed"
    """A worker lets its model go and loads another, for takes of that profile. worker, node, owner, before,
    after (profiles), waiting (takes, up to as many as are counted)"""
    NODE_DRAINED = "node_drained"
    """A machine gets no more takes. node, why"""
    NODE_BACK = "node_back"
    """A drained machine gets takes again. node, why"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact, with enough beside it to be understood alone."""

    kind: EventKind
    at: datetime
    """UTC, from the database's clock."""
    production: str = ""
    """Empty, as the shot, where the event is a worker's or a machine's."""
    shot: str = ""
    shot_key: int | None = None
    """Of the shot, in the database: the same whatever its code is."""
    profile: str = ""
    """Of the take, where the event is a take's."""
    take: int | None = None
    attempt: int | None = None
    who: str = "farm"
    """The person or the part of the farm that caused it."""
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])


Listener = Callable[[Event], None]


def in_short(event: Event) -> str:
    """One fact of a shot in a few words: what, by whom, and when, by the clock here."""
    what = event.kind.replace("_", " ")
    if event.kind is EventKind.REVIEW_MOVED:
        what = f"review moved to {event.data['after'].replace('_', ' ')}"
    elif event.take and what.startswith("take "):
        what = f"take {event.take} {what.removeprefix('take ')}"
    return f"{what} by {event.who} on {clock(event.at)}"


def clock(at: datetime) -> str:
    """A time here, to the second."""
    return f"{at.astimezone():%d %b at %H:%M:%S}"
