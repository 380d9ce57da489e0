"""The fields and files of a form as a browser sent them, or a sentence where they are none.

Files are not read where pages are served: `heavily` does that, and what follows from it, a few at a time.
"""

import asyncio
import io
import unicodedata
import zlib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO, ParamSpec, Self, TypeVar

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestPayloadError

from farm.errors import Refused

LARGEST_BODY = 64 * 1024
"""Bytes, where a page says nothing else."""
MOST_FIELDS = 100
"""Of a form that names no list of things."""
UNREADABLE = (
    ValueError, LookupError, AssertionError, RuntimeError, EOFError, zlib.error, HttpProcessingError,
    RequestPayloadError, ConnectionError,
)  # fmt: skip
"""Whatever the parsers stumble over: a body that breaks off, an encoding that there is not; a browser that
was closed while it sent, which is no fault of the desk's."""
HEAVY = ThreadPoolExecutor(2, "files")
"""Who reads, unpacks and decodes what was sent: with all of its files in memory, so only so many at once;
and decisions do not wait behind them."""

T = TypeVar("T")
P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as a browser sent it."""

    field: str
    name: str
    file: BinaryIO

    @classmethod
    def of(cls, field: str, name: str, content: bytes) -> Self:
        """A file whose bytes somebody has."""
        return cls(field, name, io.BytesIO(content))

    @property
    def content(self) -> bytes:
        """All of it, read anew: ask by `heavily`."""
        self.file.seek(0)
        return self.file.read()


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent, in its order."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[Sent, ...] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Gives up the files."""
        for each in self.files:
            each.file.close()

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
    """What was sent; a form that brings files is used in a `with`, which gives them up.

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
    files = [
        Sent(name, value.filename, value.file)  # type: ignore[arg-type]
        for name, value in sent.items()
        if isinstance(value, web.FileField)
    ]
    form = Form(
        tuple((name, value) for name, value in sent.items() if isinstance(value, str)),
        tuple(files),
    )
    try:
        if most_bytes > LARGEST_BODY:
            await asyncio.to_thread(_check, form.fields)
        else:
            _check(form.fields)
    except Refused:
        form.__exit__()
        raise
    return form


async def fields_of(request: web.Request) -> Form:
    """What was sent of a form that is to bring no files."""
    with await form_of(request) as form:
        return Form(form.fields)


async def texts(request: web.Request) -> dict[str, str]:
    """The fields of a form that brings no files, by name."""
    return (await fields_of(request)).texts


async def heavily(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Does what takes long and much memory, files of forms, in one of the few threads for that."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(HEAVY, lambda: work(*args, **kwargs))


def is_readable(value: str) -> bool:
    """Whether a database can keep it, and an address can hold it."""
    return not any(letter == "\0" or unicodedata.category(letter) == "Cs" for letter in value)


def _check(fields: Iterable[tuple[str, str]]) -> None:
    """Raises `Refused` where there is something in one that nobody typed."""
    for name, letter in ((name, letter) for name, value in fields for letter in value):
        if letter not in "\t\r\n" and unicodedata.category(letter) in ("Cc", "Cs"):
            raise Refused(
                f"{ascii(name)[1:-1][:40]}: it holds an invisible character (U+{ord(letter):04X}); type "
                "it anew"
            )
