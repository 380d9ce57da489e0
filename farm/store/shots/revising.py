"""Applies what a changed list asks for: fields, other codes, omissions. Callers hold the transaction.

What is to happen is decided by `farm.domain.changes`; here it is decided again of the rows as they are once
they are held, and carried out with its events.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from farm.domain.changes import (
    Change,
    Follows,
    applicable,
    compare,
    follows,
    recipe_for,
    wish_after,
)
from farm.domain.drafts import Tie
from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus, TakeStatus
from farm.domain.shot import NewShot, ShotName
from farm.store.people_tables import ClientLink
from farm.store.queue.event_log import News
from farm.store.queue.transitions import ReviewMove, move_reviews, order_take
from farm.store.shots import holds, wishes
from farm.store.shots.review import cancel_take
from farm.store.shots.wishes import Known
from farm.store.tables import Shot, Take
from pipeline.ladder import Step
from pipeline.recipe_changes import differences


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a list changes of one shot."""

    shot: str
    changes: tuple[Change, ...]
    """Everything that differs."""
    applied: tuple[Change, ...]
    """Those that are changed; none where nobody asked."""
    follows: Follows
    """What comes of all of them once they are applied, asked or not."""
    take: int
    """The number of the latest take before."""
    held: bool
    """The shot is on hold: what is ordered waits for its release."""

    @property
    def left(self) -> bool:
        """Whether something stays as the list does not want it."""
        return len(self.applied) < len(self.changes)

    def unapplied(self) -> "Revision":
        """The same with nothing of it done."""
        return replace(self, applied=())


def revision(known: Known, listed: NewShot, *, update: bool, reopen: bool) -> Revision | None:
    """What the list changes of a shot; None where it is as the list has it."""
    has = known.standing
    changes = compare(has, listed)
    if not changes:
        return None
    then = follows(has, listed, changes, reopen)
    return Revision(
        shot=listed.code,
        changes=changes,
        applied=applicable(changes, then) if update else (),
        follows=then,
        take=known.number,
        held=known.review is ReviewStatus.ON_HOLD,
    )


def hold(connection: sa.Connection, keys: Collection[int]) -> None:
    """Holds shots and what waits or runs of them until the transaction ends.

    In the order of their keys, as everybody does who holds several.
    """
    held = sorted(keys)
    for chunk in wishes.chunks(held):
        connection.execute(
            sa.select(Shot.id)
            .where(Shot.id.in_(chunk))
            .order_by(Shot.id)
            .with_for_update(key_share=True)
        )
    active: list[int] = []
    for chunk in wishes.chunks(held):
        rows = sa.select(Take.id).where(
            Take.shot_id.in_(chunk), Take.status.in_((TakeStatus.WAITING, TakeStatus.RUNNING))
        )
        active += connection.execute(rows).scalars()
    for chunk in wishes.chunks(sorted(active)):
        connection.execute(
            sa.select(Take.id).where(Take.id.in_(chunk)).order_by(Take.id).with_for_update()
        )


def apply(
    connection: sa.Connection, known: Known, listed: NewShot, found: Revision, who: str, name: str
) -> list[News]:
    """Carries out the revision of a shot that is held; the events that are to be written.

    `name` is the list's, as people are told it.
    """
    has, told = known.standing, _told(found.applied)
    why = f"{who} handed in {name} with another {told}"
    remade = found.follows in (Follows.REPLACES, Follows.ENDS, Follows.ORDERS)
    news = [
        wishes.record(
            connection,
            known,
            wish_after(has, listed, found.applied),
            found.applied,
            who=who,
            by=wishes.BY_LIST,
            why=f"changed with {name}",
            findings=listed.findings if remade else None,
        )
    ]
    if not remade:
        return news
    news += cancel_take(connection, known, f"replaced: {why}", who)
    # What an earlier take shows was not wished like this: none stands for the shot until one is judged.
    review = ReviewStatus.ON_HOLD if found.held else ReviewStatus.PENDING
    news += move_reviews(connection, [ReviewMove(known.name, review, why, who, cleared=True)])
    recipe = recipe_for(has, listed)
    step = Step(rung=0, recipe=recipe, why=why, changes=differences(has.latest, recipe))
    tie = Tie(draft_for=listed.draft_for)
    news.append(order_take(connection, known.name, step, who=who, held=found.held, tie=tie))
    return news


def _rename_in_links(
    connection: sa.Connection, codes: Mapping[str, str], shots: Sequence[ShotName]
) -> None:
    """What clients were given to look at stays that, by whatever code."""
    if not shots:
        return
    of_production = sa.select(Shot.production_id).where(Shot.id == shots[0].id).scalar_subquery()
    chosen = sa.select(ClientLink.id, ClientLink.takes).where(
        ClientLink.production_id == of_production, ClientLink.revoked_at.is_(None)
    )
    for link in connection.execute(chosen).all():
        if link.takes is None or not any(code in codes for code, _ in link.takes):
            continue
        takes = sorted([codes.get(code, code), number] for code, number in link.takes)
        connection.execute(
            sa.update(ClientLink).where(ClientLink.id == link.id).values(takes=takes)
        )


def _told(changes: Sequence[Change]) -> str:
    return ", ".join(change.field.replace("_", " ") for change in changes)


def omit(connection: sa.Connection, known: Known, who: str, name: str) -> list[News]:
    """Drops a shot that the list no longer has; the events that are to be written."""
    why = f"omitted by {who}: {name} no longer has it"
    return holds.omission(connection, known, why, who)


def rename(connection: sa.Connection, shots: Mapping[str, ShotName], who: str) -> list[News]:
    """Gives shots their new codes, by which they are named here; the events that are to be written.

    Two may change places: each goes by a code that no list can have in between.
    """
    statement = sa.update(Shot).where(Shot.id == sa.bindparam("of_shot"))
    rows = [{"of_shot": shot.id, "code": f"~{shot.id}"} for shot in shots.values()]
    connection.execute(statement, rows)
    connection.execute(
        statement, [{"of_shot": shot.id, "code": code} for code, shot in shots.items()]
    )
    _rename_in_links(
        connection, {shot.code: code for code, shot in shots.items()}, [*shots.values()]
    )
    return [
        News(
            EventKind.SHOT_RENAMED,
            ShotName(shot.id, shot.production, code),
            who=who,
            data={"before": shot.code, "after": code},
        )
        for code, shot in shots.items()
    ]
