"""Removes files of takes that do not stand for a shot: first it is noted, then they go.

A clip goes with its previews and what else its take left: unpublished clips of its other attempts, in
their place or put aside, and halves of files. Stills stay, since a retake is made of them and other
shots may share them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from farm.errors import FarmError
from farm.scheduler.sweep import ASIDE, GRACE
from farm.store import Store
from farm.store.shots import purging
from farm.store.shots.purging import Loss, OldTake
from pipeline.storage.files import DRAFT, drafted
from pipeline.storage.names import previews_of
from pipeline.storage.protocol import Media, StoredFile


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a take."""

    path: str
    """Relative to the media root."""
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Doomed:
    """A take whose files would go."""

    take: OldTake
    files: tuple[Found, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    def loss(self) -> Loss:
        paths = tuple(file.path for file in self.files)
        clip = self.take.clip if self.take.clip in paths and not self.take.purged else None
        return Loss(
            take_id=self.take.take_id,
            number=self.take.number,
            clip=clip,
            sha256=self.take.sha256 if clip else None,
            files=paths,
            size=self.size,
        )


@dataclass(frozen=True, slots=True)
class Left:
    """A shot whose old takes stay, or a clip that cannot be vouched for, and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would go, and what would stay although it is old."""

    takes: tuple[Doomed, ...]
    left: tuple[Left, ...]

    @property
    def size(self) -> int:
        return sum(take.size for take in self.takes)

    @property
    def files(self) -> int:
        return sum(len(take.files) for take in self.takes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What went."""

    takes: tuple[Doomed, ...] = ()
    """With those of their files that are gone."""
    troubles: tuple[str, ...] = ()
    """What could not be removed though it was noted, and shots that changed meanwhile."""

    @property
    def size(self) -> int:
        return sum(take.size for take in self.takes)

    @property
    def files(self) -> int:
        return sum(len(take.files) for take in self.takes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purger:
    """Looks at one production's old takes in one media folder, and removes what may go."""

    store: Store
    media: Media
    production: str
    keep_selected: bool
    """False where the takes that stand for shots go as well."""

    def plan(self, seconds: float) -> Plan:
        """What went out of use longer ago than that. Raises `UnknownName`, and `FarmError` where the media
        folder cannot be read."""
        try:
            return self._plan(self.media.clock(), seconds)
        except OSError as error:
            raise FarmError(
                f"{self.media.root}: the media folder cannot be read ({error.strerror}); mend that first"
            ) from error

    def _plan(self, now: float, seconds: float) -> Plan:
        doomed: list[Doomed] = []
        left: list[Left] = []
        undecided: dict[str, str] = {}
        for take in purging.old_takes(self.store, self.production, seconds):
            if take.selected and self.keep_selected:
                continue
            if not take.decided:
                if take.clip and not take.purged:
                    undecided[take.shot.code] = f"it is {take.state.replace('_', ' ')}"
                continue
            files = list(self._files(take, now, seconds))
            if trouble := self._doubt(take):
                left.append(Left(f"{take.shot.code} take {take.number}", trouble))
            elif files:
                doomed.append(Doomed(take=take, files=tuple(files)))
        left += [Left(code, why) for code, why in undecided.items()]
        return Plan(takes=tuple(doomed), left=tuple(left))

    def carry_out(
        self,
        plan: Plan,
        who: str,
        why: str = "",
        on_takes: Callable[[int], object] = lambda _: None,
    ) -> Purged:
        """Removes what the plan names, shot by shot; `on_takes` hears how many takes went with each.

        Noted first: cut off in between, files may lie there that are told to be gone, and the next purge
        or sweep removes them. Never is one gone that is told to be there.
        """
        gone: list[Doomed] = []
        troubles: list[str] = []
        for shot, group in groupby(plan.takes, key=lambda each: each.take.shot):
            takes = list(group)
            losses = [each.loss() for each in takes]
            noted, _ = purging.give_up(
                self.store, shot, losses, keep_selected=self.keep_selected, who=who, why=why
            )
            numbers = {each.number for each in noted}
            went = [each for each in takes if each.take.number in numbers]
            for each in went:
                removed, stuck = self._remove(each.files)
                gone.append(replace(each, files=removed))
                troubles += stuck
            troubles += [
                f"{shot.code} take {each.take.number} stays: the shot was changed meanwhile"
                for each in takes
                if each.take.number not in numbers
            ]
            on_takes(len(went))
        return Purged(takes=tuple(gone), troubles=tuple(troubles))

    def _files(self, take: OldTake, now: float, seconds: float) -> Iterator[Found]:
        """What lies there of a take: its clip with its previews, and what its other attempts left."""
        for name in (take.clip, *previews_of(take.clip)) if take.clip else ():
            if own := self._plain(name):
                yield Found(name, own.size)
        for name in take.attempts:
            aside = f"{ASIDE}/{name}"
            in_place = [name, *previews_of(name)] if name != take.clip else []
            in_place += self._halves(name)
            # A zombie may still write in place, and never into what was put aside.
            for where, least in [(aside, 0.0), *((each, GRACE) for each in in_place)]:
                found = self._plain(where)
                if found and now - found.at >= max(seconds, least):
                    yield Found(where, found.size)

    def _halves(self, name: str) -> list[str]:
        """The drafts of a clip and of its previews."""
        folder, _, clip = name.rpartition("/")
        drafts = self.media.files_below(f"{folder}/.{clip}.", DRAFT)
        wholes = (name, *previews_of(name))
        return [each.name for each in drafts if drafted(each.name) in wholes]

    def _plain(self, name: str) -> StoredFile | None:
        """A file that lies there itself: what lies behind a link is somebody else's."""
        found = self.media.look(name)
        return None if found is None or found.linked else found

    def _doubt(self, take: OldTake) -> str | None:
        """Why a take's clip is left alone though it may go: it is not what was published."""
        if not take.clip or take.purged:
            return None
        found = self._plain(take.clip)
        if found is None:
            return f"{take.clip} is not there; `farm sweep` tells more"
        if found.size != take.size:
            return f"{take.clip} has {found.size} bytes, {take.size} were published"
        return None

    def _remove(self, files: Sequence[Found]) -> tuple[tuple[Found, ...], list[str]]:
        """Which of them went, and of which others what stood against it."""
        removed: list[Found] = []
        troubles: list[str] = []
        for file in files:
            try:
                self.media.remove(file.path)
                removed.append(file)
            except OSError as error:
                troubles.append(
                    f"{file.path} could not be removed ({error.strerror}): mend that and purge again"
                )
        return tuple(removed), troubles
