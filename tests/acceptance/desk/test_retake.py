"""Another take is ordered by keys alone: of another shot's still, without what it must not show."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from farm.store.queries import shot_story
from pipeline.storage.folder import MediaFolder
from tests.acceptance.desk.conftest import PATIENCE, Desk, Person, stored
from tests.desk_farm import TOY, Shown, show

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def desk(open_desk: Callable[..., Desk]) -> Desk:
    opened = open_desk("anna")
    media = MediaFolder(opened.folder.path / "media")
    media.set_up()
    with stored(opened) as store:
        shots = [
            Shown(code=f"sh0{number}0", size=TOY, photograph=name)
            for number, name in enumerate(("coffee", "flower", "cat"), start=1)
        ]
        show(store, media, "ads", shots)
    opened.settle()
    return opened


def recipes(desk: Desk, code: str) -> list[dict[str, Any]]:
    with stored(desk) as store:
        return [dict(take.recipe) for take in shot_story.tell(store, "ads", code).takes]


def test_a_still_of_another_shot_is_chosen_by_keys(desk: Desk) -> None:
    with desk.person("anna") as anna:
        anna.go("/p/ads/s/sh010")
        anna.press("t")
        choices = anna.page.locator("#stills input")
        expect(choices).to_have_count(1)
        tab_to(anna, "#stills .more-stills")
        anna.press("Enter")
        expect(choices).to_have_count(3)
        picture = anna.page.locator("#stills .still img").nth(2)
        anna.until(
            "[...document.querySelectorAll('#stills img')].every((each) => each.naturalWidth)"
        )
        expect(picture).to_be_visible()
        tab_to(anna, "#stills input:checked", back=True)
        anna.press("ArrowRight", "ArrowRight")
        expect(anna.page.get_by_role("radio", name="sh030 · take 1")).to_be_checked()
        tab_to(anna, "#retake button.go")
        anna.press_on("Enter")
        expect(anna.page.locator('[data-pick="2"]')).to_contain_text("waiting")
    first, second = recipes(desk, "sh010")
    assert second["still"] != first["still"]
    assert second["seed"] == first["seed"]


def test_what_it_must_not_show_is_emptied_and_so_taken_back(desk: Desk) -> None:
    with desk.person("anna") as anna:
        anna.go("/p/ads/s/sh020")
        for words in ("people, rain", ""):
            anna.press("t")
            field = anna.page.get_by_label("Must not show")
            field.fill(words)
            anna.click_on(anna.page.get_by_role("button", name="Order the take"))
        expect(anna.page.get_by_label("Must not show")).to_have_value("")
    first, second, third = recipes(desk, "sh020")
    assert second["negative"] == f"{first['negative']}, people, rain"
    assert third["negative"] == first["negative"]


def tab_to(anna: Person, selector: str, *, back: bool = False) -> None:
    """Goes there by the tabulator, as from one field to the next."""
    for _ in range(40):
        if anna.page.evaluate("(where) => document.activeElement.matches(where)", selector):
            return
        anna.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"no way leads to {selector}")
