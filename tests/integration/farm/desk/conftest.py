"""A desk with a few pages to knock at, and browsers of people, guests and proxies."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from http.cookies import Morsel
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from farm.desk.access import application, require
from farm.desk.policy import LOOPBACK, Login, Policy
from farm.desk.visitors import Visitors
from farm.domain.roles import Action, Role
from farm.operations import client_links, people
from farm.store import Store, open_store
from tests.conftest import sqlite_database
from tests.integration.farm.store.conftest import submit

OWN = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of what the desk's own page asks for."""
TOKENS = Policy(hosts=LOOPBACK, login=Login.TOKENS, user="root")
OPEN = replace(TOKENS, login=Login.OPEN)
PROXY = replace(
    TOKENS,
    login=Login.PROXY,
    user_header="X-Forwarded-User",
    trusted=(ip_network("127.0.0.0/8"),),
)
"""Behind a proxy on this machine, which is where the tests come from."""

Browser = TestClient[web.Request, web.Application]


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Desk:
    """A desk that is up, with its browser: one that keeps cookies and follows nothing."""

    def __init__(self, store: Store, browser: Browser, clock: Clock) -> None:
        self.store, self.browser, self.clock = store, browser, clock

    async def get(self, path: str, **headers: str) -> ClientResponse:
        return await self.browser.get(path, headers=_named(headers), allow_redirects=False)

    async def post(
        self, path: str, fields: Mapping[str, str] | None = None, **headers: str
    ) -> ClientResponse:
        """As the desk's own page does, unless headers say otherwise; an empty one is left out."""
        sent = {**OWN, **_named(headers)}
        return await self.browser.post(
            path,
            data=dict(fields or {}),
            headers={name: value for name, value in sent.items() if value},
            allow_redirects=False,
        )

    async def sign_in(self, token: str, at: str = "/sign-in", **headers: str) -> ClientResponse:
        return await self.post(at, {"token": token}, **headers)

    def add(self, name: str, role: Role) -> str:
        """Somebody's token."""
        added = people.add(self.store, name, role, "http://127.0.0.1:8400", who="root")
        return added.link.partition("#")[2]

    def open(self, production: str, *takes: tuple[str, int], comment: bool = False) -> str:
        """A client link's token."""
        opened = client_links.add(
            self.store,
            production,
            takes,
            "http://127.0.0.1:8400",
            days=1,
            may_comment=comment,
            label="Nike",
            who="root",
        )
        return opened.link.partition("#")[2]

    def cookies(self) -> dict[str, Morsel[str]]:
        return {each.key: each for each in self.browser.session.cookie_jar}


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two productions with two shots each."""
    opened = open_store(sqlite_database(tmp_path / "farm.db"))
    submit(opened, "sh010", "sh020", production="ads")
    submit(opened, "sh010", "sh020", production="film")
    yield opened
    opened.close()


Story = Callable[[Desk], Awaitable[None]]
Play = Callable[..., None]


@pytest.fixture
def play(store: Store) -> Play:
    """Plays a story at a desk: `play(story)`, or `play(story, policy)`."""

    def run(story: Story, policy: Policy = TOKENS) -> None:
        async def whole() -> None:
            async with desk(store, policy) as found:
                await story(found)

        asyncio.run(whole())

    return run


@asynccontextmanager
async def desk(store: Store, policy: Policy) -> AsyncIterator[Desk]:
    clock = Clock()
    app = application(
        store, policy, public=frozenset({"/style.css"}), visitors=Visitors(store, policy, clock)
    )
    app.router.add_get("/", _productions)
    app.router.add_get("/style.css", _style)
    app.router.add_get("/forgotten", _style)
    app.router.add_get("/broken", _broken)
    app.router.add_get("/stream", _stream)
    app.router.add_get("/productions/{production}", _look)
    app.router.add_get("/productions/{production}/{shot}/{take}", _look)
    app.router.add_post("/productions/{production}/{action}", _act)
    async with TestClient(TestServer(app, host="127.0.0.1")) as browser:
        yield Desk(store, browser, clock)


async def _productions(request: web.Request) -> web.Response:
    return web.Response(text=require(request, Action.LOOK).name)


async def _look(request: web.Request) -> web.Response:
    told: Any = request.match_info
    take = int(told["take"]) if "take" in told else None
    visitor = require(request, Action.LOOK, told["production"], told.get("shot"), take)
    return web.Response(text=visitor.name)


async def _act(request: web.Request) -> web.Response:
    told = request.match_info
    visitor = require(request, Action[told["action"]], told["production"])
    return web.Response(text=f"{visitor.name}: {len(await request.read())} bytes")


async def _style(_request: web.Request) -> web.Response:
    return web.Response(text="main {}", headers={"Cache-Control": "public, max-age=60"})


async def _broken(_request: web.Request) -> web.Response:
    raise RuntimeError("a page fell over")


async def _stream(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"data")
    return response
