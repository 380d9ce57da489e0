"""What people decide on a page, about one shot or about those that they chose.

A form is sent as any form is; the answer leads back to a page. What the farm refuses is shown on the page
that it was asked from, with what was typed still in it.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from aiohttp import web

from farm.desk import once, shot
from farm.desk.access import require
from farm.desk.forms import Form, fields_of, form_of
from farm.desk.places import Desk, ask, desk_of
from farm.desk.rendering import page
from farm.domain.board_view import BoardView
from farm.domain.events import LONGEST_WHY
from farm.domain.lifecycle import ReviewStatus
from farm.domain.roles import Action
from farm.errors import FarmError, Refused, Repeated
from farm.operations import finals as ordering
from farm.operations import hold, priority, review

if TYPE_CHECKING:
    from farm.operations.per_shot import PerShot

MOST_SHOTS = 5_000
"""Shots that are decided on at once."""
PRESSED_AGAIN = 600.0
"""Seconds for which a form that comes again leads where it led first."""
MOST_BYTES = 1024 * 1024
MOST_FIELDS = 4 * MOST_SHOTS
"""Of a form that names many shots."""


async def decide(request: web.Request) -> web.Response:
    """Decides on the shot of the address, and goes on to the next where the form says so."""
    desk, named = desk_of(request), request.match_info
    production, code = named["production"], named["shot"]
    sent = await fields_of(request)
    form = sent.texts
    visitor = require(request, action_of(form), production, code)
    view = BoardView.from_query(request.query)
    after, key = code, once.intention(visitor.name, request.path, sent)
    if form.get("next"):
        around = await ask(_behind, desk, production, code, view, key)
        after = around or code
    try:
        if refusal := await ask(_decided, desk, production, code, form, visitor.name, key):
            raise Refused(refusal)
    except FarmError as refusal:
        return await shot.refused(request, str(refusal), form)
    done = (
        "" if form.get("action") == "finals" else code
    )  # what is ordered is cancelled, not undone
    raise web.HTTPSeeOther(address(production, after, view, done=done))


async def decide_many(request: web.Request) -> web.Response:
    """Decides on all shots that the form names, and tells which of them could not be."""
    desk, production = desk_of(request), request.match_info["production"]
    with await form_of(request, MOST_BYTES, MOST_FIELDS) as sent:
        form, codes = sent.texts, sent.all_of("shot")
    visitor = require(request, action_of(form), production)
    view = BoardView.from_query(request.query)
    back = f"/p/{quote(production, safe='')}{_query(view.as_query())}"
    if not codes:
        raise web.HTTPSeeOther(back)
    try:
        if len(codes) > MOST_SHOTS:
            raise Refused(f"{len(codes):,} shots: at most {MOST_SHOTS:,} are decided on at once")
        done, refusals = await ask(
            _each_decided, desk, production, request.path, Form(sent.fields), visitor.name
        )
    except FarmError as refusal:
        done, refusals = 0, [str(refusal)]
    if refusals:
        return page(
            request, "refused.html", status=409, refusals=refusals, decided=done, back=back
        )  # fmt: skip
    raise web.HTTPSeeOther(back)


async def finals(request: web.Request) -> web.Response:
    """Orders the finals of all approved drafts, and tells of which it could not be."""
    desk, production = desk_of(request), request.match_info["production"]
    who = require(request, Action.RETAKE, production).name
    sent = await fields_of(request)
    key = once.intention(who, request.path, sent)
    back = (
        f"/p/{quote(production, safe='')}{_query(BoardView.from_query(request.query).as_query())}"
    )
    done, refusals = await ask(_finals, desk, production, sent.texts, who, key)
    if refusals:
        return page(
            request, "refused.html", status=409, refusals=refusals, decided=done, back=back
        )  # fmt: skip
    raise web.HTTPSeeOther(back)


async def undo(request: web.Request) -> web.Response:
    """Takes back what the visitor decided on the shot just now."""
    from farm.operations import undo as undoing

    desk, named = desk_of(request), request.match_info
    production, code = named["production"], named["shot"]
    who = require(request, Action.APPROVE, production, code).name
    store = desk.store.once(once.intention(who, request.path, await fields_of(request)))
    try:
        with contextlib.suppress(Repeated):
            await ask(undoing.undo, store, production, code, who=who)
    except FarmError as refusal:
        return await shot.refused(request, str(refusal), {})
    raise web.HTTPSeeOther(address(production, code, BoardView.from_query(request.query)))


def address(production: str, code: str, view: BoardView, *, done: str = "") -> str:
    """Where the page of a shot is."""
    query = view.as_query() | ({"done": done} if done else {})
    return f"/p/{quote(production, safe='')}/s/{quote(code, safe='')}{_query(query)}"


def whole(form: Mapping[str, str], name: str) -> int | None:
    """A whole number of a form; None where it is empty. Raises `Refused`."""
    said = form.get(name, "")
    if not said:
        return None
    try:
        value = int(said)
    except ValueError:
        raise Refused(f"{name}: {said[:20]!r} is no whole number") from None
    if abs(value) >= 2**31:
        raise Refused(f"{name}: {said[:20]} is beyond what can be counted")
    return value


def _priority(form: Mapping[str, str]) -> int:
    """Raises `Refused` for one that no shot list could ask for."""
    from farm.shotlist import fields

    try:
        return fields.priority(form.get("priority", ""))
    except fields.Wrong as wrong:
        raise Refused(f"priority: {wrong}") from wrong


def reason(form: Mapping[str, str]) -> str:
    """Why somebody does it. Raises `Refused` where it is too long to be kept."""
    why = form.get("why", "")
    if len(why) > LONGEST_WHY:
        raise Refused(f"why: {len(why)} characters; at most {LONGEST_WHY} are kept")
    return why


def action_of(form: Mapping[str, str]) -> Action:
    """What a form asks for. Raises `Refused`."""
    action = form.get("action", "")
    if action not in shot.ACTIONS:
        raise Refused(f"{action[:40]!r} is nothing that can be decided")
    return shot.ACTIONS[action]


def known_review(form: Mapping[str, str]) -> ReviewStatus | None:
    """The review that the person saw; None where the form does not say. Raises `Refused`."""
    said = form.get("known", "")
    try:
        return ReviewStatus(said) if said else None
    except ValueError:
        raise Refused(f"known: {said[:40]!r} is no review") from None


def _query(values: Mapping[str, str]) -> str:
    return f"?{urlencode(values)}" if values else ""


def _behind(desk: Desk, production: str, code: str, view: BoardView, key: str) -> str | None:
    """The shot behind one in a view. What was decided may be no part of the view any more: a form that
    comes again, by its `key`, leads where it led first."""
    from farm.operations import board

    def look() -> str | None:
        lines = desk.lines(production, age=shot.ORDER_AGE)
        return board.neighbours(desk.store, production, code, view, known=lines).after

    return desk.remembered(("behind", key, view), PRESSED_AGAIN, look) if key else look()


def _finals(
    desk: Desk, production: str, form: Mapping[str, str], who: str, key: str
) -> tuple[int, list[str]]:
    """As `_each_decided`, of all shots whose approved take is a draft."""
    codes = ordering.approved_drafts(desk.store, production)
    wish = {**form, "action": "finals"}
    became = [
        _decided(desk, production, code, wish, who, key and once.of(key, code)) for code in codes
    ]
    refused = [each for each in became if each]
    return len(codes) - len(refused), refused


def _seen(said: Sequence[str]) -> dict[str, dict[str, str]]:
    """What the tiles showed, by the code of the shot: its newest take and its review."""
    parts = [each.split(" ", 2) for each in said]
    return {each[2]: {"newest": each[0], "known": each[1]} for each in parts if len(each) == 3}


def _each_decided(
    desk: Desk, production: str, path: str, sent: Form, who: str
) -> tuple[int, list[str]]:
    """Of how many shots it was done, and a sentence for each of the others. Raises `FarmError`."""
    form, seen = sent.texts, _seen(sent.all_of("seen"))
    codes = [*dict.fromkeys(sent.all_of("shot"))]
    key = once.intention(who, path, sent)
    became = [
        _decided(
            desk, production, code, {**form, **seen.get(code, {})}, who, key and once.of(key, code)
        )
        for code in codes
    ]
    refused = [each for each in became if each]
    return len(codes) - len(refused), refused


def _decided(
    desk: Desk, production: str, code: str, form: Mapping[str, str], who: str, key: str
) -> str | None:
    """Why a decision could not be done; None where it is done, now or under the same key before.
    Raises `FarmError`."""
    store, codes = desk.store.once(key), [code]
    action, why = form.get("action", ""), reason(form)
    newest, known = whole(form, "newest"), known_review(form)
    # fmt: off
    acts: dict[str, Callable[[], PerShot[Any]]] = {
        "approve": lambda: review.approve(
            store, production, codes, take=whole(form, "take"),
            newest=newest, known=known, media=desk.media, who=who, why=why,
        ),
        "reject": lambda: review.reject(
            store, production, codes, newest=newest, known=known, who=who, why=why
        ),
        "finals": lambda: ordering.finals(
            desk.settings, store, production, codes, take=whole(form, "take"),
            newest=newest, known=known, who=who, why=why,
        ),
        "cancel": lambda: review.cancel(
            store, production, codes, newest=newest, known=known, who=who, why=why
        ),
        "hold": lambda: hold.hold(
            store, production, codes, newest=newest, known=known, who=who, why=why
        ),
        "release": lambda: hold.release(
            desk.settings, store, production, codes, newest=newest, known=known, who=who, why=why
        ),
        "omit": lambda: hold.omit(
            store, production, codes, newest=newest, known=known, who=who, why=why
        ),
        "priority": lambda: priority.set_priority(
            store, production, codes, _priority(form), newest=newest, known=known,
            seen=whole(form, "seen_priority"), who=who, why=why,
        ),
    }
    # fmt: on
    if action not in acts:
        raise Refused(f"{action[:40]!r} is nothing that can be decided")
    with contextlib.suppress(Repeated):
        if refused := acts[action]().refused:
            return refused[0]
    return None
