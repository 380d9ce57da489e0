"""The fields and files of a form as a browser sent them, or a sentence where they are none."""

import unicodedata
import zlib
from dataclasses import dataclass

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from farm.errors import Refused

LARGEST_BODY = 64 * 1024
"""Bytes, where a page says nothing else."""
MOST_FIELDS = 100
"""Of a form that names no list of things."""
UNREADABLE = (
    ValueError, LookupError, AssertionError, RuntimeError, EOFError, zlib.error, HttpProcessingError,
)  # fmt: skip
"""Whatever the parsers stumble over: a body that breaks off, an encoding that there is not."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as a browser sent it."""

    field: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent, in its order."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[Sent, ...]

    def all_of(self, name: str) -> list[str]:
        """Every value of a field."""
        return [value for field, value in self.fields if field == name]

    @property
    def texts(self) -> dict[str, str]:
        """The fields by name, without blanks around them; of one that stands there twice the last."""
        return {name: value.strip() for name, value in self.fields}


async def form_of(
    request: web.Request, most_bytes: int = LARGEST_BODY, most_fields: int = MOST_FIELDS
) -> Form:
    """What was sent.

    Raises `HTTPBadRequest` for what is no form, `HTTPRequestEntityTooLarge`, and `Refused` for characters
    that no database keeps.
    """
    if (announced := request.content_length or 0) > most_bytes:
        raise web.HTTPRequestEntityTooLarge(most_bytes, announced)
    asked = request.clone(client_max_size=most_bytes, client_max_fields=most_fields)
    try:
        sent = await asked.post()
    except UNREADABLE as error:
        raise web.HTTPBadRequest(
            text="what was sent cannot be read as a form; open the page anew and send it again"
        ) from error
    fields, files = list[tuple[str, str]](), list[Sent]()
    for name, value in sent.items():
        if isinstance(value, web.FileField):
            with value.file as file:
                files.append(Sent(name, value.filename, file.read()))
        elif isinstance(value, str):
            fields.append((name, value))
    for name, value in fields:
        _check(name, value)
    return Form(tuple(fields), tuple(each for each in files if each.name))


async def texts(request: web.Request) -> dict[str, str]:
    """The fields of a form that brings no files."""
    return (await form_of(request)).texts


def is_readable(value: str) -> bool:
    """Whether a database can keep it, and an address can hold it."""
    return not any(letter == "\0" or unicodedata.category(letter) == "Cs" for letter in value)


def _check(name: str, value: str) -> None:
    """Raises `Refused` where there is something in it that nobody typed."""
    for letter in value:
        if letter not in "\t\r\n" and unicodedata.category(letter) in ("Cc", "Cs"):
            raise Refused(
                f"{ascii(name)[1:-1][:40]}: it holds an invisible character (U+{ord(letter):04X}); type "
                "it anew"
            )
