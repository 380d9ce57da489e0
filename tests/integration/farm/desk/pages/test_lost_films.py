"""Films whose files are gone, and a media root that is not mounted: what each is said to be."""

import html

import pytest

from farm.config import Settings
from farm.domain.lifecycle import ReviewStatus
from farm.operations import packed_delivery
from farm.store.queries import selection, shot_story
from farm.store.shots import review
from tests.integration.farm.desk.conftest import OWN
from tests.integration.farm.desk.pages.conftest import Pages, Visit
from tests.integration.farm.store.conftest import say

AT = "/p/ads/deliver"
NOTHING = "No shot is accepted or approved yet."
GONE = "This film is no longer there."


def lose_all(desk: Pages) -> None:
    for each in selection.selected_takes(desk.store, "ads"):
        desk.media.remove(each.clip)


def test_where_every_film_that_passed_is_gone_nobody_is_told_to_decide(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        lose_all(desk)
        page = html.unescape(await desk.text(AT))
        assert f'<p class="big">{GONE}</p>' in page
        assert NOTHING not in page

    visit(story)


def test_where_every_film_that_passed_was_removed_the_refusal_says_so(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        lose_all(desk)
        say(desk.store, "UPDATE clips SET purged_at = '2026-11-29 00:00:00.000000'")
        page = html.unescape(await desk.said(AT, 409, {}))
        assert "the clips of all accepted and approved shots of ads were removed" in page
        assert "decide first" not in page

    visit(story)


@pytest.mark.parametrize("missing", ["the root", "what is in it"])
def test_a_media_root_that_is_not_mounted_is_not_the_loss_of_its_films(
    visit: Visit, settings: Settings, missing: str
) -> None:
    async def story(desk: Pages) -> None:
        settings.media.rename(settings.media.with_name("elsewhere"))
        if missing == "what is in it":
            settings.media.mkdir()
        page = html.unescape(await desk.text("/p/ads/s/sh010"))
        assert "another take makes a new one" not in page
        assert GONE not in page
        assert 'value="approve"' in page
        foreseen = packed_delivery.foresee(desk.store, "ads", desk.media)
        assert [each.shot for each in foreseen.clips] == ["sh010"]
        assert [each.shot for each in foreseen.purged] == ["sh040"], "what somebody removed"
        assert "1 clips" in await desk.text(AT)

    visit(story)


def test_a_shot_whose_film_is_lost_is_left_out_of_those_that_are_approved_together(
    visit: Visit,
) -> None:
    async def story(desk: Pages) -> None:
        review.review(desk.store, "ads", "sh020", ReviewStatus.APPROVED, "bert", 2)
        review.review(desk.store, "ads", "sh020", ReviewStatus.REJECTED, "bert")
        film = next(each for each in selection.selected_takes(desk.store, "ads"))
        desk.media.remove(film.clip)
        assert 'value="approve"' not in await desk.text("/p/ads/s/sh010")

        answer = await desk.browser.post(
            "/p/ads/decide",
            data=[("action", "approve"), ("shot", "sh010"), ("shot", "sh020")],
            headers=OWN,
        )
        page = html.unescape(await answer.text())

        assert (answer.status, "1 done" in page) == (409, True)
        assert "ads/sh010 take 1 has a clip whose file is gone" in page
        reviews = [shot_story.tell(desk.store, "ads", each).review for each in ("sh010", "sh020")]
        assert reviews == [ReviewStatus.ACCEPTED, ReviewStatus.APPROVED]

    visit(story)
