"""What people see: productions, the grid in each view, a shot with all its takes."""

import html
import re

import pytest

from farm import config
from farm.domain.fleet_size import Headcount
from farm.domain.lifecycle import ShotState
from farm.domain.placement import Seat
from farm.operations.retake import Wishes, retake
from farm.store import workers
from tests.integration.farm.desk.pages.conftest import FROZEN, STAYS, Pages, Visit, shots_of
from tests.integration.farm.store.conftest import say, submit

ADS = ["sh010", "sh020", "sh030", "sh040", "sh050", "sh060"]


def test_the_first_page_shows_each_production_with_its_counts(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text("/")
        assert re.findall(r'<span class="name">(\w+)', page) == ["ads", "film"]
        assert "1 of 6 decided" in page
        assert "nobody renders" in page
        assert page.count("/p/ads/s/") == 6, "a picture of each shot"

    visit(story)


def test_a_farm_without_productions_says_what_to_do_first(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        say(desk.store, "UPDATE productions SET archived_at = '2026-11-29 00:00:00.000000'")
        page = await desk.text("/")
        assert "There is no production yet." in page
        assert "/?archived" in page
        assert re.findall(r'<span class="name">(\w+)', await desk.text("/?archived")) == [
            "ads",
            "film",
        ]

    visit(story)


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ADS),
        ("?state=needs_review", ["sh020", "sh030"]),
        ("?state=needs_review,approved,nothing", ["sh020", "sh030", "sh040"]),
        ("?text=SH02", ["sh020"]),
        ("?text=Cinematic", ["sh020"]),
        ("?text=bicycle&state=waiting", ["sh060"]),
        ("?miss=frozen", ["sh020"]),
        ("?miss=flicker", []),
        ("?miss=value", ADS),
        ("?person=bert", ["sh040"]),
        ("?person=bert&miss=frozen", []),
        ("?sort=code", ADS),
        ("?sort=newest", [*reversed(ADS)]),
        ("?sort=match", ["sh020", "sh010", "sh040", "sh030", "sh050", "sh060"]),
        ("?sort=takes", ["sh020", "sh050", "sh010", "sh030", "sh040", "sh060"]),
        ("?sort=attention", ["sh020", "sh030", "sh010", "sh050", "sh060", "sh040"]),
        ("?sort=nothing&state=", ADS),
    ],
)
def test_the_grid_shows_what_the_address_asks_for(
    visit: Visit, query: str, codes: list[str]
) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text(f"/p/ads{query}")
        assert shots_of(page) == codes
        assert ("No shot is like that." in page) == (not codes)

    visit(story)


def test_a_tile_tells_state_takes_match_and_misses_in_words(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        tiles = dict(re.findall(r'data-shot="(\w+)">(.*?)</li>', await desk.text("/p/ads"), re.S))
        assert '<use href="#i-needs_review"/></svg>needs review' in tiles["sh020"]
        assert "2 takes" in tiles["sh020"]
        assert "match <b>0.33</b>" in tiles["sh020"]
        assert f'title="{FROZEN.message}">frozen</span>' in tiles["sh020"]
        assert "1 take<" in tiles["sh010"]
        assert "shows 1 of 2" in tiles["sh010"]
        assert 'data-film="/p/ads/s/sh010/film/1"' in tiles["sh010"]
        assert "step 3 of 8" in tiles["sh050"]
        assert "No clip" in tiles["sh060"]
        assert "/still/1?small" in tiles["sh060"]
        assert "No clip" in tiles["sh040"], "a film that was purged is not offered"

    visit(story)


@pytest.mark.parametrize(
    ("verdict", "told"), [("partly", "partly 1 of 2"), ("low_match", "shows 1 of 2")]
)
def test_only_a_take_that_is_partly_is_called_so_as_where_such_shots_are_counted(
    visit: Visit, verdict: str, told: str
) -> None:
    async def story(desk: Pages) -> None:
        say(
            desk.store, "UPDATE takes SET verdict = :verdict WHERE coverage LIKE '%not_shown%'",
            verdict=verdict,
        )  # fmt: skip
        tiles = dict(re.findall(r'data-shot="(\w+)">(.*?)</li>', await desk.text("/p/ads"), re.S))
        assert f'<span class="warm">{told}</span>' in tiles["sh010"]
        counted = "<b>1</b> partly" in await desk.text("/")
        assert counted == (verdict == "partly")

    visit(story)


def test_a_film_whose_file_is_gone_is_not_said_to_be_removed_and_nobody_approves_it(
    visit: Visit,
) -> None:
    async def story(desk: Pages) -> None:
        with desk.store.read() as connection:
            clip = connection.exec_driver_sql(
                "SELECT path FROM clips JOIN takes ON takes.id = take_id JOIN shots ON shots.id = "
                "shot_id JOIN productions ON productions.id = shots.production_id "
                "WHERE code = 'sh010' AND productions.name = 'ads'"
            ).scalar_one()
        assert 'value="approve"' in await desk.text("/p/ads/s/sh010")
        desk.media.remove(clip)
        page = await desk.text("/p/ads/s/sh010")
        assert "This film is no longer there. Its file is gone" in page
        assert "The film was removed" not in page
        assert 'value="approve"' not in page
        assert 'aria-label="Play or pause" hidden' in page
        delivery = await desk.text("/p/ads/deliver")
        assert "sh010" in delivery.partition("Not in it")[2].partition("In it")[0]
        assert "The film was removed" in await desk.text("/p/ads/s/sh040")

    visit(story)


def test_the_grid_grows_by_windows_and_keeps_its_view(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        submit(desk.store, *(f"s{number:03d}" for number in range(130)), production="long")
        page = await desk.text("/p/long?sort=code&text=s")
        assert shots_of(page) == [f"s{number:03d}" for number in range(60)]
        [more] = re.findall(r'hx-get="([^"]+)"', page)
        assert html.unescape(more) == "?text=s&sort=code&offset=60"
        second = await desk.text("/p/long" + html.unescape(more))
        assert shots_of(second) == [f"s{number:03d}" for number in range(60, 120)]
        assert "<html" not in second
        last = await desk.text("/p/long?text=s&sort=code&offset=120")
        assert (len(shots_of(last)), "hx-get" in last) == (10, False)
        assert shots_of(await desk.text("/p/long?offset=999")) == []
        assert len(shots_of(await desk.text("/p/long?offset=-3"))) == 60

    visit(story)


def test_some_tiles_are_drawn_anew(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text("/p/ads/tiles?code=sh060&code=sh010&code=none&sort=code")
        assert shots_of(page) == ["sh010", "sh060"]
        assert 'href="/p/ads/s/sh010?sort=code"' in page
        assert shots_of(await desk.text("/p/ads/tiles")) == []

    visit(story)


def test_a_shot_shows_its_takes_what_was_cut_and_why(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text("/p/ads/s/sh020")
        assert re.findall(r'<video[^>]* src="([^"]+)"', page) == [
            f"/p/ads/s/sh020/film/{take}" for take in (1, 2)
        ]
        assert '<del title="look">cinematic, </del>a red bicycle' in page
        assert "simpler" in page
        assert f"<b>frozen</b> {FROZEN.message}" in page
        assert STAYS.message in await desk.text("/p/ads/s/sh010")
        assert 'data-newest="2"' in page
        assert "2 of 6" in page
        assert 'rel="prev" href="/p/ads/s/sh010"' in page
        assert 'rel="next" href="/p/ads/s/sh030"' in page
        assert "<b>anna</b>" in page

    visit(story)


def test_a_shot_leads_on_within_the_view_that_it_was_opened_from(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text("/p/ads/s/sh020?state=needs_review&sort=code")
        assert "1 of 2" in page
        assert 'rel="next" href="/p/ads/s/sh030?state=needs_review&amp;sort=code"' in page
        assert 'rel="prev"' not in page
        outside = await desk.text("/p/ads/s/sh010?state=needs_review")
        assert 'rel="next" href="/p/ads/s/sh020?state=needs_review"' in outside

    visit(story)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("sh030", "the still does not show a red bicycle"),
        ("sh040", "This film is no longer there. The film was removed; all else about it is kept."),
        ("sh050", "step 3 of 8"),
        ("sh060", 'src="/p/ads/s/sh060/still/1"'),
    ],
)
def test_a_shot_says_why_there_is_nothing_to_play(visit: Visit, code: str, told: str) -> None:
    async def story(desk: Pages) -> None:
        assert told in await desk.text(f"/p/ads/s/{code}")

    visit(story)


def test_a_film_that_vanished_is_said_to_be_gone(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        for each in [*desk.media.files_below("clips/ads/sh010")]:
            desk.media.remove(each.name)
        page = await desk.text("/p/ads/s/sh010")
        assert "This film is no longer there." in page
        assert "<video" not in page

    visit(story)


@pytest.mark.parametrize(
    ("code", "actions"),
    [
        ("sh010", {"approve", "reject", "omit", "hold"}),
        ("sh020", {"approve", "reject", "omit"}),
        ("sh030", {"reject", "omit"}),
        ("sh040", {"reject", "omit"}),
        ("sh050", {"approve", "reject", "omit", "cancel", "hold"}),
        ("sh060", {"reject", "omit", "cancel", "hold"}),
    ],
)
def test_a_shot_offers_what_may_be_done_now(visit: Visit, code: str, actions: set[str]) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text(f"/p/ads/s/{code}")
        offered = set(re.findall(r'name="action" value="(\w+)"', page)) - {"priority", "retake"}
        assert offered == actions - ({"hold"} if code == "sh010" else set())
        assert ('id="retake" hidden' in page) == (code == "sh050")

    visit(story)


@pytest.mark.parametrize(
    "path",
    ["/p/none", "/p/none/s/sh010", "/p/ads/s/none", "/p/none/tiles", "/nothing", "/p/", "/%00"],
)
def test_what_is_not_there_is_said_with_a_way_back(visit: Visit, path: str) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text(path, 404)
        assert "is no" in page or "Not Found" in page or "no such" in page

    visit(story)


def test_the_workers_page_tells_who_makes_what_and_what_is_next(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text("/workers")
        assert "No worker is there" in page
        assert "<b>1</b> rendering" in page
        assert re.findall(r'href="/p/(\w+/s/\w+)"', page) == ["ads/s/sh060", "film/s/sh020"]

        # Who claimed sh050 is called so.
        assert "wait for a place" not in page
        there = {"farm-a/w1": "gpu7", "w2": "gpu8"}
        workers.report(desk.store, "farm-a", there, 60.0, Headcount(2, 3, released=1))
        workers.fall_sick(desk.store, "farm-a", Seat("w2", "gpu8"), "three takes failed", 60.0)
        workers.drain(desk.store, "gpu7", "anna", "the fan")
        page = html.unescape(await desk.text("/workers"))
        rows = [
            " ".join(re.sub(r"<[^>]+>", " ", row).split())
            for row in re.findall(r"<tr>.*?</tr>", page, re.S)
        ]
        assert "farm-a/w1 gpu7 drained" in rows[1]
        assert "ads/sh050 step 3 of 8" in rows[1]
        assert "taken out: three takes failed" in rows[2]
        assert "gpu7: drained · anna the fan" in page
        counted = " ".join(re.sub(r"<[^>]+>", " ", page).split())
        told = "5 workers wanted 3 wait for a place 1 let go, as nothing waited"
        assert told in counted
        assert "2 Workers" in await desk.text("/")

    visit(story)


@pytest.mark.parametrize(
    ("headers", "language", "word"),
    [
        ({}, "en", "Productions"),
        ({"Accept_Language": "zh-CN,zh;q=0.9,en;q=0.8"}, "zh-Hans", "项目"),
        ({"Accept_Language": "de,en;q=0.5,zh;q=0.4"}, "en", "Productions"),
        ({"Accept_Language": "zh;q=0, en;q=nan, ;;q=,é"}, "en", "Productions"),
        ({"Cookie": "desk_language=zh"}, "zh-Hans", "项目"),
        ({"Cookie": "desk_language=xx", "Accept_Language": "zh"}, "zh-Hans", "项目"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers(
    visit: Visit, headers: dict[str, str], language: str, word: str
) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text("/", **headers)
        assert f'<html lang="{language}"' in page
        assert f">{word}</h1>" in page

    visit(story)


def test_the_theme_is_the_chosen_one_and_no_other(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        assert 'data-theme="light"' in await desk.text("/", Cookie="desk_theme=light")
        assert 'data-theme="' not in await desk.text("/", Cookie='desk_theme="><script>')

    visit(story)


@pytest.mark.parametrize("path", ["/", "/p/ads", "/p/ads/s/sh020", "/workers", "/submit"])
def test_every_page_is_whole_in_both_languages(visit: Visit, path: str) -> None:
    async def story(desk: Pages) -> None:
        for language in ("en", "zh"):
            page = await desk.text(path, Cookie=f"desk_language={language}")
            assert page.rstrip().endswith("</html>")
            assert page.count("<h1") == 1
            assert not re.search(r'\son\w+="|<style|style="|<script>|javascript:', page)

    visit(story)


def test_every_state_has_a_mark(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text("/")
        assert {f"i-{state}" for state in ShotState} <= set(
            re.findall(r'symbol id="([^"]+)"', page)
        )

    visit(story)


def test_a_take_of_other_words_than_are_wished_now_is_marked_but_not_for_clients(
    visit: Visit,
) -> None:
    mark = "wished otherwise since: prompt, must not show"

    async def story(desk: Pages) -> None:
        assert "wished otherwise" not in await desk.text("/p/ads/s/sh010")
        settings = config.load(profile="toy")
        wished = Wishes(prompt="The red bicycle falls over", negative="rain")
        retake(settings, desk.store, "ads", ["sh010"], wished, who="bert")

        page = await desk.text("/p/ads/s/sh010")
        captions = re.findall(r"<figcaption>(.*?)</figcaption>", page)

        assert [mark in caption for caption in captions] == [True, False]
        assert "此后要求已改： 提示词" in await desk.text("/p/ads/s/sh010", Accept_Language="zh-CN")
        opened = desk.open("ads")
        await desk.sign_in(opened, "/c")
        assert "wished otherwise" not in await desk.text("/p/ads/s/sh010")

    visit(story)
