"""Another take, changed as somebody wishes; and what the lint says while the prompt is typed."""

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from aiohttp import web

from farm.desk import once, shot
from farm.desk.access import require
from farm.desk.decisions import address, known_review, reason, whole
from farm.desk.forms import Form, Sent, form_of, heavily, texts
from farm.desk.places import Desk, ask, desk_of
from farm.desk.rendering import page
from farm.domain.board_view import BoardView
from farm.domain.roles import Action
from farm.errors import FarmError, Refused, Repeated
from farm.operations import known_stills
from farm.operations import lint as lints
from farm.operations import retake as retakes
from farm.operations.retake import Wishes
from pipeline.errors import ShotRejected

if TYPE_CHECKING:
    from pipeline.prompts.simplify import Level

MOST_PROMPT = 4_000
"""Characters of a prompt that are read while it is typed."""
MOST_CODE = 64
MOST_GUIDANCE = 10.0
MOST_BYTES = 64 * 1024 * 1024
"""Of a form with a picture."""


async def retake(request: web.Request) -> web.Response:
    """Orders the take that the form describes."""
    desk, named = desk_of(request), request.match_info
    production, code = named["production"], named["shot"]
    who = require(request, Action.RETAKE, production, code).name
    with await form_of(request, MOST_BYTES) as sent:
        # Who sends no picture does not wait behind those who send large files.
        do = heavily if sent.files else ask
        try:
            await do(_ordered, desk, production, code, sent, request.path, who)
        except (FarmError, ShotRejected) as refusal:
            return await shot.refused(request, str(refusal), sent.texts)
    raise web.HTTPSeeOther(address(production, code, BoardView.from_query(request.query)))


async def stills(request: web.Request) -> web.Response:
    """Start pictures of the production's other shots, a window at a time, to choose one of."""
    from farm.store.queries import stills as queries

    desk, named = desk_of(request), request.match_info
    production, code = named["production"], named["shot"]
    require(request, Action.RETAKE, production, code)
    after = request.query.get("after", "")[:MOST_CODE]
    shelf = await ask(queries.of_others, desk.store, production, code, after=after)
    return page(
        request, "stills.html", stills=shelf.stills, more=shelf.more, production=production,
        code=code, chosen="",
    )  # fmt: skip


async def lint(request: web.Request) -> web.Response:
    """What the lint says of a prompt, and what simplifying would leave of it."""
    named = request.match_info
    require(request, Action.RETAKE, named["production"], named["shot"])
    form = await texts(request)
    prompt = form.get("prompt", "")[:MOST_PROMPT]
    try:
        seconds = _wished(form, "seconds")
    except Refused:
        seconds = None  # while it is typed it is no number yet
    linted = await ask(lints.of_prompt, desk_of(request).settings, prompt, seconds)
    simpler = {level: words for level, words in linted.simplified.items() if words != prompt}
    return page(request, "lint.html", report=linted.report, text=prompt, simpler=simpler)


def _ordered(
    desk: Desk,
    production: str,
    code: str,
    sent: Form,
    path: str,
    who: str,
) -> None:
    """Raises `FarmError`, and `ShotRejected` for a picture that is none."""
    form = sent.texts
    picture = next((each for each in sent.files if each.field == "image"), None)
    level = _level(form)
    typed, before, why = form.get("prompt", ""), form.get("prompt_before", ""), reason(form)
    wishes = Wishes(
        prompt=None if _same(typed, before) else _wished(form, "prompt"),
        simplify=level,
        cfg=_guidance(form),
        seed=_wished(form, "seed"),
        seconds=_wished(form, "seconds"),
        negative=_negative(form),
        image=_picture(desk, production, form.get("still", ""), picture),
    )
    store = desk.store.once(once.intention(who, path, sent))
    with contextlib.suppress(Repeated):
        done = retakes.retake(
            desk.settings, store, production, [code], wishes,
            newest=whole(form, "newest"), known=known_review(form), who=who, why=why,
        )  # fmt: skip
        # To the second of two clicks the shot is not any more what was to be changed.
        if done.refused and not store.was_done:
            raise Refused(done.refused[0])


def _picture(desk: Desk, production: str, choice: str, sent: Sent | None) -> Path | None:
    """Another start picture: one that was sent, or one that the production has. Raises `Refused`."""
    from farm.shotlist.picture_folder import Keeper

    if sent and choice:
        raise Refused("two other start pictures: choose one of those shown, or send one")
    if choice:
        return known_stills.picture_of(
            desk.media, known_stills.chosen(desk.store, production, choice)
        )
    if sent is None:
        return None
    if desk.media.local(sent.name) is None:
        raise Refused(
            "this farm's media root is no folder; name another picture with `farm retake --image`"
        )
    return Keeper(desk.media).keep(sent.content, _suffix(sent.name))


def _suffix(name: str) -> str:
    """It says what kind of picture it is, and stands in a name of ours."""
    suffix = PurePath(name).suffix
    return suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", suffix) else ""


def _same(typed: str, before: str) -> bool:
    """Browsers send lines with other ends."""
    return not typed or typed.split() == before.split()


def _level(form: Mapping[str, str]) -> "Level | None":
    match form.get("simplify", ""):
        case "":
            return None
        case "L1" | "L2" | "L3" as level:
            return level
        case other:
            raise Refused(f"simplify: {other!r} is none of L1, L2, L3")


def _guidance(form: Mapping[str, str]) -> float | None:
    said = form.get("cfg", "")
    if not said:
        return None
    try:
        value = float(said)
    except ValueError:
        raise Refused(f"guidance: {said!r} is no number") from None
    if not 0 < value <= MOST_GUIDANCE:
        raise Refused(f"guidance: {said} is not above 0 and at most {MOST_GUIDANCE:g}")
    return value


def _negative(form: Mapping[str, str]) -> str | None:
    """What it must not show: nothing where that was emptied, as it was where nobody touched it.

    Raises `Refused`.
    """
    typed = form.get("negative", "")
    if typed.split() == form.get("negative_before", "").split():
        return None
    return _wished(form, "negative") or ""


def _wished(form: Mapping[str, str], field: str) -> Any:
    """A field as a shot list reads it; None where it is empty. Raises `Refused`."""
    from farm.shotlist import fields

    said = form.get(field, "")
    if not said:
        return None
    try:
        return getattr(fields, field)(said)
    except fields.Wrong as wrong:
        raise Refused(f"{field}: {wrong}") from wrong
