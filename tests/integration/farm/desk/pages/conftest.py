"""The desk's pages over a farm where all that can become of a shot has become of one."""

import asyncio
import hashlib
import io
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from aiohttp import ClientResponse, FormData
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from farm import config
from farm.config import Settings
from farm.desk.app import make_app
from farm.desk.policy import Policy
from farm.domain.decision import Decision, History
from farm.domain.lifecycle import ReviewStatus
from farm.domain.shot import AlternateStill
from farm.operations.workspace import media_of
from farm.store import Store, open_store
from farm.store.queue import leases, settle
from pipeline.clips import encode
from pipeline.coverage import Coverage, Shown, Stage
from pipeline.findings import Finding, Severity
from pipeline.ladder import Step
from pipeline.misses import LABEL_FOLLOWED, Miss, MissKind
from pipeline.prompts.simplify import Removal
from pipeline.result import Verdict
from pipeline.storage.names import still_path
from pipeline.storage.protocol import Media
from tests.conftest import a_recipe, a_refusal, sqlite_database
from tests.integration.farm.desk.conftest import OPEN, OWN, Browser, Clock, Desk
from tests.integration.farm.store.conftest import accept, claim, make, say, submit
from tests.pictures import ground

PROMPT = "a red bicycle turns on a white table"
LONG = f"cinematic, {PROMPT}"
PARTLY = Coverage(
    stages=(
        Stage(text="it turns", shown=Shown.SHOWN, value=0.9),
        Stage(text="it falls", shown=Shown.NOT_SHOWN, value=0.1),
    )
)
FROZEN = Miss(
    kind=MissKind.FROZEN,
    value=0.01,
    threshold=0.1,
    message="the clip stands still: frames change by 0.01 of 255, below 0.1",
)
STAYS = Finding(
    LABEL_FOLLOWED,
    Severity.INFO,
    "the must-keep word ‘TEA’ stays readable in all 8 frames looked at",
)
ONE_FILM = "clips/one.mp4"


class Pages(Desk):
    """The desk as a browser has it that can send files, too."""

    def __init__(self, store: Store, browser: Browser, media: Media) -> None:
        super().__init__(store, browser, Clock())
        self.media = media

    async def text(self, path: str, status: int = 200, /, **headers: str) -> str:
        """The page at an address, which must answer so."""
        answer = await self.get(path, **headers)
        assert answer.status == status, await answer.text()
        return await answer.text()

    async def send(
        self,
        path: str,
        files: Sequence[tuple[str, str, bytes]] = (),
        fields: Sequence[tuple[str, str]] = (),
        **headers: str,
    ) -> ClientResponse:
        """Posts files (field, name, content) and fields, as a form with files is posted."""
        form = FormData(quote_fields=False, default_to_multipart=True)
        for name, value in fields:
            form.add_field(name, value)
        for field, name, content in files:
            form.add_field(field, io.BytesIO(content), filename=name)
        return await self.browser.post(
            path, data=form, headers={**OWN, **headers}, allow_redirects=False
        )

    async def said(self, path: str, status: int, fields: dict[str, str]) -> str:
        """The page that answers a form, which must answer so."""
        answer = await self.post(path, fields)
        assert answer.status == status, await answer.text()
        return await answer.text()


Story = Callable[[Pages], Awaitable[None]]
Visit = Callable[..., None]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the database and the media root of the farm that was played."""
    folder = tmp_path_factory.mktemp("played-farm")
    store = open_store(sqlite_database(folder / "farm.db"))
    play_farm(store, media_of(_settings(folder)))
    store.close()
    return folder


@pytest.fixture
def place(template: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(template, tmp_path / "farm"))


@pytest.fixture
def settings(place: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(place)
    return _settings(place)


@pytest.fixture
def store(place: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{place / 'farm.db'}")
    yield opened
    opened.close()


@pytest.fixture
def visit(settings: Settings, store: Store) -> Visit:
    """Plays a story at the desk: `visit(story)` as the person who started it, `visit(story, TOKENS)`."""

    def run(story: Story, policy: Policy = OPEN) -> None:
        async def whole() -> None:
            async with pages(settings, store, policy) as found:
                await story(found)

        asyncio.run(whole())

    return run


@asynccontextmanager
async def pages(settings: Settings, store: Store, policy: Policy = OPEN) -> AsyncIterator[Pages]:
    app = make_app(settings, store, policy)
    async with TestClient(TestServer(app, host="127.0.0.1")) as browser:
        yield Pages(store, browser, media_of(settings))


def _settings(place: Path) -> Settings:
    return config.load(
        media=place / "media", database=f"sqlite:///{place / 'farm.db'}", profile="toy", user="root"
    )


def play_farm(store: Store, media: Media) -> None:
    """Production `ads`: sh010 accepted; sh020 missed twice, its second take cut; sh030 declined; sh040
    approved and purged; sh050 renders its second take after a miss; sh060 waits. Production `film`: sh010
    accepted, sh020 waits."""
    film = _film(media)
    media.put(still_path(a_recipe().still), png("white"))

    submit(store, "sh010", production="ads")
    _make(store, media, film, coverage=PARTLY, findings=(STAYS,))
    other = AlternateStill(image="other.png", still="6" * 64, width=64, height=64)
    media.put(still_path(other.still), png("olive"))
    submit(store, "sh020", production="ads", recipe=a_recipe(prompt=LONG), alternates=(other,))
    _make(store, media, film, _cut, verdict=Verdict.LOW_MATCH, score=0.21, misses=(FROZEN,))
    _make(store, media, film, _ask, verdict=Verdict.LOW_MATCH, score=0.33, misses=(FROZEN,))
    submit(store, "sh030", production="ads")
    settle.declined(store, claim(store), a_refusal(), _ask)
    submit(store, "sh040", production="ads")
    _make(store, media, film)
    submit(store, "sh050", production="ads")
    _make(store, media, film, _again, verdict=Verdict.BAD_CLIP, score=0.4)
    leases.beat(store, {claim(store): 3}, 3600.0)
    submit(store, "sh060", production="ads")
    say(store, "UPDATE takes SET held = :yes WHERE status = 'waiting'", yes=True)
    submit(store, "sh010", production="film")
    _make(store, media, film)
    submit(store, "sh020", production="film")
    say(store, "UPDATE takes SET held = :no", no=False)
    say(
        store, "UPDATE clips SET sha256 = :sha256, size = :size",
        sha256=hashlib.sha256(film).hexdigest(), size=len(film),
    )  # fmt: skip
    _purge(store, media)


def _make(
    store: Store, media: Media, film: bytes, decide: object = accept, **result: object
) -> None:
    lease = claim(store)
    media.put(lease.clip, film)
    assert make(store, lease, decide, **result)  # type: ignore[arg-type]


def _purge(store: Store, media: Media) -> None:
    from farm.store.shots import review

    review.review(store, "ads", "sh040", ReviewStatus.APPROVED, "bert")
    with store.read() as connection:
        path = connection.exec_driver_sql(
            "SELECT path FROM clips JOIN takes ON takes.id = take_id JOIN shots ON shots.id ="
            " shot_id WHERE code = 'sh040'"
        ).scalar_one()
    media.remove(path)
    say(
        store, "UPDATE clips SET purged_at = :at WHERE path = :path",
        at="2026-11-29 00:00:00.000000", path=path,
    )  # fmt: skip


def _ask(_: History) -> Decision:
    return Decision(review=ReviewStatus.NEEDS_REVIEW, why="a person looks", selected=None)


def _again(_: History) -> Decision:
    step = Step(rung=1, recipe=a_recipe(seed=8), why="another seed", changes={"seed": (7, 8)})
    return Decision(review=ReviewStatus.PENDING, why="it is bad", step=step)


def _cut(_: History) -> Decision:
    recipe = a_recipe(prompt=PROMPT, seed=8)
    cut = Removal(rule="look", start=0, end=len("cinematic, "), text="cinematic, ")
    step = Step(rung=1, recipe=recipe, why="simpler", changes={"seed": (7, 8)}, removed=(cut,))
    return Decision(review=ReviewStatus.PENDING, why="it misses", step=step)


def _film(media: Media) -> bytes:
    frames = np.repeat(np.asarray(ground((64, 64), "teal"))[None], 17, axis=0)
    encode.seal(frames, media, ONE_FILM, 8, {})
    with media.open(ONE_FILM) as file:
        film = file.read()
    media.remove(ONE_FILM)
    return film


def png(colour: str, size: tuple[int, int] = (64, 64)) -> bytes:
    """A picture as a file holds it."""
    out = io.BytesIO()
    picture = Image.effect_noise(size, 60).convert("RGB")
    Image.blend(picture, ground(size, colour), 0.5).save(out, "PNG")
    return out.getvalue()


def shots_of(page: str) -> list[str]:
    """The codes of the tiles on a page."""
    return re.findall(r'data-shot="([^"]+)"', page)
