"""Addresses as people come by them: those of forms, with a slash too many, without a session."""

import asyncio
import html
import zlib

import pytest
from aiohttp import web

from farm.config import Settings
from farm.desk.app import make_app
from farm.store import Store
from tests.integration.farm.desk.conftest import OPEN, OWN, TOKENS
from tests.integration.farm.desk.pages.conftest import Pages, Visit


@pytest.mark.parametrize(
    ("at", "to"),
    [
        ("/p/ads/decide?state=failed", "/p/ads?state=failed"),
        ("/p/ads/finals", "/p/ads"),
        ("/p/ads/s/sh010/decide?sort=code", "/p/ads/s/sh010?sort=code"),
        ("/p/ads/s/sh010/retake", "/p/ads/s/sh010"),
        ("/p/ads/s/sh010/comments/1/resolve", "/p/ads/s/sh010"),
        ("/p/%E9%A1%B9%E7%9B%AE/s/sh%2F1/undo", "/p/%E9%A1%B9%E7%9B%AE/s/sh%2F1"),
        ("/submit/take-in", "/submit"),
        ("/p/ads/", "/p/ads"),
        ("/p/ads/s/sh010/", "/p/ads/s/sh010"),
        ("/workers/", "/workers"),
        ("/submit/", "/submit"),
        ("/p/ads/?state=rejected", "/p/ads?state=rejected"),
        ("/p/ads/s/sh010/?sort=code", "/p/ads/s/sh010?sort=code"),
        ("/p/ads/deliver/", "/p/ads/deliver"),
    ],
)
def test_whoever_loads_the_address_of_a_form_gets_the_page_that_it_is_on(
    visit: Visit, at: str, to: str
) -> None:
    async def story(desk: Pages) -> None:
        answer = await desk.get(at)
        assert (answer.status, answer.headers["Location"]) == (303, to)

    visit(story)


@pytest.mark.parametrize("at", ["/nowhere/", "/p/ads/nowhere", "/p//", "/favicon.ico"])
def test_an_address_that_leads_nowhere_says_so_and_leads_nowhere_else(
    visit: Visit, at: str
) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text(at, 404)
        assert "there is no such address" in page
        assert "404:" not in page

    visit(story)


@pytest.mark.parametrize("at", ["/p/ads/decide", "/nowhere", "/p/ads/"])
def test_whoever_is_refused_at_the_door_is_told_why_at_every_address(visit: Visit, at: str) -> None:
    async def story(desk: Pages) -> None:
        page = html.unescape(await desk.text(at, 403, Host="elsewhere.example"))
        assert "this desk does not answer to 'elsewhere.example'" in page
        assert "no such address" not in page
        foreign = await desk.post(at, {}, Sec_Fetch_Site="cross-site")
        assert foreign.status == 403
        assert "nothing was changed" in await foreign.text()

    visit(story)


@pytest.mark.parametrize("at", ["/submit/", "/p/ads/deliver/"])
def test_what_is_sent_to_an_address_with_a_slash_too_many_is_not_said_to_be_taken(
    visit: Visit, at: str
) -> None:
    async def story(desk: Pages) -> None:
        assert "there is no such address" in await desk.said(at, 404, {"prompt": "a cup"})

    visit(story)


def test_whoever_fetches_a_delivery_after_their_session_ended_comes_back_to_it(
    visit: Visit,
) -> None:
    async def story(desk: Pages) -> None:
        answer = await desk.post("/p/ads/deliver", {}, Accept="text/html")
        assert answer.status == 401
        assert 'href="/sign-in?to=/p/ads/deliver"' in await answer.text()

    visit(story, TOKENS)


def test_whoever_decides_after_their_session_ended_is_led_to_where_they_sign_in(
    visit: Visit,
) -> None:
    async def story(desk: Pages) -> None:
        answer = await desk.post(
            "/p/ads/s/sh010/decide?sort=code",
            {"action": "approve"},
            Accept="text/html,application/xhtml+xml",
        )
        page = await answer.text()
        assert answer.status == 401
        assert "you are not signed in, or no longer" in page
        assert "Nothing was changed" in page
        assert 'href="/sign-in?to=/p/ads/s/sh010%3Fsort%3Dcode"' in page
        assert "data-news" not in page, "it would knock at the news for ever"

    visit(story, TOKENS)


@pytest.mark.parametrize(
    ("at", "to"),
    [
        ("/submitted", "/"), ("/workers2", "/"), ("/p/ads/delivery", "/p/ads"),
        ("/p/ads/deliver/again", "/p/ads/deliver"),
    ],
)  # fmt: skip
def test_an_address_that_only_begins_like_a_page_leads_to_no_such_page(
    visit: Visit, at: str, to: str
) -> None:
    async def story(desk: Pages) -> None:
        answer = await desk.post(at, {}, Accept="text/html")
        assert answer.status == 401
        assert f'href="/sign-in?to={to}"' in await answer.text()

    visit(story, TOKENS)


@pytest.mark.parametrize("at", ["/p/ads/s/sh010/decide", "/submit", "/sign-in"])
def test_what_is_packed_otherwise_than_it_says_is_refused_in_words(visit: Visit, at: str) -> None:
    async def story(desk: Pages) -> None:
        answer = await desk.browser.post(
            at,
            data=zlib.compress(b"action=approve"),
            headers={
                **OWN,
                "Content-Type": "application/x-www-form-urlencoded",
                "Content-Encoding": "gzip",
            },
        )
        assert answer.status == 400
        assert "what was sent cannot be read as a form" in await answer.text()

    visit(story)


def test_a_browser_that_is_closed_while_it_sends_is_no_fault_of_the_desk(
    settings: Settings, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        runner = web.AppRunner(make_app(settings, store, OPEN), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        for at in ("/submit", "/p/ads/s/sh010/decide", "/sign-in"):
            reader, writer = await asyncio.open_connection(*runner.addresses[0][:2])
            writer.write(
                f"POST {at} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n\r\na".encode()
            )
            writer.write_eof()
            assert b"500" not in await reader.read(), "what the desk says to whoever is gone"
            writer.close()
        await runner.cleanup()

    asyncio.run(story())
    assert not [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]


def test_a_guest_is_led_back_to_the_one_production_that_is_open_to_them(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        await desk.sign_in(desk.open("ads"), "/c")
        for at in ("/", "/workers", "/p/film"):
            page = await desk.text(at, 403)
            assert '<a class="button" href="/p/ads">ads</a>' in page
            assert 'href="/"' not in page, "that would refuse them again"
        assert 'class="mark" href="/p/ads"' in await desk.text("/p/ads/s/sh010")

    visit(story, TOKENS)
