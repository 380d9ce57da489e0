"""The first page: a card for each production."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from farm.desk.access import require
from farm.desk.places import Desk, ask, desk_of, is_part, together
from farm.desk.rendering import page
from farm.domain.roles import Action

if TYPE_CHECKING:
    from farm.domain.forecast import Range
    from farm.store.queries.board import Tile
    from farm.store.queries.overview import ProductionStatus

MOSAIC_AGE = 5.0
HOURS_AGE = 60.0
"""Seconds that what a card shows may be old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A production on the first page."""

    production: "ProductionStatus"
    mosaic: "Sequence[Tile]"
    worker_seconds: float
    forecast: "Range | None"


async def productions(request: web.Request) -> web.Response:
    """All productions; those that are archived only where the address asks for them."""
    require(request, Action.LOOK)
    desk = desk_of(request)
    archived = "archived" in request.query
    if is_part(request):
        cards, put_away, workers = await together(desk, ("cards", archived), _cards, desk, archived)
    else:
        cards, put_away, workers = await ask(_cards, desk, archived)
    return page(
        request, "productions.html", cards=cards, put_away=put_away, workers=workers,
        archived=archived,
    )  # fmt: skip


def _cards(desk: Desk, archived: bool) -> tuple[list[Card], int, int]:
    from farm.operations.status import farm_status

    status = farm_status(desk.settings, desk.store, archived=archived)
    cards = [_card(desk, each, status.forecast.get(each.name)) for each in status.productions]
    return cards, len(status.left_out), len(status.workers)


def _card(desk: Desk, production: "ProductionStatus", forecast: "Range | None") -> Card:
    from farm.operations import board
    from farm.store.queries import production_report

    name = production.name
    return Card(
        production=production,
        mosaic=desk.remembered(
            ("mosaic", name), MOSAIC_AGE, lambda: board.mosaic(desk.store, name)
        ),
        worker_seconds=desk.remembered(
            ("hours", name),
            HOURS_AGE,
            lambda: production_report.tally(desk.store, name).worker_seconds,
        ),
        forecast=forecast,
    )
