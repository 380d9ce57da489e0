"""Hands out what a production has: accepted and approved clips, or a sheet of everything to look at."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from farm.domain.lifecycle import ReviewStatus
from farm.errors import StoreError

if TYPE_CHECKING:
    from farm.config import Settings
    from farm.delivery.contact_sheet import SheetRow
    from farm.delivery.copying import Delivery
    from farm.store import Store

_log = logging.getLogger(__name__)

PASSED = frozenset({ReviewStatus.ACCEPTED, ReviewStatus.APPROVED})
"""Reviews under which a shot's selected take goes into deliveries."""


def deliver(
    settings: "Settings",
    store: "Store",
    production: str,
    to: Path,
    *,
    who: str,
    called: str = "",
    keep_old: bool = False,
    on_clip: Callable[[int, int], None] = lambda done, total: None,
    on_wait: Callable[[], None] = lambda: None,
) -> "Delivery":
    """Copies the selected take of every accepted or approved shot into the folder `to`, with manifests
    and a contact sheet; never a draft.

    `on_clip` hears how many clips of how many are done, first that none is; `on_wait` that another
    delivery into the folder must end first. The log keeps that `who` did it, and the folder by its path or
    as it is `called`; where the log cannot be told, a warning says so. Raises `UnknownName`, `Refused`, and
    `Undelivered` as `farm.delivery.deliver` does.
    """
    from farm.delivery.deliver import Undelivered
    from farm.delivery.deliver import deliver as copy_out
    from farm.delivery.manifest import Deliverable
    from farm.operations.workspace import media_at_hand
    from farm.store.queries import selection
    from farm.store.shots import delivered

    takes = selection.selected_takes(store, production, PASSED)
    items = [Deliverable.of(take) for take in takes]
    on_clip(0, len(items))
    trouble: Undelivered | None = None
    try:
        done = copy_out(
            production,
            items,
            media_at_hand(settings),
            to,
            on_clip=on_clip,
            keep_old=keep_old,
            on_wait=on_wait,
        )
    except Undelivered as refusal:
        trouble, done = refusal, refusal.delivery
    try:
        delivered.note(
            store, production, who, clips=len(done.clips),
            undelivered=[each.shot for each in done.troubles], to=called or str(to.absolute()),
        )  # fmt: skip
    except StoreError as error:  # the clips are there all the same
        _log.warning("%s was delivered, and the log could not be told: %s", production, error)
    if trouble:
        raise trouble
    return done


def waiting_for_finals(store: "Store", production: str) -> list[str]:
    """The codes of the accepted or approved shots that are not delivered, since a draft stands for them.

    Raises `UnknownName`."""
    from farm.store.queries import selection

    takes = selection.selected_takes(store, production, PASSED, drafts=True)
    return [take.shot for take in takes if take.draft]


def contact_sheet(settings: "Settings", store: "Store", production: str, place: Path) -> Path:
    """Draws every shot of a production into the picture `place`, whatever its review: its selected take,
    or why there is none. Raises `UnknownName`."""
    from farm.delivery.contact_sheet import draw
    from farm.operations.workspace import media_at_hand

    rows = sorted(_rows(store, production), key=lambda row: row.shot)
    draw(production, rows, media_at_hand(settings), place)
    return place


def _rows(store: "Store", production: str) -> "list[SheetRow]":
    from farm.delivery.contact_sheet import SheetRow
    from farm.delivery.copying import sheet_row
    from farm.delivery.manifest import Deliverable
    from farm.store.queries import selection

    takes = selection.selected_takes(store, production, drafts=True)
    return [sheet_row(Deliverable.of(take)) for take in takes] + [
        SheetRow(
            shot=shot.shot,
            prompt=shot.prompt,
            still=shot.still,
            verdict="ended_early" if shot.ended else "declined",
            review=shot.review,
            instead=shot.reason,
        )
        for shot in selection.declined(store, production)
    ]
