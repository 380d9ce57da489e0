"""A proxy's word counts where it comes from the proxy, and an open desk is for nobody whom one brings."""

import asyncio
from dataclasses import replace

import pytest

from farm.desk.sessions import LOOKED_AT
from farm.domain.roles import Role
from farm.operations import people
from farm.store import sign_ins
from tests.integration.farm.desk.conftest import OPEN, PROXY, TOKENS, Desk, Play


def test_over_https_the_cookie_is_for_https_alone(play: Play) -> None:
    async def story(desk: Desk) -> None:
        came = await desk.sign_in(desk.add("anna", Role.REVIEWER), X_Forwarded_Proto="https")
        [cookie] = came.headers.getall("Set-Cookie")
        assert cookie.startswith("__Host-desk_person=")
        assert "Secure" in cookie.split("; ")

    play(story, replace(PROXY, login=TOKENS.login))


def test_a_proxys_word_counts_from_its_address_and_with_the_role_that_is_kept_here(
    play: Play,
) -> None:
    async def story(desk: Desk) -> None:
        desk.add("anna", Role.PRODUCER)
        named = {"X_Forwarded_User": "anna"}
        assert await (await desk.get("/", **named)).text() == "anna"
        assert (await desk.post("/productions/ads/APPROVE", None, **named)).status == 403
        unknown = await desk.get("/", X_Forwarded_User="bo")
        assert (unknown.status, "`farm user add`" in await unknown.text()) == (403, True)
        assert (await desk.get("/")).status == 403
        people.revoke(desk.store, "anna")
        desk.clock.now += LOOKED_AT
        assert (await desk.get("/", **named)).status == 403

    play(story, PROXY)


def test_a_header_from_an_untrusted_address_is_nobodys_word(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.add("anna", Role.OPERATOR)
        answer = await desk.get("/", X_Forwarded_User="anna", X_Forwarded_For="127.0.0.1")
        assert answer.status == 403
        assert "from a proxy" in await answer.text()
        assert (await desk.post("/sign-in", {"token": "x"}, X_Forwarded_User="anna")).status == 403

    play(story, replace(PROXY, trusted=()))


def test_two_names_in_a_proxys_headers_are_none(play: Play) -> None:
    async def story(desk: Desk) -> None:
        desk.add("anna", Role.OPERATOR)
        headers = [("X-Forwarded-User", "anna"), ("X-Forwarded-User", "anna")]
        answer = await desk.browser.get("/", headers=headers)
        assert answer.status == 403

    play(story, PROXY)


@pytest.mark.parametrize("name", [b"\xff\xfe", b"an\x01na", "anna\u2028".encode(), b"x" * 900])
def test_a_proxy_that_sends_nonsense_is_told_so(play: Play, name: bytes) -> None:
    async def story(desk: Desk) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", desk.browser.port)
        writer.write(
            b"GET / HTTP/1.0\r\nHost: localhost\r\nX-Forwarded-User: " + name + b"\r\n\r\n"
        )
        status = await reader.readline()
        writer.close()
        assert status.split()[1] in (b"403", b"400")

    play(story, PROXY)


def test_guests_come_through_a_proxy_by_their_link(play: Play) -> None:
    async def story(desk: Desk) -> None:
        await desk.sign_in(desk.open("ads"), "/c")
        assert (await desk.get("/productions/ads")).status == 200
        assert (await desk.get("/productions/film")).status == 403

    play(story, PROXY)


@pytest.mark.parametrize("header", ["X_Forwarded_For", "Forwarded", "Via"])
def test_an_open_desk_takes_nobody_whom_a_proxy_brings(play: Play, header: str) -> None:
    async def story(desk: Desk) -> None:
        assert await (await desk.get("/")).text() == "root"
        answer = await desk.get("/", **{header: "10.0.0.9"})
        assert (answer.status, "desk_trusted_proxies" in await answer.text()) == (403, True)

    play(story, OPEN)


def test_the_log_has_the_address_that_a_trusted_proxy_tells(play: Play) -> None:
    async def story(desk: Desk) -> None:
        told = "6.6.6.6, 10.0.0.9, 127.0.0.3"
        await desk.sign_in("wrong", X_Forwarded_For=told)
        await desk.sign_in("wrong", X_Forwarded_For="nonsense\x01"[:8])
        addresses = [each.address for each in sign_ins.newest(desk.store, 9)]
        assert addresses == ["127.0.0.1", "10.0.0.9"]

    play(story, replace(PROXY, login=TOKENS.login))
