"""Who may do what: every page, every role, every kind of client link."""

import html
import re
from dataclasses import dataclass

import pytest

from farm.desk.app import make_app
from farm.domain.roles import Role
from farm.operations import comment as comments
from tests.integration.farm.desk.conftest import TOKENS
from tests.integration.farm.desk.pages.conftest import Pages, Visit, shots_of
from tests.integration.farm.store.conftest import dump

ALL, CHOSEN, SPEAKS = "all takes", "chosen takes", "chosen takes, may comment"
PEOPLE = frozenset(Role)
WHO = [*Role, ALL, CHOSEN, SPEAKS]
LOOKS = PEOPLE | {ALL, CHOSEN, SPEAKS}
REVIEWS = frozenset({Role.REVIEWER, Role.OPERATOR})
OPERATES = frozenset({Role.OPERATOR})
SHOT, OTHER, FILM = "/p/ads/s/sh020", "/p/ads/s/sh010", "/p/film"


@dataclass(frozen=True)
class Asked:
    """One request and who may make it; the address is as the routes have it."""

    method: str
    route: str
    path: str
    who: frozenset[str]
    fields: tuple[tuple[str, str], ...] = ()


AT = "/p/{production}/s/{shot}"
TABLE = [
    Asked("GET", "/", "/", PEOPLE),
    Asked("GET", "/workers", "/workers", PEOPLE),
    Asked("GET", "/submit", "/submit", OPERATES),
    Asked("POST", "/submit", "/submit", OPERATES),
    Asked("POST", "/submit/take-in", "/submit/take-in", OPERATES),
    Asked("GET", "/p/{production}", "/p/ads", LOOKS),
    Asked("GET", "/p/{production}", FILM, PEOPLE),
    Asked("GET", "/p/{production}/tiles", "/p/ads/tiles?code=sh020", LOOKS),
    Asked("GET", "/p/{production}/tiles", f"{FILM}/tiles", PEOPLE),
    Asked("GET", "/p/{production}/states", "/p/ads/states", LOOKS),
    Asked("GET", "/p/{production}/states", f"{FILM}/states", PEOPLE),
    Asked("POST", "/p/{production}/finals", "/p/ads/finals", REVIEWS),
    *(
        Asked("POST", "/p/{production}/decide", "/p/ads/decide", who, (("action", action),))
        for action, who in (("approve", REVIEWS), ("reject", REVIEWS), ("hold", OPERATES),
                            ("release", OPERATES), ("omit", OPERATES), ("cancel", OPERATES),
                            ("priority", OPERATES), ("finals", REVIEWS))
    ),
    *(
        Asked("POST", f"{AT}/decide", f"{SHOT}/decide", who, (("action", action), ("newest", "0")))
        for action, who in (("approve", REVIEWS), ("reject", REVIEWS), ("hold", OPERATES),
                            ("omit", OPERATES), ("retake", REVIEWS))
    ),
    Asked("GET", "/p/{production}/deliver", "/p/ads/deliver", PEOPLE),
    Asked("POST", "/p/{production}/deliver", "/p/none/deliver", PEOPLE),
    Asked("GET", AT, SHOT, LOOKS),
    Asked("GET", AT, OTHER, PEOPLE | {ALL}),
    Asked("GET", AT, f"{FILM}/s/sh010", PEOPLE),
    Asked("POST", f"{AT}/retake", f"{SHOT}/retake", REVIEWS, (("newest", "0"),)),
    Asked("GET", f"{AT}/stills", f"{SHOT}/stills", REVIEWS),
    Asked("GET", f"{AT}/alternate/{{number}}", f"{SHOT}/alternate/1", REVIEWS),
    Asked("POST", f"{AT}/undo", f"{SHOT}/undo", REVIEWS),
    Asked("POST", f"{AT}/lint", f"{SHOT}/lint", REVIEWS),
    Asked("POST", f"{AT}/comments", f"{SHOT}/comments", PEOPLE | {SPEAKS}),
    Asked("POST", f"{AT}/comments", f"{SHOT}/comments", PEOPLE, (("take", "1"),)),
    Asked("POST", f"{AT}/comments", f"{OTHER}/comments", PEOPLE),
    Asked("POST", f"{AT}/comments/{{comment}}/resolve", f"{SHOT}/comments/9/resolve", PEOPLE),
    *(
        Asked("GET", f"{AT}/{kind}/{{take}}", path, who)
        for kind in ("film", "thumb", "strip", "still")
        for path, who in (
            (f"{SHOT}/{kind}/2", LOOKS),
            (f"{SHOT}/{kind}/1", PEOPLE | {ALL}),
            (f"{OTHER}/{kind}/1", PEOPLE | {ALL}),
            (f"{FILM}/s/sh010/{kind}/1", PEOPLE),
        )
    ),
]  # fmt: skip
ELSEWHERE = {"/live", "/static", "/sign-in", "/c", "/sign-out", "/sign-in/{file}"}
"""Held by tests of their own, or open to everybody."""


async def come_in(desk: Pages, who: str) -> None:
    if who in PEOPLE:
        await desk.sign_in(desk.add("anna", Role(who)))
    elif who == ALL:
        await desk.sign_in(desk.open("ads"), "/c")
    else:
        await desk.sign_in(desk.open("ads", ("sh020", 2), comment=who == SPEAKS), "/c")


@pytest.mark.parametrize("who", WHO)
def test_each_may_do_what_the_table_says_and_nothing_else(visit: Visit, who: str) -> None:
    async def story(desk: Pages) -> None:
        await come_in(desk, who)
        before = dump(desk.store)
        for asked in TABLE:
            if asked.method == "GET":
                answer = await desk.get(asked.path)
                assert answer.status == (200 if who in asked.who else 403), asked
            else:
                answer = await desk.post(asked.path, dict(asked.fields))
                assert (answer.status == 403) == (who not in asked.who), (asked, answer.status)
                assert answer.status in (200, 303, 403, 404, 409), asked
        assert dump(desk.store) == before, "what was allowed had nothing to do"

    visit(story, TOKENS)


@pytest.mark.parametrize("path", sorted({each.path for each in TABLE} | {"/live"}))
def test_nobody_sees_anything_before_they_sign_in(visit: Visit, path: str) -> None:
    async def story(desk: Pages) -> None:
        assert (await desk.get(path)).status == 401
        assert (await desk.post(path)).status == 401

    visit(story, TOKENS)


def test_the_table_has_every_route(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        app = desk.browser.app
        assert app is not None
        routes = {
            (each.method, re.sub(r"{(\w+)[^}]*}", r"{\1}", each.resource.canonical))
            for each in app.router.routes()
            if each.resource is not None and each.method != "HEAD"
        }
        named = {(each.method, each.route) for each in TABLE}
        assert {each for each in routes if each[1] not in ELSEWHERE} == named

    visit(story)
    assert make_app


@pytest.mark.parametrize("who", [CHOSEN, SPEAKS])
def test_a_guest_of_chosen_takes_sees_nothing_of_any_other(visit: Visit, who: str) -> None:
    async def story(desk: Pages) -> None:
        comments.comment(desk.store, "ads", "sh020", "of the first", take=1, who="bert")
        comments.comment(desk.store, "ads", "sh020", "of the second", take=2, who="bert")
        await come_in(desk, who)
        grid = await desk.text("/p/ads")
        assert shots_of(grid) == ["sh020"]
        assert "/thumb/2" in grid
        for hidden in ("sh010", "frozen", "bert", "anna", "takes<", 'name="shot"', "0.21"):
            assert hidden not in grid.partition("<main")[2].partition("<dialog")[0], hidden
        assert "match <b>0.33</b>" in grid
        assert shots_of(await desk.text("/p/ads/tiles?code=sh010&code=sh020")) == ["sh020"]
        page = html.unescape((await desk.text("/p/ads/s/sh020")).partition("<main")[2])
        assert re.findall(r'data-take="(\d)"', page) == ["2"]
        for hidden in (
            "of the first",
            "of the second",
            "frozen",
            "simpler",
            "anna",
            "cinematic",
            "0.21",
            "sh010",
            "sh030",
            'name="why"',
            "/retake",
            "/undo",
            "History",
        ):
            assert hidden not in page, hidden
        assert ('name="text"' in page) == (who == SPEAKS)

    visit(story, TOKENS)


def test_a_guest_of_a_take_that_is_not_the_newest_sees_that_one(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        await desk.sign_in(desk.open("ads", ("sh020", 1)), "/c")
        grid = await desk.text("/p/ads")
        assert ("/thumb/1" in grid, "/thumb/2" in grid) == (True, False)
        assert ("0.21" in grid, "0.33" in grid) == (True, False)
        page = await desk.text("/p/ads/s/sh020")
        assert 'data-newest="1"' in page
        for picture in re.findall(r'(?:src|poster|href)="(/p/ads/s/[^"]+)"', grid + page):
            assert (await desk.get(picture)).status == 200, picture
        assert "/2" not in re.sub(r"<svg.*?</svg>", "", page.partition("<main")[2], flags=re.S)

    visit(story, TOKENS)


def test_a_guest_of_a_take_without_a_film_sees_no_word_of_a_newer_one(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        from tests.integration.farm.store.conftest import say

        say(desk.store, "DELETE FROM clips WHERE path LIKE '%sh020_t01%'")
        await desk.sign_in(desk.open("ads", ("sh020", 1)), "/c")
        grid = await desk.text("/p/ads")
        assert "/still/1?small" in grid
        assert "0.33" not in grid

    visit(story, TOKENS)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("?miss=frozen", 6),
        ("?person=bert", 6),
        ("?sort=takes", 6),
        ("?state=approved", 1),
        ("?text=sh01", 1),
    ],
)
def test_no_view_tells_a_guest_of_misses_people_or_takes(
    visit: Visit, query: str, codes: int
) -> None:
    async def story(desk: Pages) -> None:
        await come_in(desk, ALL)
        page = await desk.text(f"/p/ads{query}")
        found = shots_of(page)
        assert (len(found), found) == (codes, sorted(found))
        assert 'name="miss"' not in page
        assert "sort_takes" not in page
        assert 'value="takes"' not in page

    visit(story, TOKENS)


def test_a_guest_of_all_takes_sees_them_and_no_history(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        await come_in(desk, ALL)
        page = (await desk.text("/p/ads/s/sh020")).partition("<main")[2]
        assert re.findall(r'<video[^>]* src="[^"]+film/(\d)"', page) == ["1", "2"]
        for hidden in ("frozen", "simpler", "cinematic", "History", 'name="text"'):
            assert hidden not in page, hidden

    visit(story, TOKENS)


@pytest.mark.parametrize("role", Role)
def test_a_page_offers_what_its_visitor_may_do(visit: Visit, role: Role) -> None:
    async def story(desk: Pages) -> None:
        await come_in(desk, role)
        shot, grid = await desk.text("/p/ads/s/sh060"), await desk.text("/p/ads")
        first = await desk.text("/")
        assert ('value="reject"' in shot) == (role in REVIEWS)
        assert ('value="omit"' in shot) == (role in OPERATES)
        assert ("/retake" in shot) == (role in REVIEWS)
        assert ('name="shot"' in grid) == (role in REVIEWS)
        assert ('value="hold"' in grid) == (role in OPERATES)
        assert ('href="/submit"' in first) == (role in OPERATES)
        assert "History" in shot

    visit(story, TOKENS)
