"""One delivery into one folder, step by step.

The manifest is written before every step, with all that the step may leave in the folder: a delivery
that is cut off anywhere is known by the next.
"""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path

from farm.delivery import manifest
from farm.delivery.contact_sheet import FramesReader, SheetRow, pages
from farm.delivery.folder import Left, Lies, is_one_of, others, set_aside, what_lies
from farm.delivery.manifest import Contents, Deliverable, Known, Put
from farm.errors import Refused
from pipeline.storage.checksums import sha256_of
from pipeline.storage.files import draft_of, put
from pipeline.storage.protocol import Media
from pipeline.storage.roots import media_at

SHEET = "contact_sheet.png"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A clip that could not be delivered, and why."""

    shot: str
    file: str
    why: str
    gone: bool
    """There is no such clip any more; else something else lies in its place."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What lies in the delivered folder now."""

    folder: Path
    clips: list[Path]
    manifests: tuple[Path, Path]
    """As CSV and as JSON."""
    contact_sheet: Path
    """Its further pages, if any, lie beside it."""
    removed: tuple[str, ...] = ()
    """Files of earlier deliveries that are no part of this one, and that are gone now."""
    kept: tuple[str, ...] = ()
    """Such files that were to be kept."""
    left: tuple[Left, ...] = ()
    """What no delivery put there, or what was changed since."""
    troubles: tuple[Trouble, ...] = ()
    """The clips that could not be delivered."""


def sheet_row(item: Deliverable) -> SheetRow:
    """The contact sheet's row for a take."""
    names = {field.name for field in fields(SheetRow)} - {"instead"}
    row = SheetRow(**{name: getattr(item, name) for name in names})
    return replace(row, clip=None, instead=_gone(item)) if item.purged else row


def _gone(item: Deliverable) -> str:
    assert item.purged is not None
    return f"its clip was purged on {item.purged.astimezone():%d %b %Y}"


class Work:
    """One delivery into one folder, step by step."""

    def __init__(
        self,
        production: str,
        items: Sequence[Deliverable],
        media: Media,
        to: Path,
        *,
        keep_old: bool,
    ) -> None:
        """Raises `Refused` where the folder is another production's."""
        self._production = production
        self._items = items
        self._media = media
        self._to = to
        self._keep_old = keep_old
        self._removed: list[str] = []
        self._kept: list[str] = []
        self._left: list[Left] = []
        self._troubles: list[Trouble] = []
        self._known = self._read()

    def names(self) -> set[str]:
        """Every file that a delivery of this production may have begun to write here."""
        clips = {item.file for item in self._items}
        known = {each.file for each in self._known.puts}
        return clips | known | {manifest.LIST, manifest.TABLE, SHEET}

    def carry_out(self, on_clip: Callable[[int, int], None], read_frames: FramesReader) -> Delivery:
        self._announce()
        delivered: list[Deliverable] = []
        for done, item in enumerate(self._items, start=1):
            if trouble := self._bring(item):
                self._troubles.append(trouble)
            else:
                delivered.append(item)
            on_clip(done, len(self._items))
        self._list(delivered, read_frames)
        return Delivery(
            folder=self._to,
            clips=[self._to / item.file for item in delivered],
            manifests=(self._to / manifest.TABLE, self._to / manifest.LIST),
            contact_sheet=self._to / SHEET,
            removed=tuple(self._removed),
            kept=tuple(self._kept),
            left=tuple(sorted(self._left, key=lambda each: each.file)),
            troubles=tuple(self._troubles),
        )

    def _read(self) -> Known:
        empty = Contents(production=self._production, clips=()).document()
        nothing = Known(production=self._production, document={**empty, "files": []})
        try:
            known = manifest.read(self._to)
        except ValueError as error:
            aside = set_aside(self._to / manifest.LIST)
            why = f"it was {manifest.LIST}, and no manifest of a delivery ({error})"
            self._left.append(Left(aside.name, why))
            return nothing
        if known and known.production != self._production:
            raise Refused(
                f"{self._to} holds the delivery of {known.production}: give {self._production} a "
                "folder of its own"
            )
        return known or nothing

    def _announce(self) -> None:
        """Notes what is about to be copied, beside all that the manifest lists so far."""
        coming = [Put(item.file, item.sha256) for item in self._items]
        if set(coming) <= set(self._known.puts):
            return
        puts = dict.fromkeys([*self._known.puts, *coming])
        earlier = [{"file": each.file, "sha256": each.sha256} for each in puts]
        manifest.write(self._to, {**self._known.document, "earlier": earlier})
        self._known = replace(self._known, puts=tuple(puts))

    def _bring(self, item: Deliverable) -> Trouble | None:
        """Copies one clip, whole or not at all; why it could not be, if so."""
        place = self._to / item.file
        lies = what_lies(place, {item.sha256})
        if lies is Lies.THAT:
            return None
        if lies is Lies.CHANGED:
            lies = what_lies(place, self._known.sums(item.file))
        if lies in (Lies.CHANGED, Lies.NO_FILE):
            why = f"{place} is not what a delivery put there: move it away and deliver again"
            return Trouble(item.shot, item.file, why, gone=False)
        if self._media.exists(item.clip):
            if self._copy(item, place):
                return None
            why = f"{self._media.where(item.clip)} was altered after it was made"
        else:
            why = _gone(item) if item.purged else f"{self._media.where(item.clip)} is missing"
        return Trouble(item.shot, item.file, why, gone=True)

    def _copy(self, item: Deliverable, place: Path) -> bool:
        """Copies a clip whole, down to the disk, or not at all: false where it has another checksum."""
        draft = draft_of(place)
        try:
            with self._media.open(item.clip) as reading, draft.open("xb") as writing:
                found = sha256_of(reading, copy=writing)
                writing.flush()
                os.fsync(writing.fileno())
            if found != item.sha256:
                return False
            draft.replace(place)
            return True
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def _list(self, items: Sequence[Deliverable], read_frames: FramesReader) -> None:
        """Manifests and contact sheet, and out goes what is no part any more."""
        rows = [replace(sheet_row(item), clip=item.file) for item in items]
        delivered = media_at(str(self._to))
        sheets = dict(pages(self._production, rows, self._media, delivered, SHEET, read_frames))
        new = Contents(
            production=self._production,
            clips=items,
            sheets=[Put.of(name, page) for name, page in sheets.items()],
        )
        parts = new.puts
        old = [each for each in self._known.puts if each not in parts]
        manifest.write(self._to, replace(new, earlier=old).document())
        self._write(manifest.TABLE, new.table, parts)
        for name, page in sheets.items():
            self._write(name, page, parts)
        earlier = list(self._take_out(old, {each.file for each in parts}))
        if earlier != old:
            manifest.write(self._to, replace(new, earlier=earlier).document())
        self._name_others({each.file for each in [*parts, *earlier]})

    def _write(self, name: str, content: bytes, parts: Collection[Put]) -> None:
        """Writes a file of the delivery's own; what others put there or changed gets another name."""
        place = self._to / name
        sums = self._known.sums(name) | {each.sha256 for each in parts if each.file == name}
        lies = what_lies(place, sums)
        if lies is Lies.NO_FILE or (lies is Lies.CHANGED and self._known.names_all):
            why = f"it was {name}, and not what a delivery wrote there"
            self._left.append(Left(set_aside(place).name, why))
        put(place, content)

    def _take_out(self, old: Sequence[Put], parts: set[str]) -> Iterator[Put]:
        """Removes what earlier deliveries left and is no part any more; what of it stays in mind."""
        files = [self._to / file for file in parts]
        for file in dict.fromkeys(each.file for each in old if each.file not in parts):
            place = self._to / file
            lies = what_lies(place, {each.sha256 for each in old if each.file == file})
            if lies is Lies.NOTHING or is_one_of(place, files):
                continue
            if lies is Lies.THAT and self._keep_old:
                self._kept.append(file)
            elif lies is Lies.THAT:
                place.unlink()
                self._removed.append(file)
                continue
            elif file not in {each.file for each in self._troubles}:
                self._left.append(Left(file, "it was changed since it was delivered"))
            yield from (each for each in old if each.file == file)

    def _name_others(self, known: set[str]) -> None:
        told = {each.file for each in [*self._left, *self._troubles]}
        self._left += [
            Left(file, "no delivery put it there")
            for file in others(self._to, {*known, manifest.LIST})
            if file not in told
        ]
