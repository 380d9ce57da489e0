"""Files that are written whole or not at all, beside their place first."""

import os
import re
import uuid
from pathlib import Path

import numpy as np
import numpy.typing as npt

Frames = npt.NDArray[np.uint8]
"""The frames of a clip: (frames, height, width, 3), RGB."""

DRAFT = ".part"
"""How the names of drafts end."""
_DRAFT = re.compile(r"(?P<folder>(?:.*/)?)\.(?P<file>[^/]+)\.[0-9a-f]{8}\.part")


def sync_file(place: Path) -> None:
    """Makes what was written to a file outlast a power cut."""
    with place.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Makes the names in `folder` outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def draft_of(place: Path) -> Path:
    """Where a file is written before it is moved to its place: beside it, under a name of its own each
    time, so that two writers never share one and what a crash left is in nobody's way."""
    return place.with_name(f".{place.name}.{uuid.uuid4().hex[:8]}{DRAFT}")


def drafted(name: str) -> str | None:
    """The name of the file that a draft of `draft_of` is to become; None for what is no draft."""
    found = _DRAFT.fullmatch(name)
    return found["folder"] + found["file"] if found else None


def put(place: Path, data: bytes) -> None:
    """Writes a file whole or not at all: beside its place, synced, then moved there."""
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = draft_of(place)
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
        sync_folder(place.parent)
    finally:
        draft.unlink(missing_ok=True)
