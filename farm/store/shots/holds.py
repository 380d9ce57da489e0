"""What stops a shot for now or for good, and lets it go on: hold, omit, release.

Hold and omission cover the shot's review; a release brings back what they covered. While a shot is
covered nothing of it is claimed and the gate is silent; a render that was under way ends in peace.
"""

import sqlalchemy as sa

from farm.domain.decision import Decide, History, asked_before
from farm.domain.events import Event
from farm.domain.lifecycle import ReviewStatus, TakeStatus
from farm.errors import Refused
from farm.store.queue.decisions import follow_all, give_to_a_person
from farm.store.queue.event_log import News, write_events
from farm.store.queue.judged_takes import history_of
from farm.store.queue.transitions import ReviewMove, move_review, move_reviews
from farm.store.session import Store
from farm.store.shots.in_review import ShotInReview, because, one_shot, said
from farm.store.shots.review import cancel_take
from farm.store.shots.stale import refuse_stale
from farm.store.shots.wishes import Known


def hold(
    store: Store,
    production: str,
    code: str,
    who: str,
    why: str = "",
    *,
    newest: int | None = None,
    known: ReviewStatus | None = None,
) -> list[Event]:
    """Keeps a shot from being rendered until it is released. Raises `Refused` once it is judged, and
    `Stale` where it is not as the person saw it: its newest take, its review."""
    with store.write() as connection:
        shot = one_shot(connection, production, code)
        refuse_stale(connection, shot, who, newest, known)
        if shot.review is not ReviewStatus.PENDING:
            raise Refused(f"{production}/{code} is {said(shot.review)}; there is nothing to hold")
        sentence = because(f"held by {who}", why)
        return move_review(connection, shot.name, ReviewStatus.ON_HOLD, sentence, who=who)


def omit(
    store: Store,
    production: str,
    code: str,
    who: str,
    why: str = "",
    *,
    newest: int | None = None,
    known: ReviewStatus | None = None,
) -> list[Event]:
    """Drops a shot from its production; its take is cancelled. Raises `Refused` where it is dropped, and
    `Stale` as a hold does."""
    with store.write() as connection:
        shot = one_shot(connection, production, code)
        refuse_stale(connection, shot, who, newest, known)
        if shot.review is ReviewStatus.OMITTED:
            raise Refused(f"{production}/{code} is omitted already")
        sentence = because(f"omitted by {who}", why)
        return write_events(connection, omission(connection, shot, sentence, who))


def omission(
    connection: sa.Connection, shot: ShotInReview | Known, why: str, who: str
) -> list[News]:
    """Drops a shot, whose rows are held; the events that are to be written."""
    return [
        *cancel_take(connection, shot, why, who),
        *move_reviews(connection, [ReviewMove(shot.name, ReviewStatus.OMITTED, why, who)]),
    ]


def release(
    store: Store,
    production: str,
    code: str,
    decide: Decide,
    who: str,
    why: str = "",
    *,
    newest: int | None = None,
    known: ReviewStatus | None = None,
) -> list[Event]:
    """Lets a held or omitted shot go on where it was; the gate, `decide`, speaks on what came meanwhile.

    Raises `Refused` where nothing covers the shot, and `Stale` as a hold does.
    """
    with store.read() as connection:
        unheard = _unheard(connection, one_shot(connection, production, code))
    decide = asked_before(decide, [unheard] if unheard else [])
    with store.write() as connection:
        shot = one_shot(connection, production, code)
        refuse_stale(connection, shot, who, newest, known)
        before = shot.covered
        if before is None:
            raise Refused(f"{production}/{code} is {said(shot.state)}; there is nothing to release")
        sentence = because(f"released by {who}", why)
        unheard = _unheard(connection, shot)
        events = move_review(connection, shot.name, before, sentence, who=who)
        if unheard:
            decisions = {shot.name: decide(unheard)}
            events += write_events(connection, follow_all(connection, decisions))
        elif before is ReviewStatus.PENDING:
            events += _catch_up(connection, shot, sentence)
        return events


def _unheard(connection: sa.Connection, shot: ShotInReview) -> History | None:
    """What the gate was silent on while the shot was covered, where its latest take was judged."""
    if shot.covered is not ReviewStatus.PENDING:
        return None
    history = history_of(connection, shot.name.id)
    judged = history.takes and history.takes[-1].number == shot.number
    return history if judged else None


def _catch_up(connection: sa.Connection, shot: ShotInReview, why: str) -> list[Event]:
    """Gives the shot to a person where its latest take came to nothing meanwhile."""
    match shot.status:
        case TakeStatus.FAILED:
            return give_to_a_person(connection, shot.name, f"take {shot.number} failed")
        case TakeStatus.CANCELLED if shot.takes:
            return give_to_a_person(
                connection, shot.name, f"{why}; take {shot.number} was cancelled"
            )
        case _:
            return []
