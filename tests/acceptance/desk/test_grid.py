"""The grid: a clip is looked through under the pointer, and a row of shots is chosen at once."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, expect

from farm.operations import review
from pipeline.storage.folder import MediaFolder
from tests.acceptance.desk.conftest import PATIENCE, Desk, Person, stored
from tests.desk_farm import TALL, TOY, Shown, show

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def desk(open_desk: Callable[..., Desk]) -> Desk:
    opened = open_desk("anna")
    media = MediaFolder(opened.folder.path / "media")
    media.set_up()
    with stored(opened) as store:
        shots = [Shown(code=f"sh0{each}0", size=TALL if each == 2 else TOY) for each in range(1, 7)]
        show(store, media, "ads", shots)
    opened.settle()
    return opened


def looked_at(anna: Person, code: str) -> Locator:
    return anna.page.locator(f'[data-shot="{code}"] .picture')


def point(anna: Person, picture: Locator, share: float) -> None:
    """The pointer comes over a picture, at that share of its width."""
    box = picture.bounding_box()
    assert box
    anna.page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


def test_the_filmstrip_is_under_the_pointer_and_nothing_of_it_is_loaded_before(desk: Desk) -> None:
    with desk.person("anna") as anna:
        asked: list[str] = []
        anna.context.on("request", lambda request: asked.append(urlsplit(request.url).path))
        anna.go("/p/ads")
        expect(anna.page.locator(".picture img")).to_have_count(6)
        assert [each for each in asked if "/film/" in each or "/strip/" in each] == []
        for code in ("sh010", "sh020"):
            picture = looked_at(anna, code)
            strip = picture.locator(".strip")
            for share, tile in ((0.02, 0), (0.55, 6), (0.98, 11)):
                point(anna, picture, share)
                expect(strip).to_have_attribute("data-tile", str(tile))
                expect(strip).to_be_visible()
                assert shown(strip) == pytest.approx(tile, abs=0.05)
            assert strip.evaluate(SHAPE) == pytest.approx(1.0, abs=0.03), "it is stretched"
        expect(looked_at(anna, "sh010").locator(".strip")).to_have_count(0)
        assert {each for each in asked if "/film/" in each or "/strip/" in each} == {
            "/p/ads/s/sh010/strip/1",
            "/p/ads/s/sh020/strip/1",
        }


SHAPE = """(strip) => {
    const film = strip.querySelector("img"), thumb = strip.parentElement.querySelector("img");
    const tile = film.naturalWidth / 12 / film.naturalHeight, box = strip.clientWidth / strip.clientHeight;
    return box / tile * (thumb.naturalWidth / thumb.naturalHeight) / tile;
}"""
"""1 where a frame of the filmstrip and of the thumbnail are shown in their own shape."""


def shown(strip: Locator) -> float:
    """The frame of the filmstrip that lies in its window."""
    return strip.evaluate(
        "(strip) => (strip.getBoundingClientRect().left - strip.firstChild.getBoundingClientRect().left)"
        " / strip.getBoundingClientRect().width"
    )


def test_news_of_a_shot_take_nothing_from_under_the_pointer(desk: Desk) -> None:
    with desk.person("anna") as anna:
        anna.go("/p/ads")
        picture = looked_at(anna, "sh060")
        point(anna, picture, 0.55)
        strip = picture.locator(".strip")
        expect(strip).to_be_visible()
        with stored(desk) as store:
            review.approve(store, "ads", ["sh060"], who="ben")
        expect(anna.page.locator('[data-shot="sh060"] .state')).to_have_text("approved")
        expect(strip).to_be_visible()
        assert shown(strip) == pytest.approx(6, abs=0.05)
        anna.page.mouse.move(1, 1)
        expect(strip).to_have_count(0)


def test_a_finger_sees_no_filmstrip(desk: Desk) -> None:
    with desk.person("anna") as anna:
        anna.go("/p/ads")
        picture = looked_at(anna, "sh010")
        for kind in ("pointerover", "pointermove"):
            picture.dispatch_event(kind, {"pointerType": "touch", "clientX": 50})
        expect(picture.locator(".strip, video")).to_have_count(0)
        picture.dispatch_event("pointermove", {"pointerType": "mouse", "clientX": 50})
        expect(picture.locator(".strip")).to_have_count(1)


def test_without_a_filmstrip_the_film_plays(desk: Desk) -> None:
    with desk.person("anna") as anna:
        broken = {"status": 200, "content_type": "image/webp", "body": "no picture"}
        anna.page.route("**/strip/*", lambda route: route.fulfill(**broken))
        anna.go("/p/ads")
        picture = looked_at(anna, "sh010")
        point(anna, picture, 0.5)
        expect(picture.locator("video")).to_have_count(1)
        expect(picture.locator(".strip")).to_have_count(0)
        anna.page.mouse.move(1, 1)
        expect(picture.locator("video")).to_have_count(0)


def test_a_films_picture_that_is_gone_is_said_in_words_and_others_keep_theirs(desk: Desk) -> None:
    with desk.person("anna") as anna:
        anna.page.add_init_script(FAILED)
        broken = {"status": 200, "content_type": "image/webp", "body": "no picture"}
        for kind in ("thumb", "still"):
            anna.page.route(f"**/{kind}/*", lambda route: route.fulfill(**broken))
        anna.go("/p/ads")
        picture = looked_at(anna, "sh010")
        expect(picture.locator("img")).to_have_css("visibility", "hidden")
        assert "This film is no longer there." in picture.evaluate(SAID)
        anna.go("/p/ads/s/sh010")
        still = anna.page.locator(".take.still img")
        expect(still).to_have_attribute("data-failed", "")
        expect(still).to_have_css("visibility", "visible")


FAILED = """addEventListener("error", ({ target }) => {
    if (target.matches?.("img")) setTimeout(() => { target.dataset.failed = ""; });
}, true);"""
SAID = "(picture) => getComputedStyle(picture, '::after').content"


def test_the_space_bar_plays_the_film_of_the_shot_that_the_keys_are_at(desk: Desk) -> None:
    with desk.person("anna") as anna:
        anna.go("/p/ads")
        anna.press("j", "j")
        films = anna.page.locator(".tiles video")
        expect(looked_at(anna, "sh020")).to_be_focused()
        expect(films).to_have_count(0)
        anna.press("Space")
        expect(looked_at(anna, "sh020").locator("video")).to_have_count(1)
        anna.press("Space")
        expect(films).to_have_count(0)
        anna.press("Space", "j")
        expect(films).to_have_count(0)


def test_a_row_is_chosen_though_its_first_shot_was_drawn_anew_meanwhile(desk: Desk) -> None:
    with desk.person("anna") as anna:
        anna.go("/p/ads")
        boxes = anna.page.locator("#tiles input[type=checkbox]")
        boxes.nth(1).click()
        old = boxes.nth(1).element_handle()
        with stored(desk) as store:
            review.approve(store, "ads", ["sh020"], who="ben")
        expect(anna.page.locator('[data-shot="sh020"] .state')).to_have_text("approved")
        assert not old.evaluate("(box) => box.isConnected"), "the tile was not drawn anew"
        boxes.nth(4).click(modifiers=["Shift"])
        chosen = anna.page.locator("#tiles input:checked")
        expect(chosen).to_have_count(4)
        assert chosen.evaluate_all("(all) => all.map((each) => each.value)") == [
            "sh020",
            "sh030",
            "sh040",
            "sh050",
        ]
        expect(anna.page.locator("[data-count]")).to_have_text("4")
