"""What every page works with: the farm it shows, and who looks at it."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from aiohttp import web

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.domain.board_view import BoardLine
    from farm.store import Store
    from pipeline.storage.protocol import Media

MOST_KEPT = 500
"""Answers that are remembered at once, small pictures among them; the oldest goes for another."""

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(slots=True)
class Desk:
    """The farm that the pages are of."""

    settings: "Settings"
    store: "Store"
    media: "Media"
    kept: dict[Any, tuple[float, Any]] = field(default_factory=dict[Any, tuple[float, Any]])
    """Answers that are worth remembering for a while, with when they end."""

    turns: dict[Any, threading.Lock] = field(default_factory=dict[Any, threading.Lock])
    """Who asks holds one: what ten pages want at once is asked once."""

    newest: int = 0
    """The key of the newest event that pages were told of."""
    pending: dict[str, Any] = field(default_factory=dict[str, Any])
    """Shot lists that were looked at and not handed in yet, by the key of their upload."""

    def remembered(self, key: Any, seconds: float, ask: Callable[[], T]) -> T:
        """The answer to `ask`, which may be as old as `seconds`. Not for what people wait to see change."""
        until, answer = self.kept.get(key, (0.0, None))
        if time.monotonic() < until:
            return answer
        with self.turns.setdefault(key, threading.Lock()):
            until, answer = self.kept.get(key, (0.0, None))
            if time.monotonic() >= until:
                answer = ask()
                self._make_room()
                self.kept[key] = time.monotonic() + seconds, answer
        return answer

    def lines(self, production: str, *, age: float = 0.0) -> "Sequence[BoardLine]":
        """Every shot of a production, as of now or, where that will do, as of `age` seconds ago.

        They are read once for all pages as long as nothing happens. Raises `UnknownName`.
        """
        from farm.store.queries import board
        from farm.store.queries import events as log_of_events

        kept: tuple[frozenset[int], float, Sequence[BoardLine]] | None
        with self.turns.setdefault(("lines", production), threading.Lock()):
            _, kept = self.kept.get(("lines", production), (0.0, None))
            if kept and time.monotonic() - kept[1] < age:
                return kept[2]
            events = log_of_events.recent_events(self.store)
            if kept is None or kept[0] != events:
                kept = events, time.monotonic(), board.lines(self.store, production)
                self._make_room()
                self.kept["lines", production] = 0.0, kept
            return kept[2]

    def _make_room(self) -> None:
        while len(self.kept) >= MOST_KEPT:
            oldest = next(iter(self.kept))
            self.kept.pop(oldest, None)
            self.turns.pop(oldest, None)


DESK = web.AppKey("desk", Desk)


def desk_of(request: web.Request) -> Desk:
    return request.app[DESK]


async def ask(question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Asks the store or the media root, in a thread: other pages are served meanwhile."""
    return await asyncio.to_thread(question, *args, **kwargs)
