"""Compares the media folder with the database: names what is left over, lost or abandoned, and repairs it.

Nothing is deleted but drafts of attempts that have ended, clips that were purged, previews of clips that
nobody published, and what was dropped at a desk and never handed in; another whole clip that is not
published was paid for, and is put aside. What no attempt of this database explains may be another
farm's: it is named and never touched.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from farm.domain.picture_places import LOOKED_AT
from farm.domain.stand_in import CLIP, FOLDER, TOLD
from farm.scheduler import outbox
from farm.scheduler.finds import Code, Find
from farm.store import Store, workers
from farm.store.queries import media_inventory
from farm.store.queue import leases, settle
from farm.store.shots import lost_clips
from pipeline.storage.checksums import sha256_of
from pipeline.storage.files import DRAFT, drafted
from pipeline.storage.names import STILLS, previewed
from pipeline.storage.protocol import Media, StoredFile
from pipeline.storage.tensors import FOLDER as KEPT

GRACE = 3600.0
"""Seconds that a file must have been left alone before it is touched: a zombie may still be writing."""
KEPT_FOR = 7 * 86_400.0
"""Seconds after which what workers keep for each other goes: encoded texts and stills, latents that
nobody came back for. All of it can be made again."""
CLIPS = "clips"
"""Where clips lie, by production and shot, below the media root."""
DELIVERIES = "deliveries"
"""Where deliveries lie while a desk hands them out, each in a folder of its own, below the media root."""
ASIDE = "aside"
"""Where whole clips go that nobody published, below the media root."""
DIED = 86_400.0
"""Seconds after which nobody hears any more of a run that did not say that it ended."""
LIES = 86_400.0
"""Seconds after which nobody hands in any more what was dropped at a desk: the desk that it was dropped at
forgets it much sooner, and takes it away unless it was killed."""


LEFT_AT_DESKS = (
    (LOOKED_AT, Code.UPLOAD, "was dropped at a desk {} and never handed in"),
    (DELIVERIES, Code.DRAFT, "is of a delivery that was cut off {}; its clip stays"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeper:
    """Looks at one farm."""

    store: Store
    media: Media
    who: str = "farm"
    grace: float = GRACE
    hashes: bool = True
    """Read every published clip and compare its checksum, not only its size."""

    def everything(self) -> Iterator[Find]:
        """All that is not as it should be."""
        yield from self.abandoned()
        yield from self.dead_runs()
        yield from self.files()
        yield from self.left_at_desks()
        yield from self.kept()
        yield from self.gates()
        yield from self.unsettled()
        yield from self.published()

    def safe_part(self) -> list[Find]:
        """What a run repairs by itself when it starts: drafts, abandoned attempts, workers of dead runs,
        and what was dropped or kept too long ago. What it repaired."""
        drafts = [find for find in self.files(drafts_only=True) if find.code is Code.DRAFT]
        gates = [find for find in self.gates() if find.code is Code.DRAFT]
        lost = [*self.abandoned(), *self.dead_runs()]
        finds = [*lost, *drafts, *self.left_at_desks(), *self.kept(), *gates]
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

    def dead_runs(self) -> Iterator[Find]:
        """Runs whose workers the tables still name, though nothing was heard of them for long."""
        for owner, count in workers.dead_runs(self.store, DIED).items():
            what = (
                "1 worker is" if count == 1 else f"{count} workers are" if count else "its fleet is"
            )
            yield Find(
                code=Code.DEAD_RUN,
                where=owner,
                sentence=f"{what} still noted of {owner}, a run that died more than a day ago",
                fix=lambda owner=owner: workers.forget(self.store, owner, DIED),
            )

    def files(self, *, drafts_only: bool = False) -> Iterator[Find]:
        """What lies in the media folder beside the published clips and what is being made."""
        now = self.media.clock()
        yield from self._drafts_of_stills(now)
        renamed = media_inventory.former_codes(self.store)
        files = self.media.files_below(f"{CLIPS}/", DRAFT if drafts_only else "")
        if drafts_only:
            files = (file for file in files if drafted(file.name))
        for shot, of_shot in groupby(files, _shot_of):
            if shot is None:
                continue
            attempts = media_inventory.attempts_of(self.store, *shot, renamed.get(shot, ()))
            for file in of_shot:
                if find := self._look_at(file, attempts, now):
                    yield find

    def _look_at(
        self, file: StoredFile, attempts: Mapping[str, media_inventory.AttemptState], now: float
    ) -> Find | None:
        where = file.name
        draft = drafted(where)
        whole = draft or where
        shown = previewed(whole)
        clip = shown or whole
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
            sentence = f"{where} was purged and is still there: the purge was cut off"
            return self._removed(Code.PURGED, where, sentence)
        settled = now - file.at > self.grace
        if draft:
            return Find(
                code=Code.DRAFT,
                where=where,
                sentence=f"{where} is half a {'preview' if shown else 'clip'} of an attempt that has ended",
                fix=(lambda: self.media.remove(where)) if settled else None,
            )
        if shown:
            return Find(
                code=Code.PREVIEW,
                where=where,
                sentence=f"{where} is a preview of a clip that nobody published; it can be made again",
                fix=(lambda: self.media.remove(where)) if settled else None,
            )
        return Find(
            code=Code.UNPUBLISHED,
            where=where,
            sentence=f"{where} is a clip that nobody published: its attempt had lost its lease",
            fix=(lambda: self.media.move(where, f"{ASIDE}/{where}")) if settled else None,
        )

    def _drafts_of_stills(self, now: float) -> Iterator[Find]:
        for file in self.media.files_below(f"{STILLS}/", DRAFT):
            if now - file.at > self.grace and file.name.rpartition("/")[2].startswith("."):
                sentence = f"{file.name} is half a still of a command that has ended"
                yield self._removed(Code.DRAFT, file.name, sentence)

    def left_at_desks(self) -> Iterator[Find]:
        """What killed desks left: lists that nobody handed in, deliveries that nobody fetched."""
        now = self.media.clock()
        for folder, code, what in LEFT_AT_DESKS:
            for file in self.media.files_below(f"{folder}/"):
                if (age := now - file.at) > max(LIES, self.grace):
                    told = "1 day ago" if age < 129_600 else f"{age / 86_400:.0f} days ago"
                    yield self._removed(code, file.name, f"{file.name} {what.format(told)}")

    def kept(self) -> Iterator[Find]:
        """What workers kept for each other and nobody needs any more, with what half of it was written."""
        now = self.media.clock()
        for file in self.media.files_below(f"{KEPT}/"):
            where, age = file.name, now - file.at
            if drafted(where) and age > self.grace:
                code, what = Code.DRAFT, "is half a file of a worker that has ended"
            elif not drafted(where) and age > KEPT_FOR:
                code, what = (
                    Code.KEPT,
                    f"was kept {age / 86_400:.0f} days ago and can be made again",
                )
            else:
                continue
            yield self._removed(code, where, f"{where} {what}")

    def gates(self) -> Iterator[Find]:
        """What a `farm gate` that was killed left behind: half files, and clips that nothing tells of."""
        now = self.media.clock()
        for file in self.media.files_below(f"{FOLDER}/"):
            where = file.name
            if now - file.at <= self.grace:
                continue
            if drafted(where):
                sentence = f"{where} is half a file of a `farm gate` that has ended"
                yield self._removed(Code.DRAFT, where, sentence)
            elif where.endswith(CLIP) and not self.media.exists(where.removesuffix(CLIP) + TOLD):
                yield Find(
                    code=Code.UNPUBLISHED,
                    where=where,
                    sentence=f"{where} is a clip of a `farm gate` that ended before it was told of",
                    fix=lambda name=where: self.media.move(name, f"{ASIDE}/{name}"),
                )

    def _removed(self, code: Code, where: str, sentence: str) -> Find:
        """A file whose repair is that it goes."""
        return Find(code=code, where=where, sentence=sentence, fix=lambda: self.media.remove(where))

    def unsettled(self) -> Iterator[Find]:
        """Results that wait for the database though it is here, or that cannot be read."""
        now = self.media.clock()
        for file in self.media.files_below(f"{outbox.FOLDER}/"):
            where = file.name
            if now - file.at <= self.grace:
                continue
            try:
                lease, _ = outbox.read(self.media, where)
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
        name = f"{clip.path}, the clip of {clip.shot.production}/{clip.shot.code} take {clip.take},"
        found = self.media.look(clip.path)
        if found is None:
            return Code.MISSING, f"{name} is not there"
        if found.size != clip.size:
            return Code.ALTERED, f"{name} has {found.size} bytes, {clip.size} were published"
        if self.hashes and self._sha256(clip.path) != clip.sha256:
            return Code.ALTERED, f"{name} is not what was published: its checksum differs"
        return None

    def _give_back(self, clip: media_inventory.PublishedFile, why: str) -> None:
        lost_clips.clip_is_lost(self.store, clip, why, self.who)

    def _sha256(self, name: str) -> str:
        with self.media.open(name) as file:
            return sha256_of(file)


def _shot_of(file: StoredFile) -> tuple[str, str] | None:
    """The production and the code that a clip lies under; None for a file that lies elsewhere."""
    parts = file.name.split("/")
    return (parts[1], parts[2]) if len(parts) == 4 else None
