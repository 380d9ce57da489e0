"""A page in Chinese has the farm's own sentences in Chinese, and what people wrote as they wrote it."""

import html
import re

from farm.operations import comment as comments
from farm.operations import priority, review
from tests.integration.farm.desk.pages.conftest import Pages, Visit

CHINESE = {"Accept_Language": "zh-CN"}
OF_THE_FARM = re.compile(
    r"\b(submitted|ordered|started|made in|review|rejected|priority|comment \d|written|take \d|match|failed"
    r"|of waiting|below|not shown|Does)\b"
)
"""Words of its English sentences."""


def test_a_shots_history_misses_and_whys_are_in_chinese(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        review.reject(desk.store, "ads", ["sh020"], who="bert", why="the bike is too red")
        priority.set_priority(desk.store, "ads", ["sh020"], 5, who="anna")
        comments.comment(desk.store, "ads", "sh020", "der Sattel", take=1, frame=3, who="anna")
        for shot in ("sh010", "sh020", "sh030", "sh050"):
            page = html.unescape(await desk.text(f"/p/ads/s/{shot}", **CHINESE))
            history = page.partition('id="history"')[2]
            assert OF_THE_FARM.findall(history) == [], shot
            assert "提交" in history
        page = html.unescape(await desk.text("/p/ads/s/sh020", **CHINESE))
        assert "<b>画面静止</b> 画面静止：帧间变化 0.01/255，低于 0.1" in page
        assert "bert 已退回：the bike is too red" in page
        assert "优先级 0 → 5" in page
        assert "批注 1（第 3 帧）已写：der Sattel" in page
        first = html.unescape(await desk.text("/p/ads/s/sh010", **CHINESE))
        assert "1/2：“it falls”没有出现" in first
        assert "必留词“TEA”在查看的全部 8 帧里都读得到" in first
        assert re.search(r"<time[^>]*>\d+月\d+日 \d\d:\d\d</time>", page)

    visit(story)


def test_the_same_history_is_in_english_for_others(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text("/p/ads/s/sh020")
        assert not re.search("[\u4e00-\u9fff]", page.partition("<main")[2].partition("<dialog")[0])
        assert "made in" in page

    visit(story)


def test_the_lint_speaks_the_language_of_the_page(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        typed = {"prompt": "cinematic 8k masterpiece, no people", "seconds": "1"}
        answer = await desk.browser.post(
            "/p/ads/s/sh010/lint",
            data=typed,
            headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "zh-CN"},
        )
        said = await answer.text()
        assert "镜头拍不到" in said
        assert "No camera sees" not in said

    visit(story)
