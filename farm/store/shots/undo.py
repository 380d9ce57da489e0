"""A person's last decision on a shot, taken back. One transaction."""

from dataclasses import replace

import sqlalchemy as sa

from farm.domain.events import Event, EventKind
from farm.domain.lifecycle import COVERS
from farm.domain.shot import ShotName
from farm.domain.undo import Back, Logged, PriorityBack, ReviewBack, undone
from farm.errors import Refused
from farm.store.column_types import utcnow
from farm.store.queries.events import keyed_events
from farm.store.queue.event_log import News, write_events
from farm.store.queue.transitions import ReviewMove, move_reviews, order_take
from farm.store.session import Store
from farm.store.shots import priorities
from farm.store.shots.in_review import ShotInReview, because, one_shot
from farm.store.tables import LoggedEvent, Shot, Take
from pipeline.ladder import Step
from pipeline.recipe import Recipe


def undo(
    store: Store, production: str, code: str, who: str, within: float
) -> tuple[Back, list[Event]]:
    """Takes back what `who` decided last about a shot, if that is at most `within` seconds old and nothing
    else happened to the shot since; a take that an omission cancelled is ordered again.

    Raises `UnknownName`, and `Refused` with the reason.
    """
    with store.write() as connection:
        shot = one_shot(connection, production, code)
        now = connection.execute(sa.select(utcnow())).scalar_one()
        logged = list(keyed_events(connection, LoggedEvent.shot_id == shot.name.id))
        back = undone(logged, who, now, within)
        if isinstance(back, str):
            raise Refused(f"{production}/{code} {back}")
        why = because(f"undone by {who}", f"it was {back.decided}")
        if isinstance(back, PriorityBack):
            return back, [_put_back(connection, shot, back, who, why)]
        news = move_reviews(connection, [_move(shot, back, who, why)])
        if back.cancelled is not None:
            news.append(_order_again(connection, shot.name, back, logged, who, why))
        return back, write_events(connection, news)


def _put_back(
    connection: sa.Connection, shot: ShotInReview, back: PriorityBack, who: str, why: str
) -> Event:
    before = connection.execute(
        sa.select(Shot.priority).where(Shot.id == shot.name.id)
    ).scalar_one()
    data = {"before": before, "after": back.priority, "why": why, "undoes": back.undoes}
    return priorities.put(connection, shot.name, data, who)


def _move(shot: ShotInReview, back: ReviewBack, who: str, why: str) -> ReviewMove:
    return ReviewMove(
        shot.name,
        back.review,
        why,
        who,
        selected=back.selected,
        cleared=back.selected is None,
        undoes=back.undoes,
    )


def _order_again(
    connection: sa.Connection,
    shot: ShotName,
    back: ReviewBack,
    logged: list[Logged],
    who: str,
    why: str,
) -> News:
    """Orders the take that was cancelled once more, as it was: a take that has ended never moves."""
    row = connection.execute(
        sa.select(Take.rung, Take.recipe, Take.why, Take.changes, Take.by_hand).where(
            Take.shot_id == shot.id, Take.number == back.cancelled
        )
    ).one()
    removed = next(
        event.data.get("removed", [])
        for _, event in logged
        if event.kind is EventKind.TAKE_ORDERED and event.take == back.cancelled
    )
    step = Step(
        rung=row.rung,
        recipe=Recipe.from_dict(row.recipe),
        why=because(f"take {back.cancelled} again, {why}", row.why),
        changes={name: (before, after) for name, (before, after) in row.changes.items()},
    )
    held = back.review in COVERS
    news = order_take(connection, shot, step, who=who, by_hand=row.by_hand, held=held)
    return replace(news, data={**news.data, "removed": removed, "undoes": back.undoes})
