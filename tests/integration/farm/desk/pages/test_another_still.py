"""A retake with another still that the production has, and with what it must not show taken back."""

import html
import re
from pathlib import Path

import pytest

from farm.domain.shot import AlternateStill
from farm.store.queries import shot_story
from pipeline.profiles import profile
from pipeline.storage.checksums import sha256_at
from pipeline.storage.names import still_path
from tests.conftest import a_recipe
from tests.integration.farm.desk.pages.conftest import Pages, Visit, png
from tests.integration.farm.store.conftest import dump, submit

AT = "/p/ads/s/sh010"
OF_TOY = profile.load("toy").sampler.negative


def last(desk: Pages, shot: str = "sh010") -> dict[str, object]:
    return dict(shot_story.tell(desk.store, "ads", shot).takes[-1].recipe)


def value(page: str, name: str) -> str:
    """What stands in a field of the retake's form."""
    found = re.findall(
        rf'<input[^>]* name="{name}" value="([^"]*)"', page.partition("data-retake")[2]
    )
    return html.unescape(found[0])


async def fields(desk: Pages, **typed: str) -> dict[str, str]:
    """The form as the page gives it, with what was typed."""
    page = await desk.text(AT)
    names = ("negative", "negative_before")
    return {name: value(page, name) for name in names} | typed


def test_what_it_must_not_show_is_taken_back_by_emptying_it_and_stays_else(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        first = await fields(desk, negative="people, rain", seed="1")
        assert (await desk.post(f"{AT}/retake", first)).status == 303
        assert last(desk)["negative"] == f"{OF_TOY}, people, rain"
        untouched = await fields(desk, seed="2")
        assert untouched["negative"] == "people, rain"
        await desk.post(f"{AT}/retake", untouched)
        assert last(desk)["negative"] == f"{OF_TOY}, people, rain"
        await desk.post(f"{AT}/retake", await fields(desk, negative="", seed="3"))
        assert last(desk)["negative"] == OF_TOY
        assert (await fields(desk))["negative"] == ""
        await desk.post(f"{AT}/retake", {"seed": "4", "negative": "fog"})
        await desk.post(f"{AT}/retake", {"seed": "5"})
        assert last(desk)["negative"] == f"{OF_TOY}, fog", (
            "a form without the field changes nothing"
        )

    visit(story)


def test_what_was_emptied_stays_empty_where_the_retake_is_refused(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        await desk.post(f"{AT}/retake", await fields(desk, negative="people", seed="1"))
        sent = await fields(desk, negative="", newest="0", action="retake")
        page = await desk.said(f"{AT}/retake", 409, sent)
        assert (value(page, "negative"), value(page, "negative_before")) == ("", "people")

    visit(story)


def test_earlier_stills_and_alternates_of_a_shot_are_there_to_choose(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        answer = await desk.send(
            f"{AT}/retake", [("image", "new.png", png("navy"))], [("seed", "1")]
        )
        assert answer.status == 303
        page = await desk.text(AT)
        assert re.findall(r'name="still" value="([^"]*)"', page) == ["", "t1 sh010"]
        assert (await desk.get(f"{AT}/still/1?small")).status == 200
        before = last(desk)["still"]
        assert (await desk.post(f"{AT}/retake", {"still": "t1 sh010"})).status == 303
        assert last(desk)["still"] != before
        other = await desk.text("/p/ads/s/sh020")
        assert re.findall(r'name="still" value="([^"]*)"', other) == ["", "a1 sh020"]
        assert "sh020 · alternate 1" in other
        picture = await desk.get("/p/ads/s/sh020/alternate/1?small")
        assert (picture.status, picture.content_type) == (200, "image/webp")
        assert (await desk.get("/p/ads/s/sh020/alternate/2")).status == 404

    visit(story)


def test_a_still_of_another_shot_is_chosen_and_its_own_file_is_taken(
    visit: Visit, tmp_path: Path
) -> None:
    file = tmp_path / "as_handed_in.png"
    file.write_bytes(png("maroon", (128, 64)))

    async def story(desk: Pages) -> None:
        alternate = AlternateStill(
            image=str(file), still="6" * 64, width=64, height=64, picture=sha256_at(file)
        )
        submit(desk.store, "sh070", production="ads", alternates=(alternate,))
        shelf = await desk.text(f"{AT}/stills")
        assert re.findall(r'value="([^"]*)"', shelf) == ["t2 sh020", "a1 sh020"], "each still once"
        assert (await desk.post(f"{AT}/retake", {"still": "a1 sh070"})).status == 303
        assert (last(desk)["width"], last(desk)["height"]) != (64, 64), "the prepared one is cut"
        assert shot_story.tell(desk.store, "ads", "sh010").image == str(file)

    visit(story)


@pytest.mark.parametrize("what", ["written over", "gone", "never looked at"])
def test_the_prepared_still_is_taken_where_its_file_may_be_another_by_now(
    visit: Visit, tmp_path: Path, what: str
) -> None:
    file = tmp_path / "as_handed_in.png"
    file.write_bytes(png("maroon", (128, 64)))
    checksum = "" if what == "never looked at" else sha256_at(file)

    async def story(desk: Pages) -> None:
        shown = str(last(desk)["still"])
        alternate = AlternateStill(
            image=str(file), still=shown, width=64, height=64, picture=checksum
        )
        submit(desk.store, "sh070", production="ads", alternates=(alternate,))
        if what == "written over":
            file.write_bytes(png("navy", (128, 64)))
        elif what == "gone":
            file.unlink()
        prepared = desk.media.local(still_path(shown))
        order = {"still": "a1 sh070", "seed": "9"}
        assert (await desk.post("/p/ads/s/sh020/retake", order)).status == 303
        assert shot_story.tell(desk.store, "ads", "sh020").image == str(prepared)

    visit(story)


def test_the_stills_of_many_shots_come_window_by_window(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        for number in range(60):
            recipe = a_recipe(still=f"{number:064d}")
            submit(desk.store, f"x{number:02}", production="ads", recipe=recipe)
        found, address, pages = [], f"{AT}/stills", 0
        while address:
            shelf = await desk.text(html.unescape(address))
            found += re.findall(r'name="still" value="t1 (x\d\d)"', shelf)
            address = next(iter(re.findall(r'hx-get="([^"]+)"', shelf)), "")
            pages += 1
        assert found == [f"x{number:02}" for number in range(60)]
        assert pages == 3
        assert (await desk.get(f"{AT}/stills?after=zzz")).status == 200

    visit(story)


def test_what_is_no_still_of_the_production_is_refused(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        before = dump(desk.store)
        for choice in ("t9 sh010", "a1 sh010", "t1 sh020x", "t1", "x", "t٣ sh010", "t1 ../../etc"):
            page = await desk.said(f"{AT}/retake", 409, {"still": choice})
            assert "ads has no start picture" in page, choice
        answer = await desk.send(
            f"{AT}/retake", [("image", "a.png", png("navy"))], [("still", "a1 sh020")]
        )
        assert answer.status == 409
        assert "two other start pictures" in await answer.text()
        assert dump(desk.store) == before

    visit(story)


def test_what_was_chosen_among_other_shots_stays_chosen_where_it_is_refused(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        sent = {"still": "a1 sh020", "newest": "0", "action": "retake"}
        page = await desk.said(f"{AT}/retake", 409, sent)
        assert re.findall(r'name="still" value="([^"]*)" checked', page) == ["a1 sh020"]

    visit(story)
