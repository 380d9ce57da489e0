"""What is asked of the media root, wherever it keeps stills, clips, calibrations and results."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.errors import RenderFault


class Taken(FileExistsError):
    """A file was to be new and there is one of its name; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file in the media root."""

    name: str
    size: int
    """Bytes."""
    at: float
    """When it was last written, by the storage's clock: seconds since 1970."""
    linked: bool = False
    """Whether its bytes lie elsewhere, behind a link that somebody laid."""


def checked(name: str) -> str:
    """The name of a file in the media root. Raises `ValueError` for one that leads elsewhere."""
    if "\0" in name or any(part in ("", ".", "..") for part in name.split("/")):
        raise ValueError(
            f"{name!r} names no file in the media root: names are relative to it, like "
            "clips/ads/sh010/a.mp4, without .. in them"
        )
    return name


class Media(Protocol):
    """Stills, clips, calibrations and results, each under its name relative to the media root.

    A file appears whole or not at all, and outlasts a power cut once it is there; what a writer that
    died left is in nobody's way. A name that leads out of the root raises `ValueError`, and whatever
    the storage itself fails of raises `OSError`: `fault` says what that means for a take.
    """

    @property
    def root(self) -> str:
        """What people call it, and what `media_at` makes a `Media` of on every machine that reaches it."""
        ...

    def where(self, name: str) -> str:
        """Where a file or a folder lies, for people."""
        ...

    def local(self, name: str) -> Path | None:
        """Where a file lies for good on this machine; None where the storage is none of its folders."""
        ...

    def put_new(self, name: str, data: bytes) -> None:
        """Keeps a file under a name that nobody has. Raises `Taken`: nothing is written over."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Keeps a file, in place of the one of this name, if any."""
        ...

    def draft(self, name: str) -> AbstractContextManager[Path]:
        """A local path where nothing lies yet, for programs to write to. It is published as a new file
        when the block ends, and removed when the block raises. Raises `Taken` at the end of the block.
        """
        ...

    def get(self, name: str) -> AbstractContextManager[Path]:
        """A local path to read a file from while the block lasts, and never to write to.

        Raises `FileNotFoundError`.
        """
        ...

    def open(self, name: str, start: int = 0, length: int | None = None) -> BinaryIO:
        """A file's bytes from `start` on, all or at most `length` of them. Raises `FileNotFoundError`."""
        ...

    def exists(self, name: str) -> bool:
        """Whether there is a file of this name."""
        ...

    def look(self, name: str) -> StoredFile | None:
        """The size and the time of a file; None where there is none."""
        ...

    def files_below(self, prefix: str, suffix: str = "") -> Iterator[StoredFile]:
        """The files whose names begin with `prefix` and end with `suffix`, folder by folder in the order
        of their names; drafts are among them. None where there is no such folder."""
        ...

    def sees(self, folder: str) -> bool:
        """Whether this machine sees a folder that has ever held a file; false where a mount is missing."""
        ...

    def move(self, name: str, to: str) -> None:
        """Gives a file another name, in place of the one that has it, if any."""
        ...

    def remove(self, name: str) -> None:
        """Removes a file, if it is there."""
        ...

    def clock(self) -> float:
        """What time it is for whoever stamps the files, maybe another machine; as in `StoredFile.at`."""
        ...

    def free(self) -> int:
        """Bytes that are free, whoever else may take them."""
        ...

    def probe(self, size: int) -> None:
        """Writes so many bytes and forgets them: a quota does not show in what is free."""
        ...

    def set_up(self) -> None:
        """Makes the root where there is none, and makes sure that it can be written."""
        ...

    def fault(self, error: OSError, name: str) -> RenderFault:
        """What the farm should do about a file that could not be written or read, and a sentence on it."""
        ...
