"""Keeps checked shots on disk until the last one is checked: only then may any be taken in."""

import pickle
import tempfile
import weakref
from collections.abc import Iterator

from farm.domain.shot import NewShot

CHUNK = 500
"""Shots that are in memory at once."""


class Pile:
    """Shots in the order in which they were put there; read as often as is wanted.

    It lies in a file without a name, which goes with the pile.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - stays open as long as the pile
        weakref.finalize(self, self._file.close)
        self._top: list[NewShot] = []
        self._places: list[int] = []
        self._written = 0

    def __len__(self) -> int:
        return self._written + len(self._top)

    def __iter__(self) -> Iterator[NewShot]:
        for place in self._places:
            self._file.seek(place)
            yield from pickle.load(self._file)  # noqa: S301 - nobody else can write there
        yield from self._top

    def put(self, shot: NewShot) -> None:
        """Puts a shot on top."""
        self._top.append(shot)
        if len(self._top) == CHUNK:
            self._places.append(self._file.seek(0, 2))
            pickle.dump(self._top, self._file, pickle.HIGHEST_PROTOCOL)
            self._written += CHUNK
            self._top = []
