"""At the desk drafts are marked as such, approved for still and words, and followed by their finals."""

from typing import Any

from farm.domain.lifecycle import ReviewStatus
from farm.store import Store
from farm.store.queries import shot_story
from farm.store.shots import review
from tests.conftest import a_recipe
from tests.integration.farm.desk.pages.conftest import Pages, Visit
from tests.integration.farm.desk.pages.lists import LIST, PICTURES, drop, key_of
from tests.integration.farm.store.conftest import a_step, claim, make, submit

JUDGES = "A draft: judge still and words."
BUTTON = '<button class="go">Make finals</button>'


def drafted(store: Store, *codes: str) -> None:
    submit(
        store, *codes, production="ads2", recipe=a_recipe(profile="toy-draft", steps=4),
        draft_for="toy",
    )  # fmt: skip
    for _ in codes:
        make(store, claim(store, profile="toy-draft"))


def approved(store: Store, *codes: str) -> None:
    for code in codes:
        review.review(store, "ads2", code, ReviewStatus.APPROVED, "anna", 1)


def finals(store: Store, code: str) -> list[int | None]:
    return [take.final_of for take in shot_story.tell(store, "ads2", code).takes]


def test_a_draft_is_marked_and_what_it_says_stands_where_it_is_approved(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        drafted(desk.store, "sh010")
        grid = await desk.text("/p/ads2")
        assert ">draft</span>" in grid
        assert "Make finals" not in grid
        page = await desk.text("/p/ads2/s/sh010")
        assert JUDGES in page
        assert "take 1 · draft" in page
        assert 'value="finals"' not in page
        other = await desk.text("/p/ads/s/sh010")
        assert JUDGES not in other
        assert "· draft" not in other

        approved(desk.store, "sh010")
        assert f"Approved drafts: <b>1</b></span> {BUTTON}" in await desk.text("/p/ads2")
        assert 'value="finals"' in await desk.text("/p/ads2/s/sh010")

    visit(story)


def test_a_delivery_leaves_drafts_out_and_says_so(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        drafted(desk.store, "sh010")
        approved(desk.store, "sh010")
        page = await desk.text("/p/ads2/deliver")
        assert "Not in it · 1" in page
        assert '<span class="warm">draft</span>' in page

    visit(story)


def test_all_approved_drafts_get_their_finals_once(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        drafted(desk.store, "sh010", "sh020", "sh030")
        approved(desk.store, "sh010", "sh030")

        for _ in range(2):  # pressed twice
            answer = await desk.post("/p/ads2/finals?sort=code", {"once": "a key"})
            assert (answer.status, answer.headers["Location"]) == (303, "/p/ads2?sort=code")

        assert finals(desk.store, "sh010") == [None, 1]
        assert finals(desk.store, "sh020") == [None]
        assert finals(desk.store, "sh030") == [None, 1]
        ordered = shot_story.tell(desk.store, "ads2", "sh030").events[-1]
        assert (ordered.who, ordered.data["final_of"]) == ("root", 1)
        page = await desk.text("/p/ads2/s/sh030")
        assert "final of take <b>1</b>" in page
        assert "its final: take <b>2</b>" in page
        assert BUTTON not in await desk.text("/p/ads2")

    visit(story)


def test_a_draft_that_is_made_again_is_named_and_the_others_go_on(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        drafted(desk.store, "sh010", "sh020")
        review.retake(
            desk.store, "ads2", "sh010", lambda _: a_step(profile="toy-draft"), "ben"
        )  # fmt: skip
        approved(desk.store, "sh010", "sh020")

        told = await desk.said("/p/ads2/finals", 409, {})

        assert "ads2/sh010 had take 1 approved, and take 2 is under way" in told
        assert finals(desk.store, "sh010") == [None, None]
        assert finals(desk.store, "sh020") == [None, 1]

    visit(story)


def test_finals_of_chosen_shots_and_of_one(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        drafted(desk.store, "sh010", "sh020")
        approved(desk.store, "sh010", "sh020")
        chosen: Any = [
            ("action", "finals"), ("shot", "sh010"), ("seen", "1 approved sh010"),
        ]  # fmt: skip
        assert (await desk.post("/p/ads2/decide", chosen)).status == 303
        one = {"action": "finals", "newest": "1", "known": "approved", "take": "1", "next": "1"}
        answer = await desk.post("/p/ads2/s/sh020/decide", one)
        assert (answer.status, "done" in answer.headers["Location"]) == (303, False)
        assert finals(desk.store, "sh010") == finals(desk.store, "sh020") == [None, 1]

        stale = await desk.said("/p/ads2/s/sh020/decide", 409, one)
        assert "has a newer take than 1" in stale

    visit(story)


def test_a_list_is_taken_in_as_drafts_where_that_is_ticked(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await drop(desk, {"list.csv": LIST, **PICTURES})
        assert "cheap drafts first" in page
        taken = await desk.post("/submit/take-in", {"key": key_of(page), "draft": "on"})
        assert taken.status == 303
        (take,) = shot_story.tell(desk.store, "new", "sh100").takes
        assert (take.draft_for, take.recipe["profile"]) == ("toy", "toy-draft")

    visit(story)
