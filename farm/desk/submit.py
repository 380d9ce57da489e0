"""Handing in: a list is dropped with its pictures and looked at; nothing is taken in before the button."""

import asyncio
import itertools
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from farm.desk import once, uploads
from farm.desk.access import require
from farm.desk.forms import Form, form_of, heavily, texts
from farm.desk.places import DESK, Desk, desk_of
from farm.desk.rendering import page
from farm.desk.uploads import Upload
from farm.domain.changes import Asked
from farm.domain.roles import Action
from farm.errors import FarmError, Refused
from farm.wording import changes

if TYPE_CHECKING:
    from farm.operations.lint import Linted
    from farm.operations.submit import Submission

KEPT = 3600.0
"""Seconds for which a list that was looked at may be handed in."""
MOST_PENDING = 20
"""Lists that one desk keeps which were looked at; the oldest goes for another."""
MOST_SENT = uploads.MOST_BYTES + 1024 * 1024
"""Bytes of a form: its files, and what stands between them."""
GONE = "this list is no longer at hand; drop it again"
MOST_SHOWN = 500
"""Rows that a page shows of each table."""


_CAME = itertools.count()


@dataclass(slots=True, eq=False)
class Pending:
    """A list that was looked at."""

    upload: Upload
    production: str
    who: str
    at: float
    form: str
    """The key of the form that brought it; empty where it has none."""
    came: int
    """Which of the forms that came it was."""
    turn: threading.Lock = field(default_factory=threading.Lock)
    """Held by who hands it in."""
    clicks: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Of two clicks the second waits here, in none of the threads, and is led where the first was."""
    taken: tuple[Asked, bool] | None = None
    """As what it was handed in, and whether as drafts, once it was."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a page shows of one."""

    key: str
    production: str
    submission: "Submission"
    linted: "Mapping[str, Linted]"
    """By the code of the shot."""
    rows: Sequence[tuple[str, str, str, str]]
    """Shot, field, before and after, what comes of it."""
    folder: str
    """Where its files lie meanwhile: no part of what people call them."""


async def form(request: web.Request) -> web.Response:
    """The page on which lists are dropped."""
    require(request, Action.SUBMIT)
    return _page(request, production=request.query.get("production", ""))


async def check(request: web.Request) -> web.Response:
    """Looks at a list: what is wrong, what would be new, what would change."""
    desk, came = desk_of(request), next(_CAME)
    who = require(request, Action.SUBMIT).name
    production = ""
    try:
        with await form_of(request, MOST_SENT, uploads.MOST_FILES + 10) as sent:
            production = sent.texts.get("production", "")
            if not sent.files:
                raise Refused("no file was sent")
            looked = await heavily(_looked, desk, production, sent, who, came)
    except web.HTTPRequestEntityTooLarge:
        return _page(request, status=413, production=production, refusal=uploads.TOO_MUCH)
    except FarmError as refusal:
        return _page(request, status=409, production=production, refusal=str(refusal))
    return _page(request, production=production, looked=looked)


async def take_in(request: web.Request) -> web.Response:
    """Takes in a list that was looked at, with what was ticked."""
    desk, who = desk_of(request), require(request, Action.SUBMIT).name
    data = await texts(request)
    asked = Asked(
        update="update" in data, reopen="reopen" in data, omit_missing="omit_missing" in data
    )
    try:
        pending = _pending(desk, data.get("key", ""), who)
        async with pending.clicks:
            production = await heavily(_taken_in, desk, pending, asked, who, draft="draft" in data)
    except FarmError as refusal:
        return _page(request, status=409, refusal=str(refusal))
    raise web.HTTPSeeOther(f"/p/{quote(production, safe='')}")


def _page(
    request: web.Request,
    *,
    status: int = 200,
    production: str = "",
    refusal: str = "",
    looked: Looked | None = None,
) -> web.Response:
    return page(
        request, "submit.html", status=status, production=production, refusal=refusal,
        looked=looked, shown=MOST_SHOWN, most_size=f"{uploads.MOST_BYTES >> 20} MB",
        most_files=uploads.MOST_FILES,
    )  # fmt: skip


def _looked(desk: Desk, production: str, sent: Form, who: str, came: int) -> Looked:
    """Raises `FarmError`."""
    from farm.operations import lint, submit
    from farm.operations.workspace import source_of

    submit.check_name(production)
    _forget_old(desk)
    upload = uploads.lay(desk.media, sent.files)
    folder = f"{upload.folder.resolve()}/"  # as pictures are opened
    try:
        source = source_of(desk.settings, None, None)
        found = submit.submit(
            desk.settings, desk.store, upload.shotlist, production, source,
            asked=Asked(update=True), who=who, dry_run=True,
        )  # fmt: skip
        linted = lint.of_list(desk.settings, upload.shotlist, source)
    except FarmError as refusal:
        uploads.remove(desk.media, upload)
        raise Refused(str(refusal).replace(folder, "")) from refusal
    form = sent.texts.get(once.FIELD, "")
    desk.pending[upload.key] = Pending(upload, production, who, time.monotonic(), form, came)
    _forget_others(desk, who, form)
    return Looked(
        key=upload.key,
        production=production,
        submission=found,
        linted={each.shot: each for each in linted.shots if each.shot},
        rows=[*changes.rows(found.intake, production)],
        folder=folder,
    )


def _pending(desk: Desk, key: str, who: str) -> Pending:
    """Raises `Refused`."""
    pending = desk.pending.get(key)
    if pending is None or pending.who != who:
        raise Refused(GONE)
    return pending


def _taken_in(desk: Desk, pending: Pending, asked: Asked, who: str, *, draft: bool) -> str:
    """The production that the list went to. Raises `FarmError`."""
    from farm.operations import submit
    from farm.operations.workspace import source_of

    source = source_of(desk.settings, None, None, desk.media)
    with pending.turn:
        if pending.taken == (asked, draft):
            return pending.production
        if pending.taken or desk.pending.get(pending.upload.key) is not pending:
            raise Refused(GONE)
        with uploads.handed_in(desk.media, pending.upload) as shotlist:
            submit.submit(
                desk.settings,
                desk.store,
                shotlist,
                pending.production,
                source,
                asked=asked,
                who=who,
                draft=draft,
            )
        pending.taken = asked, draft
    return pending.production


async def forgotten(app: web.Application) -> None:
    """What nobody handed in goes with the desk."""
    for key in [*app[DESK].pending]:
        _forget(app[DESK], key)


def _forget_old(desk: Desk) -> None:
    now = time.monotonic()
    kept = [*desk.pending.items()]
    for place, (key, pending) in enumerate(kept):
        is_one_too_many = place <= len(kept) - MOST_PENDING
        if is_one_too_many or now - pending.at > KEPT:
            _forget(desk, key)


def _forget_others(desk: Desk, who: str, form: str) -> None:
    """Of a form that came twice the last one stays: a browser shows what came of that."""
    same = [
        each for each in [*desk.pending.values()] if form and (each.form, each.who) == (form, who)
    ]
    for each in sorted(same, key=lambda pending: pending.came)[:-1]:
        _forget(desk, each.upload.key)


def _forget(desk: Desk, key: str) -> None:
    """Forgets a list, and takes it away where nobody handed it in, nor does so now."""
    pending = desk.pending.get(key)
    if pending is None or not pending.turn.acquire(blocking=False):
        return
    try:
        if desk.pending.pop(key, None) and not pending.taken:
            uploads.remove(desk.media, pending.upload)
    finally:
        pending.turn.release()
