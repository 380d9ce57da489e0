"""News reach every page that is open, and no page that may not hear them."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientResponse

from farm.desk import live
from farm.desk.live import NEWS
from farm.desk.visitors import VISITORS
from farm.domain.lifecycle import ReviewStatus
from farm.domain.roles import Role
from farm.errors import StoreError
from farm.operations import client_links, nodes, people
from farm.store import open_store, workers
from farm.store.queries import events
from farm.store.shots import review
from tests.integration.farm.desk.conftest import TOKENS
from tests.integration.farm.desk.pages.conftest import Pages, Visit
from tests.integration.farm.store.conftest import submit


@asynccontextmanager
async def listening(desk: Pages) -> AsyncIterator[ClientResponse]:
    answer = await desk.get("/live")
    assert (answer.status, answer.content_type) == (200, "text/event-stream")
    assert await answer.content.readuntil(b"\n\n") == b"retry: 2000\n\n"
    yield answer
    answer.close()


async def told(answer: ClientResponse) -> list[tuple[str, str]]:
    said = (await answer.content.readuntil(b"\n\n")).decode()
    [data] = re.findall(r"data: (.*)\n\n", said)
    return [(each["production"], each["shot"]) for each in json.loads(data)]


def news_of(desk: Pages) -> live.News:
    app = desk.browser.app
    assert app is not None
    return app[NEWS]


def _always_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look finds another event, of one shot."""
    count = iter(range(10**6, 2 * 10**6))
    monkeypatch.setattr(live, "_recent", lambda *_: frozenset([next(count)]))
    monkeypatch.setattr(live, "_places", lambda *_: [("ads", "sh010")])


def test_a_page_that_comes_back_hears_what_it_missed(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        [newest] = sorted(events.recent_events(desk.store))[-1:]
        review.review(desk.store, "ads", "sh010", ReviewStatus.APPROVED, "bert")
        for answer in (
            await desk.get(f"/live?after={newest}"),
            await desk.get("/live", Last_Event_ID=str(newest)),
        ):
            assert await answer.content.readuntil(b"\n\n") == b"retry: 2000\n\n"
            assert await told(answer) == [("ads", "sh010")]
            answer.close()

    visit(story)


def test_what_is_more_than_is_looked_at_means_everything(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "RECENT", 3)

    async def story(desk: Pages) -> None:
        answer = await desk.get("/live?after=0")
        assert await answer.content.readuntil(b"\n\n") == b"retry: 2000\n\n"
        assert await told(answer) == []
        answer.close()

    visit(story)


def test_an_event_whose_key_is_older_than_the_newest_is_told_all_the_same(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a transaction takes its keys early and commits late."""
    monkeypatch.setattr(live, "EVERY", 3600.0)

    async def story(desk: Pages) -> None:
        review.review(desk.store, "ads", "sh010", ReviewStatus.APPROVED, "bert")
        review.review(desk.store, "ads", "sh020", ReviewStatus.APPROVED, "bert", 1)
        all_of_them = events.recent_events(desk.store)
        late = sorted(all_of_them)[-2]
        monkeypatch.setattr(live, "_recent", lambda *_: all_of_them - {late})
        async with listening(desk) as page:
            await news_of(desk).look()
            assert await told(page) == [("ads", "sh020")]
            monkeypatch.setattr(live, "_recent", lambda *_: all_of_them)
            await news_of(desk).look()
            assert await told(page) == [("ads", "sh010")]

    visit(story)


def test_what_another_connection_does_arrives_by_itself(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        async with listening(desk) as page:
            other = open_store(str(desk.store.engine.url))
            review.review(other, "ads", "sh010", ReviewStatus.APPROVED, "bert")
            submit(other, "sh900", "sh910", production="ads")
            other.close()
            heard = set[tuple[str, str]]()
            while len(heard) < 3:
                heard.update(await told(page))
            assert heard == {("ads", "sh010"), ("ads", "sh900"), ("ads", "sh910")}

    visit(story)


def test_what_is_no_shots_is_a_place_without_names(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        workers.report(desk.store, "farm-a", {"w1": "gpu7"}, 60.0)
        async with listening(desk) as page:
            nodes.drain(desk.store, "gpu7", who="anna", why="fan")
            assert await told(page) == [("", "")]

    visit(story)


@pytest.mark.parametrize("chosen", [True, False])
def test_a_guest_hears_of_their_own_production_alone(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, chosen: bool
) -> None:
    monkeypatch.setattr(live, "EVERY", 3600.0)

    async def story(desk: Pages) -> None:
        takes = [("sh020", 2)] if chosen else []
        await desk.sign_in(desk.open("ads", *takes), "/c")
        async with listening(desk) as page:
            for production, code in (("film", "sh010"), ("ads", "sh010"), ("ads", "sh020")):
                review.review(desk.store, production, code, ReviewStatus.REJECTED, "bert")
                await news_of(desk).look()
            heard = [await told(page) for _ in range(1 if chosen else 2)]
            assert heard == [[("ads", code)] for code in ("sh010", "sh020")][-len(heard) :]

    visit(story, TOKENS)


def test_who_does_not_take_their_news_is_sent_away(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "EVERY", 3600.0)

    async def story(desk: Pages) -> None:
        news = news_of(desk)
        _always_news(monkeypatch)
        async with listening(desk) as page:
            with news.listening() as slow:
                for _ in range(live.MOST_WAITING):
                    await news.look()
                assert not slow.gone
                await news.look()
                assert slow.gone
                held = slow.news.qsize()
                await news.look()
                assert slow.news.qsize() == held, "nothing more is kept for it"
            assert await told(page) == [("ads", "sh010")], "the others go on"

    visit(story)


def test_a_stream_that_was_sent_away_ends_after_what_waits_for_it(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(desk: Pages) -> None:
        monkeypatch.setattr(live, "_recent", lambda *_: frozenset())
        async with listening(desk) as page:
            [listener] = news_of(desk)._listeners
            places = [("ads", "sh010")]
            listener.news.put_nowait(live.Told(places, live._written(places, 1)))
            listener.send_away()
            assert await told(page) == [("ads", "sh010")]
            assert await page.content.read() == b""

    visit(story)


def test_a_desk_that_ends_ends_its_streams(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        async with listening(desk) as page:
            app: Any = desk.browser.app
            await app.shutdown()
            assert await page.content.read() == b""

    visit(story)


@pytest.mark.parametrize("who", ["person", "guest"])
def test_who_is_no_longer_let_in_hears_nothing_more(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    monkeypatch.setattr(live, "SIGN_OF_LIFE", 1.0)
    monkeypatch.setattr(live, "EVERY", 3600.0)

    async def story(desk: Pages) -> None:
        _always_news(monkeypatch)
        if who == "person":
            await desk.sign_in(desk.add("anna", Role.PRODUCER))
        else:
            await desk.sign_in(desk.open("ads"), "/c")
        async with listening(desk) as page:
            assert await page.content.readuntil(b"\n\n") == b": still here\n\n"
            if who == "person":
                people.revoke(desk.store, "anna")
            else:
                client_links.revoke(desk.store, 1)
            app: Any = desk.browser.app
            for sessions in app[VISITORS]._sessions.values():
                monkeypatch.setattr(sessions, "_clock", lambda: 1e9)
            # News all the time: a stream that is never idle asks all the same.
            for _ in range(400):
                await news_of(desk).look()
                await asyncio.sleep(0.01)
                if page.content.at_eof():
                    break
            rest = await page.content.read()
            assert b"sh010" in rest

    visit(story, TOKENS)


def test_an_outage_is_waited_for(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "EVERY", 0.01)

    async def story(desk: Pages) -> None:
        recent, failed = events.recent_events, asyncio.Event()
        loop = asyncio.get_running_loop()

        def away(*_: object) -> None:
            loop.call_soon_threadsafe(failed.set)
            raise StoreError("the database is away")

        monkeypatch.setattr(events, "recent_events", away)
        async with listening(desk) as page:
            review.review(desk.store, "ads", "sh010", ReviewStatus.APPROVED, "bert")
            await failed.wait()
            monkeypatch.setattr(events, "recent_events", recent)
            assert await told(page) == [("ads", "sh010")]

    visit(story)
