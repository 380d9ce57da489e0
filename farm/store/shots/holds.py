"""What stops a shot for now or for good, and lets it go on: hold, omit, release.

Hold and omission cover the shot's review; a release brings back what they covered. While a shot is
covered nothing of it is claimed and the gate is silent; a render that was under way ends in peace.
"""

import sqlalchemy as sa

from farm.domain.decision import Decide
from farm.domain.events import Event
from farm.domain.lifecycle import COVERS, ReviewStatus, TakeStatus
from farm.errors import Refused
from farm.store.queue.decisions import follow_all, give_to_a_person
from farm.store.queue.event_log import News, write_events
from farm.store.queue.judged_takes import history_of
from farm.store.queue.transitions import ReviewMove, move_review, move_reviews
from farm.store.session import Store
from farm.store.shots.review import Desk, because, cancel_take, one_shot, said
from farm.store.shots.wishes import Known
from farm.store.tables import Shot


def hold(store: Store, production: str, code: str, who: str, why: str = "") -> list[Event]:
    """Keeps a shot from being rendered until it is released. Raises `Refused` once it is judged."""
    with store.write() as connection:
        desk = one_shot(connection, production, code)
        if desk.review is not ReviewStatus.PENDING:
            raise Refused(f"{production}/{code} is {said(desk.review)}; there is nothing to hold")
        sentence = because(f"held by {who}", why)
        return move_review(connection, desk.shot, ReviewStatus.ON_HOLD, sentence, who=who)


def omit(store: Store, production: str, code: str, who: str, why: str = "") -> list[Event]:
    """Drops a shot from its production; its take is cancelled. Raises `Refused` where it is dropped."""
    with store.write() as connection:
        desk = one_shot(connection, production, code)
        if desk.review is ReviewStatus.OMITTED:
            raise Refused(f"{production}/{code} is omitted already")
        sentence = because(f"omitted by {who}", why)
        return write_events(connection, omission(connection, desk, sentence, who))


def omission(connection: sa.Connection, desk: Desk | Known, why: str, who: str) -> list[News]:
    """Drops a shot, whose rows are held; the events that are to be written."""
    return [
        *cancel_take(connection, desk, why, who),
        *move_reviews(connection, [ReviewMove(desk.shot, ReviewStatus.OMITTED, why, who)]),
    ]


def release(
    store: Store, production: str, code: str, decide: Decide, who: str, why: str = ""
) -> list[Event]:
    """Lets a held or omitted shot go on where it was; the gate, `decide`, speaks on what came meanwhile.

    Raises `Refused` where nothing covers the shot.
    """
    with store.write() as connection:
        desk = one_shot(connection, production, code)
        if desk.review not in COVERS:
            raise Refused(f"{production}/{code} is {said(desk.state)}; there is nothing to release")
        before = connection.execute(
            sa.select(Shot.review_before).where(Shot.id == desk.shot.id)
        ).scalar_one()
        assert before is not None
        sentence = because(f"released by {who}", why)
        events = move_review(connection, desk.shot, before, sentence, who=who)
        if before is ReviewStatus.PENDING:
            events += _catch_up(connection, desk, decide, sentence)
        return events


def _catch_up(connection: sa.Connection, desk: Desk, decide: Decide, why: str) -> list[Event]:
    """What the gate would have said of the shot's latest take, had it not been silent."""
    history = history_of(connection, desk.shot.id)
    if history.takes and history.takes[-1].number == desk.number:
        return write_events(connection, follow_all(connection, {desk.shot: decide(history)}))
    match desk.status:
        case TakeStatus.FAILED:
            return give_to_a_person(connection, desk.shot, f"take {desk.number} failed")
        case TakeStatus.CANCELLED if desk.takes:
            return give_to_a_person(
                connection, desk.shot, f"{why}; take {desk.number} was cancelled"
            )
        case _:
            return []
