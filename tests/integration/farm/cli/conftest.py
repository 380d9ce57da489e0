"""The command line in this process: quick, on a SQLite farm of its own."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from farm.cli import main
from farm.store import Store, open_store, session
from tests.conftest import sqlite_database


@dataclass
class Answer:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Farm = Callable[..., Answer]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The database that the commands of this test speak to."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FARM_USER", "anna")
    opened = open_store(sqlite_database(tmp_path / "farm.db"))
    yield opened
    opened.close()


def open_connections(engine: sa.Engine) -> int:
    pool = engine.pool
    assert isinstance(pool, sa.QueuePool)
    return pool.checkedin() + pool.checkedout()


@pytest.fixture
def farm(store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Farm:
    """Runs one command to its end: `farm("hold", "ads", "sh010")`. It must leave no connection open."""
    make_engine, made = session.make_engine, list[sa.Engine]()

    def noted(url: str) -> sa.Engine:
        made.append(make_engine(url))
        return made[-1]

    monkeypatch.setattr(session, "make_engine", noted)

    def run(*arguments: str) -> Answer:
        made.clear()
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        assert [engine.pool.status() for engine in made if open_connections(engine)] == []
        out, err = capsys.readouterr()
        return Answer(int(end.value.code or 0), out, err)

    return run
