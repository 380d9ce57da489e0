"""The shots of a production are read once for all pages, and again when something happened."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from farm import config
from farm.desk.places import MOST_KEPT, Desk
from farm.errors import UnknownName
from farm.operations import board, review
from farm.store import Store
from farm.store.queries import board as queries
from pipeline.storage.folder import MediaFolder
from tests.integration.farm.store.conftest import claim, make


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


def test_what_was_decided_is_read_at_once_unless_an_older_order_will_do(
    desk: Desk, reads: list[str]
) -> None:
    make(desk.store, claim(desk.store))
    before = desk.lines("ads")
    review.reject(desk.store, "ads", ["sh010"], who="anna")
    assert desk.lines("ads", age=60.0) is before
    assert next(line.state for line in desk.lines("ads")) == "rejected"
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
    assert len(desk.turns) <= MOST_KEPT + 1


def test_tiles_are_found_by_their_codes(store: Store) -> None:
    assert [tile.code for tile in board.tiles_of(store, "ads", ["sh020", "gone"])] == ["sh020"]
    assert board.tiles_of(store, "ads", ["gone"]) == []
    with pytest.raises(UnknownName):
        board.tiles_of(store, "adds", ["sh010"])
