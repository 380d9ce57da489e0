"""A delivery by the desk: foreseen on a page, fetched as one zip, noted with who did it, and gone after."""

import asyncio
import csv
import html
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from farm.config import Settings
from farm.delivery.verifying import verify
from farm.desk.deliveries import MAKING
from farm.desk.places import DESK
from farm.domain.events import EventKind
from farm.domain.roles import Role
from farm.errors import StoreError
from farm.operations import packed_delivery, review
from farm.store.queries import selection
from farm.store.shots import delivered
from pipeline.clips.encode import read
from tests.integration.farm.desk.conftest import TOKENS
from tests.integration.farm.desk.pages.conftest import Pages, Visit
from tests.integration.farm.store.conftest import log, submit

AT = "/p/ads/deliver"


async def until_gone(settings: Settings) -> None:
    """Until nothing of a delivery lies in the media root; it is removed by a thread."""
    async with asyncio.timeout(200):
        while [*settings.media.glob("deliveries/*")]:
            await asyncio.sleep(0.01)


def clip_of(desk: Pages, shot: str) -> str:
    (take,) = (each for each in selection.selected_takes(desk.store, "ads") if each.shot == shot)
    return take.clip


def test_the_page_tells_what_would_go_and_what_is_missing_and_why(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        page = html.unescape(await desk.text(AT))
        assert re.search(r"1 clips, [\d.]+ kB", page)
        listed = re.findall(r'<li><a href="/p/ads/s/(\w+)">\1</a>\s*(.*?)</li>', page, re.S)
        told = {code: re.sub(r"<svg.*?</svg>|<[^>]+>", "", more).strip() for code, more in listed}
        assert told["sh040"] == "This film is no longer there."
        assert told["sh020"] == "needs review"
        assert told["sh050"] == "rendering"
        assert told["sh010"] == "take 1 accepted"
        assert f'href="{AT}"' in await desk.text("/p/ads")
        zh = await desk.text(AT, Accept_Language="zh")
        assert "1 条片段" in zh

    visit(story)


def test_the_delivery_is_fetched_as_a_zip_noted_and_not_kept(
    visit: Visit, settings: Settings, tmp_path: Path
) -> None:
    async def story(desk: Pages) -> None:
        await desk.sign_in(desk.add("anna", Role.PRODUCER))
        answer = await desk.post(AT)
        assert (answer.status, answer.content_type) == (200, "application/zip")
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''ads.zip"
        with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == [
                "ads/contact_sheet.pdf",
                "ads/contact_sheet.png",
                "ads/manifest.csv",
                "ads/manifest.json",
                "ads/not_delivered.txt",
                "ads/sh010_t01.mp4",
            ]
            archive.extract("ads/sh010_t01.mp4", tmp_path)
            delivered_film = tmp_path / "ads" / "sh010_t01.mp4"
            assert verify(delivered_film).label is not None
            with desk.media.get(clip_of(desk, "sh010")) as clip:
                assert np.array_equal(read(delivered_film), read(clip))
            table = archive.read("ads/manifest.csv").decode("utf-8-sig")
        assert [row["shot"] for row in csv.DictReader(io.StringIO(table))] == ["sh010"]
        event = log(desk.store)[-1]
        assert (event.kind, event.who) == (EventKind.PRODUCTION_DELIVERED, "anna")
        assert event.data == {
            "production": "ads",
            "clips": 1,
            "undelivered": ["sh040"],
            "to": "the desk",
        }
        await until_gone(settings)

    visit(story, TOKENS)


def test_what_is_gone_is_named_in_the_zip(visit: Visit, settings: Settings) -> None:
    async def story(desk: Pages) -> None:
        review.approve(desk.store, "ads", ["sh020"], take=2, who="anna")
        desk.media.remove(clip_of(desk, "sh010"))
        answer = await desk.post(AT)
        assert answer.status == 200
        with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
            assert "ads/sh020_t02.mp4" in archive.namelist()
            said = archive.read(f"ads/{packed_delivery.LEFT_OUT}").decode()
            assert said.startswith(
                "Not delivered:\nsh010: sh010_t01.mp4: its clip is missing\n"
                "sh040: sh040_t01.mp4: its clip was purged on "
            )
        await until_gone(settings)

    visit(story)


def test_what_is_gone_is_named_also_where_the_log_cannot_be_told(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise StoreError("the database is locked")

    monkeypatch.setattr(delivered, "note", fails)

    async def story(desk: Pages) -> None:
        answer = await desk.post(AT)
        assert answer.status == 200
        with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
            assert f"ads/{packed_delivery.LEFT_OUT}" in archive.namelist()
            assert "ads/sh010_t01.mp4" in archive.namelist()
        assert "ads was delivered, and the log could not be told" in caplog.text

    visit(story)


@pytest.mark.parametrize("what", ["nothing is decided", "all is gone"])
def test_without_a_clip_nothing_is_made(visit: Visit, settings: Settings, what: str) -> None:
    async def story(desk: Pages) -> None:
        production = "ads"
        if what == "all is gone":
            desk.media.remove(clip_of(desk, "sh010"))
        else:
            submit(desk.store, "sh010", production="new")
            production = "new"
        page = html.unescape(await desk.said(f"/p/{production}/deliver", 409, {}))
        assert 'role="alert"' in page
        assert ("decide first" in page) == (production == "new")
        if production == "new":
            assert "No shot is accepted or approved yet." in page
            assert 'method="post" action="/p/new/deliver"' not in page
        await until_gone(settings)

    visit(story)


def test_nothing_is_left_where_making_it_fails_or_nobody_waits_for_it(
    visit: Visit, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(desk: Pages) -> None:
        def fails(*_: object, **__: object) -> None:
            raise OSError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(delivered, "note", fails)
            assert (await desk.post(AT)).status == 500
            await until_gone(settings)

        def endless(folder: Path, called: str) -> Iterator[bytes]:
            while folder:
                yield called.encode() * 100_000

        monkeypatch.setattr(packed_delivery, "pieces", endless)
        answer = await desk.post(AT)
        await answer.content.readexactly(100)
        assert [*settings.media.glob("deliveries/*")]
        answer.close()
        await until_gone(settings)

    visit(story)


def delivered_so_far(desk: Pages) -> int:
    return sum(each.kind is EventKind.PRODUCTION_DELIVERED for each in log(desk.store))


def test_a_delivery_that_is_asked_for_twice_is_made_once(
    visit: Visit, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    let, made = threading.Event(), packed_delivery.make

    def slowly(*args: Any, **kwargs: Any) -> Path:
        assert let.wait(240)
        return made(*args, **kwargs)

    monkeypatch.setattr(packed_delivery, "make", slowly)

    async def story(desk: Pages) -> None:
        presses = [asyncio.create_task(desk.post(AT)) for _ in range(3)]
        making = desk.browser.app[DESK].deliveries
        try:
            async with asyncio.timeout(200):
                while sum(each.presses for each in making.values()) < 3:
                    await asyncio.sleep(0.01)
        finally:
            let.set()
        for answer in await asyncio.gather(*presses):
            assert answer.status == 200
            with zipfile.ZipFile(io.BytesIO(await answer.read())) as archive:
                assert archive.testzip() is None
                assert "ads/sh010_t01.mp4" in archive.namelist()
        assert delivered_so_far(desk) == 1
        await until_gone(settings)
        assert not making
        assert (await desk.post(AT)).status == 200
        assert delivered_so_far(desk) == 2, "whoever asks again gets what is so by then"

    visit(story)


@pytest.mark.parametrize("missing", [0, 1])
def test_what_does_not_fit_beside_renders_is_refused_before_it_is_copied(
    visit: Visit, settings: Settings, monkeypatch: pytest.MonkeyPatch, missing: int
) -> None:
    async def story(desk: Pages) -> None:
        needed = packed_delivery.foresee(desk.store, "ads").size
        free = needed + settings.min_free_mb * 2**20 - missing
        monkeypatch.setattr(type(desk.media), "free", lambda _: free)
        answer = await desk.post(AT)
        assert answer.status == (409 if missing else 200)
        if missing:
            assert "stay for renders" in await answer.text()
            assert not (settings.media / "deliveries").exists()
            assert delivered_so_far(desk) == 0

    visit(story)


def test_what_was_fetched_goes_while_others_are_made(visit: Visit, settings: Settings) -> None:
    let = threading.Event()

    async def story(desk: Pages) -> None:
        answer = await desk.post(AT)
        busy = [MAKING.submit(let.wait, 60) for _ in range(MAKING._max_workers)]
        try:
            assert await answer.read()
            await until_gone(settings)
            assert not any(each.done() for each in busy)
        finally:
            let.set()

    visit(story)
