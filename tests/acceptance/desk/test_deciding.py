"""Deciding by keys, by several people at once, and by a finger."""

import re
import sys
import time
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from farm.domain.lifecycle import ReviewStatus
from pipeline.storage.folder import MediaFolder
from tests.acceptance.desk.conftest import PATIENCE, Desk, Person, states, stored
from tests.desk_farm import TOY, Shown, show

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def desk(open_desk: Callable[..., Desk]) -> Desk:
    opened = open_desk("anna", "ben")
    media = MediaFolder(opened.folder.path / "media")
    media.set_up()
    with stored(opened) as store:
        show(store, media, "long", [Shown(code=f"sh{each:03}", size=TOY) for each in range(24)])
        show(
            store,
            media,
            "ads",
            [
                Shown(code="sh010", size=TOY, takes=2, match=0.4, review=ReviewStatus.NEEDS_REVIEW),
                Shown(code="sh020", size=TOY),
                Shown(code="sh030", size=TOY),
            ],
        )
    opened.settle()
    return opened


def test_twenty_decisions_take_a_key_each_and_a_rejection_two(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    with desk.person("anna") as anna:
        anna.go("/p/long")
        begun = time.monotonic()
        anna.press("j")
        anna.press_on("Enter")
        for number in range(20):
            if number % 5 == 4:
                anna.press("r")
                anna.press_on("Enter")
            else:
                anna.press_on("a")
        seconds = time.monotonic() - begun
        expect(anna.page.locator("h1")).to_have_text("sh020")
        assert anna.presses == 2 + 16 + 2 * 4
    with capsys.disabled():
        sys.stdout.write(f"20 decisions by {anna.presses} keys in {seconds:.1f} s\n")
    assert Counter(states(desk, "long").values()) == {"approved": 16, "rejected": 4, "accepted": 4}


def test_a_key_that_is_held_down_decides_once(desk: Desk) -> None:
    with desk.person("anna") as anna:
        anna.go("/p/long/s/sh021")
        anna.page.keyboard.down("a")
        anna.page.wait_for_url("**/s/sh022?done=sh021")
        anna.page.keyboard.down("a")  # a second time without having been let go
        anna.page.keyboard.up("a")
        expect(anna.page.locator("#standing")).to_have_text("accepted")
        expect(anna.page.locator("h1")).to_have_text("sh022")


def test_no_key_acts_while_somebody_types_or_composes_and_escape_leaves(desk: Desk) -> None:
    with desk.person("anna") as anna:
        anna.go("/p/ads/s/sh010")
        why = anna.page.locator(".decision [name=why]")
        why.focus()
        anna.page.keyboard.type("aaru?jk")
        anna.press("Enter")
        assert why.input_value() == "aaru?jk"
        anna.press("Escape")
        assert anna.page.evaluate("document.activeElement === document.body")
        compose = (
            "document.body.dispatchEvent(new KeyboardEvent('keydown', "
            "{key: 'a', isComposing: true, bubbles: true}))"
        )
        anna.page.evaluate(compose)
        anna.page.evaluate(compose.replace("isComposing: true", "keyCode: 229"))
        expect(anna.page.locator("h1")).to_have_text("sh010")
        assert states(desk, "ads")["sh010"] == "needs_review"


def test_a_reason_goes_to_what_rejects_alone(desk: Desk) -> None:
    with desk.person("anna") as anna:
        anna.go("/p/ads/s/sh010")
        anna.press("r", "Escape")
        anna.page.locator(".decision [name=why]").click()
        anna.press("Enter")
        expect(anna.page.locator("#standing")).to_have_text("needs review")


def test_the_table_of_keys_opens_and_closes_and_the_content_is_a_tab_away(desk: Desk) -> None:
    with desk.person("anna") as anna:
        anna.go("/p/ads")
        anna.press("?")
        expect(anna.page.get_by_role("dialog", name="Keys")).to_be_visible()
        anna.press("Escape")
        expect(anna.page.get_by_role("dialog", name="Keys")).to_be_hidden()
        anna.go("/p/ads")
        anna.press("Tab")
        expect(anna.page.get_by_role("link", name="To the content")).to_be_focused()
        anna.press("Enter")
        assert anna.page.evaluate("document.activeElement.id") == "main"
        anna.press("Tab")
        assert anna.page.evaluate("document.activeElement.closest('#states') !== null")


def test_what_one_decides_the_other_sees_without_losing_place_or_words(desk: Desk) -> None:
    with (
        desk.person("anna") as anna,
        desk.person("ben", viewport={"width": 800, "height": 300}) as ben,
    ):
        ben.go("/p/ads/s/sh020")
        ben.page.locator("#comment-text").fill("half a sen")
        ben.page.locator("#comment-text").focus()
        ben.page.evaluate("scrollTo(0, 200)")
        at = ben.page.evaluate("scrollY")
        anna.go("/p/ads/s/sh020")
        anna.click_on(anna.page.get_by_role("button", name="Omit"))
        expect(ben.page.locator("#standing")).to_have_text("omitted")
        assert ben.page.evaluate("scrollY") == at > 0
        assert ben.page.locator("#comment-text").input_value() == "half a sen"
        assert ben.page.evaluate("document.activeElement.id") == "comment-text"
        ben.click_on(ben.page.get_by_role("button", name="Release"))
        expect(ben.page.locator("h1")).to_have_text("sh030")


def test_who_decides_second_sees_what_the_first_did_and_is_asked(desk: Desk) -> None:
    with desk.person("anna") as anna, desk.person("ben") as ben:
        ben.page.route(re.compile(r"/live\?"), lambda route: route.fulfill(status=204))  # no news
        ben.go("/p/ads/s/sh030")
        anna.go("/p/ads/s/sh030")
        anna.press("r")
        anna.page.keyboard.type("too dark")
        anna.press_on("Enter")
        ben.page.locator(".decision [name=why]").fill("lovely light")
        ben.click_on(ben.page.get_by_role("button", name="Approve"))
        alert = ben.page.get_by_role("alert")
        expect(alert).to_contain_text("anna")
        expect(ben.page.locator("#standing")).to_have_text("rejected")
        assert ben.page.locator(".decision [name=why]").input_value() == "lovely light"
        ben.click_on(ben.page.get_by_role("button", name="Approve"))
        ben.page.wait_for_url("**/s/*done=sh030*")
        assert states(desk, "ads")["sh030"] == "approved"


def test_a_page_that_said_no_still_hears_of_news(desk: Desk) -> None:
    with desk.person("anna") as anna, desk.person("ben") as ben:
        ben.go("/p/long/s/sh023")
        ben.page.locator("[name=newest]").first.evaluate("(each) => { each.value = 0; }")
        ben.click_on(ben.page.get_by_role("button", name="Approve"))
        expect(ben.page.get_by_role("alert")).to_be_visible()
        anna.go("/p/long/s/sh023")
        anna.press("r")
        anna.press_on("Enter")
        expect(ben.page.locator("#standing")).to_have_text("rejected")


def test_a_finger_swipes_to_the_next_shot_and_rests_to_compare(desk: Desk) -> None:
    with desk.person("anna", **PHONE) as anna:
        anna.go("/p/ads/s/sh010")
        shown = anna.page.locator(".screen[data-take]:visible")
        expect(shown).to_have_count(1)
        touch(
            anna,
            '[data-pick="1"] button',
            [(20, 20)],
            rests=lambda: expect(shown).to_have_count(2),
        )
        with anna.page.expect_navigation():
            touch(anna, ".stage", [(300, 100), (200, 104), (120, 108)])
        expect(anna.page.locator("h1")).to_have_text("sh020")
        touch(anna, ".stage", [(100, 100), (104, 30)])
        expect(anna.page.locator("h1")).to_have_text("sh020")


def touch(
    person: Person,
    where: str,
    way: list[tuple[int, int]],
    rests: Callable[[], object] = lambda: None,
) -> None:
    """A finger comes down in an element, goes this way in it, rests until that is over, and leaves."""
    person.page.locator(where).evaluate(
        "(each) => each.scrollIntoView({block: 'center', inline: 'center'})"
    )
    box = person.page.locator(where).bounding_box()
    assert box
    points = [{"x": box["x"] + x, "y": box["y"] + y} for x, y in way]
    tell = person.context.new_cdp_session(person.page)
    tell.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points[1:]:
        tell.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    rests()
    tell.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
