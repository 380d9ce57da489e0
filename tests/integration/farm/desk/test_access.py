"""Nobody comes to the desk by another host, another site's page, or what they are not allowed."""

from dataclasses import replace

import pytest

from farm.domain.roles import Action, Role, may
from tests.integration.farm.desk.conftest import OPEN, TOKENS, Desk, Play

WANTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": "shotfarm",
}


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/sign-in", 200), ("/nothing", 404), ("/broken", 500), ("/stream", 200)],
)
def test_every_answer_has_its_headers(
    play: Play, path: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(desk: Desk) -> None:
        answer = await desk.get(path)
        assert answer.status == status
        assert {name: answer.headers.get(name) for name in WANTED} == WANTED
        rules = answer.headers["Content-Security-Policy"]
        assert rules.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in rules
        assert "http" not in rules

    play(story, OPEN)
    assert ("a page fell over" in caplog.text) == (status == 500)


def test_a_refusal_has_its_headers_too_and_a_page_may_say_how_long_it_is_kept(play: Play) -> None:
    async def story(desk: Desk) -> None:
        for answer in (await desk.get("/", Host="evil.example"), await desk.post("/", Origin="x")):
            assert {name: answer.headers.get(name) for name in WANTED} == WANTED
        kept = await desk.get("/style.css")
        assert (kept.status, kept.headers["Cache-Control"]) == (200, "public, max-age=60")

    play(story)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "evil.example:8400", "127.0.0.1.evil.example", "localhost.evil.example:80",
        "127.0.0.2", "192.168.0.1:8400", "[::2]", "::1", "[127.0.0.1]", "localhost:99999", "a@localhost",
        "localhost:8400:8400", "localhost/", "localhost,evil.example", "0.0.0.0", "",
    ],
)  # fmt: skip
def test_a_host_that_is_not_the_desks_is_refused(play: Play, host: str) -> None:
    async def story(desk: Desk) -> None:
        for path in ("/", "/sign-in", "/style.css"):
            answer = await desk.get(path, Host=host)
            assert answer.status == 403
            assert "does not answer to" in await answer.text()

    play(story, OPEN)


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:1", "localhost.", "127.0.0.1:8400", "[::1]", "[0:0:0:0:0:0:0:1]:8"],
)
def test_the_desks_own_names_are_answered_with_any_port(play: Play, host: str) -> None:
    async def story(desk: Desk) -> None:
        assert (await desk.get("/", Host=host)).status == 200

    play(story, OPEN)


def test_a_desk_on_all_addresses_answers_to_digits_and_to_no_strange_name(play: Play) -> None:
    async def story(desk: Desk) -> None:
        assert (await desk.get("/", Host="192.168.0.7:8400")).status == 200
        assert (await desk.get("/", Host="rebound.example:8400")).status == 403

    play(story, replace(OPEN, any_address=True))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "same-site"},  # another port of this host: Ray's dashboard, a notebook
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "", "Origin": "http://127.0.0.1:8265"},
        {"Sec_Fetch_Site": "", "Origin": "https://{own}"},
        {"Sec_Fetch_Site": "", "Origin": "http://{own}.evil.example"},
        {"Sec_Fetch_Site": "", "Origin": "null"},
        {"Sec_Fetch_Site": "", "Referer": "http://{own}/"},
        {"Sec_Fetch_Site": ""},
        {"Sec_Fetch_Site": "cross-site", "Origin": "http://{own}"},
    ],
)
def test_a_change_that_another_site_asks_for_is_refused(
    play: Play, headers: dict[str, str]
) -> None:
    async def story(desk: Desk) -> None:
        own = f"127.0.0.1:{desk.browser.port}"
        sent = {name: value.format(own=own) for name, value in headers.items()}
        for path in ("/productions/ads/APPROVE", "/sign-in", "/sign-out"):
            answer = await desk.post(path, None, **sent)
            assert answer.status == 403
            assert "nothing was changed" in await answer.text()
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS"):
            answer = await desk.browser.request(method, "/productions/ads/APPROVE")
            assert answer.status == 403

    play(story, OPEN)


def test_the_desks_own_page_changes_things_with_and_without_fetch_metadata(play: Play) -> None:
    async def story(desk: Desk) -> None:
        own = f"http://127.0.0.1:{desk.browser.port}"
        assert (await desk.post("/productions/ads/APPROVE")).status == 200
        answer = await desk.post("/productions/ads/APPROVE", Sec_Fetch_Site="", Origin=own)
        assert (answer.status, await answer.text()) == (200, "root: 0 bytes")

    play(story, OPEN)


@pytest.mark.parametrize("role", Role)
def test_each_role_does_what_it_may_and_hears_what_it_may_not(play: Play, role: Role) -> None:
    async def story(desk: Desk) -> None:
        await desk.sign_in(desk.add("anna", role))
        for action in Action:
            answer = await desk.post(f"/productions/ads/{action.name}")
            assert answer.status == (200 if may(role, action) else 403)
            if answer.status == 403:
                assert f"anna is {role} here and may not {action}" in await answer.text()

    play(story)


def test_a_link_opens_its_production_and_no_other(play: Play) -> None:
    async def story(desk: Desk) -> None:
        came = await desk.sign_in(desk.open("ads"), "/c")
        assert (came.status, came.headers["Location"]) == (303, "/productions/ads")
        assert await (await desk.get("/productions/ads")).text() == "Nike (link 1)"
        assert (await desk.get("/productions/ads/sh010/1")).status == 200
        for path in ("/productions/film", "/productions/film/sh010/1", "/productions/none", "/"):
            answer = await desk.get(path)
            assert answer.status == 403
            assert "opens its own production" in await answer.text()

    play(story)


def test_a_link_to_chosen_takes_shows_those_and_decides_nothing(play: Play) -> None:
    async def story(desk: Desk) -> None:
        await desk.sign_in(desk.open("ads", ("sh010", 1), comment=True), "/c")
        assert (await desk.get("/productions/ads/sh010/1")).status == 200
        assert (await desk.get("/productions/ads/sh020/1")).status == 403
        allowed = {
            action
            for action in Action
            if (await desk.post(f"/productions/ads/{action.name}")).status == 200
        }
        assert allowed == {Action.LOOK, Action.COMMENT}
        assert (await desk.post("/productions/film/COMMENT")).status == 403

    play(story)


def test_a_page_that_forgot_to_ask_shows_guests_nothing(play: Play) -> None:
    async def story(desk: Desk) -> None:
        assert (await desk.get("/forgotten")).status == 401
        await desk.sign_in(desk.open("ads"), "/c")
        assert (await desk.get("/forgotten")).status == 403
        await desk.sign_in(desk.add("anna", Role.PRODUCER))
        assert (await desk.get("/forgotten")).status == 200

    play(story)


def test_bodies_have_an_end(play: Play) -> None:
    async def story(desk: Desk) -> None:
        whole = await desk.post("/productions/ads/COMMENT", {"text": "x" * 60_000})
        assert whole.status == 200
        assert (await desk.post("/productions/ads/COMMENT", {"text": "x" * 66_000})).status == 413
        assert (await desk.sign_in("x" * 66_000)).status == 413

    play(story, OPEN)


def test_nobody_is_known_before_they_sign_in(play: Play) -> None:
    async def story(desk: Desk) -> None:
        page = await desk.get("/productions/ads?state=x y&z=1", Accept="text/html")
        assert page.status == 303
        assert page.headers["Location"] == ("/sign-in?to=/productions/ads?state%3Dx%2By%26z%3D1")
        assert (await desk.get("/productions/ads", Accept="*/*")).status == 401
        assert (await desk.get("/nothing")).status == 401, "nobody counts routes from outside"
        assert (await desk.post("/productions/ads/APPROVE")).status == 401

    play(story, TOKENS)
