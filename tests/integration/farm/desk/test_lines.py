"""The shots of a production are read once for all pages, and again when something happened."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from farm import config
from farm.desk.places import MOST_KEPT, Desk
from farm.errors import UnknownName
from farm.operations import board, comment, review, undo
from farm.store import Store
from farm.store.queries import board as queries
from farm.store.queries import events as log_of_events
from farm.store.shots import holds, priorities
from pipeline.storage.folder import MediaFolder
from tests.integration.farm.store.conftest import claim, fail, make, miss, say, submit


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(config.load(), store, MediaFolder(tmp_path))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The productions whose shots were read."""
    found: list[str] = []
    read = queries.lines

    def lines(store: Store, production: str) -> Any:
        found.append(production)
        return read(store, production)

    monkeypatch.setattr(queries, "lines", lines)
    return found


def test_ten_pages_at_once_read_them_once(desk: Desk, reads: list[str]) -> None:
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: desk.lines("ads"), range(10)))
    assert reads == ["ads"]
    assert [line.code for line in found[9]] == ["sh010", "sh020"]


def test_a_log_without_events_is_no_reason_to_read_again(desk: Desk, reads: list[str]) -> None:
    say(desk.store, "DELETE FROM events")
    assert desk.lines("ads") is desk.lines("ads")
    assert reads == ["ads"]


def test_what_was_decided_is_read_at_once_unless_an_older_order_will_do(
    desk: Desk, reads: list[str]
) -> None:
    make(desk.store, claim(desk.store))
    before = desk.lines("ads")
    review.reject(desk.store, "ads", ["sh010"], who="anna")
    assert desk.lines("ads", age=60.0) is before
    assert next(line.state for line in desk.lines("ads")) == "rejected"
    assert reads == ["ads"], "the others are known"


def test_what_happens_to_shots_is_read_of_those_alone_and_stands_as_it_is(
    desk: Desk, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = desk.store
    submit(store, "sh030", "sh040", production="ads", priority=5)
    desk.lines("ads")
    asked: list[set[int]] = []
    of = queries.lines_of
    monkeypatch.setattr(
        queries,
        "lines_of",
        lambda store, production, keys: asked.append(set(keys)) or of(store, production, keys),
    )
    lease = claim(store)
    for happens in (
        lambda: None,
        lambda: miss(store, lease),
        lambda: make(store, claim(store)),
        lambda: fail(store),
        lambda: review.approve(store, "ads", ["sh030"], who="anna"),
        lambda: holds.hold(store, "ads", "sh020", "anna"),
        lambda: submit(store, "sh015", production="ads"),
        lambda: submit(store, "sh990", production="film"),
        lambda: priorities.set_priority(store, "ads", "sh040", 9, "anna"),
        lambda: comment.comment(store, "ads", "sh010", "lovely", who="anna"),
        lambda: holds.omit(store, "ads", "sh015", "anna"),
        lambda: undo.undo(store, "ads", "sh015", who="anna"),
    ):
        happens()
        assert desk.lines("ads") == Desk(desk.settings, store, desk.media).lines("ads")
    assert reads == ["ads"] * (1 + 12), "once by the desk that was there"
    assert max(len(each) for each in asked) == 1


def test_after_more_than_the_log_is_looked_through_for_all_is_read_again(
    desk: Desk, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_of_events, "RECENT", 2)
    desk.lines("ads")
    for _ in range(2):
        make(desk.store, claim(desk.store))
    assert [line.state for line in desk.lines("ads")] == ["accepted", "accepted"]
    assert reads == ["ads", "ads"]


def test_a_production_that_is_not_there_is_not_remembered(desk: Desk) -> None:
    for _ in range(2):
        with pytest.raises(UnknownName):
            desk.lines("adds")
    assert not desk.kept


def test_no_more_is_remembered_than_there_is_room_for(desk: Desk) -> None:
    for number in range(MOST_KEPT + 20):
        assert desk.remembered(number, 60.0, lambda: "answer") == "answer"
    assert len(desk.kept) == MOST_KEPT
    assert not desk.turns


def test_of_what_nobody_asks_any_more_nothing_is_left(desk: Desk) -> None:
    for number in range(50):
        with pytest.raises(UnknownName):
            desk.lines(f"adds{number}")
    asked = threading.Event()
    go_on = threading.Event()

    def answer() -> str:
        asked.set()
        assert go_on.wait(200)
        return "answer"

    with ThreadPoolExecutor(3) as pool:
        found = [pool.submit(desk.remembered, "key", 60.0, answer) for _ in range(3)]
        assert asked.wait(200)
        assert [*desk.turns] == ["key"]
        go_on.set()
        assert [each.result(200) for each in found] == ["answer"] * 3
    assert not desk.turns


def test_tiles_are_found_by_their_codes(store: Store) -> None:
    assert [tile.code for tile in board.tiles_of(store, "ads", ["sh020", "gone"])] == ["sh020"]
    assert board.tiles_of(store, "ads", ["gone"]) == []
    with pytest.raises(UnknownName):
        board.tiles_of(store, "adds", ["sh010"])


def test_an_intake_whose_keys_lie_among_those_of_others_is_read_whole(
    desk: Desk, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on PostgreSQL, where others commit while a large list is taken in: it has older keys, too."""
    store, most = desk.store, 12
    monkeypatch.setattr(log_of_events, "RECENT", most)
    others = frozenset(range(1, 4))
    monkeypatch.setattr(log_of_events, "recent_events", lambda _store: others)
    assert len(desk.lines("ads")) == 2
    submit(store, *(f"sh{number}" for number in range(500, 540)), production="ads")
    with store.read() as connection:
        keys = sorted(connection.exec_driver_sql("SELECT id FROM events").scalars())
    window = frozenset([*keys[-(most - 3) :], *others])
    monkeypatch.setattr(log_of_events, "recent_events", lambda _store: window)
    assert len(desk.lines("ads")) == 42
    assert reads == ["ads", "ads"]


def test_a_log_that_fits_into_the_window_tells_all() -> None:
    most = log_of_events.RECENT
    assert log_of_events.told_in_full(frozenset({1}), frozenset({1, 2, 3}))
    full = frozenset(range(1, most + 1))
    assert log_of_events.told_in_full(frozenset({most}), full)
    assert log_of_events.told_in_full(frozenset(), full)
    assert not log_of_events.told_in_full(frozenset({1, most}), full)
