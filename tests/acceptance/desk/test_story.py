"""From a dropped list to a delivery, by somebody who sees the desk alone."""

import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.acceptance.conftest import STILL
from tests.acceptance.desk.conftest import PATIENCE, Desk, Person, states, zipped

SHOTS = """shot,image,prompt
sh010,still.png,The red circle moves left
sh020,still.png,"The red circle moves left, timeless charm"
sh030,still.png,The red circle slides to the left
sh040,still.png,The red circle rises
"""
Drop = Callable[[Person, str, bytes], None]

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def desk(open_desk: Callable[..., Desk]) -> Desk:
    return open_desk("anna")


def test_a_list_is_dropped_rendered_decided_on_and_delivered_without_a_command(
    desk: Desk, drop: Drop
) -> None:
    with desk.person("anna") as anna:
        hand_in(anna, drop)
        anna.page.evaluate("window.sameAsBefore = true")
        rendered = desk.folder.start("run", "--until-idle")
        expect(anna.page.locator(".tile .s-accepted")).to_have_count(4)
        assert anna.page.evaluate("window.sameAsBefore"), "news came by a reload"
        ended = desk.folder.end_of(rendered)
        assert ended.status == 0, ended.err
        look(anna)
        compare(anna)
        comment(anna)
        decide(anna)
        ask_for_another(anna)
        assert desk.folder.run("run", "--until-idle").status == 0
        approve_the_rest(anna)
        files = fetch_the_delivery(anna)
    assert {name.partition("_t")[0] for name in files if name.endswith(".mp4")} == {
        "sh010",
        "sh020",
        "sh040",
    }
    assert {"manifest.csv", "contact_sheet.png"} <= files.keys()
    assert all(files.values())
    assert states(desk, "ads") == {
        "sh010": "approved",
        "sh020": "approved",
        "sh030": "rejected",
        "sh040": "approved",
    }


def hand_in(anna: Person, drop: Drop) -> None:
    anna.go("/")
    anna.click_on(anna.page.get_by_role("link", name="Hand in a shot list"))
    anna.page.get_by_label("Production", exact=True).fill("ads")
    drop(anna, "ads.zip", zipped(shots__csv=SHOTS, still__png=STILL.read_bytes()))
    anna.click_on(anna.page.get_by_role("button", name="Check it"))
    expect(anna.page.get_by_role("region", name="Shots that would be taken in")).to_contain_text(
        "timeless charm"
    )
    anna.click_on(anna.page.get_by_role("button", name="Take in"))
    expect(anna.page.locator(".tile")).to_have_count(4)


def look(anna: Person) -> None:
    anna.click_on(anna.page.locator('[data-shot="sh020"] .picture'))
    expect(anna.page.locator("h1")).to_have_text("sh020")
    anna.until("document.querySelector('take-player').lead.readyState >= 2")
    anna.press("Space")
    anna.until("document.querySelector('take-player').frame > 1")
    anna.press("Space")
    # Away from the end, where it would begin anew.
    anna.page.evaluate("document.querySelector('take-player').go(3)")
    at = anna.frame()
    anna.press("Period")
    assert anna.frame() == at + 1
    assert anna.page.locator("output[data-frame]").inner_text() == f"{at + 1} · {1001 + at + 1}"
    anna.press("Comma")
    assert anna.frame() == at


def compare(anna: Person) -> None:
    shown = anna.page.locator(".screen[data-take]:visible")
    takes = anna.page.locator(".screen[data-take]").count()
    assert takes >= 2, "the ladder made no second take to compare with"
    expect(shown).to_have_count(1)
    first = shown.get_attribute("data-take")
    anna.press("f")
    assert shown.get_attribute("data-take") != first
    anna.press("f")
    assert shown.get_attribute("data-take") == first
    anna.page.get_by_role("button", name="Side by side").click()
    expect(shown).to_have_count(2)
    frames = anna.page.evaluate(
        "document.querySelector('take-player').films"
        ".map((film) => Math.floor(film.currentTime * film.dataset.fps + 0.001))"
    )
    assert frames[0] == frames[1]
    anna.press("w")
    expect(anna.page.get_by_label("Where the wipe is")).to_be_visible()
    cut = "[...document.querySelectorAll('.screen')].map((each) => each.style.clipPath).join('')"
    before = anna.page.evaluate(cut)
    anna.page.get_by_label("Where the wipe is").fill("20")
    assert before.startswith("inset")
    assert anna.page.evaluate(cut) != before
    anna.press("w")
    expect(shown).to_have_count(1)


def comment(anna: Person) -> None:
    frame, take = (
        anna.frame(),
        anna.page.locator(".screen[data-take]:visible").get_attribute("data-take"),
    )
    anna.press("c")
    anna.page.keyboard.type("a, b and ? stay letters here")
    anna.page.get_by_role("button", name="Draw").click()
    box = anna.page.locator(".screen:visible canvas.marks").bounding_box()
    assert box
    anna.page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    anna.page.mouse.down()
    anna.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    anna.page.mouse.up()
    anna.click_on(anna.page.get_by_role("button", name="Send"))
    said = anna.page.locator("#comments-list li")
    expect(said).to_contain_text("a, b and ? stay letters here")
    expect(said).to_contain_text(f"take {take}, frame {frame} ✎")
    said.get_by_role("button", name="take").click()
    assert anna.frame() == frame
    painted = (
        "(() => { const at = document.querySelector('.screen:not([hidden]) canvas.marks');"
        " return at.getContext('2d').getImageData(0, 0, at.width, at.height).data"
        ".some((each) => each > 0); })()"
    )
    assert anna.page.evaluate(painted), "the mark is not drawn where it was"


def decide(anna: Person) -> None:
    anna.press_on("a")
    expect(anna.page.locator("h1")).to_have_text("sh030")
    expect(anna.page.get_by_text("sh020 ✓")).to_be_visible()
    anna.press("r")
    anna.page.keyboard.type("the circle is too dark")
    anna.press_on("Enter")
    expect(anna.page.locator("h1")).to_have_text("sh040")
    anna.press_on("k")
    expect(anna.page.locator("#standing")).to_have_text("rejected")
    expect(anna.page.locator("#history")).to_contain_text("the circle is too dark")
    anna.press_on("j")
    anna.press_on("a")
    expect(anna.page.locator("#standing")).to_have_text("approved")
    anna.press_on("u")
    expect(anna.page.locator("#standing")).to_have_text("accepted")


def ask_for_another(anna: Person) -> None:
    anna.press("t")
    anna.page.get_by_label("Prompt").fill("")
    anna.page.keyboard.type("The red circle rises, masterpiece, 8k, best quality")
    expect(anna.page.locator("#lint li").first).to_be_visible()
    anna.click_on(anna.page.get_by_role("button", name="Order the take"))
    expect(anna.page.locator('[data-pick="2"]')).to_contain_text("waiting")


def approve_the_rest(anna: Person) -> None:
    expect(anna.page.locator('[data-pick="2"] img')).to_be_visible()
    anna.page.locator('[data-pick="2"] button').click()
    anna.press_on("a")
    anna.go("/p/ads/s/sh010")
    anna.press_on("a")


def fetch_the_delivery(anna: Person) -> dict[str, int]:
    """The files of the zip that the browser gets, with their bytes."""
    anna.go("/p/ads")
    anna.click_on(anna.page.get_by_role("link", name="Deliver", exact=True))
    expect(anna.page.locator("main")).to_contain_text("3 clips")
    expect(anna.page.get_by_role("listitem").filter(has_text="sh030")).to_contain_text("rejected")
    with anna.page.expect_download() as fetched:
        anna.page.get_by_role("button", name="Download as a zip").click()
    assert fetched.value.suggested_filename == "ads.zip"
    with zipfile.ZipFile(fetched.value.path()) as archive:
        assert archive.testzip() is None
        return {each.filename.removeprefix("ads/"): each.file_size for each in archive.infolist()}
