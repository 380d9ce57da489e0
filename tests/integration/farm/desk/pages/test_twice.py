"""What is pressed twice is done once, and both presses lead where one does."""

import asyncio
import re
from collections.abc import Mapping

from aiohttp import ClientResponse

from farm.config import Settings
from farm.domain.events import EventKind
from farm.domain.lifecycle import ReviewStatus
from farm.domain.roles import Role
from farm.operations import comment as comments
from farm.store import Store, open_store
from farm.store.queries import shot_story
from farm.store.shots import holds
from tests.integration.farm.desk.conftest import OWN, TOKENS
from tests.integration.farm.desk.pages.conftest import Pages, Visit, pages, png, shots_of
from tests.integration.farm.desk.pages.lists import LIST, PICTURES, drop, key_of, laid
from tests.integration.farm.store.conftest import dump, log

AT = "/p/ads/s/sh010"
KINDS = EventKind


def key(page: str, action: str) -> str:
    """The key of the form on a page that leads there."""
    form = page.partition(f'action="{action}"')[2].partition("</form>")[0]
    [found] = re.findall(r'name="once" value="([^"]+)"', form)
    return found


async def twice(desk: Pages, path: str, fields: Mapping[str, str]) -> list[ClientResponse]:
    """The answers to two presses at once."""
    return await asyncio.gather(*(desk.post(path, fields) for _ in range(2)))


def led(answers: list[ClientResponse]) -> set[tuple[int, str | None]]:
    return {(each.status, each.headers.get("Location")) for each in answers}


def written(store: Store, kind: EventKind) -> int:
    return sum(event.kind is kind for event in log(store))


def said(store: Store) -> list[str]:
    return [each.text for each in comments.comments(store, "ads", "sh010")]


def test_a_comment_that_is_sent_twice_is_written_once(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        once = key(await desk.text(AT), f"{AT}/comments")
        fields = {"text": "too dark", "take": "1", "once": once}
        assert led(await twice(desk, f"{AT}/comments", fields)) == {(303, f"{AT}#comments")}
        assert said(desk.store) == ["too dark"]
        await desk.post(f"{AT}/comments", {**fields, "text": "and too long"})
        await desk.post(f"{AT}/comments", {**fields, "frame": "3"})
        other = key(await desk.text(AT), f"{AT}/comments")
        await desk.post(f"{AT}/comments", {**fields, "once": other})
        assert said(desk.store) == ["too dark", "and too long", "too dark", "too dark"]

    visit(story)


def test_two_people_who_say_the_same_say_it_both(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        for name in ("anna", "bert"):
            await desk.sign_in(desk.add(name, Role.PRODUCER))
            for _ in range(2):
                await desk.post(f"{AT}/comments", {"text": "too dark", "once": "guessed"})
        assert [each.who for each in comments.comments(desk.store, "ads", "sh010")] == [
            "anna", "bert",
        ]  # fmt: skip

    visit(story, TOKENS)


def test_what_was_refused_is_done_once_it_can_be(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        fields = {"action": "approve", "take": "1", "once": "a"}
        holds.omit(desk.store, "ads", "sh010", "bert")
        await desk.said(f"{AT}/decide", 409, fields)
        await desk.post(f"{AT}/decide", {"action": "release"})
        assert (await desk.post(f"{AT}/decide", fields)).status == 303
        assert shot_story.tell(desk.store, "ads", "sh010").review is ReviewStatus.APPROVED

    visit(story)


def test_two_desks_of_one_farm_do_it_once(visit: Visit, settings: Settings) -> None:
    async def story(desk: Pages) -> None:
        own = open_store(settings.database)
        async with pages(settings, own) as other:
            fields = {"text": "too dark", "once": key(await desk.text(AT), f"{AT}/comments")}
            both = [each.post(f"{AT}/comments", fields) for each in (desk, other)]
            assert led(await asyncio.gather(*both)) == {(303, f"{AT}#comments")}
        own.close()
        assert said(desk.store) == ["too dark"]

    visit(story)


def test_a_retake_that_is_ordered_twice_is_one(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text(AT)
        fields = [
            ("seed", "42"), ("newest", "1"), ("known", "accepted"),
            ("once", key(page, f"{AT}/retake")),
        ]  # fmt: skip
        picture = [("image", "a.png", png("olive"))]
        orders = [desk.send(f"{AT}/retake", picture, fields) for _ in range(2)]
        assert led(await asyncio.gather(*orders)) == {(303, AT)}
        assert (await desk.send(f"{AT}/retake", picture, fields)).status == 303
        assert shot_story.tell(desk.store, "ads", "sh010").takes[-1].number == 2
        assert written(desk.store, KINDS.TAKE_CANCELLED) == 0
        other = await desk.send(f"{AT}/retake", [("image", "a.png", png("teal"))], fields)
        assert other.status == 409, "another picture is another wish, and take 1 is not the newest"

    visit(story)


def test_decisions_and_their_undoing_count_once(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        at = "/p/ads/s/sh060"
        page = await desk.text(at)
        hold = {
            "action": "hold", "newest": "1", "known": "pending",
            "once": key(page, f"{at}/decide"),
        }  # fmt: skip
        before = written(desk.store, KINDS.REVIEW_MOVED)
        assert led(await twice(desk, f"{at}/decide", hold)) == {(303, f"{at}?done=sh060")}
        assert written(desk.store, KINDS.REVIEW_MOVED) == before + 1
        toast = await desk.text(f"{at}?done=sh060")
        undo = {"once": key(toast, f"{at}/undo")}
        assert led(await twice(desk, f"{at}/undo", undo)) == {(303, at)}
        assert written(desk.store, KINDS.REVIEW_MOVED) == before + 2
        again = {**hold, "once": key(await desk.text(at), f"{at}/decide")}
        assert (await desk.post(f"{at}/decide", again)).status == 303
        assert shot_story.tell(desk.store, "ads", "sh060").review is ReviewStatus.ON_HOLD

    visit(story)


def test_many_that_are_decided_twice_are_decided_once(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text("/p/ads")
        data = [("action", "hold"), ("once", key(page, "/p/ads/decide")),
                ("shot", "sh060"), ("shot", "sh050")]  # fmt: skip
        before = written(desk.store, KINDS.REVIEW_MOVED)
        answers = await asyncio.gather(*(
            desk.browser.post("/p/ads/decide", data=data, headers=OWN, allow_redirects=False)
            for _ in range(2)
        ))  # fmt: skip
        assert led(answers) == {(303, "/p/ads")}
        assert written(desk.store, KINDS.REVIEW_MOVED) == before + 2

    visit(story)


def test_a_comment_is_seen_to_once(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        kept = comments.comment(desk.store, "ads", "sh010", "too dark", who="bert")
        resolve = f"{AT}/comments/{kept.id}/resolve"
        assert led(await twice(desk, resolve, {})) == {(303, f"{AT}#comments")}
        assert written(desk.store, KINDS.COMMENT_RESOLVED) == 1

    visit(story)


def test_a_list_that_is_handed_in_twice_is_taken_in_once_and_both_lead_there(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        handed = {"key": key_of(await drop(desk, {"list.csv": LIST, **PICTURES}))}
        assert led(await twice(desk, "/submit/take-in", handed)) == {(303, "/p/new")}
        before = dump(desk.store)
        assert led([await desk.post("/submit/take-in", handed)]) == {(303, "/p/new")}
        assert dump(desk.store) == before
        assert shots_of(await desk.text("/p/new")) == ["sh100", "sh110"]
        told = await desk.said("/submit/take-in", 409, {**handed, "update": "on"})
        assert "this list is no longer at hand; drop it again" in told, "that is another wish"

    visit(story)


def test_of_files_that_are_dropped_twice_the_last_lie_there(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        once = key(await desk.text("/submit"), "/submit")
        files = [("files", "list.csv", LIST.encode())]
        files += [("files", name, content) for name, content in PICTURES.items()]
        sent = [("production", "new"), ("once", once)]
        first, last = [await (await desk.send("/submit", files, sent)).text() for _ in range(2)]
        assert {name.split("/")[2] for name in laid(desk)} == {key_of(last)} != {key_of(first)}
        assert (await desk.post("/submit/take-in", {"key": key_of(last)})).status == 303
        await drop(desk, dict(PICTURES, **{"list.csv": LIST}))
        assert len({name.split("/")[2] for name in laid(desk)}) == 1

    visit(story)
