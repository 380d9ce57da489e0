"""Templates: how a page is filled in, in the language of whoever reads it."""

import datetime as dt
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from aiohttp import web

from farm import __version__
from farm.desk import once, words
from farm.desk.places import desk_of
from farm.desk.policy import Login
from farm.desk.visitors import VISITOR, VISITORS
from farm.domain.events import Event
from farm.domain.forecast import in_words
from farm.domain.roles import Action
from farm.operations.known_stills import choice
from farm.wording import chinese_events, events, translated
from farm.wording.amounts import size

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
LANGUAGE_COOKIE = "desk_language"
THEME_COOKIE = "desk_theme"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "choice": choice,
        "hours": _hours,
        "size": size,
        "path": partial(quote, safe=""),
        "done": in_words,
        "combined": lambda values, name, value: {**values, name: value},
    }
    made.globals |= {"version": __version__, "query": _query, "form_key": once.new_key}
    return made


def language_of(request: web.Request) -> str:
    """The language of a page: as was chosen on one, else as the browser asks."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in words.LANGUAGES:
        return chosen
    return words.preferred(request.headers.get("Accept-Language", ""))


def page(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:
    """A page, or a part of one, as a response."""
    return web.Response(
        text=rendered(request, template, **values), status=status, content_type="text/html"
    )


def rendered(request: web.Request, template: str, **values: Any) -> str:
    """The text of a page."""
    language = language_of(request)
    theme = request.cookies.get(THEME_COOKIE)
    visitor = request.get(VISITOR)
    opened = visitor.opening.production if visitor and visitor.opening else ""
    return (
        _environment()
        .get_template(template)
        .render(
            values,
            t=partial(words.text, language),
            miss_words=partial(words.miss, language),
            said=partial(translated.said, language),
            shows=partial(_shows, language),
            told=partial(_told, language),
            clock=partial(_clock, language),
            language=language,
            theme=theme if theme in ("dark", "light") else "",
            visitor=visitor,
            # A guest has one production and no page above it.
            home=f"/p/{quote(opened, safe='')}" if opened else "/",
            home_name=opened or words.text(language, "productions"),
            Action=Action,
            news=desk_of(request).newest,
            signs=_signs(request),
            here=request.path_qs,
            done=request.query.get("done", ""),
            place=request.path,
        )
    )


def _signs(request: web.Request) -> bool:
    """Whether people sign in and out here."""
    visitors = request.app.get(VISITORS)
    return visitors is not None and visitors.policy.login is Login.TOKENS


def _query(values: Mapping[str, Any]) -> str:
    """`?name=value`, or nothing."""
    named = {name: value for name, value in values.items() if value not in ("", None)}
    return f"?{urlencode(named)}" if named else ""


def _clock(language: str, at: dt.datetime | None) -> str:
    if at is None:
        return ""
    here = at.astimezone()
    if language == "zh":
        return f"{here.month}月{here.day}日 {here:%H:%M}"
    return here.strftime("%d %b %H:%M")


def _told(language: str, event: Event) -> str:
    return chinese_events.sentence(event) if language == "zh" else events.sentence(event)


def _shows(language: str, coverage: object) -> str:
    return translated.coverage(str(coverage)) if language == "zh" else str(coverage)


def _hours(seconds: float) -> str:
    """`0.4`, `12`."""
    hours = seconds / 3600
    return f"{hours:.1f}" if hours < 10 else f"{hours:,.0f}"
