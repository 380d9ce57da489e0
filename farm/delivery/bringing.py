"""Brings one clip into the delivered folder: copied, or made by steps, whole or not at all."""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from av.error import FFmpegError

from farm.delivery import manifest
from farm.delivery.ffmpeg import Ffmpeg
from farm.delivery.finishing import Finishing
from farm.delivery.folder import Lies, what_lies
from farm.delivery.listed import Deliverable, Listed, Put, Record
from farm.delivery.manifest import Known
from farm.delivery.plan import Plan
from farm.delivery.sources import Source, reading
from farm.delivery.steps import SHOTFARM, Made, Maker, Step, header_colour, make
from farm.errors import Refused, Unreadable
from pipeline.storage.checksums import sha256_at, sha256_of
from pipeline.storage.files import draft_of
from pipeline.storage.protocol import Media


@dataclass(frozen=True, slots=True)
class Trouble:
    """A clip that could not be delivered, and why."""

    shot: str
    file: str
    why: str
    gone: bool
    """There is no such clip any more; else something else lies in its place, or it cannot be made."""
    plainly: str
    """Why, for whoever gets the delivery: without the places of the studio's disks."""


class Memory:
    """What the manifest in the folder knows; it is written before anything takes its place. For threads."""

    def __init__(self, folder: Path, known: Known) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self.known = known

    def announce(self, coming: Sequence[Put]) -> None:
        """Notes what is about to be put there, beside all that the manifest lists so far."""
        with self._lock:
            if set(coming) <= set(self.known.puts):
                return
            puts = dict.fromkeys([*self.known.puts, *coming])
            earlier = [manifest.named(each) for each in puts]
            manifest.write(self._folder, {**self.known.document, "earlier": earlier})
            self.known = replace(self.known, puts=tuple(puts))

    def made(self, file: str, key: str) -> dict[str, Record]:
        """What was made so under this name, by its checksum."""
        with self._lock:
            puts = [each for each in self.known.puts if each.file == file and each.made]
        records = {each.sha256: Record.read(each.made) for each in puts}
        return {sha256: each for sha256, each in records.items() if each and each.key == key}

    def has_recipe(self, file: str) -> bool:
        """Whether a film may hold its recipe that was put there under this name: where any did."""
        records = [Record.read(each.made) for each in self.known.puts if each.file == file]
        return not all(
            each and any(step.name == "strip" for step in each.steps) for each in records
        )


class Bringer:
    """Brings clips into one folder by one plan; `stop` ends what others of its threads make."""

    def __init__(
        self,
        media: Media,
        to: Path,
        plan: Plan,
        memory: Memory,
        ffmpeg: Ffmpeg | None,
        expected: Mapping[str, str],
        finishing: Finishing | None = None,
    ) -> None:
        """`expected` has the checksums, by file, that what is made must have, where that is known.

        Without `finishing` a clip is copied as it is where the plan asks for nothing else.
        """
        self._finishing = finishing
        self._media = media
        self._to = to
        self._plan = plan
        self._memory = memory
        self._ffmpeg = ffmpeg
        self._expected = expected

    def bring(self, item: Deliverable) -> Listed | Trouble:
        """Copies or makes one clip; why it could not be, if so."""
        file = self._plan.file(item)
        makers = self._plan.makers(item, self._ffmpeg) if self._ffmpeg else []
        if self._finishing:
            makers += self._finishing.makers(item, makers)
        if not makers:
            return self._brought(
                item, file, {item.sha256: None}, lambda place: self._copy(item, place)
            )
        key = _key(item, makers)
        return self._brought(
            item, file, self._memory.made(file, key),
            lambda place: self._make(item, place, makers, key),
        )  # fmt: skip

    def stop(self) -> None:
        if self._ffmpeg:
            self._ffmpeg.stop()

    def _missing(self, item: Deliverable, file: str) -> Trouble:
        """Where no clip at all is to be seen, nobody need make one again."""
        why, plainly = f"{self._media.where(item.clip)} is missing", "its clip is missing"
        if self._media.sees("clips"):
            return Trouble(item.shot, file, why, gone=True, plainly=plainly)
        remedy = "mount the media root, or name it with --media"
        why = f"{why}, and {self._media.root} has no folder `clips`: {remedy}"
        return Trouble(item.shot, file, why, gone=False, plainly=plainly)

    def _brought(
        self,
        item: Deliverable,
        file: str,
        there: Mapping[str, Record | None],
        produce: Callable[[Path], "Listed | str"],
    ) -> Listed | Trouble:
        """What lies there already, or what is produced; `there` has what may lie there, by checksum."""
        place = self._to / file
        for sha256, record in there.items():
            own = record.unsigned if record and record.unsigned else sha256
            right = self._expected.get(file, own) == own
            if right and what_lies(place, {sha256}) is Lies.THAT:
                return _listed(item, place, sha256, record)
        lies = what_lies(place, self._memory.known.sums(file) | {item.sha256})
        if lies in (Lies.CHANGED, Lies.NO_FILE):
            why = f"{place} is not what a delivery put there: move it away and deliver again"
            return Trouble(item.shot, file, why, gone=False, plainly="another file has its name")
        try:
            if not self._at_hand(item) and what_lies(place, {item.sha256}) is not Lies.THAT:
                if item.purged:
                    return Trouble(item.shot, file, gone(item), gone=True, plainly=gone(item))
                return self._missing(item, file)
            produced = produce(place)
        except Refused as refusal:
            unread = isinstance(refusal, Unreadable)
            plainly = "a file that it is made of cannot be read" if unread else "it cannot be made"
            return Trouble(item.shot, file, str(refusal), gone=False, plainly=plainly)
        if isinstance(produced, str):
            plainly = "its clip was altered after it was made"
            return Trouble(item.shot, file, produced, gone=True, plainly=plainly)
        return produced

    def _at_hand(self, item: Deliverable) -> bool:
        """Whether its clip is there. Raises `Unreadable`."""
        with reading(self._media.where(item.clip)):
            if there := self._media.exists(item.clip):
                self._media.open(item.clip).close()
        return there

    def _make(
        self, item: Deliverable, place: Path, makers: Sequence[Maker], key: str
    ) -> Listed | str:
        with self._source(item, place) as source:
            with reading(source):
                found = sha256_at(source)
            if found != item.sha256:
                return self._altered(item)
            try:
                made = make(
                    source, place, makers, lambda made: self._check_and_note(place.name, key, made)
                )
            except OSError:
                # Of its clip or of the folder? Few errors name a file, and those of programs none.
                with reading(source):
                    sha256_at(source)
                raise
        return _listed(item, place, made.sha256, Record.of(key, made))

    @contextmanager
    def _source(self, item: Deliverable, place: Path) -> Iterator[Path]:
        """Its clip; where that is gone, the copy of it that lies in the delivered folder since before."""
        with ExitStack() as held:
            with reading(self._media.where(item.clip)):
                there = self._media.exists(item.clip)
                source = held.enter_context(self._media.get(item.clip)) if there else place
            yield source

    def _check_and_note(self, file: str, key: str, made: Made) -> None:
        expected, record = self._expected.get(file), Record.of(key, made)
        if expected and (record.unsigned or made.sha256) != expected:
            tools = ", ".join(dict.fromkeys(step.tool for step in made.steps))
            raise Refused(
                f"{file} cannot be made again bit for bit with what is here ({tools}): see in the manifest "
                "what made it"
            )
        self._memory.announce([Put(file, made.sha256, record.text)])

    def _copy(self, item: Deliverable, place: Path) -> Listed | str:
        """Copies a clip whole, down to the disk, or not at all: where it has another checksum."""
        draft = draft_of(place)
        try:
            where = self._media.where(item.clip)
            with reading(where):
                clip = self._media.open(item.clip)
            with clip, draft.open("xb") as writing:
                found = sha256_of(Source(clip, where), copy=writing)
                writing.flush()
                os.fsync(writing.fileno())
            if found != item.sha256:
                return self._altered(item)
            draft.replace(place)
            return _listed(item, place, item.sha256, None)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def _altered(self, item: Deliverable) -> str:
        return f"{self._media.where(item.clip)} was altered after it was made"


def bring_all(
    bringer: Bringer,
    items: Sequence[Deliverable],
    on_clip: Callable[[int, int], None],
    *,
    at_once: bool,
) -> list[Listed | Trouble]:
    """Brings all clips; with `at_once` as many at a time as there are cores, since each is made on one.

    What stops it, a Ctrl-C too, ends what is being made; what was made stays.
    """
    if not at_once:
        found: list[Listed | Trouble] = []
        for done, item in enumerate(items, start=1):
            found.append(bringer.bring(item))
            on_clip(done, len(items))
        return found
    pool = ThreadPoolExecutor(min(cores(), len(items)) or 1, "clips")
    try:
        futures = [pool.submit(bringer.bring, item) for item in items]
        for done, future in enumerate(as_completed(futures), start=1):
            future.result()
            on_clip(done, len(items))
        return [future.result() for future in futures]
    except BaseException:
        bringer.stop()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def gone(item: Deliverable) -> str:
    """Why there is no clip of a take whose file was purged."""
    assert item.purged is not None
    return f"its clip was purged on {item.purged.astimezone():%d %b %Y}"


def _key(item: Deliverable, makers: Sequence[Maker]) -> str:
    """What has the same need not be made again. Our own version is no part of it: an upgrade makes no film
    anew, so what our makers do otherwise has to stand in their options."""
    wanted = [item.sha256, *(_wanted(each.wanted) for each in makers)]
    return hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()


def _wanted(step: Step) -> dict[str, Any]:
    wanted = step.as_dict()
    return wanted | {"tool": SHOTFARM} if step.tool.startswith(f"{SHOTFARM} ") else wanted


def _listed(item: Deliverable, place: Path, sha256: str, record: Record | None) -> Listed:
    colour = record.colour if record else _colour(place)
    return Listed(item=item, file=place.name, sha256=sha256, record=record, colour=colour)


def _colour(place: Path) -> Mapping[str, str] | None:
    try:
        return header_colour(place)
    except (FFmpegError, IndexError, OSError):
        return None
