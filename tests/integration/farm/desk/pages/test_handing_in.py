"""Lists that are dropped: checked, shown, and taken in by the button alone."""

import io
import re
import zipfile
from collections.abc import Mapping

import pytest

from farm.desk import submit as page_of_lists
from farm.domain.roles import Role
from farm.store.queries import shot_story
from tests.integration.farm.desk.conftest import TOKENS
from tests.integration.farm.desk.pages.conftest import Pages, Visit, shots_of
from tests.integration.farm.desk.pages.lists import (
    BELOW,
    LIST,
    PICTURES,
    drop,
    key_of,
    laid,
    packed,
)
from tests.integration.farm.store.conftest import dump


def test_nothing_is_taken_in_before_the_button(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        before = dump(desk.store)
        page = await drop(desk, {"list.csv": LIST, **PICTURES})
        assert "Shots that would be taken in · 2 new" in page
        assert "a blue square moves right" in page
        assert dump(desk.store) == before

        taken = await desk.post("/submit/take-in", {"key": key_of(page)})
        assert (taken.status, taken.headers["Location"]) == (303, "/p/new")
        assert shots_of(await desk.text("/p/new")) == ["sh100", "sh110"]
        assert (await desk.get("/p/new/s/sh110/still/1")).status == 200

    visit(story)


def test_a_zip_with_chinese_names_of_an_old_packer_is_read(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        told = LIST.replace("one.png", "镜头/图一.png").replace("two.png", "图二.png")
        entries: dict[str | zipfile.ZipInfo, bytes | str] = {"__MACOSX/._list.csv": "rubbish"}
        for name, content, encoding in (
            ("清单.csv", told, "gbk"),
            ("镜头/图一.png", PICTURES["one.png"], "gbk"),
            ("图二.png", PICTURES["two.png"], "utf-8"),
        ):
            entries[zipfile.ZipInfo(name.encode(encoding).decode("cp437"))] = content
        page = await drop(desk, {"拍摄.ZIP": _unflagged(entries)})
        assert "2 new" in page
        assert any(name.endswith("/镜头/图一.png") for name in laid(desk))

    visit(story)


def _unflagged(entries: Mapping[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    """A zip whose names are bytes of an old packer, which says nothing of their encoding."""
    raw = packed({f"{number:04d}": content for number, content in enumerate(entries.values())})
    out = io.BytesIO()

    class Raw(zipfile.ZipInfo):
        def _encodeFilenameFlags(self) -> tuple[bytes, int]:
            return self.filename.encode("cp437"), self.flag_bits & ~0x800

    with zipfile.ZipFile(out, "w") as archive, zipfile.ZipFile(io.BytesIO(raw)) as contents:
        for number, each in enumerate(entries):
            name = each if isinstance(each, str) else each.filename
            archive.writestr(Raw(name), contents.read(f"{number:04d}"))
    return out.getvalue()


def test_bad_rows_are_told_in_place_and_the_good_ones_may_be_taken_in(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        bad = LIST + "sh120,none.png,a red circle\nsh130,one.png,\n"
        page = await drop(desk, {"list.csv": bad, **PICTURES})
        table = page.partition("What is wrong · 2")[2].partition("</table>")[0]
        assert re.findall(r"<tr><td>(\w+)</td><td>(\w+)</td>", table) == [
            ("4", "image"),
            ("5", "prompt"),
        ]
        await desk.post("/submit/take-in", {"key": key_of(page)})
        assert shots_of(await desk.text("/p/new")) == ["sh100", "sh110"]

    visit(story)


def test_html_of_a_web_page_is_told_and_stays(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        words = "A red circle moves left.<br>It stops."
        page = await drop(
            desk, {"list.csv": LIST.replace("a red circle moves left", words), **PICTURES}
        )
        table = page.partition("HTML in texts · 1")[2].partition("</table>")[0]
        assert re.findall(r"<tr><td>(\w+)</td><td>(\w+)</td>", table) == [("2", "prompt")]
        assert "“<br>” is HTML, and is read here as words" in table
        await desk.post("/submit/take-in", {"key": key_of(page)})
        (take,) = shot_story.tell(desk.store, "new", "sh100").takes
        assert take.recipe["prompt"] == words

    visit(story)


def test_changes_against_what_is_there_are_shown_and_made_where_ticked(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        first = await drop(desk, {"list.csv": LIST, **PICTURES})
        await desk.post("/submit/take-in", {"key": key_of(first)})
        changed = LIST.replace("moves left", "moves up").replace(
            "sh110,two.png,a blue square moves right\n", ""
        )
        for ticked, prompt, states in (
            ({}, "a red circle moves left", {"waiting"}),
            (
                {"update": "on", "omit_missing": "on"},
                "a red circle moves up",
                {"waiting", "omitted"},
            ),
        ):
            page = await drop(desk, {"list.csv": changed, **PICTURES})
            assert "Changes against what is there" in page
            assert "moves up" in page
            assert 'name="omit_missing"' in page
            await desk.post("/submit/take-in", {"key": key_of(page), **ticked})
            story = shot_story.tell(desk.store, "new", "sh100")
            assert story.prompt == prompt
            assert {
                shot_story.tell(desk.store, "new", code).state for code in ("sh100", "sh110")
            } == states
        same = await drop(desk, {"list.csv": changed, **PICTURES})
        assert "1 unchanged" in same

    visit(story)


def test_another_persons_list_is_not_at_hand_and_stays_theirs(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        await desk.sign_in(desk.add("anna", Role.OPERATOR))
        key = key_of(await drop(desk, {"list.csv": LIST, **PICTURES}))
        await desk.sign_in(desk.add("bert", Role.OPERATOR))
        assert "no longer at hand" in await desk.said("/submit/take-in", 409, {"key": key})
        await desk.sign_in(desk.add("carl", Role.OPERATOR))
        await desk.said("/submit/take-in", 409, {"key": ""})
        assert [each.who for each in _pending(desk)] == ["anna"]

    visit(story, TOKENS)


def _pending(desk: Pages) -> list[page_of_lists.Pending]:
    from farm.desk.places import DESK

    return [*desk.browser.app[DESK].pending.values()]


def test_a_list_that_cannot_be_taken_in_stays_at_hand(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(desk: Pages) -> None:
        from farm.errors import StoreError
        from farm.operations import submit

        key = key_of(await drop(desk, {"list.csv": LIST, **PICTURES}))
        with monkeypatch.context() as patch:

            def away(*_: object, **__: object) -> None:
                raise StoreError("the database is away")

            patch.setattr(submit, "submit", away)
            assert "the database is away" in await desk.said("/submit/take-in", 409, {"key": key})
        assert (await desk.post("/submit/take-in", {"key": key})).status == 303

    visit(story)


def test_old_lists_and_more_than_are_kept_are_taken_away_and_all_with_the_desk(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = []

    async def story(desk: Pages) -> None:
        media.append(desk.media)
        monkeypatch.setattr(page_of_lists, "MOST_PENDING", 2)
        keys = [key_of(await drop(desk, {"list.csv": LIST, **PICTURES})) for _ in range(3)]
        assert {name.split("/")[2] for name in laid(desk)} == set(keys[1:])
        monkeypatch.setattr(page_of_lists, "KEPT", -1.0)
        last = key_of(await drop(desk, {"list.csv": LIST, **PICTURES}))
        assert {name.split("/")[2] for name in laid(desk)} == {last}

    visit(story)
    assert [*media[0].files_below(BELOW)] == []


def test_the_form_tells_its_limits_and_keeps_the_production(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = await desk.text("/submit?production=nike_ss27")
        assert "At most 256 MB in 2000 files." in page
        assert 'value="nike_ss27"' in page

    visit(story)
