"""A delivery to be fetched: made in a folder that passes, and read as one zip, piece by piece."""

import secrets
import shutil
import zipfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from farm.domain.lifecycle import ShotState
from farm.errors import Refused
from farm.operations.deliver import PASSED, deliver, waiting_for_finals
from farm.scheduler.sweep import DELIVERIES

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store
    from farm.store.queries.selection import SelectedTake
    from pipeline.storage.protocol import Media

PIECE = 256 * 1024
"""Bytes that are read at once."""
LEFT_OUT = "not_delivered.txt"
"""Says in the zip which clips could not be delivered, and why; there where any was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a delivery would hold, and what not."""

    clips: "tuple[SelectedTake, ...]"
    purged: "tuple[SelectedTake, ...]"
    """They would be part of it if their clips had not been removed."""
    others: tuple[tuple[str, ShotState], ...]
    """Shots that no take stands for, or that nobody accepted, with how each stands; omitted ones are no
    part of the production any more."""
    drafts: frozenset[str]
    """The codes of those among them of which there is a draft alone."""

    @property
    def size(self) -> int:
        """Bytes of all clips."""
        return sum(each.size for each in self.clips)


def foresee(store: "Store", production: str, media: "Media | None" = None) -> Foreseen:
    """What would be delivered of a production now; with `media`, where that is a folder, clips whose files
    are gone count as removed, unless the folder is not mounted. Raises `UnknownName`."""
    from farm.store.queries import board, selection

    lines = board.lines(store, production)
    takes = selection.selected_takes(store, production, PASSED)
    passed = {each.shot for each in takes}
    seen = media if media and media.sees("clips") else None
    there = {each.shot for each in takes if each.purged is None and not _is_gone(seen, each.clip)}
    return Foreseen(
        clips=tuple(each for each in takes if each.shot in there),
        purged=tuple(each for each in takes if each.shot not in there),
        others=tuple(
            (line.code, line.state)
            for line in lines
            if line.code not in passed and line.state is not ShotState.OMITTED
        ),
        drafts=frozenset(waiting_for_finals(store, production)),
    )


def _is_gone(media: "Media | None", clip: str) -> bool:
    place = media.local(clip) if media else None
    return place is not None and not place.exists()


def make(
    settings: "Settings", store: "Store", media: "Media", production: str, *, who: str
) -> Path:
    """Delivers into a folder of its own below the media root, which whoever asks removes by `remove`.

    Clips that cannot be delivered are named in `LEFT_OUT`. Raises `UnknownName`, and `Refused` where there
    is nothing to deliver, or no room for it.
    """
    from farm.delivery.deliver import Undelivered

    folder = media.local(f"{DELIVERIES}/{secrets.token_hex(8)}")
    if folder is None:
        raise Refused(
            f"this farm's media root is no folder; deliver with `farm deliver {production} --to FOLDER`"
        )
    foreseen = foresee(store, production)
    if not foreseen.clips and foreseen.purged:
        raise Refused(
            f"the clips of all accepted and approved shots of {production} were removed; "
            "another take makes a new one"
        )
    if not foreseen.clips:
        raise Refused(
            f"no shot of {production} has a clip that is accepted or approved; decide first"
        )
    _refuse_too_large(production, foreseen.size, media.free(), settings.min_free_mb * 2**20)
    try:
        try:
            deliver(settings, store, production, folder, who=who, called="the desk")
        except Undelivered as trouble:
            if not trouble.delivery.clips:
                raise
            troubles = trouble.delivery.troubles
            told = "\n".join(f"{each.shot}: {each.file}: {each.plainly}" for each in troubles)
            (folder / LEFT_OUT).write_text(f"Not delivered:\n{told}\n", encoding="utf-8")
    except BaseException:
        remove(folder)
        raise
    return folder


def _refuse_too_large(production: str, needed: int, free: int, reserve: int) -> None:
    """Raises `Refused` where no copy of `needed` bytes fits beside what renders are to find free."""
    if needed + reserve > free:
        raise Refused(
            f"the clips of {production} are {needed / 2**20:.0f} MiB, and the media root has "
            f"{free / 2**20:.0f} MiB left, of which {reserve / 2**20:.0f} stay for renders; free some, or "
            f"deliver with `farm deliver {production} --to FOLDER`"
        )


def remove(folder: Path) -> None:
    """Removes a delivery that was fetched, or will not be."""
    shutil.rmtree(folder, ignore_errors=True)


def pieces(folder: Path, called: str) -> Generator[bytes, None, None]:
    """A zip of the files in a folder, below a folder that is `called` so, in pieces of a few hundred KB.

    Films are stored as they are: they are compressed already.
    """
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:  # type: ignore[arg-type]
        for file in sorted(folder.iterdir()):
            about = zipfile.ZipInfo.from_file(
                file, f"{called}/{file.name}", strict_timestamps=False
            )
            with file.open("rb") as reading, archive.open(about, "w") as writing:
                yield from _copied(reading, writing, sink)  # type: ignore[arg-type]
    yield sink.taken()


def _copied(reading: BinaryIO, writing: BinaryIO, sink: "_Sink") -> Generator[bytes, None, None]:
    while piece := reading.read(PIECE):
        writing.write(piece)
        yield sink.taken()


class _Sink:
    """Where a zip is written that is taken away meanwhile: nothing in it can be gone back to."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def taken(self) -> bytes:
        """What was written since this was asked last."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
