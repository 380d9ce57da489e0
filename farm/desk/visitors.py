"""Who a request comes from: by a session, by a proxy's word, or as whoever started an open desk."""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from farm.desk.policy import Login, Policy, one_header
from farm.desk.sessions import LASTS, LOOKED_AT, Look, Sessions
from farm.desk.wrong_tokens import WrongTokens
from farm.domain.roles import Outcome, Role, Visitor, why_no_name
from farm.errors import FarmError
from farm.operations import sign_in

if TYPE_CHECKING:
    from farm.store import Store

VISITOR = web.RequestKey("visitor", Visitor)
"""Where a request has its visitor, once they are known."""
PERSON, GUEST = "person", "guest"
_MOST_NAMES = 1000


class Visitors:
    """Finds out who comes to one desk, and signs people and guests in and out."""

    def __init__(
        self, store: "Store", policy: Policy, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.policy = policy
        self._store = store
        self._clock = clock
        self._sessions = {
            PERSON: Sessions(self._still(sign_in.still_person), clock),
            GUEST: Sessions(self._still(sign_in.still_guest), clock),
        }
        self._wrong = WrongTokens(clock)
        self._vouched: dict[str, tuple[Visitor | None, float]] = {}

    async def of(self, request: web.Request) -> Visitor | None:
        """Who sends it; None where nobody knows. Raises `HTTPForbidden` for a name that a proxy vouches for
        and nobody here has."""
        person = await self._person(request)
        if person is not None:
            return person
        guest = await self._in_session(request, GUEST)
        if guest is None and self.policy.login is Login.OPEN:
            return self._owner(request)
        return guest

    async def sign_in(
        self, request: web.Request, token: str, kind: str
    ) -> tuple[Visitor, Callable[[web.StreamResponse], None]]:
        """Who has this token, and what gives an answer the cookie of their session.

        Raises `SignInRefused`; `wait` says how long where too many were wrong.
        """
        address = self.policy.address(request)
        if self._wrong.wait(address):
            raise sign_in.SignInRefused(Outcome.TOO_MANY)
        last = self._wrong.count(address)
        look = sign_in.person if kind == PERSON else sign_in.guest
        try:
            visitor = await asyncio.to_thread(look, self._store, token, address)
        except sign_in.SignInRefused:
            if last:
                await asyncio.to_thread(sign_in.note_too_many, self._store, address)
            raise
        except FarmError:  # nobody could look at it
            self._wrong.was_not_wrong(address)
            raise
        self._wrong.was_not_wrong(address)
        self._sessions[kind].end(request.cookies.get(self._cookie(request, kind), ""))
        key = self._sessions[kind].begin(token, visitor)

        def give(response: web.StreamResponse) -> None:
            response.set_cookie(
                self._cookie(request, kind),
                key,
                max_age=int(LASTS),
                path="/",
                httponly=True,
                samesite="Strict",
                secure=self._is_secure(request),
            )

        return visitor, give

    def wait(self, request: web.Request) -> int:
        """Seconds until a token from there is looked at."""
        return int(self._wrong.wait(self.policy.address(request)) + 1)

    def sign_out(self, request: web.Request, response: web.StreamResponse) -> None:
        """Ends every session that the request has, and takes its cookies back."""
        for kind, sessions in self._sessions.items():
            name = self._cookie(request, kind)
            if name in request.cookies:
                sessions.end(request.cookies[name])
                secure = self._is_secure(request)
                response.del_cookie(name, path="/", secure=secure, samesite="Strict")

    async def _person(self, request: web.Request) -> Visitor | None:
        if self.policy.login is Login.PROXY:
            return await self._vouched_for(request)
        return await self._in_session(request, PERSON)

    async def _in_session(self, request: web.Request, kind: str) -> Visitor | None:
        key = request.cookies.get(self._cookie(request, kind))
        return await self._sessions[kind].of(key) if key else None

    async def _vouched_for(self, request: web.Request) -> Visitor | None:
        """Who a trusted proxy says it is; a header from anywhere else is not even read."""
        if not self.policy.trusts(request.remote or ""):
            return None
        name = one_header(request, self.policy.user_header)
        if not name:
            return None
        found, looked_at = self._vouched.get(name, (None, -LOOKED_AT))
        if why_no_name(name) is None and (found is None or self._clock() - looked_at >= LOOKED_AT):
            found = await asyncio.to_thread(sign_in.person_named, self._store, name)
            if len(self._vouched) >= _MOST_NAMES:
                self._vouched.clear()
            self._vouched[name] = (found, self._clock())
        if found is None:
            raise web.HTTPForbidden(
                text=f"{name[:64]!r} may not come to this desk; an operator lets them in by `farm user add`"
            )
        return found

    def _owner(self, request: web.Request) -> Visitor:
        """The person who started an open desk. Raises `HTTPForbidden` for what a proxy brings: it may
        come from anywhere."""
        if any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "Via")):
            raise web.HTTPForbidden(
                text="this desk asks nobody who they are, and a proxy brings others to it: say which in "
                "desk_trusted_proxies, and people sign in"
            )
        return Visitor(name=self.policy.user, role=Role.OPERATOR)

    def _still(self, look: Callable[["Store", str], Visitor | None]) -> Look:
        async def still(token_sha256: str) -> Visitor | None:
            return await asyncio.to_thread(look, self._store, token_sha256)

        return still

    def _is_secure(self, request: web.Request) -> bool:
        return self.policy.scheme(request) == "https"

    def _cookie(self, request: web.Request, kind: str) -> str:
        """Its name. Cookies know no ports, so that of the desk stands in it: two desks of one machine would
        sign each other's people out."""
        if self._is_secure(request):
            return f"__Host-desk_{kind}"
        port = request.headers.get("Host", "").rpartition(":")[2]
        return f"desk_{port if port.isascii() and port.isdigit() else 80}_{kind}"


VISITORS = web.AppKey("visitors", Visitors)
"""Where an application has them: a stream that lasts asks again, now and then, who listens."""
