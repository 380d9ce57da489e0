"""A production's delivery: what it would hold, and the zip of it."""

import asyncio
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from farm.desk.access import require
from farm.desk.forms import texts
from farm.desk.places import Desk, ask, desk_of
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
REMOVING = ThreadPoolExecutor(1, "fetched-deliveries")
"""Who makes room again: it does not wait until others are made."""


@dataclass(slots=True, eq=False)
class Making:
    """A delivery that is made or sent."""

    key: tuple[str, str]
    """Production and person."""
    future: "Future[Path]"
    presses: int = 0
    """How many wait for it or read it."""


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
    making = _joined(desk, production, who)
    try:
        # The other presses go on where one is given up.
        folder = await asyncio.shield(asyncio.wrap_future(making.future))
        return await _sent(request, production, folder)
    except FarmError as refusal:
        return await _page(request, production, refusal=str(refusal), status=409)
    finally:
        _left(desk, making)


def _joined(desk: Desk, production: str, who: str) -> Making:
    """What is made of a production for a person: of two presses one delivery comes, and one event."""
    making = desk.deliveries.get((production, who))
    if making is None or making.future.done():
        making = desk.deliveries[production, who] = Making(
            (production, who),
            MAKING.submit(
                packed_delivery.make, desk.settings, desk.store, desk.media, production, who=who
            ),
        )
    making.presses += 1
    return making


def _left(desk: Desk, making: Making) -> None:
    """What nobody waits for or reads any more is removed, or is once it is made."""
    making.presses -= 1
    if making.presses:
        return
    if desk.deliveries.get(making.key) is making:
        del desk.deliveries[making.key]
    if making.future.done():
        REMOVING.submit(_removed, making.future)
    elif not making.future.cancel():
        making.future.add_done_callback(_removed)


def _removed(made: "Future[Path]") -> None:
    if not made.cancelled() and made.exception() is None:
        packed_delivery.remove(made.result())


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
    desk = desk_of(request)
    foreseen = await ask(packed_delivery.foresee, desk.store, production, desk.media)
    return page(
        request, "deliver.html", status=status, production=production, refusal=refusal,
        foreseen=foreseen, states=Counter(state for _, state in foreseen.others),
        shown=MOST_SHOWN,
    )  # fmt: skip
