"""One delivery into one folder, step by step.

The manifest is written before every step, with all that the step may leave in the folder: a delivery
that is cut off anywhere is known by the next.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from farm.delivery import manifest, timelines
from farm.delivery.bringing import Bringer, Memory, Trouble, bring_all, gone
from farm.delivery.contact_sheet import FramesReader, SheetRow
from farm.delivery.ffmpeg import Ffmpeg
from farm.delivery.finishing import Finishing
from farm.delivery.folder import Left, Lies, is_one_of, others, set_aside, what_lies
from farm.delivery.listed import Deliverable, Listed, Put
from farm.delivery.manifest import Contents, Known
from farm.delivery.plan import Plan, said
from farm.delivery.sheets import PRINTED, SHEET, SheetKind, contact_sheets, today
from farm.delivery.timeline import CutShot, without_clips
from farm.errors import Refused
from pipeline.storage.files import put
from pipeline.storage.protocol import Media
from pipeline.storage.roots import media_at


@dataclass(frozen=True, slots=True)
class Delivery:
    """What lies in the delivered folder now."""

    folder: Path
    clips: list[Path]
    shots: tuple[str, ...]
    """Whose clips these are, by their codes."""
    manifests: tuple[Path, Path]
    """As CSV and as JSON."""
    contact_sheet: Path
    """The picture, with its further pages beside it, if any; or the one to print, where that is all."""
    timelines: tuple[Path, ...] = ()
    """For editing systems, where they were asked for."""
    removed: tuple[str, ...] = ()
    """Files of earlier deliveries that are no part of this one, and that are gone now."""
    kept: tuple[str, ...] = ()
    """Such files that were to be kept, and films whose clip could not be delivered now."""
    left: tuple[Left, ...] = ()
    """What no delivery put there, or what was changed since."""
    troubles: tuple[Trouble, ...] = ()
    """The clips that could not be delivered."""
    labelled: Path | None = None
    """The folder with the same films and a visible label in them, if there is one."""


def sheet_row(item: Deliverable) -> SheetRow:
    """The contact sheet's row for a take."""
    names = {field.name for field in fields(SheetRow)} - {"instead", "made"}
    row = SheetRow(**{name: getattr(item, name) for name in names})
    return replace(row, clip=None, instead=gone(item)) if item.purged else row


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
        plan: Plan,
        cut: Sequence[CutShot] = (),
        ffmpeg: Ffmpeg | None = None,
        expected: Mapping[str, str] | None = None,
        finishing: Finishing | None = None,
    ) -> None:
        """`expected` has the checksums, by file, that what is made must have, where that is known.

        Raises `Refused` where the folder is another production's.
        """
        self._production = production
        self._items = items
        self._media = media
        self._to = to
        self._keep_old = keep_old
        self._plan = plan
        self._cut = cut
        self._day = plan.dated or today()
        self._removed: list[str] = []
        self._kept: list[str] = []
        self._left: list[Left] = []
        self._troubles: list[Trouble] = []
        self._memory = Memory(to, self._read())
        self._copies = plan.is_plain and finishing is None
        self._bringer = Bringer(media, to, plan, self._memory, ffmpeg, expected or {}, finishing)

    def names(self) -> set[str]:
        """Every file that a delivery of this production may have begun to write here."""
        clips = {self._plan.file(item) for item in self._items}
        known = {each.file for each in self._memory.known.puts}
        return clips | known | {manifest.LIST, manifest.TABLE, SHEET, PRINTED, *timelines.FILES}

    def carry_out(self, on_clip: Callable[[int, int], None], read_frames: FramesReader) -> Delivery:
        if self._copies:
            self._memory.announce([Put(self._plan.file(item), item.sha256) for item in self._items])
        found = bring_all(self._bringer, self._items, on_clip, at_once=not self._copies)
        self._troubles += [each for each in found if isinstance(each, Trouble)]
        listed = [each for each in found if isinstance(each, Listed)]
        self._list(listed, read_frames)
        return Delivery(
            folder=self._to,
            clips=[self._to / each.file for each in listed],
            shots=tuple(each.item.shot for each in listed),
            manifests=(self._to / manifest.TABLE, self._to / manifest.LIST),
            contact_sheet=self._to / (PRINTED if self._plan.sheet == SheetKind.PDF else SHEET),
            timelines=tuple(self._to / file for file in timelines.files(self._plan)),
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

    def _dated(self) -> Plan:
        """What was asked for, with the day that stands on what is printed: by it the same is made again."""
        prints = self._plan.sheet != SheetKind.PNG
        return replace(self._plan, dated=self._day if prints else None)

    def _list(self, clips: Sequence[Listed], read_frames: FramesReader) -> None:
        """Manifests, timelines and contact sheet, and out goes what is no part any more."""
        rows = [
            replace(sheet_row(each.item), clip=each.file, made=said(each.steps)) for each in clips
        ]
        delivered = media_at(str(self._to))
        sheets = contact_sheets(
            self._production, rows, self._media, delivered, self._plan.sheet, self._day, read_frames
        )
        if self._plan.has_timeline:
            why = {each.shot: each.why for each in self._troubles if each.gone}
            cut = without_clips(self._cut, why)
            sheets |= timelines.written(self._production, self._plan, cut, clips, self._to)
        new = Contents(
            production=self._production,
            clips=clips,
            plan=self._dated().as_dict(),
            cut=[each.as_dict() for each in self._cut],
            sheets=[Put.of(name, page) for name, page in sheets.items()],
        )
        parts = new.puts
        old = [each for each in self._memory.known.puts if each not in parts]
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
        sums = self._memory.known.sums(name) | {each.sha256 for each in parts if each.file == name}
        lies = what_lies(place, sums)
        if lies is Lies.NO_FILE or (lies is Lies.CHANGED and self._memory.known.names_all):
            why = f"it was {name}, and not what a delivery wrote there"
            self._left.append(Left(set_aside(place).name, why))
        put(place, content)

    def _take_out(self, old: Sequence[Put], parts: set[str]) -> Iterator[Put]:
        """Removes what earlier deliveries left and is no part any more; what of it stays in mind."""
        files = [self._to / file for file in parts]
        troubled = {each.file for each in self._troubles}
        for file in dict.fromkeys(each.file for each in old if each.file not in parts):
            place = self._to / file
            lies = what_lies(place, {each.sha256 for each in old if each.file == file})
            if lies is Lies.NOTHING or is_one_of(place, files):
                continue
            if lies is Lies.THAT and (self._keep_old or file in troubled):
                self._keep(file)
            elif lies is Lies.THAT:
                place.unlink()
                self._removed.append(file)
                continue
            elif file not in troubled:
                self._left.append(Left(file, "it was changed since it was delivered"))
            yield from (each for each in old if each.file == file)

    def _keep(self, file: str) -> None:
        self._kept.append(file)
        if self._plan.no_recipe and self._memory.has_recipe(file):
            why = "it is of an earlier delivery and holds its recipe: move it away before a client gets it"
            self._left.append(Left(file, why))

    def _name_others(self, known: set[str]) -> None:
        told = {each.file for each in [*self._left, *self._troubles]}
        self._left += [
            Left(file, "no delivery put it there")
            for file in others(self._to, {*known, manifest.LIST})
            if file not in told and not self._is_variant(self._to / file)
        ]

    def _is_variant(self, folder: Path) -> bool:
        """Whether a folder holds a variant of this production's delivery."""
        try:
            known = manifest.read(folder) if folder.is_dir() and not folder.is_symlink() else None
        except (OSError, ValueError):
            return False
        return known is not None and known.production == self._production
