"""Holds a shot list against the shots of its production: what is new, what differs, what it no longer has.

Reads only. A production may be fed by several lists: each shot remembers which one it came with, and a
list that shares shots with one is answerable for all that came with it. One that shares none only adds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import sqlalchemy as sa

from farm.domain.changes import Asked, is_renamed
from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus
from farm.domain.shot import NewShot, ShotName
from farm.errors import Refused
from farm.store.shots import wishes
from farm.store.shots.revising import Revision, revision
from farm.store.shots.wishes import Known
from farm.store.tables import LoggedEvent, Shot

CHUNK = 500
MOST_TWINS = 50
"""Shots of one prompt and one picture that a new row is held against."""


@dataclass(slots=True, kw_only=True)
class Comparison:
    """A list held against its production."""

    added: list[str] = field(default_factory=list[str])
    """Codes that no shot has, and that will be added."""
    unchanged: list[str] = field(default_factory=list[str])
    omitted: list[str] = field(default_factory=list[str])
    """Codes in the list whose shots are omitted."""
    revisions: dict[str, Revision] = field(default_factory=dict[str, Revision])
    """What differs, by code."""
    wanted: dict[int, NewShot] = field(default_factory=dict[int, NewShot])
    """The rows of those, by the keys of their shots."""
    missing: dict[int, str] = field(default_factory=dict[int, str])
    """Codes that the list no longer has, by key."""
    twins: dict[str, str] = field(default_factory=dict[str, str])
    """Codes that no shot has, but whose rows look like shots that the list no longer has: their codes."""
    alike: dict[str, str] = field(default_factory=dict[str, str])
    """The same of shots that the list need not have; these are added."""
    renamed: dict[str, ShotName] = field(default_factory=dict[str, ShotName])
    """Shots as they are called now, by their codes to be."""
    kin: set[str] = field(default_factory=set[str])
    """The lists that its shots came with."""


def compare(
    connection: sa.Connection,
    production: ShotName,
    shots: Iterable[NewShot],
    asked: Asked,
    *,
    whole: bool,
) -> Comparison:
    """What a list wants otherwise. `production` is named by its key and its name.

    What the list no longer has is told only of a `whole` one, all of whose rows are good. Raises
    `Refused` for a renaming that cannot be.
    """
    found = Comparison()
    there = _codes(connection, production.id)
    found.renamed = _renamed(connection, production, there, asked.renames)
    seen: set[str] = set()
    kin: set[str | None] = set()
    for chunk in chunks(shots):
        seen |= {shot.code for shot in chunk}
        if there:
            kin |= _compare(connection, production.id, chunk, there, asked, found)
        else:
            found.added += [shot.code for shot in chunk]
    _refuse_unlisted(found.renamed, seen)
    renamed = {shot.id for shot in found.renamed.values()}
    unseen = {key for code, key in there.items() if code not in seen and key not in renamed}
    if whole and unseen:
        _look_for_missing(connection, unseen, kin, shots, asked, found)
    found.kin = {each for each in kin if each}
    return found


def chunks(shots: Iterable[NewShot]) -> Iterator[list[NewShot]]:
    incoming = iter(shots)
    while chunk := list(islice(incoming, CHUNK)):
        yield chunk


def _codes(connection: sa.Connection, production_id: int) -> dict[str, int]:
    rows = connection.execute(
        sa.select(Shot.code, Shot.id).where(Shot.production_id == production_id).order_by(Shot.id)
    )
    return {row.code: row.id for row in rows}


def _compare(
    connection: sa.Connection,
    production_id: int,
    chunk: list[NewShot],
    there: Mapping[str, int],
    asked: Asked,
    found: Comparison,
) -> set[str | None]:
    """Holds rows against their shots; the lists that those came with."""
    away = {shot.code for shot in found.renamed.values()}
    now = {
        shot.code: found.renamed[shot.code].code if shot.code in found.renamed else shot.code
        for shot in chunk
        if shot.code in found.renamed or shot.code not in away
    }
    known = wishes.by_code(connection, production_id, [c for c in now.values() if c in there])
    for shot in chunk:
        if (one := known.get(now.get(shot.code, ""))) is None:
            found.added.append(shot.code)
            continue
        differs = revision(one, shot, update=asked.update, reopen=asked.reopen)
        if differs is not None:
            found.revisions[shot.code] = differs
            found.wanted[one.name.id] = shot
        if one.review is ReviewStatus.OMITTED:
            found.omitted.append(shot.code)
        elif differs is None:
            found.unchanged.append(shot.code)
    return {one.shotlist for one in known.values()}


def _look_for_missing(
    connection: sa.Connection,
    unseen: set[int],
    kin: set[str | None],
    shots: Iterable[NewShot],
    asked: Asked,
    found: Comparison,
) -> None:
    """What the list no longer has, and which of its new rows look like such a shot under another code."""
    by_prompt: dict[str, list[ShotName]] = {}
    for chunk in wishes.chunks(sorted(unseen)):
        came_with = _shotlists(connection, chunk)
        rows = connection.execute(
            sa.select(Shot.id, Shot.code, Shot.prompt)
            .where(Shot.id.in_(chunk), Shot.review != ReviewStatus.OMITTED)
            .order_by(Shot.id)
        )
        for row in rows:
            by_prompt.setdefault(row.prompt, []).append(ShotName(row.id, "", row.code))
            if came_with[row.id] in kin:
                found.missing[row.id] = row.code
    new = set(found.added)
    twins = _Twins(connection, by_prompt)
    for shot in shots if new and by_prompt else ():
        old = twins.of(shot) if shot.code in new else None
        if old is None or (asked.omit_missing and old.id in found.missing):
            continue
        kind = found.twins if old.id in found.missing else found.alike
        kind[shot.code] = old.code
    found.added = [code for code in found.added if code not in found.twins]


class _Twins:
    """Shots that a list does not have, by what a new row for the same thing would look like."""

    def __init__(self, connection: sa.Connection, by_prompt: dict[str, list[ShotName]]) -> None:
        self._connection, self._by_prompt = connection, by_prompt
        self._loaded: dict[str, dict[str, list[Known]]] = {}

    def of(self, shot: NewShot) -> ShotName | None:
        """The shot that a new row looks like; each is given once."""
        prompt = shot.recipe.prompt
        if prompt not in self._by_prompt:
            return None
        if prompt not in self._loaded:
            self._loaded[prompt] = self._load(self._by_prompt[prompt])
        by_picture = self._loaded[prompt]
        for name in (shot.picture, shot.image):
            for known in by_picture.get(name, [])[:MOST_TWINS]:
                if is_renamed(known.standing, shot):
                    for others in by_picture.values():
                        others[:] = [each for each in others if each is not known]
                    return known.name
        return None

    def _load(self, names: list[ShotName]) -> dict[str, list[Known]]:
        by_picture: dict[str, list[Known]] = {}
        keys = [each.id for each in names[: wishes.CHUNK]]
        for known in wishes.by_key(self._connection, keys).values():
            still = known.standing.wish.still
            for name in {still.picture, still.image} - {""}:
                by_picture.setdefault(name, []).append(known)
        return by_picture


def _shotlists(connection: sa.Connection, keys: Iterable[int]) -> dict[int, str | None]:
    """The list that each of some shots came with."""
    rows = connection.execute(
        sa.select(LoggedEvent.shot_id, LoggedEvent.data).where(
            LoggedEvent.shot_id.in_(keys), LoggedEvent.kind == EventKind.SHOT_SUBMITTED
        )
    )
    return {row.shot_id: row.data.get("list") for row in rows}


def _renamed(
    connection: sa.Connection,
    production: ShotName,
    there: Mapping[str, int],
    renames: Mapping[str, str],
) -> dict[str, ShotName]:
    """Shots by their codes to be. One that was renamed before is none. Raises `Refused`."""
    name = production.production
    todo: dict[str, ShotName] = {}
    stay = {code.casefold(): code for code in there if code not in renames}
    for before, after in renames.items():
        if before not in there:
            if not _was_renamed(connection, there.get(after), before):
                raise Refused(
                    f"{name} has no shot {before} to rename; `farm shots {name}` lists them"
                )
            continue
        taken = stay.get(after.casefold())
        if taken is None and after in todo:
            taken = todo[after].code
        if taken is not None:
            raise Refused(
                f"{name} has a shot {taken} already, so {before} cannot be called {after}: "
                f"rename that one as well, or give {before} another code"
            )
        todo[after] = ShotName(there[before], name, before)
    return todo


def _was_renamed(connection: sa.Connection, key: int | None, before: str) -> bool:
    if key is None:
        return False
    rows = connection.execute(
        sa.select(LoggedEvent.data).where(
            LoggedEvent.shot_id == key, LoggedEvent.kind == EventKind.SHOT_RENAMED
        )
    ).scalars()
    return any(data["before"] == before for data in rows)


def _refuse_unlisted(renamed: Mapping[str, ShotName], seen: set[str]) -> None:
    for after, shot in renamed.items():
        if after not in seen:
            raise Refused(
                f"the list has no good row {after}, so {shot.code} is not renamed; "
                "name a code that stands in the list"
            )
