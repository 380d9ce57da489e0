"""Clips and stills as a delivery reads them: where one cannot be, the folder that it goes to is well."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from farm.errors import Unreadable


@contextmanager
def reading(where: str | Path) -> Iterator[None]:
    """Inside, a file is read that people know as `where`, and nothing is written: what a disk fails of
    raises `Unreadable`."""
    try:
        yield
    except OSError as error:
        raise Unreadable(str(where), error) from error


@dataclass(frozen=True, slots=True)
class Source:
    """An open file that raises `Unreadable`, which tells it from the file that it is copied to."""

    file: BinaryIO
    where: str

    def read(self, size: int) -> bytes:
        with reading(self.where):
            return self.file.read(size)
