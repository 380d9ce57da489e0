"""The media root as a folder that every machine reaches."""

import errno
import io
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.errors import DISK_FAILS, Cause, RenderFault
from pipeline.storage import files
from pipeline.storage.protocol import StoredFile, Taken, checked

_NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


class _NoLinks(OSError):
    """The file system knows no hard links."""


@dataclass(frozen=True, slots=True)
class MediaFolder:
    """Implements `pipeline.storage.protocol.Media` in a folder, which may be a mount."""

    folder: Path

    @property
    def root(self) -> str:
        return str(self.folder)

    def where(self, name: str) -> str:
        return str(self._place(name))

    def local(self, name: str) -> Path:
        return self._place(name)

    def put_new(self, name: str, data: bytes) -> None:
        with self.draft(name) as draft, draft.open("xb") as file:
            file.write(data)

    def put(self, name: str, data: bytes) -> None:
        files.put(self._place(name), data)

    @contextmanager
    def draft(self, name: str) -> Iterator[Path]:
        place = self._place(name)
        draft = files.draft_of(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield draft
            files.sync_file(draft)
            _publish(draft, place)
        finally:
            draft.unlink(missing_ok=True)

    @contextmanager
    def get(self, name: str) -> Iterator[Path]:
        place = self._place(name)
        if not place.exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place))
        yield place

    def open(self, name: str, start: int = 0, length: int | None = None) -> BinaryIO:
        file = self._place(name).open("rb")
        file.seek(start)
        return file if length is None else io.BufferedReader(_Part(file, length))

    def exists(self, name: str) -> bool:
        return self.look(name) is not None

    def look(self, name: str) -> StoredFile | None:
        place = self._place(name)
        try:
            own = place.lstat()
            found = place.stat() if stat.S_ISLNK(own.st_mode) else own
        except OSError as error:
            if error.errno in _NOTHING_THERE:
                return None
            raise
        if not stat.S_ISREG(found.st_mode):
            return None
        return StoredFile(name=name, size=found.st_size, at=found.st_mtime, linked=found is not own)

    def files_below(self, prefix: str, suffix: str = "") -> Iterator[StoredFile]:
        folder, below, start = prefix.rpartition("/")
        yield from self._walk(checked(folder) if below else "", start, suffix, frozenset())

    def _walk(
        self, folder: str, start: str, suffix: str, linked: frozenset[str]
    ) -> Iterator[StoredFile]:
        """`linked` are the folders behind links that led here: one that leads back is not followed."""
        try:
            entries = sorted(os.scandir(self.folder / folder), key=lambda each: each.name)
        except (FileNotFoundError, NotADirectoryError):
            return
        for each in entries:
            name = f"{folder}/{each.name}" if folder else each.name
            if not each.name.startswith(start):
                continue
            if _leads_to_folder(each):
                inside = {os.path.realpath(each.path)} if each.is_symlink() else set[str]()
                if not inside & linked:
                    yield from self._walk(name, "", suffix, linked | inside)
            elif name.endswith(suffix) and (found := self.look(name)):
                yield found

    def sees(self, folder: str) -> bool:
        return self._place(folder).is_dir()

    def move(self, name: str, to: str) -> None:
        before, after = self._place(name), self._place(to)
        after.parent.mkdir(parents=True, exist_ok=True)
        before.rename(after)

    def remove(self, name: str) -> None:
        self._place(name).unlink(missing_ok=True)

    def clock(self) -> float:
        with tempfile.TemporaryFile(dir=self.folder) as probe:
            return os.fstat(probe.fileno()).st_mtime

    def free(self) -> int:
        return shutil.disk_usage(self.folder).free

    def probe(self, size: int) -> None:
        with tempfile.TemporaryFile(dir=self.folder) as file:
            file.write(bytes(size))
            file.flush()
            os.fsync(file.fileno())

    def set_up(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=self.folder).close()  # of no name that another may take away

    def fault(self, error: OSError, name: str) -> RenderFault:
        place = f"the media folder {self._place(name).parent}"
        if isinstance(error, _NoLinks):
            remedy = "set another media folder"
            what = f"{place} lies on a file system without hard links: {remedy}"
            return RenderFault(Cause.FATAL, what)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            # Not the machine's doing: every other one would find the same folder full.
            return RenderFault(Cause.CAPACITY, f"{place} has no room left: free some")
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            remedy = "let the farm's user write there, or set another media folder"
            return RenderFault(Cause.FATAL, f"{place} cannot be used ({error.strerror}): {remedy}")
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EEXIST):
            remedy = "mount it on this machine, or set another media folder"
            return RenderFault(Cause.FATAL, f"{place} is not there ({error.strerror}): {remedy}")
        return RenderFault(Cause.MACHINE, f"{place} fails ({error.strerror}): {DISK_FAILS}")

    def _place(self, name: str) -> Path:
        return self.folder / checked(name)


def _publish(draft: Path, place: Path) -> None:
    """A link, not a rename: a rename would quietly replace a file of that name."""
    try:
        os.link(draft, place)
        draft.unlink()
        files.sync_folder(place.parent)
    except FileExistsError as error:
        raise Taken(error.errno, f"there is a file {place} already") from error
    except OSError as error:
        if error.errno in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise _NoLinks(error.errno, error.strerror) from error
        raise


def _leads_to_folder(entry: "os.DirEntry[str]") -> bool:
    return os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir()


class _Part(io.RawIOBase):
    """At most so many bytes of a file that is open."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._left = length

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        block = self._file.read(min(len(buffer), self._left))
        buffer[: len(block)] = block
        self._left -= len(block)
        return len(block)

    def close(self) -> None:
        self._file.close()
        super().close()
