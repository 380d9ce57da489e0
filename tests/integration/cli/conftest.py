"""The command line in this process: quick, on a SQLite farm of its own."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from farm.cli import main
from farm.store import Store, open_store


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
    opened = open_store("sqlite:///farm.db")
    yield opened
    opened.close()


@pytest.fixture
def farm(store: Store, capsys: pytest.CaptureFixture[str]) -> Farm:
    """Runs one command to its end: `farm("hold", "ads", "sh010")`."""

    def run(*arguments: str) -> Answer:
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        out, err = capsys.readouterr()
        return Answer(int(end.value.code or 0), out, err)

    return run
