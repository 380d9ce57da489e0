"""A farm of one folder for operations to work on, and ways to bring it to where a test begins."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from farm import config
from farm.config import Settings
from farm.domain.lifecycle import ReviewStatus
from farm.domain.placement import Seat
from farm.store import Store, open_store
from farm.store.queue import claims, settle
from farm.store.shots import intake, review
from pipeline.result import Verdict
from tests.conftest import a_new_shot, a_result, sqlite_database
from tests.integration.farm.store.conftest import accept


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return config.load(media=tmp_path / "media", profile="toy", user="anna")


@pytest.fixture
def farm(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    """The database of these settings, without shots."""
    sqlite_database(tmp_path / "farm.db")
    opened = open_store(settings.database)
    yield opened
    opened.close()


def judged(store: Store, *, good: int, bad: int, unseen: int = 0) -> None:
    """A production `ads` whose takes were approved at 0.6 … 0.9 and rejected at 0.1 … 0.5."""
    scores = [*np.linspace(0.6, 0.9, good), *np.linspace(0.1, 0.5, bad), *[0.7] * unseen]
    codes = [f"sh{number:03d}" for number in range(len(scores))]
    intake.submit(store, "ads", [a_new_shot(code) for code in codes], who="anna")
    workers = [Seat(f"w{number}") for number in range(len(scores))]
    claimed, _ = claims.claim(store, "farm-a", "toy", workers, 60.0)
    for number, lease in enumerate(claimed):
        verdict = Verdict.ACCEPTED if scores[number] >= 0.5 else Verdict.LOW_MATCH
        settle.made(store, lease, a_result(lease.clip, verdict, float(scores[number])), accept)
    for number, code in enumerate(codes[: good + bad]):
        then = ReviewStatus.APPROVED if number < good else ReviewStatus.REJECTED
        review.review(store, "ads", code, then, "anna")
