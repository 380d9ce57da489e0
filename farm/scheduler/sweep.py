"""Compares the media folder with the database: names what is left over, lost or abandoned, and repairs it.

Nothing is deleted but drafts of attempts that have ended, and clips that were purged; another whole
clip that is not published was paid for, and is put aside. What no attempt of this database explains
may be another farm's: it is named and never touched.
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from farm.scheduler import outbox
from farm.store import Store
from farm.store.queries import media_inventory
from farm.store.queue import leases, settle
from farm.store.shots import lost_clips

GRACE = 3600.0
"""Seconds that a file must have been left alone before it is touched: a zombie may still be writing."""
ASIDE = "aside"
"""Where whole clips go that nobody published, below the media root."""
_DRAFT = re.compile(r"^\.(?P<clip>.+)\.[0-9a-f]{8}\.part$")


class Code(StrEnum):
    """What was found."""

    DRAFT = "draft"
    """Half a file of a writer that is no more."""
    UNPUBLISHED = "unpublished"
    """A whole clip of an attempt that had lost its lease."""
    STRAY = "stray"
    """A file that no attempt of this database explains."""
    PURGED = "purged"
    """A clip that was purged and whose file is still there: the purge was cut off."""
    MISSING = "missing"
    """A published clip that is not there."""
    ALTERED = "altered"
    """A published clip that is not what was published."""
    ABANDONED = "abandoned"
    """An attempt whose lease is over and that nobody took back."""
    UNSETTLED = "unsettled"
    """A finished take that the database was away for and does not know of yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """One thing that is not as it should be."""

    code: Code
    where: str
    """A path below the media root, or a take."""
    sentence: str
    fix: Callable[[], object] | None = field(default=None, repr=False, compare=False)
    """Repairs it; None where only a person or a run can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeper:
    """Looks at one farm."""

    store: Store
    media: Path
    who: str = "farm"
    grace: float = GRACE
    hashes: bool = True
    """Read every published clip and compare its checksum, not only its size."""

    def everything(self) -> Iterator[Find]:
        """All that is not as it should be."""
        yield from self.abandoned()
        yield from self.files()
        yield from self.unsettled()
        yield from self.published()

    def safe_part(self) -> list[Find]:
        """What a run repairs by itself when it starts: drafts and abandoned attempts. What it repaired."""
        drafts = [find for find in self.files(drafts_only=True) if find.code is Code.DRAFT]
        finds = [*self.abandoned(), *drafts]
        for find in finds:
            if find.fix:
                find.fix()
        return finds

    def abandoned(self) -> Iterator[Find]:
        for each in media_inventory.abandoned(self.store):
            name = f"{each.shot.production}/{each.shot.code} take {each.take}"
            yield Find(
                code=Code.ABANDONED,
                where=name,
                sentence=f"attempt {each.attempt} of {name} was left by {each.owner}, its lease is over",
                fix=lambda: leases.take_back(self.store),
            )

    def files(self, *, drafts_only: bool = False) -> Iterator[Find]:
        """What lies in the media folder beside the published clips and what is being made."""
        now = clock_of(self.media)
        yield from self._drafts_of_stills(now)
        renamed = media_inventory.former_codes(self.store)
        for folder in _shot_folders(self.media / "clips"):
            files = sorted(each for each in folder.iterdir() if each.is_file())
            if drafts_only:
                files = [file for file in files if _DRAFT.match(file.name)]
            if not files:
                continue
            shot = folder.parent.name, folder.name
            attempts = media_inventory.attempts_of(self.store, *shot, renamed.get(shot, ()))
            for file in files:
                if find := self._look_at(file, attempts, now):
                    yield find

    def _look_at(
        self, file: Path, attempts: Mapping[str, media_inventory.AttemptState], now: float
    ) -> Find | None:
        where = file.relative_to(self.media).as_posix()
        draft = _DRAFT.match(file.name)
        clip = where.removesuffix(file.name) + draft["clip"] if draft else where
        if clip not in attempts:
            return Find(
                code=Code.STRAY,
                where=where,
                sentence=f"{where} is of no attempt in this database; another farm may have made it",
            )
        attempt = attempts[clip]
        if attempt is media_inventory.AttemptState.RUNNING:
            return None
        if attempt is media_inventory.AttemptState.PUBLISHED and not draft:
            return None
        if attempt is media_inventory.AttemptState.PURGED and not draft:
            return Find(
                code=Code.PURGED,
                where=where,
                sentence=f"{where} was purged and is still there: the purge was cut off",
                fix=lambda: file.unlink(missing_ok=True),
            )
        settled = now - file.stat().st_mtime > self.grace
        if draft:
            return Find(
                code=Code.DRAFT,
                where=where,
                sentence=f"{where} is half a clip of an attempt that has ended",
                fix=(lambda: file.unlink(missing_ok=True)) if settled else None,
            )
        return Find(
            code=Code.UNPUBLISHED,
            where=where,
            sentence=f"{where} is a clip that nobody published: its attempt had lost its lease",
            fix=(lambda: self._put_aside(file)) if settled else None,
        )

    def _drafts_of_stills(self, now: float) -> Iterator[Find]:
        for file in sorted((self.media / "stills").glob("*/.*.part")):
            if now - file.stat().st_mtime > self.grace:
                where = file.relative_to(self.media).as_posix()
                yield Find(
                    code=Code.DRAFT,
                    where=where,
                    sentence=f"{where} is half a still of a command that has ended",
                    fix=lambda file=file: file.unlink(missing_ok=True),
                )

    def unsettled(self) -> Iterator[Find]:
        """Results that wait for the database though it is here, or that cannot be read."""
        now = clock_of(self.media)
        for file in sorted((self.media / outbox.FOLDER).glob("*")):
            where = file.relative_to(self.media).as_posix()
            if now - file.stat().st_mtime <= self.grace:
                continue
            try:
                lease, _ = outbox.read(file)
                mine = settle.is_attempt(self.store, lease)
                what = f"the result of {lease.title}, for the next run of its profile to settle"
                other = f"a result of {lease.title} in another database"
                sentence = f"{where} holds {what if mine else other}"
            except (OSError, ValueError, KeyError, TypeError) as error:
                sentence = f"{where} is no result that can be read ({type(error).__name__})"
            yield Find(code=Code.UNSETTLED, where=where, sentence=sentence)

    def published(self) -> Iterator[Find]:
        """Published clips that are gone or not what they were."""
        for each in media_inventory.published(self.store):
            wrong = self._wrong_with(each)
            if wrong is None:
                continue
            code, sentence = wrong
            passed = each.review in ("accepted", "approved")
            stands = each.selected and passed and not each.archived
            yield Find(
                code=code,
                where=each.path,
                sentence=sentence,
                fix=(lambda each=each, why=sentence: self._give_back(each, why))
                if stands
                else None,
            )

    def _wrong_with(self, clip: media_inventory.PublishedFile) -> tuple[Code, str] | None:
        place = self.media / clip.path
        name = f"{clip.path}, the clip of {clip.shot.production}/{clip.shot.code} take {clip.take},"
        try:
            size = place.stat().st_size
        except FileNotFoundError:
            return Code.MISSING, f"{name} is not there"
        if size != clip.size:
            return Code.ALTERED, f"{name} has {size} bytes, {clip.size} were published"
        if self.hashes and _sha256(place) != clip.sha256:
            return Code.ALTERED, f"{name} is not what was published: its checksum differs"
        return None

    def _give_back(self, clip: media_inventory.PublishedFile, why: str) -> None:
        lost_clips.clip_is_lost(self.store, clip, why, self.who)

    def _put_aside(self, file: Path) -> None:
        place = self.media / ASIDE / file.relative_to(self.media)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.rename(place)


def clock_of(media: Path) -> float:
    """What time it is for whoever stamps the files of a folder, which may be another machine."""
    with tempfile.TemporaryFile(dir=media) as probe:
        return os.fstat(probe.fileno()).st_mtime


def _shot_folders(clips: Path) -> Iterator[Path]:
    if clips.is_dir():
        for production in sorted(each for each in clips.iterdir() if each.is_dir()):
            yield from sorted(each for each in production.iterdir() if each.is_dir())


def _sha256(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
