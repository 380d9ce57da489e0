"""A listener that turns each event into one structured line (logfmt) on the `farm` logger."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from farm.domain.events import Event, EventKind

_log = logging.getLogger("farm")

_WARNINGS = {
    EventKind.TAKE_FAILED,
    EventKind.LEASE_TAKEN_BACK,
    EventKind.LATE_RESULT,
    EventKind.WORKER_SICK,
}


def listen(event: Event) -> None:
    """Logs the event; what went wrong as a warning."""
    _log.log(logging.WARNING if event.kind in _WARNINGS else logging.INFO, line(event))


def line(event: Event) -> str:
    """One event on one line: time, kind, shot and take, then its data as `key=value`."""
    name = f"{event.production}/{event.shot}" if event.shot else "farm"
    if event.take is not None:
        name += f" take {event.take}"
    return _written(event.at, event.kind, name, event.data)


def note(what: str, **data: Any) -> None:
    """Logs what is true of this process alone, and no fact of the database, as `line` has events."""
    _log.info(_written(datetime.now(UTC), what, "farm", data))


def _written(at: datetime, what: str, name: str, data: Mapping[str, Any]) -> str:
    fields = " ".join(
        f"{key}={_value(value)}" for key, value in data.items() if not _says_nothing(value)
    )
    when = at.isoformat(timespec="milliseconds").removesuffix("+00:00")
    return f"{when}Z {what} {name} {fields}".rstrip()


def _says_nothing(value: Any) -> bool:
    """What is not there; a zero is there."""
    return value is None or (isinstance(value, str | dict | list | tuple) and not value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = str(value)
    plain = text.isprintable() and not any(each in text for each in ' "=')
    return text if plain else json.dumps(text, ensure_ascii=False)


def to_stderr() -> None:
    """Sends the `farm` logger's lines to standard error; they are complete as they are."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    _log.handlers[:] = [handler]
    _log.setLevel(logging.INFO)
    _log.propagate = False
