"""What was wished of shots, read from their rows and their events, and written there. Callers hold the
transaction.

A shot's row has most of its wish; the rest (what the list said of negative, seconds, seed and picture)
and who said it last, a list or a person by hand, is told by its events.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm

from farm.domain.changes import Change, Standing
from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus, TakeStatus
from farm.domain.shot import AlternateStill, Picture, ShotName, Wish, data_of
from farm.store.queue.event_log import News
from farm.store.tables import LoggedEvent, Production, Shot, Take
from pipeline.findings import Finding
from pipeline.recipe import Recipe

T = TypeVar("T")

CHUNK = 500
BY_LIST, BY_HAND = "list", "hand"
"""Who said something of a shot: a shot list, or a person at a command."""
_KEPT = ("negative", "seconds", "seed", "still", "profile")
"""Fields that the shot's row does not have, or not whole."""
_TELL = (
    EventKind.SHOT_SUBMITTED,
    EventKind.SHOT_CHANGED,
    EventKind.SHOT_RENAMED,
    EventKind.PRIORITY_SET,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A shot that is there, with its latest take."""

    name: ShotName
    production_id: int
    shotlist: str | None
    """The list that it came with; None for a shot of an older farm."""
    take_id: int
    token: int
    number: int
    status: TakeStatus
    review: ReviewStatus
    standing: Standing

    @property
    def recipe(self) -> Recipe:
        """Of its latest take."""
        return self.standing.latest


@dataclass(slots=True)
class _Told:
    """What a shot's events tell of its wish."""

    shotlist: str | None = None
    wish: dict[str, Any] = field(default_factory=dict[str, Any])
    by_hand: set[str] = field(default_factory=set[str])
    before: set[str] = field(default_factory=set[str])
    """What was by hand before the last event: an undo comes right behind what it takes back."""
    codes: set[str] = field(default_factory=set[str])

    def hear(self, kind: str, data: Mapping[str, Any]) -> None:
        self.shotlist = data.get("list", self.shotlist)
        self.wish |= data.get("wish", {})
        before, self.before = self.before, set(self.by_hand)
        match kind:
            case EventKind.SHOT_CHANGED:
                names = set(data["changes"])
                self.by_hand = (
                    self.by_hand | names if data["by"] == BY_HAND else self.by_hand - names
                )
            case EventKind.PRIORITY_SET if "undoes" in data:
                self.by_hand = before
            case EventKind.PRIORITY_SET:
                self.by_hand.add("priority")
            case EventKind.SHOT_RENAMED:
                self.codes |= {data["before"], data["after"]}
            case _:
                pass


def by_code(
    connection: sa.Connection, production_id: int, codes: Collection[str]
) -> dict[str, Known]:
    """The shots of a production that have one of these codes."""
    where = (Shot.production_id == production_id, Shot.code.in_(codes))
    return {known.name.code: known for known in _known(connection, *where)}


def by_key(connection: sa.Connection, keys: Collection[int]) -> dict[int, Known]:
    """The shots with these keys."""
    found: dict[int, Known] = {}
    for chunk in chunks(sorted(keys)):
        found |= {known.name.id: known for known in _known(connection, Shot.id.in_(chunk))}
    return found


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in order, as many at once as go well into one question."""
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


def _known(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> Iterator[Known]:
    first, latest = orm.aliased(Take), orm.aliased(Take)
    rows = connection.execute(
        sa.select(
            Shot, Production.name.label("production"), first.recipe.label("first"),
            latest.recipe.label("latest"), latest.id.label("take_id"), latest.token,
            latest.number, latest.status,
        )
        .join(Production, Production.id == Shot.production_id)
        .join(first, sa.and_(first.shot_id == Shot.id, first.number == 1))
        .join(latest, sa.and_(latest.shot_id == Shot.id, latest.number == Shot.takes_made))
        .where(*where)
        .order_by(Shot.id)
    ).all()  # fmt: skip
    told = _told(connection, [row.id for row in rows])
    for row in rows:
        yield Known(
            name=ShotName(row.id, row.production, row.code),
            production_id=row.production_id,
            shotlist=told[row.id].shotlist,
            take_id=row.take_id,
            token=row.token,
            number=row.number,
            status=row.status,
            review=row.review,
            standing=_standing(row, told[row.id]),
        )


def _told(connection: sa.Connection, keys: Sequence[int]) -> dict[int, _Told]:
    told = {key: _Told() for key in keys}
    if keys:
        rows = connection.execute(
            sa.select(LoggedEvent.shot_id, LoggedEvent.kind, LoggedEvent.data)
            .where(LoggedEvent.shot_id.in_(keys), LoggedEvent.kind.in_(_TELL))
            .order_by(LoggedEvent.id)
        )
        for row in rows:
            told[row.shot_id].hear(row.kind, row.data)
    return told


def _standing(row: sa.Row[*tuple[Any, ...]], told: _Told) -> Standing:
    first = Recipe.from_dict(row.first)
    unknown = {
        "negative": "",
        "seconds": None,
        "seed": None,
        "still": {"image": row.image, "picture": "", "still": first.still},
        "profile": first.profile,
    }
    kept = unknown | told.wish
    return Standing(
        production=row.production,
        codes=frozenset(told.codes | {row.code}),
        wish=Wish(
            prompt=row.prompt,
            still=Picture(**kept["still"]),
            negative=kept["negative"],
            seconds=kept["seconds"],
            seed=kept["seed"],
            aspect=row.aspect,
            profile=kept["profile"],
            priority=row.priority,
            must_keep=tuple(row.must_keep),
            alternates=tuple(AlternateStill(**each) for each in row.alternates),
            notes=row.notes,
        ),
        told=told.wish.keys() >= set(_KEPT),
        by_hand=frozenset(told.by_hand),
        review=row.review,
        status=row.status,
        number=row.number,
        first=first,
        latest=Recipe.from_dict(row.latest),
    )


def kept_data(wish: Wish) -> dict[str, Any]:
    """What an event keeps of a wish, beside what the shot's row has."""
    return {name: data_of(getattr(wish, name)) for name in _KEPT}


def record(
    connection: sa.Connection,
    known: Known,
    wish: Wish,
    changes: Sequence[Change],
    *,
    who: str,
    by: str,
    why: str = "",
    findings: Sequence[Finding] | None = None,
) -> News:
    """Writes the wish into the shot's row; the event that is to be written, with what changed."""
    values: dict[str, Any] = {
        "image": wish.still.image,
        "prompt": wish.prompt,
        "aspect": wish.aspect,
        "priority": wish.priority,
        "alternates": [asdict(each) for each in wish.alternates],
        "must_keep": list(wish.must_keep),
        "notes": wish.notes,
    }
    if findings is not None:
        values["findings"] = [asdict(finding) for finding in findings]
    connection.execute(sa.update(Shot).where(Shot.id == known.name.id).values(values))
    if any(change.field == "priority" for change in changes):
        active = Take.status.in_((TakeStatus.WAITING, TakeStatus.RUNNING))
        connection.execute(
            sa.update(Take).where(Take.shot_id == known.name.id, active).values(rank=-wish.priority)
        )
    changed = {change.field: [change.before, change.after] for change in changes}
    kept = kept_data(wish)
    if by == BY_HAND and not known.standing.told:
        kept = {name: value for name, value in kept.items() if name in changed}
    data = {"changes": changed, "by": by, "why": why, "wish": kept}
    return News(EventKind.SHOT_CHANGED, known.name, who=who, data=data)
