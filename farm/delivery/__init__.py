"""Delivers finished clips: copied and checked one by one, then listed, with a sheet to look at."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from farm.delivery import manifest
from farm.delivery.contact_sheet import FramesReader, SheetRow, draw
from farm.delivery.manifest import Deliverable
from farm.errors import Refused
from pipeline import encode

__all__ = ["Deliverable", "Delivery", "SheetRow", "deliver", "draw", "fields_of", "sheet_row"]

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Delivery:
    """What lies in the delivered folder now."""

    folder: Path
    clips: list[Path]
    manifests: tuple[Path, Path]
    """As CSV and as JSON."""
    contact_sheet: Path
    """Its further pages, if any, lie beside it."""


def deliver(
    production: str,
    items: Sequence[Deliverable],
    media: Path,
    to: Path,
    on_clip: Callable[[int, int], None] = lambda done, total: None,
    read_frames: FramesReader = encode.read,
) -> Delivery:
    """Copies each clip to `to/<shot>_t<take>.mp4`, checks it, then writes manifests and contact sheet.

    A clip that lies there whole is left alone. `on_clip` hears how many clips of how many are done.
    Raises `Refused` when the folder cannot be written and, once all others are delivered and listed,
    with the name of each shot whose clip is missing or altered.
    """
    troubles: list[str] = []
    delivered: list[Deliverable] = []
    try:
        to.mkdir(parents=True, exist_ok=True)
        for done, item in enumerate(items, start=1):
            trouble = _bring(item, media, to)
            if trouble:
                troubles.append(f"{item.shot}: {trouble}")
            else:
                delivered.append(item)
            on_clip(done, len(items))
        delivery = _list(production, delivered, media, to, read_frames)
    except OSError as error:
        raise Refused(f"cannot deliver to {to}: {error.strerror or error}") from error
    if troubles:
        raise Refused(
            f"{len(troubles)} of {len(items)} clips could not be delivered, the others were; "
            f"bring back the files or make the shots again with `farm retake`: {'; '.join(troubles)}"
        )
    return delivery


def fields_of(take: object) -> dict[str, Any]:
    """The values of a `Deliverable`, out of anything that has them under the same names."""
    return {field.name: getattr(take, field.name) for field in fields(Deliverable)}


def sheet_row(item: Deliverable) -> SheetRow:
    """The contact sheet's row for a take."""
    names = {field.name for field in fields(SheetRow)} - {"instead"}
    return SheetRow(**{name: getattr(item, name) for name in names})


def _list(
    production: str,
    items: Sequence[Deliverable],
    media: Path,
    to: Path,
    read_frames: FramesReader,
) -> Delivery:
    rows = [sheet_row(item) for item in items]
    sheet = draw(production, rows, media, to / "contact_sheet.png", read_frames)
    manifests = manifest.write(production, items, to)
    return Delivery(to, [to / item.file for item in items], manifests, sheet)


def _bring(item: Deliverable, media: Path, to: Path) -> str | None:
    """Copies one clip, whole or not at all; the sentence on why it could not be, if so."""
    source, place = media / item.clip, to / item.file
    if place.is_file() and _sha256(place) == item.sha256:
        return None
    if not source.is_file():
        return f"{source} is missing"
    draft = place.with_name(f".{place.name}.part")
    try:
        if _copy(source, draft) != item.sha256:
            return f"{source} was altered after it was made"
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    return None


def _copy(source: Path, draft: Path) -> str:
    """Copies a file down to the disk; the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    with source.open("rb") as reading, draft.open("wb") as writing:
        while block := reading.read(BLOCK):
            digest.update(block)
            writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
