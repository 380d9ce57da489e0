"""The desk as one application: which page is where, and what is said when something is refused."""

import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from farm.desk import (
    access,
    comments,
    decisions,
    deliveries,
    grid,
    live,
    media,
    productions,
    retakes,
    shot,
    submit,
    workers,
)
from farm.desk.access import READS
from farm.desk.forms import is_readable
from farm.desk.places import DESK, Desk
from farm.desk.policy import Policy
from farm.desk.rendering import page
from farm.errors import FarmError, StoreError, UnknownName
from farm.operations.tokens import SIGN_IN

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.store import Store

STATIC = Path(__file__).parent / "static"
PAGE = re.compile(r"(?:/submit|/workers|/p/[^/]+(?:/deliver|/s/[^/]+)?)(?=/|\Z)")
"""The addresses of pages; those that forms are sent to lie below them."""
NOWHERE = "there is no such address"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = logging.getLogger(__name__)


def make_app(settings: "Settings", store: "Store", policy: Policy) -> web.Application:
    """The desk of a farm. Raises `SettingsError` where its media root cannot be used."""
    from farm.operations.workspace import media_of

    app = access.application(
        store, policy, guest_home="/p/{production}", public=frozenset({"/static"})
    )
    app.middlewares.insert(0, in_words)
    app[DESK] = Desk(settings, store, media_of(settings))
    app.cleanup_ctx.append(live.told)
    app.on_shutdown.append(live.ended)
    app.on_cleanup.append(submit.forgotten)
    app.add_routes(_routes())
    return app


def _routes() -> list[web.AbstractRouteDef]:
    at = "/p/{production}/s/{shot}"
    return [
        web.get("/", productions.productions),
        web.get("/workers", workers.workers),
        web.get("/live", live.live),
        web.get("/submit", submit.form),
        web.post("/submit", submit.check),
        web.post("/submit/take-in", submit.take_in),
        web.get("/p/{production}", grid.grid),
        web.get("/p/{production}/tiles", grid.tiles),
        web.get("/p/{production}/states", grid.states),
        web.post("/p/{production}/decide", decisions.decide_many),
        web.post("/p/{production}/finals", decisions.finals),
        web.get("/p/{production}/deliver", deliveries.form),
        web.post("/p/{production}/deliver", deliveries.fetch),
        web.get(at, shot.shot),
        web.post(at + "/decide", decisions.decide),
        web.post(at + "/retake", retakes.retake),
        web.get(at + "/stills", retakes.stills),
        web.post(at + "/undo", decisions.undo),
        web.post(at + "/lint", retakes.lint),
        web.post(at + "/comments", comments.comment),
        web.post(at + r"/comments/{comment:\d{1,9}}/resolve", comments.resolve),
        web.get(at + r"/film/{take:\d{1,9}}", media.film),
        web.get(at + r"/thumb/{take:\d{1,9}}", media.thumbnail),
        web.get(at + r"/strip/{take:\d{1,9}}", media.filmstrip),
        web.get(at + r"/still/{take:\d{1,9}}", media.still),
        web.get(at + r"/alternate/{number:\d{1,9}}", media.alternate),
        web.static("/static", STATIC),
    ]


@web.middleware
async def in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """What the farm refuses becomes a page with its sentence; so does an address that leads nowhere."""
    if not is_readable(request.path + request.query_string):
        return web.Response(status=404, text=NOWHERE)
    try:
        return await handler(request)
    except web.HTTPRequestEntityTooLarge:
        return _said(request, 413, "that is more than this page takes at once; send less")
    except web.HTTPMethodNotAllowed:
        # A page that refused stands at its form's address: people load it anew, or send it to somebody.
        if request.method in READS and (page_there := _page_above(request)):
            raise web.HTTPSeeOther(page_there) from None
        raise
    except web.HTTPUnauthorized as refusal:
        if "text/html" not in request.headers.get("Accept", ""):
            raise
        to = quote(_page_above(request) or "/", safe="/")
        return _said(request, refusal.status, refusal.text or "", sign_in=f"{SIGN_IN}?to={to}")
    except (web.HTTPBadRequest, web.HTTPNotFound, web.HTTPForbidden) as refusal:
        if request.path.startswith(("/static/", "/sign-in/")):
            raise
        place = request.rel_url.raw_path.removesuffix("/")
        slashed = refusal.status == 404 and place != request.rel_url.raw_path
        # What a form sent would be lost on the way.
        if slashed and request.method in READS and PAGE.fullmatch(place):
            raise web.HTTPSeeOther(_in_view(request, place)) from None
        # Who is refused at the door is told why, whatever the address.
        unknown = refusal.status == 404 and request.match_info.route.resource is None
        return _said(request, refusal.status, NOWHERE if unknown else refusal.text or "")
    except UnknownName as error:
        return _said(request, 404, str(error))
    except StoreError as error:
        return _said(request, 503, str(error))
    except FarmError as error:
        return _said(request, 409, str(error))


def _page_above(request: web.Request) -> str:
    """The page that a form is on whose address is asked for, in the same view; empty where it is none."""
    found = PAGE.match(request.rel_url.raw_path)
    return _in_view(request, found[0]) if found else ""


def _in_view(request: web.Request, place: str) -> str:
    """An address with what the request asks for behind its question mark."""
    query = request.rel_url.raw_query_string
    return f"{place}?{query}" if query else place


def _said(request: web.Request, status: int, sentence: str, *, sign_in: str = "") -> web.Response:
    missing = status == 404
    return page(
        request, "said.html", status=status, missing=missing, sentence=sentence, sign_in=sign_in
    )
