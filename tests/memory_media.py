"""A media root in memory, for tests of those who use one."""

import errno
import io
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import Cause, RenderFault
from pipeline.storage.protocol import StoredFile, Taken, checked


class MemoryMedia:
    """Implements `pipeline.storage.protocol.Media`; drafts and what is got lie in folders that pass."""

    root = "memory"

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._at: dict[str, float] = {}
        self._one = threading.Lock()

    def where(self, name: str) -> str:
        return f"{self.root}/{checked(name)}"

    def local(self, name: str) -> Path | None:
        checked(name)

    def put_new(self, name: str, data: bytes) -> None:
        with self._one:
            if checked(name) in self.files:
                raise Taken(errno.EEXIST, f"there is a file {self.where(name)} already")
            self._keep(name, data)

    def put(self, name: str, data: bytes) -> None:
        with self._one:
            self._keep(checked(name), data)

    def _keep(self, name: str, data: bytes) -> None:
        self.files[name], self._at[name] = data, self.clock()

    @contextmanager
    def draft(self, name: str) -> Iterator[Path]:
        checked(name)
        with tempfile.TemporaryDirectory() as folder:
            draft = Path(folder, f"{Path(name).name}.part")
            yield draft
            self.put_new(name, draft.read_bytes())

    @contextmanager
    def get(self, name: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder, Path(name).name)
            place.write_bytes(self._found(name))
            yield place

    def open(self, name: str, start: int = 0, length: int | None = None) -> BinaryIO:
        end = None if length is None else start + length
        return io.BytesIO(self._found(name)[start:end])

    def _found(self, name: str) -> bytes:
        try:
            return self.files[checked(name)]
        except KeyError:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name) from None

    def exists(self, name: str) -> bool:
        return checked(name) in self.files

    def look(self, name: str) -> StoredFile | None:
        if not self.exists(name):
            return None
        return StoredFile(name=name, size=len(self.files[name]), at=self._at[name])

    def files_below(self, prefix: str, suffix: str = "") -> Iterator[StoredFile]:
        folder, below, _ = prefix.rpartition("/")
        if below:
            checked(folder)
        for name in sorted(self.files, key=lambda each: each.split("/")):
            if name.startswith(prefix) and name.endswith(suffix) and (found := self.look(name)):
                yield found

    def sees(self, folder: str) -> bool:
        return any(name.startswith(f"{checked(folder)}/") for name in self.files)

    def move(self, name: str, to: str) -> None:
        data, at = self._found(name), self._at[name]
        self.files[checked(to)], self._at[to] = data, at
        self.remove(name)

    def remove(self, name: str) -> None:
        self.files.pop(checked(name), None)

    def clock(self) -> float:
        return time.time()

    def free(self) -> int:
        return 1 << 40

    def probe(self, size: int) -> None: ...

    def set_up(self) -> None: ...

    def fault(self, error: OSError, name: str) -> RenderFault:
        return RenderFault(Cause.MACHINE, f"{self.where(name)} fails ({error.strerror})")
