"""Several runs on one PostgreSQL database: nothing is made twice, and the rest take over from the dead."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.chaos.checker import check
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[2]
SHOTS = 40
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
        step = os.environ.get("CHAOS_STEP_SECONDS", "0.02")
        played = {"CHAOS_STEP_SECONDS": step, "CHAOS_GATE": str(gate)}
        started = [farm_folder.start(*RUN, module="tests.chaos.run", **played) for _ in range(runs)]
        victim = started[0]
        farm_folder.wait_for(lambda: all(_running(engine, run.pid) for run in started))
        victim.kill()
        victim.communicate()
        lost = _running(engine, victim.pid)
        # The others' workers stay in their takes: who takes it back need not be done with anything.
        taken_back = farm_folder.wait_for(lambda: _moments(engine, "lease_taken_back", 1))
        gate.touch()
        for run in started[1:]:
            ended = farm_folder.end_of(run)
            assert ended.status == 0, ended.err

        codes = [f"sh{number:03d}" for number in range(SHOTS)]
        found = check(engine, farm_folder.path / "media", acknowledged=codes, renders=len(lost))
        again = _moments(engine, "take_started", 2)
        engine.dispose()

    assert found.wrong() == []
    assert (found.takes, found.late, found.given_up) == (SHOTS, 0, 0)
    assert found.attempts == SHOTS + len(lost), "something was rendered twice"
    assert lost, "it held nothing when it died: the test proves nothing"
    assert len(again) == len(lost)
    assert min(taken_back) >= min(lost), "it was taken back before its lease was over"


def _running(engine: sa.Engine, pid: int) -> list[datetime]:
    """When the leases of the takes end that a run renders, by its process."""
    question = sa.text(
        "SELECT lease_until FROM takes WHERE status = 'running' AND lease_owner LIKE :owner"
    )
    with engine.connect() as connection:
        return list(connection.execute(question, {"owner": f"%:{pid}:%"}).scalars())


def _moments(engine: sa.Engine, kind: str, attempt: int) -> list[datetime]:
    """When this happened to takes in that attempt, as the events tell."""
    question = sa.text("SELECT at FROM events WHERE kind = :kind AND attempt = :attempt")
    with engine.connect() as connection:
        return list(connection.execute(question, {"kind": kind, "attempt": attempt}).scalars())
