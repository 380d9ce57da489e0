"""The shots of a production as a grid, which grows while people scroll."""

from aiohttp import web

from farm.desk.access import require
from farm.desk.places import ask, desk_of
from farm.desk.rendering import page
from farm.domain.board_view import GUESTS_ORDERS, BoardView, Order
from farm.domain.lifecycle import ShotState
from farm.domain.roles import Action
from farm.operations import board
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
    return page(
        request, "grid.html", board=shown, tiles=shown.tiles, people=people,
        states=list(ShotState),
        orders=GUESTS_ORDERS if visitor.opening else list(Order),
        miss_kinds=list(MissKind),
    )  # fmt: skip


async def tiles(request: web.Request) -> web.Response:
    """Some tiles as they are now."""
    desk, production = desk_of(request), request.match_info["production"]
    visitor = require(request, Action.LOOK, production)
    codes = request.query.getall("code", [])[:MOST_ASKED]
    found = await ask(board.tiles_of, desk.store, production, codes, visitor.opening)
    view = BoardView.from_query(request.query)
    return page(request, "tiles.html", board=None, tiles=found, view=view, production=production)


def _people(store: object, production: str) -> list[str]:
    from farm.store.queries import board as queries

    return queries.people(store, production)  # type: ignore[arg-type]


def _whole(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
