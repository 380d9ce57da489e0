"""The shots of a production as a grid, which grows while people scroll."""

from collections.abc import Callable

from aiohttp import web

from farm.desk.access import require
from farm.desk.places import ask, desk_of, together
from farm.desk.rendering import language_of, page, rendered
from farm.desk.visitors import VISITOR
from farm.domain.board_view import GUESTS_ORDERS, BoardView, Order
from farm.domain.lifecycle import ShotState
from farm.domain.roles import Action
from farm.operations import board, finals
from pipeline.misses import MissKind

MOST_ASKED = 200
"""Tiles that are drawn anew at once."""


async def grid(request: web.Request) -> web.Response:
    """A production's shots in the view that the address names, or the next window of them."""
    desk, production = desk_of(request), request.match_info["production"]
    visitor = require(request, Action.LOOK, production)
    view = BoardView.from_query(request.query)
    offset = _whole(request.query.get("offset", ""))
    known = await ask(desk.lines, production)
    shown = await ask(
        board.board,
        desk.store,
        production,
        view,
        offset=offset,
        opening=visitor.opening,
        known=known,
    )
    if offset:
        return page(request, "tiles.html", board=shown, tiles=shown.tiles)
    people = [] if visitor.opening else await ask(_people, desk.store, production)
    drafts = 0
    if visitor.may(Action.RETAKE, production):
        drafts = len(await ask(finals.approved_drafts, desk.store, production))
    return page(
        request, "grid.html", board=shown, tiles=shown.tiles, people=people, drafts=drafts,
        states=list(ShotState),
        orders=GUESTS_ORDERS if visitor.opening else list(Order),
        miss_kinds=list(MissKind),
    )  # fmt: skip


async def tiles(request: web.Request) -> web.Response:
    """Some tiles as they are now."""
    desk, production = desk_of(request), request.match_info["production"]
    visitor = require(request, Action.LOOK, production)
    codes = request.query.getall("code", [])[:MOST_ASKED]
    view = BoardView.from_query(request.query)

    def drawn() -> str:
        found = board.tiles_of(desk.store, production, codes, visitor.opening)
        return rendered(
            request, "tiles.html", board=None, tiles=found, view=view, production=production
        )

    return await _drawn_together(request, drawn)


async def states(request: web.Request) -> web.Response:
    """How many shots are in which state now."""
    desk, production = desk_of(request), request.match_info["production"]
    visitor = require(request, Action.LOOK, production)
    view = BoardView.from_query(request.query)

    def drawn() -> str:
        counted = board.counts(desk.lines(production), production, view, visitor.opening)
        return rendered(request, "states.html", board=counted, states=list(ShotState))

    return await _drawn_together(request, drawn)


async def _drawn_together(request: web.Request, drawn: Callable[[], str]) -> web.Response:
    """A part of a page, drawn once for all who heard the same news, may see the same, and read the same
    language."""
    visitor = request[VISITOR]
    key = request.path_qs, language_of(request), visitor.role, visitor.opening
    text = await together(desk_of(request), key, drawn)
    return web.Response(text=text, content_type="text/html")


def _people(store: object, production: str) -> list[str]:
    from farm.store.queries import board as queries

    return queries.people(store, production)  # type: ignore[arg-type]


def _whole(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
