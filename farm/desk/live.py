"""News: one look at the log of events for all pages that are open, and what it found to each of them."""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass, field

from aiohttp import web

from farm.desk.access import require
from farm.desk.places import DESK, Desk, ask
from farm.desk.visitors import VISITOR, VISITORS
from farm.domain.roles import Action, Opening
from farm.errors import FarmError

EVERY = 0.7
"""Seconds between two looks."""
SELDOM = 5.0
"""The same where nobody listens."""
SIGN_OF_LIFE = 15.0
"""Seconds after which a page is told that there is nothing, so that nothing between ends the line."""
MOST_WAITING = 200
"""News that a page that does not take them is kept; it is sent away then, and comes back by itself."""

log = logging.getLogger(__name__)
Place = tuple[str, str]
"""A production and the code of a shot."""


@dataclass(frozen=True, slots=True)
class Told:
    """News of one look."""

    places: list[Place]
    data: bytes
    """As the stream has them, for whoever may hear of all places: written once for all of those."""


@dataclass(eq=False)
class Listener:
    """A page that is open."""

    news: asyncio.Queue["Told | None"] = field(
        default_factory=lambda: asyncio.Queue["Told | None"](MOST_WAITING)
    )
    gone: bool = False
    """Nothing more comes to it: it takes what waits for it, and then its stream ends."""

    def send_away(self) -> None:
        self.gone = True
        with contextlib.suppress(asyncio.QueueFull):  # it need not be woken then
            self.news.put_nowait(None)


class News:
    """Who is told, and of which events nobody need be told any more."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._listeners: set[Listener] = set()
        self._known: frozenset[int] = frozenset()

    async def begin(self) -> None:
        """From here on: what was before, a page shows when it is opened."""
        known = await ask(_recent, self._desk)
        if known != self._known:
            self._known = known
            self._desk.newest = max(known, default=0)
            self._desk.another_edition()

    async def go_on(self) -> None:
        """Looks again and again, as long as the desk is there; an outage of the database is waited for."""
        looked = time.monotonic()
        while True:
            await asyncio.sleep(EVERY)
            if not self._listeners and time.monotonic() - looked < SELDOM:
                continue
            looked = time.monotonic()
            try:
                await (self.look() if self._listeners else self.begin())
            except FarmError:
                continue
            except Exception:  # the pages of all people hang on it
                log.exception("a look at what happened failed")

    async def look(self) -> None:
        """One look: every page is told what happened since the last."""
        before = self._known
        await self.begin()
        if events := self._known - before:
            places = await ask(_places, self._desk, events)
            told = Told(places, _written(places, self._desk.newest))
            for listener in [*self._listeners]:
                try:
                    listener.news.put_nowait(told)
                except asyncio.QueueFull:
                    self._listeners.discard(listener)
                    listener.send_away()

    async def since(self, newest: int) -> list[Place] | None:
        """What happened after an event; None where that is more than is looked at."""
        events = await ask(_recent, self._desk)
        new = [each for each in events if each > newest]
        if new and len(new) == len(events):
            return None
        return await ask(_places, self._desk, new) if new else []

    def end(self) -> None:
        """Sends everybody away."""
        for listener in self._listeners:
            listener.send_away()

    @contextlib.contextmanager
    def listening(self) -> Iterator[Listener]:
        """A listener, for as long as the `with` lasts."""
        listener = Listener()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)


NEWS = web.AppKey("news", News)


async def told(app: web.Application) -> AsyncIterator[None]:
    """Keeps the news of a desk going."""
    app[NEWS] = news = News(app[DESK])
    await news.begin()
    going = asyncio.create_task(news.go_on())
    yield
    going.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await going


async def ended(app: web.Application) -> None:
    """A desk that ends waits for none of its streams."""
    app[NEWS].end()


async def live(request: web.Request) -> web.StreamResponse:
    """The stream of news: which shots something happened to."""
    opening = request[VISITOR].opening
    require(request, Action.LOOK, opening.production if opening else None)
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    with contextlib.suppress(ConnectionResetError):  # the page is gone
        await _tell(request, response)
    return response


async def _tell(request: web.Request, response: web.StreamResponse) -> None:
    await response.prepare(request)
    await response.write(b"retry: 2000\n\n")
    opening, looked_at = request[VISITOR].opening, time.monotonic()
    news, desk = request.app[NEWS], request.app[DESK]
    with news.listening() as listener:
        if (after := _last_heard(request)) is not None:
            missed = await news.since(after)
            if missed is None:
                await response.write(_written([], desk.newest))
            elif seen := [each for each in missed if _is_open(opening, each)]:
                await response.write(_written(seen, desk.newest))
        while not (listener.gone and listener.news.empty()):
            told = None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SIGN_OF_LIFE):
                    told = await listener.news.get()
            if time.monotonic() - looked_at >= SIGN_OF_LIFE:
                if not await _still_known(request):
                    return
                looked_at = time.monotonic()
                await response.write(b": still here\n\n")
            if told and opening is None:
                await response.write(told.data)
            elif told and (seen := [each for each in told.places if _is_open(opening, each)]):
                await response.write(_written(seen, desk.newest))


async def _still_known(request: web.Request) -> bool:
    """Whether whoever listens has not signed out meanwhile, and is still let in."""
    try:
        return await request.app[VISITORS].of(request) is not None
    except web.HTTPForbidden:
        return False
    except FarmError:  # nobody can tell; the next look will
        return True


def _is_open(opening: Opening | None, place: Place) -> bool:
    production, shot = place
    return opening is None or (production == opening.production and opening.shows(shot))


def _last_heard(request: web.Request) -> int | None:
    """The newest event that a page knows of: as its browser kept it, else as the page was drawn."""
    said = request.headers.get("Last-Event-ID") or request.query.get("after", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


def _written(places: list[Place], newest: int) -> bytes:
    """News as a stream has them; without any place they mean: everything may be another."""
    told = [{"production": production, "shot": shot} for production, shot in places]
    return f"id: {newest}\ndata: {json.dumps(told)}\n\n".encode()


def _recent(desk: Desk) -> frozenset[int]:
    from farm.store.queries import events as log_of_events

    return log_of_events.recent_events(desk.store)


def _places(desk: Desk, events: Collection[int]) -> list[Place]:
    from farm.store.queries import events as log_of_events

    return log_of_events.places_of(desk.store, events)
