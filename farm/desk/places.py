"""What every page works with: the farm it shows, and who looks at it."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from aiohttp import web

from farm.errors import FarmError

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.domain.board_view import BoardLine
    from farm.store import Store
    from pipeline.storage.protocol import Media

NEWS_AGE = 2.0
"""Seconds that what pages ask of the same news may be old: steps of renders are no news."""
MOST_TOGETHER = 100
"""Such answers that are remembered at once."""
MOST_KEPT = 500
"""Answers that are remembered at once, small pictures among them; the oldest goes for another."""

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(slots=True)
class Turn:
    """Something that somebody asks for."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: int = 0
    """How many want it, the one who asks among them."""


@dataclass(slots=True)
class Desk:
    """The farm that the pages are of."""

    settings: "Settings"
    store: "Store"
    media: "Media"
    kept: dict[Any, tuple[float, Any]] = field(default_factory=dict[Any, tuple[float, Any]])
    """Answers that are worth remembering for a while, with when they end."""

    turns: dict[Any, "Turn"] = field(default_factory=dict[Any, "Turn"])
    """What is asked just now, each once, however many pages want it."""
    guard: threading.Lock = field(default_factory=threading.Lock)
    """Held for the moment in which `turns` or `kept` change."""

    newest: int = 0
    """The key of the newest event that pages were told of."""
    edition: int = 0
    """Of the news: another with each look that found something."""
    together: dict[Any, tuple[float, "asyncio.Task[Any]"]] = field(
        default_factory=dict[Any, tuple[float, "asyncio.Task[Any]"]]
    )
    """What pages ask that heard the same news, with when somebody asked it first."""
    pending: dict[str, Any] = field(default_factory=dict[str, Any])
    """Shot lists that were looked at and not handed in yet, by the key of their upload."""
    deliveries: dict[tuple[str, str], Any] = field(default_factory=dict[tuple[str, str], Any])
    """Those that are made just now, by production and person."""

    def remembered(self, key: Any, seconds: float, ask: Callable[[], T]) -> T:
        """The answer to `ask`, which may be as old as `seconds`. Not for what people wait to see change."""
        until, answer = self.kept.get(key, (0.0, None))
        if time.monotonic() < until:
            return answer
        with self._turn(key):
            until, answer = self.kept.get(key, (0.0, None))
            if time.monotonic() >= until:
                answer = ask()
                self._keep(key, time.monotonic() + seconds, answer)
        return answer

    def lines(self, production: str, *, age: float = 0.0) -> "Sequence[BoardLine]":
        """Every shot of a production, as of now or, where that will do, as of `age` seconds ago.

        They are read once for all pages, and of those to which something happened since. Raises
        `UnknownName`.
        """
        from farm.store.queries import events as log_of_events

        kept: tuple[frozenset[int], float, Sequence[BoardLine]] | None
        with self._turn(("lines", production)):
            _, kept = self.kept.get(("lines", production), (0.0, None))
            if kept and time.monotonic() - kept[1] < age:
                return kept[2]
            events = log_of_events.recent_events(self.store)
            lines = self._lines(production, kept and (kept[0], kept[2]), events)
            self._keep(("lines", production), 0.0, (events, time.monotonic(), lines))
            return lines

    def _lines(
        self,
        production: str,
        kept: "tuple[frozenset[int], Sequence[BoardLine]] | None",
        events: frozenset[int],
    ) -> "Sequence[BoardLine]":
        """The shots as of the recent `events`, where `kept` are those as of others."""
        from farm.store.queries import board
        from farm.store.queries import events as log_of_events

        if kept and kept[0] == events:
            return kept[1]
        if kept is None or not log_of_events.told_in_full(events - kept[0], events):
            return board.lines(self.store, production)
        changed = log_of_events.shots_of(self.store, events - kept[0])
        fresh = {line.id: line for line in board.lines_of(self.store, production, changed)}
        if not fresh:
            return kept[1]
        lines = {line.id: line for line in kept[1]} | fresh
        return [lines[key] for key in sorted(lines)]

    @contextlib.contextmanager
    def _turn(self, key: Any) -> Iterator[None]:
        """Of those who ask the same one after another has it; nothing is left of it after the last."""
        with self.guard:
            turn = self.turns.setdefault(key, Turn())
            turn.waiting += 1
        try:
            with turn.lock:
                yield
        finally:
            with self.guard:
                turn.waiting -= 1
                if not turn.waiting:
                    del self.turns[key]

    def _keep(self, key: Any, until: float, answer: Any) -> None:
        with self.guard:
            self.kept.pop(key, None)
            while len(self.kept) >= MOST_KEPT:
                del self.kept[next(iter(self.kept))]
            self.kept[key] = until, answer

    def another_edition(self) -> None:
        """There are news: what was asked before is asked anew."""
        self.edition += 1
        self.together.clear()


DESK = web.AppKey("desk", Desk)


def desk_of(request: web.Request) -> Desk:
    return request.app[DESK]


def is_part(request: web.Request) -> bool:
    """Whether a page asks that is open and heard of news, and no person who comes."""
    return "X-Part" in request.headers


async def together(
    desk: Desk, key: Any, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Asks once for all pages that heard the same news: each of them asks what `key` says.

    Not for what a person wants to see that did something just now: news are a moment late.
    """
    now = time.monotonic()
    begun, task = desk.together.get(key, (0.0, None))
    if task is None or now - begun > NEWS_AGE:
        task = asyncio.create_task(ask(question, *args, **kwargs))
        while len(desk.together) >= MOST_TOGETHER:
            del desk.together[next(iter(desk.together))]
        desk.together[key] = now, task
    try:
        return await asyncio.shield(task)
    except FarmError:
        if desk.together.get(key, (0.0, None))[1] is task:
            del desk.together[key]
        raise


async def ask(question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Asks the store or the media root, in a thread: other pages are served meanwhile."""
    return await asyncio.to_thread(question, *args, **kwargs)
