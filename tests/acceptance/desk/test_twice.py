"""Somebody who presses twice in a browser, since nothing seemed to happen."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from farm.operations import comment as comments
from pipeline.storage.folder import MediaFolder
from tests.acceptance.desk.conftest import PATIENCE, Desk, stored
from tests.desk_farm import TOY, Shown, show

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def desk(open_desk: Callable[..., Desk]) -> Desk:
    opened = open_desk("anna")
    media = MediaFolder(opened.folder.path / "media")
    media.set_up()
    with stored(opened) as store:
        show(store, media, "ads", [Shown(code="sh010", size=TOY), Shown(code="sh020", size=TOY)])
    opened.settle()
    return opened


def test_a_second_press_on_send_writes_no_second_comment(desk: Desk) -> None:
    sent: list[str | None] = []

    def slowly(route: Route) -> None:
        """The first reaches the desk, and its answer never the browser."""
        if not sent:
            route.fetch(max_redirects=0)
        sent.append(route.request.post_data)
        if len(sent) > 1:
            route.continue_()

    with desk.person("anna") as anna:
        anna.go("/p/ads/s/sh010")
        anna.page.route("**/s/sh010/comments*", slowly)
        anna.page.locator("#comment-text").fill("too dark")
        send = anna.page.locator("form.comment button").first
        send.scroll_into_view_if_needed()
        box = send.bounding_box()
        assert box
        place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        anna.page.mouse.click(*place)
        end = time.monotonic() + PATIENCE / 1000
        while not sent:
            assert time.monotonic() < end, "the first press sent nothing"
            anna.page.wait_for_timeout(20)
        anna.page.mouse.click(*place)
        expect(anna.page).to_have_url(re.compile("#comments$"))
        expect(anna.page.locator("#comments-list .lines")).to_have_text(["too dark"])
        assert len(sent) == 2
        assert sent[0] == sent[1] is not None
        anna.page.locator("#comment-text").fill("too dark")
        with anna.page.expect_navigation():
            send.click()
        expect(anna.page.locator("#comments-list .lines")).to_have_text(["too dark", "too dark"])
    with stored(desk) as store:
        assert len(comments.comments(store, "ads", "sh010")) == 2
