"""A folder that deliveries go to: what lies there, whose it is, and one delivery at a time.

No link is ever followed, and only plain files directly in the folder are touched.
"""

import errno
import fcntl
import os
import re
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from pipeline.storage.checksums import sha256_of

_DRAFT = re.compile(r"\.(?P<file>.+?)(\.[0-9a-f]{8})?\.part")
"""Half a file, as deliveries write them; those of older farms had no mark of their own."""


class Lies(Enum):
    """What lies under a name."""

    NOTHING = auto()
    THAT = auto()
    """A plain file with one of the checksums that it was put there with."""
    CHANGED = auto()
    """A plain file with another one."""
    NO_FILE = auto()
    """A link, a folder or the like."""


@dataclass(frozen=True, slots=True)
class Left:
    """Something in the folder that was left alone, and why."""

    file: str
    why: str


@contextmanager
def alone_in(folder: Path, on_wait: Callable[[], None]) -> Iterator[bool]:
    """One delivery at a time works in a folder; `on_wait` hears that another one is at it.

    False where the file system knows no locks.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield _lock(handle, on_wait)
    finally:
        os.close(handle)


def _lock(handle: int, on_wait: Callable[[], None]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno != errno.EWOULDBLOCK:
            return False
        on_wait()
        fcntl.flock(handle, fcntl.LOCK_EX)
    return True


def what_lies(place: Path, sums: Collection[str]) -> Lies:
    """What lies at `place`, which was put there with one of these checksums if it is ours."""
    try:
        handle = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        return Lies.NOTHING
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            return Lies.NO_FILE
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return Lies.NO_FILE
    with os.fdopen(handle, "rb") as file:
        found = sha256_of(file)
    return Lies.THAT if found in sums else Lies.CHANGED


def set_aside(place: Path) -> Path:
    """Gives what lies at `place` another name beside it, so that it is not written over."""
    number = 1
    while os.path.lexists(other := place.with_stem(f"{place.stem} (kept {number})")):
        number += 1
    return place.rename(other)


def drop_drafts(folder: Path, files: Collection[str]) -> None:
    """Removes the halves of these files that a delivery left which was cut off."""
    for each in folder.iterdir():
        draft = _DRAFT.fullmatch(each.name)
        if draft and draft["file"] in files and not each.is_dir():
            each.unlink(missing_ok=True)


def others(folder: Path, files: Collection[str]) -> list[str]:
    """What lies in the folder beside these files, but for hidden files, which systems leave behind."""
    # On disks that take large letters for small ones a file may lie there under another spelling.
    ours = {_identity(folder / file) for file in files} - {None}
    return sorted(
        each.name
        for each in folder.iterdir()
        if not each.name.startswith(".") and each.name not in files
        if _identity(each) not in ours
    )


def is_one_of(place: Path, others: Collection[Path]) -> bool:
    """Whether `place` is another spelling of one of these files."""
    return _identity(place) in {_identity(other) for other in others}


def _identity(place: Path) -> tuple[int, int] | None:
    try:
        found = place.lstat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
