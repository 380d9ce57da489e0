"""Who is signed in: sessions in memory, under hashes of their ids, looked up again every few seconds.

A desk that is started anew knows none: its people sign in again by their links. Whoever reads the memory of
hashes cannot take up a session, and a session whose token was revoked ends with the next look.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from farm.domain.roles import Visitor
from farm.operations import tokens

LASTS = 12 * 3600.0
"""Seconds from a sign-in to the end of its session."""
LOOKED_AT = 3.0
"""Seconds for which what is known of somebody is taken to be so still."""
MOST = 10_000
"""Sessions at once; the oldest ends for another."""

Look = Callable[[str], Awaitable[Visitor | None]]
"""Who came by the token with that hash, unless it has ended since."""


@dataclass(slots=True)
class Session:
    """Somebody who is signed in."""

    token_sha256: str
    visitor: Visitor
    ends: float
    looked_at: float


class Sessions:
    """The sessions of one kind of token: people's, or those of client links."""

    def __init__(self, look: Look, clock: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._clock = clock
        self._sessions: dict[str, Session] = {}

    def begin(self, token: str, visitor: Visitor) -> str:
        """The id of a new session: for the cookie, and nothing else."""
        now = self._clock()
        self._make_room(now)
        key = tokens.new()
        self._sessions[tokens.digest(key)] = Session(
            tokens.digest(token), visitor, now + LASTS, now
        )
        return key

    async def of(self, key: str) -> Visitor | None:
        """Who has the session with that id; None where there is none, or where it has ended."""
        place = tokens.digest(key)
        session = self._sessions.get(place)
        if session is None:
            return None
        now = self._clock()
        if now >= session.ends:
            self._sessions.pop(place, None)
            return None
        if now - session.looked_at >= LOOKED_AT:
            found = await self._look(session.token_sha256)
            if found is None:
                self._sessions.pop(place, None)
                return None
            session.visitor, session.looked_at = found, now
        return session.visitor

    def end(self, key: str) -> None:
        """Signs out; nothing where there is no such session."""
        self._sessions.pop(tokens.digest(key), None)

    def _make_room(self, now: float) -> None:
        if len(self._sessions) < MOST:
            return
        for place in [each for each, session in self._sessions.items() if session.ends <= now]:
            del self._sessions[place]
        while len(self._sessions) >= MOST:
            del self._sessions[next(iter(self._sessions))]
