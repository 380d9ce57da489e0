"""What the metrics counted is kept in the database: gone on with where it fits, and only there."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from farm.domain.changes import Asked
from farm.domain.events import EventKind
from farm.domain.fleet_size import Headcount
from farm.domain.lifecycle import FailureClass
from farm.errors import StoreError
from farm.listeners.metrics import FarmMetrics
from farm.listeners.metrics.fold import COUNTED
from farm.operations import metrics_feed
from farm.operations.metrics_feed import Figures, keep_up
from farm.store import Store, kept_folds, workers
from farm.store.column_types import utcnow
from farm.store.queries import gauges
from farm.store.queue import leases
from farm.store.shots import holds, intake, review
from farm.store.tables import SeenWorker
from tests.conftest import a_new_shot, a_recipe
from tests.integration.farm.store.conftest import (
    OVER,
    claim,
    fail,
    log,
    make,
    say,
    seats,
    submit,
    value,
)

TAKEN_OUT = "INSERT INTO events (kind, who, data) VALUES ('worker_sick', 'farm', '{}')"


@pytest.fixture(autouse=True)
def everything_is_worth_keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics_feed, "KEEP_AFTER", 1)


def counted(store: Store) -> str:
    """The series as they are when every event is read."""
    say(store, "DELETE FROM kept_folds")
    return without_gauges(Figures(store))


def without_gauges(series: Figures) -> str:
    lines = series.series.text().splitlines()
    moving = ("farm_queue", "farm_shots", "farm_profile", "farm_workers_live", "farm_takes_running")
    return "\n".join(line for line in lines if not line.startswith(moving))


def a_day(store: Store, *codes: str) -> None:
    submit(store, *codes)
    make(store, claim(store))
    fail(store)
    claim(store, lease_seconds=OVER)


@contextmanager
def reading(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The keys of the events that are read meanwhile."""
    read: list[int] = []
    before = kept_folds.events_between

    def listening(*arguments: Any) -> Iterator[kept_folds.Told]:
        for told in before(*arguments):
            read.append(told.key)
            yield told

    with monkeypatch.context() as patched:
        patched.setattr(kept_folds, "events_between", listening)
        yield read


def test_what_was_kept_is_gone_on_with_and_comes_to_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_day(store, "sh010", "sh020", "sh030")
    Figures(store).keep()
    before = value(store, "SELECT max(id) FROM events")
    submit(store, "sh110")
    make(store, claim(store))

    with reading(monkeypatch) as read:
        again = without_gauges(Figures(store))

    assert read
    assert min(read) > before
    assert again == counted(store)


def test_an_attempt_whose_shot_is_renamed_meanwhile_leaves_its_worker(store: Store) -> None:
    submit(store, "sh010")
    running = claim(store)
    served = Figures(store)
    live = FarmMetrics()
    for each in log(store):
        live(each)
    before = len(log(store))

    renamed = Asked(renames={"sh010": "sh011"})
    intake.submit(store, "demo", [a_new_shot("sh011")], who="anna", asked=renamed)
    make(store, running)
    served.look()
    for each in log(store)[before:]:
        live(each)

    assert {each.shot for each in log(store)} == {"sh011"}
    for series in (served.series, live, Figures(store).series):
        assert series.fold.spent, "the attempt was counted"
        assert series.fold.shares.as_list() == [[], []], "nobody is on a worker any more"


def test_what_another_version_counted_is_not_used(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_day(store, "sh010", "sh020", "sh030")
    with monkeypatch.context() as older:
        older.setattr(metrics_feed, "VERSION", "of last year")
        Figures(store).keep()

    with reading(monkeypatch) as read:
        Figures(store).keep()

    assert len(read) == value(store, "SELECT count(*) FROM events")
    assert value(store, "SELECT count(*) FROM kept_folds") == 2


@pytest.mark.parametrize(
    "what",
    [
        "DELETE FROM events WHERE id = (SELECT max(id) FROM events)",
        "UPDATE events SET at = '2001-01-01 00:00:00' WHERE id = (SELECT max(id) FROM events)",
    ],
)
def test_a_log_that_is_not_the_one_that_was_counted_is_read_anew(store: Store, what: str) -> None:
    a_day(store, "sh010", "sh020", "sh030")
    Figures(store).keep()

    say(store, what)

    assert without_gauges(Figures(store)) == counted(store)


def test_a_database_that_is_set_back_under_a_server_is_counted_anew(store: Store) -> None:
    a_day(store, "sh010", "sh020", "sh030")
    served = Figures(store)

    say(store, "DELETE FROM events WHERE id > 4")
    served.look()

    assert without_gauges(served) == counted(store)


@pytest.mark.parametrize("broken", ["{}", '{"complete": "x", "ranges": 3}', "[]", "null", '"x"'])
def test_what_cannot_be_read_is_read_anew(store: Store, broken: str) -> None:
    a_day(store, "sh010", "sh020", "sh030")
    Figures(store).keep()
    cast = "CAST(:broken AS JSON)" if store.dialect == "postgresql" else ":broken"

    say(store, f"UPDATE kept_folds SET keys = {cast}", broken=broken)

    assert without_gauges(Figures(store)) == counted(store)


def test_two_processes_keep_what_each_counted(store: Store) -> None:
    a_day(store, "sh010", "sh020", "sh030")
    ahead, behind = Figures(store), Figures(store)
    submit(store, "sh110")
    make(store, claim(store))
    ahead.look()

    ahead.keep()
    behind.keep()

    assert without_gauges(Figures(store)) == counted(store)


def test_a_transaction_that_ends_late_with_low_keys_is_counted_too(store: Store) -> None:
    if store.dialect == "sqlite":
        assert kept_folds.complete(store, about=0)[:3] == (
            0,
            0,
            0,
        )  # one writer at a time: none can
        return
    slow = store.engine.connect()
    slow.execute(sa.text(TAKEN_OUT))
    a_day(store, "sh010", "sh020", "sh030")
    early = Figures(store)
    early.keep()
    later = Figures(store)
    for each in range(1200):  # further than the few keys that are looked at again anyway
        say(store, TAKEN_OUT.replace("{}", f'{{"n": {each}}}'))
    early.look()
    later.look()
    later.keep()

    slow.commit()
    slow.close()

    for each in (early, later, Figures(store)):
        each.look()
        assert each.series.fold.sick == 1201
        assert without_gauges(each) == counted(store)


def test_gaps_of_what_was_rolled_back_are_closed_in_time(store: Store) -> None:
    a_day(store, "sh010", "sh020", "sh030")
    served = Figures(store)
    for _ in range(3):
        with store.engine.connect() as connection:
            connection.execute(sa.text(TAKEN_OUT))
            connection.rollback()
        say(store, TAKEN_OUT)
    for _ in range(1200):
        say(store, TAKEN_OUT)

    for _ in range(3):
        served.look()

    assert served._keys.gaps() == []


def test_events_of_kinds_that_do_not_count_are_read_without_their_data(store: Store) -> None:
    a_day(store, "sh010", "sh020", "sh030")

    events = list(kept_folds.events_between(store, [], 0, COUNTED))

    assert {each.kind for each in events if each.data is None} == {
        EventKind.SHOT_SUBMITTED,
        EventKind.TAKE_ORDERED,
        EventKind.REVIEW_MOVED,
    }
    assert {each.profile for each in events if each.kind in COUNTED} == {"toy"}


def test_the_event_of_another_ones_profile_is_counted_there(store: Store) -> None:
    submit(store, "sh010")
    submit(store, "sh020", production="heist", recipe=a_recipe(profile="wan"))
    fail(store)
    settled = claim(store, profile="wan")
    make(store, settled)

    text = Figures(store).series.text()

    name = "farm_attempts_failed_total"
    assert f'{name}{{failure_class="shot",production="demo",profile="toy"}} 1.0' in text
    assert f'{name}{{failure_class="shot",production="heist",profile="wan"}} 0.0' in text
    assert 'production="heist",profile="wan",rung="0",verdict="accepted"} 1.0' in text


def test_a_database_that_takes_no_writes_is_said_and_counted_all_the_same(store: Store) -> None:
    a_day(store, "sh010", "sh020", "sh030")
    said: list[str] = []
    if store.dialect == "postgresql":
        engine = sa.create_engine(store.engine.url)

        @event.listens_for(engine, "connect")
        def _only_to_read(connection: Any, _record: Any) -> None:
            connection.execute("SET default_transaction_read_only = on")
            connection.commit()

        expected = counted(store)
        found = Figures(Store(engine))
        metrics_feed.keep(found, said.append)
        shown = without_gauges(found)
        engine.dispose()
    else:
        expected = counted(store)
        found = Figures(store)
        place = store.engine.url.database or ""
        with closing(sqlite3.connect(place, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            metrics_feed.keep(found, said.append)
        shown = without_gauges(found)

    assert shown == expected
    [sentence] = said
    assert "could not be kept" in sentence
    with store.engine.connect() as connection:
        if store.dialect == "sqlite":
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


def test_a_server_outlasts_its_database_being_away(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_day(store, "sh010", "sh020", "sh030")
    served = Figures(store)
    said: list[str] = []
    rounds = iter([False, False, False, False, True])
    away = iter([True, True, False, False])

    def complete(*arguments: Any, **named: Any) -> kept_folds.Complete:
        if is_away[0]:
            raise StoreError("it does not answer")
        return before(*arguments, **named)

    is_away = [False]
    before = kept_folds.complete
    monkeypatch.setattr(kept_folds, "complete", complete)

    def wait() -> bool:
        is_away[0] = next(away, False)
        return next(rounds)

    keep_up(store, served, wait, said.append)

    assert said == ["the database is away: it does not answer", "the database is back"]
    assert without_gauges(served) == counted(store)


def test_gauges_are_one_reading_of_everything(store: Store) -> None:
    submit(store, "sh010", "sh020", "sh030", "sh040", "sh050")
    submit(store, "sh010", production="heist", recipe=a_recipe(profile="wan"))
    claim(store)
    claim(store, lease_seconds=OVER)
    holds.hold(store, "demo", "sh030", "anna")
    fail(store, FailureClass.MACHINE)
    there = {"w1": "a", "w2": "b", "w3": "b"}
    workers.report(store, "run", there, 60.0, Headcount(3, 2, released=1))
    workers.fall_sick(store, "run", seats("w3")[0], "three takes in a row", 60.0)
    workers.drain(store, "a", "anna")

    seen = gauges.look(store)

    assert seen.waiting == {("demo", "toy"): 2, ("heist", "wan"): 1}
    assert seen.held == {("demo", "toy"): 1}
    assert seen.running == {("demo", "toy"): 1}
    assert set(seen.waits) == {"toy", "wan"}
    assert seen.workers == {"live": 1, "sick": 1, "drained": 1}
    assert seen.headcount == Headcount(3, 2, released=1)
    assert seen.shots["demo", "waiting"] + seen.shots["demo", "rendering"] == 4
    assert seen.shots["demo", "on_hold"] == 1


def test_workers_of_a_run_that_died_are_no_workers(store: Store) -> None:
    workers.report(store, "run", {"w1": "a"}, 60.0)
    with store.write() as connection:
        over = utcnow(sa.literal(-1.0, sa.Float))
        connection.execute(sa.update(SeenWorker).values(until=over))

    assert gauges.look(store).workers == {}


def test_a_take_that_is_cancelled_or_taken_back_tells_its_profile(store: Store) -> None:
    submit(store, "sh010", "sh020")
    claim(store)
    claim(store, lease_seconds=OVER)

    events = [*review.cancel(store, "demo", "sh010", "anna"), *leases.take_back(store)]

    assert {
        each.profile
        for each in events
        if each.kind in (EventKind.TAKE_CANCELLED, EventKind.LEASE_TAKEN_BACK)
    } == {"toy"}
