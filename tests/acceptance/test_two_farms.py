"""Several runs on one PostgreSQL database: nothing is made twice, and the rest take over from the dead."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.chaos.checker import check
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[2]
SHOTS = 40
LEASE = 4.0
BEAT = 1.0
MARGIN = 4.0
"""Seconds that a busy machine may add."""
RUN = ("run", "--cluster", "inline", "--workers", "2", "--profile", "quick", "--until-idle")


@pytest.mark.parametrize("runs", [2, 4])
def test_runs_share_a_database_and_take_over_from_one_that_is_killed(
    farm_folder: Any, postgresql: Server, migrated: str, runs: int
) -> None:
    with postgresql.database(migrated) as url:
        farm_folder.settings |= {"FARM_DATABASE": url, "PYTHONPATH": str(ROOT)}
        farm_folder.submit(SHOTS, profile="quick")
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        gate = farm_folder.path / "gate"
        played = {"CHAOS_STEP_SECONDS": "0.1", "CHAOS_GATE": str(gate)}
        started = [farm_folder.start(*RUN, module="tests.chaos.run", **played) for _ in range(runs)]
        victim = started[0]
        farm_folder.wait_for(lambda: all(_running(engine, run.pid) for run in started), 180)
        victim.kill()
        killed = datetime.now(UTC)
        gate.touch()
        victim.communicate()
        lost = _running(engine, victim.pid)
        for run in started[1:]:
            _, err = run.communicate(timeout=120)
            assert run.returncode == 0, err

        codes = [f"sh{number:03d}" for number in range(SHOTS)]
        found = check(engine, farm_folder.path / "media", acknowledged=codes, renders=len(lost))
        again = _second_starts(engine)
        engine.dispose()

    assert found.wrong() == []
    assert (found.takes, found.late, found.given_up) == (SHOTS, 0, 0)
    assert found.attempts == SHOTS + len(lost), "something was rendered twice"
    assert lost, "it held nothing when it died: the test proves nothing"
    assert len(again) == len(lost)
    for moment in again:
        assert LEASE - BEAT - 0.5 < (moment - killed).total_seconds() < LEASE + BEAT + MARGIN


def _running(engine: sa.Engine, pid: int) -> list[str]:
    """The codes of the shots that a run renders, by its process."""
    question = sa.text(
        "SELECT code FROM shots JOIN takes ON takes.shot_id = shots.id"
        " WHERE status = 'running' AND lease_owner LIKE :owner"
    )
    with engine.connect() as connection:
        return list(connection.execute(question, {"owner": f"%:{pid}:%"}).scalars())


def _second_starts(engine: sa.Engine) -> list[datetime]:
    """When takes were started a second time, as the events tell."""
    question = sa.text("SELECT at FROM events WHERE kind = 'take_started' AND attempt = 2")
    with engine.connect() as connection:
        return list(connection.execute(question).scalars())
