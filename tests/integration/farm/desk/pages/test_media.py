"""Films and pictures, whole and in parts, and nothing that no take has."""

import io

import pytest
from PIL import Image

from farm.desk import places
from farm.desk.places import DESK
from farm.store.queries import board
from tests.integration.farm.desk.pages.conftest import Pages, Visit, png

FILM = "/p/ads/s/sh010/film/1"


def test_a_film_comes_whole_and_in_parts(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        path = board.films(desk.store, "ads", "sh010")[1].path
        with desk.media.open(path) as file:
            film = file.read()
        whole = await desk.get(FILM)
        assert (whole.status, whole.content_type, await whole.read()) == (200, "video/mp4", film)
        assert whole.headers["Accept-Ranges"] == "bytes"
        assert whole.headers["Cache-Control"] == "private, no-cache"
        for asked, start, end in (
            ("bytes=0-0", 0, 1),
            ("bytes=10-19", 10, 20),
            ("bytes=-5", len(film) - 5, len(film)),
            ("bytes=100-", 100, len(film)),
        ):
            part = await desk.get(FILM, Range=asked)
            assert (part.status, await part.read()) == (206, film[start:end])
            assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(film)}"
        assert (await desk.get(FILM, Range=f"bytes={len(film)}-")).status == 416
        assert (await desk.get(FILM, Range="bytes=9-1")).status == 416
        again = await desk.get(FILM, If_None_Match=whole.headers["ETag"])
        assert (again.status, await again.read()) == (304, b"")
        head = await desk.browser.head(FILM)
        assert (head.status, head.headers["Content-Length"]) == (200, str(len(film)))

    visit(story)


@pytest.mark.parametrize(
    ("path", "size", "kind"),
    [
        ("thumb/1", (320, 320), "image/webp"),
        ("strip/1", (1536, 128), "image/webp"),
        ("still/1", (64, 64), "image/png"),
        ("still/1?small", (448, 448), "image/webp"),
    ],
)
def test_pictures_of_a_take(visit: Visit, path: str, size: tuple[int, int], kind: str) -> None:
    async def story(desk: Pages) -> None:
        answer = await desk.get(f"/p/ads/s/sh010/{path}")
        assert (answer.status, answer.content_type) == (200, kind)
        assert Image.open(io.BytesIO(await answer.read())).size == size

    visit(story)


def test_a_large_still_is_made_small_smoothly(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        from pipeline.storage.names import still_path
        from tests.conftest import a_recipe

        desk.media.put(still_path(a_recipe().still), png("teal", (960, 540)))
        answer = await desk.get("/p/ads/s/sh060/still/1?small")
        assert Image.open(io.BytesIO(await answer.read())).size == (480, 270)

    visit(story)


@pytest.mark.parametrize(
    "path",
    [
        "/p/ads/s/sh040/film/1", "/p/ads/s/sh040/thumb/1", "/p/ads/s/sh040/strip/1",
        "/p/ads/s/sh060/film/1", "/p/ads/s/sh010/film/2", "/p/ads/s/sh010/film/0",
        "/p/ads/s/sh010/film/999999999", "/p/ads/s/sh010/film/9999999999", "/p/ads/s/sh010/still/2",
        "/p/ads/s/none/film/1", "/p/none/s/sh010/film/1", "/p/ads/s/sh010/film/-1",
        "/p/ads/s/sh010/film/../film/1x", "/p/ads/s/sh010/film/%2e%2e%2f%2e%2e%2ffarm.db",
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/",
        "/static/%2e%2e%2f%2e%2e%2f%2e%2e%2ffarm.db", "/static//etc/passwd", "/static/none.js",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(visit: Visit, path: str) -> None:
    async def story(desk: Pages) -> None:
        from yarl import URL

        address = desk.browser.make_url("/").join(URL(path, encoded=True))
        answer = await desk.browser.session.get(URL(str(address), encoded=True))
        assert answer.status in (403, 404)
        assert b"SQLite" not in await answer.read()

    visit(story)


def test_pictures_that_vanished_are_said_to_be_gone(visit: Visit) -> None:
    async def story(desk: Pages) -> None:
        for each in [*desk.media.files_below("clips/"), *desk.media.files_below("stills/")]:
            desk.media.remove(each.name)
        for path in ("film/1", "thumb/1", "strip/1", "still/1", "still/1?small"):
            assert "no longer there" in await desk.text(f"/p/ads/s/sh010/{path}", 404)

    visit(story)


def test_the_desk_remembers_no_more_answers_than_it_may(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MOST_KEPT", 3)

    async def story(desk: Pages) -> None:
        kept = desk.browser.app[DESK]
        for number in range(9):
            assert kept.remembered(number, 60.0, lambda number=number: -number) == -number
        assert [*kept.kept] == [6, 7, 8]
        assert kept.remembered(8, 60.0, lambda: "another") == -8
        assert kept.remembered(8, 0.0, lambda: "another") == -8
        assert kept.remembered(9, 0.0, lambda: 1) == 1
        assert kept.remembered(9, 0.0, lambda: 2) == 2

    visit(story)
