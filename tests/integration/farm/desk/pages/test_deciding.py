"""What people decide on the pages, what is refused them, and how they hear of it."""

import html
import re

import pytest

from farm.desk import decisions
from farm.desk.places import DESK
from farm.domain.lifecycle import ReviewStatus, ShotState
from farm.store import Store
from farm.store.queries import shot_story
from farm.store.queries.shot_story import ShotStory
from farm.store.shots import holds, review
from tests.integration.farm.desk.pages.conftest import Pages, Visit
from tests.integration.farm.store.conftest import dump, log


def of(store: Store, code: str, production: str = "ads") -> ShotStory:
    return shot_story.tell(store, production, code)


@pytest.mark.parametrize(
    ("code", "fields", "becomes"),
    [
        ("sh010", {"action": "approve", "take": "1", "newest": "1"}, ReviewStatus.APPROVED),
        ("sh020", {"action": "approve", "take": "1", "newest": "2"}, ReviewStatus.APPROVED),
        ("sh010", {"action": "approve"}, ReviewStatus.APPROVED),
        ("sh020", {"action": "reject", "why": "too dark"}, ReviewStatus.REJECTED),
        ("sh060", {"action": "hold"}, ReviewStatus.ON_HOLD),
        ("sh060", {"action": "omit", "known": "pending"}, ReviewStatus.OMITTED),
        ("sh060", {"action": "priority", "priority": "9"}, ReviewStatus.PENDING),
        ("sh050", {"action": "cancel"}, ReviewStatus.NEEDS_REVIEW),
    ],
)
def test_each_decision_is_done_and_leads_back_to_the_shot(
    visit: Visit, code: str, fields: dict[str, str], becomes: ReviewStatus
) -> None:
    async def story(desk: Pages) -> None:
        answer = await desk.post(f"/p/ads/s/{code}/decide?sort=code", fields)
        assert answer.status == 303
        assert answer.headers["Location"] == f"/p/ads/s/{code}?sort=code&done={code}"
        shot = of(desk.store, code)
        assert shot.review is becomes
        event = log(desk.store)[-1]
        assert (event.who, event.production, event.shot) == ("root", "ads", code)
        if "take" in fields:
            assert shot.selected == int(fields["take"])
        if "priority" in fields:
            assert shot.priority == 9
        page = await desk.text(answer.headers["Location"])
        assert f'action="/p/ads/s/{code}/undo?sort=code"' in page

    visit(story)


def test_what_is_held_or_omitted_goes_on_where_it_was(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        for action, state in (("hold", ShotState.ON_HOLD), ("omit", ShotState.OMITTED)):
            assert (await desk.post("/p/ads/s/sh060/decide", {"action": action})).status == 303
            assert of(desk.store, "sh060").state is state
            page = await desk.text("/p/ads/s/sh060")
            assert 'name="action" value="release"' in page
            assert 'value="approve"' not in page
            assert (await desk.post("/p/ads/s/sh060/decide", {"action": "release"})).status == 303
        assert of(desk.store, "sh060").review is ReviewStatus.PENDING

    visit(story)


def test_decide_and_go_to_the_next_in_the_view(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        fields = {"action": "reject", "next": "1"}
        first = await desk.post("/p/ads/s/sh020/decide?state=needs_review", fields)
        assert first.headers["Location"] == "/p/ads/s/sh030?state=needs_review&done=sh020"
        last = await desk.post("/p/ads/s/sh030/decide?state=needs_review", fields)
        assert last.headers["Location"] == "/p/ads/s/sh030?state=needs_review&done=sh030"

    visit(story)


def test_a_second_press_leads_to_the_next_where_the_first_led(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        where = "/p/ads/s/sh030/decide?state=needs_review"
        fields = {"action": "reject", "next": "1", "once": "a"}
        led: list[str] = []
        for _ in range(2):
            led.append((await desk.post(where, fields)).headers["Location"])
            # Later: the shot is known to be no part of the view any more, whose first is sh020.
            desk.browser.app[DESK].kept.pop(("lines", "ads"), None)
        assert led == ["/p/ads/s/sh030?state=needs_review&done=sh030"] * 2

    visit(story)


def test_a_decision_on_an_older_take_is_refused_with_what_is_newer(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        before = dump(desk.store)
        fields = {"action": "approve", "take": "1", "newest": "1", "why": "<b>lovely</b>"}
        page = await desk.said("/p/ads/s/sh020/decide", 409, fields)
        assert "That was not done" in page
        assert "take 2" in page
        assert "Nothing was changed." in page
        assert 'value="&lt;b&gt;lovely&lt;/b&gt;"' in page, "what was typed is still there"
        assert dump(desk.store) == before

    visit(story)


@pytest.mark.parametrize(
    ("code", "fields", "told"),
    [
        (
            "sh010",
            {"action": "reject", "why": "x" * 501},
            "why: 501 characters; at most 500 are kept",
        ),
        ("sh010", {"action": "fly"}, "'fly' is nothing that can be decided"),
        ("sh010", {"action": "retake"}, "'retake' is nothing that can be decided"),
        ("sh010", {}, "'' is nothing that can be decided"),
        ("sh010", {"action": "approve", "take": "one"}, "take: 'one' is no whole number"),
        ("sh010", {"action": "approve", "take": "9"}, "9"),
        (
            "sh010",
            {"action": "approve", "newest": "9" * 12},
            "newest: 999999999999 is beyond what can",
        ),
        ("sh010", {"action": "approve", "known": "nice"}, "known: 'nice' is no review"),
        (
            "sh010",
            {"action": "reject", "why": "a\0b"},
            "why: it holds an invisible character (U+0000)",
        ),
        ("sh030", {"action": "approve"}, "no"),
        ("sh060", {"action": "release"}, "there is nothing to release"),
        ("sh010", {"action": "cancel"}, "has no take to cancel"),
        ("sh060", {"action": "priority", "priority": "101"}, "priority: 101 is out of range"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    visit: Visit, code: str, fields: dict[str, str], told: str
) -> None:
    async def story(desk: Pages) -> None:
        before = dump(desk.store)
        page = html.unescape(await desk.said(f"/p/ads/s/{code}/decide", 409, fields))
        assert "That was not done" in page
        assert told in page
        assert dump(desk.store) == before

    visit(story)


def test_a_decision_on_what_is_not_there_is_not_found(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        for path in ("/p/ads/s/none", "/p/none/s/sh010"):
            for action in ("approve", "hold", "priority"):
                await desk.said(f"{path}/decide", 404, {"action": action})
            await desk.said(f"{path}/undo", 404, {})
            await desk.said(f"{path}/retake", 404, {})
            await desk.said(f"{path}/comments", 404, {"text": "hello"})

    visit(story)


def test_many_are_decided_on_and_each_refusal_is_told(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        answer = await desk.browser.post(
            "/p/ads/decide?sort=code",
            data=[("action", "approve"), ("why", "all fine"), *(("shot", each) for each in
                  ("sh010", "sh030", "sh020", "sh010", "none"))],
            headers={"Sec-Fetch-Site": "same-origin"},
            allow_redirects=False,
        )  # fmt: skip
        page = html.unescape(await answer.text())
        assert answer.status == 409
        assert len(re.findall(r"<li>[^<]*sh030", page)) == 1
        assert len(re.findall(r"<li>[^<]*has no shot none", page)) == 1
        assert "1 done" in page
        assert 'href="/p/ads?sort=code"' in page
        assert of(desk.store, "sh010").review is ReviewStatus.APPROVED
        assert [each.shot for each in log(desk.store) if each.who == "root"] == ["sh010"]

    visit(story)


def test_many_that_can_all_be_done_lead_back_to_the_view(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        answer = await desk.browser.post(
            "/p/ads/decide?text=sh0",
            data=[("action", "reject"), ("shot", "sh010"), ("shot", "sh020")],
            headers={"Sec-Fetch-Site": "same-origin"},
            allow_redirects=False,
        )
        assert (answer.status, answer.headers["Location"]) == (303, "/p/ads?text=sh0")
        assert of(desk.store, "sh020").review is ReviewStatus.REJECTED
        nobody = await desk.post("/p/ads/decide", {"action": "reject"})
        assert (nobody.status, nobody.headers["Location"]) == (303, "/p/ads")

    visit(story)


def test_many_decide_on_what_the_tiles_showed_and_no_other(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        seen = re.findall(r'name="seen" value="([^"]+)"', await desk.text("/p/ads"))
        assert seen[:2] == ["1 accepted sh010", "2 needs_review sh020"]
        review.review(desk.store, "ads", "sh010", ReviewStatus.REJECTED, "bert")
        answer = await desk.browser.post(
            "/p/ads/decide",
            data=[("action", "reject"), ("shot", "sh010"), ("shot", "sh020"),
                  *(("seen", each) for each in seen)],
            headers={"Sec-Fetch-Site": "same-origin"},
        )  # fmt: skip
        page = html.unescape(await answer.text())
        assert (answer.status, "bert" in page, "1 done" in page) == (409, True, True)
        assert of(desk.store, "sh020").review is ReviewStatus.REJECTED

    visit(story)


def test_more_than_can_be_decided_on_at_once_is_refused_whole(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "MOST_BYTES", 200_000)

    async def story(desk: Pages) -> None:
        before = dump(desk.store)
        many = [("shot", f"sh{number:04d}") for number in range(5001)]
        for data, status, told in (
            ([("action", "reject"), *many], 409, "5,001 shots: at most 5,000"),
            ([("action", "reject"), ("shot", "sh010"), ("why", "x" * 501)], 409, "at most 500"),
            ([("action", "fly"), ("shot", "sh010")], 409, "nothing that can be decided"),
            ([("action", "reject"), ("shot", "x" * 300_000)], 413, "more than this page takes"),
        ):
            answer = await desk.browser.post(
                "/p/ads/decide", data=data, headers={"Sec-Fetch-Site": "same-origin"}
            )
            assert (answer.status, told in await answer.text()) == (status, True)
        assert dump(desk.store) == before

    visit(story)


def test_a_decision_is_taken_back_by_who_made_it(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        await desk.post("/p/ads/s/sh010/decide", {"action": "approve"})
        answer = await desk.post("/p/ads/s/sh010/undo?sort=code")
        assert (answer.status, answer.headers["Location"]) == (303, "/p/ads/s/sh010?sort=code")
        assert of(desk.store, "sh010").review is ReviewStatus.ACCEPTED
        await desk.said("/p/ads/s/sh010/undo", 409, {})
        holds.hold(desk.store, "ads", "sh060", "bert")
        page = await desk.said("/p/ads/s/sh060/undo", 409, {})
        assert "bert" in page
        assert of(desk.store, "sh060").review is ReviewStatus.ON_HOLD

    visit(story)


def test_words_of_people_are_words_and_nothing_else(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
        await desk.post("/p/ads/s/sh010/decide", {"action": "reject", "why": evil})
        await desk.post("/p/ads/s/sh010/comments", {"text": evil})
        for path in (
            "/p/ads/s/sh010",
            f"/p/ads?text={evil}&person={evil}",
            f"/p/ads/s/sh010?done={evil}&text={evil}",
            f"/submit?production={evil}",
        ):
            page = await desk.text(path)
            assert "alert(1)" in page
            assert "<script>alert" not in page
            assert "<img src=x" not in page

    visit(story)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disp"),
        ("multipart/form-data", b"action=reject"),
        ("application/x-www-form-urlencoded; charset=none", b"action=reject"),
        ("application/x-www-form-urlencoded", b"action=reject\xff"),
    ],
)
def test_what_is_no_form_is_told_as_such(visit: Visit, kind: str, body: bytes) -> None:
    async def story(desk: Pages) -> None:
        before = dump(desk.store)
        answer = await desk.browser.post(
            "/p/ads/s/sh010/decide",
            data=body,
            headers={"Sec-Fetch-Site": "same-origin", "Content-Type": kind},
        )
        assert answer.status == 400
        assert "what was sent cannot be read as a form" in await answer.text()
        assert dump(desk.store) == before

    visit(story)
