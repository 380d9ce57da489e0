"""The desk under a studio: 50 pages that listen and 10 people who decide, in a production of 5,000 shots.

On SQLite, over loopback, each person a second after the answer before; a page that hears of news asks for
what `live.js` asks for on a grid. The first paint is the grid in Chromium, its pictures not counted;
milliseconds.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import sqlalchemy as sa

from farm.store import Store, open_store
from tests import chromium
from tests.benchmarks.filling import analyze, fill

SHOTS, LISTENERS, PEOPLE, EACH = 5_000, 50, 10, 20
PAUSE = 1.0
"""Seconds that somebody looks before they decide."""
QUIET, COUNTS = 0.12, 0.9
"""Seconds in which a page gathers news, and then those in which the counts of states are."""
SHOWN = frozenset(f"sh{number}" for number in range(1, 61))
"""The shots that a grid shows at first."""
COUNTED = "/p/long/states"
"""Where a page finds the counts."""
OWN = {"Sec-Fetch-Site": "same-origin"}


def run() -> dict[str, Any]:
    """Milliseconds of a decision and of the page after it, what was lost, megabytes before and after."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/farm.db"
        store = open_store(database)
        fill(store, "long", SHOTS, finished=True)
        analyze(store)
        process, address = _desk(folder, database)
        try:
            paint = _first_paint(address)
            load = asyncio.run(_load(address, psutil.Process(process.pid)))
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate()
        lost = PEOPLE * EACH - _rejected(store)
        store.close()
    return {"shots": SHOTS, "first_paint_of_the_grid": paint, **load, "lost_decisions": lost}


def _desk(folder: str, database: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "farm", "desk", "--port", "0"],
        env=os.environ | {"FARM_DATABASE": database, "FARM_MEDIA": str(Path(folder) / "media")},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    return process, process.stderr.readline().split()[1].rstrip("/")


def _first_paint(address: str) -> int:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium.needed()), args=["--no-sandbox"]
        )
        page = browser.new_page()
        times: list[float] = []
        for _ in range(3):
            page.goto(f"{address}/p/long")
            page.wait_for_timeout(300)
            times.append(
                page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
            )
        browser.close()
    return round(sorted(times)[1])


async def _load(address: str, desk: psutil.Process) -> dict[str, Any]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(address, connector=connector, headers=OWN) as session:
        listening = [asyncio.create_task(_listen(session)) for _ in range(LISTENERS)]
        await _decide(session, 0, [SHOTS])  # what is made once is made
        before = desk.memory_info().rss
        turns = [range(1 + person * EACH, 1 + (person + 1) * EACH) for person in range(PEOPLE)]
        taken = await asyncio.gather(
            *(_decide(session, each, turn) for each, turn in enumerate(turns))
        )
        after = desk.memory_info().rss
        for each in listening:
            each.cancel()
        heard = [len(each) for each in await asyncio.gather(*listening) if each]
    decided = sorted(pair[0] for person in taken for pair in person)
    shown = sorted(pair[1] for person in taken for pair in person)
    return {
        "decision": {"median": _at(decided, 0.5), "p95": _at(decided, 0.95)},
        "page_after_it": {"median": _at(shown, 0.5), "p95": _at(shown, 0.95)},
        "listeners_that_heard": len(heard),
        "memory_mb": {"before": before >> 20, "after": after >> 20},
    }  # fmt: skip


async def _listen(session: aiohttp.ClientSession) -> set[bytes]:
    heard: set[bytes] = set()
    page = _Page(session)
    try:
        async with session.get("/live", timeout=aiohttp.ClientTimeout(total=None)) as answer:
            async for line in answer.content:
                if line.startswith(b"data:"):
                    heard.add(line)
                    page.hears({each["shot"] for each in json.loads(line[5:])})
    except asyncio.CancelledError:
        page.close()
    return heard


class _Page:
    """A grid that somebody looks at: it asks anew for the tiles that changed, and for the counts."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self._codes: set[str] = set()
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._turn = asyncio.Lock()

    def hears(self, codes: set[str]) -> None:
        self._codes |= codes
        self._soon("tiles", QUIET)

    def close(self) -> None:
        for each in self._asking.values():
            each.cancel()

    def _soon(self, what: str, seconds: float) -> None:
        if what not in self._asking:
            self._asking[what] = asyncio.create_task(self._ask(what, seconds))

    async def _ask(self, what: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        del self._asking[what]
        async with self._turn:
            if what == "counts":
                await self._get(COUNTED)
                return
            codes, self._codes = self._codes, set()
            if shown := codes & SHOWN:
                await self._get("/p/long/tiles?" + "&".join(f"code={code}" for code in shown))
            self._soon("counts", COUNTS)

    async def _get(self, path: str) -> None:
        async with self._session.get(path) as answer:
            assert answer.status == 200
            await answer.read()


async def _decide(
    session: aiohttp.ClientSession, person: int, shots: Sequence[int]
) -> list[tuple[float, float]]:
    """Seconds of each decision, and of the page that it leads to."""
    taken: list[tuple[float, float]] = []
    await asyncio.sleep(PAUSE * person / PEOPLE)
    for number in shots:
        form = {"action": "reject", "newest": "1", "known": "accepted", "next": "1"}
        begun = time.perf_counter()
        async with session.post(
            f"/p/long/s/sh{number}/decide", data=form, allow_redirects=False
        ) as answer:
            assert answer.status == 303, await answer.text()
            to = answer.headers["Location"]
        decided = time.perf_counter()
        async with session.get(to) as answer:
            assert answer.status == 200
            await answer.read()
        taken.append((decided - begun, time.perf_counter() - decided))
        await asyncio.sleep(PAUSE)
    return taken


def _at(values: Sequence[float], share: float) -> int:
    return round(values[int(share * (len(values) - 1))] * 1000)


def _rejected(store: Store) -> int:
    with store.read() as connection:
        found = connection.scalar(
            sa.text("SELECT count(*) FROM shots WHERE review = 'rejected' AND code <> :code"),
            {"code": f"sh{SHOTS}"},
        )
    return int(found or 0)
