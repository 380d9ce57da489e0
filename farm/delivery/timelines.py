"""The timeline files of a delivery, and the list of comments beside them."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from farm.delivery import edl, xmeml
from farm.delivery.listed import Deliverable, Listed
from farm.delivery.plan import Plan
from farm.delivery.timeline import CutShot, Film, lay
from farm.domain.hand_off import Event, checked_media_root

OTIO, EDL, XML, COMMENTS = "timeline.otio", "timeline.edl", "timeline.xml", "comments.csv"
FILES = (OTIO, EDL, XML, COMMENTS)
_COLUMNS = ("shot", "file", "frame", "frame_of_clip", "who", "at", "resolved", "text")


def files(plan: Plan) -> tuple[str, ...]:
    """The names of what is written besides clips."""
    wanted = {OTIO: plan.otio, EDL: plan.edl, XML: plan.xml, COMMENTS: plan.has_timeline}
    return tuple(name for name, asked in wanted.items() if asked)


def check(
    production: str, plan: Plan, cut: Sequence[CutShot], items: Sequence[Deliverable], to: Path
) -> None:
    """Raises `Refused` for what timelines would refuse, before any clip is made."""
    if plan.has_timeline:
        films = {item.shot: _foreseen(item, plan) for item in items if not item.purged}
        _written(production, plan, cut, films, to)


def written(
    production: str, plan: Plan, cut: Sequence[CutShot], clips: Sequence[Listed], to: Path
) -> dict[str, bytes]:
    """Each file by its name. Raises `Refused` as `edl.written` and `xmeml.written` do."""
    return _written(production, plan, cut, {each.item.shot: _film(each) for each in clips}, to)


def _written(
    production: str, plan: Plan, cut: Sequence[CutShot], films: Mapping[str, Film], to: Path
) -> dict[str, bytes]:
    events = lay(cut, films, way=plan.conform, rate=plan.rate, handles=plan.handles)
    root = checked_media_root(plan.media_root) if plan.media_root is not None else None
    found: dict[str, bytes] = {COMMENTS: _comments(events)}
    if plan.otio:
        from farm.delivery import otio_file

        found[OTIO] = otio_file.written(production, events, root)
    if plan.edl:
        found[EDL] = edl.written(production, events)
    if plan.xml:
        found[XML] = xmeml.written(production, events, root or str(to.absolute()))
    return found


def _foreseen(item: Deliverable, plan: Plan) -> Film:
    frames, fps = plan.expected(item)
    return Film(
        take=item.take, file=plan.file(item), frames=frames, fps=fps, width=item.width, height=item.height
    )  # fmt: skip


def _film(each: Listed) -> Film:
    item = each.item
    about: dict[str, Any] = {
        "shot": item.shot,
        "take": item.take,
        "prompt": item.prompt,
        "match": item.match,
        "verdict": item.verdict,
        "coverage": None if item.coverage is None else str(item.coverage),
        "recipe_hash": item.recipe_hash,
        "sha256": each.sha256,
        "source_sha256": item.sha256,
        "steps": [step.as_dict() for step in each.steps],
    }
    return Film(
        take=item.take, file=each.file, frames=each.frames, fps=each.fps, width=each.width,
        height=each.height, about=about,
    )  # fmt: skip


def _comments(events: Iterable[Event]) -> bytes:
    """As a table for spreadsheets, with the mark that Excel wants."""
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, _COLUMNS)
    writer.writeheader()
    for event in events:
        for each in event.markers:
            writer.writerow({
                "shot": event.shot, "file": event.file or "", "frame": each.frame,
                "frame_of_clip": "" if each.of_frame is None else each.of_frame, "who": each.who,
                "at": each.at, "resolved": "yes" if each.resolved else "no", "text": _cell(each.text),
            })  # fmt: skip
    return table.getvalue().encode("utf-8-sig")


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
