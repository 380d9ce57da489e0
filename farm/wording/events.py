"""A shot's history in words: what each event says to people, beside when it was and who did it."""

import textwrap
from collections.abc import Mapping
from functools import partial
from typing import Any

from farm.domain.events import Event, EventKind
from farm.wording import changes
from farm.wording.amounts import counted, size


def sentence(event: Event) -> str:
    """One event of a shot, without its time and its doer."""
    data = event.data
    told = _WORDS.get(event.kind, lambda _: _plain(event))(data)
    take = f"take {event.take} " if event.take else ""
    attempt = f"(attempt {event.attempt}) " if event.attempt else ""
    return f"{take}{attempt}{told}"


def _ordered(data: Mapping[str, Any]) -> str:
    rung = f" on rung {data['rung']}" if data.get("rung") else ""
    return f"ordered{rung}: {data['why']}"


def _started(data: Mapping[str, Any]) -> str:
    place = f"{data['worker']} @ {data['node']}" if data.get("node") else data["worker"]
    return f"started on {place} for {data['owner']}, after {data['wait']:.0f} s of waiting"


def _returned(data: Mapping[str, Any]) -> str:
    blame = f" ({data['failure_class']})" if data.get("failure_class") else ""
    again = f"; again in {data['delay']:.0f} s" if data.get("delay") else ""
    return f"returned{blame}: {data['reason']}{again}"


def _taken_back(data: Mapping[str, Any]) -> str:
    return f"taken back from {data['worker']}: {data['reason']}"


def _succeeded(data: Mapping[str, Any]) -> str:
    match = "without a match" if data["match"] is None else f"match {data['match']:.2f}"
    verdict = data["verdict"].replace("_", " ")
    return f"made in {data['seconds']:.1f} s: {verdict}, {match}, {data['clip']}"


def _failed(data: Mapping[str, Any]) -> str:
    return f"failed ({data['failure_class']}): {data['reason']}"


def _late(data: Mapping[str, Any]) -> str:
    return f"reported after its lease was lost; kept aside: {data['clip']}"


def _reviewed(data: Mapping[str, Any]) -> str:
    selected = f", take {data['selected_take']} selected" if data["selected_take"] else ""
    before, after = (data[name].replace("_", " ") for name in ("before", "after"))
    return f"review {before} → {after}{selected}: {data['why']}"


def _priority(data: Mapping[str, Any]) -> str:
    why = f": {data['why']}" if data["why"] else ""
    return f"priority {data['before']} → {data['after']}{why}"


def _comment(done: str, data: Mapping[str, Any]) -> str:
    """With the beginning of its words: `farm show` has the whole comment above."""
    frame = "" if data["frame"] is None else f" at frame {data['frame']}"
    said = textwrap.shorten(data["text"], 60, placeholder=" …")
    return f"comment {data['comment']}{frame} {done}: {said}"


def _purged(data: Mapping[str, Any]) -> str:
    what = data["clip"] or "what unpublished attempts left"
    why = f": {data['why']}" if data["why"] else ""
    files = f"{counted(len(data['files']), 'file')}, {size(data['size'])}"
    return f"purged: {what} ({files}){why}"


def _changed(data: Mapping[str, Any]) -> str:
    told = "; ".join(
        f"{field}: {changes.shown(field, *pair)}" for field, pair in data["changes"].items()
    )
    return f"{data['why']}: {told}" if data["why"] else f"changed: {told}"


def _plain(event: Event) -> str:
    return event.kind.replace("_", " ")


_WORDS = {
    EventKind.SHOT_SUBMITTED: lambda data: f"submitted: {data['image']}, profile {data['profile']}",
    EventKind.SHOT_CHANGED: _changed,
    EventKind.SHOT_RENAMED: lambda data: f"renamed: {data['before']} → {data['after']}",
    EventKind.TAKE_ORDERED: _ordered,
    EventKind.TAKE_STARTED: _started,
    EventKind.TAKE_RETURNED: _returned,
    EventKind.LEASE_TAKEN_BACK: _taken_back,
    EventKind.TAKE_SUCCEEDED: _succeeded,
    EventKind.TAKE_FAILED: _failed,
    EventKind.TAKE_CANCELLED: lambda data: data["reason"],
    EventKind.LATE_RESULT: _late,
    EventKind.REVIEW_MOVED: _reviewed,
    EventKind.PRIORITY_SET: _priority,
    EventKind.COMMENT_WRITTEN: partial(_comment, "written"),
    EventKind.COMMENT_RESOLVED: partial(_comment, "resolved"),
    EventKind.TAKE_PURGED: _purged,
}
