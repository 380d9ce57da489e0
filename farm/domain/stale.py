"""Which takes stand on a still or on words that have changed since, and what making them again would cost.
Pure.

A take was made for the wish that was in force when it was ordered. What the farm chose by itself since (a
simpler prompt, more guidance) is no wish; nor is another seed a change of what is to be seen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from farm.domain.changes import Change
from farm.domain.events import Event, EventKind
from farm.domain.forecast import OpenTake, Size, Usual
from farm.domain.shot import ratio

MATTER = ("prompt", "negative", "seconds", "aspect", "must_keep", "still", "profile")
"""Fields of a wish that a take is made for."""


class PictureFile(StrEnum):
    """What became of the file that a take's still was prepared from."""

    SAME = "same"
    CHANGED = "changed"
    """Another picture lies under its name."""
    GONE = "gone"
    UNKNOWN = "unknown"
    """Nobody knows which file it was, or what it held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePicture:
    """The file that a still was prepared from."""

    image: str
    sha256: str
    """Of the file as it was then; empty where nobody looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingTake:
    """The take that stands for its shot; where none does, its newest unless that failed."""

    shot: str
    take: int
    stands: bool
    draft: bool
    size: Size
    revision: str
    """Of its profile, when it was ordered."""
    changes: tuple[Mapping[str, Sequence[Any]], ...]
    """What was wished otherwise since it was ordered, in order: before and after by field."""
    source: SourcePicture | None
    under_way: int | None
    """A newer take of its shot that waits or runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What there is to say of a take."""

    shot: str
    take: int
    stands: bool
    draft: bool
    changed: tuple[Change, ...]
    """Fields that are wished otherwise by now."""
    picture: PictureFile
    image: str
    """The file of its still; empty where nobody knows."""
    profile: str
    revisions: tuple[str, str | None]
    """Of its profile: when it was ordered and now; None where the profile is gone."""
    under_way: int | None
    seconds: float | None
    """That making it again would take a worker; None where too few takes of its profile were made."""

    @property
    def stale(self) -> bool:
        """Whether it stands on a still or on words that have changed since."""
        return bool(self.changed) or self.picture is PictureFile.CHANGED

    @property
    def other_revision(self) -> bool:
        """Whether its profile makes other frames by now, or is gone."""
        return self.revisions[0] != self.revisions[1]

    @property
    def worth_telling(self) -> bool:
        return self.stale or self.other_revision or self.picture is PictureFile.GONE

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes of what changed: fields of the wish, and `picture` for the file of its still."""
        file = ("picture",) if self.picture is PictureFile.CHANGED else ()
        return (*(change.field for change in self.changed), *file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What making takes again would come to."""

    takes: int
    seconds: float
    """Of one worker's time, over those of which it is known."""
    unknown: int
    """Takes of whose profile too few were made."""


def changed_since(changes: Iterable[Mapping[str, Sequence[Any]]]) -> tuple[Change, ...]:
    """The fields that differ from what they were before these changes; what was changed back does not."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for each in changes:
        for name, (old, new) in each.items():
            before.setdefault(name, old)
            after[name] = new
    return tuple(
        Change(name, before[name], after[name])
        for name in MATTER
        if name in before and not _alike(name, before[name], after[name])
    )


def changed_after(events: Iterable[Event], take: int) -> tuple[Change, ...]:
    """What is wished otherwise since a take was ordered, by the events of its shot in their order."""
    changes: list[Mapping[str, Sequence[Any]]] = []
    for event in events:
        if event.kind is EventKind.TAKE_ORDERED and event.take == take:
            changes.clear()
        elif event.kind is EventKind.SHOT_CHANGED:
            changes.append(event.data["changes"])
    return changed_since(changes)


def found(
    take: StandingTake, picture: PictureFile, revision: str | None, usual: Usual, frames: int
) -> Found:
    """What there is to say of a take, whose profile is of `revision` by now.

    `frames` are those of the take that would be made now; `usual` is how long takes last.
    """
    size = Size(take.size.profile, take.size.pixels, frames, take.size.steps)
    return Found(
        shot=take.shot,
        take=take.take,
        stands=take.stands,
        draft=take.draft,
        changed=changed_since(take.changes),
        picture=picture,
        image=take.source.image if take.source else "",
        profile=take.size.profile,
        revisions=(take.revision, revision),
        under_way=take.under_way,
        seconds=usual.seconds(size) if usual.knows([OpenTake(size, 1)]) else None,
    )


def cost_of(takes: Iterable[Found]) -> Cost:
    """What making these again would come to; what is under way already costs nothing more."""
    again = [each for each in takes if each.under_way is None]
    known = [each.seconds for each in again if each.seconds is not None]
    return Cost(takes=len(again), seconds=sum(known), unknown=len(again) - len(known))


def _alike(name: str, one: Any, other: Any) -> bool:
    match name:
        case "still":
            return _same_picture(one, other)
        case "must_keep":
            return set(one or ()) == set(other or ())
        case "aspect":
            return ratio(one) == ratio(other)
        case _:
            return one == other


def _same_picture(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """By the files' content where both are known, else by the still or the file's name."""
    if one.get("picture") and other.get("picture"):
        return one["picture"] == other["picture"]
    return one.get("still") == other.get("still") or one.get("image") == other.get("image")
