"""Films and pictures. They are found by production, shot and take in the database, never by a path that
somebody sends."""

import asyncio
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from aiohttp import web

from farm.desk.access import require
from farm.desk.places import Desk, ask, desk_of
from farm.domain.roles import Action
from farm.operations import previews
from pipeline.storage.names import still_path

if TYPE_CHECKING:
    from pipeline.storage.protocol import Media

ASK_AGAIN = "private, no-cache"
"""Codes of shots change, and what was kept under an address may be another shot's: it is asked whether it
is still that, which costs no film."""
DRAWING = ThreadPoolExecutor(4, "previews")
"""Who decodes old clips for their first pictures: decisions do not wait behind them."""
SMALL = 480
"""Pixels of the longer side of a still on a tile."""


async def film(request: web.Request) -> web.StreamResponse:
    """A published clip, or the part of it that is asked for."""
    desk = desk_of(request)
    name = await ask(_film, desk, *_place(request))
    if name is None:
        raise web.HTTPNotFound(text="this film is no longer there")
    headers = {"Cache-Control": ASK_AGAIN, "Content-Type": "video/mp4"}
    place = desk.media.local(name)
    if place is not None:
        return web.FileResponse(place, headers=headers)
    return web.Response(body=await ask(_read, desk.media, name), headers=headers)


async def thumbnail(request: web.Request) -> web.StreamResponse:
    """A small picture of a take."""
    return await _preview(request, previews.thumbnail)


async def filmstrip(request: web.Request) -> web.StreamResponse:
    """Small pictures of a take, side by side."""
    return await _preview(request, previews.filmstrip)


async def _preview(
    request: web.Request, draw: Callable[["Media", str], previews.Preview]
) -> web.StreamResponse:
    desk = desk_of(request)
    name = await ask(_film, desk, *_place(request))
    if name is None:
        raise web.HTTPNotFound(text="this film is no longer there")
    found = await asyncio.get_running_loop().run_in_executor(DRAWING, draw, desk.media, name)
    headers = {"Cache-Control": ASK_AGAIN, "Content-Type": "image/webp"}
    if isinstance(found, bytes):
        return web.Response(body=found, headers=headers)
    return web.FileResponse(found, headers=headers)


async def still(request: web.Request) -> web.Response:
    """The prepared still of a take, as it is or, with `?small`, as a tile has it."""
    return await _picture(request, await ask(_still, desk_of(request), *_place(request)))


async def alternate(request: web.Request) -> web.Response:
    """The prepared still of an alternate, in the same way: for those who may order a take of it."""
    found = request.match_info
    production, shot, number = found["production"], found["shot"], int(found["number"])
    require(request, Action.RETAKE, production, shot)
    name = await ask(_alternate, desk_of(request), production, shot, number)
    return await _picture(request, name)


async def _picture(request: web.Request, name: str | None) -> web.Response:
    desk = desk_of(request)
    if name is None or not await ask(desk.media.exists, name):
        raise web.HTTPNotFound(text="this picture is no longer there")
    small = "small" in request.query
    tag = f"{name}{'-small' if small else ''}"
    if request.if_none_match and any(each.value == tag for each in request.if_none_match):
        return web.Response(status=304, headers={"Cache-Control": ASK_AGAIN, "ETag": f'"{tag}"'})
    if small:
        body = await ask(
            desk.remembered, ("small", name), 600.0, lambda: _small(_read(desk.media, name))
        )
    else:
        body = await ask(_read, desk.media, name)
    answer = web.Response(body=body, content_type="image/webp" if small else "image/png")
    answer.headers["Cache-Control"], answer.etag = ASK_AGAIN, tag
    return answer


def _place(request: web.Request) -> tuple[str, str, int]:
    """What the address names, where the visitor may look at it."""
    found = request.match_info
    place = found["production"], found["shot"], int(found["take"])
    require(request, Action.LOOK, *place)
    return place


def _film(desk: Desk, production: str, shot: str, take: int) -> str | None:
    from farm.store.queries import board

    found = board.films(desk.store, production, shot).get(take)
    if found is None or found.purged or not desk.media.exists(found.path):
        return None
    return found.path


def _still(desk: Desk, production: str, shot: str, take: int) -> str | None:
    from farm.store.queries import board

    found = board.stills(desk.store, production, shot).get(take)
    return found and still_path(found)


def _alternate(desk: Desk, production: str, shot: str, number: int) -> str | None:
    from farm.store.queries import stills

    found = stills.find(desk.store, production, shot, take=None, alternate=number)
    return found and still_path(found.still)


def _read(media: "Media", name: str) -> bytes:
    with media.open(name) as file:
        return file.read()


def _small(data: bytes) -> bytes:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        small = picture.convert("RGB")
    factor = SMALL // max(small.size)
    if factor > 1:
        size = small.width * factor, small.height * factor
        small = small.resize(size, Image.Resampling.NEAREST)
    else:
        small.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=82)
    return out.getvalue()
