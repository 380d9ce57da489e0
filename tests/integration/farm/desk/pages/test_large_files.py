"""What is large is read, unpacked and laid a few at a time, and all other pages answer meanwhile."""

import asyncio
import threading
from typing import Any, BinaryIO, cast

import pytest

from farm.desk.forms import HEAVY, Sent
from farm.desk.places import DESK
from farm.operations import submit as submissions
from farm.store.queries import shot_story
from tests.integration.farm.desk.pages.conftest import Pages, Visit, png
from tests.integration.farm.desk.pages.lists import LIST, PICTURES, drop, key_of, laid, packed

AT_ONCE = 2
MANY = 12
"""Uploads: more than any pool of threads for all has on a small machine."""


class Slow:
    """A media root that takes no picture in until it is let."""

    def __init__(self, media: Any) -> None:
        self._media = media
        self._one = threading.Lock()
        self.let = threading.Event()
        self.begun = threading.Event()
        self.inside = self.most = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._media, name)

    def put(self, name: str, data: bytes) -> None:
        if not name.startswith("pictures/"):
            self._media.put(name, data)
            return
        with self._one:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.begun.set()
        assert self.let.wait(240)
        with self._one:
            self.inside -= 1
        self._media.put(name, data)


def test_pages_answer_and_decisions_are_done_while_many_upload(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        app: Any = desk.browser.app[DESK]
        app.media = slow = Slow(app.media)
        archive = {"all.zip": packed({"list.csv": LIST, **PICTURES})}
        uploads = [asyncio.create_task(drop(desk, archive, f"new{n}")) for n in range(MANY)]
        order = asyncio.create_task(
            desk.send("/p/ads/s/sh020/retake", [("image", "a.png", png("olive"))])
        )
        try:
            async with asyncio.timeout(200):
                while not slow.begun.is_set():
                    await asyncio.sleep(0.01)
                for page in ("/", "/p/ads", "/p/ads/s/sh010", "/workers", "/submit"):
                    await desk.text(page)
                assert (await desk.get("/p/ads/s/sh010/thumb/1")).status == 200
                approve = {"action": "approve", "take": "1"}
                assert (await desk.post("/p/ads/s/sh010/decide", approve)).status == 303
                assert (await desk.post("/p/ads/s/sh060/retake", {"seed": "42"})).status == 303
        finally:
            slow.let.set()
        assert all("2 new" in page for page in await asyncio.gather(*uploads))
        assert (await order).status == 303
        assert slow.most <= AT_ONCE == HEAVY._max_workers
        assert shot_story.tell(desk.store, "ads", "sh010").review == "approved"
        assert len(laid(desk)) == MANY * (1 + len(PICTURES))

    visit(story)


def test_a_second_click_on_take_in_waits_in_none_of_the_threads_for_large_files(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, let = threading.Event(), threading.Event()
    submitted = submissions.submit

    def slowly(*args: Any, **kwargs: Any) -> Any:
        if not kwargs.get("dry_run"):
            begun.set()
            assert let.wait(240)
        return submitted(*args, **kwargs)

    async def story(desk: Pages) -> None:
        handed = {"key": key_of(await drop(desk, {"list.csv": LIST, **PICTURES}))}
        monkeypatch.setattr(submissions, "submit", slowly)
        clicks = [asyncio.create_task(desk.post("/submit/take-in", handed)) for _ in range(MANY)]
        try:
            async with asyncio.timeout(200):
                while not begun.is_set():
                    await asyncio.sleep(0.01)
                for _ in range(MANY):
                    await desk.text("/submit")
                picture = [("image", "a.png", png("olive"))]
                assert (await desk.send("/p/ads/s/sh020/retake", picture)).status == 303
        finally:
            let.set()
        led = {each.headers.get("Location") for each in await asyncio.gather(*clicks)}
        assert led == {"/p/new"}

    visit(story)


def test_what_was_sent_is_read_where_no_page_is_served(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []

    class Read:
        """A file that tells who reads it."""

        def __init__(self, file: Any) -> None:
            self._file = file

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

        def read(self, *size: int) -> bytes:
            reads.append(threading.current_thread().name)
            return self._file.read(*size)

    begin = Sent.__init__

    def heard(self: Sent, field: str, name: str, file: Any) -> None:
        begin(self, field, name, cast("BinaryIO", Read(file)))

    monkeypatch.setattr(Sent, "__init__", heard)

    async def story(desk: Pages) -> None:
        await drop(desk, {"all.zip": packed({"list.csv": LIST, **PICTURES})})
        await drop(desk, {"list.csv": LIST, **PICTURES})
        retake = [("once", "a"), ("seed", "5")]
        sent = [("image", "a.png", png("olive"))]
        assert (await desk.send("/p/ads/s/sh010/retake", sent, retake)).status == 303

    visit(story)
    assert len(reads) > 4
    assert {name.rpartition("_")[0] for name in reads} == {"files"}
