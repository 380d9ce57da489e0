"""That a production's clips were handed out."""

from collections.abc import Mapping, Sequence

from farm.domain.events import Event, EventKind
from farm.store.queue.event_log import write_event
from farm.store.session import Store


def note(
    store: Store,
    production: str,
    who: str,
    *,
    clips: int,
    undelivered: Sequence[str],
    to: str,
    label: Mapping[str, str] | None = None,
) -> Event:
    """Writes who delivered how many clips of a production, and the shots whose clips could not be; with
    `label`, what was decided on a visible label."""
    data = {
        "production": production,
        "clips": clips,
        "undelivered": [*undelivered],
        "to": to,
        **(label or {}),
    }
    with store.write() as connection:
        return write_event(connection, EventKind.PRODUCTION_DELIVERED, None, who=who, data=data)
