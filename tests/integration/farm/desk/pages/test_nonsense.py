"""Whatever stands in path, query, form and headers of any route, the desk answers, and never with 500."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from farm.config import Settings
from farm.domain.lifecycle import ReviewStatus
from farm.operations.workspace import media_of
from farm.store import Store, open_store
from tests.integration.farm.desk.pages.conftest import pages, play_farm

TEXTS = st.one_of(
    st.sampled_from(
        ["", "1", "0", "-1", "9" * 30, "9" * 5000, "1e999", "nan", "\0", "a\0b", "\x1b", "\u202e", "镜头",
         "\udcff", "\ud800", "x" * 3000, "../..", "%00", "%", "'", '"', "<script>", "[[[0,0]]]",
         "[", "sh010", "ads", "approve", "3 accepted sh010", "٣", "𝟗", "1_0"]
    ),
    st.text(max_size=20),
)  # fmt: skip
FIELDS = ["action", "take", "newest", "known", "why", "next", "shot", "seen", "priority", "prompt",
          "negative", "negative_before", "still",
          "prompt_before", "simplify", "cfg", "seed", "seconds", "image", "text", "frame",
          "mark", "key",
          "production", "files", "update", "token", "to"]  # fmt: skip
USUAL = {
    "action": ["approve", "reject", "hold", "release", "omit", "cancel", "priority", "retake"],
    "known": [each.value for each in ReviewStatus],
    "newest": ["1", "2"],
    "take": ["1", "2"],
    "shot": ["sh010", "sh020", "none"],
    "simplify": ["L1", "L2", "L3"],
    "still": ["t1 sh010", "a1 sh020", "t9 none"],
}
PLACES = {"production": ["ads", "film", "none"], "shot": ["sh010", "sh020", "sh050", "sh060", "none"],
          "take": ["1", "2", "9"], "comment": ["1", "9"], "number": ["1", "9"],
          "file": ["sign_in.js", "none"]}  # fmt: skip
QUERIES = ["state", "text", "miss", "person", "sort", "offset", "code", "done", "production", "small", "to",
           "archived", "after"]  # fmt: skip


@dataclass(frozen=True)
class Request:
    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _escaped(text: str, draw: st.DrawFn) -> bytes:
    raw = _bytes(text)
    if draw(st.integers(0, 9)) == 0:  # as no browser sends it
        return re.sub(rb"[\x00-\x20\x7f?#]", b"", raw)
    return quote_from_bytes(raw, safe="").encode()


@st.composite
def requests(draw: st.DrawFn, routes: list[tuple[str, str]]) -> Request:
    method, pattern = draw(st.sampled_from(routes))
    if draw(st.integers(0, 9)) == 0:
        method = draw(st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]))

    def place(found: re.Match[str]) -> str:
        usual = st.sampled_from(PLACES[found[1]])
        value = draw(st.one_of(usual, usual, usual, TEXTS))
        return _escaped(value, draw).decode("latin-1")

    target = re.sub(r"{(\w+)[^}]*}", place, pattern).encode("latin-1")
    pairs = draw(st.lists(st.tuples(st.sampled_from(QUERIES), TEXTS), max_size=3))
    query = b"&".join(name.encode() + b"=" + _escaped(value, draw) for name, value in pairs)
    fields = [
        (name, draw(st.one_of(st.sampled_from(USUAL.get(name, ["1"])), TEXTS)))
        for name in draw(st.lists(st.sampled_from(FIELDS), max_size=5))
    ]
    kind, body = draw(bodies(fields))
    headers = [(b"Content-Type", kind)]
    for name in draw(st.lists(st.sampled_from(
        ["Accept-Language", "Cookie", "Range", "If-None-Match", "If-Modified-Since", "If-Range", "Accept",
         "X-Forwarded-Proto", "Content-Encoding", "Origin"]), max_size=2)):  # fmt: skip
        value = draw(st.one_of(TEXTS, st.sampled_from(
            ["bytes=0-", "bytes=9-1", "zh;q=2", "desk_language=zh", "gzip", "*/*"])))  # fmt: skip
        headers.append((name.encode(), re.sub(rb"[\x00-\x1f\x7f]", b"", _bytes(value))))
    return Request(method, (target + (b"?" + query if query else b""))[:4000], tuple(headers), body)


@st.composite
def bodies(draw: st.DrawFn, fields: list[tuple[str, str]]) -> tuple[bytes, bytes]:
    way = draw(st.sampled_from(["form", "form", "files", "files", "broken", "charset", "other"]))
    form = b"&".join(
        name.encode() + b"=" + quote_from_bytes(_bytes(value)).encode() for name, value in fields
    )
    if way == "form":
        return b"application/x-www-form-urlencoded", form
    if way == "charset":
        name = draw(st.sampled_from(
            ["utf-16", "utf-7", "none", "unicode_escape", "idna", "base64", "cp037", "\x80"]))  # fmt: skip
        raw = form + draw(st.sampled_from([b"", b"&text=\\ud800", b"&why=\\x00", b"\xff\xfe"]))
        return b"application/x-www-form-urlencoded; charset=" + name.encode("latin-1"), raw
    if way == "other":
        kind = draw(st.sampled_from([b"application/json", b"", b"text/plain", b"multipart/mixed", b";;",
                                     b"multipart/form-data"]))  # fmt: skip
        return kind, form
    parts = [_part(draw, name, value) for name, value in fields]
    body = b"".join(b"--b\r\n" + each + b"\r\n" for each in parts) + b"--b--\r\n"
    if way == "broken":
        body = body[: draw(st.integers(0, len(body)))]
    return b"multipart/form-data; boundary=b", body


def _part(draw: st.DrawFn, name: str, value: str) -> bytes:
    file = draw(st.one_of(st.none(), st.sampled_from(
        ["a.png", "list.csv", "a.zip", "../a.csv", "a\\b.csv", "镜头.csv", "x" * 300, ""])))  # fmt: skip
    head = f'Content-Disposition: form-data; name="{name}"' + (
        "" if file is None else f'; filename="{file}"'
    )
    more = draw(st.sampled_from(
        ["", "\r\nContent-Type: text/plain; charset=none", "\r\nContent-Type: application/octet-stream",
         "\r\nContent-Transfer-Encoding: base64", "\r\nContent-Transfer-Encoding: x",
         "\r\nContent-Encoding: gzip", "\r\nContent-Type: multipart/mixed; boundary=c"]))  # fmt: skip
    return (head + more).encode() + b"\r\n\r\n" + _bytes(value)


@pytest.fixture(params=["sqlite", "postgresql"])
def played(
    request: pytest.FixtureRequest, place: Path, settings: Settings
) -> Iterator[tuple[Settings, Store]]:
    """The farm that was played, on both kinds of database."""
    if request.param == "sqlite":
        store = open_store(settings.database)
        yield settings, store
        store.close()
        return
    template = request.getfixturevalue("migrated")
    with request.getfixturevalue("postgresql").database(template) as url:
        store = open_store(url)
        play_farm(store, media_of(settings))
        yield settings.model_copy(update={"database": url}), store
        store.close()


# What aiohttp's own parser leaves open of a form that breaks off, the collector closes.
@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionHeader")
@pytest.mark.filterwarnings("ignore::aiohttp.BadContentDispositionParam")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_request_makes_a_page_fall_over(
    played: tuple[Settings, Store], caplog: pytest.LogCaptureFixture
) -> None:
    with asyncio.Runner() as runner:
        desk: Any = pages(*played)
        found = runner.run(desk.__aenter__())
        app = found.browser.app
        routes = sorted(
            {
                (each.method, each.resource.canonical)
                for each in app.router.routes()
                if each.resource is not None and each.resource.canonical != "/live"
            }
        )
        assert len(routes) > 20

        @settings(
            max_examples=150,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            derandomize=True,
        )
        @given(requests(routes))
        def knock(asked: Request) -> None:
            status = runner.run(_answer(found.browser.port, asked))
            assert 200 <= status < 500, (status, asked, caplog.text[-3000:])

        try:
            knock()
        finally:
            runner.run(desk.__aexit__(None, None, None))


async def _answer(port: int, asked: Request) -> int:
    """By hand: no client lets such headers and addresses out."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = [
        asked.method.encode() + b" " + asked.target + b" HTTP/1.1",
        b"Host: 127.0.0.1:" + str(port).encode(),
        b"Sec-Fetch-Site: same-origin",
        b"Connection: close",
        b"Content-Length: " + str(len(asked.body)).encode(),
        *(name + b": " + value for name, value in asked.headers),
    ]
    writer.write(b"\r\n".join(head) + b"\r\n\r\n" + asked.body)
    status = await reader.readline()
    await reader.read()
    writer.close()
    await writer.wait_closed()
    return int(status.split()[1])
