"""What people say of a shot, a take or a frame, with what they drew on it."""

import contextlib
import json
from typing import Any

from aiohttp import web

from farm.desk import once, shot
from farm.desk.access import require
from farm.desk.decisions import address, whole
from farm.desk.forms import fields_of
from farm.desk.places import ask, desk_of
from farm.domain.board_view import BoardView
from farm.domain.roles import Action
from farm.errors import FarmError, Refused, Repeated
from farm.operations import comment as comments


async def comment(request: web.Request) -> web.Response:
    """Keeps a comment."""
    desk, named = desk_of(request), request.match_info
    sent = await fields_of(request)
    form = sent.texts
    try:
        take = whole(form, "take")
        who = require(request, Action.COMMENT, named["production"], named["shot"], take).name
        store = desk.store.once(once.intention(who, request.path, sent))
        with contextlib.suppress(Repeated):
            await ask(
                comments.comment, store, named["production"], named["shot"], form.get("text", ""),
                take=take, frame=None if take is None else whole(form, "frame"), mark=_mark(form),
                who=who,
            )  # fmt: skip
    except FarmError as refusal:
        return await shot.refused(request, str(refusal), form)
    raise _back(request)


async def resolve(request: web.Request) -> web.Response:
    """Notes that a comment is seen to."""
    desk, named = desk_of(request), request.match_info
    visitor = require(request, Action.COMMENT, named["production"], named["shot"])
    if visitor.opening:
        raise web.HTTPForbidden(text="whether a comment is seen to, the studio says")
    # That happens once to a comment, whatever the form says.
    store = desk.store.once(once.of("resolved", visitor.name, request.path))
    try:
        with contextlib.suppress(Repeated):
            await ask(
                comments.resolve,
                store,
                named["production"],
                int(named["comment"]),
                who=visitor.name,
            )
    except FarmError as refusal:
        return await shot.refused(request, str(refusal), {})
    raise _back(request)


def _back(request: web.Request) -> web.HTTPSeeOther:
    named, view = request.match_info, BoardView.from_query(request.query)
    return web.HTTPSeeOther(address(named["production"], named["shot"], view) + "#comments")


def _mark(form: dict[str, str]) -> Any:
    said = form.get("mark", "")
    if not said:
        return None
    try:
        return json.loads(said) or None
    except (ValueError, RecursionError):
        raise Refused("mark: it is no drawing") from None
