"""Every page, in both languages, both colours and on all sizes: axe finds nothing, nothing is cut off."""

from collections.abc import Callable

import pytest

from farm.domain.lifecycle import ReviewStatus
from farm.operations import comment
from pipeline.misses import MissKind
from pipeline.storage.folder import MediaFolder
from tests.acceptance.desk.conftest import Desk, Person, stored, zipped
from tests.desk_farm import CHINESE, ENGLISH, TOY, Shown, show

LONG = "sh040_a_code_as_long_as_some_studios_have_them"
PAGES = {
    "productions": "/",
    "grid": "/p/ads",
    "empty grid": "/p/ads?text=nothing+is+like+this",
    "shot with twelve takes": "/p/ads/s/sh010",
    "tall shot": f"/p/ads/s/{LONG}",
    "shot without a film": "/p/ads/s/sh030",
    "approved draft": "/p/ads/s/sh050",
    "list": "/submit",
    "delivery": "/p/ads/deliver",
    "workers": "/workers",
    "not there": "/p/no_such_production",
    "sign-in": "/sign-in",
}
LANGUAGES = {"English": "en-GB", "Chinese": "zh-CN"}
WIDE, TALL = (416, 240), (240, 416)
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
WALL = {"viewport": {"width": 3840, "height": 2160}}
BAD = "shot,image,prompt\nsh010,missing.png,A cup\nsh010,,\n,still.png,A cup of coffee\n"


@pytest.fixture(scope="module")
def desk(open_desk: Callable[..., Desk]) -> Desk:
    opened = open_desk("anna")
    media = MediaFolder(opened.folder.path / "media")
    media.set_up()
    unsure = ReviewStatus.NEEDS_REVIEW
    misses = (MissKind.ACTION_ABSENT, MissKind.SUBJECT_DRIFT)
    with stored(opened) as store:
        show(
            store,
            media,
            "ads",
            [
                Shown(
                    code="sh010", prompt=ENGLISH[0], takes=12, size=TOY, review=unsure,
                    match=0.3, misses=misses,
                ),
                Shown(code="sh020", prompt=CHINESE[0], photograph="flower", size=WIDE),
                Shown(code="sh030", prompt=CHINESE[1], takes=0, size=TOY),
                Shown(code=LONG, photograph="cat", size=TALL, takes=2),
                Shown(code="sh050", size=TOY, review=ReviewStatus.APPROVED, draft=True),
            ],
        )  # fmt: skip
        for take, frame, mark in ((12, 3, [[[0.1, 0.1], [0.5, 0.5]]]), (None, None, None)):
            comment.comment(
                store, "ads", "sh010", "The logo wobbles 标志在晃动",
                take=take, frame=frame, mark=mark, who="anna",
            )  # fmt: skip
    opened.settle()
    return opened


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_page(desk: Desk, language: str) -> None:
    found: dict[str, list[str]] = {}
    with desk.person("anna", locale=LANGUAGES[language]) as anna:
        for name, path in PAGES.items():
            anna.go(path)
            found[name] = in_both_colours(anna)
        anna.go("/p/ads/s/sh010")
        anna.press("w", "t")
        anna.page.locator(".more-stills").click()
        anna.page.locator('#stills [value$="sh020"]').wait_for()
        found["shot with all open"] = in_both_colours(anna)
        anna.press("Escape", "?")
        found["keys"] = in_both_colours(anna)
        refused(anna)
        found["refused"] = in_both_colours(anna)
        anna.go("/p/ads")
        anna.press("j", "x")
        found["chosen shots"] = in_both_colours(anna)
        with anna.page.expect_navigation():
            anna.page.locator(".bulk [name=action][value=release]").click()
        found["refused shots"] = in_both_colours(anna)
        for rows in (BAD, BAD + f'good,still.png,"{CHINESE[2]}, masterpiece"\n'):
            anna.go("/submit")
            hand_in(anna, rows)
            found[f"list of {len(rows.splitlines())} rows"] = in_both_colours(anna)
    assert not {name: each for name, each in found.items() if each}


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_where_nothing_is_yet(
    open_desk: Callable[..., Desk], language: str
) -> None:
    with open_desk("anna").person("anna", locale=LANGUAGES[language]) as anna:
        anna.go("/")
        assert anna.page.locator(".empty .go").count() == 1
        assert in_both_colours(anna) == []


def in_both_colours(anna: Person) -> list[str]:
    """What axe finds on the page as it is, dark and light."""
    found: list[str] = []
    for colour in ("dark", "light"):
        anna.page.emulate_media(color_scheme=colour)
        found += [f"{colour}: {each}" for each in anna.accessible()]
    return found


@pytest.mark.parametrize(
    ("size", "language"),
    [(PHONE, "en-GB"), (PHONE, "zh-CN"), (WALL, "zh-CN")],
    ids=["phone in English", "phone in Chinese", "wall in Chinese"],
)
def test_no_page_is_wider_than_its_window_and_no_picture_is_stretched(
    desk: Desk, size: dict[str, object], language: str
) -> None:
    with desk.person("anna", **size, locale=language) as anna:
        for path in PAGES.values():
            anna.go(path)
            assert anna.too_wide() <= 0, path
            assert anna.page.evaluate(STRETCHED) == [], path
        anna.go("/submit")
        hand_in(anna, BAD)
        assert anna.too_wide() <= 0


def test_all_that_a_finger_presses_is_44_pixels_high(desk: Desk) -> None:
    with desk.person("anna", **PHONE) as anna:
        for path in PAGES.values():
            anna.go(path)
            assert anna.page.evaluate(SMALL) == [], path


def test_the_toys_pixels_are_shown_in_whole_multiples(desk: Desk) -> None:
    with desk.person("anna") as anna:
        anna.go("/p/ads/s/sh010")
        width = anna.page.locator(".screen:visible video").evaluate("(film) => film.clientWidth")
        assert width > TOY[0]
        assert width % TOY[0] == 0


STRETCHED = """[...document.querySelectorAll("video, img")].filter((each) => {
    if (!each.clientWidth || getComputedStyle(each).objectFit !== "fill") return false;
    const width = each.naturalWidth || each.videoWidth, height = each.naturalHeight || each.videoHeight;
    return height && Math.abs(each.clientWidth / each.clientHeight / (width / height) - 1) > 0.02;
}).map((each) => each.src)"""
"""Pictures whose shape is not their own."""
SMALL = """[...document.querySelectorAll("a, button, select, summary, input:not([type=hidden])")
].filter((each) => {
    const box = (each.closest("label") ?? each).getBoundingClientRect();
    const seen = each.checkVisibility({ visibilityProperty: true })
        && !each.closest(".skip, .hidden, dialog");
    const within = each.closest("p, td, dd") && each.matches("a, .link"); // words of a sentence
    return seen && box.width && box.height < 43.5 && each.type !== "range" && !within;
}).map((each) => each.outerHTML.slice(0, 80))"""
"""What can be pressed and is lower than a finger."""


def refused(anna: Person) -> None:
    anna.go("/p/ads/s/sh020")
    anna.page.locator(".decision [name=newest]").evaluate("(each) => { each.value = 0; }")
    anna.click_on(anna.page.locator("[data-key=a]"))
    anna.page.get_by_role("alert").wait_for()


def hand_in(anna: Person, rows: str) -> None:
    anna.page.locator("[name=production]").fill("new")
    picture = anna.page.request.get(anna.address + "/p/ads/s/sh010/still/1").body()
    anna.page.locator("[name=files]").set_input_files(
        [
            {
                "name": "list.zip",
                "mimeType": "application/zip",
                "buffer": zipped(shots__csv=rows, still__png=picture),
            }
        ]
    )
    anna.click_on(anna.page.locator(".drop .go"))
    anna.page.locator(".table").first.wait_for()
