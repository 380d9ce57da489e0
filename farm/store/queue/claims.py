"""The claim: due takes come to free workers, shared between productions, away from where they failed.

It writes the one status that `farm.store.queue.transitions` does not, `running`, and nobody else writes any
(`tests/unit/farm/store/test_writers.py` holds it). What it moves is waiting, since it holds the rows; the
lease, the attempt and the event are written with it.
"""

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from farm.domain.drafts import is_final
from farm.domain.events import Event, EventKind
from farm.domain.fair_share import FairShare
from farm.domain.lease import Lease
from farm.domain.lifecycle import FailureClass, TakeStatus, check
from farm.domain.placement import Guest, Seat, seat
from farm.domain.shot import ShotName
from farm.store.column_types import utcnow
from farm.store.queue.claimable import Claimable
from farm.store.queue.event_log import write_events
from farm.store.queue.leases import attempt_news
from farm.store.queue.transitions import AnyRow
from farm.store.session import Store, in_one_message
from farm.store.tables import Attempt, Take
from pipeline.recipe import Recipe

LOOKS = 3
"""Looks down the queue without finding anything for the free workers, after which a claim ends."""


def claim(
    store: Store,
    owner: str,
    profile: str,
    free: Sequence[Seat],
    lease_seconds: float,
    *,
    everyone: Collection[Seat] = (),
    share: FairShare | None = None,
    among: Collection[int] | None = None,
) -> tuple[list[Lease], list[Event]]:
    """Leases up to one due take for each of `free`; in a production the most urgent, then the oldest.

    `everyone` are the run's workers, busy ones too: takes that failed somewhere wait for another of
    them. `share` remembers how the productions were served before, and which had more to claim: where
    it knows of none, a look comes first, so that an idle farm takes no write lock. `among` are the keys
    of the productions that are served; None serves all.
    """
    share = share or FairShare()
    queue = Claimable(profile, among)
    if not free or not (share.anybody_wants or _something_waits(store, queue)):
        return [], []
    with store.write() as connection:
        seating = _Seating(connection, queue, free, everyone or free)
        seating.fill(share)
        if not seating.seated:
            return [], []
        return _lease(connection, owner, seating.seated, lease_seconds)


class _Seating:
    """The free workers of one claim, and the takes that are seated with them."""

    def __init__(
        self,
        connection: sa.Connection,
        queue: Claimable,
        free: Sequence[Seat],
        everyone: Collection[Seat],
    ) -> None:
        self.seated: list[tuple[AnyRow, Seat]] = []
        """Takes, their rows locked until the transaction ends, with the seats that they get."""
        self._connection = connection
        self._queue = queue
        self._left = list(free)
        self._everyone = everyone
        self._seen: set[int] = set()

    def fill(self, share: FairShare) -> None:
        """From the productions that are known to have more; where they do not fill it, from all."""
        self._fill(share)
        if self._left:
            share.learn(self._queue.claimants(self._connection))
            self._fill(share)

    def _fill(self, share: FairShare) -> None:
        in_vain = 0
        while self._left and share.anybody_wants and in_vain < LOOKS:
            before = len(self._left)
            for production, turns in share.deal(len(self._left)).items():
                found, all_seen = self._look(production, turns)
                share.give_back(production, turns - found)
                if all_seen:
                    share.has_no_more(production)
            in_vain = 0 if len(self._left) < before else in_vain + 1

    def _look(self, production: int, turns: int) -> tuple[int, bool]:
        """Seats the next takes of a production; how many, and whether it has no more."""
        found = self._queue.next(self._connection, production, turns, self._seen)
        rows = {row.id: row for row in found}
        self._seen |= rows.keys()
        failed_on = _failed_on(self._connection, [row.id for row in rows.values() if row.token])
        guests = [Guest(take, failed_on.get(take, frozenset())) for take in rows]
        places = dict(seat(guests, self._left, self._everyone))
        self.seated += [(rows[take], place) for take, place in places.items()]
        taken = set(places.values())
        self._left = [place for place in self._left if place not in taken]
        return len(places), len(rows) < turns


def _failed_on(connection: sa.Connection, takes: Sequence[int]) -> dict[int, frozenset[Seat]]:
    """Where attempts of these takes failed of the machine or found no room."""
    if not takes:
        return {}
    rows = connection.execute(
        sa.select(Attempt.take_id, Attempt.worker, Attempt.node).where(
            Attempt.take_id.in_(takes),
            Attempt.outcome == "returned",
            Attempt.failure_class.in_((FailureClass.MACHINE, FailureClass.CAPACITY)),
        )
    ).all()
    found: dict[int, set[Seat]] = {}
    for row in rows:
        found.setdefault(row.take_id, set()).add(Seat(row.worker, row.node))
    return {take: frozenset(seats) for take, seats in found.items()}


def _lease(
    connection: sa.Connection,
    owner: str,
    seated: Sequence[tuple[AnyRow, Seat]],
    lease_seconds: float,
) -> tuple[list[Lease], list[Event]]:
    """Turns locked takes into leases, in the order in which they were seated."""
    at = max(row.at for row, _ in seated)
    leases = [_leased(row, owner, place, at) for row, place in seated]
    news = [
        attempt_news(EventKind.TAKE_STARTED, lease, _facts(lease, at - row.due_at))
        for lease, (row, _) in zip(leases, seated, strict=True)
    ]
    values = {"takes": [each.take_id for each in leases], "owner": owner, "seconds": lease_seconds}
    with in_one_message(connection):
        connection.execute(_LEASE, values)
        connection.execute(_ATTEMPT, [_attempt_values(each) for each in leases])
        return leases, write_events(connection, news, at)


def _leased(row: AnyRow, owner: str, place: Seat, at: dt.datetime) -> Lease:
    return Lease(
        take_id=row.id,
        token=row.token + 1,  # as the UPDATE will have it: the row is locked
        shot=ShotName(row.shot_id, row.production, row.code),
        number=row.number,
        rung=row.rung,
        recipe=Recipe.from_dict(row.recipe),
        owner=owner,
        worker=place.worker,
        started_at=at,
        node=place.node,
        by_hand=row.by_hand,
        no_decline=row.no_decline,
        wish=row.wish,
        must_keep=tuple(row.must_keep),
        draft=row.draft_for is not None,
        final=is_final(row.rung, row.final_of),
    )


def _attempt_values(lease: Lease) -> dict[str, object]:
    return {
        "take_id": lease.take_id,
        "token": lease.token,
        "owner": lease.owner,
        "worker": lease.worker,
        "node": lease.node,
        "started_at": lease.started_at,
    }


def _facts(lease: Lease, waited: dt.timedelta) -> dict[str, object]:
    """What people are told of a take that starts."""
    wait = max(0.0, waited.total_seconds())
    data: dict[str, object] = {"worker": lease.worker, "owner": lease.owner, "wait": wait}
    return data | {"node": lease.node} if lease.node else data


_LEASE = (
    sa.update(Take)
    .where(Take.id.in_(sa.bindparam("takes", expanding=True)))
    .values(
        status=check(TakeStatus.WAITING, TakeStatus.RUNNING),
        token=Take.token + 1,
        lease_owner=sa.bindparam("owner"),
        lease_until=utcnow(sa.bindparam("seconds", type_=sa.Float)),
        step=0,
    )
)
_ATTEMPT = sa.insert(Attempt).inline()


def _something_waits(store: Store, queue: Claimable) -> bool:
    with store.read() as connection:
        return queue.anything(connection)
