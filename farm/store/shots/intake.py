"""Takes in a checked shot list: adds the shots that are new, once, and changes others where that is asked.

One transaction: after a crash either all is done or nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from farm.domain.changes import Asked, Change
from farm.domain.drafts import Tie
from farm.domain.events import EventKind
from farm.domain.shot import NewShot, ShotName
from farm.store.queue.event_log import News, write_events
from farm.store.queue.transitions import order_data, take_values
from farm.store.session import Store
from farm.store.shots import revising, wishes
from farm.store.shots.comparing import CHUNK, Comparison, chunks, compare
from farm.store.shots.in_review import refuse_archived
from farm.store.shots.revising import Revision, revision
from farm.store.tables import LoggedEvent, Production, Shot, Take
from pipeline.ladder import Step

__all__ = ["CHUNK", "Change", "Intake", "Revision", "foresee", "submit"]


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of a list, or would."""

    added: tuple[str, ...]
    unchanged: tuple[str, ...]
    """Codes that were there already, alike."""
    differing: tuple[str, ...]
    """Codes that were there already and of which something was left as the list does not want it."""
    changed: tuple[str, ...] = ()
    """Codes of which something was changed."""
    revisions: tuple[Revision, ...] = ()
    """What differed of both, field by field."""
    missing: tuple[str, ...] = ()
    """Codes that the list no longer has; they stay."""
    gone: tuple[str, ...] = ()
    """Codes that the list no longer has; they were omitted."""
    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Codes before → after."""
    twins: Mapping[str, str] = field(default_factory=dict[str, str])
    """Codes of new rows that look like shots that the list no longer has → the codes of those. They
    were not added."""
    alike: Mapping[str, str] = field(default_factory=dict[str, str])
    """The same of shots that the list need not have. They were added."""
    omitted: tuple[str, ...] = ()
    """Codes in the list whose shots are omitted; they stay so."""
    refused: bool = False
    """Nothing was done: not all could be, and all or nothing was asked for."""

    @property
    def whole(self) -> bool:
        """Whether the production is now as the list wants it."""
        return not (self.differing or self.missing or self.twins or self.omitted)


def submit(
    store: Store,
    production: str,
    shots: Iterable[NewShot],
    *,
    who: str,
    on_shots: Callable[[int], None] = lambda _: None,
    asked: Asked | None = None,
    shotlist: str = "",
    whole: bool = True,
) -> Intake:
    """Adds the shots that the production does not have yet, each with its take 1 waiting; does to those
    that it has what is asked for.

    `on_shots` hears how many rows are done. The shots are read chunk by chunk, more than once.
    `shotlist` is the path of the list; one that is not `whole`, since some of its rows are bad, does
    not tell what is missing.
    Raises `Refused` for a renaming that cannot be, and where the production is archived.
    """
    asked = asked or Asked()
    if next(iter(shots), None) is None:
        return Intake((), (), ())
    with store.write() as connection:
        of = ShotName(_production(connection, production), production, "")
        found = compare(connection, of, shots, asked, whole=whole)
        intake = _intake(found, asked)
        if asked.strict and not intake.whole:
            return _refused(found)
        _revise(connection, found, asked, who, PurePath(shotlist).name or "the list")
        intake = _intake(found, asked)
        kin = min(found.kin, default=shotlist)
        added = set(found.added)
        for chunk in chunks(shots):
            _add(connection, of.id, [each for each in chunk if each.code in added], who, kin)
            on_shots(len(chunk))
    return intake


def foresee(
    store: Store,
    production: str,
    shots: Iterable[NewShot],
    *,
    asked: Asked,
    whole: bool = True,
) -> Intake:
    """What `submit` would do; writes nothing. Raises `Refused` as that does."""
    key = sa.select(Production.id).where(Production.name == production)
    with store.read() as connection:
        refuse_archived(connection, production)
        of = ShotName(connection.execute(key).scalar() or 0, production, "")
        found = compare(connection, of, shots, asked, whole=whole)
    intake = _intake(found, asked)
    return _refused(found) if asked.strict and not intake.whole else intake


def _intake(found: Comparison, asked: Asked) -> Intake:
    revisions = found.revisions.values()
    missing = tuple(found.missing.values())
    return Intake(
        added=tuple(found.added),
        unchanged=tuple(found.unchanged),
        differing=tuple(each.shot for each in revisions if each.left),
        changed=tuple(each.shot for each in revisions if each.applied),
        revisions=tuple(revisions),
        missing=() if asked.omit_missing else missing,
        gone=missing if asked.omit_missing else (),
        renamed={shot.code: after for after, shot in found.renamed.items()},
        twins=dict(found.twins),
        alike=dict(found.alike),
        omitted=tuple(found.omitted),
    )


def _refused(found: Comparison) -> Intake:
    """What a list comes to of which nothing was done."""
    revisions = tuple(each.unapplied() for each in found.revisions.values())
    return Intake(
        added=(),
        unchanged=tuple(found.unchanged),
        differing=tuple(each.shot for each in revisions),
        revisions=revisions,
        missing=tuple(found.missing.values()),
        twins=dict(found.twins),
        omitted=tuple(found.omitted),
        refused=True,
    )


def _revise(
    connection: sa.Connection, found: Comparison, asked: Asked, who: str, name: str
) -> None:
    """Does what is asked to shots that are there, as they are once they are held."""
    renamed = {shot.id for shot in found.renamed.values()}
    changed = found.wanted.keys() if asked.update else set[int]()
    gone = found.missing.keys() if asked.omit_missing else set[int]()
    revising.hold(connection, renamed | changed | gone)
    if found.renamed:
        write_events(connection, revising.rename(connection, found.renamed, who))
    for keys in wishes.chunks(sorted(changed | gone)):
        news: list[News] = []
        for key, known in wishes.by_key(connection, keys).items():
            if key in gone:
                news += revising.omit(connection, known, who, name)
                continue
            listed = found.wanted[key]
            now = revision(known, listed, update=True, reopen=asked.reopen)
            if now is None:
                found.unchanged.append(found.revisions.pop(listed.code).shot)
                continue
            found.revisions[listed.code] = now
            if now.applied:
                news += revising.apply(connection, known, listed, now, who, name)
        write_events(connection, news)


def _production(connection: sa.Connection, name: str) -> int:
    """The production's key; holds its row, so that two submissions at once take turns. Raises `Refused`
    where it is archived."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(Production).values(name=name).on_conflict_do_nothing())
    refuse_archived(connection, name)
    return connection.execute(
        sa.select(Production.id).where(Production.name == name).with_for_update(key_share=True)
    ).scalar_one()


def _add(
    connection: sa.Connection,
    production_id: int,
    shots: Sequence[NewShot],
    who: str,
    shotlist: str,
) -> None:
    if not shots:
        return
    rows = connection.execute(
        sa.insert(Shot).returning(Shot.id, Shot.code),
        [_shot_values(production_id, shot) for shot in shots],
    ).all()
    ids = {row.code: row.id for row in rows}
    takes = [_first_take(production_id, ids[shot.code], shot) for shot in shots]
    connection.execute(sa.insert(Take), takes)
    events = [event for shot in shots for event in _events(ids[shot.code], shot, who, shotlist)]
    connection.execute(sa.insert(LoggedEvent), events)


def _shot_values(production_id: int, shot: NewShot) -> dict[str, Any]:
    return {
        "production_id": production_id,
        "code": shot.code,
        "image": shot.image,
        "prompt": shot.recipe.prompt,
        "aspect": shot.aspect,
        "priority": shot.priority,
        "alternates": [asdict(alternate) for alternate in shot.alternates],
        "must_keep": list(shot.must_keep),
        "notes": shot.notes,
        "no_decline": shot.no_decline,
        "findings": [asdict(finding) for finding in shot.findings],
        "takes_made": 1,
    }


def _first_take(production_id: int, shot_id: int, shot: NewShot) -> dict[str, Any]:
    return {
        **take_values(shot.recipe),
        "shot_id": shot_id,
        "production_id": production_id,
        "number": 1,
        "rank": -shot.priority,
        "draft_for": shot.draft_for,
        "why": _why(shot),
    }


def _why(shot: NewShot) -> str:
    return "submitted" if shot.draft_for is None else "submitted, as a draft"


def _events(shot_id: int, shot: NewShot, who: str, shotlist: str) -> list[dict[str, Any]]:
    submitted = {
        "image": shot.image,
        "profile": shot.wish.profile,
        "list": shotlist,
        "wish": wishes.kept_data(shot.wish),
    }
    step = Step(rung=0, recipe=shot.recipe, why=_why(shot), changes={})
    ordered = order_data(step, Tie(draft_for=shot.draft_for))
    common = {"shot_id": shot_id, "who": who}
    return [
        {**common, "kind": EventKind.SHOT_SUBMITTED, "take": None, "data": submitted},
        {**common, "kind": EventKind.TAKE_ORDERED, "take": 1, "data": ordered},
    ]
