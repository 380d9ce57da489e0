"""Short ways to bring a store to where a test begins, and to look at all of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import sqlalchemy as sa

from farm.domain.decision import Decide, Decision, History
from farm.domain.events import Event, EventKind
from farm.domain.lease import Lease
from farm.domain.lifecycle import FailureClass, ReviewStatus
from farm.domain.placement import Seat
from farm.domain.retry import RetryPolicy
from farm.store import Store
from farm.store.column_types import utcnow
from farm.store.queries import events
from farm.store.queue import claims, faults, settle
from farm.store.shots import intake
from farm.store.tables import Table, Take
from pipeline.ladder import Step
from pipeline.result import Verdict
from tests.conftest import a_new_shot, a_recipe, a_result

OVER = -1.0
"""Lease seconds of a lease that is over as soon as it is given."""

PATIENT = RetryPolicy(max_faults=3, backoff=600.0)
"""Backs off for minutes, and gives up at the third fault."""

T = TypeVar("T")


def submit(store: Store, *codes: str, production: str = "demo", **changes: Any) -> None:
    """Adds shots with these codes, all alike."""
    shots = [a_new_shot(code, **changes) for code in codes]
    intake.submit(store, production, shots, who="anna")


def claim(
    store: Store, owner: str = "farm-a", *, profile: str = "toy", lease_seconds: float = 60.0
) -> Lease:
    """Claims the next take for one worker."""
    (lease,), _ = claims.claim(store, owner, profile, seats(f"{owner}/w1"), lease_seconds)
    return lease


def seats(*names: str) -> list[Seat]:
    """Free workers with these names."""
    return [Seat(name) for name in names]


def nothing_to_claim(store: Store, profile: str = "toy") -> bool:
    return claims.claim(store, "farm-a", profile, seats("w1"), 60.0) == ([], [])


def make(store: Store, lease: Lease, decide: Decide | None = None, **result: Any) -> bool:
    """Settles a lease as made; accepted where nothing else is said."""
    published, _ = settle.made(store, lease, a_result(lease.clip, **result), decide or accept)
    return published


def accept(history: History) -> Decision:
    """The gate passes the latest take."""
    return Decision(
        review=ReviewStatus.ACCEPTED, why="it matches", selected=history.takes[-1].number
    )


def order(**changes: Any) -> Decide:
    """A gate that orders another take of rung 1, with these changes to the recipe."""

    def decide(_: History) -> Decision:
        return Decision(review=ReviewStatus.PENDING, why="it misses", step=a_step(**changes))

    return decide


def a_step(**changes: Any) -> Step:
    """A step of the ladder to a recipe with these changes."""
    wished = changes or {"cfg_high": 5.0}
    recipe = a_recipe(**wished)
    pairs = {name: (getattr(a_recipe(), name), value) for name, value in wished.items()}
    return Step(rung=1, recipe=recipe, why="match 0.20 is below 0.50", changes=pairs)


def miss(store: Store, lease: Lease, **changes: Any) -> None:
    """Settles a lease as a miss after which rung 1 is climbed."""
    assert make(store, lease, order(**changes), verdict=Verdict.LOW_MATCH, score=0.2)


def fail(
    store: Store,
    failure: FailureClass = FailureClass.SHOT,
    reason: str = "still.unreadable: it is broken",
) -> None:
    """Claims the next take and settles it as failed; a machine's fault backs off for minutes."""
    faults.fault(store, claim(store), failure, reason, PATIENT)


def dump(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with store.read() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in Table.metadata.sorted_tables
        }


def say(store: Store, sentence: str, **values: Any) -> None:
    """Changes rows behind the store's back."""
    with store.write() as connection:
        connection.execute(sa.text(sentence), values)


def end_back_offs(store: Store) -> None:
    """As if every take that backs off had waited long enough."""
    with store.write() as connection:
        connection.execute(sa.update(Take).where(~Take.due).values(due_at=utcnow()))


def value(store: Store, sentence: str) -> Any:
    """The one value that a SELECT finds."""
    with store.read() as connection:
        return connection.execute(sa.text(sentence)).scalar_one()


def log(store: Store) -> list[Event]:
    """All events so far, oldest first."""
    return [event for _, event in events.events(store)]


def kinds(store: Store) -> list[EventKind]:
    """The kinds of all events so far, oldest first."""
    return [event.kind for event in log(store)]


def at_once(count: int, work: Callable[[int], T]) -> list[T]:
    """Runs `work(0) … work(count - 1)` in threads that start together."""
    barrier = Barrier(count)

    def one(number: int) -> T:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
