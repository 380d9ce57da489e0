"""One press, one effect: a form that comes twice does once what it asks for, at whatever desk it comes in.

Each page that is drawn gives its forms keys. What is asked for is known by that key, by who asks it where,
and by all that the form says: whoever goes back and sends something else means something else.
"""

import hashlib
import secrets
from collections.abc import Iterator

from farm.desk.forms import Form

FIELD = "once"
"""Where a form has its key; one that has none, a script's, does as often as it is sent."""


def new_key() -> str:
    """A key for a form that is drawn."""
    return secrets.token_urlsafe(16)


def intention(who: str, path: str, form: Form) -> str:
    """What somebody means by a form, in 64 characters; empty where it has no key. Reads its files."""
    return of(*_told(who, path, form)) if form.texts.get(FIELD) else ""


def of(*parts: str | bytes) -> str:
    """64 characters for parts in their order, each as a whole."""
    told = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        told.update(f"{len(data)}:".encode())
        told.update(data)
    return told.hexdigest()


def _told(who: str, path: str, form: Form) -> Iterator[str | bytes]:
    yield from (who, path)
    for name, value in form.fields:
        yield from (name, value)
    for file in form.files:
        yield from (file.field, file.name, file.content)
