"""Holds every request against the desk's policy, and lets pages ask who may do what.

Order: the `Host` that was asked for, then where a change comes from, then who asks. A page that asks
nothing is for people who are signed in, and shows guests nothing.
"""

from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from farm.desk import sign_in
from farm.desk.forms import LARGEST_BODY
from farm.desk.policy import Login, Policy, one_header
from farm.desk.visitors import VISITOR, VISITORS, Visitor, Visitors
from farm.domain.roles import LEAST, Action

if TYPE_CHECKING:
    from farm.store import Store

SERVER = "shotfarm"
HEADERS = {
    # Nothing inline, nothing from elsewhere. `blob:` is what a script made: a picture before it is sent.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' blob:; media-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": browsers would say `Origin: null` of our own forms, over plain http in a network.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Another port of this host is another site to nothing but this: its pages could show our pictures.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": SERVER,
}
READS = frozenset({"GET", "HEAD"})
_ASKED = web.RequestKey("asked", bool)
"""Whether a page asked if its visitor may."""


def application(
    store: "Store",
    policy: Policy,
    *,
    guest_home: str = "/productions/{production}",
    public: frozenset[str] = frozenset(),
    visitors: Visitors | None = None,
) -> web.Application:
    """An application that holds every request against `policy`, with the way in and out.

    Pages are added to it. `guest_home` is where a client's link leads; `public` are routes, as they were
    added, that nobody needs to be known for, as style sheets.
    """
    known = visitors or Visitors(store, policy)
    app = web.Application(
        client_max_size=LARGEST_BODY,
        middlewares=[guard(policy), identify(known, public | sign_in.PUBLIC)],
    )
    app[VISITORS] = known
    app.on_response_prepare.append(_protect)
    sign_in.add_routes(app, known, guest_home)
    return app


def guard(policy: Policy) -> Middleware:
    """Refuses what was meant for another host, and changes that another site's page asks for."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = one_header(request, "Host")
        if host is None or not policy.answers_to(host):
            raise web.HTTPForbidden(
                text=f"this desk does not answer to {(host or '')[:80]!r}: open it by the address that it "
                "printed, or say the other one in desk_address"
            )
        if request.method not in READS and not _is_own(request, policy.scheme(request), host):
            raise web.HTTPForbidden(
                text="this change was asked for by a page that is not the desk's, or by none; nothing was "
                "changed. Do it on the desk's own page"
            )
        return await handler(request)

    return middleware


def identify(visitors: Visitors, public: frozenset[str]) -> Middleware:
    """Finds out who asks; sends those who are not known to where they sign in."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        if resource is not None and resource.canonical in public:
            return await handler(request)
        visitor = await visitors.of(request)
        if visitor is None:
            raise _who_are_you(request, visitors.policy)
        request[VISITOR] = visitor
        response = await handler(request)
        if visitor.opening and not request.get(_ASKED) and not response.prepared:
            raise _refused(visitor, Action.LOOK, None)
        return response

    return middleware


def require(
    request: web.Request,
    action: Action,
    production: str | None = None,
    shot: str | None = None,
    take: int | None = None,
) -> Visitor:
    """Who asks, where they may do it to that production, shot or take; each page begins with this.

    Raises `HTTPForbidden` with a sentence. What is of one production must name it: guests come no further.
    """
    visitor = request[VISITOR]
    request[_ASKED] = True
    if not visitor.may(action, production, shot, take):
        raise _refused(visitor, action, production)
    return visitor


async def _protect(_request: web.Request, response: web.StreamResponse) -> None:
    """The headers of every answer, errors and streams too; a page may say how long it may be kept."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")


def _is_own(request: web.Request, scheme: str, host: str) -> bool:
    """Whether a page of this desk asks: browsers say so themselves, or name the page's origin.

    Cookies cannot tell: another port of this host is the same site to them. Over plain http to an address
    in a network browsers leave out `Sec-Fetch-Site`, and the origin has to do.
    """
    if "Sec-Fetch-Site" in request.headers:
        return one_header(request, "Sec-Fetch-Site") == "same-origin"
    return one_header(request, "Origin") == f"{scheme}://{host}"


def _who_are_you(request: web.Request, policy: Policy) -> web.HTTPException:
    if policy.login is Login.PROXY:
        return web.HTTPForbidden(
            text="this desk takes its people's names from a proxy, and none came along: open it by the "
            "proxy's address"
        )
    return sign_in.to_sign_in(request)


def _refused(visitor: Visitor, action: Action, production: str | None) -> web.HTTPForbidden:
    if visitor.opening is None:
        return web.HTTPForbidden(
            text=f"{visitor.name} is {visitor.role} here and may not {action}: that asks for "
            f"{LEAST[action]} at least; an operator can change that by `farm user`"
        )
    if action not in (Action.LOOK, Action.COMMENT) or production == visitor.opening.production:
        return web.HTTPForbidden(text=f"this link is not for that: by it nobody may {action} here")
    return web.HTTPForbidden(
        text="this link opens its own production, and what it shows of it, alone"
    )
