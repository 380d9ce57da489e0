"""Files in the media root: written whole or not at all, and what it means when they cannot be."""

import errno
import os
import uuid
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.errors import Cause, RenderFault

Frames = npt.NDArray[np.uint8]
"""The frames of a clip: (frames, height, width, 3), RGB."""


def folder_fault(error: OSError, folder: Path) -> RenderFault:
    """What the farm should do about a folder that could not be written or read, and a sentence on it."""
    place = f"the media folder {folder}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        # Not the machine's doing: every other one would find the same folder full.
        return RenderFault(Cause.CAPACITY, f"{place} has no room left: free some")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        remedy = "let the farm's user write there, or set another media folder"
        return RenderFault(Cause.FATAL, f"{place} cannot be used ({error.strerror}): {remedy}")
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EEXIST):
        remedy = "mount it on this machine, or set another media folder"
        return RenderFault(Cause.FATAL, f"{place} is not there ({error.strerror}): {remedy}")
    remedy = "look at the disk or the mount behind it"
    return RenderFault(Cause.MACHINE, f"{place} fails ({error.strerror}): {remedy}")


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
    return place.with_name(f".{place.name}.{uuid.uuid4().hex[:8]}.part")


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
