"""A desk that `farm desk` serves, and people who use it in Chromium: whatever a page complains of fails."""

import io
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    sync_playwright,
)

from farm.domain.roles import Role
from farm.operations import people
from farm.store import Store, open_store
from tests import chromium
from tests.acceptance.conftest import ROOT, FarmFolder
from tests.conftest import sqlite_database

PATIENCE = 120_000
"""Milliseconds for which something may not be there yet: the machine may be busy."""
AXE = (ROOT / "tests" / "axe" / "axe.min.js").read_text(encoding="utf-8")


class Desk:
    """A farm in a folder with its desk, at which everybody signs in by a link."""

    def __init__(self, folder: FarmFolder, browser: Browser, names: tuple[str, ...]) -> None:
        """`names` are of people who may do all that there is to do."""
        self.folder = folder
        self._browser = browser
        self._sessions: dict[str, Any] = {}
        with stored(self) as store:
            tokens = {name: added(store, name) for name in names}
        process = folder.start("desk", "--port", "0")
        assert process.stderr
        told = process.stderr.readline()
        assert told.startswith("Desk: http"), told + process.stderr.read()
        self.address = told.split()[1].rstrip("/")
        for name, token in tokens.items():
            self._sign_in(name, token)

    def _sign_in(self, name: str, token: str) -> None:
        with self.person() as person:
            person.page.goto(f"{self.address}/sign-in#{token}")
            person.page.wait_for_url(self.address + "/")
            self._sessions[name] = person.context.storage_state()

    def settle(self) -> None:
        """Waits until the desk has told of all that was written: pages that open later hear none of it."""
        with stored(self) as store, store.read() as connection:
            newest = connection.exec_driver_sql("SELECT max(id) FROM events").scalar_one()
        with self.person(next(iter(self._sessions))) as person:
            person.go("/")
            person.until(f"Number(document.body.dataset.news) >= {newest}")

    @contextmanager
    def person(self, name: str | None = None, **looks: Any) -> Iterator["Person"]:
        """Somebody in a browser of their own, signed in where they have a name; `looks` are its size,
        language and colours. Complaints of its pages fail at the end."""
        chosen: dict[str, Any] = {"locale": "en-GB", "color_scheme": "dark", **looks}
        context = self._browser.new_context(storage_state=self._sessions.get(name or ""), **chosen)
        context.set_default_timeout(PATIENCE)
        person = Person(context, self.address)
        try:
            yield person
        finally:
            context.close()
        assert not person.complaints


class Person:
    """Somebody at the desk."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.presses = 0
        self.complaints: list[str] = []
        """What pages complained of, and requests that left the desk."""
        context.add_init_script(
            "addEventListener('securitypolicyviolation', "
            "(event) => console.error('CSP', event.violatedDirective))"
        )
        context.on("request", lambda request: self._asked(request.url))
        context.on("console", self._said)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = context.new_page()

    def go(self, path: str) -> None:
        """Opens a page, and waits until its scripts run."""
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("load")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def press_on(self, *keys: str) -> None:
        """Presses keys that lead to another page, and waits for it."""
        with self.page.expect_navigation():
            self.press(*keys)

    def click_on(self, what: Locator) -> None:
        """Clicks what leads to another page, and waits until its scripts run."""
        with self.page.expect_navigation():
            what.click()

    def frame(self) -> int:
        """The frame that is looked at, from 0."""
        return int(self.page.locator("output[data-frame]").inner_text().split()[0])

    def until(self, truth: str) -> None:
        """Waits until this is true in the page, whose policy lets nothing be polled there."""
        end = time.monotonic() + PATIENCE / 1000
        while not self.page.evaluate(truth):
            assert time.monotonic() < end, truth
            self.page.wait_for_timeout(30)

    def accessible(self) -> list[str]:
        """What axe finds on the page: rule and element."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        return self.page.evaluate(
            "axe.run().then((found) => found.violations.flatMap((each) => each.nodes.map("
            "(node) => `${each.id}: ${node.target} ${node.failureSummary}`)))"
        )

    def too_wide(self) -> int:
        """Pixels by which the page is wider than its window."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != self.address and parts.scheme not in (
            "blob",
            "data",
        ):
            self.complaints.append(f"a request left the desk: {url}")

    def _said(self, message: ConsoleMessage) -> None:
        # A page that says no says so with its status, and Chromium notes that.
        own = message.text.startswith("Failed to load resource") and message.location["url"] == (
            message.page and message.page.url
        )
        # An address that the machine got or lost meanwhile is no fault of the page, though Chromium drops
        # what it was loading from loopback.
        machines = message.text.endswith("net::ERR_NETWORK_CHANGED")
        if message.type in ("error", "warning") and not own and not machines:
            self.complaints.append(f"{message.location['url']}: {message.text}")


def states(desk: Desk, production: str) -> dict[str, str]:
    """How each shot of a production stands, by its code."""
    return {shot["code"]: shot["state"] for shot in desk.folder.shots(production)}


def zipped(**files: bytes | str) -> bytes:
    """A zip of these files; in their names `__` stands for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, without a window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(chromium.needed()), args=["--no-sandbox"]
        )
        yield started
        started.close()


@pytest.fixture(scope="module")
def open_desk(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Desk]]:
    """Opens a desk of an empty farm for people with these names; its workers carry the played model."""
    folders: list[FarmFolder] = []

    def opened(*names: str) -> Desk:
        path = tmp_path_factory.mktemp("desk")
        folder = FarmFolder(
            path,
            {
                "FARM_CLUSTER": "inline",
                "FARM_PROFILE": "toy",
                "FARM_DESK_SIGN_IN": "1",
                "FARM_USER": "root",
                "PYTHONPATH": str(ROOT),
                "CHAOS_STEP_SECONDS": "0.01",
                "CHAOS_TAIL_SECONDS": "0",
            },
            module="tests.chaos.run",
        )
        folders.append(folder)
        sqlite_database(path / "farm.db")
        return Desk(folder, browser, names)

    yield opened
    for folder in folders:
        folder.close()


@pytest.fixture
def drop() -> Callable[[Person, str, bytes], None]:
    """Drops a file on the page, as from another window."""

    def dropped(person: Person, name: str, content: bytes) -> None:
        person.page.evaluate(
            """([name, bytes]) => {
                const carried = new DataTransfer();
                carried.items.add(new File([new Uint8Array(bytes)], name));
                document.querySelector("main").dispatchEvent(
                    new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
            }""",
            [name, [*content]],
        )

    return dropped


@contextmanager
def stored(desk: Desk) -> Iterator[Store]:
    """The store of a desk's farm."""
    opened = open_store(f"sqlite:///{desk.folder.path / 'farm.db'}")
    yield opened
    opened.close()


def added(store: Store, name: str) -> str:
    """The token of a new operator."""
    link = people.add(store, name, Role.OPERATOR, "http://127.0.0.1:8400", who="root").link
    return link.partition("#")[2]
