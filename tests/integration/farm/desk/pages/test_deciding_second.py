"""Of two people who decide at once the second hears on the page what the first did, and is asked."""

import html
import re

import pytest

from farm.domain.lifecycle import ReviewStatus
from farm.store.queries import shot_story
from farm.store.shots import holds, priorities, review
from tests.integration.farm.desk.pages.conftest import Pages, Visit
from tests.integration.farm.store.conftest import dump


@pytest.mark.parametrize("action", ["approve", "reject", "hold", "omit"])
def test_who_decides_second_hears_who_did_what(visit: Visit, action: str) -> None:
    async def story(desk: Pages) -> None:
        review.review(desk.store, "ads", "sh010", ReviewStatus.REJECTED, "bert", None, "too dark")
        before = dump(desk.store)
        fields = {"action": action, "newest": "1", "known": "accepted"}
        page = html.unescape(await desk.said("/p/ads/s/sh010/decide", 409, fields))
        assert "bert" in page
        assert "rejected" in page.partition('class="refusal"')[2].partition("</section>")[0]
        assert dump(desk.store) == before

    visit(story)


@pytest.mark.parametrize("page", ["/p/ads/s/sh060/decide", "/p/ads/decide"])
@pytest.mark.parametrize("action", ["release", "omit", "priority"])
def test_who_decides_second_on_what_is_held_hears_who_did_what(
    visit: Visit, action: str, page: str
) -> None:
    async def story(desk: Pages) -> None:
        holds.hold(desk.store, "ads", "sh060", "bert")
        [seen] = re.findall(r'name="seen" value="([^"]+ sh060)"', await desk.text("/p/ads"))
        assert seen == "1 on_hold sh060"
        holds.omit(desk.store, "ads", "sh060", "carl", "cut from the film")
        before = dump(desk.store)
        fields = {"action": action, "newest": "1", "known": "on_hold", "priority": "9"}
        chosen = {"shot": "sh060", "seen": seen} if page == "/p/ads/decide" else {}
        told = html.unescape(await desk.said(page, 409, fields | chosen))
        assert "carl moved it to omitted" in told
        assert "cut from the film" in told
        assert dump(desk.store) == before

    visit(story)


def test_who_sets_a_priority_second_hears_who_did_and_is_asked(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        form = (await desk.text("/p/ads/s/sh060")).partition('id="priority"')[2]
        seen = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.partition("</form>")[0]))
        assert seen == {
            "newest": "1", "known": "pending", "seen_priority": "0", "priority": "0",
            "action": "priority",
        }  # fmt: skip
        priorities.set_priority(desk.store, "ads", "sh060", 5, "bert", "the client waits")
        before = dump(desk.store)
        told = await desk.said("/p/ads/s/sh060/decide", 409, {**seen, "priority": "9"})
        assert "bert gave it 5" in told
        assert dump(desk.store) == before
        assert 'name="seen_priority" value="5"' in told, "asked again with what is so now"
        again = {**seen, "seen_priority": "5", "priority": "9"}
        assert (await desk.post("/p/ads/s/sh060/decide", again)).status == 303
        assert shot_story.tell(desk.store, "ads", "sh060").priority == 9

    visit(story)
