"""SHA-256 of files, block by block."""

import hashlib
from pathlib import Path
from typing import BinaryIO, Protocol

BLOCK = 1 << 20
"""Bytes that are in memory at once."""


class Reading(Protocol):
    """An open file, as far as it is read."""

    def read(self, size: int, /) -> bytes: ...


def sha256_of(file: Reading, copy: BinaryIO | None = None) -> str:
    """The checksum of an open file from where it stands to its end, written into `copy` meanwhile."""
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
        if copy is not None:
            copy.write(block)
    return digest.hexdigest()


def sha256_at(place: Path) -> str:
    """The checksum of the file at `place`."""
    with place.open("rb") as file:
        return sha256_of(file)
