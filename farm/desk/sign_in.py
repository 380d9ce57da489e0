"""The way in and out: a page that takes a token out of its own address, for people and for clients.

A link is `/sign-in#TOKEN`, or `/c#TOKEN` for clients. What stands behind the # is sent to no server, so the
token is in no log, no `Referer`, and no preview of a chat; the page posts it in a body. Without script
people paste the link into the form.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from farm.desk import words
from farm.desk.forms import UNREADABLE
from farm.desk.policy import Login
from farm.desk.visitors import GUEST, PERSON, Visitor, Visitors
from farm.domain.roles import Outcome
from farm.operations.sign_in import SENTENCES, SignInRefused
from farm.operations.tokens import CLIENT, SIGN_IN

SIGN_OUT = "/sign-out"
PUBLIC = frozenset({SIGN_IN, CLIENT, SIGN_OUT, "/sign-in/{file}"})
"""Routes that nobody needs to be known for."""
LONGEST = 2000
"""Characters of a token or a link, and of an address to go on to."""
_HERE = Path(__file__).parent
_FILES = {"sign_in.js": "text/javascript", "sign_in.css": "text/css"}
_INSIDE = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")
"""An address on this desk: no other host, however a browser may read slashes."""
_PAGES = Environment(
    loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined
)
TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "language": "en",
        "title": "Sign in to the desk",
        "token": "Your link",
        "hint": "Paste the whole link that you were given; what counts stands behind the #.",
        "sign_in": "Sign in",
        "sign_out": "Sign out",
        "signed_in_as": "You are signed in as",
        **{outcome: f"{text[0].upper()}{text[1:]}." for outcome, text in SENTENCES.items()},
    },
    "zh": {
        "language": "zh-Hans",
        "title": "登录审片台",
        "token": "您的链接",
        "hint": "请粘贴您收到的完整链接；# 之后的部分才是登录凭证。",
        "sign_in": "登录",
        "sign_out": "退出",
        "signed_in_as": "当前登录身份：",
        Outcome.WRONG_TOKEN: "凭证不存在。请复制完整的链接，或索取新的链接。",
        Outcome.REVOKED: "此链接已被撤销。请向发送者索取新的链接。",
        Outcome.EXPIRED: "此链接已过期。请向发送者索取新的链接。",
        Outcome.TOO_MANY: "来自此地址的错误凭证过多。请几分钟后再试。",
    },
}


def add_routes(app: web.Application, visitors: Visitors, guest_home: str) -> None:
    """Puts the way in and out into an application; `guest_home` is a path with `{production}` in it."""
    entrance = _Entrance(visitors, guest_home)
    app.router.add_get(SIGN_IN, entrance.page)
    app.router.add_post(SIGN_IN, entrance.person)
    app.router.add_get(CLIENT, entrance.page)
    app.router.add_post(CLIENT, entrance.guest)
    app.router.add_post(SIGN_OUT, entrance.leave)
    app.router.add_get("/sign-in/{file}", _file)


def to_sign_in(request: web.Request) -> web.HTTPException:
    """For who is not known: the way to the page where they sign in, or a sentence where no page is asked
    for."""
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        return web.HTTPSeeOther(f"{SIGN_IN}?to={quote(request.path_qs, safe='/')}")
    return web.HTTPUnauthorized(text="you are not signed in, or no longer: sign in at /sign-in")


class _Entrance:
    def __init__(self, visitors: Visitors, guest_home: str) -> None:
        self._visitors = visitors
        self._guest_home = guest_home

    async def page(self, request: web.Request) -> web.Response:
        visitor = await self._visitors.of(request)
        to = _inside(request.query.get("to", ""))
        # Only then: who follows another's link while signed in wants to be that other.
        if visitor and to and "again" in request.query:
            return _lead(to)
        return _page(request, to=to, visitor=visitor)

    async def person(self, request: web.Request) -> web.StreamResponse:
        if self._visitors.policy.login is Login.PROXY:
            raise web.HTTPForbidden(
                text="people sign in at the proxy of this desk; come by its address"
            )
        return await self._come_in(request, PERSON)

    async def guest(self, request: web.Request) -> web.StreamResponse:
        return await self._come_in(request, GUEST)

    async def leave(self, request: web.Request) -> web.Response:
        response = _lead(SIGN_IN)
        self._visitors.sign_out(request, response)
        return response

    async def _come_in(self, request: web.Request, kind: str) -> web.StreamResponse:
        given = await _form(request)
        to = _inside(given.get("to", ""))
        token = given.get("token", "").rpartition("#")[2].strip()
        try:
            visitor, give = await self._visitors.sign_in(request, token, kind)
        except SignInRefused as refused:
            response = _page(request, to=to, refused=refused)
            if refused.outcome is Outcome.TOO_MANY:
                response.headers["Retry-After"] = str(self._visitors.wait(request))
            return response
        response = _lead(to or self._home(visitor))
        give(response)
        return response

    def _home(self, visitor: Visitor) -> str:
        if visitor.opening is None:
            return "/"
        return self._guest_home.format(production=quote(visitor.opening.production, safe=""))


async def _form(request: web.Request) -> dict[str, str]:
    """The fields of a form, each once. Raises what says that it is too large, or none."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType(text="send the fields of a form")
    try:
        body = (await request.read()).decode("utf-8", "replace")
    except UNREADABLE as error:
        raise web.HTTPBadRequest(text="what was sent cannot be read as a form") from error
    try:
        fields = parse_qs(body, max_num_fields=8)
    except ValueError as error:
        raise web.HTTPBadRequest(text="these are not the fields of a sign-in") from error
    return {name: values[0][:LONGEST] for name, values in fields.items()}


async def _file(request: web.Request) -> web.Response:
    name = request.match_info["file"]
    if name not in _FILES:
        raise web.HTTPNotFound(text="there is no such file")
    text = (_HERE / "static" / name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type=_FILES[name], charset="utf-8")


def _page(
    request: web.Request,
    *,
    to: str,
    visitor: Visitor | None = None,
    refused: SignInRefused | None = None,
) -> web.Response:
    text = TEXTS[words.preferred(request.headers.get("Accept-Language", ""))]
    values: dict[str, Any] = {
        "text": text,
        "action": request.path,
        "to": to,
        "visitor": visitor.name if visitor else "",
        "refusal": text[refused.outcome] if refused else "",
    }
    status = 200 if refused is None else 429 if refused.outcome is Outcome.TOO_MANY else 403
    page = _PAGES.get_template("sign_in.html").render(values)
    return web.Response(text=page, status=status, content_type="text/html", charset="utf-8")


def _lead(to: str) -> web.Response:
    """To another page, by GET; what is no ASCII in its address is escaped."""
    return web.Response(status=303, headers={"Location": quote(to, safe="/?#=&%:;,+@!$'()*~[]")})


def _inside(to: str) -> str:
    """An address on this desk as it is; nothing where it leads anywhere else."""
    return to if len(to) <= LONGEST and _INSIDE.fullmatch(to) else ""
