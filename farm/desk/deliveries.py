"""A production's delivery: what it would hold, and the zip of it."""

import asyncio
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from farm.desk.access import require
from farm.desk.forms import texts
from farm.desk.places import ask, desk_of
from farm.desk.rendering import page
from farm.domain.roles import Action
from farm.errors import FarmError
from farm.operations import packed_delivery

if TYPE_CHECKING:
    from pathlib import Path

MOST_SHOWN = 500
"""Shots that a page names."""
MAKING = ThreadPoolExecutor(2, "deliveries")
"""Who copies clips: so many deliveries at most are made at once, and decisions do not wait behind them."""


async def form(request: web.Request) -> web.Response:
    """What would be delivered, and what is missing and why."""
    production = request.match_info["production"]
    require(request, Action.DELIVER, production)
    return await _page(request, production)


async def fetch(request: web.Request) -> web.StreamResponse:
    """Makes the delivery and sends it as one zip; nothing of it stays."""
    desk, production = desk_of(request), request.match_info["production"]
    who = require(request, Action.DELIVER, production).name
    await texts(request)
    making = MAKING.submit(
        packed_delivery.make, desk.settings, desk.store, desk.media, production, who=who
    )
    try:
        folder = await _made(making)
    except FarmError as refusal:
        return await _page(request, production, refusal=str(refusal), status=409)
    try:
        return await _sent(request, production, folder)
    finally:
        MAKING.submit(packed_delivery.remove, folder)


async def _made(making: "Future[Path]") -> "Path":
    """Raises `FarmError`. What nobody waits for any more is removed once it is made."""
    try:
        return await asyncio.wrap_future(making)
    except asyncio.CancelledError:
        making.add_done_callback(_forgotten)
        raise


def _forgotten(making: "Future[Path]") -> None:
    if not making.cancelled() and making.exception() is None:
        packed_delivery.remove(making.result())


async def _sent(request: web.Request, production: str, folder: "Path") -> web.StreamResponse:
    name = quote(f"{production}.zip", safe="")
    response = web.StreamResponse(
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        }
    )
    pieces = packed_delivery.pieces(folder, production)
    try:
        await response.prepare(request)
        while (piece := await ask(partial(next, pieces, None))) is not None:
            await response.write(piece)
    finally:
        pieces.close()
    await response.write_eof()
    return response


async def _page(
    request: web.Request, production: str, *, refusal: str = "", status: int = 200
) -> web.Response:
    foreseen = await ask(packed_delivery.foresee, desk_of(request).store, production)
    return page(
        request, "deliver.html", status=status, production=production, refusal=refusal,
        foreseen=foreseen, states=Counter(state for _, state in foreseen.others),
        shown=MOST_SHOWN,
    )  # fmt: skip
