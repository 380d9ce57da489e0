"""What many pages ask that heard the same news is read and drawn once, for each kind of reader."""

import asyncio
import re
from typing import Any

import pytest

from farm.desk import live
from farm.desk.live import NEWS
from farm.desk.places import DESK
from farm.domain.lifecycle import ReviewStatus
from farm.domain.roles import Role
from farm.errors import StoreError
from farm.operations import board, status
from farm.store.shots import review
from tests.integration.farm.desk.conftest import TOKENS
from tests.integration.farm.desk.pages.conftest import Pages, Visit

TILES = "/p/ads/tiles?code=sh010&code=sh020"
STATES = "/p/ads/states"


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for news but the test."""
    monkeypatch.setattr(live, "EVERY", 3600.0)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the store for parts of pages."""
    found: list[str] = []
    for module, name in ((board, "tiles_of"), (board, "counts"), (status, "farm_status")):
        monkeypatch.setattr(module, name, _heard(found, name, getattr(module, name)))
    return found


def _heard(found: list[str], name: str, ask: Any) -> Any:
    def asked(*args: Any, **kwargs: Any) -> Any:
        found.append(name)
        return ask(*args, **kwargs)

    return asked


async def look(desk: Pages) -> None:
    app: Any = desk.browser.app
    await app[NEWS].look()


async def many(desk: Pages, path: str, **headers: str) -> str:
    """What ten pages get that ask at once, each the same."""
    [text] = {*await asyncio.gather(*(desk.text(path, 200, **headers) for _ in range(10)))}
    return text


def test_pages_that_heard_the_same_news_are_answered_by_one_read(
    visit: Visit, reads: list[str]
) -> None:
    async def story(desk: Pages) -> None:
        for path, name in ((TILES, "tiles_of"), (STATES, "counts")):
            before = await many(desk, path)
            assert await many(desk, path) == before
            assert reads == [name]
            reads.clear()
        review.review(desk.store, "ads", "sh010", ReviewStatus.REJECTED, "bert")
        await look(desk)
        assert "1 rejected sh010" in await many(desk, TILES)
        assert "rejected <b>1</b>" in await many(desk, STATES)
        assert reads == ["tiles_of", "counts"]

    visit(story)


@pytest.mark.parametrize("path", ["/", "/workers"])
def test_whoever_opens_a_page_sees_what_is_so_now(
    visit: Visit, reads: list[str], path: str
) -> None:
    async def story(desk: Pages) -> None:
        for _ in range(3):
            await many(desk, path, X_Part="1")
        together = len(reads)
        await many(desk, path)
        assert (together, len(reads)) == ((1, 11) if path == "/" else (0, 0))
        assert len(desk.browser.app[DESK].together) == 1

    visit(story)


def test_the_counts_are_those_of_the_whole_page(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        for query in ("", "?state=failed&text=sh0"):
            page, part = await desk.text(f"/p/ads{query}"), await desk.text(f"{STATES}{query}")
            assert " ".join(part.split()) in " ".join(page.split())
            assert "<b>6</b>" in part
        await desk.text("/p/none/states", 404)

    visit(story)


def test_nobody_is_shown_what_was_drawn_for_another_kind_of_reader(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        for role, boxes in ((Role.PRODUCER, 0), (Role.REVIEWER, 2)):
            await desk.sign_in(desk.add(f"one {role}", role))
            assert (await many(desk, TILES)).count('type="checkbox"') == boxes
            assert "已通过" in await many(desk, TILES, Accept_Language="zh")
        await desk.post("/sign-out")
        for takes, codes in (((), ["sh010", "sh020"]), ((("sh020", 1),), ["sh020"])):
            await desk.sign_in(desk.open("ads", *takes), "/c")
            tiles = await many(desk, TILES)
            assert re.findall(r'data-shot="(\w+)"', tiles) == codes
            shots = re.search(r"<b>(\d)</b>", await many(desk, STATES))
            assert shots
            assert int(shots[1]) == (1 if takes else 6)

    visit(story, TOKENS)


def test_an_outage_is_not_remembered(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(desk: Pages) -> None:
        def away(*_: object) -> None:
            raise StoreError("the database is away")

        with monkeypatch.context() as patch:
            patch.setattr(board, "tiles_of", away)
            assert "the database is away" in await desk.text(TILES, 503)
        assert "sh010" in await desk.text(TILES)

    visit(story)
