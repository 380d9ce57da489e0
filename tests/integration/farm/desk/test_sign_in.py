"""People and guests come in by their tokens, stay while those count, and leave nothing in a log."""

import logging

import pytest

from farm.desk.sessions import LASTS, LOOKED_AT
from farm.desk.wrong_tokens import MOST, WITHIN
from farm.domain.roles import Outcome, Role
from farm.errors import StoreError
from farm.operations import client_links, people, tokens
from farm.store import client_links as rows_of_links
from farm.store import people as rows_of_people
from farm.store import sign_ins
from tests.integration.farm.desk.conftest import OPEN, Desk, Play
from tests.integration.farm.store.conftest import say


def test_a_token_gives_a_cookie_that_no_script_and_no_other_site_gets(play: Play) -> None:
    async def story(desk: Desk) -> None:
        token = desk.add("anna", Role.REVIEWER)
        came = await desk.sign_in(token)
        assert (came.status, came.headers["Location"]) == (303, "/")
        [(name, cookie)] = desk.cookies().items()
        assert name == f"desk_{desk.browser.port}_person"
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
        assert (cookie["max-age"], cookie["secure"]) == ("43200", "")
        assert cookie.value not in (token, tokens.digest(token))
        assert await (await desk.get("/")).text() == "anna"

    play(story)


def test_a_whole_link_that_is_pasted_counts_as_its_token(play: Play) -> None:
    async def story(desk: Desk) -> None:
        token = desk.add("anna", Role.REVIEWER)
        assert (await desk.sign_in(f" http://127.0.0.1:8400/sign-in#{token}\n")).status == 303

    play(story)


def test_forged_and_foreign_cookies_are_nobodys(play: Play) -> None:
    async def story(desk: Desk) -> None:
        token = desk.add("anna", Role.OPERATOR)
        await desk.sign_in(token)
        [(name, cookie)] = desk.cookies().items()
        guest = name.replace("person", "guest")
        desk.browser.session.cookie_jar.clear()
        forged = [
            f"{name}={value}"
            for value in (
                token,
                tokens.digest(token),
                tokens.digest(cookie.value),
                "anna",
                "",
                "é" * 9,
            )
        ]
        for each in [*forged, f"{guest}={cookie.value}", f"session={cookie.value}", "=", "a=b;;=;"]:
            assert (await desk.get("/", Cookie=each)).status == 401, each
        assert (await desk.get("/", Cookie=f"{name}={cookie.value}")).status == 200

    play(story)


def test_a_session_ends_after_twelve_hours(play: Play) -> None:
    async def story(desk: Desk) -> None:
        await desk.sign_in(desk.add("anna", Role.REVIEWER))
        desk.clock.now += LASTS - 1
        assert (await desk.get("/")).status == 200
        desk.clock.now += 1
        assert (await desk.get("/")).status == 401

    play(story)


def test_a_revoked_person_is_out_within_seconds(play: Play) -> None:
    async def story(desk: Desk) -> None:
        token = desk.add("anna", Role.REVIEWER)
        await desk.sign_in(token)
        people.revoke(desk.store, "anna")
        desk.clock.now += LOOKED_AT
        assert (await desk.get("/")).status == 401
        again = await desk.sign_in(token)
        assert again.status == 403
        assert "This link was revoked" in await again.text()
        desk.add("anna", Role.OPERATOR)
        assert (await desk.get("/")).status == 401, "a new token is no word for the old one"

    play(story)


def test_a_revoked_link_and_one_that_expires_put_their_guests_out(play: Play) -> None:
    async def story(desk: Desk) -> None:
        token = desk.open("ads")
        await desk.sign_in(token, "/c")
        client_links.revoke(desk.store, 1)
        desk.clock.now += LOOKED_AT
        assert (await desk.get("/productions/ads")).status == 401
        assert "revoked" in await (await desk.sign_in(token, "/c")).text()

        token = desk.open("ads")
        await desk.sign_in(token, "/c")
        say(desk.store, "UPDATE client_links SET expires_at = made_at WHERE id = 2")
        desk.clock.now += LOOKED_AT
        assert (await desk.get("/productions/ads")).status == 401
        refused = await desk.sign_in(token, "/c", Accept_Language="zh-CN,zh;q=0.9,en;q=0.8")
        assert (refused.status, "此链接已过期" in await refused.text()) == (403, True)

    play(story)


def test_who_signs_out_is_out_though_the_cookie_were_kept(play: Play) -> None:
    async def story(desk: Desk) -> None:
        await desk.sign_in(desk.add("anna", Role.REVIEWER))
        [(name, cookie)] = desk.cookies().items()
        left = await desk.post("/sign-out")
        assert (left.status, left.headers["Location"]) == (303, "/sign-in")
        assert desk.cookies() == {}
        assert (await desk.get("/", Cookie=f"{name}={cookie.value}")).status == 401

    play(story)


def test_who_signs_in_again_leaves_no_session_behind(play: Play) -> None:
    async def story(desk: Desk) -> None:
        token = desk.add("anna", Role.REVIEWER)
        await desk.sign_in(token)
        [(name, first)] = desk.cookies().items()
        await desk.sign_in(token)
        desk.browser.session.cookie_jar.clear()
        assert (await desk.get("/", Cookie=f"{name}={first.value}")).status == 401

    play(story)


def test_a_flood_of_wrong_tokens_is_looked_at_ten_times(play: Play) -> None:
    async def story(desk: Desk) -> None:
        right = desk.add("anna", Role.REVIEWER)
        answers = [await desk.sign_in(f"wrong{number}") for number in range(MOST + 5)]
        assert [each.status for each in answers] == [403] * MOST + [429] * 5
        assert "no such token" in await answers[0].text()
        assert 0 < int(answers[-1].headers["Retry-After"]) <= WITHIN + 1
        assert (await desk.sign_in(right)).status == 429
        noted = [each.outcome for each in sign_ins.newest(desk.store, 100)]
        assert noted == [Outcome.TOO_MANY, *[Outcome.WRONG_TOKEN] * MOST]
        desk.clock.now += WITHIN
        assert (await desk.sign_in(right)).status == 303

    play(story)


@pytest.mark.parametrize("at", ["/sign-in", "/c"])
def test_a_token_that_could_not_be_looked_at_is_no_wrong_one(
    play: Play, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    async def story(desk: Desk) -> None:
        right = desk.open("ads") if at == "/c" else desk.add("anna", Role.REVIEWER)

        def away(*_: object) -> None:
            raise StoreError("the database is away")

        with monkeypatch.context() as patch:
            patch.setattr(rows_of_people, "with_token", away)
            patch.setattr(rows_of_links, "with_token", away)
            tried = [await desk.sign_in(f"some{number}", at) for number in range(2 * MOST)]
            assert {each.status for each in tried} == {500}, "the pages' own middleware has words"
        assert (await desk.sign_in(right, at)).status == 303
        wrong = [(await desk.sign_in("wrong", at)).status for _ in range(MOST + 1)]
        assert wrong == [403] * MOST + [429], "wrong ones count as before"

    play(story)


def test_people_who_come_in_use_up_no_tries(play: Play) -> None:
    async def story(desk: Desk) -> None:
        right = desk.add("anna", Role.REVIEWER)
        assert [(await desk.sign_in(right)).status for _ in range(MOST + 2)] == [303] * (MOST + 2)

    play(story)


def test_no_token_and_no_session_is_in_a_log_an_address_or_a_page(
    play: Play, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    async def story(desk: Desk) -> None:
        given = [desk.add("anna", Role.REVIEWER), desk.open("ads"), "wrong-token-of-somebody"]
        for token, place in zip(given, ("/sign-in", "/c", "/sign-in"), strict=True):
            answer = await desk.sign_in(token, place)
            seen.append(f"{answer.headers.get('Location')} {await answer.text()}")
        seen.append(await (await desk.get("/sign-in")).text())
        assert (await desk.get(f"/sign-in?token={given[0]}")).status == 200
        await desk.get("/")
        secrets = [*given, *(each.value for each in desk.cookies().values())]
        assert len(secrets) == 5
        logged = caplog.text.replace(f"GET /sign-in?token={given[0]}", "")
        assert [each for each in secrets if each in logged + "".join(seen)] == []

    with caplog.at_level(logging.DEBUG):
        play(story)
    assert '"POST /sign-in HTTP/1.1" 303' in caplog.text, "this desk does log who comes"


def test_a_token_in_an_address_signs_nobody_in(play: Play) -> None:
    async def story(desk: Desk) -> None:
        token = desk.add("anna", Role.REVIEWER)
        assert (await desk.get(f"/sign-in?token={token}")).status == 200
        assert (await desk.post(f"/sign-in?token={token}")).status == 403
        assert desk.cookies() == {}

    play(story)


@pytest.mark.parametrize(
    ("to", "led"),
    [
        ("/productions/ads?state=failed#sh010", "/productions/ads?state=failed#sh010"),
        ("/productions/广告", "/productions/%E5%B9%BF%E5%91%8A"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\r\nSet-Cookie: a=b", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/" + "a" * 3000, "/"),
    ],
)  # fmt: skip
def test_a_sign_in_leads_on_to_this_desk_alone(play: Play, to: str, led: str) -> None:
    async def story(desk: Desk) -> None:
        token = desk.add("anna", Role.REVIEWER)
        came = await desk.post("/sign-in", {"token": token, "to": to})
        location = came.headers["Location"]
        assert location == led or (len(to) > 2000 and location == "/" + "a" * 1999)
        again = await desk.browser.get(
            "/sign-in", params={"to": to, "again": "1"}, allow_redirects=False
        )
        assert again.headers.get("Location") == (led if led != "/" else None)

    play(story)


def test_the_page_is_plain_and_in_the_language_of_its_reader(play: Play) -> None:
    async def story(desk: Desk) -> None:
        english = await (await desk.get("/sign-in")).text()
        chinese = await (await desk.get("/c", Accept_Language="zh-TW")).text()
        assert '<html lang="en">' in english
        assert "Paste the whole link" in english
        assert '<html lang="zh-Hans">' in chinese
        assert "请粘贴您收到的完整链接" in chinese
        assert 'action="/c"' in chinese
        for file, kind in (("sign_in.js", "text/javascript"), ("sign_in.css", "text/css")):
            assert f"/sign-in/{file}" in english
            assert (await desk.get(f"/sign-in/{file}")).content_type == kind
        assert (await desk.get("/sign-in/..%2Fsign_in.py")).status == 404

    play(story)


def test_what_is_written_into_the_address_stays_text(play: Play) -> None:
    async def story(desk: Desk) -> None:
        page = await desk.browser.get("/sign-in", params={"to": '/"><script>alert(1)</script>'})
        assert "<script>alert" not in await page.text()

    play(story)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Type": "application/json"}, 415),
        ({"Content_Type": "multipart/form-data; boundary=x"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded; charset=nonsense"}, 403),
    ],
)
def test_what_is_no_form_is_told_so(play: Play, headers: dict[str, str], status: int) -> None:
    async def story(desk: Desk) -> None:
        sent = {"Sec-Fetch-Site": "same-origin", "Content-Type": headers["Content_Type"]}
        answer = await desk.browser.post("/sign-in", data=b"token=\xff%ff%00", headers=sent)
        assert answer.status == status
        many = await desk.post("/sign-in", {f"a{number}": "1" for number in range(20)})
        assert many.status == 400

    play(story)


def test_whoever_signs_in_at_an_open_desk_is_who_they_say(play: Play) -> None:
    async def story(desk: Desk) -> None:
        await desk.sign_in(desk.open("ads"), "/c")
        assert await (await desk.get("/productions/ads")).text() == "Nike (link 1)"
        assert (await desk.get("/productions/film")).status == 403
        await desk.post("/sign-out")
        assert (await desk.get("/productions/film")).status == 200

    play(story, OPEN)
